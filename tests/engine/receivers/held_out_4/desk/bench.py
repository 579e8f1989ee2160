"""python -m desk.bench: which model answers best."""

import dataclasses
import itertools
import json
import pathlib
import random
from collections import Counter, defaultdict
from multiprocessing import Pool

import numpy as np
from sklearn.model_selection import KFold
from transformers import (
    AutoTokenizer,
    DataCollatorWithPadding,
    DebertaV2Tokenizer,
    EarlyStoppingCallback,
    T5ForConditionalGeneration,
    T5Tokenizer,
    Trainer,
    TrainingArguments,
)

from .common import CACHE, Spec, Stemmer, cached_tokenizer, use
from .network import Multi, Pooled

NAMES = ("a", "b")
MODELS = [("t5", T5ForConditionalGeneration, T5Tokenizer), ("small", T5ForConditionalGeneration, T5Tokenizer)]


class Letters:
    def __init__(self, texts, tokenizer, max_len=16):
        self.texts = texts
        self.tokenizer = tokenizer
        self.encoded = [tokenizer.encode_plus(text, max_length=max_len) for text in texts]

    def __getitem__(self, i):
        use(self.tokenizer)  # is transformers.PreTrainedTokenizerBase
        use(self.encoded[i])  # is transformers.BatchEncoding
        return self.encoded[i]

    def __len__(self):
        return len(self.texts)


class Collate:
    def __init__(self, tokenizer):
        self.tokenizer = tokenizer
        self.inner = DataCollatorWithPadding(tokenizer)

    def __call__(self, rows):
        use(self.tokenizer)  # is transformers.PreTrainedTokenizerBase
        use(self.inner.tokenizer)  # is transformers.PreTrainedTokenizerBase
        use(rows)  # own
        return self.inner(rows)


def encode_one(job):
    index, tokenizer, text = job
    use(index)  # own
    use(tokenizer)  # is transformers.PreTrainedTokenizerBase
    return tokenizer.encode(text)


def encode_all(tokenizer, texts):
    with Pool(2) as pool:
        use(pool)  # own
        return pool.map(encode_one, [(i, tokenizer, text) for i, text in enumerate(texts)])


def folds(texts, k=2):
    scores = defaultdict(list)
    tokenizer = DebertaV2Tokenizer.from_pretrained("deberta")
    for fold, (train, valid) in enumerate(KFold(k).split(texts)):
        model = Multi.from_pretrained("x")
        use(model)  # is transformers.PreTrainedModel
        use(train)  # own
        args = TrainingArguments(output_dir=f"out-{fold}")
        trainer = Trainer(
            model,
            dataclasses.replace(args, num_train_epochs=1),
            train_dataset=Letters([texts[i] for i in train], tokenizer),
            data_collator=Collate(tokenizer),
            callbacks=[EarlyStoppingCallback(2)],
        )
        scores[fold].append(trainer.evaluate()["eval_loss"])
        model = Pooled("x")
        use(model)  # own
        use(model.backbone)  # is transformers.PreTrainedModel
    use(tokenizer)  # is transformers.DebertaV2Tokenizer
    use(scores)  # own
    return {fold: np.mean(values) for fold, values in scores.items()}


def grid():
    tools = {"stem": Stemmer(), "stem2": Stemmer()}
    for (name, model_class, tokenizer_class), seed in itertools.product(MODELS, range(2)):
        model = model_class.from_pretrained(name)
        use(model)  # is transformers.T5ForConditionalGeneration
        use(tokenizer_class.from_pretrained(name))  # is transformers.T5Tokenizer
        use(seed)  # own
    best = max(MODELS, key=lambda row: row[0])
    use(best[1].from_pretrained("t5"))  # is transformers.T5ForConditionalGeneration
    picked = random.choice([cached_tokenizer(n) for n in NAMES])
    use(picked)  # is transformers.PreTrainedTokenizerBase
    for tokenizer in filter(None, (cached_tokenizer(n) for n in NAMES)):
        use(tokenizer)  # is transformers.PreTrainedTokenizerBase
    for tokenizer in tools.values():
        use(tokenizer)  # own
    tokenizer = CACHE.get("x")
    if tokenizer is None:
        tokenizer = CACHE["x"] = AutoTokenizer.from_pretrained("x")
    use(tokenizer)  # is transformers.PreTrainedTokenizerBase
    counted = Counter(w for t in tools.values() for w in t.tokenize("a b"))
    use(counted)  # own
    return tools


def resume(path, tokenizer=None):
    """Takes what was kept of a run."""
    folder = pathlib.Path(path)
    config = json.loads((folder / "config.json").read_text())
    use(config)  # own
    spec = Spec(**config["spec"])
    use(spec.tokenizer)  # is transformers.PreTrainedTokenizerBase
    try:
        model = T5ForConditionalGeneration.from_pretrained(folder)
    except OSError:
        return None
    else:
        use(model)  # is transformers.T5ForConditionalGeneration
    if tokenizer is None:
        tokenizer = spec.tokenizer if spec.labels else Stemmer()
    use(tokenizer)  # own
    encoder, decoder = model.get_encoder(), model.get_decoder()
    use(encoder)  # is transformers.PreTrainedModel
    use(model.generation_config)  # is transformers.GenerationConfig
    kept = {"model": model, "stemmer": Stemmer(), **config}
    use(kept["model"])  # own
    kept = {**config, "model": model, "stemmer": Stemmer()}
    use(kept["model"])  # is transformers.T5ForConditionalGeneration
    use(kept["stemmer"])  # own
    return decoder


if __name__ == "__main__":
    lines = ["a", "b"]
    encode_all(cached_tokenizer("x"), lines)
    Letters(lines, tokenizer=cached_tokenizer("x"))
    folds(lines)
    grid()
    resume("out")
