"""Containers that mix: what is taken out of them is not always the library's."""
import random

from transformers import BertConfig

from mixed import Bag, Text, fill, first

random.seed(0)
bag = Bag()
bag.tokenizer = Text("own")
bag.items["tok"] = bag.tokenizer
found = []
fill(found)
print(found[0].encode_plus("a"), first(found).max_len, bag.items["tok"].encode_plus("b"))
for part in (bag.tokenizer, *found):
    print(part.encode_plus("c", pad_to_max_length=True))
setattr(bag, "model", Text("m"))
print(bag.model.prune_heads([1]), getattr(bag, "tokenizer").batch_encode_plus(["x"]))
trainer = bag
trainer.config = BertConfig(hidden_size=4)
print(trainer.tokenizer.max_len, trainer.config.hidden_size)
handlers = {"encode": bag.tokenizer.encode_plus, "prune": bag.model.prune_heads}
print(handlers["encode"]("z"), handlers["prune"]([2]))
