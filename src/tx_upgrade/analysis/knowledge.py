"""What the signatures of the library do not say: what Auto classes load and what attributes and calls give.

Source: the libraries' own documentation of these classes; the classes' names are checked against the API history by
the tests.
"""

from __future__ import annotations

import re
from functools import cache

AUTO_CLASSES: tuple[tuple[str, str], ...] = (
    ("AutoTokenizer", "transformers.PreTrainedTokenizerBase"),
    ("AutoConfig", "transformers.PretrainedConfig"),
    ("AutoProcessor", "transformers.ProcessorMixin"),
    ("AutoFeatureExtractor", "transformers.FeatureExtractionMixin"),
    ("AutoImageProcessor", "transformers.image_processing_utils.BaseImageProcessor"),
    ("AutoModel.*|AutoBackbone|_BaseAutoModelClass|_BaseAutoBackboneClass", "transformers.PreTrainedModel"),
)


def loaded_by(name: str) -> str | None:
    """The class of what an Auto class loads; None for any other class."""
    short = name.rsplit(".", 1)[-1]
    return next((result for pattern, result in AUTO_CLASSES if re.fullmatch(pattern, short)), None)


RETURNS: dict[str, str] = {
    "transformers.pipeline": "transformers.Pipeline",
    "transformers.pipelines.pipeline": "transformers.Pipeline",
}

# Objects that the library makes once for everybody.
OBJECTS: dict[str, str] = {
    f"transformers.pipelines.{part}PIPELINE_REGISTRY": "transformers.pipelines.base.PipelineRegistry"
    for part in ("", "base.")
}

_TASKS = {
    "ner": "TokenClassification",
    "sentiment-analysis": "TextClassification",
    "text2text-generation": "Text2TextGeneration",
    "text-to-speech": "TextToAudio",
    "vqa": "VisualQuestionAnswering",
}


def pipeline_for(task: str) -> str:
    """The class that ``pipeline(task)`` makes an object of: named after the task, but for these few."""
    named = _TASKS.get(task) or "Translation" * task.startswith("translation_")
    return f"transformers.{named or ''.join(word.capitalize() for word in task.split('-'))}Pipeline"


ATTRIBUTES: dict[str, dict[str, str]] = {
    "transformers.Trainer": {
        "tokenizer": "transformers.PreTrainedTokenizerBase",
        "processing_class": "transformers.PreTrainedTokenizerBase",
        "model": "transformers.PreTrainedModel",
        "args": "transformers.TrainingArguments",
        "state": "transformers.TrainerState",
        "control": "transformers.TrainerControl",
    },
    "transformers.Pipeline": {
        "tokenizer": "transformers.PreTrainedTokenizerBase",
        "model": "transformers.PreTrainedModel",
        "image_processor": "transformers.image_processing_utils.BaseImageProcessor",
    },
    "transformers.ProcessorMixin": {
        "tokenizer": "transformers.PreTrainedTokenizerBase",
        "image_processor": "transformers.image_processing_utils.BaseImageProcessor",
    },
    **{
        f"transformers.{kind}Processor": {
            "feature_extractor": "transformers.image_processing_utils.BaseImageProcessor"
        }
        for kind in (
            "CLIP",
            "CLIPSeg",
            "Donut",
            "Flava",
            "LayoutLMv2",
            "LayoutLMv3",
            "LayoutXLM",
            "OwlViT",
            "TrOCR",
            "Vilt",
            "VisionTextDualEncoder",
            "XCLIP",
        )
    },
    "transformers.PreTrainedModel": {
        "config": "transformers.PretrainedConfig",
        "generation_config": "transformers.GenerationConfig",
        "base_model": "transformers.PreTrainedModel",
    },
    **{
        f"transformers.{kind}EncoderDecoderModel": dict.fromkeys(
            ("encoder", "decoder"), "transformers.PreTrainedModel"
        )
        for kind in ("", "Vision", "Speech")
    },
    **{
        f"transformers.{kind}ForConditionalGeneration": {"language_model": "transformers.PreTrainedModel"}
        for kind in ("Blip2", "InstructBlip", "Llava")
    },
    **{
        f"transformers.{kind}EncoderDecoderConfig": dict.fromkeys(
            ("encoder", "decoder"), "transformers.PretrainedConfig"
        )
        for kind in ("", "Vision", "Speech")
    },
    "transformers.PretrainedConfig": dict.fromkeys(
        ("text_config", "vision_config", "audio_config"), "transformers.PretrainedConfig"
    ),
    "transformers.utils.ModelOutput": {"past_key_values": "transformers.Cache"},
    **{
        f"transformers.{collator}": {"tokenizer": "transformers.PreTrainedTokenizerBase"}
        for collator in (
            "DataCollatorForLanguageModeling",
            "DataCollatorForPermutationLanguageModeling",
            "DataCollatorForSeq2Seq",
            "DataCollatorForTokenClassification",
            "DataCollatorWithPadding",
        )
    },
}

RETURNS_OF_METHODS: dict[str, dict[str, str]] = {
    "transformers.PreTrainedTokenizerBase": dict.fromkeys(
        ("__call__", "encode_plus", "batch_encode_plus", "prepare_for_model", "pad", "prepare_seq2seq_batch"),
        "transformers.BatchEncoding",
    ),
    "transformers.PreTrainedModel": {
        "__call__": "transformers.utils.ModelOutput",
        "_extract_past_from_model_output": "transformers.Cache",
    },
    "transformers.Trainer": {
        "train": "transformers.trainer_utils.TrainOutput",
        "predict": "transformers.trainer_utils.PredictionOutput",
    },
}

# Dictionaries that are arguments of a call and become the arguments of another one.
HANDED_ON: dict[str, dict[str, str]] = {
    "transformers.pipeline": {
        "model_kwargs": "transformers.PreTrainedModel.from_pretrained",
        "generate_kwargs": "transformers.GenerationMixin.generate",
        "tokenize_kwargs": "transformers.PreTrainedTokenizerBase.__call__",
        "tokenizer_kwargs": "transformers.PreTrainedTokenizerBase.__call__",
    },
    "transformers.Pipeline.__call__": {
        "generate_kwargs": "transformers.GenerationMixin.generate",
        "tokenize_kwargs": "transformers.PreTrainedTokenizerBase.__call__",
        "tokenizer_kwargs": "transformers.PreTrainedTokenizerBase.__call__",
    },
    "transformers.ProcessorMixin.__call__": {
        "text_kwargs": "transformers.PreTrainedTokenizerBase.__call__",
    },
}

PARSER = "transformers.HfArgumentParser"
PARSES_DICTIONARY = "parse_dict"
"""The parser that fills data classes, and its method that takes their arguments as a dictionary."""
PARSES = frozenset({"parse_args_into_dataclasses", "parse_json_file", "parse_yaml_file", PARSES_DICTIONARY})
"""Its methods that give an object of each class, in their order."""

HANDED_IN: dict[str, tuple[str, dict[str, str]]] = {
    "transformers.TrainerCallback": (
        "on_",
        {
            "args": "transformers.TrainingArguments",
            "state": "transformers.TrainerState",
            "control": "transformers.TrainerControl",
            "tokenizer": "transformers.PreTrainedTokenizerBase",
            "processing_class": "transformers.PreTrainedTokenizerBase",
            "model": "transformers.PreTrainedModel",
        },
    ),
}
"""What the library hands to methods that subclasses override: the beginning of their names, and their parameters."""

# Packages whose functions and classes give the library's objects back, or derive from its classes.
HANDS_ON = frozenset(
    {
        "accelerate", "adapters", "apex", "copy", "deepspeed", "fairscale", "functools", "optimum", "peft",
        "petals", "pytorch_lightning", "lightning", "sentence_transformers", "setfit", "torch", "trl", "unsloth",
    }
)  # fmt: skip

KEEPS_TYPE = frozenset(
    {
        "to",
        "cuda",
        "cpu",
        "eval",
        "train",
        "half",
        "float",
        "double",
        "bfloat16",
        "requires_grad_",
        "to_empty",
        *(
            f"set_{group}"  # of TrainingArguments, one call behind the other
            for group in (
                "training", "evaluate", "testing", "save", "logging", "push_to_hub", "optimizer", "lr_scheduler",
                "dataloader",
            )
        ),
    }
)  # fmt: skip

# Names that suggest a class where nothing proves it; fixes on such receivers are unsafe.
HINTS: dict[str, str] = {
    "PreTrainedTokenizerBase": r"(.*_)?(tokenizer|tok)(_\w+)?|tokenizer\d?",
    "PreTrainedModel": r"(.*_)?model\d?|lm",
    "Trainer": r"(.*_)?trainer",
    "TrainingArguments": r"training_args|train_args|targs",
    "PretrainedConfig": r"(.*_)?(config|cfg)",
    "Cache": r"past_key_values?|past|past_kvs?|kv_cache",
    "DynamicCache": r"past_key_values?|past|past_kvs?|kv_cache",
    "ProcessorMixin": r"(.*_)?processor",
    "Pipeline": r"(.*_)?(pipe|pipeline)",
    "BatchEncoding": r"(.*_)?(encoding|encoded|enc|batch_encoding)s?",
    "BaseImageProcessor": r"(.*_)?(image_processor|feature_extractor)",
    "GenerationConfig": r"(.*_)?generation_config",
    "ModelOutput": r"a^",
}

_ANY_HINT = re.compile("|".join(f"(?:{p})" for p in HINTS.values()))


@cache
def hinted_name(name: str) -> bool:
    """Whether a name suggests any of the library's classes."""
    return _ANY_HINT.fullmatch(name.strip("_").lower()) is not None


def hands_on(name: str) -> bool:
    """Whether a call of another package may give the library's objects back; else it gives nothing of the library."""
    return name.split(".")[0] in HANDS_ON
