"""Speech to text."""

import enum
import importlib
from functools import partial, partialmethod, reduce

import numpy as np
import whisper
from jiwer import Compose
from transformers import (
    AutomaticSpeechRecognitionPipeline,
    Wav2Vec2CTCTokenizer,
    Wav2Vec2FeatureExtractor,
    Wav2Vec2ForCTC,
    Wav2Vec2Processor,
    WhisperForConditionalGeneration,
    WhisperProcessor,
    WhisperTokenizer,
)

from .._use import use
from ..rivals.words import WordTokenizer


class Kind(enum.Enum):
    CTC = "ctc"
    SEQ = "seq"


class Checkpoint(enum.Enum):
    CTC = Wav2Vec2ForCTC
    SEQ = WhisperForConditionalGeneration


load_german = partial(WhisperTokenizer.from_pretrained, "openai/whisper-small", language="german")
load_words = partial(WordTokenizer.from_pretrained, "words")
make_processor = lambda name: WhisperProcessor.from_pretrained(name)  # noqa: E731
identity = lambda x: x  # noqa: E731


class Loaders:
    table = {
        Kind.CTC: lambda name: Wav2Vec2ForCTC.from_pretrained(name),
        Kind.SEQ: lambda name: WhisperForConditionalGeneration.from_pretrained(name),
    }

    @staticmethod
    def processor(kind, name):
        if kind is Kind.CTC:
            return Wav2Vec2Processor.from_pretrained(name)
        return WhisperProcessor.from_pretrained(name)

    def model(self, kind, name, device="cpu"):
        model = self.table[kind](name)
        use(model)  # is transformers.PreTrainedModel
        return model.to(device)

    small = partialmethod(model, name="openai/whisper-tiny")


def build_ctc(vocab):
    tokenizer = Wav2Vec2CTCTokenizer(vocab, unk_token="[UNK]")
    extractor = Wav2Vec2FeatureExtractor(feature_size=1)
    processor = Wav2Vec2Processor(feature_extractor=extractor, tokenizer=tokenizer)
    use(tokenizer)  # is transformers.Wav2Vec2CTCTokenizer
    use(extractor)  # own
    use(processor)  # is transformers.Wav2Vec2Processor
    use(processor.tokenizer)  # is transformers.PreTrainedTokenizerBase
    use(processor.feature_extractor)  # own
    model = Wav2Vec2ForCTC.from_pretrained("x", vocab_size=len(processor.tokenizer))
    use(model)  # is transformers.Wav2Vec2ForCTC
    model.freeze_feature_encoder()
    return model, processor


def transcribe(audio: np.ndarray, kind: Kind = Kind.SEQ):
    loaders = Loaders()
    use(kind.value)  # own
    model = loaders.model(kind, "x")
    use(model)  # is transformers.PreTrainedModel
    processor = Loaders.processor(kind, "x")
    use(processor)  # is transformers.ProcessorMixin
    use(processor.tokenizer)  # is transformers.PreTrainedTokenizerBase
    features = processor(audio, sampling_rate=16_000)
    ids = model.generate(features.input_features)
    tokenizer = load_german()
    use(tokenizer)  # is transformers.WhisperTokenizer
    use(load_words())  # own
    other = make_processor("x")
    use(other)  # is transformers.WhisperProcessor
    use(identity(tokenizer))  # is transformers.WhisperTokenizer
    use(identity(load_words()))  # own
    use(loaders.small(Kind.SEQ))  # is transformers.PreTrainedModel
    model = Checkpoint.SEQ.value.from_pretrained("x")
    use(model)  # is transformers.WhisperForConditionalGeneration
    return tokenizer.batch_decode(ids)


def openai(path):
    model = whisper.load_model("base")
    use(model)  # own
    tokenizer = whisper.tokenizer.get_tokenizer(multilingual=True)
    use(tokenizer)  # own
    options = whisper.DecodingOptions()
    use(options)  # own
    return model.transcribe(path)


def clean(texts):
    steps = [str.strip, str.lower]
    pipeline = Compose(steps)
    use(pipeline)  # own
    chained = reduce(lambda f, g: lambda x: g(f(x)), steps)
    use(chained)  # own
    return [chained(t) for t in texts]


def by_name(model_type):
    module = importlib.import_module("transformers.models.whisper.modeling_whisper")
    model = module.WhisperForConditionalGeneration.from_pretrained("x")
    use(model)  # is transformers.WhisperForConditionalGeneration
    mine = importlib.import_module("newsroom.rivals.words")
    use(mine.BertModel.from_pretrained("x"))  # own
    cls = getattr(importlib.import_module("transformers"), "WhisperModel")
    use(cls.from_pretrained("x"))  # is transformers.WhisperModel
    return getattr(module, model_type)


def recogniser(name):
    processor = WhisperProcessor.from_pretrained(name)
    asr = AutomaticSpeechRecognitionPipeline(
        model=WhisperForConditionalGeneration.from_pretrained(name),
        tokenizer=processor.tokenizer,
        feature_extractor=processor.feature_extractor,
    )
    use(asr)  # is transformers.Pipeline
    use(asr.tokenizer)  # is transformers.PreTrainedTokenizerBase
    use(asr.model.config)  # is transformers.PretrainedConfig
    return asr
