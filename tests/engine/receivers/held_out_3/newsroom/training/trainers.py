"""The library's Trainer, ours."""

import math
from typing import Any, Dict, Optional, Union

import torch
from torch import nn
from torch.utils.data import Dataset
from transformers import (
    AutoModelForMaskedLM,
    AutoTokenizer,
    DataCollatorForLanguageModeling,
    EvalPrediction,
    PreTrainedModel,
    Seq2SeqTrainer,
    Trainer,
    TrainerCallback,
    TrainingArguments,
)
from transformers.trainer_callback import TrainerControl, TrainerState

from .._use import use
from ..rivals.words import BertModel, Config, WordTokenizer


class LabelSmoothed(Trainer):
    """A loss of our own."""

    def __init__(self, *args, smoothing: float = 0.1, **kwargs):
        super().__init__(*args, **kwargs)
        self.smoothing = smoothing
        self.teacher = None

    def compute_loss(self, model: Union[PreTrainedModel, nn.Module], inputs, return_outputs=False):
        use(self.args)  # is transformers.TrainingArguments
        use(self.tokenizer)  # is transformers.PreTrainedTokenizerBase
        use(self.smoothing)  # own
        outputs = model(**inputs)
        loss = outputs.loss * (1 - self.smoothing)
        return (loss, outputs) if return_outputs else loss

    def with_teacher(self, name):
        self.teacher = AutoModelForMaskedLM.from_pretrained(name)
        use(self.teacher)  # is transformers.PreTrainedModel
        return self

    def save_all(self, folder: Optional[str] = None):
        folder = folder or self.args.output_dir
        use(folder)  # own
        self.tokenizer.save_pretrained(folder)
        for callback in self.callback_handler.callbacks:
            use(callback)  # own


class Summaries(Seq2SeqTrainer):
    def prediction_step(self, model, inputs, prediction_loss_only, ignore_keys=None):
        use(self.tokenizer)  # is transformers.PreTrainedTokenizerBase
        use(self.args)  # is transformers.TrainingArguments
        return super().prediction_step(model, inputs, prediction_loss_only, ignore_keys)


class Saver(TrainerCallback):
    def __init__(self, tokenizer):
        self.tokenizer = tokenizer

    def on_epoch_end(self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **kwargs):
        use(args)  # is transformers.TrainingArguments
        use(state)  # own
        use(self.tokenizer)  # is transformers.PreTrainedTokenizerBase
        self.tokenizer.save_pretrained(args.output_dir)


class OwnTrainer:
    """What we had before."""

    def __init__(self, model, tokenizer, args):
        self.model = model
        self.tokenizer = tokenizer
        self.args = args

    def train(self):
        use(self.model)  # own
        use(self.tokenizer)  # own
        use(self.args)  # own


class Lines(Dataset):
    def __init__(self, tokenizer, lines, block=64):
        self.examples = tokenizer.batch_encode_plus(lines, max_length=block, truncation=True)["input_ids"]
        use(tokenizer)  # is transformers.PreTrainedTokenizerBase

    def __len__(self):
        return len(self.examples)

    def __getitem__(self, i):
        return torch.tensor(self.examples[i])


def metrics(p: EvalPrediction) -> Dict[str, Any]:
    use(p)  # own
    return {"n": len(p.predictions)}


def train(name, lines, folder):
    tokenizer = AutoTokenizer.from_pretrained(name)
    model = AutoModelForMaskedLM.from_pretrained(name)
    model.resize_token_embeddings(len(tokenizer))
    args = TrainingArguments(folder, num_train_epochs=1)
    use(args)  # is transformers.TrainingArguments
    trainer = LabelSmoothed(
        model=model,
        args=args,
        train_dataset=Lines(tokenizer, lines),
        data_collator=DataCollatorForLanguageModeling(tokenizer=tokenizer),
        tokenizer=tokenizer,
        compute_metrics=metrics,
        callbacks=[Saver(tokenizer)],
    )
    use(trainer)  # is transformers.Trainer
    result = trainer.train()
    use(result)  # own
    use(trainer.args)  # is transformers.TrainingArguments
    scores = trainer.evaluate()
    use(scores)  # own
    perplexity = math.exp(scores["eval_loss"])
    trainer.with_teacher("y").train()
    return trainer, perplexity


def train_words(lines):
    tokenizer = WordTokenizer({})
    trainer = OwnTrainer(BertModel(Config()), tokenizer, {"epochs": 1})
    use(trainer)  # own
    use(trainer.tokenizer)  # own
    trainer.train()


def main():
    trainer, perplexity = train("x", ["a"], "out")
    use(trainer)  # is transformers.Trainer
    use(perplexity)  # own
    use(trainer.tokenizer)  # is transformers.PreTrainedTokenizerBase
