import torch
from cache import Cache, DynamicCache
from torch import nn
from transformers import GPT2Config


class Decoder(nn.Module):
    """Own decoder with caches as tuples."""

    def __init__(self, config: GPT2Config):
        super().__init__()
        self.layers = nn.ModuleList([nn.Linear(4, 4) for _ in range(2)])
        self.n = config.n_layer

    def forward(
        self,
        x,
        past_key_values: list[tuple[torch.Tensor, torch.Tensor]] | None = None,
        use_cache=True,
        output_attentions=False,
    ):
        presents = []
        for i, layer in enumerate(self.layers):
            past = past_key_values[i] if past_key_values is not None else None
            k = layer(x)
            v = layer(x) * 2
            if past is not None:
                k = torch.cat([past[0], k], dim=1)
                v = torch.cat([past[1], v], dim=1)
            presents.append((k, v))
            x = layer(x)
        return x, presents


def step(decoder, x, past=None):
    outputs = decoder(x, past_key_values=past)
    hidden, past_key_values = outputs[0], outputs[1]
    length = past_key_values[0][0].shape[1]
    return hidden, past_key_values, length


decoder = Decoder(GPT2Config(n_layer=2))
with torch.no_grad():
    for p in decoder.parameters():
        p.fill_(0.1)
past = None
for t in range(3):
    h, past, n = step(decoder, torch.ones(1, 1, 4), past)
    print(t, n, round(float(h.sum()), 4))
for k, v in past:
    print(tuple(k.shape), tuple(v.shape))
cache = DynamicCache.from_legacy_cache(past)
print(
    len(cache),
    cache.get_max_length(),
    cache.get_usable_length(4),
    cache[0][0].shape,
    len(cache.to_legacy_cache()),
    cache.key_cache[0].shape,
)
again = Cache(2)
print(again[1][1].shape, len(again.value_cache))
