"""Names from other modules."""

from . import shared
from .shared import TOKENIZER, WORDS, Encoder, load, load_own, use

use(TOKENIZER)  # is transformers.PreTrainedTokenizerBase
use(shared.TOKENIZER)  # is transformers.PreTrainedTokenizerBase
use(shared.load("x")[1])  # is transformers.PreTrainedModel
use(Encoder.from_pretrained("x"))  # is transformers.BertModel
tokenizer, model = load("x")
use(tokenizer)  # is transformers.PreTrainedTokenizerBase
use(WORDS)  # own
use(shared.WORDS.tokenizer)  # own
tokenizer, model = load_own("x")
use(tokenizer)  # own
