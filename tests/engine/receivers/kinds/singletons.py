"""Globals and singletons."""

from transformers import AutoTokenizer, BertModel

from .shared import Own, use

_tokenizer = None
_model: BertModel | None = None
_words = None


def get_tokenizer():
    global _tokenizer
    if _tokenizer is None:
        _tokenizer = AutoTokenizer.from_pretrained("x")
    return _tokenizer


def get_model():
    global _model
    _model = _model or BertModel.from_pretrained("x")
    return _model


def get_words():
    global _words
    _words = _words or AutoTokenizer.from_pretrained("x")
    return _words


def set_words():
    global _words
    _words = Own()


class Holder:
    _instance = None
    tokenizer = None

    def __new__(cls):
        if cls._instance is None:
            cls._instance = super().__new__(cls)
            cls._instance.tokenizer = AutoTokenizer.from_pretrained("x")
        return cls._instance


use(get_tokenizer())  # is transformers.PreTrainedTokenizerBase
use(get_model())  # is transformers.BertModel
use(get_words())  # own
use(Holder())  # own
use(Holder().tokenizer)  # is transformers.PreTrainedTokenizerBase
