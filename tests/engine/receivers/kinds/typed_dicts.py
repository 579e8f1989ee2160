"""TypedDict."""

from typing import TypedDict

from transformers import PreTrainedModel, PreTrainedTokenizerBase

from .shared import Own, use


class Parts(TypedDict):
    tokenizer: PreTrainedTokenizerBase
    model: PreTrainedModel
    words: Own
    step: int


def describe(parts: Parts):
    use(parts["tokenizer"])  # is transformers.PreTrainedTokenizerBase
    use(parts["model"])  # is transformers.PreTrainedModel
    use(parts["words"])  # own
    use(parts["step"])  # own
