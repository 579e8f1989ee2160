"""Data that speaks of the library: strings, tables, documentation, a linter of our own."""
import json
import re

from transformers import AutoConfig, BertConfig

REPLACED = {
    "encode_plus": "__call__",
    "evaluation_strategy": "eval_strategy",
    "AdamW": "torch.optim.AdamW",
    "transformers.AutoModelWithLMHead": "AutoModelForCausalLM",
}
SNIPPET = '''
from transformers import AutoModelWithLMHead, AdamW
model = AutoModelWithLMHead.from_pretrained("gpt2", use_auth_token=True)
tokenizer.encode_plus("a", pad_to_max_length=True)
'''


def lint(text):
    return [(n, key) for n, line in enumerate(text.splitlines(), 1) for key in REPLACED if re.search(rf"\b{key.split('.')[-1]}\b", line)]


for found in lint(SNIPPET):
    print(found)
row = {"torch_dtype": "float16", "evaluation_strategy": "no", "tokenizer": "bert", "use_auth_token": None}
print(json.dumps(row, sort_keys=True), row.pop("torch_dtype"), row.get("evaluation_strategy"))
print(isinstance(BertConfig(), AutoConfig) if False else BertConfig(hidden_size=8).hidden_size)
