"""What the code does with the thing that a call gives, and places that get a value beside the one assigned to."""

from __future__ import annotations

import pytest
from engine_runs import pack, upgrade_project

HEAD = "from transformers import BertModel\n\n\ndef run(model: BertModel, ids, flag=False):\n"
TUPLES = """
- id: tuples
  call: transformers.PreTrainedModel.__call__
  add: {return_dict: "False"}
  taken: whole
"""
TOKENS = """
- id: tokens
  cases:
    - {match: $model.config.pad_token_id, also: $model.generation_config.pad_token_id, able: {model: [generate]}}
  where: {model: transformers.PreTrainedModel}
  safety: safe
"""
GROUPS = """
- id: overruled
  call: transformers.TokenClassificationPipeline
  require: {aggregation_strategy: any}
  arguments: {grouped_entities: {remove: true}}
- id: grouped
  call: transformers.TokenClassificationPipeline
  arguments: {grouped_entities: {replace: {aggregation_strategy: '"simple"'}}}
"""


def upgraded(rules: str, text: str) -> str:
    """The file as a run leaves it; a second run leaves it so."""
    found = upgrade_project(pack(rules), {"main.py": text}, unsafe=True)["main.py"].text or text
    assert not upgrade_project(pack(rules), {"main.py": found}, unsafe=True)["main.py"].text
    return found


@pytest.mark.parametrize(
    "body",
    [
        pytest.param("    return model(ids)[0]\n", id="one item"),
        pytest.param("    out = model(ids)\n    return out[0], out[:2], out[-1]\n", id="items of a variable"),
        pytest.param("    out = model(ids)\n    return out.loss if hasattr(out, 'loss') else out[0]\n", id="attributes"),
        pytest.param("    out = model(ids)\n    out = (ids,) + out[1:]\n    return out\n", id="another value comes in its place"),
    ],
)  # fmt: skip
def test_what_is_only_read_in_parts_stays(body: str) -> None:
    assert upgraded(TUPLES, HEAD + body) == HEAD + body


@pytest.mark.parametrize(
    "body",
    [
        pytest.param("    a, b = model(ids)\n    return a\n", id="unpacked"),
        pytest.param("    out = model(ids)\n    a, b = out\n    return a\n", id="unpacked later"),
        pytest.param("    for part in model(ids):\n        print(part)\n", id="looped over"),
        pytest.param("    return model(ids)\n", id="returned"),
        pytest.param("    print(model(ids))\n", id="passed on"),
        pytest.param("    out = model(ids)\n    if isinstance(out, tuple):\n        out = out[0]\n    return out[0]\n", id="tested"),
        pytest.param("    out = model(ids)\n    if flag:\n        out = (ids,)\n    return out\n", id="perhaps another value"),
    ],
)  # fmt: skip
def test_what_is_used_as_a_whole_is_pinned(body: str) -> None:
    assert "model(ids, return_dict=False)" in upgraded(TUPLES, HEAD + body)


def test_a_place_that_gets_the_value_too() -> None:
    text = "from transformers import GPT2LMHeadModel\n\nm = GPT2LMHeadModel.from_pretrained('x')\nm.config.pad_token_id = m.config.eos_token_id\n"
    after = upgraded(TOKENS, text)
    assert "\nm.config.pad_token_id = m.generation_config.pad_token_id = m.config.eos_token_id\n" in after


@pytest.mark.parametrize(
    "text",
    [
        "from transformers import BertForTokenClassification as M\n\nm = M.from_pretrained('x')\nm.config.pad_token_id = 0\nm.generate()\n",
        "from transformers import GPT2LMHeadModel as M\n\nm = M.from_pretrained('x')\nm.config.pad_token_id = m.generation_config.pad_token_id = 0\n",
        "from transformers import GPT2LMHeadModel as M\n\nm = M.from_pretrained('x')\nprint(m.config.pad_token_id)\n",
        "from transformers import AutoModel as M\n\nm = M.from_pretrained('x')\nm.config.pad_token_id = 0\n",
    ],
    ids=["no such method", "set already", "read", "never called"],
)
def test_places_that_stay(text: str) -> None:
    assert upgraded(TOKENS, text) == text


def test_keys_of_different_calls_of_a_function_are_apart() -> None:
    text = (
        "from transformers import TokenClassificationPipeline\n\n\ndef make(**options):\n"
        "    return TokenClassificationPipeline(model=1, **options)\n\n\n"
        "make(grouped_entities=True)\nmake(aggregation_strategy='max')\n"
    )
    after = upgraded(GROUPS, text)
    assert "make(aggregation_strategy=\"simple\")\nmake(aggregation_strategy='max')\n" in after
