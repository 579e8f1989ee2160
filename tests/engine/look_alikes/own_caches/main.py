"""Caches of our own, tuples and slots; and a list of pairs that only looks like past_key_values."""
import torch
from transformers import GPT2Config, GPT2Model

from cache import Paged, as_pairs

past_key_values = as_pairs(2)
print(len(past_key_values), past_key_values[0][0].shape[-1], past_key_values[-1][1].sum().item())
for layer, (key, value) in enumerate(past_key_values):
    print(layer, key.shape == value.shape)
cache = Paged()
for layer, (k, v) in enumerate(past_key_values):
    cache.update(k, v, layer)
print(cache.key_cache[0].shape[-1], cache.get_usable_length(3), cache.seen_tokens, cache.get_max_length())
cache.reorder_cache(torch.tensor([0]))
print([k.shape[0] for k, _ in cache])


def step(model, ids, past=None):
    past_length = past[0][0].shape[-2] if past is not None else 0
    return ids + past_length, past


class Own:
    def __call__(self, ids, past_key_values=None, use_cache=True):
        return ids, past_key_values or as_pairs(1)


model = Own()
logits, past = model(torch.ones(1), use_cache=True)
print(past[0][0].shape[-2], step(model, 1, past)[0])
real = GPT2Model(GPT2Config(vocab_size=10, n_positions=8, n_embd=4, n_layer=1, n_head=1)).eval()
with torch.no_grad():
    print(tuple(real(torch.tensor([[1, 2]]), use_cache=False).last_hidden_state.shape))
