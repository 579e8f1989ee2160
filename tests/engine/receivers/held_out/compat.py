"""Names of the library that are the project's own."""

from __future__ import annotations

from unittest import mock


class PreTrainedTokenizer:
    """The project's own base class."""

    def encode_plus(self, text):
        return {"input_ids": [ord(c) for c in text]}


class BertTokenizer(PreTrainedTokenizer):
    @classmethod
    def from_pretrained(cls, name):
        return cls()


class AutoModel:
    @staticmethod
    def from_pretrained(name):
        return mock.MagicMock()


class Trainer:
    def __init__(self, model=None, tokenizer=None):
        self.model, self.tokenizer = model, tokenizer


def pipeline(task, **kwargs):
    return lambda text: text


class Proxy:
    def __init__(self, inner):
        self._inner = inner

    def __getattr__(self, name):
        return getattr(self._inner, name)
