"""Arguments that are a built-in collection in one of the cases that the code shows."""

from __future__ import annotations

import pytest
from engine_runs import check_noop, check_transformed

RULES = """
- id: pairs
  call: transformers.PreTrainedModel.__call__
  arguments:
    past_key_values: {may_be: [builtins.tuple, builtins.list], value: functools.reduce($value)}
"""
HEAD = "import functools\nfrom transformers import GPT2LMHeadModel\n\nmodel = GPT2LMHeadModel.from_pretrained(name)\n"


@pytest.mark.parametrize(
    "source",
    [
        pytest.param("past = [p for p in pairs]\nmodel(x, past_key_values=@past@)\n", id="a list"),
        pytest.param("model(x, past_key_values=@pairs.view(2, 3).split(2)@)\n", id="a tensor split"),
        pytest.param(
            "past = None\nif long:\n    past = tuple(pairs)\nmodel(x, past_key_values=@past@)\n", id="a branch"
        ),
        pytest.param(
            "def cut(pairs):\n    out = ()\n    for p in pairs:\n        out += (p,)\n    return out\n\n"
            "model(x, past_key_values=@cut(pairs)@)\n",
            id="what a function gives",
        ),
        pytest.param(
            "def run(past=None):\n    return model(x, past_key_values=@past@)\n\nrun([pair])\n", id="a caller's value"
        ),
        pytest.param(
            "class Runner:\n    def cut(self):\n        self.past = [p for p in self.past]\n\n"
            "    def run(self):\n        out = model(x, past_key_values=@self.past@)\n        self.past = out[1]\n",
            id="an attribute",
        ),
        pytest.param('state = {"past": tuple(pairs)}\nmodel(x, past_key_values=@state["past"]@)\n', id="a key"),
        pytest.param("past = pairs + [pair]\nmodel(x, past_key_values=@past@)\n", id="a sum"),
    ],
)  # fmt: skip
def test_one_case_is_enough(source: str) -> None:
    start, value, end = (HEAD + source).split("@")
    check_transformed(RULES, f"{start}{value}{end}", f"{start}functools.reduce({value}){end}")


@pytest.mark.parametrize(
    "source",
    [
        pytest.param("model(x, past_key_values=None)\n", id="a literal"),
        pytest.param("past = model(x).past_key_values\nmodel(x, past_key_values=past)\n", id="a cache"),
        pytest.param("def run(past):\n    return model(x, past_key_values=past)\n", id="nobody knows"),
        pytest.param("model(x, past_key_values=functools.reduce([pair]))\n", id="a second run"),
    ],
)  # fmt: skip
def test_what_is_no_collection_stays(source: str) -> None:
    check_noop(RULES, HEAD + source)
