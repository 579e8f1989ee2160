"""A trainer of our own with the library's vocabulary of names; TrainingArguments is a data class of ours."""
from dataclasses import asdict, dataclass, field

import torch
from transformers import GPT2Config, GPT2LMHeadModel


@dataclass
class TrainingArguments:
    output_dir: str = "out"
    evaluation_strategy: str = "no"
    per_gpu_train_batch_size: int = 2
    no_cuda: bool = True
    fp16_full_eval: bool = False
    logging_dir: str = field(default="runs")

    def to_dict(self):
        return asdict(self)


class Trainer:
    def __init__(self, model=None, args=None, tokenizer=None, callbacks=()):
        self.model, self.args, self.tokenizer = model, args, tokenizer
        self.callbacks = list(callbacks)

    def compute_loss(self, model, inputs, return_outputs=False):
        outputs = model(**inputs)
        return (outputs.loss, outputs) if return_outputs else outputs.loss

    def training_step(self, model, inputs):
        loss = self.compute_loss(model, inputs)
        loss.backward()
        return loss.detach()

    def train(self, data):
        return [self.training_step(self.model, x) for x in data]


class Verbose(Trainer):
    def compute_loss(self, model, inputs, return_outputs=False):
        loss = super().compute_loss(model, inputs, return_outputs)
        return loss * 2 if not return_outputs else loss


torch.manual_seed(0)
args = TrainingArguments(evaluation_strategy="steps", no_cuda=True, per_gpu_train_batch_size=1)
if args.evaluation_strategy == "steps":
    print(sorted(args.to_dict()))
model = GPT2LMHeadModel(GPT2Config(vocab_size=20, n_positions=16, n_embd=8, n_layer=1, n_head=2, resid_pdrop=0.0, embd_pdrop=0.0, attn_pdrop=0.0))
trainer = Verbose(model=model, args=args, tokenizer=str.split)
ids = torch.tensor([[1, 2, 3]])
losses = trainer.train([{"input_ids": ids, "labels": ids}])
print(len(losses), trainer.tokenizer("a b"), losses[0].ndim)
