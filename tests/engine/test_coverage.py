"""That what left the library is answered: the measurement behind docs/coverage.md."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest

from tx_upgrade.history import History
from tx_upgrade.rules.coverage import PROMISED, Answered, Gone, Step, cover, pack_of, steps
from tx_upgrade.rules.packs import load_packs
from tx_upgrade.rules.probe import Probe

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def history() -> History:
    return History.load()


@pytest.fixture(scope="module")
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("docs_coverage", ROOT / "docs" / "coverage.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("since", ["4.0.1", "4.25.1"])
def test_all_that_went_in_a_step_is_answered(since: str, history: History) -> None:
    last = history.versions[history.index_of(since) - 1]
    step = cover(load_packs(), history, last, since)
    for kind in PROMISED:
        count = step.tally(kind)
        assert count.total() and not count["nothing"], kind
    answered = {a.gone.name: a for a in step.answers}
    if since == "4.0.1":
        moved = answered["transformers.modeling_bert.BertLayer"]
        assert (moved.by, moved.rule, moved.gone.kind) == ("generated", "modules-moved-in-4-0", "name")
        assert answered["transformers.modeling_bert"].gone.kind == "module"
        assert answered["transformers.convert_slow_tokenizer.get_proto"].by == "residual"


def test_the_steps_are_those_of_the_packs(history: History) -> None:
    found = steps(history)
    assert found[0] == ("2.0.0", "2.1.1") and found[-1][1] == history.versions[-1]
    packs = load_packs()
    assert pack_of(found[0], packs) == ("2.0", "3.0")
    assert pack_of(("4.57.6", "5.0.0"), packs) == ("4.57", "5.0")
    assert all(pack_of(step, packs) for step in found)


def test_a_probe_gives_each_piece_of_code_its_own_finding(history: History) -> None:
    probes = [
        "from transformers import AutoModel as a",
        "from transformers import SinkCache as b",
        "import transformers.models.bert.tokenization_bert_tf as c",
        "from transformers import set_seed as d\nd(never=1)",
    ] * 150
    found = Probe(load_packs(), history, "4.55.4", "5.23.0").findings(probes)
    assert [f is not None for f in found] == [False, True, True, True] * 150
    assert found[-1] is not None and found[-1].rule == "unknown-argument"


def test_the_page_counts_and_names_what_nothing_answers(script: ModuleType) -> None:
    gone = [
        Gone("name", "transformers.A", ""),
        Gone("name", "transformers.x.B", ""),
        Gone("method", "transformers.C.m", ""),
        Gone("parameter", "transformers.f(p)", "", True),
        Gone("parameter", "transformers.f(q)", "", True),
    ]
    step = Step(
        "4.57.6",
        "5.0.0",
        (
            Answered(gone[0], "residual", "removed-symbol"),
            Answered(gone[1], "rule", "some-rule"),
            Answered(gone[2], "nothing", None),
            Answered(gone[3], "kwargs", None),
            Answered(gone[4], "swallowed", "unknown-argument"),
        ),
    )
    text = script.page([step])
    assert "| name | 2 | 1 | 0 | 1 | 0 | 0 | 0 |" in text
    assert "| parameter | 2 | 0 | 0 | 0 | 1 | 1 | 0 |" in text
    assert "| 5.0.0 |  | 2 (1) | 2 (1) | 1 (0; **1**) |  |  |" in text
    assert "Rules: `some-rule` 1." in text and "Residuals: `removed-symbol` 1, `unknown-argument` 1." in text
    assert "only a residual answers (1): A." in text
    assert "Nothing is said of members of 1 classes; most of C 1." in text


def test_the_page_promises_what_it_says() -> None:
    text = (ROOT / "docs" / "coverage.md").read_text(encoding="utf-8")
    for kind in PROMISED:
        row = re.search(rf"^\| {kind} \| .* \| ([\d,]+) \|$", text, re.MULTILINE)
        assert row is not None and row[1] == "0", kind
