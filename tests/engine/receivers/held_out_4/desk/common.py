"""Shared parts."""

from __future__ import annotations

import os
from dataclasses import InitVar, dataclass, field
from typing import Any, Callable, Mapping, NamedTuple, Sequence

from transformers import (
    AutoConfig,
    AutoModelForSequenceClassification,
    AutoTokenizer,
    PretrainedConfig,
    PreTrainedModel,
    PreTrainedTokenizerBase,
)

CACHE: dict[str, PreTrainedTokenizerBase] = {}


def use(thing):
    """Looked at."""
    return thing


class Stemmer:
    """Cuts words; older than everything else here."""

    def __init__(self, suffixes: Sequence[str] = ("ing", "ed")) -> None:
        self.suffixes = suffixes
        self.config = {"suffixes": suffixes}

    def tokenize(self, text: str) -> list[str]:
        return [w.removesuffix(self.suffixes[0]) for w in text.split()]

    def decode(self, words, **kwargs):
        return " ".join(words)

    @classmethod
    def from_pretrained(cls, path):
        return cls()


class Loaded(NamedTuple):
    config: PretrainedConfig
    model: PreTrainedModel
    tokenizer: PreTrainedTokenizerBase


@dataclass
class Spec:
    """What to load; loads it itself when asked to."""

    name: str
    labels: list[str] = field(default_factory=list)
    eager: InitVar[bool] = False
    stemmer: Stemmer = field(default_factory=Stemmer)
    tokenizer: Any = field(init=False, default=None)

    def __post_init__(self, eager: bool) -> None:
        if eager:
            self.load()
        self.tokenizer = AutoTokenizer.from_pretrained(self.name)
        use(self.tokenizer)  # is transformers.PreTrainedTokenizerBase
        use(self.stemmer)  # own

    def load(self) -> Loaded:
        config = AutoConfig.from_pretrained(self.name, num_labels=len(self.labels) or 2)
        use(config)  # is transformers.PretrainedConfig
        model = AutoModelForSequenceClassification.from_pretrained(self.name, config=config)
        return Loaded(config, model, cached_tokenizer(self.name))


def cached_tokenizer(name: str) -> PreTrainedTokenizerBase:
    if name not in CACHE:
        CACHE[name] = AutoTokenizer.from_pretrained(name)
    use(CACHE[name])  # is transformers.PreTrainedTokenizerBase
    return CACHE[name]


def env(name: str, default: str = "") -> str:
    model = os.environ.get(name, default)
    use(model)  # own
    return model


def apply(function: Callable[[Any], Any], items: Mapping[str, Any]) -> dict[str, Any]:
    use(function)  # own
    return {k: function(use(v)) for k, v in items.items()}  # own
