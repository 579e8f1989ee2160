"""Default arguments."""

import transformers
from transformers import AutoTokenizer

from .shared import Own, use


def ask(text, tokenizer=AutoTokenizer.from_pretrained("x"), *, config=transformers.GenerationConfig(), words=Own()):
    use(tokenizer)  # is transformers.PreTrainedTokenizerBase
    use(config)  # is transformers.GenerationConfig
    use(words)  # own


def tell(text, tokenizer=AutoTokenizer.from_pretrained("x")):
    use(tokenizer)  # own


ask("a")
tell("a")
tell("a", tokenizer=Own())


def handed(text, tokenizer=AutoTokenizer.from_pretrained("x")):
    use(tokenizer)  # own


callbacks = [handed]
callbacks[0]("a", Own())
