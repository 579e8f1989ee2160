"""Look-alikes: nothing here is the library's."""


class OwnTokenizer:
    @classmethod
    def from_pretrained(cls, name):
        return cls()

    def encode_plus(self, text):
        return [text]


class OwnPipeline:
    def __init__(self, task):
        self.tokenizer = OwnTokenizer()


def own_pipeline(task):
    return OwnPipeline(task)
