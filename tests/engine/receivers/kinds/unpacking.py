"""Unpacking."""

from transformers import AutoModel, AutoTokenizer

from .shared import Own, load, use

first, second = AutoTokenizer.from_pretrained("x"), Own()
use(first)  # is transformers.PreTrainedTokenizerBase
use(second)  # own
(tokenizer, model), words = load("x"), Own()
use(tokenizer)  # is transformers.PreTrainedTokenizerBase
use(model)  # is transformers.PreTrainedModel
use(words)  # own
head, *rest = [AutoModel.from_pretrained("a"), AutoModel.from_pretrained("b")]
use(head)  # is transformers.PreTrainedModel
use(rest)  # own
first, second = second, first
use(first)  # own
[single] = [AutoModel.from_pretrained("a")]
use(single)  # is transformers.PreTrainedModel
