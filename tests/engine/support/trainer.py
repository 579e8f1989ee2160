"""Training with a model of one's own size: arguments that were renamed, removed or got another value."""

import tempfile

import torch
from transformers import (
    BertConfig,
    BertForSequenceClassification,
    BertTokenizerFast,
    Trainer,
    TrainingArguments,
)


class Rows(torch.utils.data.Dataset):
    def __len__(self):
        return 4

    def __getitem__(self, index):
        return {"input_ids": [2, 5 + index, 3], "attention_mask": [1, 1, 1], "labels": index % 2}


def tokenizer(folder):
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "a", "b", "c", "d", "e"]
    with open(f"{folder}/vocab.txt", "w") as file:
        file.write("\n".join(words))
    return BertTokenizerFast(vocab_file=f"{folder}/vocab.txt")


COMMON = {"evaluation_strategy": "steps", "eval_steps": 2, "logging_steps": 1}


def train(folder):
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=10,
        hidden_size=8,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=8,
        hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0,
    )
    model = BertForSequenceClassification(config)
    args = TrainingArguments(
        output_dir=folder,
        overwrite_output_dir=True,
        no_cuda=True,
        max_steps=2,
        save_strategy="no",
        report_to="none",
        seed=1,
        disable_tqdm=True,
        **COMMON,
    )
    trainer = Trainer(
        model=model, args=args, train_dataset=Rows(), eval_dataset=Rows(), tokenizer=tokenizer(folder)
    )
    trainer.train()
    return trainer


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        trainer = train(folder)
        print(trainer.tokenizer.vocab_size, str(trainer.args.evaluation_strategy).rpartition(".")[2].lower())
        print(round(trainer.evaluate()["eval_loss"], 4))
        trainer.args.evaluation_strategy = "no"
        print(trainer.args.evaluation_strategy)
