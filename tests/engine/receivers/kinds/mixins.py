"""Mixins."""

from transformers import AutoModel, XLMRobertaTokenizer

from .shared import Own, use


class Lengths:
    tokenizer = None

    def lengths(self):
        use(self.tokenizer)  # is transformers.PreTrainedTokenizerBase


class Devices:
    def device(self):
        use(self.model)  # own


class Reader(Lengths, Devices):
    def __init__(self):
        self.tokenizer = XLMRobertaTokenizer.from_pretrained("x")
        self.model = AutoModel.from_pretrained("x")

    def read(self):
        use(self.tokenizer)  # is transformers.XLMRobertaTokenizer
        use(self.model)  # is transformers.PreTrainedModel


class Words(Devices):
    def __init__(self):
        self.model = Own()

    def read(self):
        use(self.model)  # own
