"""What is handed from place to place: parameters, containers, wrappers, branches."""

from __future__ import annotations

from typing import List

import torch
from accelerate import Accelerator
from peft import get_peft_model
from torch import nn
from transformers import AutoModelForCausalLM, AutoTokenizer, BertTokenizer, PreTrainedModel, PreTrainedTokenizerBase

from . import loading
from .loading import load_both, tokenizer, use
from .own import OwnTokenizer


def annotated(tok: PreTrainedTokenizerBase, model: "PreTrainedModel", many: List[BertTokenizer]):
    use(tok)  # is transformers.PreTrainedTokenizerBase
    use(model)  # is transformers.PreTrainedModel
    use(many[0])  # is transformers.BertTokenizer
    for each in many:
        use(each)  # is transformers.BertTokenizer


def optional(tok: PreTrainedTokenizerBase | None = None):
    use(tok)  # is transformers.PreTrainedTokenizerBase


def defaulted(tok=BertTokenizer("vocab.txt")):
    use(tok)  # is transformers.BertTokenizer


def called(tok, text):
    use(tok)  # is transformers.PreTrainedTokenizerBase
    return inner(tok)


def inner(anything):
    use(anything)  # is transformers.PreTrainedTokenizerBase


def called_with_own(tok):
    use(tok)  # own


def called_with_both(tok):
    use(tok)  # own


called(tokenizer, "text")
called(tok=AutoTokenizer.from_pretrained("y"), text="text")
called_with_own(OwnTokenizer())
called_with_both(OwnTokenizer())
called_with_both(tokenizer)

use(tokenizer)  # is transformers.PreTrainedTokenizerBase
use(loading.tokenizer)  # is transformers.PreTrainedTokenizerBase

tools = {"tok": BertTokenizer("vocab.txt"), "own": OwnTokenizer()}
use(tools["tok"])  # is transformers.BertTokenizer
use(tools["own"])  # own
both = [BertTokenizer("a"), BertTokenizer("b")]
use(both[0])  # is transformers.BertTokenizer
for one in both:
    use(one)  # is transformers.BertTokenizer
first, *rest = both
use(first)  # is transformers.BertTokenizer
made = [BertTokenizer(path) for path in ("a", "b")]
use(made[1])  # is transformers.BertTokenizer
use([t for t in both][0])  # is transformers.BertTokenizer
for name, one in zip("ab", both):
    use(one)  # is transformers.BertTokenizer
for number, one in enumerate(both):
    use(one)  # is transformers.BertTokenizer

model = AutoModelForCausalLM.from_pretrained("x")
model = model.to("cuda")
use(model)  # is transformers.PreTrainedModel
use(model.eval())  # is transformers.PreTrainedModel
use(model.half().cuda())  # is transformers.PreTrainedModel
use(torch.compile(model))  # is transformers.PreTrainedModel
use(nn.DataParallel(model).module)  # is transformers.PreTrainedModel
accelerator = Accelerator()
use(accelerator.prepare(model))  # is transformers.PreTrainedModel
prepared, optimizer = accelerator.prepare(model, object())
use(prepared)  # is transformers.PreTrainedModel
use(accelerator.unwrap_model(prepared))  # is transformers.PreTrainedModel
use(get_peft_model(model, None))  # is transformers.PreTrainedModel
encoded = tokenizer("text", return_tensors="pt")
use(encoded)  # is transformers.BatchEncoding
use(encoded.to("cuda"))  # is transformers.BatchEncoding
outputs = model(**encoded)
use(outputs)  # is transformers.utils.ModelOutput

tok = None
if torch.cuda.is_available():
    tok = BertTokenizer("vocab.txt")
use(tok)  # is transformers.BertTokenizer
tok2 = OwnTokenizer()
tok2 = BertTokenizer("vocab.txt") if tok else tok2
use(tok2)  # own


def main():
    model, tok = load_both("x")
    use(model)  # is transformers.PreTrainedModel
    use(tok)  # is transformers.PreTrainedTokenizerBase
    global shared
    shared = tok
    try:
        own = OwnTokenizer()
    except OSError:
        own = None
    use(own)  # own


def later():
    use(shared)  # is transformers.PreTrainedTokenizerBase
