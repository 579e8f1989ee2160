"""Classes that are chosen."""

import os
import sys

from transformers import BartTokenizer, BartTokenizerFast, BertModel

from .shared import Own, use

FAST = os.environ.get("FAST")
Tokenizer = BartTokenizerFast if FAST else BartTokenizer
if sys.platform == "darwin":
    Backbone = BertModel
else:
    from transformers import RobertaModel as Backbone
Either = BartTokenizer if FAST else Own

use(Tokenizer.from_pretrained("x"))  # is transformers.PreTrainedTokenizerBase
use(Backbone.from_pretrained("x"))  # is transformers.PreTrainedModel
use(Either.from_pretrained("x"))  # own
