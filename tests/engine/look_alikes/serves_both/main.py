"""Code that serves both sides already: tests of versions, of signatures, of names."""
import inspect

import transformers
from packaging import version
from transformers import BertConfig, BertModel, TrainingArguments

NEW = version.parse(transformers.__version__) >= version.parse("5.0.0")
if NEW:
    def heads(model):
        return model.config.num_attention_heads
else:
    def heads(model):
        model.prune_heads({})
        return model.config.num_attention_heads
try:
    from transformers import AdamW
except ImportError:
    from torch.optim import AdamW
names = inspect.signature(TrainingArguments.__init__).parameters
strategy = "eval_strategy" if "eval_strategy" in names else "evaluation_strategy"
kwargs = {strategy: "no", "output_dir": "out", "report_to": []}
print(strategy in names, sorted(k for k in kwargs if k != strategy))
model = BertModel(BertConfig(vocab_size=10, hidden_size=4, num_hidden_layers=1, num_attention_heads=1, intermediate_size=4))
print(heads(model), len(AdamW([{"params": list(model.parameters())}], lr=0.1).param_groups))
if hasattr(transformers, "FeatureExtractionMixin") and not NEW:
    Old = transformers.FeatureExtractionMixin
else:
    Old = object
print(Old is not None)
dtype = {"dtype": None} if NEW else {"torch_dtype": None}
print(len(dtype))
