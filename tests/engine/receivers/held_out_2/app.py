"""A web application and a command line."""

from __future__ import annotations

import contextlib
import copy
import os
import random
import sys
from collections import defaultdict, deque, namedtuple
from functools import lru_cache, reduce, singledispatch
from typing import Any, Callable, NamedTuple

import streamlit as st
from accelerate import Accelerator, init_empty_weights
from fastapi import Depends, FastAPI
from transformers import (
    AutoImageProcessor,
    AutoModelForCausalLM,
    AutoModelForQuestionAnswering,
    AutoTokenizer,
    CLIPModel,
    CLIPProcessor,
    DynamicCache,
    GPT2Config,
    GPT2LMHeadModel,
    GPT2Model,
    LlamaTokenizerFast,
    MarianMTModel,
    MarianTokenizer,
    PreTrainedModel,
    Seq2SeqTrainer,
    Seq2SeqTrainingArguments,
    TrainerCallback,
)

from . import base, data
from .data import use

app = FastAPI()
state: dict[str, Any] = {}
LANGUAGES = ["de", "fr"]
Loaded = namedtuple("Loaded", ["model", "tokenizer"])


@contextlib.asynccontextmanager
async def lifespan(app):
    state["tokenizer"] = AutoTokenizer.from_pretrained("x")
    yield
    state.clear()


@st.cache_resource
def load_model():
    return AutoModelForQuestionAnswering.from_pretrained("x")


use(load_model())  # is transformers.PreTrainedModel


def get_tokenizer() -> LlamaTokenizerFast:
    return LlamaTokenizerFast.from_pretrained("x")


@app.post("/encode")
async def encode(text: str, tok: LlamaTokenizerFast = Depends(get_tokenizer)):
    use(tok)  # is transformers.LlamaTokenizerFast
    return tok(text)


class Translator:
    def __init__(self):
        self.models = {}
        self.tokenizers = {lang: MarianTokenizer.from_pretrained(f"opus-{lang}") for lang in LANGUAGES}
        for lang in LANGUAGES:
            self.models[lang] = MarianMTModel.from_pretrained(f"opus-{lang}")
        self.queue = deque()
        self.queue.append(self.models["de"])

    def translate(self, text, lang):
        model, tok = self.models[lang], self.tokenizers[lang]
        use(model)  # is transformers.MarianMTModel
        use(tok)  # is transformers.MarianTokenizer
        use(self.queue.popleft())  # is transformers.MarianMTModel
        for name in self.models:
            use(self.models[name])  # is transformers.MarianMTModel
        batch = tok([text], return_tensors="pt")
        return tok.batch_decode(model.generate(**batch))

    @lru_cache
    def pick(self, lang):
        return self.models.get(lang) or self.models["de"]


translator = Translator()
use(translator.pick("de"))  # is transformers.MarianMTModel
use(translator.tokenizers["fr"])  # is transformers.MarianTokenizer
use(random.choice(list(translator.models.values())))  # is transformers.MarianMTModel


def loaded(name):
    return Loaded(AutoModelForCausalLM.from_pretrained(name), AutoTokenizer.from_pretrained(name))


got = loaded("x")
use(got.tokenizer)  # is transformers.PreTrainedTokenizerBase
lm, words = loaded("x")
use(lm)  # is transformers.PreTrainedModel
use(words)  # is transformers.PreTrainedTokenizerBase


def distributed():
    accelerator = Accelerator()
    model = GPT2LMHeadModel(GPT2Config())
    teacher = copy.deepcopy(model)
    use(teacher)  # is transformers.GPT2LMHeadModel
    optimizer = object()
    model, optimizer, teacher = accelerator.prepare(model, optimizer, teacher)
    use(teacher)  # is transformers.GPT2LMHeadModel
    unwrapped = accelerator.unwrap_model(model)
    use(unwrapped)  # is transformers.GPT2LMHeadModel
    model = model.module if hasattr(model, "module") else model
    use(model)  # is transformers.GPT2LMHeadModel
    use(model.transformer)  # is transformers.GPT2Model
    cache = DynamicCache()
    use(cache)  # is transformers.DynamicCache
    out = model(input_ids=None, past_key_values=cache, use_cache=True)
    use(out.past_key_values)  # is transformers.DynamicCache
    with init_empty_weights():
        empty = GPT2Model(GPT2Config())
    use(empty)  # is transformers.GPT2Model
    return model


class Images:
    def __init__(self, device=None):
        self.clip, self.processor = self.__load()
        self.fast = AutoImageProcessor.from_pretrained("x")
        self.device = device

    def __load(self):
        return CLIPModel.from_pretrained("x"), CLIPProcessor.from_pretrained("x")

    def embed(self, images):
        use(self.clip)  # is transformers.CLIPModel
        use(self.processor)  # is transformers.CLIPProcessor
        use(self.fast)  # is transformers.image_processing_utils.BaseImageProcessor
        inputs = self.processor(images=images, return_tensors="pt")
        use(self.clip.vision_model)  # is transformers.PreTrainedModel
        return self.clip.get_image_features(**inputs)


class Sampler(TrainerCallback):
    def __init__(self, tokenizer):
        self.tokenizer = tokenizer

    def on_evaluate(self, args, state, control, model=None, **kwargs):
        use(self.tokenizer)  # is transformers.MarianTokenizer
        use(model)  # is transformers.PreTrainedModel
        use(args)  # is transformers.TrainingArguments
        tok = kwargs.get("processing_class") or kwargs["tokenizer"]
        return tok


def train():
    tokenizer = MarianTokenizer.from_pretrained("x")
    trainer = Seq2SeqTrainer(
        model_init=lambda: MarianMTModel.from_pretrained("x"),
        args=Seq2SeqTrainingArguments("out"),
        callbacks=[Sampler(tokenizer)],
    )
    use(trainer.model)  # is transformers.PreTrainedModel
    use(trainer.model.config)  # is transformers.PretrainedConfig
    trainer.add_callback(Sampler(tokenizer=tokenizer))
    runner = base.Runner(base.Generate("x"))
    use(runner.trainer)  # is transformers.Trainer
    use(runner.task.tokenizer)  # is transformers.PreTrainedTokenizerBase
    collator = data.Collator(tokenizer)
    use(collator.tokenizer)  # is transformers.PreTrainedTokenizerBase
    return trainer


@singledispatch
def describe(thing): ...


@describe.register
def _(thing: PreTrainedModel):
    use(thing)  # is transformers.PreTrainedModel


def outer():
    tok = None

    def load():
        nonlocal tok
        tok = AutoTokenizer.from_pretrained("x")

    load()
    use(tok)  # is transformers.PreTrainedTokenizerBase
    while tok is None:
        tok = AutoTokenizer.from_pretrained("y")
    else:
        use(tok)  # is transformers.PreTrainedTokenizerBase
    return tok


def apply(function: Callable[[str], PreTrainedModel], name: str):
    model = function(name)
    use(model)  # is transformers.PreTrainedModel
    return model


apply(GPT2Model.from_pretrained, "x")
grouped = defaultdict(list)
grouped["a"].append(GPT2Model.from_pretrained("x"))
use(grouped["a"][0])  # is transformers.GPT2Model
settings = {**state, "tok": LlamaTokenizerFast.from_pretrained("x")}
use(settings["tok"])  # is transformers.LlamaTokenizerFast
if "GPT2" in os.environ:
    conf = GPT2Config()
else:
    conf = GPT2Config(n_layer=1)
use(conf)  # is transformers.GPT2Config
merged = conf if sys.argv else base.Generate("x").config
use(merged)  # is transformers.PretrainedConfig
