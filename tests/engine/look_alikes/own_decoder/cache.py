import torch


class Cache:
    def __init__(self, n):
        self.key_cache = [torch.zeros(1, 2, 3, 4) for _ in range(n)]
        self.value_cache = [torch.zeros(1, 2, 3, 4) for _ in range(n)]

    def __getitem__(self, i):
        return self.key_cache[i], self.value_cache[i]

    def __len__(self):
        return len(self.key_cache)

    def get_max_length(self):
        return 12

    def get_usable_length(self, n):
        return n

    def to_legacy_cache(self):
        return tuple(zip(self.key_cache, self.value_cache))

    @classmethod
    def from_legacy_cache(cls, legacy):
        cache = cls(0)
        for k, v in legacy:
            cache.key_cache.append(k)
            cache.value_cache.append(v)
        return cache


DynamicCache = Cache
