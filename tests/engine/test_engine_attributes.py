"""Attributes that objects of a proven class no longer have, and those that something still gives them."""

from __future__ import annotations

from textwrap import dedent
from typing import Any

import pytest
from engine_runs import check_noop, pack, upgrade

NOTHING = pack("[]")
LONG: dict[str, Any] = {"from_version": "4.30", "to_version": "5.23", "residuals": True}


@pytest.mark.parametrize(
    ("source", "symbol"),
    [
        pytest.param(
            """
            from transformers import BertConfig
            print(BertConfig.from_pretrained("x").position_embedding_type)
            """,
            "transformers.BertConfig.position_embedding_type",
            id="of a configuration",
        ),
        pytest.param(
            """
            from transformers import LlamaTokenizer
            LlamaTokenizer.from_pretrained("x").sp_model
            """,
            "transformers.LlamaTokenizer.sp_model",
            id="of a tokenizer",
        ),
        pytest.param(
            """
            from transformers import XGLMTokenizer
            XGLMTokenizer.from_pretrained("x").fairseq_ids_to_tokens
            """,
            "transformers.XGLMTokenizer.fairseq_ids_to_tokens",
            id="of a tokenizer, no special token though it sounds like some",
        ),
        pytest.param(
            """
            from transformers import AutoTokenizer
            AutoTokenizer.from_pretrained("x").max_model_input_sizes
            """,
            "transformers.PreTrainedTokenizerBase.max_model_input_sizes",
            id="of the class behind any tokenizer",
        ),
        pytest.param(
            """
            from transformers import BlipProcessor
            BlipProcessor.from_pretrained("x").tokenizer_class
            """,
            "transformers.BlipProcessor.tokenizer_class",
            id="of a processor",
        ),
        pytest.param(
            """
            from transformers.models.patchtsmixer.modeling_patchtsmixer import PatchTSMixerForRegressionOutput
            def f(outputs: PatchTSMixerForRegressionOutput):
                return outputs.prediction_outputs
            """,
            "transformers.models.patchtsmixer.modeling_patchtsmixer.PatchTSMixerForRegressionOutput.prediction_outputs",
            id="of an output",
        ),
        pytest.param(
            """
            from transformers import AwqConfig
            AwqConfig(bits=4).do_fuse
            """,
            "transformers.AwqConfig.do_fuse",
            id="of what tells how to quantize",
        ),
    ],
)
def test_attributes_that_nothing_gives(source: str, symbol: str) -> None:
    _, findings = upgrade(NOTHING, dedent(source), **LONG | {"from_version": "4.36"})
    assert [(f.rule, f.symbol) for f in findings] == [("removed-attribute", symbol)]


def test_a_configuration_may_have_it_all_the_same() -> None:
    source = "from transformers import BertConfig\nc = BertConfig()\nc.position_embedding_type\n"
    _, findings = upgrade(NOTHING, source, **LONG)
    assert "read it with a default" in findings[0].message


@pytest.mark.parametrize(
    "source",
    [
        pytest.param(
            """
            from transformers import BertConfig
            c = BertConfig.from_pretrained("x", position_embedding_type="absolute")
            c.position_embedding_type
            """,
            id="a keyword that a configuration keeps",
        ),
        pytest.param(
            """
            from transformers import GPT2Config, BartConfig
            GPT2Config().hidden_size, BartConfig().num_attention_heads
            """,
            id="names that a configuration serves under others",
        ),
        pytest.param(
            """
            from transformers import AutoConfig
            AutoConfig.from_pretrained("x").position_embedding_type
            """,
            id="any configuration, since some have it",
        ),
        pytest.param(
            """
            from transformers import BertConfig
            getattr(BertConfig(), "position_embedding_type", "absolute")
            """,
            id="with a default",
        ),
        pytest.param(
            """
            from transformers import BertConfig
            config = BertConfig()
            config.gradient_checkpointing = True
            """,
            id="a value that the library may look at",
        ),
        pytest.param(
            """
            from transformers import LlamaTokenizer
            tokenizer = LlamaTokenizer.from_pretrained("x")
            tokenizer.image_token, tokenizer.image_token_id, tokenizer.additional_special_tokens
            """,
            id="special tokens of a tokenizer",
        ),
        pytest.param(
            """
            from transformers import CLIPProcessor
            processor = CLIPProcessor.from_pretrained("x")
            processor.tokenizer, processor.image_processor, processor.chat_template
            """,
            id="parts of a processor",
        ),
        pytest.param(
            """
            from transformers.utils.backbone_utils import BackboneMixin
            def f(backbone: BackboneMixin):
                return backbone.channels
            """,
            id="of a base that bore the name of the class",
        ),
    ],
)
def test_attributes_that_something_gives(source: str) -> None:
    check_noop(NOTHING, source, **LONG)
