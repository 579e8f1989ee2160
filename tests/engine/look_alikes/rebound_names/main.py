"""Shadowing and re-binding: the library's names mean something else where it matters."""
from transformers import BertConfig, BertModel, BertTokenizer


class BertTokenizer:  # noqa: F811
    """Ours from here on."""

    def __init__(self, vocab=None):
        self.vocab = vocab or {}

    def encode_plus(self, text, pad_to_max_length=False):
        return {"text": text, "pad": pad_to_max_length}


def make(BertModel, tokenizer=BertTokenizer()):
    model = BertModel(3)
    return model.prune_heads({0: [1]}), tokenizer.encode_plus("a", pad_to_max_length=True)


class Head:
    def __init__(self, n):
        self.n = n

    def prune_heads(self, heads):
        return self.n - len(heads)


print(make(Head))
for BertModel in (Head,):
    print(BertModel(5).prune_heads([1, 2]))
config = BertConfig(hidden_size=4)
config = {"use_return_dict": config.hidden_size}
print(config["use_return_dict"], [tokenizer.encode_plus("x") for tokenizer in [BertTokenizer()]])


def outer():
    model = Head(7)

    def inner():
        return model.prune_heads([0])

    return inner()


print(outer())
