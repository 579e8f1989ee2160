"""Class attributes."""

from transformers import AutoTokenizer, GenerationConfig, RobertaModel

from .shared import Own, use


class Defaults:
    tokenizer = AutoTokenizer.from_pretrained("x")
    model_class = RobertaModel
    generation: GenerationConfig = None
    words = Own()

    @classmethod
    def load(cls, name):
        use(cls.tokenizer)  # is transformers.PreTrainedTokenizerBase
        return cls.model_class.from_pretrained(name)


class Smaller(Defaults):
    words = AutoTokenizer.from_pretrained("y")


use(Defaults.load("x"))  # is transformers.RobertaModel
use(Defaults.tokenizer)  # is transformers.PreTrainedTokenizerBase
use(Defaults().generation)  # is transformers.GenerationConfig
use(Defaults.words)  # own
use(Smaller().words)  # is transformers.PreTrainedTokenizerBase


class Chosen:
    tokenizer = AutoTokenizer.from_pretrained("x")
    if __debug__:
        tokenizer = Own()
    words = AutoTokenizer.from_pretrained("x")


Chosen.words = Own()
use(Chosen().tokenizer)  # own
use(Chosen().words)  # own
