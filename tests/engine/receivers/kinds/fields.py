"""Dictionary and dataclass fields."""

from dataclasses import dataclass, field, replace

from transformers import AutoModel, AutoTokenizer, GenerationConfig, PreTrainedModel

from .shared import Own, use


@dataclass
class Side:
    model: PreTrainedModel
    words: Own = None
    generation: GenerationConfig = field(default_factory=GenerationConfig)
    tokenizer: object = None


parts = {"model": AutoModel.from_pretrained("x"), "words": Own(), "step": 1}
parts["tokenizer"] = AutoTokenizer.from_pretrained("x")
use(parts["model"])  # is transformers.PreTrainedModel
use(parts["tokenizer"])  # is transformers.PreTrainedTokenizerBase
use(parts["words"])  # own
use(parts.get("step"))  # own
side = Side(parts["model"])
use(side.model)  # is transformers.PreTrainedModel
use(side.generation)  # is transformers.GenerationConfig
use(side.words)  # own
use(replace(side, words=Own()).model)  # is transformers.PreTrainedModel
use(side)  # own
