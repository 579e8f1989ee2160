"""Factories."""

from transformers import AutoModel, AutoTokenizer

from .shared import Own, use


class Factory:
    @classmethod
    def create(cls, name):
        return cls()

    @staticmethod
    def tokenizer(kind):
        if kind == "fast":
            return AutoTokenizer.from_pretrained(kind, use_fast=True)
        return AutoTokenizer.from_pretrained(kind)

    def thing(self, kind):
        if kind == "own":
            return Own()
        return self.tokenizer(kind)


def maker(name):
    def make():
        return AutoModel.from_pretrained(name)

    return make


use(Factory.tokenizer("fast"))  # is transformers.PreTrainedTokenizerBase
use(Factory.create("x").tokenizer("slow"))  # is transformers.PreTrainedTokenizerBase
use(Factory().thing("own"))  # own
use(Factory.create("x"))  # own
use(maker("x")())  # is transformers.PreTrainedModel
