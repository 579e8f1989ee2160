"""Loops over lists, zip, enumerate and the items of dictionaries."""

from transformers import AutoModel, AutoTokenizer

from .shared import Own, use

models = [AutoModel.from_pretrained(n) for n in ("a", "b")]
tokenizers = {"a": AutoTokenizer.from_pretrained("a"), "b": AutoTokenizer.from_pretrained("b")}
for model in models:
    use(model)  # is transformers.PreTrainedModel
for i, model in enumerate(models):
    use(i)  # own
    use(model)  # is transformers.PreTrainedModel
for model, tokenizer in zip(models, tokenizers.values()):
    use(model)  # is transformers.PreTrainedModel
    use(tokenizer)  # is transformers.PreTrainedTokenizerBase
for name, tokenizer in tokenizers.items():
    use(name)  # own
    use(tokenizer)  # is transformers.PreTrainedTokenizerBase
ordered = sorted(tokenizers.items(), key=lambda item: len(item[1]))
for _, tokenizer in ordered:
    use(tokenizer)  # is transformers.PreTrainedTokenizerBase
for tokenizer in (*tokenizers.values(), Own()):
    use(tokenizer)  # own
for words, model in zip([Own()], models):
    use(words)  # own
    use(model)  # is transformers.PreTrainedModel
