"""Constructors."""

import transformers
from transformers import BertConfig, BertModel
from transformers.models.gpt2 import modeling_gpt2

from .shared import Own, use

config = BertConfig(hidden_size=8)
use(config)  # is transformers.BertConfig
use(BertModel(config))  # is transformers.BertModel
use(transformers.T5Tokenizer("spiece.model"))  # is transformers.T5Tokenizer
use(modeling_gpt2.GPT2Model(transformers.GPT2Config()))  # is transformers.GPT2Model
use(Own())  # own


class BertTokenizer(Own):
    """Named like one of the library's."""


use(BertTokenizer())  # own
