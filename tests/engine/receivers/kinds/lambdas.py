"""Lambdas."""

from transformers import AutoModel, AutoTokenizer

from .shared import Own, use

make = lambda name: AutoTokenizer.from_pretrained(name)
make_own = lambda: Own()
LOADERS = {"a": lambda name: AutoModel.from_pretrained(name), "b": lambda name: AutoModel.from_pretrained(name)}


class Loaders:
    table = {"a": lambda name: AutoModel.from_pretrained(name)}
    words = {"a": lambda name: Own()}

    def load(self, kind):
        use(self.table[kind]("x"))  # is transformers.PreTrainedModel
        use(self.words[kind]("x"))  # own


use(make("x"))  # is transformers.PreTrainedTokenizerBase
use(make_own())  # own
use(LOADERS["a"]("x"))  # is transformers.PreTrainedModel
use(LOADERS)  # own
