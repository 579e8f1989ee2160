"""Generators."""

from transformers import AutoModel, AutoTokenizer

from .shared import Own, use


def models(names):
    for name in names:
        yield AutoModel.from_pretrained(name)


def pairs(names):
    for name in names:
        yield name, AutoTokenizer.from_pretrained(name)


def all_models():
    yield from models(["a"])
    yield from (AutoModel.from_pretrained(n) for n in "ab")


def own(names):
    for name in names:
        yield Own()
    return AutoModel.from_pretrained("x")


for model in models(["a"]):
    use(model)  # is transformers.PreTrainedModel
for name, tokenizer in pairs(["a"]):
    use(name)  # own
    use(tokenizer)  # is transformers.PreTrainedTokenizerBase
for model in all_models():
    use(model)  # is transformers.PreTrainedModel
use(next(models(["a"])))  # is transformers.PreTrainedModel
for model in own(["a"]):
    use(model)  # own
use(own(["a"]))  # own
