"""Settings of a run, from the command line or a file."""

from __future__ import annotations

import argparse
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Optional, TypedDict

from transformers import GenerationConfig, HfArgumentParser, PretrainedConfig, TrainingArguments

from ._use import use

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerBase

    from .rivals.words import WordTokenizer


@dataclass
class Settings:
    name: str = "facebook/bart-large-cnn"
    max_length: int = 128
    languages: list[str] = field(default_factory=lambda: ["en"])
    generation: GenerationConfig = field(default_factory=GenerationConfig)
    config: Optional[PretrainedConfig] = None

    @classmethod
    def from_json(cls, path: str | Path) -> Settings:
        values = json.loads(Path(path).read_text())
        settings = cls(**values)
        use(settings)  # own
        use(settings.generation)  # is transformers.GenerationConfig
        return settings

    def limits(self) -> dict[str, int]:
        use(self.generation)  # is transformers.GenerationConfig
        if self.config is not None:
            use(self.config)  # is transformers.PretrainedConfig
            return {"max_length": self.config.max_length}
        return {"max_length": self.max_length}


@dataclass(frozen=True)
class ModelArguments:
    model_name_or_path: str
    tokenizer_name: Optional[str] = None


class Parts(TypedDict):
    tokenizer: PreTrainedTokenizerBase
    model: "PreTrainedModel"
    words: WordTokenizer
    step: int


def describe(parts: Parts) -> str:
    use(parts["tokenizer"])  # is transformers.PreTrainedTokenizerBase
    use(parts["model"])  # is transformers.PreTrainedModel
    use(parts["words"])  # own
    return f"{parts['model'].config.model_type} at {parts['step']}"


def parse(argv: list[str] | None = None) -> tuple[ModelArguments, TrainingArguments]:
    parser = HfArgumentParser((ModelArguments, TrainingArguments))
    model_args, training_args = parser.parse_args_into_dataclasses(argv)
    use(training_args)  # is transformers.TrainingArguments
    use(model_args)  # own
    return model_args, training_args


def old_parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("--model", default="x")
    parser.add_argument("--config", default=None)
    args = parser.parse_args()
    use(args)  # own
    use(args.config)  # own
    return args


def merged(base: dict[str, Any], **more: Any) -> dict[str, Any]:
    config = {**base, **more}
    use(config)  # own
    config = config.get("model", {})
    use(config)  # own
    return config
