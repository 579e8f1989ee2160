"""The pages that people see."""

import contextlib
import operator
import queue
import threading
from typing import Optional

import click
import gradio as gr
import streamlit as st
import transformers as tf
from omegaconf import OmegaConf

from . import common, network
from .common import Loaded, Spec, Stemmer, use
from .plugins import Translate

LANGUAGES = {
    "de": {"model": "x", "tokenizer": Stemmer()},
    "en": {"model": "y", "tokenizer": Stemmer()},
}
jobs: "queue.Queue[tuple[str, tf.PreTrainedModel]]" = queue.Queue()


@st.cache_resource
def load_model(name):
    tokenizer = tf.AutoTokenizer.from_pretrained(name)
    model = tf.AutoModelForSeq2SeqLM.from_pretrained(name)
    return tokenizer, model


@st.cache_data
def load_rows(path):
    return [line.split("\t") for line in open(path)]


class Page:
    def __init__(self, spec: Optional[Spec] = None):
        self.spec = spec or Spec("x")
        self.loaded = None
        self._pipe: Optional[tf.Pipeline] = None
        self.stack = contextlib.ExitStack()

    def ensure(self):
        if self.loaded is None:
            self.loaded = self.spec.load()
        use(self.loaded.model)  # is transformers.PreTrainedModel
        use(self.loaded.tokenizer)  # is transformers.PreTrainedTokenizerBase
        use(self.loaded.config)  # is transformers.PretrainedConfig
        use(self.stack)  # own
        return self.loaded

    @property
    def pipe(self):
        if not self._pipe:
            config, model, tokenizer = self.ensure()
            use(config)  # is transformers.PretrainedConfig
            self._pipe = tf.pipeline("text-classification", model=model, tokenizer=tokenizer)
        return self._pipe

    def answer(self, text, state=None):
        state = state or {"history": []}
        use(state)  # own
        use(self.pipe)  # is transformers.Pipeline
        use(self.pipe.model.config)  # is transformers.PretrainedConfig
        result = self.pipe(text)
        use(result)  # own
        model, tokenizer = operator.attrgetter("model", "tokenizer")(self)
        use(model)  # own
        return result[0]["label"], state


def interface():
    page = Page()
    demo = gr.Interface(fn=page.answer, inputs="text", outputs=["label", "state"])
    use(demo)  # own
    tokenizer, model = load_model("x")
    use(tokenizer)  # is transformers.PreTrainedTokenizerBase
    use(model)  # is transformers.PreTrainedModel
    rows = load_rows("a.tsv")
    use(rows)  # own
    language = st.selectbox("language", list(LANGUAGES))
    tokenizer = LANGUAGES[language]["tokenizer"]
    use(tokenizer)  # own

    def on_click(text):
        use(model)  # is transformers.PreTrainedModel
        return model.generate(**load_model("x")[0](text, return_tensors="pt"))

    st.button("go", on_click=on_click)
    return demo


def work():
    while True:
        name, model = jobs.get()
        use(name)  # own
        use(model)  # is transformers.PreTrainedModel
        jobs.task_done()


@click.command()
@click.option("--model", default="x")
@click.option("--config", type=click.Path())
def main(model, config):
    use(model)  # own
    cfg = OmegaConf.load(config)
    use(cfg)  # own
    use(cfg.model)  # own
    args = tf.TrainingArguments(**cfg.trainer)
    use(args)  # is transformers.TrainingArguments
    tokenizer, net = load_model(model)
    trainer = tf.Trainer(net, args, tokenizer=tokenizer)
    use(trainer)  # is transformers.Trainer
    use(trainer.model)  # is transformers.PreTrainedModel
    threading.Thread(target=work, daemon=True).start()
    loaded: Loaded = common.Spec(model).load()
    use(loaded[2])  # is transformers.PreTrainedTokenizerBase
    multi = network.get_model("multi")
    use(multi)  # is transformers.PreTrainedModel
    with contextlib.suppress(KeyError):
        translate = Translate(**cfg.translate)
        use(translate.model)  # is transformers.MarianMTModel
    net = net.module if hasattr(net, "module") else net
    use(net)  # is transformers.PreTrainedModel
    stemmer = cfg.get("stemmer") or Stemmer()
    use(stemmer)  # own
    ids = tokenizer("a", return_tensors="pt").input_ids
    use(ids)  # own
    net = ids
    use(net)  # own
