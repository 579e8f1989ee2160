from transformers import BertConfig  # the one thing of the library


class BertTokenizer:
    def __init__(self, do_lower_case):
        self.lower = do_lower_case

    @classmethod
    def from_pretrained(cls, name, do_lower_case=False):
        return cls(do_lower_case)

    def encode_plus(self, text, add_special_tokens=False):
        return [ord(c) for c in (text.lower() if self.lower else text)]


class BertForSequenceClassification:
    def __init__(self, config):
        self.config = config

    @classmethod
    def from_pretrained(cls, name, config=None, from_tf=False):
        return cls(config)

    def __call__(self, ids, labels=None):
        return (sum(ids), [i * 2 for i in ids])


class AutoModelWithLMHead(BertForSequenceClassification):
    pass


class Task:
    def __init__(self, **kwargs):
        self.kwargs = kwargs

    def get_parameters(self):
        return sorted(self.kwargs)


def pipeline(task, grouped_entities=False):
    return lambda text: (task, text, grouped_entities)


MODEL_CLASSES = {"bert": (BertConfig, BertForSequenceClassification, BertTokenizer)}
TASKS = {"a": (Task, {"evaluation_strategy": "no", "tokenizer": 1}), "b": (Task, dict(torch_dtype="x", use_auth_token=2))}
