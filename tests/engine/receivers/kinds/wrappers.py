"""Wrappers that keep the type, and those that do not."""

import copy

import torch
from accelerate import Accelerator
from peft import LoraConfig, get_peft_model
from torch import nn
from transformers import AutoModelForCausalLM, GPT2LMHeadModel

from .shared import Own, use

accelerator = Accelerator()
model = AutoModelForCausalLM.from_pretrained("x")
optimizer = torch.optim.AdamW(model.parameters())
model, optimizer = accelerator.prepare(model, optimizer)
use(model)  # is transformers.PreTrainedModel
use(optimizer)  # own
use(accelerator.unwrap_model(model))  # is transformers.PreTrainedModel
use(torch.compile(model))  # is transformers.PreTrainedModel
use(copy.deepcopy(model).to("cuda").half())  # is transformers.PreTrainedModel
use(get_peft_model(model, LoraConfig()))  # is transformers.PreTrainedModel


def train(cards):
    model = GPT2LMHeadModel.from_pretrained("x")
    if cards > 1:
        model = nn.DataParallel(model)
    use(model)  # own
    to_save = model.module if hasattr(model, "module") else model
    use(to_save)  # is transformers.GPT2LMHeadModel
    use(nn.DataParallel(Own()).module)  # own
    use(torch.compile(Own()))  # own
