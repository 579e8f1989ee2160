"""Further forms: generators, caches, narrowing, registries."""

from __future__ import annotations
import abc, enum, functools, typing as t
from collections import defaultdict, namedtuple, OrderedDict
from functools import lru_cache, cached_property
import torch, transformers
from transformers import *
from transformers import AutoTokenizer as AT, T5ForConditionalGeneration, T5Tokenizer, Seq2SeqTrainer, GPT2TokenizerFast, DistilBertModel
from .own import OwnTokenizer
def use(x): ...
use(AT.from_pretrained("x"))  # is transformers.PreTrainedTokenizerBase
use(AutoModelForSeq2SeqLM.from_pretrained("x"))  # is transformers.PreTrainedModel
use(T5ForConditionalGeneration.from_pretrained("x").generation_config)  # is transformers.GenerationConfig
class Base(abc.ABC):
    tokenizer: T5Tokenizer
    model = None
    def __init__(self, cfg):
        self.cfg = cfg
        self._setup()
    def _setup(self):
        self.tokenizer, self.model = self.build()
        use(self.tokenizer)  # is transformers.T5Tokenizer
    def build(self):
        return T5Tokenizer("v"), T5ForConditionalGeneration(T5Config())
    def run(self):
        use(self.model)  # is transformers.T5ForConditionalGeneration
        m = self.model.eval().to("cpu")
        use(m)  # is transformers.T5ForConditionalGeneration
    @cached_property
    def tok2(self):
        return AT.from_pretrained("x")
    @classmethod
    def make(cls):
        obj = cls(None)
        use(obj.tok2)  # is transformers.PreTrainedTokenizerBase
        return obj
    @staticmethod
    def helper():
        return GPT2TokenizerFast("a", "b")
class Child(Base):
    def go(self):
        use(self.tokenizer)  # is transformers.T5Tokenizer
        use(self.tok2)  # is transformers.PreTrainedTokenizerBase
        use(self.helper())  # is transformers.GPT2TokenizerFast
        use(Base.helper())  # is transformers.GPT2TokenizerFast
use(Base.make().tok2)  # is transformers.PreTrainedTokenizerBase
use(Child.make().tokenizer)  # is transformers.T5Tokenizer
@lru_cache
def cached(name):
    return AT.from_pretrained(name)
use(cached("x"))  # is transformers.PreTrainedTokenizerBase
@functools.wraps(cached)
def wrapped(name):
    tok = cached(name)
    return tok
use(wrapped("x"))  # is transformers.PreTrainedTokenizerBase
def gen(names):
    for n in names:
        yield AT.from_pretrained(n)
for tok in gen(["a"]):
    use(tok)  # is transformers.PreTrainedTokenizerBase
use(next(iter([T5Tokenizer("v")])))  # is transformers.T5Tokenizer
async def aload():
    return AT.from_pretrained("x")
async def amain():
    use(await aload())  # is transformers.PreTrainedTokenizerBase
Row = namedtuple("Row", "tok model")
row = Row(T5Tokenizer("v"), 1)
use(row.tok)  # is transformers.T5Tokenizer
d = defaultdict(list)
toks = {}
toks["a"] = T5Tokenizer("v")
use(toks["a"])  # is transformers.T5Tokenizer
def deco(f):
    return f
@deco
def decorated():
    return T5Tokenizer("v")
use(decorated())  # is transformers.T5Tokenizer
class Registry:
    items = {"t5": T5Tokenizer}
    def get(self, k):
        return self.items[k]
use(Registry().get("t5")("v"))  # is transformers.T5Tokenizer
def kw(*, tokenizer_obj: "T5Tokenizer | None" = None, **rest):
    use(tokenizer_obj)  # is transformers.T5Tokenizer
def nested():
    tok = T5Tokenizer("v")
    def inner():
        use(tok)  # is transformers.T5Tokenizer
    return inner
def narrow(x):
    if isinstance(x, T5Tokenizer):
        use(x)  # is transformers.T5Tokenizer
    assert isinstance(x, T5Tokenizer)
    use(x)  # is transformers.T5Tokenizer
def tv(x: t.TypeVar("T", bound=PreTrainedModel)): ...
class Wrapper(torch.nn.Module):
    def __init__(self, name):
        super().__init__()
        self.encoder = AutoModel.from_pretrained(name)
        self.layers = torch.nn.ModuleList([DistilBertModel(DistilBertConfig()) for _ in range(2)])
        self.add_module("x", torch.nn.Linear(1, 1))
    def forward(self, ids):
        out = self.encoder(ids)
        use(out)  # is transformers.utils.ModelOutput
        use(self.layers[0])  # is transformers.DistilBertModel
        for l in self.layers:
            use(l)  # is transformers.DistilBertModel
        return out
w = Wrapper("x")
use(w.encoder)  # is transformers.PreTrainedModel
use(w)  # own
use(w.encoder.config)  # is transformers.PretrainedConfig
tr = Seq2SeqTrainer(model=w.encoder, args=Seq2SeqTrainingArguments("o"))
use(tr.model)  # is transformers.PreTrainedModel
use(tr.args)  # is transformers.TrainingArguments
use(tr.state)  # is transformers.TrainerState
use(tr.processing_class)  # is transformers.PreTrainedTokenizerBase
nlp = transformers.pipeline("ner", model=w.encoder)
use(nlp.tokenizer)  # is transformers.PreTrainedTokenizerBase
use(nlp.model.config)  # is transformers.PretrainedConfig
cfg = BertConfig.from_pretrained("x")
use(cfg)  # is transformers.BertConfig
use(BertModel(cfg).config)  # is transformers.PretrainedConfig
enc = T5Tokenizer("v").batch_encode_plus(["a"])
use(enc)  # is transformers.BatchEncoding
import sys
if sys.argv[1:]:
    chosen_model = BertModel(cfg)
elif cfg:
    chosen_model = DistilBertModel(DistilBertConfig())
use(chosen_model)  # is transformers.PreTrainedModel
tokenizers = [AT.from_pretrained(n) for n in "ab"]
use(tokenizers[-1])  # is transformers.PreTrainedTokenizerBase
a, b = (AT.from_pretrained(n) for n in "ab")
use(a)  # is transformers.PreTrainedTokenizerBase
a2, b2 = map(AT.from_pretrained, ["a", "b"])
use(b2)  # is transformers.PreTrainedTokenizerBase
use((lambda: T5Tokenizer("v"))())  # is transformers.T5Tokenizer
class E(enum.Enum):
    T5 = T5Tokenizer
use(E.T5.value("v"))  # is transformers.T5Tokenizer
class S:
    def set(self, tok: T5Tokenizer) -> "S":
        self.tok = tok
        return self
use(S().set(T5Tokenizer("v")).tok)  # is transformers.T5Tokenizer
def own_enc(tokenizer=OwnTokenizer()):
    use(tokenizer)  # own
