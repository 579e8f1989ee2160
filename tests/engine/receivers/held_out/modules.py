"""Neural modules and lightning modules around models of the library."""

from __future__ import annotations

import functools
from contextlib import contextmanager, ExitStack

import lightning.pytorch as pl
import torch
import torch.nn as nn
from peft import LoraConfig, PeftModel, get_peft_model
from torch.nn.parallel import DistributedDataParallel as DDP
from transformers import (
    AutoConfig,
    AutoModel,
    AutoTokenizer,
    BertConfig,
    BertForMaskedLM,
    BertModel,
    RobertaModel,
    RobertaTokenizer,
    ViTModel,
    get_linear_schedule_with_warmup,
)

from .settings import build, use


class TwoTowers(nn.Module):
    def __init__(self, name, share=False):
        super().__init__()
        self.config = AutoConfig.from_pretrained(name)
        self.query = AutoModel.from_config(self.config)
        self.doc = self.query if share else AutoModel.from_config(self.config)
        self.towers = nn.ModuleList([BertModel(BertConfig()), BertModel(BertConfig())])
        self.named = nn.ModuleDict({"text": BertModel(BertConfig()), "image": ViTModel.from_pretrained("v")})
        self.tokenizer = None
        self.drop = nn.Dropout(0.1)

    def setup(self, name):
        self.tokenizer = RobertaTokenizer.from_pretrained(name)
        return self

    def forward(self, ids):
        use(self.config)  # is transformers.PretrainedConfig
        use(self.doc)  # is transformers.PreTrainedModel
        q = self.query(ids)
        use(q)  # is transformers.utils.ModelOutput
        for i, tower in enumerate(self.towers):
            use(tower)  # is transformers.BertModel
        use(self.named["image"])  # is transformers.ViTModel
        use(self.towers[-1].config)  # is transformers.PretrainedConfig
        outs = [tower(ids) for tower in self.towers]
        use(outs[0])  # is transformers.utils.ModelOutput
        use(self.drop)  # own
        if self.tokenizer is not None:
            use(self.tokenizer)  # is transformers.RobertaTokenizer
        for key, module in self.named.items():
            use(module)  # is transformers.PreTrainedModel


class Lit(pl.LightningModule):
    def __init__(self, model_name: str = "x", lr: float = 1e-3):
        super().__init__()
        self.save_hyperparameters()
        self.tokenizer = AutoTokenizer.from_pretrained(self.hparams.model_name, use_fast=True)
        self.model = BertForMaskedLM.from_pretrained(self.hparams.model_name)
        if lr:
            self.model = torch.compile(self.model)

    def training_step(self, batch, batch_idx):
        use(self.model)  # is transformers.BertForMaskedLM
        out = self.model(**batch)
        use(out)  # is transformers.utils.ModelOutput
        use(self.model.base_model)  # is transformers.PreTrainedModel
        use(self.trainer)  # own
        return out.loss

    def on_train_end(self):
        use(self.tokenizer)  # is transformers.PreTrainedTokenizerBase
        unwrapped = self.model.module if hasattr(self.model, "module") else self.model
        use(unwrapped)  # is transformers.BertForMaskedLM


def train(lit: Lit):
    use(lit.tokenizer)  # is transformers.PreTrainedTokenizerBase
    trainer = pl.Trainer(max_epochs=1)
    use(trainer)  # own
    trainer.fit(lit)
    best = Lit.load_from_checkpoint("best.ckpt")
    use(best.model)  # is transformers.BertForMaskedLM


towers = TwoTowers("x").setup("y").to("cpu")
use(towers.query)  # is transformers.PreTrainedModel
use(towers.tokenizer)  # is transformers.RobertaTokenizer
use(towers)  # own
ddp = DDP(towers.query, device_ids=[0])
use(ddp.module)  # is transformers.PreTrainedModel
plain = nn.DataParallel(towers)
use(plain.module)  # own
use(plain.module.query)  # is transformers.PreTrainedModel

peft = get_peft_model(build("gpt2"), LoraConfig())
use(peft.base_model.model)  # is transformers.PreTrainedModel
merged = PeftModel.from_pretrained(build("gpt2"), "adapter").merge_and_unload()
use(merged)  # is transformers.PreTrainedModel


@contextmanager
def evaluating(model):
    was = model.training
    model.eval()
    try:
        yield model
    finally:
        model.train(was)


with evaluating(RobertaModel.from_pretrained("x")) as quiet, torch.no_grad():
    use(quiet)  # is transformers.RobertaModel


class Session:
    def __init__(self, name):
        self.name = name

    def __enter__(self):
        self.model = AutoModel.from_pretrained(self.name)
        return self

    def __exit__(self, *exc):
        del self.model


with Session("x") as session:
    use(session.model)  # is transformers.PreTrainedModel


class Opens:
    def __enter__(self):
        return RobertaTokenizer.from_pretrained("x")

    def __exit__(self, *exc): ...


with Opens() as opened:
    use(opened)  # is transformers.RobertaTokenizer

with ExitStack() as stack:
    entered = stack.enter_context(Opens())
    use(entered)  # is transformers.RobertaTokenizer

loader = functools.partial(AutoTokenizer.from_pretrained, use_fast=False)
use(loader("x"))  # is transformers.PreTrainedTokenizerBase
load_model = lambda name, cls=AutoModel: cls.from_pretrained(name)  # noqa: E731
use(load_model("x"))  # is transformers.PreTrainedModel


def to_device(module, device="cuda"):
    if device != "cpu":
        module = module.to(device)
    return module.eval()


use(to_device(RobertaModel.from_pretrained("x")))  # is transformers.RobertaModel


def prepared(cls, name, **kwargs):
    instance = cls.from_pretrained(name, **kwargs)
    instance.name = name
    return instance


use(prepared(RobertaTokenizer, "x"))  # is transformers.RobertaTokenizer
use(prepared(RobertaModel, "x"))  # is transformers.RobertaModel
