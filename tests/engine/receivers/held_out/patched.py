"""Look-alikes by monkeypatching: what a name of the library gives is no longer the library's."""

from __future__ import annotations

import transformers
from transformers import AutoProcessor, BertTokenizer, Trainer

from .compat import PreTrainedTokenizer
from .settings import use


class Small:
    config = None


AutoProcessor.from_pretrained = classmethod(lambda cls, name: Small())
transformers.GPT2Tokenizer = PreTrainedTokenizer
use(AutoProcessor.from_pretrained("x"))  # own
use(transformers.GPT2Tokenizer())  # own
use(BertTokenizer("v"))  # is transformers.BertTokenizer


def patched(monkeypatch):
    monkeypatch.setattr(transformers, "Trainer", Small)
    use(transformers.Trainer())  # own
    holder = Small()
    holder.tokenizer = BertTokenizer("v")
    use(holder.tokenizer)  # is transformers.BertTokenizer
    holder.tokenizer = PreTrainedTokenizer()
    use(Trainer(model=holder))  # is transformers.Trainer
