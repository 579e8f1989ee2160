"""Context managers."""

from contextlib import contextmanager, nullcontext

from transformers import AutoModel, AutoTokenizer

from .shared import Own, use


@contextmanager
def frozen(name):
    model = AutoModel.from_pretrained(name)
    yield model.requires_grad_(False)
    del model


@contextmanager
def timed():
    yield Own()


class Session:
    def __enter__(self):
        return AutoTokenizer.from_pretrained("x")

    def __exit__(self, *exc):
        return None


with frozen("x") as model, timed() as clock:
    use(model)  # is transformers.PreTrainedModel
    use(clock)  # own
with Session() as tokenizer:
    use(tokenizer)  # is transformers.PreTrainedTokenizerBase
with nullcontext(AutoModel.from_pretrained("x")) as model:
    use(model)  # is transformers.PreTrainedModel
with open("model.txt") as model:
    use(model)  # own
