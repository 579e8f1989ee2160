"""Which classes go with which kind of model."""

from __future__ import annotations

from collections import defaultdict
from typing import Callable, Dict, Tuple, Type

from transformers import (
    BertConfig,
    BertForSequenceClassification,
    BertTokenizer,
    CamembertForSequenceClassification,
    DistilBertConfig,
    DistilBertForSequenceClassification,
    DistilBertTokenizerFast,
    PretrainedConfig,
    PreTrainedModel,
    PreTrainedTokenizerBase,
    RobertaConfig,
    RobertaForSequenceClassification,
    RobertaTokenizer,
)
from transformers import AutoModelForSequenceClassification as AutoClassifier

from ._use import use
from .rivals.words import BertModel, Config, WordTokenizer

MODEL_CLASSES: Dict[str, Tuple[Type[PretrainedConfig], Type[PreTrainedModel], Type[PreTrainedTokenizerBase]]] = {
    "bert": (BertConfig, BertForSequenceClassification, BertTokenizer),
    "roberta": (RobertaConfig, RobertaForSequenceClassification, RobertaTokenizer),
    "distilbert": (DistilBertConfig, DistilBertForSequenceClassification, DistilBertTokenizerFast),
}

# The old ones still have a row each.
HOME_MADE = {"words": (Config, BertModel, WordTokenizer)}
TOKENIZERS = {"bert": BertTokenizer, "words": WordTokenizer}

LOADERS: Dict[str, Callable[[str], object]] = {}
BUILDERS = {}
_cache = defaultdict(dict)


def register(name):
    """Puts a function under this name."""

    def wrap(function):
        LOADERS[name] = function
        return function

    return wrap


@register("classifier")
def classifier(path):
    return AutoClassifier.from_pretrained(path, num_labels=2)


@register("words")
def words(path):
    return WordTokenizer.from_pretrained(path)


class Classifier:
    """A text classifier of any kind."""

    tokenizer_class = BertTokenizer
    model_class = None

    def __init__(self, kind: str, path: str, num_labels: int = 2):
        config_class, model_class, tokenizer_class = MODEL_CLASSES[kind]
        self.config = config_class.from_pretrained(path, num_labels=num_labels)
        self.model = model_class.from_pretrained(path, config=self.config)
        self.tokenizer = tokenizer_class.from_pretrained(path, do_lower_case=kind == "bert")
        self.fallback = self.tokenizer_class.from_pretrained(path)
        use(self.config)  # is transformers.PretrainedConfig
        use(self.model)  # is transformers.PreTrainedModel
        use(self.tokenizer)  # is transformers.PreTrainedTokenizerBase
        use(self.fallback)  # is transformers.BertTokenizer

    def predict(self, texts):
        use(self.model.config)  # is transformers.PretrainedConfig
        batch = self.tokenizer(texts, padding=True, return_tensors="pt")
        use(batch)  # is transformers.BatchEncoding
        out = self.model(**batch)
        use(out)  # is transformers.utils.ModelOutput
        return out.logits.argmax(-1).tolist()


class FrenchClassifier(Classifier):
    model_class = CamembertForSequenceClassification

    def __init__(self, path):
        super().__init__("roberta", path)
        self.model = self.model_class.from_pretrained(path)
        use(self.model)  # is transformers.CamembertForSequenceClassification
        use(self.tokenizer)  # is transformers.PreTrainedTokenizerBase


class WordClassifier:
    def __init__(self, path):
        config_class, model_class, tokenizer_class = HOME_MADE["words"]
        self.config = config_class(path=path)
        self.model = model_class.from_pretrained(path)
        self.tokenizer = tokenizer_class.from_pretrained(path)
        use(self.config)  # own
        use(self.model)  # own
        use(self.tokenizer)  # own


def tokenizer_for(kind, path):
    cls = TOKENIZERS[kind]
    tokenizer = cls.from_pretrained(path)
    use(tokenizer)  # own
    return tokenizer


def bert_tokenizer(path):
    tokenizer = TOKENIZERS["bert"].from_pretrained(path)
    use(tokenizer)  # is transformers.BertTokenizer
    return tokenizer


def all_tokenizers(path):
    for kind, (config_class, _, tokenizer_class) in MODEL_CLASSES.items():
        config = config_class()
        use(config)  # is transformers.PretrainedConfig
        tokenizer = tokenizer_class.from_pretrained(f"{path}/{kind}")
        use(tokenizer)  # is transformers.PreTrainedTokenizerBase
        yield kind, tokenizer


def cached(name, path):
    if name not in _cache[path]:
        _cache[path][name] = LOADERS[name](path)
    thing = _cache[path][name]
    use(thing)  # own
    return thing


def print_all(path):
    for kind, tokenizer in all_tokenizers(path):
        use(kind)  # own
        use(tokenizer)  # is transformers.PreTrainedTokenizerBase
    by_kind = dict(all_tokenizers(path))
    use(by_kind["bert"])  # is transformers.PreTrainedTokenizerBase
    use(classifier(path))  # is transformers.PreTrainedModel
    use(words(path))  # own
    model = LOADERS["classifier"](path)
    use(model)  # is transformers.PreTrainedModel
