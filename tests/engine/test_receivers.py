"""The receivers of ``receivers/app``: what a person can type is typed, and nothing is typed wrongly."""

from __future__ import annotations

import pytest
from receivers.measure import Receiver, measure


@pytest.fixture(scope="module")
def receivers() -> list[Receiver]:
    return measure()


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
    assert unknown == ["row.tok", "toks['a']", "b2", "E.T5.value('v')"]
