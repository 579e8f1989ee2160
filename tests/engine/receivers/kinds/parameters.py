"""Parameters whose callers are known."""

import threading

from transformers import AutoModel, AutoTokenizer, BertModel

from .shared import Own, load, use


def run(model, tokenizer, *texts):
    use(model)  # is transformers.PreTrainedModel
    use(tokenizer)  # is transformers.PreTrainedTokenizerBase
    return helper(texts, tokenizer=tokenizer)


def helper(texts, tokenizer):
    use(tokenizer)  # is transformers.PreTrainedTokenizerBase


def own(model, tokenizer):
    use(model)  # own
    use(tokenizer)  # own


def handed(tokenizer):
    use(tokenizer)  # own


def worker(model):
    use(model)  # is transformers.BertModel


def backwards(tokenizer, model):
    use(model)  # is transformers.PreTrainedModel


run(AutoModel.from_pretrained("x"), AutoTokenizer.from_pretrained("x"), "a")
run(model=BertModel.from_pretrained("x"), tokenizer=load("x")[0])
own(AutoModel.from_pretrained("x"), AutoTokenizer.from_pretrained("x"))
own(Own(), Own())
callbacks = [handed]
handed(AutoTokenizer.from_pretrained("x"))
threading.Thread(target=worker, args=(BertModel.from_pretrained("x"),)).start()
backwards(*load("x"))


class Base:
    def __init__(self, tokenizer, words):
        self.tokenizer = tokenizer
        self.words = words

    def read(self):
        use(self.tokenizer)  # is transformers.PreTrainedTokenizerBase
        use(self.words)  # own

    def again(self):
        return type(self)(self.tokenizer, self.words)


class Below(Base):
    def __init__(self):
        super().__init__(AutoTokenizer.from_pretrained("x"), Own())


class Same(Base):
    pass


Base(AutoTokenizer.from_pretrained("x"), AutoTokenizer.from_pretrained("x"))
Same(AutoTokenizer.from_pretrained("x"), Own())
