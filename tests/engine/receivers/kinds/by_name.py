"""Attributes and modules that are asked for by their names."""

import importlib

import pytest
import transformers

from .shared import Own, use

trainer = transformers.Trainer(model=None)
use(getattr(trainer, "tokenizer", None))  # is transformers.PreTrainedTokenizerBase
use(getattr(Own(), "tokenizer"))  # own
use(getattr(transformers, "BertModel").from_pretrained("x"))  # is transformers.BertModel
module = importlib.import_module("transformers.models.bert.modeling_bert")
use(module.BertModel.from_pretrained("x"))  # is transformers.BertModel
library = pytest.importorskip("transformers")
use(library.AutoTokenizer.from_pretrained("x"))  # is transformers.PreTrainedTokenizerBase
other = importlib.import_module("tokenizers")
use(other.Tokenizer.from_pretrained("x"))  # own
