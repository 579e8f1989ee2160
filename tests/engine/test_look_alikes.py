"""Programs that only look as if they used what left the library: they stay byte for byte, and nothing is said of them."""

from __future__ import annotations

from pathlib import Path

import pytest
from engine_runs import upgrade_project

from tx_upgrade.rules.packs import load_packs

PROGRAMS = sorted(p for p in (Path(__file__).parent / "look_alikes").iterdir() if p.is_dir())


@pytest.mark.parametrize("version", ["4.30", "4.40", "4.57"])
@pytest.mark.parametrize("program", PROGRAMS, ids=lambda p: p.name)
def test_it_stays(program: Path, version: str) -> None:
    files = {p.name: p.read_text(encoding="utf-8") for p in program.glob("*.py")}
    outcomes = upgrade_project(
        load_packs(), files, unsafe=True, residuals=True, from_version=version, to_version="5.23"
    )
    assert {path: o.text for path, o in outcomes.items() if o.text is not None} == {}
    assert [f.message for o in outcomes.values() for f in o.findings] == []


def test_there_are_enough_of_them() -> None:
    assert len(PROGRAMS) >= 13
