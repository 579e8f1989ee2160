"""Loops over objects whose items hold more than they did."""

from __future__ import annotations

from textwrap import dedent

import pytest
from engine_runs import check_noop, check_reported, check_transformed, upgrade

RULES = """
- id: items
  loops_over: transformers.Cache
  items:
    $key, $value: $key, $value, *_
    $key, $value, $other, $last: $key, $value, _, $other, $last, *_
"""
HEAD = (
    "from transformers import GPT2LMHeadModel\n\n"
    "model = GPT2LMHeadModel.from_pretrained(name)\npast = model(ids).past_key_values\n"
)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param("for k, v in past:\n    f(k)", "for k, v, *_ in past:\n    f(k)", id="a loop"),
        pytest.param("for (k, v) in past:\n    f(k)", "for (k, v, *_) in past:\n    f(k)", id="in parentheses"),
        pytest.param("x = [k for k, v in past]", "x = [k for k, v, *_ in past]", id="a comprehension"),
        pytest.param(
            "x = {i: v for i, (k, v) in enumerate(past)}",
            "x = {i: v for i, (k, v, *_) in enumerate(past)}",
            id="enumerate",
        ),
        pytest.param(
            "for n, (k, v) in zip(names, past):\n    f(k)",
            "for n, (k, v, *_) in zip(names, past):\n    f(k)",
            id="zip",
        ),
        pytest.param(
            "for a, b, c, d in past:\n    f(d)", "for a, b, _, c, d, *_ in past:\n    f(d)", id="four names"
        ),
        pytest.param(
            "for item in past:\n    k, v = item\n    f(item[0])",
            "for item in past:\n    k, v, *_ = item\n    f(item[0])",
            id="unpacked in the loop",
        ),
    ],
)  # fmt: skip
def test_targets_take_what_came_to_the_items(before: str, after: str) -> None:
    check_transformed(RULES, f"{HEAD}{before}\n", f"{HEAD}{after}\n")


@pytest.mark.parametrize(
    ("source", "line"),
    [
        pytest.param("x = tuple(tuple(t.cpu() for t in item) for item in past)", 5, id="over an item"),
        pytest.param("for item in past:\n    save(item)", 6, id="handed on"),
        pytest.param("for item in past:\n    f(item[-1])", 6, id="from the end"),
        pytest.param("for a, b, c in past:\n    f(a)", 5, id="three names"),
    ],
)
def test_other_uses_of_an_item_are_left_to_a_person(source: str, line: int) -> None:
    check_reported(RULES, f"{HEAD}{source}\n", lines=[line])


@pytest.mark.parametrize(
    "source",
    [
        pytest.param("for k, v in pairs:\n    f(k)", id="something else"),
        pytest.param("for k, v, *_ in past:\n    f(k)", id="takes all there is"),
        pytest.param("for item in past:\n    f(item[0], item[1], item[:2])", id="what items always held"),
        pytest.param("for i in range(len(past)):\n    f(i)", id="the number of items"),
        pytest.param("past_ = [(1, 2)]\nfor k, v in past_:\n    f(k)", id="an own list"),
    ],
)
def test_loops_that_stay(source: str) -> None:
    check_noop(RULES, f"{HEAD}{source}\n")


def test_a_cache_by_its_name_alone_needs_unsafe() -> None:
    source = "import transformers\n\ndef f(past):\n    return [k for k, v in past]\n"
    text, findings = upgrade(RULES, source)
    assert text == source
    assert [f.status for f in findings] == ["available"]
    assert "for k, v, *_ in past" in upgrade(RULES, source, unsafe=True)[0]


def test_slices_are_no_expressions_and_some_rules_want_certainty() -> None:
    rules = """
    - id: sure
      match: $cache[$layer]
      where: {cache: transformers.DynamicCache}
      proven: true
      replace: $cache.layers[$layer]
    - id: any
      match: $cache[$layer]
      where: {cache: transformers.Cache}
      replace: list($cache)[$layer]
    """
    check_noop(rules, f"{HEAD}x = past[1:2]\ny = past[:, 0]\n")
    check_transformed(rules, f"{HEAD}x = past[1]\n", f"{HEAD}x = past.layers[1]\n")
    text, _ = upgrade(rules, "import transformers\n\ndef f(past):\n    return past[0]\n", unsafe=True)
    assert "list(past)[0]" in text


WHOLE = f"""{RULES}  whole: functools.reduce($cache)
"""


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param("f([g(x) for x in past])", "f([g(x) for x in functools.reduce(past)])", id="a whole item"),
        pytest.param(
            "for i, item in enumerate(past):\n    k, v = item\n    f(item)",
            "for i, item in enumerate(functools.reduce(past)):\n    k, v = item\n    f(item)",
            id="unpacked and whole",
        ),
        pytest.param(
            "for k, *rest in past:\n    f(k)", "for k, *rest in functools.reduce(past):\n    f(k)", id="a star"
        ),
    ],
)  # fmt: skip
def test_loops_over_whole_items_go_over_what_they_did(before: str, after: str) -> None:
    head = f"import functools\n{HEAD}"
    check_transformed(WHOLE, f"{head}{before}\n", f"{head}{after}\n")


def test_an_attribute_that_is_a_list_at_times_may_be_a_cache_at_others() -> None:
    source = """\
        import transformers

        class Runner:
            def step(self, ids):
                self.past = self.model(ids).past_key_values
                return [k for k, v in self.past]

            def cut(self):
                short = []
                for k, v in self.items:
                    short.append((k, v))
                self.past = short
        """
    assert "[k for k, v, *_ in self.past]" in upgrade(RULES, dedent(source), unsafe=True)[0]
