"""Caches as tuples, items of caches, and conditions of cases on how an expression is used."""

from __future__ import annotations

import pytest
from engine_runs import check_noop, check_reported, check_transformed

ITEMS = """
- id: items
  cases:
    - {match: "$cache[$layer]", unpacked_into: 2, replace: "list($cache)[$layer][:2]"}
    - {match: "$cache[$layer]", replace: "tuple($cache)[$layer]"}
  where: {cache: transformers.Cache}
  safety: safe
"""
CROP = """
- id: crop
  cases:
    - {match: $cache.crop($length), at_least: {length: 0}, replace: "functools.reduce($cache, $length)"}
  where: {cache: transformers.Cache}
  safety: safe
"""
TUPLES = """
- id: tuples
  call: [transformers.PreTrainedModel.__call__, transformers.GenerationMixin.generate]
  arguments:
    past_key_values: {of: [builtins.tuple], value: functools.reduce($value)}
"""
HEAD = "import functools\nfrom transformers import Cache, GPT2LMHeadModel\nfrom _transformers_compat import legacy_generated\n\n"
USE = HEAD + "def use(model: GPT2LMHeadModel, cache: Cache, n):\n    "


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("key, value = cache[n]", "key, value = list(cache)[n][:2]"),
        ("key, value, *_ = cache[n]", "key, value, *_ = tuple(cache)[n]"),
        ("a, b, c, d = cache[n]", "a, b, c, d = tuple(cache)[n]"),
        ("return cache[n]", "return tuple(cache)[n]"),
    ],
)
def test_an_item_of_a_cache_is_what_it_is_unpacked_into(before: str, after: str) -> None:
    check_transformed(ITEMS, USE + before + "\n", USE + after + "\n")


def test_nothing_is_assigned_to_an_item_of_a_copy() -> None:
    check_reported(ITEMS, USE + "cache[n] = None\n", lines=[6])


def test_a_literal_below_the_least_stays() -> None:
    check_noop(CROP, USE + "cache.crop(-2)\n")
    for length in ("2", "-n", "n - 2"):
        check_transformed(CROP, USE + f"cache.crop({length})\n", USE + f"functools.reduce(cache, {length})\n")


@pytest.mark.parametrize(
    "made",
    [
        "past = cache.to_legacy_cache()",
        "past = model.generate(n, return_dict_in_generate=True, return_legacy_cache=True).past_key_values",
        "past = legacy_generated(model.generate(n, return_dict_in_generate=True)).past_key_values",
    ],
)
def test_a_cache_as_tuples_is_a_tuple(made: str) -> None:
    before = USE + made + "\n    key = past[0][0]\n    model(n, past_key_values=past)\n"
    check_transformed(TUPLES, before, before.replace("=past)", "=functools.reduce(past))"))
    check_noop(ITEMS, before, unsafe=True)


@pytest.mark.parametrize(
    "made",
    [
        "past = model.generate(n, return_dict_in_generate=True).past_key_values",
        "past = n.to_legacy_cache()",
        "past = n.generate(n, return_dict_in_generate=True, return_legacy_cache=True).past_key_values",
    ],
)
def test_what_may_be_a_cache_is_no_tuple(made: str) -> None:
    check_noop(TUPLES, USE + made + "\n    model(n, past_key_values=past)\n")
