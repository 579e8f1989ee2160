"""Own trainer and arguments beside a library's config."""

from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from typing import Any

import torch
from torch import nn
from transformers import BertConfig, set_seed


@dataclass
class TrainingArguments:
    output_dir: str = "out"
    evaluation_strategy: str = "no"
    per_gpu_train_batch_size: int = 8
    no_cuda: bool = False
    overwrite_output_dir: bool = False
    warmup_ratio: float = 0.1
    logging_dir: str | None = None
    fp16_backend: str = "auto"
    extra: dict = field(default_factory=dict)


class Trainer:
    def __init__(
        self,
        model: nn.Module,
        args: TrainingArguments,
        tokenizer: Any = None,
        compute_metrics: Callable | None = None,
    ):
        self.model = model
        self.args = args
        self.tokenizer = tokenizer

    def compute_loss(self, model, inputs):
        return model(**inputs)[0]

    def training_step(self, model, inputs):
        loss = self.compute_loss(model, inputs)
        loss.backward()
        return loss.detach()

    def log(self, logs):
        print(sorted(logs))

    def train(self):
        self.log({"loss": 1.0, "strategy": self.args.evaluation_strategy})


class Tokenizer:
    additional_special_tokens = ["<x>"]
    special_tokens_map_extended = {"x": "<x>"}

    def encode_plus(self, text, pad_to_max_length=False, max_length=None):
        ids = [len(w) for w in text.split()]
        if pad_to_max_length:
            ids += [0] * (max_length - len(ids))
        return {"input_ids": ids}

    def batch_encode_plus(self, texts, pad_to_max_length=False, max_length=None):
        return [self.encode_plus(t, pad_to_max_length, max_length) for t in texts]

    def prepare_seq2seq_batch(self, src, tgt=None):
        return self.batch_encode_plus(src)

    def as_target_tokenizer(self):
        return self


class Model(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.config = config
        self.lin = nn.Linear(2, 2)

    def forward(self, x, labels=None, head_mask=None):
        out = self.lin(x)
        return (out.sum(), out, (out, out))

    def prune_heads(self, heads):
        return sorted(heads)

    def get_head_mask(self, mask, n):
        return [mask] * n

    def resize_token_embeddings(self, n):
        return n


set_seed(0)
config = BertConfig(hidden_size=8, num_attention_heads=2)
args = TrainingArguments(evaluation_strategy="epoch", no_cuda=True, overwrite_output_dir=True)
args = replace(args, evaluation_strategy="steps")
tokenizer = Tokenizer()
model = Model(config)
trainer = Trainer(model, args, tokenizer=tokenizer)
trainer.train()
print(trainer.tokenizer is tokenizer, tokenizer.encode_plus("a bc def", pad_to_max_length=True, max_length=5))
print(
    tokenizer.batch_encode_plus(["a", "b c"]),
    tokenizer.additional_special_tokens,
    tokenizer.special_tokens_map_extended,
)
with tokenizer.as_target_tokenizer() if hasattr(tokenizer, "__enter__") else torch.no_grad():
    print(tokenizer.prepare_seq2seq_batch(["x y"]))
loss, logits, past = model(torch.ones(1, 2), head_mask=None)
print(
    past[0].shape,
    past[1][0].shape,
    model.prune_heads({0: [1]}),
    model.get_head_mask(None, 2),
    model.resize_token_embeddings(7),
)
print(asdict(args)["evaluation_strategy"], config.hidden_size)
