"""Attributes of self, set in __init__ and elsewhere."""

from transformers import AutoTokenizer, BertForMaskedLM

from .shared import Own, use


class Filler:
    def __init__(self, name):
        self.tokenizer, self.step = AutoTokenizer.from_pretrained(name), 0
        self.model = None
        self.other = AutoTokenizer.from_pretrained(name)

    def load(self, name):
        self.model = BertForMaskedLM.from_pretrained(name)
        return self

    def replace(self):
        self.other = Own()

    def fill(self):
        use(self.tokenizer)  # is transformers.PreTrainedTokenizerBase
        use(self.model)  # is transformers.BertForMaskedLM
        use(self.other)  # own
        use(self.step)  # own


use(Filler("x").load("y").model)  # is transformers.BertForMaskedLM
filler = Filler("x")
use(filler)  # own


class Given:
    def __init__(self, things):
        self.item = AutoTokenizer.from_pretrained("x")
        self.file = AutoTokenizer.from_pretrained("x")
        self.first = AutoTokenizer.from_pretrained("x")
        self.named = AutoTokenizer.from_pretrained("x")
        [self.second, self.third] = AutoTokenizer.from_pretrained("x"), Own()
        (self.first, self.rest), self.step = (Own(), 1), 2
        for self.item in things:
            use(self.item)  # own
        with open("x") as self.file:
            use(self.file)  # own

    def read(self):
        use(self.first)  # own
        use(self.named)  # own
        use(self.second)  # is transformers.PreTrainedTokenizerBase
        use(self.third)  # own


setattr(Given([]), "named", Own())
