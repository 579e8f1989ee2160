"""What functions of the project return, tuples and named tuples too."""

from collections import namedtuple
from typing import NamedTuple

from transformers import AutoTokenizer, BartForConditionalGeneration, BartTokenizer, PreTrainedModel

from .shared import Own, use

Pair = namedtuple("Pair", "model tokenizer")


class Bundle(NamedTuple):
    model: PreTrainedModel
    words: Own


def single(name, slow=False):
    if slow:
        return BartTokenizer.from_pretrained(name)
    return AutoTokenizer.from_pretrained(name)


def pair(name):
    return Pair(tokenizer=single(name), model=BartForConditionalGeneration.from_pretrained(name))


def bundle(name):
    return Bundle(pair(name).model, Own())


def mixed(name, plain=False):
    return Own() if plain else single(name)


def many(name):
    return single(name), Own()


Turned = namedtuple("Turned", "tokenizer model")


def either(name, turned=False):
    if turned:
        return Turned(Own(), Own())
    return Pair(Own(), single(name))


use(either("x").tokenizer)  # own
use(single("x"))  # is transformers.PreTrainedTokenizerBase
use(pair("x").model)  # is transformers.BartForConditionalGeneration
use(bundle("x").model)  # is transformers.PreTrainedModel
use(bundle("x").words)  # own
use(mixed("x"))  # own
tokenizer, words = many("x")
use(tokenizer)  # is transformers.PreTrainedTokenizerBase
use(words)  # own
use(many("x")[0])  # is transformers.PreTrainedTokenizerBase
