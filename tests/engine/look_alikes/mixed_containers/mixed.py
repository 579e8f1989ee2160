class Text:
    max_len = 3

    def __init__(self, name):
        self.name = name

    def encode_plus(self, text, pad_to_max_length=False):
        return (self.name, text, pad_to_max_length)

    def batch_encode_plus(self, texts):
        return [self.encode_plus(t) for t in texts]

    def prune_heads(self, heads):
        return heads


class Bag:
    tokenizer = None

    def __init__(self):
        self.items = {}


def fill(found):
    found.append(Text("filled"))


def first(found):
    return next(iter(found))
