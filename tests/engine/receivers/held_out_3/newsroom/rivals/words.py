"""Tokenizers and models of our own, from before the library."""

import json
import re

import spacy
import tokenizers
from tokenizers import Tokenizer
from tokenizers.models import WordPiece
from torch import nn

from .._use import use


class WordTokenizer:
    """Splits at spaces; has the method names that everybody knows."""

    pad_token = "<pad>"

    def __init__(self, vocab):
        self.vocab = vocab
        self.tokenizer = re.compile(r"\w+")
        use(self.tokenizer)  # own

    @classmethod
    def from_pretrained(cls, path, **kwargs):
        with open(f"{path}/vocab.json") as file:
            tokenizer = cls(json.load(file))
        use(tokenizer)  # own
        return tokenizer

    def encode_plus(self, text, max_length=None, pad_to_max_length=False):
        ids = [self.vocab.get(w, 0) for w in self.tokenizer.findall(text)]
        return {"input_ids": ids[:max_length]}

    def batch_encode_plus(self, texts, **kwargs):
        return [self.encode_plus(t, **kwargs) for t in texts]

    def __call__(self, text):
        return self.encode_plus(text)


class AutoTokenizer:
    """A name taken twice."""

    @staticmethod
    def from_pretrained(name):
        if name.endswith(".json"):
            return Tokenizer.from_file(name)
        return WordTokenizer.from_pretrained(name)


class Config(dict):
    __getattr__ = dict.__getitem__

    def to_dict(self):
        return dict(self)


class BertModel(nn.Module):
    """Not that one."""

    def __init__(self, config: Config):
        super().__init__()
        self.config = config
        self.embeddings = nn.Embedding(config.vocab_size, config.hidden_size)
        self.encoder = nn.TransformerEncoder(nn.TransformerEncoderLayer(config.hidden_size, 2), 1)
        use(self.config)  # own
        use(self.encoder)  # own

    @classmethod
    def from_pretrained(cls, path):
        model = cls(Config(vocab_size=10, hidden_size=4))
        use(model)  # own
        return model

    def forward(self, input_ids, attention_mask=None):
        return self.encoder(self.embeddings(input_ids))


def compare(text):
    tokenizer = AutoTokenizer.from_pretrained("words.json")
    use(tokenizer)  # own
    model = BertModel.from_pretrained("words")
    use(model)  # own
    out = model(tokenizer.encode_plus(text)["input_ids"])
    use(out)  # own
    nlp = spacy.load("en_core_web_sm")
    tokenizer = nlp.tokenizer
    use(tokenizer)  # own
    fast = tokenizers.BertWordPieceTokenizer("vocab.txt")
    use(fast)  # own
    raw = Tokenizer(WordPiece())
    encoding = raw.encode(text)
    use(encoding)  # own
    for config in (Config(a=1), Config(b=2)):
        use(config)  # own
    return fast, raw
