"""Decorators."""

import functools

from transformers import AutoTokenizer

from .shared import use


def timed(function):
    @functools.wraps(function)
    def inner(*args, **kwargs):
        result = function(*args, **kwargs)
        return result

    return inner


def as_text(function):
    def inner(*args):
        return str(function(*args))

    return inner


@timed
def read(name):
    return AutoTokenizer.from_pretrained(name)


@functools.lru_cache(maxsize=None)
def cached(name):
    return AutoTokenizer.from_pretrained(name)


@as_text
def named(name):
    return AutoTokenizer.from_pretrained(name)


use(read("x"))  # is transformers.PreTrainedTokenizerBase
use(cached("x"))  # is transformers.PreTrainedTokenizerBase
use(named("x"))  # own
