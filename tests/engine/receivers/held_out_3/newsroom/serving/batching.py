"""Texts come one by one and go in batches."""

import queue
from itertools import chain, islice
from typing import Generator, Iterable, Iterator, List, Tuple

from transformers import AutoModel, AutoTokenizer, BatchEncoding, PreTrainedTokenizerFast

from .._use import use
from ..loading import frozen, shared_tokenizer
from ..rivals.words import WordTokenizer


def chunks(items, n):
    it = iter(items)
    while chunk := list(islice(it, n)):
        use(chunk)  # own
        yield chunk


def batches(tokenizer: PreTrainedTokenizerFast, texts: Iterable[str], n: int = 8) -> Iterator[BatchEncoding]:
    for chunk in chunks(texts, n):
        use(tokenizer)  # is transformers.PreTrainedTokenizerFast
        yield tokenizer(chunk, padding=True, return_tensors="pt")


def encoded(tokenizer, texts):
    """No annotations here."""
    for chunk in chunks(texts, 4):
        batch = tokenizer.batch_encode_plus(chunk, padding=True)
        use(batch)  # is transformers.BatchEncoding
        yield chunk, batch


def word_batches(texts):
    tokenizer = WordTokenizer({})
    for text in texts:
        encoding = tokenizer.encode_plus(text)
        use(encoding)  # own
        yield text, encoding


def pairs(names) -> Generator[Tuple[str, AutoModel], None, None]:
    for name in names:
        yield name, AutoModel.from_pretrained(name)


def models(names):
    yield from (AutoModel.from_pretrained(n) for n in names)


class Worker:
    def __init__(self):
        self.queue = queue.Queue()
        self.tokenizers: List[PreTrainedTokenizerFast] = []
        self.latest = None

    def add(self, name):
        self.tokenizers.append(AutoTokenizer.from_pretrained(name, use_fast=True))
        self.queue.put(name)

    def __iter__(self):
        for tokenizer in self.tokenizers:
            use(tokenizer)  # is transformers.PreTrainedTokenizerFast
            yield tokenizer

    def __enter__(self):
        self.latest = shared_tokenizer()
        return self.latest

    def __exit__(self, *exc):
        self.latest = None

    def run(self, texts):
        item = self.queue.get()
        use(item)  # own
        first = self.tokenizers[0]
        use(first)  # is transformers.PreTrainedTokenizerFast
        for batch in batches(first, texts):
            use(batch)  # is transformers.BatchEncoding
        for chunk, batch in encoded(shared_tokenizer(), texts):
            use(chunk)  # own
            use(batch)  # is transformers.BatchEncoding
        for text, encoding in word_batches(texts):
            use(text)  # own
            use(encoding)  # own
        if (last := self.tokenizers[-1]) is not None:
            use(last)  # is transformers.PreTrainedTokenizerFast
        for tokenizer in chain(self.tokenizers, [first]):
            use(tokenizer)  # is transformers.PreTrainedTokenizerBase


def main():
    worker = Worker()
    worker.add("x")
    for tokenizer in worker:
        use(tokenizer)  # is transformers.PreTrainedTokenizerFast
    with worker as tokenizer:
        use(tokenizer)  # is transformers.PreTrainedTokenizerBase
    for model in models(["a", "b"]):
        use(model)  # is transformers.PreTrainedModel
    for name, model in pairs(["a"]):
        use(name)  # own
        use(model)  # is transformers.PreTrainedModel
    with frozen("x") as model:
        use(model)  # is transformers.PreTrainedModel
    stream = models(["a"])
    use(stream)  # own
    use(next(stream))  # is transformers.PreTrainedModel
