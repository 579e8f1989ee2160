"""Lists and dictionaries that grow."""

from collections import defaultdict, deque

from transformers import AutoTokenizer

from .shared import Own, use


class Store:
    def __init__(self):
        self.all = []
        self.by_language = defaultdict(list)
        self.recent = deque(maxlen=3)
        self.mixed = {}

    def add(self, language, name):
        tokenizer = AutoTokenizer.from_pretrained(name)
        self.all.append(tokenizer)
        self.by_language[language].append(tokenizer)
        self.recent.append(tokenizer)
        self.mixed.setdefault(language, []).append(tokenizer)
        self.mixed[language].append(Own())

    def read(self):
        use(self.all[0])  # is transformers.PreTrainedTokenizerBase
        use(self.by_language["de"][0])  # is transformers.PreTrainedTokenizerBase
        use(self.recent.popleft())  # is transformers.PreTrainedTokenizerBase
        use(self.mixed["de"][0])  # own


more = [AutoTokenizer.from_pretrained("x")]
use(more[0])  # is transformers.PreTrainedTokenizerBase
words = [AutoTokenizer.from_pretrained("x")]
words += [Own()]
use(words[0])  # own
first = [AutoTokenizer.from_pretrained("x")]
second = first
second.append(Own())
use(first[0])  # own
