"""Look-alikes: nothing that is marked here is the library's for certain."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Optional, Union
from unittest import mock
from unittest.mock import MagicMock, create_autospec, patch

import transformers
from datasets import load_dataset
from sentence_transformers import SentenceTransformer
from tokenizers import Tokenizer as RawTokenizer
from transformers import AutoTokenizer, BertModel, GPT2Tokenizer, PreTrainedModel, PreTrainedTokenizerBase

from . import compat
from .compat import AutoModel, BertTokenizer, Proxy, Trainer, pipeline
from .settings import use

use(BertTokenizer.from_pretrained("x"))  # own
use(BertTokenizer())  # own
use(AutoModel.from_pretrained("x"))  # own
use(Trainer(model=1).tokenizer)  # own
use(pipeline("x"))  # own
use(compat.BertTokenizer())  # own
use(Proxy(AutoTokenizer.from_pretrained("x")))  # own
use(Proxy(AutoTokenizer.from_pretrained("x")).backend)  # own
use(RawTokenizer.from_file("x"))  # own
use(SentenceTransformer("x").tokenizer)  # own
use(load_dataset("x"))  # own


class Base:
    def __init__(self):
        self.tokenizer = self.load()
        self.model = self.load_model()

    def load(self):
        return AutoTokenizer.from_pretrained("x")

    def load_model(self):
        raise NotImplementedError


class Derived(Base):
    """Means something of its own by the method that the base calls."""

    def load(self):
        return BertTokenizer()

    def load_model(self):
        return compat.AutoModel()

    def go(self):
        use(self.tokenizer)  # own
        use(self.model)  # own


class Sibling(Base):
    def load_model(self):
        return BertModel.from_pretrained("x")

    def go(self):
        use(self.tokenizer)  # is transformers.PreTrainedTokenizerBase
        use(self.model)  # is transformers.BertModel


def either(flag, name):
    tok: Any = AutoTokenizer.from_pretrained(name)
    if flag:
        tok = compat.BertTokenizer()
    use(tok)  # own
    for _ in range(3):
        use(tok)  # own
        tok = None
    return tok


def in_loop(names):
    tok = GPT2Tokenizer("v", "m")
    for name in names:
        use(tok)  # own
        tok = BertTokenizer()


def in_try(name):
    try:
        tok = AutoTokenizer.from_pretrained(name)
    except Exception:
        tok = BertTokenizer()
    use(tok)  # own


def union(tok: Union[PreTrainedTokenizerBase, BertTokenizer], other: "PreTrainedTokenizerBase | Proxy"):
    use(tok)  # own
    use(other)  # own
    if isinstance(tok, BertTokenizer):
        use(tok)  # own


def narrowed_away(tok: Union[PreTrainedTokenizerBase, str]):
    if isinstance(tok, str):
        use(tok)  # own


def shadow(AutoTokenizer, transformers):
    use(AutoTokenizer.from_pretrained("x"))  # own
    use(transformers.BertTokenizer("v"))  # own


def comprehension(rows):
    tokenizer = AutoTokenizer.from_pretrained("x")
    found = [use(tokenizer) for tokenizer in rows]  # own
    return tokenizer, found


def lambdas():
    tok = AutoTokenizer.from_pretrained("x")
    return lambda tok: use(tok)  # own


def deleted():
    tok = AutoTokenizer.from_pretrained("x")
    del tok
    tok = compat.PreTrainedTokenizer()
    use(tok)  # own


class Patched:
    def setUp(self):
        self.tokenizer = MagicMock(spec=PreTrainedTokenizerBase)
        self.model = create_autospec(PreTrainedModel)
        self.mock = mock.Mock()

    @patch("transformers.AutoTokenizer.from_pretrained")
    def test_it(self, from_pretrained):
        use(from_pretrained("x"))  # own
        use(self.mock.tokenizer)  # own


class Tokenizer(PreTrainedTokenizerBase):
    """Derives from the library's and gives attributes of its own."""

    def __init__(self):
        self.inner = compat.PreTrainedTokenizer()

    @property
    def backend(self):
        return RawTokenizer.from_file("x")

    def go(self):
        use(self.inner)  # own
        use(self.backend)  # own


class OwnTrainer(transformers.Trainer):
    @property
    def tokenizer(self):
        return BertTokenizer()

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.config = {"a": 1}

    def go(self):
        use(self.tokenizer)  # own
        use(self.config)  # own


class LazyModel:
    def __init__(self, name):
        self.__dict__["model"] = None
        self.name = name

    def __getattr__(self, name):
        if self.__dict__["model"] is None:
            self.__dict__["model"] = BertModel.from_pretrained(self.name)
        return getattr(self.__dict__["model"], name)


use(LazyModel("x"))  # own
use(LazyModel("x").config)  # own


@dataclass
class Config:
    tokenizer: Optional[BertTokenizer] = None
    model: "compat.AutoModel" = None


def of_config(config: Config, tokenizer=None, model: Optional["Config"] = None):
    use(config)  # own
    use(config.tokenizer)  # own
    use(config.model)  # own
    use(model.tokenizer)  # own


def make(kind, registry={"own": BertTokenizer, "gpt2": GPT2Tokenizer}):
    use(registry[kind]("v"))  # own
    return registry[kind]("v")


use(make("own"))  # own
