"""An application as users write them: services, workers, commands."""

from __future__ import annotations

import argparse
import asyncio
import threading
from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, AsyncIterator, Callable, Iterator, List, Sequence, Tuple, Type, cast

import transformers as hf
from transformers import AutoModelForSequenceClassification, AutoTokenizer, pipeline
from transformers.trainer import Trainer as HFTrainer

from . import settings
from .settings import Assets, Bundle, use

if TYPE_CHECKING:
    from transformers import BertTokenizer, PreTrainedTokenizerBase

_tokenizer = None
_lock = threading.Lock()


def get_tokenizer(name="x"):
    global _tokenizer
    if _tokenizer is None:
        with _lock:
            _tokenizer = AutoTokenizer.from_pretrained(name)
    return _tokenizer


use(get_tokenizer())  # is transformers.PreTrainedTokenizerBase


class Singleton:
    _instance = None
    _cache: dict[str, "PreTrainedTokenizerBase"] = {}

    def __new__(cls, *args):
        if cls._instance is None:
            cls._instance = super().__new__(cls)
        return cls._instance

    def __init__(self, name="x"):
        self._model = None
        self.name = name

    @property
    def model(self):
        if self._model is None:
            self._model = AutoModelForSequenceClassification.from_pretrained(self.name)
        return self._model

    @cached_property
    def pipe(self):
        return pipeline("text-classification", model=self.model, tokenizer=self.tokenizer_for("x"))

    def tokenizer_for(self, name):
        if name not in self._cache:
            self._cache[name] = AutoTokenizer.from_pretrained(name)
        return self._cache[name]

    @staticmethod
    def default() -> Singleton:
        return Singleton()

    def scores(self, texts):
        use(self.model)  # is transformers.PreTrainedModel
        use(self.pipe)  # is transformers.Pipeline
        use(self.pipe.tokenizer)  # is transformers.PreTrainedTokenizerBase
        batch = self.tokenizer_for("x")(texts, return_tensors="pt").to(self.model.device)
        use(batch)  # is transformers.BatchEncoding
        out = self.model(**batch)
        use(out)  # is transformers.utils.ModelOutput
        return out.logits


use(Singleton.default().model)  # is transformers.PreTrainedModel
use(Singleton().tokenizer_for("x"))  # is transformers.PreTrainedTokenizerBase


async def load(name: str) -> Tuple[hf.BertModel, hf.BertTokenizer]:
    loop = asyncio.get_running_loop()
    model = await loop.run_in_executor(None, hf.BertModel.from_pretrained, name)
    return model, hf.BertTokenizer.from_pretrained(name)


async def stream() -> AsyncIterator["BertTokenizer"]:
    _, tok = await load("x")
    use(tok)  # is transformers.BertTokenizer
    yield tok


async def amain():
    async for tok in stream():
        use(tok)  # is transformers.BertTokenizer
    results = await asyncio.gather(load("a"), load("b"))
    for model, tok in results:
        use(model)  # is transformers.BertModel


def names() -> Iterator[Tuple[str, hf.GPT2Tokenizer]]:
    for name in ("a", "b"):
        yield name, hf.GPT2Tokenizer.from_pretrained(name)


for name, tok in names():
    use(tok)  # is transformers.GPT2Tokenizer

by_name = {name: tok for name, tok in names()}
use(by_name["a"])  # is transformers.GPT2Tokenizer
use(by_name.get("a"))  # is transformers.GPT2Tokenizer
for tok in by_name.values():
    use(tok)  # is transformers.GPT2Tokenizer


def tokenizers(paths: Sequence[str]) -> "List[PreTrainedTokenizerBase]":
    found = []
    for path in paths:
        try:
            tok = AutoTokenizer.from_pretrained(path)
        except OSError:
            tok = AutoTokenizer.from_pretrained(path, use_fast=False)
        use(tok)  # is transformers.PreTrainedTokenizerBase
        found.append(tok)
    use(found[0])  # is transformers.PreTrainedTokenizerBase
    return found


for left, right in zip(tokenizers(["a"]), tokenizers(["b"])):
    use(right)  # is transformers.PreTrainedTokenizerBase

lengths = [use(t) for t in tokenizers(["a", "b"])]  # is transformers.PreTrainedTokenizerBase
longest = max(tokenizers(["a", "b"]), key=len)
use(longest)  # is transformers.PreTrainedTokenizerBase
fast_ones = list(filter(lambda t: t.is_fast, tokenizers(["a"])))
use(fast_ones[0])  # is transformers.PreTrainedTokenizerBase


def build_model(kind):
    match kind:
        case "bert":
            model = hf.BertModel(hf.BertConfig())
        case "roberta":
            model = hf.RobertaModel(hf.RobertaConfig())
        case _:
            raise ValueError(kind)
    use(model)  # is transformers.PreTrainedModel
    return model


def described(thing):
    match thing:
        case hf.BertTokenizer():
            use(thing)  # is transformers.BertTokenizer
        case hf.PreTrainedModel(config=config):
            use(thing)  # is transformers.PreTrainedModel


def evaluate(trainer: HFTrainer, *, model_cls: Type[hf.BertModel] = hf.BertModel, hook: Callable[[], hf.BertTokenizer]):
    use(trainer.model)  # is transformers.PreTrainedModel
    use(trainer.args)  # is transformers.TrainingArguments
    use(model_cls.from_pretrained("x"))  # is transformers.BertModel
    use(hook())  # is transformers.BertTokenizer
    data = trainer.get_train_dataloader()
    use(data)  # own


class Mixed(Bundle):
    def more(self):
        use(self.model)  # is transformers.PreTrainedModel
        use(super().from_name("x").tokenizer)  # is transformers.PreTrainedTokenizerFast


class Service:
    tokenizer_class = hf.GPT2TokenizerFast
    model_class: Type[hf.PreTrainedModel] = hf.GPT2LMHeadModel

    def __init__(self, assets: Assets, bundle: Bundle | None = None):
        self.assets = assets
        self.bundle = bundle or Bundle.from_name("x")
        self.tok, self.lm = self.tokenizer_class.from_pretrained("x"), self.model_class.from_pretrained("x")
        self.workers = [Worker(self, i) for i in range(2)]

    def run(self):
        use(self.assets.tokenizer)  # is transformers.T5TokenizerFast
        use(self.bundle.model.config)  # is transformers.PretrainedConfig
        use(self.tok)  # is transformers.GPT2TokenizerFast
        use(self.lm)  # is transformers.PreTrainedModel
        for worker in self.workers:
            use(worker.service.tok)  # is transformers.GPT2TokenizerFast

    @classmethod
    def create(cls):
        self = cls(Assets(hf.T5TokenizerFast.from_pretrained("x")))
        use(self.tok)  # is transformers.GPT2TokenizerFast
        return self


class Worker:
    def __init__(self, service: "Service", index: int):
        self.service = service
        self.index = index

    def work(self):
        use(self.service.assets.model)  # is transformers.T5ForConditionalGeneration
        use(self.service.tok)  # is transformers.GPT2TokenizerFast


use(Service.create().lm)  # is transformers.PreTrainedModel
use(settings.build("t5"))  # is transformers.PreTrainedModel
cache: "OrderedDict[str, hf.BertTokenizer]" = OrderedDict()
use(cache["a"])  # is transformers.BertTokenizer
use(cache.setdefault("b", hf.BertTokenizer("v")))  # is transformers.BertTokenizer
use(cache.pop("b"))  # is transformers.BertTokenizer
cast_one = cast(hf.BertTokenizer, settings.KINDS["a"])
use(cast_one)  # is transformers.BertTokenizer
use(cast("hf.BertModel", cast_one))  # is transformers.BertModel


@lru_cache(maxsize=4)
def checkpoint(name: str, device: str = "cpu"):
    tokenizer = AutoTokenizer.from_pretrained(name)
    if tokenizer.pad_token is None:
        tokenizer.pad_token = tokenizer.eos_token
    model = hf.AutoModelForCausalLM.from_pretrained(name).to(device).eval()
    return dict(model=model, tokenizer=tokenizer)


use(checkpoint("x")["tokenizer"])  # is transformers.PreTrainedTokenizerBase
with ThreadPoolExecutor() as pool:
    future = pool.submit(AutoTokenizer.from_pretrained, "x")
    use(future.result())  # is transformers.PreTrainedTokenizerBase
    for tok in pool.map(hf.BertTokenizer.from_pretrained, ["a", "b"]):
        use(tok)  # is transformers.BertTokenizer


def main(argv=None):
    parser = argparse.ArgumentParser()
    parser.add_argument("--model", default="x")
    args = parser.parse_args(argv)
    use(args)  # own
    tok, model = init(args)
    use(tok)  # is transformers.PreTrainedTokenizerBase
    run(tok, model, args)


def init(args):
    return AutoTokenizer.from_pretrained(args.model), hf.AutoModelForCausalLM.from_pretrained(args.model)


def run(tok, lm, args):
    use(tok)  # is transformers.PreTrainedTokenizerBase
    use(lm.generation_config)  # is transformers.GenerationConfig
    ids = lm.generate(**tok("x", return_tensors="pt"), max_new_tokens=3, return_dict_in_generate=True)
    encode = tok.encode
    helper = make_encoder(tok)
    threading.Thread(target=background, args=(tok,)).start()
    return ids, encode, helper


def make_encoder(tok):
    def encode(text):
        use(tok)  # is transformers.PreTrainedTokenizerBase
        return tok(text)

    return encode


def background(tok):
    use(tok)  # is transformers.PreTrainedTokenizerBase


if __name__ == "__main__":
    main()
