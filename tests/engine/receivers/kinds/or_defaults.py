"""or for what was not given."""

from transformers import AutoTokenizer, GenerationConfig

from .shared import Own, use


def ask(text, tokenizer=None, config=None, words=None):
    tokenizer = tokenizer or AutoTokenizer.from_pretrained("x")
    use(tokenizer)  # is transformers.PreTrainedTokenizerBase
    config = config if config is not None else GenerationConfig()
    use(config)  # is transformers.GenerationConfig
    words = words or AutoTokenizer.from_pretrained("x")
    use(words)  # own


ask("a")
ask("a", AutoTokenizer.from_pretrained("y"), words=Own())
