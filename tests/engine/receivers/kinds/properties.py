"""Properties and cached_property."""

from functools import cached_property

from transformers import AutoModel, AutoTokenizer

from .shared import Own, use


class Lazy:
    def __init__(self, name):
        self.name = name
        self._tokenizer = None

    @property
    def tokenizer(self):
        if self._tokenizer is None:
            self._tokenizer = AutoTokenizer.from_pretrained(self.name)
        return self._tokenizer

    @cached_property
    def model(self):
        return AutoModel.from_pretrained(self.name)

    @property
    def words(self):
        return Own() if self.name else self.tokenizer


use(Lazy("x").tokenizer)  # is transformers.PreTrainedTokenizerBase
use(Lazy("x").model)  # is transformers.PreTrainedModel
use(Lazy("x").words)  # own
use(Lazy("x").name)  # own
