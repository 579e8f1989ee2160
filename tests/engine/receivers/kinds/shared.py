"""What the other files here take from another module."""

import re

from transformers import AutoModel, AutoTokenizer, BertModel


class Own:
    """A look-alike: the method names, and nothing of the library."""

    tokenizer = re.compile("a")

    @classmethod
    def from_pretrained(cls, name):
        return cls()

    def encode_plus(self, text):
        return text


TOKENIZER = AutoTokenizer.from_pretrained("x")
WORDS = Own()
Encoder = BertModel


def load(name):
    return AutoTokenizer.from_pretrained(name), AutoModel.from_pretrained(name)


def load_own(name):
    return Own.from_pretrained(name), Own()


def use(thing):
    return thing
