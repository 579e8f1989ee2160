"""Datasets, collators and what they are given."""

from __future__ import annotations

import dataclasses
import functools
from dataclasses import dataclass
from typing import Any, Annotated, Dict, Iterable, List, Optional, Tuple, Union

import torch
from torch.utils.data import DataLoader, Dataset, IterableDataset
from transformers import (
    AutoProcessor,
    AutoTokenizer,
    BatchEncoding,
    DataCollatorForLanguageModeling,
    DataCollatorWithPadding,
    DistilBertTokenizer,
    GPT2Tokenizer,
    PreTrainedTokenizer,
    PreTrainedTokenizerBase,
    PreTrainedTokenizerFast,
    ProcessorMixin,
    Wav2Vec2Processor,
)

AnyTokenizer = Union[PreTrainedTokenizer, PreTrainedTokenizerFast]


def use(receiver): ...


class Lines(Dataset):
    def __init__(self, tokenizer, path, block=128, cache=None):
        self.tokenizer = tokenizer
        self.rows = open(path).read().splitlines()
        self.cache = cache or {}

    def __len__(self):
        return len(self.rows)

    def __getitem__(self, i):
        use(self.tokenizer)  # is transformers.PreTrainedTokenizerBase
        enc = self.tokenizer(self.rows[i], truncation=True)
        use(enc)  # is transformers.BatchEncoding
        use(self.rows)  # own
        return {k: torch.tensor(v) for k, v in enc.items()}


class Streamed(IterableDataset):
    def __init__(self, tokenizer: AnyTokenizer, names: Iterable[str] = ()):
        super().__init__()
        self.tok = tokenizer
        self.names = names

    def __iter__(self):
        for name in self.names:
            use(name)  # own
            use(self.tok)  # is transformers.PreTrainedTokenizerBase
            yield self.tok(name)


@dataclass
class Collator:
    tokenizer: Annotated[PreTrainedTokenizerBase, "fast"]
    processor: "Optional[ProcessorMixin]" = None
    pad: int = 0
    inner: DataCollatorWithPadding = dataclasses.field(init=False)

    def __post_init__(self):
        self.inner = DataCollatorWithPadding(self.tokenizer)
        self.fallback = GPT2Tokenizer.from_pretrained("x")

    def __call__(self, rows: List[Dict[str, Any]]) -> BatchEncoding:
        use(self.tokenizer)  # is transformers.PreTrainedTokenizerBase
        use(self.fallback)  # is transformers.GPT2Tokenizer
        use(self.inner.tokenizer)  # is transformers.PreTrainedTokenizerBase
        use(self.processor.tokenizer)  # is transformers.PreTrainedTokenizerBase
        batch = self.tokenizer.pad(rows, return_tensors="pt")
        use(batch)  # is transformers.BatchEncoding
        return batch


def collate(rows, tokenizer, limit=10):
    use(tokenizer)  # is transformers.PreTrainedTokenizerBase
    return tokenizer([r["text"] for r in rows])


def encode_row(tok, row):
    use(tok)  # is transformers.DistilBertTokenizer
    return tok(row)


def loaders(path):
    tokenizer = AutoTokenizer.from_pretrained("x")
    lines = Lines(tokenizer, path)
    use(lines.tokenizer)  # is transformers.PreTrainedTokenizerBase
    use(lines)  # own
    distil = DistilBertTokenizer.from_pretrained("x")
    encoded = list(map(functools.partial(encode_row, distil), lines.rows))
    use(encoded[0])  # is transformers.BatchEncoding
    return DataLoader(lines, collate_fn=functools.partial(collate, tokenizer=tokenizer)), DataLoader(
        lines, collate_fn=lambda rows: collate(rows, tokenizer)
    )


def masked(data):
    collator = DataCollatorForLanguageModeling(AutoTokenizer.from_pretrained("x"), mlm=True)
    use(collator.tokenizer)  # is transformers.PreTrainedTokenizerBase
    out = collator(data)
    return out


def speech():
    processor = Wav2Vec2Processor.from_pretrained("x")
    use(processor)  # is transformers.Wav2Vec2Processor
    use(processor.tokenizer)  # is transformers.PreTrainedTokenizerBase
    tok = getattr(processor, "tokenizer", processor)
    return tok


def split(pair: Tuple[PreTrainedTokenizerBase, int] | None):
    if pair is None:
        return
    tok, length = pair
    use(tok)  # is transformers.PreTrainedTokenizerBase
    use(length)  # own
    first = pair[0]
    use(first)  # is transformers.PreTrainedTokenizerBase


def many(*tokenizers: PreTrainedTokenizerBase, **named: DistilBertTokenizer):
    for tok in tokenizers:
        use(tok)  # is transformers.PreTrainedTokenizerBase
    for name, tok in named.items():
        use(tok)  # is transformers.DistilBertTokenizer
    use(named["a"])  # is transformers.DistilBertTokenizer


def nested():
    toks = {"a": [AutoTokenizer.from_pretrained("x")], "b": [AutoTokenizer.from_pretrained("y")]}
    for group in toks.values():
        for tok in group:
            use(tok)  # is transformers.PreTrainedTokenizerBase
    use(toks["a"][0])  # is transformers.PreTrainedTokenizerBase
    pairs = [(n, AutoTokenizer.from_pretrained(n)) for n in ("a", "b")]
    for n, tok in pairs:
        use(tok)  # is transformers.PreTrainedTokenizerBase
    use(dict(pairs)["a"])  # is transformers.PreTrainedTokenizerBase
    ordered = sorted(pairs, key=lambda p: p[0])
    use(ordered[0][1])  # is transformers.PreTrainedTokenizerBase
    use([t for _, t in pairs][0])  # is transformers.PreTrainedTokenizerBase
    names, toks2 = zip(*pairs)
    (_, only), *others = pairs
    use(only)  # is transformers.PreTrainedTokenizerBase
    processors = [AutoProcessor.from_pretrained(n) for n in names]
    use(processors[0].tokenizer)  # is transformers.PreTrainedTokenizerBase
    return toks2, others


if __name__ == "__main__":
    loaders("x")
