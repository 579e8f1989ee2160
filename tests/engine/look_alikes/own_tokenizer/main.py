"""A vocabulary of our own behind the names that the library's tokenizers have; the model is the library's."""
import functools

import torch
from transformers import BertConfig, BertModel

from words import AutoTokenizer, build

torch.manual_seed(0)
model = BertModel(BertConfig(vocab_size=40, hidden_size=8, num_hidden_layers=1, num_attention_heads=2, intermediate_size=8, attn_implementation="eager")).eval()


def encode(tokenizer, texts, **kwargs):
    rows = [tokenizer.encode_plus(t, pad_to_max_length=True, max_length=6, **kwargs) for t in texts]
    batch = tokenizer.batch_encode_plus(texts, pad_to_max_length=True, max_length=6)
    assert [r["input_ids"] for r in rows] == batch["input_ids"]
    return torch.tensor(batch["input_ids"])


tokenizer = AutoTokenizer.from_pretrained("ours")
run = functools.partial(encode, tokenizer)
ids = run(["a b c", "b b"])
with torch.no_grad():
    print(tuple(model(input_ids=ids).last_hidden_state.shape), ids.tolist())
print(tokenizer.max_len, tokenizer.build_inputs_with_special_tokens([1, 2]), tokenizer.additional_special_tokens)
for tok in map(build, ("x", "y")):
    print(tok.prepare_seq2seq_batch(["a"], ["b"]), tok.num_special_tokens_to_add())
