"""Two encoders, one for questions and one for passages."""

import json
import pickle
from collections import OrderedDict, defaultdict
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any, Dict, Iterable, List, Mapping, Optional

import faiss
import torch
from sentence_transformers import CrossEncoder, SentenceTransformer
from sklearn.feature_extraction.text import TfidfVectorizer
from transformers import (
    AutoModel,
    AutoTokenizer,
    DPRContextEncoder,
    DPRContextEncoderTokenizerFast,
    DPRQuestionEncoder,
    DPRQuestionEncoderTokenizerFast,
    PreTrainedModel,
    PreTrainedTokenizerBase,
)

from .._use import use
from ..rivals.words import WordTokenizer


@dataclass
class Side:
    encoder: PreTrainedModel
    tokenizer: PreTrainedTokenizerBase
    words: Optional[WordTokenizer] = None
    cache: Dict[str, torch.Tensor] = field(default_factory=dict)

    def vector(self, text: str) -> torch.Tensor:
        if (found := self.cache.get(text)) is not None:
            use(found)  # own
            return found
        use(self.encoder)  # is transformers.PreTrainedModel
        use(self.tokenizer)  # is transformers.PreTrainedTokenizerBase
        use(self.words)  # own
        out = self.encoder(**self.tokenizer(text, return_tensors="pt"))
        use(out)  # is transformers.utils.ModelOutput
        return out[0]


class Index:
    def __init__(self, dim):
        self.index = faiss.IndexFlatIP(dim)
        self.vectorizer = TfidfVectorizer()
        self.model = SentenceTransformer("all-MiniLM-L6-v2")
        self.config = json.load(open("index.json"))
        use(self.index)  # own
        use(self.vectorizer)  # own
        use(self.model)  # own
        use(self.config)  # own

    def rerank(self, question, passages):
        model = CrossEncoder("x")
        use(model)  # own
        tokenizer = self.vectorizer.build_tokenizer()
        use(tokenizer)  # own
        return model.predict([(question, p) for p in passages])


class Retriever:
    names = {"question": "facebook/dpr-question_encoder", "passage": "facebook/dpr-ctx_encoder"}

    def __init__(self, index=None):
        self.index = index if index is not None else Index(8)
        self.sides: Dict[str, Side] = {}
        self.tokenizers = {
            "question": DPRQuestionEncoderTokenizerFast.from_pretrained(self.names["question"]),
            "passage": DPRContextEncoderTokenizerFast.from_pretrained(self.names["passage"]),
        }
        self.models = OrderedDict()
        self.by_language = defaultdict(list)
        self.extra = SimpleNamespace(tokenizer=WordTokenizer({}), step=0)
        self._load()

    def _load(self):
        self.models["question"] = DPRQuestionEncoder.from_pretrained(self.names["question"])
        self.models["passage"] = DPRContextEncoder.from_pretrained(self.names["passage"])
        for name, model in self.models.items():
            use(name)  # own
            use(model)  # is transformers.PreTrainedModel
            self.sides[name] = Side(model, self.tokenizers[name])
        for language in ("de", "fr"):
            self.by_language[language].append(AutoTokenizer.from_pretrained(language))

    def search(self, question):
        side = self.sides["question"]
        use(side)  # own
        use(side.tokenizer)  # is transformers.PreTrainedTokenizerBase
        tokenizer = self.tokenizers["question"]
        use(tokenizer)  # is transformers.DPRQuestionEncoderTokenizerFast
        model = self.models["question"]
        use(model)  # is transformers.DPRQuestionEncoder
        use(self.tokenizers.get("passage"))  # is transformers.DPRContextEncoderTokenizerFast
        use(self.extra.tokenizer)  # own
        use(self.index)  # own
        out = model(**tokenizer(question, return_tensors="pt"))
        use(out)  # is transformers.utils.ModelOutput
        return out.pooler_output

    def compare(self, texts: Iterable[str]) -> List[Any]:
        out = []
        for (name, tokenizer), model in zip(self.tokenizers.items(), self.models.values()):
            use(tokenizer)  # is transformers.PreTrainedTokenizerBase
            use(model)  # is transformers.PreTrainedModel
            out.append((name, [tokenizer.tokenize(t) for t in texts]))
        for i, tokenizer in enumerate(self.tokenizers.values()):
            use(i)  # own
            use(tokenizer)  # is transformers.PreTrainedTokenizerBase
        for language, found in self.by_language.items():
            for tokenizer in found:
                use(tokenizer)  # is transformers.PreTrainedTokenizerBase
        return out

    def dump(self, path):
        with open(path, "wb") as file:
            pickle.dump(self.sides, file)

    @staticmethod
    def restore(path):
        with open(path, "rb") as file:
            model = pickle.load(file)
        use(model)  # own
        return model


def languages(tokenizers: Mapping[str, PreTrainedTokenizerBase], models: List[PreTrainedModel]) -> Dict[str, int]:
    for tokenizer, model in zip(tokenizers.values(), models):
        use(tokenizer)  # is transformers.PreTrainedTokenizerBase
        use(model)  # is transformers.PreTrainedModel
    sizes = {name: len(use(tok)) for name, tok in tokenizers.items()}  # is transformers.PreTrainedTokenizerBase
    smallest = min(models, key=lambda m: m.num_parameters())
    use(smallest)  # is transformers.PreTrainedModel
    first, *others = models
    use(first)  # is transformers.PreTrainedModel
    use(others)  # own
    ordered = sorted(tokenizers.items(), key=lambda item: len(item[1]))
    for name, tokenizer in reversed(ordered):
        use(name)  # own
        use(tokenizer)  # is transformers.PreTrainedTokenizerBase
    return sizes


def mean(names):
    models = [AutoModel.from_pretrained(name) for name in names]
    tokenizers = {name: AutoTokenizer.from_pretrained(name) for name in names}
    use(models)  # own
    use(models[-1])  # is transformers.PreTrainedModel
    configs = [use(m.config) for m in models]  # is transformers.PretrainedConfig
    mixed = [AutoTokenizer.from_pretrained("x"), WordTokenizer({})]
    for tokenizer in mixed:
        use(tokenizer)  # own
    own = [WordTokenizer({n: 1}) for n in names]
    for tokenizer, model in zip(own, models):
        use(tokenizer)  # own
        use(model)  # is transformers.PreTrainedModel
    tokenizer = tokenizers.pop(names[0])
    use(tokenizer)  # is transformers.PreTrainedTokenizerBase
    return configs
