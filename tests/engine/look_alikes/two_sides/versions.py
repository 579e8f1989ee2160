import importlib.metadata
import inspect

import transformers
from packaging.version import Version, parse
from transformers import TrainingArguments
from transformers.utils import is_torch_available

MAJOR = int(transformers.__version__.split(".")[0])
NUMBERS = tuple(int(p) for p in transformers.__version__.split(".")[:2])
PAIR = tuple(map(int, transformers.__version__.split(".")[:2]))
IS_V5 = MAJOR >= 5
HAS_PROCESSING = Version(importlib.metadata.version("transformers")) >= Version("4.46")
OLD = transformers.__version__.startswith("4.")
EVAL_KEY = "eval_strategy" if "eval_strategy" in inspect.signature(TrainingArguments).parameters else "evaluation_strategy"


def at_least(v: str) -> bool:
    return parse(transformers.__version__) >= parse(v)
