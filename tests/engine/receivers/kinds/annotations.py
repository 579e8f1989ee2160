"""Annotations: Optional, unions, strings, generics."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Dict, List, Optional, Type, Union

from torch import nn
from transformers import PreTrainedModel, PreTrainedTokenizer, PreTrainedTokenizerFast

from .shared import Own, use

if TYPE_CHECKING:
    from transformers import TrainingArguments

AnyTokenizer = Union[PreTrainedTokenizer, PreTrainedTokenizerFast]


def typed(
    a: PreTrainedModel,
    b: Optional["PreTrainedTokenizer"],
    c: AnyTokenizer | None,
    d: TrainingArguments,
    e: List[PreTrainedModel],
    f: Dict[str, "PreTrainedTokenizerFast"],
    g: Annotated[PreTrainedModel, "frozen"],
    h: Type[PreTrainedModel],
):
    use(a)  # is transformers.PreTrainedModel
    use(b)  # is transformers.PreTrainedTokenizer
    use(c)  # is transformers.PreTrainedTokenizerBase
    use(d)  # is transformers.TrainingArguments
    use(e[0])  # is transformers.PreTrainedModel
    use(f["x"])  # is transformers.PreTrainedTokenizerFast
    use(g)  # is transformers.PreTrainedModel
    use(h.from_pretrained("x"))  # is transformers.PreTrainedModel


def own(tokenizer: Own, model: nn.Module, config: Dict[str, str], either: Union[Own, PreTrainedTokenizer]):
    use(tokenizer)  # own
    use(model)  # own
    use(config)  # own
    use(either)  # own
