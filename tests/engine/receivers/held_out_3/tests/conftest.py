"""Fixtures for all tests."""

from unittest.mock import MagicMock

import pytest
from newsroom.loading import load
from newsroom.rivals.words import WordTokenizer
from newsroom._use import use
from transformers import AutoTokenizer, BertConfig, BertForMaskedLM, BertTokenizer


@pytest.fixture(scope="session")
def tokenizer(tmp_path_factory):
    folder = tmp_path_factory.mktemp("vocab")
    use(folder)  # own
    return BertTokenizer(str(folder / "vocab.txt"))


@pytest.fixture
def config():
    return BertConfig(hidden_size=8)


@pytest.fixture
def model(config):
    use(config)  # is transformers.BertConfig
    with_head = BertForMaskedLM(config)
    use(with_head)  # is transformers.BertForMaskedLM
    yield with_head.eval()


@pytest.fixture
def word_tokenizer():
    return WordTokenizer({"a": 0})


@pytest.fixture
def fake_model():
    return MagicMock(name="model")


@pytest.fixture
def load_tokenizer():
    def load_it(name="x"):
        return AutoTokenizer.from_pretrained(name)

    return load_it


@pytest.fixture
def bundle():
    return load("x")
