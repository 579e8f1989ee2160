"""A framework of the project: abstract bases, mixins, registries, plug-ins."""

from __future__ import annotations

import importlib
from abc import ABC, abstractmethod
from functools import wraps
from typing import ClassVar, Dict, Generic, Optional, Type, TypeVar

import transformers
from transformers import (
    AutoConfig,
    AutoModel,
    AutoModelForCausalLM,
    AutoModelForTokenClassification,
    AutoTokenizer,
    BertModel,
    GenerationConfig,
    LlamaForCausalLM,
    PretrainedConfig,
    PreTrainedModel,
    Trainer,
    TrainingArguments,
)

from .data import use

REGISTRY: Dict[str, Type[Task]] = {}


def register(name):
    def wrap(cls):
        REGISTRY[name] = cls
        return cls

    return wrap


def timed(function):
    @wraps(function)
    def inner(*args, **kwargs):
        return function(*args, **kwargs)

    return inner


class Task(ABC):
    auto_class: ClassVar = AutoModel
    config: PretrainedConfig

    def __init__(self, name: str):
        self.name = name
        self.config = AutoConfig.from_pretrained(name)
        self.model = self.make_model()
        self.tokenizer = self._tokenizer()

    @abstractmethod
    def make_model(self) -> PreTrainedModel: ...

    def _tokenizer(self):
        return AutoTokenizer.from_pretrained(self.name)

    @timed
    def vocab(self):
        use(self.tokenizer)  # is transformers.PreTrainedTokenizerBase
        use(self.model)  # is transformers.PreTrainedModel
        use(self.config)  # is transformers.PretrainedConfig
        return self.tokenizer

    @property
    def decoder(self) -> "Optional[GenerationConfig]":
        return getattr(self.model, "generation_config", None)

    @decoder.setter
    def decoder(self, value):
        self.model.generation_config = value


@register("lm")
class Generate(Task):
    def make_model(self):
        model = AutoModelForCausalLM.from_pretrained(self.name, config=self.config)
        model.config.use_cache = True
        return model

    def run(self, text):
        use(self.decoder)  # is transformers.GenerationConfig
        use(self.vocab())  # is transformers.PreTrainedTokenizerBase
        use(self.model.generation_config)  # is transformers.GenerationConfig
        return self.model.generate(**self.tokenizer(text, return_tensors="pt"))


@register("ner")
class Tags(Task):
    auto_class = AutoModelForTokenClassification

    def make_model(self):
        return self.auto_class.from_pretrained(self.name)

    def run(self, text):
        use(self.make_model())  # is transformers.PreTrainedModel
        use(self.tokenizer.backend_tokenizer)  # own


def task(name: str) -> Task:
    return REGISTRY[name](name)


use(task("lm").tokenizer)  # is transformers.PreTrainedTokenizerBase
use(Generate("x").model.config)  # is transformers.PretrainedConfig
use(REGISTRY["ner"]("x").model)  # is transformers.PreTrainedModel
use(task("x"))  # own


class LoadsMixin:
    model_name = "x"

    def load(self):
        self._lm = LlamaForCausalLM.from_pretrained(self.model_name)
        self._tok = AutoTokenizer.from_pretrained(self.model_name)

    @property
    def tok(self):
        if not hasattr(self, "_tok"):
            self.load()
        return self._tok


class Chat(LoadsMixin):
    def __call__(self, text):
        use(self.tok)  # is transformers.PreTrainedTokenizerBase
        use(self._lm)  # is transformers.LlamaForCausalLM
        ids = self.tok.apply_chat_template([{"role": "user", "content": text}])
        return ids


use(Chat().tok)  # is transformers.PreTrainedTokenizerBase
C = TypeVar("C", bound="Task")


class Runner(Generic[C]):
    def __init__(self, task: C, trainer_class: Type[Trainer] = Trainer, **kwargs):
        self.task = task
        self.args = TrainingArguments("out", **kwargs)
        self.trainer = trainer_class(model=task.model, args=self.args)

    def go(self):
        use(self.args)  # is transformers.TrainingArguments
        use(self.trainer)  # is transformers.Trainer
        use(self.trainer.model)  # is transformers.PreTrainedModel
        use(self.task.model)  # is transformers.PreTrainedModel
        self.trainer.train()
        use(self.trainer.state)  # is transformers.TrainerState


def by_name(kind: str, name: str):
    module = importlib.import_module("transformers")
    cls = getattr(module, kind)
    own = cls.from_pretrained(name)
    fixed = getattr(transformers, "BertModel").from_pretrained(name)
    use(fixed)  # is transformers.BertModel
    use(importlib.import_module("transformers").BertModel.from_pretrained(name))  # is transformers.BertModel
    return own


class Lazy:
    """Loads at first use."""

    _models: ClassVar[Dict[str, BertModel]] = {}

    def __getitem__(self, name: str) -> BertModel:
        if name not in self._models:
            self._models[name] = BertModel.from_pretrained(name)
        return self._models[name]

    def __iter__(self):
        return iter(self._models.values())

    def items(self):
        for name in self._models:
            yield name, self._models[name]


lazy = Lazy()
use(lazy["x"])  # is transformers.BertModel
for one in lazy:
    use(one)  # is transformers.BertModel
for name, one in lazy.items():
    use(one)  # is transformers.BertModel


def chosen(flag, first: Optional[BertModel] = None, second=None):
    second = second if second is not None else BertModel.from_pretrained("x")
    model = first or BertModel.from_pretrained("y")
    use(model)  # is transformers.BertModel
    if flag:
        model = model.to("cuda")
    else:
        model = model.half()
    use(model)  # is transformers.BertModel
    model, extra = model.eval(), 1
    use(model)  # is transformers.BertModel
    return model
