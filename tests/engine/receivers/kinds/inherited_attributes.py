"""Attributes that classes of the library have."""

from transformers import CLIPModel, DataCollatorWithPadding, Pipeline, Trainer, WhisperProcessor, pipeline

from .shared import Own, use


class Weighted(Trainer):
    def compute_loss(self, model, inputs, return_outputs=False):
        use(self.tokenizer)  # is transformers.PreTrainedTokenizerBase
        use(self.args)  # is transformers.TrainingArguments
        use(self.weights)  # own
        return 0.0


class Described(Pipeline):
    def preprocess(self, inputs):
        use(self.tokenizer)  # is transformers.PreTrainedTokenizerBase
        use(inputs)  # own
        return inputs


class OwnTrainer:
    def step(self):
        use(self.tokenizer)  # own


trainer = Weighted(model=None)
result = trainer.train()
use(result)  # own
use(trainer.tokenizer)  # is transformers.PreTrainedTokenizerBase
use(WhisperProcessor.from_pretrained("x").tokenizer)  # is transformers.PreTrainedTokenizerBase
use(pipeline("summarization").model)  # is transformers.PreTrainedModel
use(DataCollatorWithPadding(None).tokenizer)  # is transformers.PreTrainedTokenizerBase
use(CLIPModel.from_pretrained("x").text_projection)  # own
use(Own().tokenizer)  # own
