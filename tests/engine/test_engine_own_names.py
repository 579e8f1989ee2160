"""What a name stands for where it is read: tuples that are no caches, overrides that would call themselves."""

from __future__ import annotations

import pytest
from engine_runs import check_noop, check_reported, check_transformed

CACHES = """
- id: cache
  cases:
    - {match: "$cache[$half]", named: {cache: [past_key_value]}}
    - {match: "$cache[$layer]", replace: "list($cache)[$layer]"}
  where: {cache: transformers.Cache}
  message: Caches have no items.
"""


def test_a_case_for_some_names() -> None:
    source = "from transformers import Cache\ndef f(past_key_value: Cache):\n    return past_key_value[0]\n"
    check_reported(CACHES, source, lines=[3])
    check_transformed(
        CACHES,
        "from transformers import Cache\ndef f(past: Cache):\n    return past[0]\n",
        "from transformers import Cache\ndef f(past: Cache):\n    return list(past)[0]\n",
    )


@pytest.mark.parametrize(
    "given",
    [
        pytest.param("past_key_values = ()", id="an empty tuple"),
        pytest.param("past_key_values = [a, b]", id="a list"),
        pytest.param("past_key_values = tuple(x[i : i + 2] for i in x)", id="made of parts of another"),
        pytest.param(
            "past_key_values = ()\n    for k in x:\n        past_key_values += (k,)", id="and added to"
        ),
    ],
)
def test_a_tuple_of_its_own_is_no_cache(given: str) -> None:
    check_noop(
        CACHES,
        f"import transformers\ndef f(x, a, b, past_key_values=None):\n    {given}\n    return past_key_values[0]\n",
        unsafe=True,
    )


@pytest.mark.parametrize(
    "given",
    [
        pytest.param("past_key_values = tuple(past_key_values)", id="the items of what may be one"),
        pytest.param("if x:\n        past_key_values = ()", id="only sometimes"),
        pytest.param("past_key_values = ()\n    past_key_values = x()", id="something else since then"),
    ],
)
def test_a_name_that_may_be_a_cache_is_one(given: str) -> None:
    source = (
        f"import transformers\ndef f(x, past_key_values=None):\n    {given}\n    return past_key_values[0]\n"
    )
    check_transformed(
        CACHES, source, source.replace("past_key_values[0]", "list(past_key_values)[0]"), unsafe=True
    )


def test_a_new_call_of_the_method_that_it_stands_in_is_left_to_a_person() -> None:
    rules = """
- id: search
  match: $model.greedy_search($*args)
  where: {model: transformers.GenerationMixin}
  replace: $model.generate($*args)
  safety: unsafe
  message: Call generate.
"""
    source = """
from transformers import GenerationMixin
class Mine(GenerationMixin):
    def {name}(self, ids):
        return self.greedy_search(ids)
"""
    check_reported(rules, source.format(name="generate"), lines=[4], unsafe=True)
    after = source.format(name="search").replace("self.greedy_search", "self.generate")
    check_transformed(rules, source.format(name="search"), after, unsafe=True)
