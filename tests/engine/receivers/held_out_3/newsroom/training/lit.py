"""Lightning modules."""

from argparse import ArgumentParser, Namespace
from typing import Optional, Type

import pytorch_lightning as pl
import torch
from torch.utils.data import DataLoader
from transformers import (
    AutoModelForSequenceClassification,
    AutoTokenizer,
    PreTrainedTokenizerBase,
    T5ForConditionalGeneration,
    T5Tokenizer,
    get_linear_schedule_with_warmup,
)
from transformers.models.auto.auto_factory import _BaseAutoModelClass

from .._use import use


class NewsData(pl.LightningDataModule):
    def __init__(self, tokenizer: PreTrainedTokenizerBase, batch_size: int = 8):
        super().__init__()
        self.tokenizer = tokenizer
        self.batch_size = batch_size

    def setup(self, stage: Optional[str] = None) -> None:
        use(self.tokenizer)  # is transformers.PreTrainedTokenizerBase
        use(stage)  # own

    def train_dataloader(self):
        loader = DataLoader([], batch_size=self.batch_size, collate_fn=self.collate)
        use(loader)  # own
        return loader

    def collate(self, rows):
        batch = self.tokenizer([r["text"] for r in rows], return_tensors="pt", padding=True)
        use(batch)  # is transformers.BatchEncoding
        batch["labels"] = torch.tensor([r["label"] for r in rows])
        return batch


class Tuned(pl.LightningModule):
    """A T5 that is tuned."""

    def __init__(self, hparams: Namespace):
        super().__init__()
        self.save_hyperparameters(hparams)
        self.model = T5ForConditionalGeneration.from_pretrained(hparams.name)
        self.tokenizer = T5Tokenizer.from_pretrained(hparams.name)
        self.metric = torch.nn.CrossEntropyLoss()

    def forward(self, input_ids, attention_mask=None, labels=None):
        return self.model(input_ids, attention_mask=attention_mask, labels=labels)

    def training_step(self, batch, batch_idx):
        use(self.model)  # is transformers.T5ForConditionalGeneration
        use(self.hparams)  # own
        use(self.trainer)  # own
        use(batch)  # own
        outputs = self(batch["input_ids"], labels=batch["labels"])
        use(outputs)  # is transformers.utils.ModelOutput
        return outputs.loss

    def validation_step(self, batch, batch_idx):
        ids = self.model.generate(batch["input_ids"])
        use(ids)  # own
        use(self.tokenizer)  # is transformers.T5Tokenizer
        use(self.metric)  # own
        return {"texts": self.tokenizer.batch_decode(ids)}

    def configure_optimizers(self):
        model = self.model
        use(model)  # is transformers.T5ForConditionalGeneration
        optimizer = torch.optim.AdamW(model.parameters(), lr=self.hparams.lr)
        scheduler = get_linear_schedule_with_warmup(optimizer, 0, 10)
        use(optimizer)  # own
        return [optimizer], [scheduler]

    @staticmethod
    def add_model_specific_args(parent):
        parser = ArgumentParser(parents=[parent])
        use(parser)  # own
        return parser


class Task(pl.LightningModule):
    """Any Auto class."""

    downstream: Type[_BaseAutoModelClass] = AutoModelForSequenceClassification

    def __init__(self, name: str, tokenizer: Optional[PreTrainedTokenizerBase] = None):
        super().__init__()
        self.name = name
        self._tokenizer = tokenizer
        self.model = None

    @property
    def tokenizer(self) -> Optional[PreTrainedTokenizerBase]:
        if self._tokenizer is None:
            self._tokenizer = AutoTokenizer.from_pretrained(self.name)
        return self._tokenizer

    @tokenizer.setter
    def tokenizer(self, value: PreTrainedTokenizerBase) -> None:
        use(value)  # is transformers.PreTrainedTokenizerBase
        self._tokenizer = value

    def configure_model(self):
        if self.model is not None:
            return
        self.model = self.downstream.from_pretrained(self.name)
        use(self.model)  # is transformers.PreTrainedModel

    def on_save_checkpoint(self, checkpoint):
        use(checkpoint)  # own
        use(self.model.config)  # is transformers.PretrainedConfig
        use(self.tokenizer)  # is transformers.PreTrainedTokenizerBase


def main(args):
    module = Tuned(args)
    use(module)  # own
    use(module.tokenizer)  # is transformers.T5Tokenizer
    data = NewsData(module.tokenizer)
    trainer = pl.Trainer(max_epochs=1)
    use(trainer)  # own
    trainer.fit(module, data)
    best = Tuned.load_from_checkpoint(trainer.checkpoint_callback.best_model_path)
    use(best.model)  # is transformers.T5ForConditionalGeneration
    task = Task("x")
    use(task.tokenizer)  # is transformers.PreTrainedTokenizerBase
