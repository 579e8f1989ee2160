"""A training loop by hand: accelerate, several cards, adapters."""

import copy
import os
from functools import partial

import torch
import torch.nn as nn
from accelerate import Accelerator
from peft import LoraConfig, PeftModel, get_peft_model, prepare_model_for_kbit_training
from torch.nn.parallel import DistributedDataParallel as DDP
from torch.utils.data import DataLoader
from transformers import (
    AutoModelForCausalLM,
    AutoTokenizer,
    BitsAndBytesConfig,
    GPT2LMHeadModel,
    GPT2Tokenizer,
    LlamaForCausalLM,
    default_data_collator,
    get_scheduler,
    set_seed,
)

from .._use import use
from ..rivals.words import BertModel as WordModel
from ..rivals.words import Config


def encode(tokenizer, block, rows):
    use(tokenizer)  # is transformers.PreTrainedTokenizerBase
    use(block)  # own
    return tokenizer(rows["text"], truncation=True, max_length=block)


def unwrap(model):
    return model.module if hasattr(model, "module") else model


def build(name: str, quantized=False, local_rank: int = -1):
    kwargs = {}
    if quantized:
        kwargs["quantization_config"] = BitsAndBytesConfig(load_in_8bit=True)
    model = AutoModelForCausalLM.from_pretrained(name, **kwargs)
    if quantized:
        model = prepare_model_for_kbit_training(model)
    use(model)  # is transformers.PreTrainedModel
    if local_rank != -1:
        wrapped = DDP(model, device_ids=[local_rank])
        use(wrapped)  # own
        use(wrapped.module)  # is transformers.PreTrainedModel
    return model


def fit(args, dataset):
    set_seed(args.seed)
    accelerator = Accelerator()
    tokenizer = AutoTokenizer.from_pretrained(args.name)
    tokenize = partial(encode, tokenizer, args.block)
    dataset = dataset.map(tokenize, batched=True)
    use(dataset)  # own
    loader = DataLoader(dataset, collate_fn=default_data_collator)
    model = build(args.name)
    optimizer = torch.optim.AdamW(model.parameters())
    model, optimizer, loader = accelerator.prepare(model, optimizer, loader)
    use(optimizer)  # own
    use(loader)  # own
    scheduler = get_scheduler("linear", optimizer, 0, 10)
    use(scheduler)  # own
    model.train()
    for step, batch in enumerate(loader):
        outputs = model(**batch)
        accelerator.backward(outputs.loss)
        use(step)  # own
    unwrapped = accelerator.unwrap_model(model)
    use(unwrapped)  # is transformers.PreTrainedModel
    unwrapped.save_pretrained(args.output_dir)
    return unwrapped


def adapters(name):
    base = LlamaForCausalLM.from_pretrained(name, torch_dtype=torch.float16)
    config = LoraConfig(r=8)
    use(config)  # own
    base.enable_input_require_grads()
    reference = copy.deepcopy(base)
    use(reference)  # is transformers.LlamaForCausalLM
    model = get_peft_model(base, config)
    merged = model.merge_and_unload()
    use(merged)  # is transformers.PreTrainedModel
    loaded = PeftModel.from_pretrained(base, "adapter")
    use(loaded.get_base_model())  # is transformers.LlamaForCausalLM
    use(loaded.peft_config)  # own
    return model


def many_cards(name, save):
    model = GPT2LMHeadModel.from_pretrained(name)
    tokenizer = GPT2Tokenizer.from_pretrained(name)
    if torch.cuda.is_available():
        model = model.cuda().half()
    use(model)  # is transformers.GPT2LMHeadModel
    fast = torch.compile(model, mode="reduce-overhead")
    use(fast)  # is transformers.GPT2LMHeadModel
    model = nn.DataParallel(model)
    use(model)  # own
    use(model.module)  # is transformers.GPT2LMHeadModel
    to_save = model.module if hasattr(model, "module") else model
    use(to_save)  # is transformers.GPT2LMHeadModel
    use(unwrap(model))  # is transformers.GPT2LMHeadModel
    tokenizer.pad_token = tokenizer.eos_token
    if os.environ.get("WORDS"):
        model = WordModel(Config())
    else:
        model = GPT2LMHeadModel.from_pretrained(name)
    use(model)  # own
    if os.environ.get("SMALL"):
        tokenizer = GPT2Tokenizer.from_pretrained("small")
    elif os.environ.get("LARGE"):
        tokenizer = GPT2Tokenizer.from_pretrained("large")
    use(tokenizer)  # is transformers.GPT2Tokenizer
    words = nn.DataParallel(WordModel(Config()))
    use(words.module)  # own
    compiled = torch.compile(WordModel(Config()))
    use(compiled)  # own
    for checkpoint in sorted(os.listdir(save)):
        model = GPT2LMHeadModel.from_pretrained(os.path.join(save, checkpoint))
        use(model)  # is transformers.GPT2LMHeadModel
    model = None
    use(model)  # own
