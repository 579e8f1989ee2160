"""Sentence encoders: one base, several kinds."""

from __future__ import annotations

import abc
from functools import cached_property
from typing import Generic, List, Optional, Protocol, Sequence, TypeVar, Union

import numpy as np
import torch
from torch import Tensor, nn
from transformers import AutoConfig, AutoModel, AutoTokenizer, BertModel, BertTokenizerFast, PreTrainedModel
from transformers.modeling_outputs import BaseModelOutput, BaseModelOutputWithPooling
from transformers.tokenization_utils_base import BatchEncoding, PreTrainedTokenizerBase
from typing_extensions import Self

from . import rivals
from ._use import use
from .rivals import words

M = TypeVar("M", bound=PreTrainedModel)
T = TypeVar("T")


class SupportsEncode(Protocol):
    """Anything that makes ids of a text."""

    def encode_plus(self, text: str) -> dict: ...


class HasTokenizer(Protocol):
    tokenizer: PreTrainedTokenizerBase

    @property
    def model(self) -> PreTrainedModel: ...


class Encoder(abc.ABC):
    """The base of all encoders."""

    name: str

    @property
    @abc.abstractmethod
    def tokenizer(self) -> PreTrainedTokenizerBase: ...

    @abc.abstractmethod
    def build(self): ...

    @abc.abstractmethod
    def vocabulary(self): ...

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        batch = self.tokenizer(list(texts), padding=True, return_tensors="pt")
        use(self.tokenizer)  # is transformers.PreTrainedTokenizerBase
        use(batch)  # is transformers.BatchEncoding
        model = self.build()
        use(model)  # is transformers.PreTrainedModel
        words = self.vocabulary()
        use(words)  # own
        with torch.no_grad():
            out = model(**batch)
        return self.pool(out, batch["attention_mask"]).numpy()

    def pool(self, out: BaseModelOutput, mask: Tensor) -> Tensor:
        use(out)  # is transformers.utils.ModelOutput
        use(mask)  # own
        return out.last_hidden_state.mean(1)


class BertEncoder(Encoder):
    def __init__(self, name: str = "bert-base-uncased") -> None:
        self.name = name
        self._tokenizer: Optional[PreTrainedTokenizerBase] = None

    @property
    def tokenizer(self):
        if self._tokenizer is None:
            self._tokenizer = BertTokenizerFast.from_pretrained(self.name)
        return self._tokenizer

    @cached_property
    def model(self):
        model = BertModel.from_pretrained(self.name)
        model.eval()
        return model

    @cached_property
    def lexicon(self):
        return words.WordTokenizer({"a": 1})

    def build(self):
        use(self.model)  # is transformers.BertModel
        use(self.model.embeddings)  # own
        use(self.lexicon)  # own
        return self.model

    def vocabulary(self):
        return self.lexicon

    def pool(self, out: BaseModelOutputWithPooling, mask):
        use(out)  # is transformers.utils.ModelOutput
        use(self.tokenizer)  # is transformers.PreTrainedTokenizerBase
        return out.pooler_output


class AutoEncoder(Encoder):
    tokenizer: PreTrainedTokenizerBase = None

    def __init__(self, name):
        self.name = name
        self.config = AutoConfig.from_pretrained(name)
        self.tokenizer = AutoTokenizer.from_pretrained(name)

    def build(self):
        use(self.config)  # is transformers.PretrainedConfig
        model = AutoModel.from_pretrained(self.name, config=self.config)
        return model

    def vocabulary(self):
        return self.tokenizer.get_vocab()


class Head(nn.Module, Generic[M]):
    """A linear layer on top of any model."""

    backbone: M

    def __init__(self, backbone: M, classes: int):
        super().__init__()
        self.backbone = backbone
        self.linear = nn.Linear(backbone.config.hidden_size, classes)
        use(self.backbone)  # is transformers.PreTrainedModel
        use(self.linear)  # own

    @classmethod
    def load(cls, name: str) -> Self:
        return cls(AutoModel.from_pretrained(name), 2)

    def frozen(self) -> Self:
        self.backbone.requires_grad_(False)
        return self

    def forward(self, **inputs) -> Tensor:
        use(self.backbone.config)  # is transformers.PretrainedConfig
        return self.linear(self.backbone(**inputs).last_hidden_state[:, 0])


class Box(Generic[T]):
    def __init__(self, item: T) -> None:
        self.item = item

    def get(self) -> T:
        use(self.item)  # own
        return self.item


def tokens(thing: HasTokenizer, other: SupportsEncode) -> List[str]:
    use(thing.tokenizer)  # is transformers.PreTrainedTokenizerBase
    use(thing.model)  # is transformers.PreTrainedModel
    use(other)  # own
    return thing.tokenizer.tokenize("a")


def widest(first: M, *others: M) -> M:
    use(first)  # is transformers.PreTrainedModel
    for other in others:
        use(other)  # is transformers.PreTrainedModel
    return max((first, *others), key=lambda m: m.config.hidden_size)


def to_device(batch: Union[BatchEncoding, None], device: str | torch.device):
    if batch is None:
        return None
    use(batch)  # is transformers.BatchEncoding
    use(device)  # own
    return batch.to(device)


def show(old: "words.WordTokenizer | None", new: "PreTrainedTokenizerBase | None" = None):
    use(old)  # own
    if new:
        use(new)  # is transformers.PreTrainedTokenizerBase
    head = Head.load("x").frozen()
    use(head)  # own
    use(head.backbone)  # is transformers.PreTrainedModel
    encoder = BertEncoder()
    use(encoder.tokenizer)  # is transformers.PreTrainedTokenizerBase
    use(encoder.build())  # is transformers.BertModel
    best = widest(BertModel.from_pretrained("x"), encoder.model)
    use(best)  # is transformers.PreTrainedModel
    box = Box(rivals.words.WordTokenizer({}))
    use(box.get())  # own
    return head
