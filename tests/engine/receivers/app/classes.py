"""What classes hold: attributes, properties, inherited ones, data classes."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field
from typing import NamedTuple

import torch
from torch import nn
from transformers import (
    AutoModel,
    AutoTokenizer,
    BertConfig,
    BertModel,
    BertPreTrainedModel,
    BertTokenizer,
    DataCollatorWithPadding,
    PreTrainedTokenizer,
    Trainer,
    TrainerCallback,
    TrainingArguments,
)

from .loading import load, use
from .own import OwnTokenizer


class Holder:
    shared = BertTokenizer("vocab.txt")

    def __init__(self, name, device):
        self.tokenizer = AutoTokenizer.from_pretrained(name)
        self.model = AutoModel.from_pretrained(name).to(device)
        self.own = OwnTokenizer()
        self.later = None

    def prepare(self):
        self.later = load("x")
        use(self.tokenizer)  # is transformers.PreTrainedTokenizerBase
        use(self.model)  # is transformers.PreTrainedModel
        use(self.model.config)  # is transformers.PretrainedConfig
        use(self.own)  # own
        use(self.later)  # is transformers.PreTrainedTokenizerBase
        use(self.shared)  # is transformers.BertTokenizer
        use(self.lazy)  # is transformers.BertModel
        use(self.given())  # is transformers.PreTrainedTokenizerBase

    @property
    def lazy(self):
        return BertModel(BertConfig())

    def given(self):
        return self.tokenizer


class Below(Holder):
    def run(self):
        use(self.tokenizer)  # is transformers.PreTrainedTokenizerBase
        use(super().given())  # is transformers.PreTrainedTokenizerBase


holder = Holder("x", "cpu")
use(holder.tokenizer)  # is transformers.PreTrainedTokenizerBase
use(holder.own)  # own
use(Below("x", "cpu").model)  # is transformers.PreTrainedModel


class OwnTrainer(Trainer):
    def evaluate(self):
        use(self)  # is transformers.Trainer
        use(self.tokenizer)  # is transformers.PreTrainedTokenizerBase
        use(self.args)  # is transformers.TrainingArguments

    def compute_loss(self, model, inputs, return_outputs=False):
        use(self.model)  # is transformers.PreTrainedModel


class LookAlikeTrainer:
    def __init__(self, tokenizer):
        self.tokenizer = OwnTokenizer()

    def evaluate(self):
        use(self)  # own
        use(self.tokenizer)  # own


class Callback(TrainerCallback):
    def on_epoch_end(self, args, state, control, **kwargs):
        use(args)  # is transformers.TrainingArguments
        use(state)  # is transformers.TrainerState


class Encoder(BertPreTrainedModel):
    def __init__(self, config):
        super().__init__(config)
        self.bert = BertModel(config)
        self.head = nn.Linear(4, 4)

    def forward(self, x):
        use(self)  # is transformers.PreTrainedModel
        use(self.bert)  # is transformers.BertModel
        use(self.config)  # is transformers.PretrainedConfig
        use(self.head)  # own


class Words(PreTrainedTokenizer):
    def go(self):
        use(self)  # is transformers.PreTrainedTokenizer


@dataclass
class Parts:
    tokenizer: BertTokenizer
    arguments: "TrainingArguments"
    extra: list[BertTokenizer] = field(default_factory=list)


class Pair(NamedTuple):
    model: BertModel
    tokenizer: BertTokenizer


def fields(parts: Parts, pair: Pair):
    use(parts.tokenizer)  # is transformers.BertTokenizer
    use(parts.arguments)  # is transformers.TrainingArguments
    use(parts.extra[0])  # is transformers.BertTokenizer
    use(pair.tokenizer)  # is transformers.BertTokenizer
    for item in parts.extra:
        use(item)  # is transformers.BertTokenizer


@contextlib.contextmanager
def opened():
    yield BertTokenizer("vocab.txt")


with opened() as within:
    use(within)  # is transformers.BertTokenizer

trainer = Trainer(model=BertModel(BertConfig()), args=TrainingArguments("out"))
use(trainer)  # is transformers.Trainer
use(trainer.args)  # is transformers.TrainingArguments
collator = DataCollatorWithPadding(AutoTokenizer.from_pretrained("x"))
use(collator.tokenizer)  # is transformers.PreTrainedTokenizerBase
with torch.no_grad():
    use(LookAlikeTrainer(None).tokenizer)  # own
