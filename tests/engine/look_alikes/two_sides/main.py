"""A library that serves both sides, with what it knows of the release in a module of its own."""
import transformers
from transformers import AutoModelForCausalLM, AutoTokenizer, Trainer, TrainingArguments, BertModel

from versions import EVAL_KEY, HAS_PROCESSING, IS_V5, MAJOR, NUMBERS, OLD, PAIR, at_least

try:
    from transformers import AutoModelForVision2Seq as VisionModel
except ImportError:
    from transformers import AutoModelForImageTextToText as VisionModel

if HAS_PROCESSING:
    TOKENIZER_ARG = "processing_class"
else:
    TOKENIZER_ARG = "tokenizer"


def make_trainer(model, args, tokenizer):
    return Trainer(model=model, args=args, **{TOKENIZER_ARG: tokenizer})


def make_trainer2(model, args, tokenizer):
    try:
        return Trainer(model=model, args=args, processing_class=tokenizer)
    except TypeError:
        return Trainer(model=model, args=args, tokenizer=tokenizer)


def make_args(out):
    kw = {EVAL_KEY: "no", "report_to": []}
    if not IS_V5:
        kw["overwrite_output_dir"] = True
    if MAJOR < 5:
        kw["no_cuda"] = True
    else:
        kw["use_cpu"] = True
    return TrainingArguments(out, **kw)


def load(path, dtype):
    if NUMBERS >= (4, 56):
        return AutoModelForCausalLM.from_pretrained(path, dtype=dtype)
    return AutoModelForCausalLM.from_pretrained(path, torch_dtype=dtype)


def load2(path, dtype):
    if OLD:
        return AutoModelForCausalLM.from_pretrained(path, torch_dtype=dtype, use_auth_token=True)
    else:
        return AutoModelForCausalLM.from_pretrained(path, dtype=dtype, token=True)


def load3(path, dtype):
    kw = dict(dtype=dtype) if PAIR >= (4, 56) else dict(torch_dtype=dtype)
    if at_least("5.0"):
        kw.update(token=True)
    else:
        kw.update(use_auth_token=True)
    return AutoModelForCausalLM.from_pretrained(path, **kw)


def encode(path, text):
    tokenizer = AutoTokenizer.from_pretrained(path)
    if hasattr(tokenizer, "encode_plus"):
        return tokenizer.encode_plus(text)
    return tokenizer(text)


def encode2(path, text):
    tokenizer = AutoTokenizer.from_pretrained(path)
    fn = getattr(tokenizer, "encode_plus", None) or tokenizer
    return fn(text)


def encode3(path, text):
    tokenizer = AutoTokenizer.from_pretrained(path)
    try:
        return tokenizer.batch_encode_plus([text])
    except AttributeError:
        return tokenizer([text])


def prune(path, heads):
    model = BertModel.from_pretrained(path, dtype="float32") if IS_V5 else BertModel.from_pretrained(path)
    if hasattr(model, "prune_heads"):
        model.prune_heads(heads)
    return model


def optimizer(params):
    if hasattr(transformers, "AdamW"):
        return transformers.AdamW(params)
    import torch
    return torch.optim.AdamW(params)


def special(path):
    tokenizer = AutoTokenizer.from_pretrained(path)
    return getattr(tokenizer, "extra_special_tokens", None) if IS_V5 else tokenizer.additional_special_tokens
