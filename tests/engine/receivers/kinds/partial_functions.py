"""functools.partial."""

from functools import partial

from transformers import AutoModel, AutoTokenizer

from .shared import Own, use

load = partial(AutoTokenizer.from_pretrained, use_fast=False)
load_own = partial(Own.from_pretrained, "x")


def encode(tokenizer, model, rows):
    use(tokenizer)  # is transformers.PreTrainedTokenizerBase
    use(model)  # is transformers.PreTrainedModel
    return rows


def split(tokenizer, rows):
    use(tokenizer)  # own


use(load("x"))  # is transformers.PreTrainedTokenizerBase
use(load_own())  # own
step = partial(encode, load("x"), AutoModel.from_pretrained("x"))
other = partial(split, load_own())
