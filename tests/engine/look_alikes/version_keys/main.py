"""Keyword dictionaries with the key of the release that is installed."""

import transformers
from packaging import version
from transformers import AutoModel, BertModel, Trainer, TrainingArguments

V5 = version.parse(transformers.__version__) >= version.parse("5.0.0")


def a(path, dtype):
    kwargs = {"dtype": dtype} if V5 else {"torch_dtype": dtype}
    return AutoModel.from_pretrained(path, **kwargs)


def b(path, dtype):
    if V5:
        kwargs = {"dtype": dtype}
    else:
        kwargs = {"torch_dtype": dtype}
    return AutoModel.from_pretrained(path, **kwargs)


def c(path, dtype):
    kwargs = {}
    kwargs["dtype" if V5 else "torch_dtype"] = dtype
    return AutoModel.from_pretrained(path, **kwargs)


def d(path, dtype):
    return AutoModel.from_pretrained(path, **({"dtype": dtype} if V5 else {"torch_dtype": dtype}))


def e(path, dtype):
    kwargs = {}
    if V5:
        kwargs["dtype"] = dtype
    else:
        kwargs["torch_dtype"] = dtype
    return AutoModel.from_pretrained(path, **kwargs)


def f(path, dtype):
    name = "dtype" if V5 else "torch_dtype"
    return AutoModel.from_pretrained(path, **{name: dtype})


def g(path, dtype):
    if V5:
        return BertModel.from_pretrained(path, dtype=dtype)
    return BertModel.from_pretrained(path, torch_dtype=dtype)


def h(model, tokenizer, out):
    strategy = {"eval_strategy": "steps"} if V5 else {"evaluation_strategy": "steps"}
    args = TrainingArguments(out, report_to=[], **strategy)
    extra = dict(processing_class=tokenizer) if V5 else dict(tokenizer=tokenizer)
    return Trainer(model=model, args=args, **extra)


def i(path, dtype):
    key = "torch_dtype" if version.parse(transformers.__version__) < version.parse("4.56") else "dtype"
    options = {key: dtype}
    return AutoModel.from_pretrained(path, **options)


def j(path, dtype, **extra):
    extra.setdefault("dtype" if V5 else "torch_dtype", dtype)
    return AutoModel.from_pretrained(path, **extra)
