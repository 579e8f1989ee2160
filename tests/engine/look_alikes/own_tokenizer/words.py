class Words:
    max_len = 6
    additional_special_tokens = ["<a>"]

    def __init__(self, name):
        self.name = name
        self.ids = {w: i + 3 for i, w in enumerate("abcd")}

    def build_inputs_with_special_tokens(self, ids, more=None):
        return [1, *ids, 2]

    def num_special_tokens_to_add(self, pair=False):
        return 2

    def encode_plus(self, text, pad_to_max_length=False, max_length=None, return_tensors=None):
        ids = self.build_inputs_with_special_tokens([self.ids[w] for w in text.split()])
        if pad_to_max_length:
            ids += [0] * (max_length - len(ids))
        return {"input_ids": ids}

    def batch_encode_plus(self, texts, **kwargs):
        return {"input_ids": [self.encode_plus(t, **kwargs)["input_ids"] for t in texts]}

    def prepare_seq2seq_batch(self, sources, targets):
        return list(zip(sources, targets))


class AutoTokenizer:
    @classmethod
    def from_pretrained(cls, name, use_fast=True):
        return Words(name)


def build(name):
    return AutoTokenizer.from_pretrained(name)
