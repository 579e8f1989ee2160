"""The receivers of ``receivers``: what a person can type is typed, and nothing is typed wrongly."""

from __future__ import annotations

import ast
import re

import pytest
from receivers.measure import ROOT, Receiver, measure


@pytest.fixture(scope="module")
def receivers() -> list[Receiver]:
    return measure("app")


@pytest.fixture(scope="module", params=["held_out", "held_out_2", "held_out_3", "held_out_4"])
def as_written(request: pytest.FixtureRequest) -> list[Receiver]:
    """Receivers that were written down before anybody looked at what the inference makes of them."""
    return measure(str(request.param))


def test_none_is_wrong_in_code_written_without_the_inference(as_written: list[Receiver]) -> None:
    assert [r for r in as_written if r.verdict == "wrong"] == []
    assert {r.verdict for r in as_written if r.expected is None} == {"left alone"}


def test_nine_of_ten_are_proven_in_code_written_without_the_inference(as_written: list[Receiver]) -> None:
    typed = [r for r in as_written if r.expected is not None]
    assert sum(r.verdict == "proven" for r in typed) >= 0.9 * len(typed) > 50


def test_none_is_wrong(receivers: list[Receiver]) -> None:
    assert [r for r in receivers if r.verdict == "wrong"] == []


def test_what_is_the_projects_own_is_left_alone(receivers: list[Receiver]) -> None:
    own = [r for r in receivers if r.expected is None]
    assert len(own) >= 15
    assert {r.verdict for r in own} == {"left alone"}


def test_most_are_proven(receivers: list[Receiver]) -> None:
    typed = [r for r in receivers if r.expected is not None]
    unknown = [r.text for r in typed if r.verdict != "proven"]
    assert len(typed) >= 140
    assert unknown == ["E.T5.value('v')"]


@pytest.fixture(scope="module")
def kinds() -> dict[str, list[Receiver]]:
    """The receivers of each file in ``receivers/kinds``."""
    found = measure("kinds")
    files = sorted(
        p.name for p in (ROOT / "kinds").glob("*.py") if p.name not in ("__init__.py", "shared.py")
    )
    return {name: [r for r in found if r.path == f"kinds/{name}"] for name in files}


def test_each_kind_has_one_that_is_proven_and_one_that_stays(kinds: dict[str, list[Receiver]]) -> None:
    for name, receivers in kinds.items():
        missed = [r for r in receivers if r.verdict != ("left alone" if r.expected is None else "proven")]
        assert (name, missed) == (name, [])
        assert {r.expected is None for r in receivers} == {True, False}, name


def test_the_table_names_each_kind(kinds: dict[str, list[Receiver]]) -> None:
    rows = re.findall(
        r"^\| (.+) \| `(\w+\.py)` \| (\d+) \| (\d+) \|$", (ROOT / "README.md").read_text(), re.M
    )
    said = {name: (title, int(theirs), int(own)) for title, name, theirs, own in rows}
    assert said == {
        name: (
            (ast.get_docstring(ast.parse((ROOT / "kinds" / name).read_text())) or "").rstrip("."),
            sum(r.expected is not None for r in receivers),
            sum(r.expected is None for r in receivers),
        )
        for name, receivers in kinds.items()
    }
