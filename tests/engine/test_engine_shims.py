"""The compatibility module as a rule asks for it: conditions on what only run time knows, and sources by version."""

from __future__ import annotations

import pytest
from engine_runs import check_transformed, history, pack, upgrade, upgrade_project

from tx_upgrade.model import TxUpgradeError
from tx_upgrade.rules.loader import Packs
from tx_upgrade.rules.plan import Plan
from tx_upgrade.shim.generate import generate

RULES = """
- id: reading
  call: transformers.pipeline
  require: {task: {like: [reading, reading_*_of_*]}}
  replace: _transformers_compat.reading_pipeline
- id: perhaps
  call: transformers.pipeline
  require: {task: {written: [reading]}}
  replace: _transformers_compat.any_pipeline
"""
SHIMS = """
- name: beams
  serves: ">=5.0"
  source: "BEAMS = 4"
  written_before: {"4.40": "BEAMS = 1", "4.52": "BEAMS = 2"}
"""


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param('pipeline("reading")', 'reading_pipeline("reading")', id="a literal"),
        pytest.param(
            'TASK = "reading"\npipeline(TASK)', 'TASK = "reading"\nreading_pipeline(TASK)', id="a constant"
        ),
        pytest.param(
            'pipeline(f"reading_{a}_of_{b}")', 'reading_pipeline(f"reading_{a}_of_{b}")', id="an f-string"
        ),
        pytest.param(
            'T = {"r": "reading"}\npipeline(T[k])', 'T = {"r": "reading"}\nany_pipeline(T[k])', id="a table"
        ),
        pytest.param(
            'T = ["reading"]\npipeline(**k)', 'T = ["reading"]\nany_pipeline(**k)', id="what is unpacked"
        ),
    ],
)
def test_a_callee_by_the_value_of_an_argument(before: str, after: str) -> None:
    name = "any_pipeline" if "any_pipeline" in after else "reading_pipeline"
    check_transformed(
        RULES,
        f"from transformers import pipeline\n\n{before}\n",
        f"from _transformers_compat import {name}\n\n{after}\n",
    )


@pytest.mark.parametrize(
    "source",
    [
        pytest.param("pipeline(task)", id="nothing like it is written"),
        pytest.param('T = "reading"\npipeline("other")', id="another literal"),
        pytest.param('T = "reading"\nOTHER = "writing"\npipeline(OTHER)', id="another constant"),
        pytest.param('T = "reading"\npipeline(model="m")', id="no such argument"),
    ],
)
def test_callees_that_stay(source: str) -> None:
    source = f"from transformers import pipeline\n\n{source}\n"
    assert upgrade(RULES, source) == (source, ())


def test_what_another_file_of_the_project_writes() -> None:
    files = {
        "load.py": "from transformers import pipeline\n\n\ndef load(task):\n    return pipeline(task)\n",
        "main.py": 'from load import load\n\nload("reading")\n',
    }
    text = upgrade_project(pack(RULES), files)["load.py"].text
    assert text is not None
    assert "any_pipeline(task)" in text


@pytest.mark.parametrize(("written_for", "beams"), [("4.30", 1), ("4.40", 2), ("4.51", 2), ("4.57", 4)])
def test_a_shim_for_code_of_each_version(written_for: str, beams: int) -> None:
    packs: Packs = pack(RULES, shims=SHIMS)
    plan = Plan(packs, history().resolve_version(written_for), history().resolve_version("5.0"))
    assert f"BEAMS = {beams}\n" in generate(["beams"], plan.shims)


def test_versions_of_shims_are_versions() -> None:
    with pytest.raises(TxUpgradeError, match="written_before"):
        pack(RULES, shims=SHIMS.replace('"4.40"', "old"))
