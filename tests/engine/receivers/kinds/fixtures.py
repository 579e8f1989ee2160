"""pytest fixtures."""

import pytest
from transformers import AutoTokenizer, BertConfig, BertModel, RobertaModel

from .shared import Own, use


@pytest.fixture(scope="module")
def tokenizer():
    return AutoTokenizer.from_pretrained("x")


@pytest.fixture
def model(tokenizer):
    use(tokenizer)  # is transformers.PreTrainedTokenizerBase
    yield BertModel(BertConfig())


@pytest.fixture
def words():
    return Own()


@pytest.fixture
def load():
    def load_it(name):
        return AutoTokenizer.from_pretrained(name)

    return load_it


def test_it(tokenizer, model, words, load, tmp_path):
    use(tokenizer)  # is transformers.PreTrainedTokenizerBase
    use(model)  # is transformers.BertModel
    use(words)  # own
    use(load("x"))  # is transformers.PreTrainedTokenizerBase
    use(tmp_path)  # own


@pytest.mark.parametrize("model_class", [BertModel, RobertaModel])
def test_classes(model_class):
    use(model_class.from_pretrained("x"))  # is transformers.PreTrainedModel
