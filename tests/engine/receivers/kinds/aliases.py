"""Aliases of classes."""

import transformers as hf
from transformers import AutoTokenizer as Loader
from transformers import BertModel

from .shared import Encoder, Own, use

Base = BertModel
Same = Base
AutoTokenizer = Own

use(Same.from_pretrained("x"))  # is transformers.BertModel
use(Encoder.from_pretrained("x"))  # is transformers.BertModel
use(Loader.from_pretrained("x"))  # is transformers.PreTrainedTokenizerBase
use(hf.T5Tokenizer.from_pretrained("x"))  # is transformers.T5Tokenizer
use(AutoTokenizer.from_pretrained("x"))  # own
