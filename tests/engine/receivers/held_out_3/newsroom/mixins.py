"""What several classes share, and decorators."""

import functools
import time
from typing import Any, Callable, Optional

import torch
from transformers import (
    AutoModelForQuestionAnswering,
    AutoTokenizer,
    GenerationMixin,
    PretrainedConfig,
    PreTrainedModel,
    XLMRobertaTokenizer,
)
from transformers.modeling_outputs import SequenceClassifierOutput

from ._use import use
from .rivals.words import WordTokenizer


def timed(function: Callable) -> Callable:
    @functools.wraps(function)
    def wrapper(*args, **kwargs):
        start = time.perf_counter()
        result = function(*args, **kwargs)
        print(function.__name__, time.perf_counter() - start)
        return result

    return wrapper


def retry(times=3):
    def decorate(function):
        @functools.wraps(function)
        def inner(*args, **kwargs):
            for _ in range(times):
                try:
                    return function(*args, **kwargs)
                except OSError:
                    continue
            return function(*args, **kwargs)

        return inner

    return decorate


def as_text(function):
    """Gives another thing than what it wraps."""

    @functools.wraps(function)
    def inner(*args, **kwargs):
        return str(function(*args, **kwargs))

    return inner


def with_tokenizer(function):
    @functools.wraps(function)
    def inner(text, **kwargs):
        return function(AutoTokenizer.from_pretrained("x"), text, **kwargs)

    return inner


@timed
def read(name):
    return AutoTokenizer.from_pretrained(name)


@retry(times=2)
def fetch(name: str):
    return AutoModelForQuestionAnswering.from_pretrained(name)


@as_text
def named(name):
    return AutoTokenizer.from_pretrained(name)


@with_tokenizer
def count(tokenizer, text, limit=None):
    use(tokenizer)  # is transformers.PreTrainedTokenizerBase
    use(limit)  # own
    return len(tokenizer.encode(text))


class TokenizerMixin:
    """Expects a tokenizer in whoever takes it."""

    tokenizer = None

    def lengths(self, texts):
        use(self.tokenizer)  # is transformers.PreTrainedTokenizerBase
        return [len(self.tokenizer.tokenize(t)) for t in texts]


class DeviceMixin:
    model: torch.nn.Module

    @property
    def device(self):
        use(self.model)  # own
        return next(self.model.parameters()).device


class Reader(TokenizerMixin, DeviceMixin):
    def __init__(self, name):
        self.tokenizer = XLMRobertaTokenizer.from_pretrained(name)
        self.model = fetch(name)

    def ask(self, question, text):
        use(self.tokenizer)  # is transformers.XLMRobertaTokenizer
        use(self.model)  # is transformers.PreTrainedModel
        use(self.device)  # own
        inputs = self.tokenizer.encode_plus(question, text, return_tensors="pt").to(self.device)
        use(inputs)  # is transformers.BatchEncoding
        answer = self.model(**inputs)
        use(answer)  # is transformers.utils.ModelOutput
        start, end = answer.start_logits, answer.end_logits
        use(start)  # own
        return int(start.argmax()), int(end.argmax())


class ShortReader(Reader):
    def ask(self, question, text):
        use(self.tokenizer)  # is transformers.XLMRobertaTokenizer
        return super().ask(question, text[:100])


class WordReader(DeviceMixin):
    def __init__(self):
        self.tokenizer = WordTokenizer({})
        self.model = torch.nn.Linear(1, 1)

    def ask(self, question, text):
        use(self.tokenizer)  # own
        use(self.model)  # own
        return None


class GatedConfig(PretrainedConfig):
    model_type = "gated"

    def __init__(self, hidden_size=8, gate: float = 0.5, **kwargs):
        self.hidden_size = hidden_size
        self.gate = gate
        super().__init__(**kwargs)


class GatedPreTrained(PreTrainedModel):
    config_class = GatedConfig
    base_model_prefix = "gated"

    def _init_weights(self, module):
        use(module)  # own
        use(self.config)  # is transformers.PretrainedConfig
        if isinstance(module, torch.nn.Linear):
            module.weight.data.normal_(std=self.config.initializer_range)


class Gated(GatedPreTrained, GenerationMixin):
    def __init__(self, config: GatedConfig, base: Optional[PreTrainedModel] = None):
        super().__init__(config)
        use(config)  # is transformers.PretrainedConfig
        self.base = base
        self.gate = torch.nn.Linear(config.hidden_size, 2)
        self.post_init()

    def forward(self, input_ids=None, **kwargs: Any) -> SequenceClassifierOutput:
        use(self.gate)  # own
        use(self.generation_config)  # is transformers.GenerationConfig
        return SequenceClassifierOutput(logits=self.gate(input_ids))


def main():
    use(read("x"))  # is transformers.PreTrainedTokenizerBase
    use(fetch("x"))  # is transformers.PreTrainedModel
    use(named("x"))  # own
    use(count("a"))  # own
    reader = ShortReader("x")
    use(reader)  # own
    use(reader.tokenizer)  # is transformers.XLMRobertaTokenizer
    use(reader.model)  # is transformers.PreTrainedModel
    gated = Gated(GatedConfig())
    use(gated)  # is transformers.PreTrainedModel
    use(gated.config)  # is transformers.PretrainedConfig
    out = gated(torch.ones(1, 8))
    use(out)  # is transformers.utils.ModelOutput
    again = Gated.from_pretrained("saved")
    use(again)  # is transformers.PreTrainedModel
    use(again.gate)  # own
