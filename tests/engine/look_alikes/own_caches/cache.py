import torch


def as_pairs(n):
    return tuple((torch.ones(1, 1, 2, 4), torch.ones(1, 1, 2, 4)) for _ in range(n))


class Paged:
    def __init__(self):
        self.key_cache, self.value_cache, self.seen_tokens = [], [], 0

    def update(self, key, value, layer_idx, cache_kwargs=None):
        self.key_cache.append(key)
        self.value_cache.append(value)
        self.seen_tokens += key.shape[-2]
        return key, value

    def get_usable_length(self, new, layer_idx=0):
        return self.seen_tokens + new

    def get_max_length(self):
        return None

    def reorder_cache(self, index):
        self.key_cache = [k.index_select(0, index) for k in self.key_cache]

    def __iter__(self):
        return iter(zip(self.key_cache, self.value_cache))
