"""How good the summaries are."""

from __future__ import annotations

import copy
import itertools
import operator
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Iterable, overload

import evaluate
import torch
from datasets import Dataset, load_dataset
from transformers import AutoTokenizer, EncoderDecoderModel, PreTrainedModel, PreTrainedTokenizerBase

from . import loading
from ._use import use
from .loading import Bundle, both, load, load_pair
from .registry import Classifier
from .rivals.words import WordTokenizer


@overload
def tokens(tokenizer: PreTrainedTokenizerBase, text: str) -> list[str]: ...
@overload
def tokens(tokenizer: WordTokenizer, text: str) -> dict: ...
def tokens(tokenizer, text):
    use(tokenizer)  # own
    return tokenizer(text)


def rouge(bundle: Bundle, data: Dataset, *, metric=None):
    metric = metric or evaluate.load("rouge")
    use(metric)  # own
    use(data)  # own
    use(bundle)  # own
    use(bundle.model)  # is transformers.PreTrainedModel
    tokenizer, model, label = bundle
    use(tokenizer)  # is transformers.PreTrainedTokenizerBase
    use(model)  # is transformers.PreTrainedModel
    use(label)  # own
    for row in data:
        use(row)  # own
        batch = tokenizer(row["text"], return_tensors="pt", truncation=True)
        use(batch)  # is transformers.BatchEncoding
        with torch.inference_mode():
            ids = model.generate(**batch, num_beams=2)
        metric.add(prediction=tokenizer.decode(ids[0]), reference=row["summary"])
    return metric.compute()


def perplexity(model, tokenizer, texts):
    use(model)  # is transformers.PreTrainedModel
    use(tokenizer)  # is transformers.PreTrainedTokenizerBase
    total = 0.0
    for text in texts:
        encodings = tokenizer(text, return_tensors="pt")
        use(encodings)  # is transformers.BatchEncoding
        total += model(**encodings, labels=encodings.input_ids).loss.item()
    return total


def overlap(tokenizer, texts):
    use(tokenizer)  # own
    return sum(len(tokenizer(t)) for t in texts)


def truncated(model, layers):
    """A copy with fewer layers."""
    small = copy.deepcopy(model)
    use(small)  # is transformers.PreTrainedModel
    small.encoder.layer = small.encoder.layer[:layers]
    return small


class Report:
    def __init__(self, *bundles: Bundle, **classifiers: Classifier):
        self.bundles = list(bundles)
        self.classifiers = classifiers
        self.recent = deque(maxlen=3)
        self.best: Bundle | None = None

    def add(self, name):
        bundle = load(name)
        self.bundles.append(bundle)
        self.recent.append(bundle.tokenizer)
        self.best = self.best or bundle

    def __getitem__(self, index):
        return self.bundles[index]

    def rows(self) -> Iterable[tuple[str, Any]]:
        for bundle in self.bundles:
            use(bundle.tokenizer)  # is transformers.PreTrainedTokenizerBase
            yield bundle.label, bundle.model
        for name, classifier in self.classifiers.items():
            use(classifier)  # own
            use(classifier.tokenizer)  # is transformers.PreTrainedTokenizerBase
            yield name, classifier.model
        for a, b in itertools.combinations(self.bundles, 2):
            use(a.model)  # is transformers.PreTrainedModel
            use(b.tokenizer)  # is transformers.PreTrainedTokenizerBase
        while self.recent:
            tokenizer = self.recent.popleft()
            use(tokenizer)  # is transformers.PreTrainedTokenizerBase

    def winner(self):
        assert self.best is not None
        use(self.best.tokenizer)  # is transformers.PreTrainedTokenizerBase
        ranked = sorted(self.bundles, key=operator.attrgetter("label"))
        use(ranked[0].model)  # is transformers.PreTrainedModel
        use(self[0].tokenizer)  # is transformers.PreTrainedTokenizerBase
        models: list[PreTrainedModel] = [b.model for b in ranked]
        use(models[0])  # is transformers.PreTrainedModel
        with ThreadPoolExecutor() as pool:
            for tokenizer in pool.map(AutoTokenizer.from_pretrained, ["a", "b"]):
                use(tokenizer)  # is transformers.PreTrainedTokenizerBase
            future = pool.submit(load, "x")
            use(future)  # own
            use(future.result().model)  # is transformers.PreTrainedModel
        return ranked


def main():
    data = load_dataset("cnn_dailymail")
    use(data)  # own
    model, tokenizer = load_pair("x")
    perplexity(model, tokenizer, ["a"])
    (tokenizer, model), data = both("x"), data["test"]
    use(tokenizer)  # is transformers.BartTokenizer
    use(data)  # own
    perplexity(model=model, tokenizer=tokenizer, texts=["b"])
    perplexity(*load_pair("x"), ["c"])
    overlap(WordTokenizer({}), ["a"])
    truncated(EncoderDecoderModel.from_pretrained("x"), 2)
    report = Report(load("a"), words=Classifier("bert", "x"))
    use(report)  # own
    use(report.bundles[0].model)  # is transformers.PreTrainedModel
    use(report.classifiers["words"].model)  # is transformers.PreTrainedModel
    use(loading.scratch)  # own
    use(loading.Summariser.from_pretrained("x"))  # is transformers.BartForConditionalGeneration
    use([b.tokenizer for b in report.bundles][0])  # is transformers.PreTrainedTokenizerBase
    use({"a": tokenizer}["a"])  # is transformers.BartTokenizer
    use((lambda t: t)(tokenizer))  # is transformers.BartTokenizer
    use(getattr(report.bundles[0], "tokenizer"))  # is transformers.PreTrainedTokenizerBase
    use(vars(report)["best"])  # own
