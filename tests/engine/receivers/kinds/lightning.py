"""Lightning modules."""

import pytorch_lightning as pl
from transformers import AutoTokenizer, T5ForConditionalGeneration

from .shared import use


class Tuned(pl.LightningModule):
    def __init__(self, name):
        super().__init__()
        self.save_hyperparameters()
        self.model = T5ForConditionalGeneration.from_pretrained(name)
        self.tokenizer = AutoTokenizer.from_pretrained(name)

    def forward(self, ids):
        return self.model(ids)

    def training_step(self, batch, index):
        use(self.model)  # is transformers.T5ForConditionalGeneration
        use(self.tokenizer)  # is transformers.PreTrainedTokenizerBase
        use(self.trainer)  # own
        use(self.hparams)  # own
        use(self(batch))  # is transformers.utils.ModelOutput
        return batch


trainer = pl.Trainer()
use(trainer)  # own
use(Tuned("x"))  # own
use(Tuned.load_from_checkpoint("x").model)  # is transformers.T5ForConditionalGeneration
