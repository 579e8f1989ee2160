"""A cache that is made, read and cut by hand."""

import torch
from transformers import DynamicCache, GPT2Config, GPT2LMHeadModel


def model():
    torch.manual_seed(0)
    return GPT2LMHeadModel(GPT2Config(vocab_size=20, n_embd=8, n_layer=2, n_head=2, n_positions=16)).eval()


def run():
    net = model()
    ids = torch.tensor([[1, 2, 3, 4]])
    with torch.no_grad():
        full = net(ids, use_cache=True)
    cache = DynamicCache()
    for layer in range(2):
        cache.update(torch.ones(1, 2, 4, 4) * layer, torch.ones(1, 2, 4, 4), layer)
    print([tuple(t.shape) for t in cache.key_cache], float(cache.value_cache[1].sum()))
    again = DynamicCache.from_legacy_cache(
        tuple((torch.ones(1, 2, 3, 4), torch.ones(1, 2, 3, 4)) for _ in range(2))
    )
    print(again.get_seq_length(), tuple(again[0][0].shape))
    print(tuple(full.logits.shape))
    print(net.config.max_length)


run()
