"""Tables of classes and of functions by name."""

from transformers import BertConfig, BertModel, BertTokenizer, RobertaConfig, RobertaModel, RobertaTokenizer

from .shared import Own, use

CLASSES = {
    "bert": (BertConfig, BertModel, BertTokenizer),
    "roberta": (RobertaConfig, RobertaModel, RobertaTokenizer),
}
MIXED = {"bert": BertTokenizer, "words": Own}


def load_bert(name):
    return BertModel.from_pretrained(name)


def load_roberta(name):
    return RobertaModel.from_pretrained(name)


def load_words(name):
    return Own()


LOADERS = {"bert": load_bert, "roberta": load_roberta}
ALL_LOADERS = {"bert": load_bert, "words": load_words}


def build(kind, name):
    config_class, model_class, tokenizer_class = CLASSES[kind]
    use(config_class.from_pretrained(name))  # is transformers.PretrainedConfig
    use(model_class.from_pretrained(name))  # is transformers.PreTrainedModel
    use(tokenizer_class.from_pretrained(name))  # is transformers.PreTrainedTokenizerBase
    use(MIXED["bert"].from_pretrained(name))  # is transformers.BertTokenizer
    use(MIXED[kind].from_pretrained(name))  # own
    use(LOADERS[kind](name))  # is transformers.PreTrainedModel
    use(ALL_LOADERS[kind](name))  # own
    for config_class, _, tokenizer_class in CLASSES.values():
        use(tokenizer_class.from_pretrained(name))  # is transformers.PreTrainedTokenizerBase


class Reader:
    def __init__(self, tokenizer):
        use(tokenizer)  # own


READERS = {"x": Reader}
Reader(BertTokenizer("x"))
READERS["x"](Own())
