"""Proxies, duck types and mocks around the library's objects."""
from types import SimpleNamespace
from unittest import mock

import transformers
from transformers import BertConfig


class Recorder:
    def __init__(self, inner):
        self.__dict__["inner"] = inner
        self.__dict__["calls"] = []

    def __getattr__(self, name):
        self.calls.append(name)
        if name == "encode_plus":
            return lambda text, **kw: {"input_ids": [len(text)], "kw": sorted(kw)}
        return getattr(self.inner, name)


config = BertConfig(hidden_size=8)
recorder = Recorder(config)
print(recorder.hidden_size, recorder.encode_plus("abc", pad_to_max_length=True), recorder.calls)
tokenizer = mock.MagicMock()
tokenizer.batch_encode_plus.return_value = {"input_ids": [[1]]}
print(tokenizer.batch_encode_plus(["a"], pad_to_max_length=True), tokenizer.encode_plus is not None)
model = SimpleNamespace(prune_heads=lambda heads: sorted(heads), config=SimpleNamespace(use_return_dict=False))
print(model.prune_heads({2, 1}), model.config.use_return_dict)


class Fake:
    @staticmethod
    def from_pretrained(name, torch_dtype=None, use_auth_token=None):
        return SimpleNamespace(name=name, dtype=torch_dtype, max_len=4, token=use_auth_token)


with mock.patch.object(transformers, "AutoTokenizer", Fake), mock.patch.object(transformers, "AutoModel", Fake):
    tok = transformers.AutoTokenizer.from_pretrained("x", use_auth_token="t")
    lm = transformers.AutoModel.from_pretrained("x", torch_dtype="half")
    print(tok.max_len, tok.token, lm.dtype)
