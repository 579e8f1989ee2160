"""The receivers of ``receivers/app``: what a person can type is typed, and nothing is typed wrongly."""

from __future__ import annotations

import pytest
from receivers.measure import Receiver, measure


@pytest.fixture(scope="module")
def receivers() -> list[Receiver]:
    return measure("app")


@pytest.fixture(scope="module", params=["held_out", "held_out_2"])
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
