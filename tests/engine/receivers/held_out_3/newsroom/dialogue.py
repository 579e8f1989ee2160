"""A chat in turns: optional parts, defaults, branches."""

from __future__ import annotations

import os
import sys
from typing import Callable, Optional

import transformers
from transformers import (
    AutoModelForCausalLM,
    AutoTokenizer,
    BlenderbotForConditionalGeneration,
    BlenderbotTokenizer,
    GenerationConfig,
    LogitsProcessorList,
    StoppingCriteria,
)

from ._use import use
from .rivals import words
from .rivals.words import AutoTokenizer as WordsAuto

try:
    from transformers import BitsAndBytesConfig
except ImportError:
    BitsAndBytesConfig = None

if sys.platform == "darwin":
    Backbone = BlenderbotForConditionalGeneration
else:
    from transformers import BlenderbotSmallForConditionalGeneration as Backbone

Words = words.WordTokenizer
DEFAULT = AutoTokenizer.from_pretrained("x")
GENERATION = GenerationConfig(max_new_tokens=5)
PROMPT = os.environ.get("PROMPT") or "You are"


class Stop(StoppingCriteria):
    def __init__(self, ids, tokenizer=DEFAULT):
        self.ids = ids
        self.tokenizer = tokenizer

    def __call__(self, input_ids, scores, **kwargs):
        use(self.tokenizer)  # is transformers.PreTrainedTokenizerBase
        use(scores)  # own
        return input_ids[0, -1] in self.ids


class Chat:
    tokenizer: BlenderbotTokenizer
    history = []

    def __init__(self, name, tokenizer=None, config: Optional[GenerationConfig] = None, prompt=PROMPT):
        if tokenizer is None:
            tokenizer = BlenderbotTokenizer.from_pretrained(name)
        self.tokenizer = tokenizer
        self.generation = config or GENERATION
        self.model = Backbone.from_pretrained(name)
        self.prompt = prompt
        self.callback = None

    def turn(self, text):
        use(self.tokenizer)  # is transformers.BlenderbotTokenizer
        use(self.generation)  # is transformers.GenerationConfig
        use(self.model)  # is transformers.PreTrainedModel
        use(self.prompt)  # own
        use(self.history)  # own
        inputs = self.tokenizer([text], return_tensors="pt")
        use(inputs)  # is transformers.BatchEncoding
        ids = self.model.generate(**inputs, generation_config=self.generation)
        if self.callback:
            use(self.callback)  # own
        return self.tokenizer.batch_decode(ids)[0]

    def reset(self, words_only=False):
        self.history = []
        if words_only:
            self.parts = Words({})
        else:
            self.parts = BlenderbotTokenizer.from_pretrained("x")
        use(self.parts)  # own
        return self


class Quick(Chat):
    def turn(self, text):
        tokenizer, model = self.tokenizer, self.model
        use(tokenizer)  # is transformers.BlenderbotTokenizer
        use(model)  # is transformers.PreTrainedModel
        return super().turn(text)


def ask(text, tokenizer=DEFAULT, *, generate: Callable | None = None, config=None):
    use(tokenizer)  # is transformers.PreTrainedTokenizerBase
    use(generate)  # own
    config = config or transformers.GenerationConfig()
    use(config)  # is transformers.GenerationConfig
    return tokenizer(text)


def ask_words(text, tokenizer=Words({})):
    use(tokenizer)  # own
    return tokenizer(text)


def choose(kind: str):
    if kind == "chat":
        tokenizer = AutoTokenizer.from_pretrained("chat")
    elif kind == "words":
        tokenizer = WordsAuto.from_pretrained("words")
    else:
        raise ValueError(kind)
    use(tokenizer)  # own
    return tokenizer


def pick(kind: str):
    match kind:
        case "chat":
            tokenizer = AutoTokenizer.from_pretrained("chat", use_fast=False)
        case "small":
            tokenizer = BlenderbotTokenizer.from_pretrained("small")
        case _:
            raise ValueError(kind)
    use(tokenizer)  # is transformers.PreTrainedTokenizerBase
    return tokenizer


def safe(name):
    try:
        model = AutoModelForCausalLM.from_pretrained(name)
    except (OSError, ValueError):
        model = AutoModelForCausalLM.from_config(transformers.AutoConfig.from_pretrained(name))
    else:
        model.eval()
    use(model)  # is transformers.PreTrainedModel
    processors = LogitsProcessorList()
    use(processors)  # own
    try:
        tokenizer = AutoTokenizer.from_pretrained(name)
    except OSError:
        tokenizer = None
    if tokenizer is None:
        tokenizer = Words({})
    use(tokenizer)  # own
    return model


def guarded(thing):
    if isinstance(thing, str):
        thing = AutoTokenizer.from_pretrained(thing)
    elif isinstance(thing, transformers.PreTrainedTokenizerBase):
        use(thing)  # is transformers.PreTrainedTokenizerBase
    else:
        use(thing)  # own
        raise TypeError(type(thing))
    use(thing)  # is transformers.PreTrainedTokenizerBase
    return thing


def main():
    chat = Quick("x")
    use(chat)  # own
    use(chat.tokenizer)  # is transformers.BlenderbotTokenizer
    use(chat.reset().model)  # is transformers.PreTrainedModel
    use(chat.model.config)  # is transformers.PretrainedConfig
    quantized = BitsAndBytesConfig(load_in_4bit=True) if BitsAndBytesConfig is not None else None
    use(quantized)  # own
    use(pick("chat"))  # is transformers.PreTrainedTokenizerBase
    use(choose("words"))  # own
    use(safe("x"))  # is transformers.PreTrainedModel
    use(guarded("x"))  # is transformers.PreTrainedTokenizerBase
    ask("a")
    stop = Stop([1])
    use(stop)  # own
    use(stop.tokenizer)  # is transformers.PreTrainedTokenizerBase
