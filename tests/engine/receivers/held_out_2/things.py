"""Tests as users write them: fixtures, set-ups, parameters."""

from __future__ import annotations

import unittest
from unittest import TestCase

import pytest
import torch
from transformers import (
    AutoModelForSequenceClassification,
    AutoTokenizer,
    BertConfig,
    BertForSequenceClassification,
    BertTokenizer,
    BertTokenizerFast,
    T5Tokenizer,
    TextClassificationPipeline,
    pipeline,
)

from .base import Chat, Generate
from .data import Lines, use


@pytest.fixture
def tokenizer():
    return AutoTokenizer.from_pretrained("x")


@pytest.fixture(scope="module")
def model(request):
    built = BertForSequenceClassification(BertConfig())
    yield built
    del built


@pytest.fixture(name="lines")
def make_lines(tokenizer, tmp_path):
    use(tokenizer)  # is transformers.PreTrainedTokenizerBase
    use(tmp_path)  # own
    return Lines(tokenizer, tmp_path / "a.txt")


def test_encodes(tokenizer, model, lines):
    use(tokenizer)  # is transformers.PreTrainedTokenizerBase
    use(model)  # is transformers.BertForSequenceClassification
    use(lines.tokenizer)  # is transformers.PreTrainedTokenizerBase
    with torch.inference_mode():
        out = model(**tokenizer("a", return_tensors="pt"))
    use(out)  # is transformers.utils.ModelOutput


@pytest.mark.parametrize("cls", [BertTokenizer, BertTokenizerFast])
def test_classes(cls):
    tok = cls.from_pretrained("x")
    use(tok)  # is transformers.PreTrainedTokenizerBase


class TestModel(TestCase):
    @classmethod
    def setUpClass(cls):
        cls.tokenizer = T5Tokenizer.from_pretrained("x")
        cls.pipe = pipeline("text-classification", tokenizer=cls.tokenizer)

    def setUp(self):
        self.model = AutoModelForSequenceClassification.from_pretrained("x")
        self.addCleanup(self.model.cpu)

    def test_it(self):
        use(self.tokenizer)  # is transformers.T5Tokenizer
        use(self.model)  # is transformers.PreTrainedModel
        use(self.pipe.model)  # is transformers.PreTrainedModel
        for name in ("a", "b"):
            with self.subTest(name):
                use(self.pipe)  # is transformers.Pipeline
        for model in (self.model, Generate("x").model):
            use(model)  # is transformers.PreTrainedModel

    def helper(self, tokenizer, text):
        use(tokenizer)  # is transformers.T5Tokenizer
        return tokenizer(text)

    def test_helper(self):
        self.helper(self.tokenizer, "a")
        self.helper(tokenizer=self.tokenizer, text="b")


class TestChat:
    def setup_method(self):
        self.chat = Chat()
        self.pipe = TextClassificationPipeline(model=None, tokenizer=None)

    def test(self, model):
        use(self.chat.tok)  # is transformers.PreTrainedTokenizerBase
        use(self.pipe.tokenizer)  # is transformers.PreTrainedTokenizerBase
        use(model)  # is transformers.BertForSequenceClassification


if __name__ == "__main__":
    unittest.main()
