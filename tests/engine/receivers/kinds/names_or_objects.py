"""Parameters that take an object or its name."""

from __future__ import annotations

from transformers import AutoModel, AutoTokenizer, PreTrainedModel

from .shared import Own, use


def load(model: str | PreTrainedModel, tokenizer=None):
    if isinstance(model, str):
        model = AutoModel.from_pretrained(model)
    use(model)  # is transformers.PreTrainedModel
    if isinstance(tokenizer, str):
        tokenizer = AutoTokenizer.from_pretrained(tokenizer)
    use(tokenizer)  # is transformers.PreTrainedTokenizerBase


def read(tokenizer):
    if isinstance(tokenizer, str):
        tokenizer = AutoTokenizer.from_pretrained(tokenizer)
    use(tokenizer)  # own


def open_it(tokenizer):
    if tokenizer.startswith("x"):
        tokenizer = AutoTokenizer.from_pretrained(tokenizer)
    use(tokenizer)  # own


def at_times(tokenizer, really):
    if really:
        if isinstance(tokenizer, str):
            tokenizer = AutoTokenizer.from_pretrained(tokenizer)
    use(tokenizer)  # own


at_times("x", True)
load("x", "y")
load(AutoModel.from_pretrained("x"), tokenizer=AutoTokenizer.from_pretrained("x"))
read("x")
read(Own())
open_it("x")
