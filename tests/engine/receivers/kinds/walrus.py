"""Assignment expressions."""

from transformers import AutoTokenizer

from .shared import Own, use

cache = {}


def get(name):
    return AutoTokenizer.from_pretrained(name)


if (tokenizer := get("x")) is not None:
    use(tokenizer)  # is transformers.PreTrainedTokenizerBase
if (words := Own()) and (found := cache.get("x")) is None:
    use(words)  # own
    use(found)  # own
use((again := get("y")))  # is transformers.PreTrainedTokenizerBase
