"""Where objects of the library begin: constructors, loaders, functions that give them on."""

from __future__ import annotations

import functools
from typing import Optional, Union

import transformers
import transformers as tf
from transformers import (
    AutoConfig,
    AutoModel,
    AutoModelForCausalLM,
    AutoProcessor,
    AutoTokenizer,
    BertConfig,
    BertModel,
    BertTokenizer,
    GPT2LMHeadModel,
    GPT2Tokenizer,
    PreTrainedModel,
    PreTrainedTokenizerBase,
    pipeline,
)
from transformers.models.bert import BertForSequenceClassification

from .own import OwnTokenizer, own_pipeline


def use(receiver): ...


use(BertTokenizer("vocab.txt"))  # is transformers.BertTokenizer
use(BertTokenizer.from_pretrained("x"))  # is transformers.BertTokenizer
use(transformers.BertTokenizer.from_pretrained("x"))  # is transformers.BertTokenizer
use(tf.AutoTokenizer.from_pretrained("x"))  # is transformers.PreTrainedTokenizerBase
use(AutoModel.from_pretrained("x"))  # is transformers.PreTrainedModel
use(AutoModelForCausalLM.from_config(BertConfig()))  # is transformers.PreTrainedModel
use(AutoConfig.from_pretrained("x"))  # is transformers.PretrainedConfig
use(BertForSequenceClassification(BertConfig()))  # is transformers.BertForSequenceClassification
use(AutoProcessor.from_pretrained("x").tokenizer)  # is transformers.PreTrainedTokenizerBase
use(pipeline("text-generation"))  # is transformers.Pipeline
use(pipeline("text-generation").tokenizer)  # is transformers.PreTrainedTokenizerBase
use(pipeline("text-generation").model)  # is transformers.PreTrainedModel
use(BertModel(BertConfig()).config)  # is transformers.PretrainedConfig

tokenizer = AutoTokenizer.from_pretrained("x")
use(tokenizer)  # is transformers.PreTrainedTokenizerBase
Alias = BertTokenizer
use(Alias("vocab.txt"))  # is transformers.BertTokenizer
use(getattr(transformers, "BertTokenizer")("vocab.txt"))  # is transformers.BertTokenizer
lazy = functools.partial(BertTokenizer, "vocab.txt")
use(lazy())  # is transformers.BertTokenizer
make = lambda: BertTokenizer("vocab.txt")  # noqa: E731
use(make())  # is transformers.BertTokenizer
use(tokenizer if tokenizer else BertTokenizer("vocab.txt"))  # is transformers.PreTrainedTokenizerBase
use(tokenizer or None)  # is transformers.PreTrainedTokenizerBase
if (walrus := BertTokenizer("vocab.txt")) is not None:
    use(walrus)  # is transformers.BertTokenizer

use(OwnTokenizer())  # own
use(OwnTokenizer.from_pretrained("x"))  # own
use(own_pipeline("text-generation"))  # own


def load(name: str):
    return AutoTokenizer.from_pretrained(name)


def load_both(name: str):
    return AutoModel.from_pretrained(name), AutoTokenizer.from_pretrained(name)


def load_annotated(name) -> PreTrainedTokenizerBase:
    return something(name)  # noqa: F821


def load_quoted(name) -> "PreTrainedModel":
    return something(name)  # noqa: F821


def load_optional(name) -> Optional[BertTokenizer]:
    return BertTokenizer(name) if name else None


def load_either(fast: bool) -> Union[BertTokenizer, GPT2Tokenizer]:
    if fast:
        return BertTokenizer("vocab.txt")
    return GPT2Tokenizer("vocab.json", "merges.txt")


def load_own(name):
    return OwnTokenizer()


use(load("x"))  # is transformers.PreTrainedTokenizerBase
model, tok = load_both("x")
use(model)  # is transformers.PreTrainedModel
use(tok)  # is transformers.PreTrainedTokenizerBase
use(load_both("x")[1])  # is transformers.PreTrainedTokenizerBase
use(load_annotated("x"))  # is transformers.PreTrainedTokenizerBase
use(load_quoted("x"))  # is transformers.PreTrainedModel
use(load_optional("x"))  # is transformers.BertTokenizer
use(load_either(True))  # is transformers.PreTrainedTokenizerBase
use(load_own("x"))  # own

CLASSES = {"bert": (BertConfig, BertModel, BertTokenizer), "gpt2": (None, GPT2LMHeadModel, GPT2Tokenizer)}


def by_table(kind: str):
    _, model_class, tokenizer_class = CLASSES[kind]
    use(tokenizer_class.from_pretrained("x"))  # is transformers.PreTrainedTokenizerBase
    use(model_class.from_pretrained("x"))  # is transformers.PreTrainedModel


def conditional(fast: bool):
    cls = BertTokenizer if fast else GPT2Tokenizer
    use(cls.from_pretrained("x"))  # is transformers.PreTrainedTokenizerBase
    if fast:
        chosen = BertTokenizer("vocab.txt")
    else:
        chosen = GPT2Tokenizer("vocab.json", "merges.txt")
    use(chosen)  # is transformers.PreTrainedTokenizerBase
    if fast:
        mixed = BertTokenizer("vocab.txt")
    else:
        mixed = OwnTokenizer()
    use(mixed)  # own
