"""Models and tokenizers by name."""

import functools
import logging
import os
from collections import namedtuple
from contextlib import contextmanager
from typing import Dict, List, NamedTuple, Tuple, Type, Union

import torch
import transformers
from transformers import (
    AutoConfig,
    AutoModel,
    AutoModelForSeq2SeqLM,
    AutoTokenizer,
    BartForConditionalGeneration,
    BartTokenizer,
    BartTokenizerFast,
    PreTrainedModel,
    PreTrainedTokenizer,
    PreTrainedTokenizerFast,
)
from transformers.models.t5 import modeling_t5

from ._use import use
from .rivals.words import WordTokenizer

logger = logging.getLogger(__name__)

AnyTokenizer = Union[PreTrainedTokenizer, PreTrainedTokenizerFast]
Pair = namedtuple("Pair", ["model", "tokenizer"])
USE_FAST = os.environ.get("NEWSROOM_FAST", "1") == "1"
TokenizerClass = BartTokenizerFast if USE_FAST else BartTokenizer
Summariser = BartForConditionalGeneration


class Bundle(NamedTuple):
    tokenizer: AnyTokenizer
    model: PreTrainedModel
    label: str = "summary"

    def shorten(self, text: str) -> str:
        use(self.tokenizer)  # is transformers.PreTrainedTokenizerBase
        use(self.label)  # own
        ids = self.model.generate(**self.tokenizer(text, return_tensors="pt"))
        return self.tokenizer.decode(ids[0])


def load(name: str, revision: str = "main") -> Bundle:
    """The tokenizer and the model of this name."""
    config = AutoConfig.from_pretrained(name, revision=revision)
    use(config)  # is transformers.PretrainedConfig
    if config.is_encoder_decoder:
        model = AutoModelForSeq2SeqLM.from_pretrained(name, config=config)
    else:
        model = AutoModel.from_config(config)
    use(model)  # is transformers.PreTrainedModel
    tokenizer = AutoTokenizer.from_pretrained(name, revision=revision, use_fast=USE_FAST)
    if tokenizer.pad_token is None:
        tokenizer.pad_token = tokenizer.eos_token
    use(tokenizer)  # is transformers.PreTrainedTokenizerBase
    return Bundle(tokenizer, model)


def load_pair(name, device=None):
    tok = TokenizerClass.from_pretrained(name)
    use(tok)  # is transformers.PreTrainedTokenizerBase
    model = Summariser.from_pretrained(name)
    device = device or ("cuda" if torch.cuda.is_available() else "cpu")
    use(device)  # own
    model = model.to(device).eval()
    use(model)  # is transformers.BartForConditionalGeneration
    return Pair(model=model, tokenizer=tok)


def both(name: str) -> Tuple[BartTokenizer, "BartForConditionalGeneration"]:
    return BartTokenizer.from_pretrained(name), BartForConditionalGeneration.from_pretrained(name)


@functools.lru_cache(maxsize=4)
def shared_tokenizer(name="facebook/bart-large-cnn"):
    return AutoTokenizer.from_pretrained(name)


@contextmanager
def frozen(name):
    model = AutoModel.from_pretrained(name)
    for parameter in model.parameters():
        parameter.requires_grad_(False)
    try:
        yield model
    finally:
        del model


@contextmanager
def timed(label):
    start = torch.cuda.Event(enable_timing=True)
    yield start
    logger.info("%s", label)


def scratch(vocab: int, classes: Dict[str, Type[PreTrainedModel]], kind: str) -> List[PreTrainedModel]:
    config = transformers.T5Config(vocab_size=vocab, d_model=8, num_layers=1)
    use(config)  # is transformers.T5Config
    first = modeling_t5.T5ForConditionalGeneration(config)
    use(first)  # is transformers.T5ForConditionalGeneration
    use(first.encoder)  # is transformers.PreTrainedModel
    use(first.shared)  # own
    use(first.config)  # is transformers.T5Config
    second = classes[kind](config)
    use(second)  # is transformers.PreTrainedModel
    use(second.get_input_embeddings())  # own
    made = [first, second]
    for model in made:
        use(model)  # is transformers.PreTrainedModel
    return made


def run() -> None:
    pair = load_pair("x")
    use(pair.tokenizer)  # is transformers.PreTrainedTokenizerBase
    use(pair.model)  # is transformers.BartForConditionalGeneration
    use(pair[0])  # is transformers.BartForConditionalGeneration
    model, tokenizer = load_pair("x", device="cpu")
    use(model)  # is transformers.BartForConditionalGeneration
    use(tokenizer)  # is transformers.PreTrainedTokenizerBase
    tokenizer, model = both("x")
    use(tokenizer)  # is transformers.BartTokenizer
    use(model)  # is transformers.BartForConditionalGeneration
    tokenizer, *rest = load("x")
    use(tokenizer)  # is transformers.PreTrainedTokenizerBase
    use(rest)  # own
    use(shared_tokenizer())  # is transformers.PreTrainedTokenizerBase
    with frozen("x") as encoder, timed("encoding") as clock:
        use(encoder)  # is transformers.PreTrainedModel
        use(clock)  # own
    with open("vocab.txt") as tokenizer:
        use(tokenizer)  # own
    words = WordTokenizer.from_pretrained("x")
    use(words)  # own
    tokenizer = words if USE_FAST else shared_tokenizer()
    use(tokenizer)  # own
    state = torch.load("model.pt")
    model = state["model"]
    use(model)  # own
