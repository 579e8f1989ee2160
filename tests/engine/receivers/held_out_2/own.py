"""Look-alikes: nothing that is marked here is the library's for certain."""

from __future__ import annotations

import functools
from collections import ChainMap, UserDict
from dataclasses import dataclass, field, replace
from types import SimpleNamespace
from typing import Any, Optional, Protocol, TypedDict, Union

import pytest
import pytorch_lightning as pl
import spacy
import tiktoken
from keras.preprocessing.text import Tokenizer
from sentencepiece import SentencePieceProcessor
from transformers import AutoModel, AutoTokenizer, BertModel, BertTokenizer, PreTrainedModel, Trainer

from .data import use


class WordTokenizer:
    """Words, with the names that the library's have."""

    vocab = {"a": 1}

    def encode_plus(self, text, max_length=None):
        return {"input_ids": [self.vocab[w] for w in text.split()]}

    batch_encode_plus = encode_plus

    @classmethod
    def from_pretrained(cls, name):
        return cls()


class Net:
    def prune_heads(self, heads): ...

    def resize_token_embeddings(self, size):
        return self


use(Tokenizer(num_words=10))  # own
use(tiktoken.get_encoding("x"))  # own
use(spacy.load("x").tokenizer)  # own
use(SentencePieceProcessor(model_file="x"))  # own
use(pl.Trainer())  # own
use(Net().resize_token_embeddings(1))  # own


def swapped(flag):
    first, second = AutoTokenizer.from_pretrained("x"), WordTokenizer()
    if flag:
        first, second = second, first
    use(first)  # own
    use(second)  # own
    return first


def rebuilt():
    toks = [AutoTokenizer.from_pretrained("x")]
    toks += [WordTokenizer()]
    use(toks[0])  # own
    more = [AutoTokenizer.from_pretrained("x")]
    more.insert(0, WordTokenizer())
    use(more[0])  # own
    held = {"tok": AutoTokenizer.from_pretrained("x")}
    held.update(tok=WordTokenizer())
    use(held["tok"])  # own
    filled = []
    for t in (WordTokenizer(), AutoTokenizer.from_pretrained("x")):
        filled.append(t)
    use(filled[0])  # own
    extended = list()
    extended.append(AutoTokenizer.from_pretrained("x"))
    extended.extend(own_ones())
    use(extended[0])  # own


def own_ones():
    return [WordTokenizer() for _ in range(2)]


def filled_elsewhere():
    found = [BertTokenizer("v")]
    add_own(found)
    use(found[0])  # own
    table = {"tok": BertTokenizer("v")}
    replace_in(table)
    use(table["tok"])  # own


def add_own(found):
    found.insert(0, WordTokenizer())


def replace_in(table):
    table["tok"] = WordTokenizer()


class Holder:
    def __init__(self):
        self.tokenizer = AutoTokenizer.from_pretrained("x")
        self.model = None
        self.parts = {"tok": BertTokenizer("v")}

    def go(self):
        use(self.tokenizer)  # own
        use(self.parts["tok"])  # own


def outside(holder: Holder):
    holder.tokenizer = WordTokenizer()
    holder.parts["tok"] = WordTokenizer()


class Setting:
    def __init__(self, **kwargs):
        self.tok = BertTokenizer("v")
        for key, value in kwargs.items():
            setattr(self, key, value)

    def go(self):
        use(self.tok)  # own


Setting(tok=WordTokenizer()).go()


class Parent:
    tokenizer_class = BertTokenizer

    def build(self):
        tok = self.tokenizer_class.from_pretrained("x")
        use(tok)  # own
        return tok

    def model(self):
        return self.load_model("x")

    def load_model(self, name):
        return BertModel.from_pretrained(name)


class WithWords(Parent):
    tokenizer_class = WordTokenizer

    def load_model(self, name):
        return Net()

    def go(self):
        use(self.build())  # own
        use(self.model())  # own


def each(tok):
    use(tok)  # own


list(map(each, [AutoTokenizer.from_pretrained("x"), WordTokenizer()]))


def called_back(tok):
    use(tok)  # own


called_back(AutoTokenizer.from_pretrained("x"))
HOOKS = [called_back]
for hook in HOOKS:
    hook(WordTokenizer())


class Events:
    def __init__(self, bus):
        bus.on("tok", self.handle)
        self.handle(AutoTokenizer.from_pretrained("x"))

    def handle(self, tok):
        use(tok)  # own


def shadowing():
    for AutoTokenizer in (WordTokenizer, Net):  # noqa: N806
        use(AutoTokenizer.from_pretrained("x"))  # own
    with open("x") as BertTokenizer:  # noqa: N806
        use(BertTokenizer)  # own


class AutoModel(Net):  # noqa: F811
    @classmethod
    def from_pretrained(cls, name):
        return cls()


use(AutoModel.from_pretrained("x"))  # own


class Registry(UserDict):
    def __missing__(self, key):
        return WordTokenizer()


registry = Registry()
registry["bert"] = BertTokenizer("v")
use(registry["other"])  # own


class Duck(Protocol):
    tokenizer: Any

    def encode_plus(self, text): ...


def ducks(duck: Duck, x: Union[Duck, BertTokenizer], y: Optional[Any] = None):
    use(duck)  # own
    use(duck.tokenizer)  # own
    use(x)  # own


@dataclass
class Parts:
    tok: object = field(default_factory=lambda: BertTokenizer("v"))
    model: Any = None


parts = replace(Parts(), tok=WordTokenizer())
use(parts.tok)  # own
space = SimpleNamespace(tokenizer=BertTokenizer("v"))
space.tokenizer = WordTokenizer()
use(space.tokenizer)  # own
use(ChainMap({"tok": WordTokenizer()}, {"tok": BertTokenizer("v")})["tok"])  # own


class Rows(TypedDict):
    tok: WordTokenizer


def rows(row: Rows):
    use(row["tok"])  # own


@pytest.fixture
def tokenizer():
    return WordTokenizer()


@pytest.fixture(params=[BertTokenizer, WordTokenizer])
def either(request):
    return request.param("v")


def test_words(tokenizer, either):
    use(tokenizer)  # own
    use(either)  # own


class OwnTrainer(Trainer):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.model = Net()

    def get_tokenizer(self):
        return WordTokenizer()

    def go(self):
        use(self.model)  # own
        use(self.get_tokenizer())  # own


class Around(PreTrainedModel):
    """Derives from the library's, and its parts are its own."""

    def __init__(self, config):
        super().__init__(config)
        self.encoder = Net()
        self.config = {"own": True}

    def forward(self, x):
        use(self.encoder)  # own
        use(self.config)  # own
        return x


def decorated(function):
    @functools.wraps(function)
    def inner(*args):
        return WordTokenizer()

    return inner


@decorated
def looks_like_it():
    return BertTokenizer("v")


use(looks_like_it())  # own


def late(tok=None):
    if tok is None:
        tok = BertTokenizer("v")
    use(tok)  # own
    return tok


late(WordTokenizer())
