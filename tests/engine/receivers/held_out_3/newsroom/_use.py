"""Where all receivers go."""


def use(thing):
    """What the files of this project do with a tokenizer, a model or the like."""
    return thing
