"""Comprehensions."""

from transformers import AutoModel, AutoTokenizer

from .shared import Own, use

names = ["a", "b"]
models = [AutoModel.from_pretrained(n) for n in names]
tokenizers = {n: AutoTokenizer.from_pretrained(n) for n in names}
own = {n: Own() for n in names}
use(models[0])  # is transformers.PreTrainedModel
use(tokenizers["a"])  # is transformers.PreTrainedTokenizerBase
use(own["a"])  # own
sizes = [use(m) for m in models]  # is transformers.PreTrainedModel
lengths = {n: use(t) for n, t in tokenizers.items()}  # is transformers.PreTrainedTokenizerBase
words = [use(w) for w in own.values()]  # own
use([m.config for m in models][0])  # is transformers.PretrainedConfig
