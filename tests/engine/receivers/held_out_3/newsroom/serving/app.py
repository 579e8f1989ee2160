"""The web service: one model for the whole process."""

from __future__ import annotations

import asyncio
import functools
import threading
from contextlib import asynccontextmanager
from typing import Annotated, Any, AsyncIterator

from fastapi import Depends, FastAPI, Request
from pydantic import BaseModel
from transformers import (
    AutoModelForSeq2SeqLM,
    AutoTokenizer,
    PegasusForConditionalGeneration,
    PegasusTokenizer,
    Pipeline,
    TextIteratorStreamer,
    pipeline,
)

from .._use import use
from ..rivals import words as word_rivals

NAME = "google/pegasus-xsum"

_tokenizer = None
_model: PegasusForConditionalGeneration | None = None
_lock = threading.Lock()
summarizer = pipeline("summarization", model=NAME)
models: dict[str, Any] = {}
config = {"name": NAME}


class Article(BaseModel):
    text: str
    model: str = "small"


def get_tokenizer():
    global _tokenizer
    if _tokenizer is None:
        with _lock:
            _tokenizer = PegasusTokenizer.from_pretrained(NAME)
    return _tokenizer


def get_model() -> PegasusForConditionalGeneration:
    global _model
    _model = _model or PegasusForConditionalGeneration.from_pretrained(NAME)
    use(_model)  # is transformers.PegasusForConditionalGeneration
    return _model


@functools.lru_cache(None)
def get_pipeline() -> Pipeline:
    return pipeline("text2text-generation", model=get_model(), tokenizer=get_tokenizer())


class Holder:
    """One for all."""

    _instance: Holder | None = None
    tokenizer = None

    def __new__(cls, *args):
        if cls._instance is None:
            cls._instance = super().__new__(cls)
            cls._instance.tokenizer = AutoTokenizer.from_pretrained(NAME)
        return cls._instance

    @classmethod
    def get(cls) -> Holder:
        return cls._instance or cls()

    def count(self, text):
        use(self.tokenizer)  # is transformers.PreTrainedTokenizerBase
        return len(self.tokenizer.tokenize(text))


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    models["small"] = AutoModelForSeq2SeqLM.from_pretrained(NAME)
    models["words"] = word_rivals.BertModel(word_rivals.Config())
    app.state.tokenizer = get_tokenizer()
    use(app)  # own
    yield
    models.clear()


app = FastAPI(lifespan=lifespan)


@app.post("/summary")
async def summary(article: Article, tokenizer: Annotated[PegasusTokenizer, Depends(get_tokenizer)]):
    use(article)  # own
    use(article.model)  # own
    use(tokenizer)  # is transformers.PegasusTokenizer
    model = models[article.model]
    use(model)  # own
    small = models["small"]
    use(small)  # is transformers.PreTrainedModel
    text = await shorten(article.text)
    use(text)  # own
    return {"text": text}


@app.get("/config")
async def show_config(request: Request):
    use(config)  # own
    use(request.app.state)  # own
    use(summarizer)  # is transformers.Pipeline
    use(summarizer.tokenizer)  # is transformers.PreTrainedTokenizerBase
    use(summarizer.model)  # is transformers.PreTrainedModel
    use(summarizer.model.config)  # is transformers.PretrainedConfig
    return config


async def load_async(name):
    loop = asyncio.get_running_loop()
    tokenizer = await loop.run_in_executor(None, AutoTokenizer.from_pretrained, name)
    use(tokenizer)  # is transformers.PreTrainedTokenizerBase
    model = await asyncio.to_thread(AutoModelForSeq2SeqLM.from_pretrained, name)
    use(model)  # is transformers.PreTrainedModel
    return tokenizer, model


async def load_words(name):
    return word_rivals.WordTokenizer({name: 1}), word_rivals.BertModel(word_rivals.Config())


async def shorten(text: str) -> str:
    tokenizer, model = await load_async(NAME)
    use(tokenizer)  # is transformers.PreTrainedTokenizerBase
    use(model)  # is transformers.PreTrainedModel
    batch = tokenizer(text, return_tensors="pt").to(model.device)
    use(batch)  # is transformers.BatchEncoding
    streamer = TextIteratorStreamer(tokenizer)
    use(streamer)  # own
    thread = threading.Thread(target=model.generate, kwargs=dict(batch, streamer=streamer))
    thread.start()
    tokenizer, model = await load_words("x")
    use(tokenizer)  # own
    use(model)  # own
    return "".join(streamer)


def sync():
    tokenizer, model = get_tokenizer(), get_model()
    use(tokenizer)  # is transformers.PegasusTokenizer
    use(model)  # is transformers.PegasusForConditionalGeneration
    pipe = get_pipeline()
    use(pipe)  # is transformers.Pipeline
    use(pipe.tokenizer)  # is transformers.PreTrainedTokenizerBase
    holder = Holder.get()
    use(holder)  # own
    use(holder.tokenizer)  # is transformers.PreTrainedTokenizerBase
    use(Holder().tokenizer)  # is transformers.PreTrainedTokenizerBase
