"""What is configured: data classes, typed dictionaries, named tuples, tables of classes."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field
from typing import Any, ClassVar, Dict, Generic, NamedTuple, Optional, Protocol, TypedDict, TypeVar

from transformers import (
    AutoModelForCausalLM,
    AutoModelForSeq2SeqLM,
    AutoTokenizer,
    BertTokenizerFast,
    GPT2LMHeadModel,
    GPT2TokenizerFast,
    HfArgumentParser,
    PreTrainedModel,
    PreTrainedTokenizerFast,
    T5ForConditionalGeneration,
    T5TokenizerFast,
    TrainingArguments,
)


def use(receiver): ...


class Loaded(TypedDict, total=False):
    tokenizer: PreTrainedTokenizerFast
    model: "PreTrainedModel"
    note: str


class Assets(NamedTuple):
    tokenizer: T5TokenizerFast
    model: Optional[T5ForConditionalGeneration] = None
    name: str = "t5"


@dataclass
class ModelArguments:
    name: str = "gpt2"
    revision: t.Optional[str] = None


@dataclass(frozen=True)
class Bundle:
    model: PreTrainedModel
    tokenizer: Optional[PreTrainedTokenizerFast] = None
    extra: Dict[str, GPT2TokenizerFast] = field(default_factory=dict)
    shared: ClassVar[BertTokenizerFast] = BertTokenizerFast.from_pretrained("x")

    @classmethod
    def from_name(cls, name: str) -> t.Self:
        return cls(model=AutoModelForCausalLM.from_pretrained(name), tokenizer=AutoTokenizer.from_pretrained(name))

    def words(self):
        assert self.tokenizer is not None
        use(self.tokenizer)  # is transformers.PreTrainedTokenizerFast
        use(self.shared)  # is transformers.BertTokenizerFast
        for key, tok in self.extra.items():
            use(tok)  # is transformers.GPT2TokenizerFast
        return [use(x) for x in self.extra.values()]  # is transformers.GPT2TokenizerFast


def of_dictionary(loaded: Loaded):
    use(loaded["tokenizer"])  # is transformers.PreTrainedTokenizerFast
    model = loaded["model"]
    use(model.config)  # is transformers.PretrainedConfig


def of_tuple(assets: Assets):
    tok, model, _ = assets
    use(tok)  # is transformers.T5TokenizerFast
    use(model)  # is transformers.T5ForConditionalGeneration
    use(assets.model)  # is transformers.T5ForConditionalGeneration
    use(assets[0])  # is transformers.T5TokenizerFast


def of_bundle():
    bundle = Bundle.from_name("gpt2")
    use(bundle.model)  # is transformers.PreTrainedModel
    use(bundle.tokenizer)  # is transformers.PreTrainedTokenizerFast
    use(bundle.extra["a"])  # is transformers.GPT2TokenizerFast
    if (tok := bundle.tokenizer) is not None:
        use(tok)  # is transformers.PreTrainedTokenizerFast


MODELS = {
    "gpt2": GPT2LMHeadModel,
    "t5": T5ForConditionalGeneration,
}
KINDS: Dict[str, Dict[str, Any]] = {
    "causal": {"model": AutoModelForCausalLM, "tokenizer": GPT2TokenizerFast},
    "seq2seq": {"model": AutoModelForSeq2SeqLM, "tokenizer": T5TokenizerFast},
}


def build(kind: str):
    if kind not in MODELS:
        raise KeyError(kind)
    model = MODELS[kind].from_pretrained(kind)
    use(model)  # is transformers.PreTrainedModel
    return model


def build_kind(kind: str):
    spec = KINDS[kind]
    tokenizer = spec["tokenizer"].from_pretrained(kind)
    use(tokenizer)  # is transformers.PreTrainedTokenizerFast
    use(spec["model"].from_pretrained(kind))  # is transformers.PreTrainedModel
    return {"model": build(kind), "tokenizer": tokenizer, "kind": kind}


def of_built():
    parts = build_kind("causal")
    use(parts["model"])  # is transformers.PreTrainedModel
    use(parts["tokenizer"])  # is transformers.PreTrainedTokenizerFast


def parsed():
    parser = HfArgumentParser((ModelArguments, TrainingArguments))
    model_args, training_args = parser.parse_args_into_dataclasses()
    use(training_args)  # is transformers.TrainingArguments
    use(model_args)  # own
    args = HfArgumentParser(TrainingArguments).parse_args_into_dataclasses()[0]
    use(args)  # is transformers.TrainingArguments
    (only,) = HfArgumentParser(TrainingArguments).parse_args_into_dataclasses()
    use(only)  # is transformers.TrainingArguments


M = TypeVar("M", bound=PreTrainedModel)


class Box(Generic[M]):
    def __init__(self, model: M):
        self.model = model

    def inner(self) -> M:
        use(self.model)  # is transformers.PreTrainedModel
        return self.model


def frozen(model: M) -> M:
    model.requires_grad_(False)
    use(model)  # is transformers.PreTrainedModel
    return model


def of_generic(box: Box[GPT2LMHeadModel]):
    use(box.inner())  # is transformers.PreTrainedModel
    use(frozen(GPT2LMHeadModel.from_pretrained("x")))  # is transformers.PreTrainedModel


class Tokenizes(Protocol):
    tokenizer: T5TokenizerFast


def of_protocol(thing: Tokenizes):
    use(thing.tokenizer)  # is transformers.T5TokenizerFast
