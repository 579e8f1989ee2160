"""Self, Protocol, TypeVar and generic classes."""

from typing import Generic, Protocol, TypeVar

from transformers import AutoModel, PreTrainedModel, PreTrainedTokenizerBase
from typing_extensions import Self

from .shared import Own, use

M = TypeVar("M", bound=PreTrainedModel)
T = TypeVar("T")


class HasTokenizer(Protocol):
    @property
    def tokenizer(self) -> PreTrainedTokenizerBase: ...


class Encodes(Protocol):
    def encode_plus(self, text): ...


class Head(Generic[M]):
    def __init__(self, backbone: M):
        self.backbone = backbone

    def frozen(self) -> Self:
        return self


class Box(Generic[T]):
    def __init__(self, item: T):
        self.item = item


def read(thing: HasTokenizer, other: Encodes, model: M, any_model: T) -> M:
    use(thing.tokenizer)  # is transformers.PreTrainedTokenizerBase
    use(other)  # own
    use(model)  # is transformers.PreTrainedModel
    use(any_model)  # own
    use(Head(AutoModel.from_pretrained("x")).frozen().backbone)  # is transformers.PreTrainedModel
    use(Box(Own()).item)  # own
    return model
