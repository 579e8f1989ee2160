"""Abstract bases."""

import abc

from transformers import AutoModel, BertModel, PreTrainedTokenizerBase

from .shared import Own, use


class Encoder(abc.ABC):
    @property
    @abc.abstractmethod
    def tokenizer(self) -> PreTrainedTokenizerBase: ...

    @abc.abstractmethod
    def build(self): ...

    @abc.abstractmethod
    def words(self): ...

    def run(self):
        use(self.tokenizer)  # is transformers.PreTrainedTokenizerBase
        use(self.build())  # is transformers.PreTrainedModel
        use(self.words())  # own


class First(Encoder):
    def build(self):
        return BertModel.from_pretrained("x")

    def words(self):
        return AutoModel.from_pretrained("x")


class Second(Encoder):
    def build(self):
        return AutoModel.from_pretrained("x")

    def words(self):
        return Own()


use(First().build())  # is transformers.BertModel
use(Second().words())  # own
