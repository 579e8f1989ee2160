"""Values that are given again, in branches and one after the other."""

import contextlib

from transformers import AutoTokenizer, BertTokenizer, GPT2Tokenizer

from .shared import Own, load, load_own, use


def agree(kind):
    tokenizer = Own()
    use(tokenizer)  # own
    if kind == "bert":
        tokenizer = BertTokenizer.from_pretrained(kind)
    elif kind == "gpt2":
        tokenizer = GPT2Tokenizer.from_pretrained(kind)
    else:
        raise ValueError(kind)
    use(tokenizer)  # is transformers.PreTrainedTokenizerBase
    tokenizer, model = load_own(kind)
    use(tokenizer)  # own
    tokenizer, model = load(kind)
    use(tokenizer)  # is transformers.PreTrainedTokenizerBase
    use(model)  # is transformers.PreTrainedModel


def differ(kind):
    tokenizer = Own()
    if kind:
        tokenizer = AutoTokenizer.from_pretrained(kind)
    use(tokenizer)  # own
    for kind in ("a", "b"):
        use(tokenizer)  # own
        tokenizer = AutoTokenizer.from_pretrained(kind)
        use(tokenizer)  # is transformers.PreTrainedTokenizerBase
    use(tokenizer)  # own


def tries(kind):
    try:
        tokenizer = AutoTokenizer.from_pretrained(kind)
    except OSError:
        tokenizer = Own()
    use(tokenizer)  # own
    try:
        tokenizer = AutoTokenizer.from_pretrained(kind)
    except OSError:
        raise SystemExit(1) from None
    use(tokenizer)  # is transformers.PreTrainedTokenizerBase
    words = Own()
    with contextlib.suppress(OSError):
        words = AutoTokenizer.from_pretrained(kind)
    use(words)  # own
