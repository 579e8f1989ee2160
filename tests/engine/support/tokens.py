"""Tokenizers: methods that left, attributes with other names."""

import tempfile

from transformers import BertTokenizer, BertTokenizerFast

WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "a", "b", "c", "d", "##e", "<x>", "<y>"]


def make(cls, folder):
    with open(f"{folder}/vocab.txt", "w") as file:
        file.write("\n".join(WORDS))
    return cls(vocab_file=f"{folder}/vocab.txt")


with tempfile.TemporaryDirectory() as folder:
    for cls in (BertTokenizer, BertTokenizerFast):
        tok = make(cls, folder)
        print(tok.encode_plus("a b", max_length=5, truncation=True, padding="max_length")["input_ids"])
        print(tok.batch_encode_plus([("a", "b"), ("c", "d")])["token_type_ids"])
        tok.add_special_tokens({"additional_special_tokens": ["<x>", "<y>"]})
        print([str(t) for t in tok.additional_special_tokens], tok.additional_special_tokens_ids)
        print(tok.build_inputs_with_special_tokens([5, 6]), tok.special_tokens_map["cls_token"])
