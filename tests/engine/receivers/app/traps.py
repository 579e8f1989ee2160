"""Look-alikes that an eager inference falls for: rebinding, shadowing, overriding, negated and partial tests."""

from __future__ import annotations

import functools

from transformers import AutoModel, AutoTokenizer, BertTokenizer, Trainer

from .loading import use
from .own import OwnPipeline, OwnTokenizer


def negated(x):
    if not isinstance(x, BertTokenizer):
        use(x)  # own
    if isinstance(x, BertTokenizer) or x:
        use(x)  # own
    while not isinstance(x, BertTokenizer):
        use(x)  # own


def rebound(x):
    assert isinstance(x, BertTokenizer)
    x = OwnTokenizer()
    use(x)  # own


def shadowed(tokenizer):
    BertTokenizer = OwnTokenizer  # noqa: N806
    use(BertTokenizer())  # own

    def AutoTokenizer(name):  # noqa: N802
        return OwnTokenizer()

    use(AutoTokenizer("x"))  # own


class Overriding(Trainer):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.tokenizer = OwnTokenizer()

    def step(self):
        use(self.tokenizer)  # own


class Above:
    def made(self):
        return BertTokenizer("v")


class Middle(Above):
    def made(self):
        return OwnTokenizer()


class Under(Middle):
    def go(self):
        use(super().made())  # own
        use(self.made())  # own


class Wrapping:
    """Looks like the library's from outside and is not."""

    def __init__(self, name):
        self.inner = AutoTokenizer.from_pretrained(name)

    def __call__(self, text):
        return self.inner(text)

    def to(self, device):
        return self

    @property
    def tokenizer(self):
        return self


use(Wrapping("x"))  # own
use(Wrapping("x").to("cpu"))  # own
use(Wrapping("x").tokenizer)  # own
use(OwnPipeline("x").tokenizer)  # own


def tuples():
    return AutoModel.from_pretrained("x"), OwnTokenizer()


model, tok = tuples()
use(tok)  # own
use(tuples()[1])  # own
use(tuples()[-1])  # own


def sometimes(flag):
    if flag:
        return AutoTokenizer.from_pretrained("x")
    return OwnTokenizer()


use(sometimes(True))  # own


def passes_either(tok):
    use(tok)  # own


for each in (AutoTokenizer.from_pretrained("x"), OwnTokenizer()):
    passes_either(each)
    use(each)  # own

mixed = [AutoTokenizer.from_pretrained("x")]
mixed.append(OwnTokenizer())
use(mixed[1])  # own
table = {"a": AutoTokenizer.from_pretrained("x")}
table["b"] = OwnTokenizer()
use(table["b"])  # own
maker = functools.partial(OwnTokenizer)
use(maker())  # own
late = AutoTokenizer.from_pretrained("x")
late = OwnTokenizer()
use(late)  # own


def generator():
    yield AutoTokenizer.from_pretrained("x")
    yield OwnTokenizer()


for one in generator():
    use(one)  # own


def replaced(tok: BertTokenizer):
    def tok():
        return OwnTokenizer()

    use(tok())  # own


del model
try:
    from transformers import GPT2Tokenizer as Words
except ImportError:
    Words = OwnTokenizer
use(Words("v"))  # own


def several(*toks: BertTokenizer, **named: BertTokenizer):
    use(toks)  # own
    use(named)  # own


class Around:
    def __init__(self, tok):
        self.tok = tok

    def made(self):
        return [self.tok]


use(Around(BertTokenizer("v")).made())  # own
