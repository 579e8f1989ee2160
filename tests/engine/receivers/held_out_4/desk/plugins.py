"""Plugins that register themselves."""

import typing as t
from collections import OrderedDict
from functools import singledispatch, wraps

import transformers
from transformers import (
    BatchEncoding,
    MarianMTModel,
    MarianTokenizer,
    MBartForConditionalGeneration,
    PreTrainedModel,
    PreTrainedTokenizerBase,
    PreTrainedTokenizerFast,
)

from .common import Stemmer, cached_tokenizer, use

if t.TYPE_CHECKING:
    from .network import Multi

P = t.ParamSpec("P")
R = t.TypeVar("R")
Text = t.Union[str, t.List[str]]
Batch = t.Dict[str, "transformers.BatchEncoding"]


def logged(function: t.Callable[P, R]) -> t.Callable[P, R]:
    @wraps(function)
    def inner(*args: P.args, **kwargs: P.kwargs) -> R:
        print(function.__name__)
        return function(*args, **kwargs)

    return inner


class Plugin:
    """The base; each one below is listed."""

    known: t.ClassVar[t.Dict[str, t.Type["Plugin"]]] = OrderedDict()
    tokenizer: PreTrainedTokenizerBase
    label: str

    def __init_subclass__(cls, name: str = "", **kwargs):
        super().__init_subclass__(**kwargs)
        cls.known[name] = cls

    @classmethod
    def named(cls, name: str) -> "Plugin":
        plugin = cls.known[name]()
        use(plugin)  # own
        return plugin

    def count(self, text: Text) -> int:
        use(self.tokenizer)  # is transformers.PreTrainedTokenizerBase
        use(self.label)  # own
        return len(self.tokenizer(text).input_ids)


class Translate(Plugin, name="translate"):
    def __init__(self, source="de", target="en"):
        name = f"Helsinki-NLP/opus-mt-{source}-{target}"
        self.tokenizer = MarianTokenizer.from_pretrained(name)
        self.model = MarianMTModel.from_pretrained(name)
        self.label = name

    @logged
    def load_other(self) -> MBartForConditionalGeneration:
        return MBartForConditionalGeneration.from_pretrained("mbart")

    @logged
    def get_model(self):
        return self.model

    def run(self, texts):
        use(self.model)  # is transformers.MarianMTModel
        model = self.get_model()
        use(model)  # is transformers.MarianMTModel
        other = self.load_other()
        use(other)  # is transformers.MBartForConditionalGeneration
        batch = self.tokenizer(texts, return_tensors="pt", padding=True)
        use(batch)  # is transformers.BatchEncoding
        return model.generate(**batch)


class Cut(Plugin, name="cut"):
    def __init__(self):
        self.tool = Stemmer()
        self.model = self.tool

    def run(self, texts):
        use(self.tool)  # own
        use(self.model)  # own
        return [self.tool.tokenize(x) for x in texts]


@singledispatch
def show(thing):
    use(thing)  # own
    return str(thing)


@show.register
def _(thing: PreTrainedModel):
    use(thing)  # is transformers.PreTrainedModel
    return thing.config.model_type


@show.register
def _(thing: Stemmer):
    use(thing)  # own
    return "stemmer"


def batches(found: Batch, model: "Multi", *rest: BatchEncoding, **named: MarianTokenizer):
    use(found["a"])  # is transformers.BatchEncoding
    use(model)  # is transformers.PreTrainedModel
    use(rest[0])  # is transformers.BatchEncoding
    use(named["de"])  # is transformers.MarianTokenizer
    use(rest)  # own
    for batch in rest:
        use(batch)  # is transformers.BatchEncoding


def checked(thing, model):
    assert isinstance(model, MarianMTModel), type(model)
    use(model)  # is transformers.MarianMTModel
    tokenizer = t.cast("PreTrainedTokenizerFast", thing)
    use(tokenizer)  # is transformers.PreTrainedTokenizerFast
    if not isinstance(thing, Stemmer):
        return None
    use(thing)  # own
    return cached_tokenizer("x")


def both():
    translate = Translate()
    use(translate.tokenizer)  # is transformers.PreTrainedTokenizerBase
    use(translate.run(["a"]))  # own
    use(Cut().tool)  # own
    found = checked(translate.tokenizer, translate.model)
    if found is not None:
        use(found)  # is transformers.PreTrainedTokenizerBase
