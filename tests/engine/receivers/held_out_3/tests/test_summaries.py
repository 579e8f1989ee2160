"""Tests of the summaries."""

import unittest
from unittest import mock

import pytest
from newsroom.dialogue import Chat
from newsroom.encoders import BertEncoder
from newsroom._use import use
from newsroom.training.lit import Task
from transformers import AutoModel, AutoTokenizer, BertModel, GPT2Config, GPT2LMHeadModel, RobertaModel


@pytest.fixture
def model():
    """Hides the one for all."""
    return GPT2LMHeadModel(GPT2Config(n_layer=1))


@pytest.fixture(params=["fast", "slow"])
def any_tokenizer(request):
    use(request.param)  # own
    return AutoTokenizer.from_pretrained("x", use_fast=request.param == "fast")


def test_model(model, tokenizer, config):
    use(model)  # is transformers.GPT2LMHeadModel
    use(tokenizer)  # is transformers.BertTokenizer
    use(config)  # is transformers.BertConfig
    assert model.config.n_layer == 1


def test_words(word_tokenizer, fake_model, monkeypatch, tmp_path):
    use(word_tokenizer)  # own
    use(fake_model)  # own
    use(monkeypatch)  # own
    assert word_tokenizer("a")


def test_bundle(bundle, any_tokenizer, load_tokenizer):
    use(bundle)  # own
    use(bundle.tokenizer)  # is transformers.PreTrainedTokenizerBase
    use(any_tokenizer)  # is transformers.PreTrainedTokenizerBase
    use(load_tokenizer())  # is transformers.PreTrainedTokenizerBase
    use(load_tokenizer)  # own


@pytest.mark.parametrize("model_class", [BertModel, RobertaModel])
def test_classes(model_class, tokenizer):
    model = model_class.from_pretrained("x")
    use(model)  # is transformers.PreTrainedModel
    use(tokenizer)  # is transformers.BertTokenizer


@pytest.mark.parametrize(("name", "limit"), [("a", 1), ("b", 2)])
def test_names(name, limit):
    use(name)  # own
    use(limit)  # own
    with mock.patch("newsroom.loading.AutoModel") as model:
        use(model)  # own


class TestChat(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.chat = Chat("x")
        cls.model = AutoModel.from_pretrained("x")

    def setUp(self):
        self.encoder = BertEncoder()
        self.tokenizer = mock.Mock()

    def test_chat(self):
        use(self.chat.tokenizer)  # is transformers.BlenderbotTokenizer
        use(self.model)  # is transformers.PreTrainedModel
        use(self.encoder)  # own
        use(self.encoder.tokenizer)  # is transformers.PreTrainedTokenizerBase
        use(self.tokenizer)  # own

    def test_task(self):
        task = Task("x", tokenizer=AutoTokenizer.from_pretrained("x"))
        use(task.tokenizer)  # is transformers.PreTrainedTokenizerBase
        task.configure_model()
        use(task.model)  # is transformers.PreTrainedModel
