"""Small projects of different kinds, upgraded as their owners would do it.

``pytest --snapshot-update tests/engine/test_engine_fixtures.py`` writes ``fixtures/*/expected`` anew: read every line.
"""

from __future__ import annotations

import ast
import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from engine_fixtures import Fixture, Run, content, fixtures, normalised

every_fixture = pytest.mark.parametrize("fixture", fixtures(), ids=lambda f: f.name)


@every_fixture
def test_snapshots(fixture: Fixture, tx: Run, tmp_path: Path, snapshot: Any) -> None:
    fixture.copy(tmp_path)
    before = content(tmp_path)
    _, diff, _ = tx("run", ".", *fixture.options)
    _, report, _ = tx("run", ".", *fixture.options, "--format", "json")
    assert content(tmp_path) == before
    snapshot.snapshot_dir = fixture.expected
    snapshot.assert_match(diff, "changes.diff")
    snapshot.assert_match(normalised(report), "report.json")
    for number, shim in enumerate(json.loads(report)["shims"], 1):
        tx("run", ".", *fixture.options, "--write")
        snapshot.assert_match((tmp_path / shim["path"]).read_bytes(), f"shim-{number}.py.txt")


@every_fixture
def test_there_and_back(fixture: Fixture, tx: Run, tmp_path: Path) -> None:
    """The printed diff is what is written; that is Python and final; and all of it can be undone."""
    fixture.copy(tmp_path)
    before = content(tmp_path)
    _, diff, _ = tx("run", ".", *fixture.options)
    status, written, _ = tx("run", ".", *fixture.options, "--write")
    assert written == diff
    after = content(tmp_path)
    assert (after != before) == bool(diff)
    for path, text in after.items():
        if path.endswith(".py") and text != before.get(path):
            ast.parse(text)
    _, again, _ = tx("run", ".", *fixture.options)
    assert again == b""
    if not diff:
        return
    assert status == 1
    assert tx("rollback", ".")[0] == 0
    assert content(tmp_path) == before
    apply(diff, tmp_path)
    assert content(tmp_path) == after


def apply(diff: bytes, folder: Path) -> None:
    """``git apply``, as a user would."""
    (folder / ".git").rmdir()
    patch = folder.parent / f"{folder.name}.patch"
    patch.write_bytes(diff)
    for options in (["--check"], []):
        subprocess.run(["git", "apply", *options, str(patch)], cwd=folder, check=True, timeout=60)


@every_fixture
def test_findings_are_in_their_place(fixture: Fixture, tx: Run, tmp_path: Path) -> None:
    """Positions lie within the file, a fixed finding belongs to a changed file, and counts agree."""
    fixture.copy(tmp_path)
    _, report, _ = tx("run", ".", *fixture.options, "--format", "json")
    data = json.loads(report)
    changed = {f["path"] for f in data["files"] if f["changed"]}
    for finding in data["findings"]:
        assert finding["rule"] and finding["message"]
        lines = ast_lines(tmp_path / finding["path"])
        assert 1 <= finding["line"] <= finding["end_line"] <= len(lines)
        assert 1 <= finding["column"] <= len(lines[finding["line"] - 1]) + 1
        if finding["status"] == "fixed":
            assert finding["path"] in changed
        assert (finding["status"] == "available") <= (not fixture.unsafe)
        assert (finding["status"] == "manual") == (finding["safety"] == "manual")
    assert data["summary"]["files_changed"] == len(changed)


def ast_lines(file: Path) -> list[str]:
    """Lines as Python counts them."""
    raw = file.read_bytes()
    encoding = "latin-1" if b"coding: latin-1" in raw else "utf-8-sig"
    return raw.decode(encoding).replace("\r\n", "\n").replace("\r", "\n").split("\n")


@pytest.mark.parametrize("name", ["look-alikes", "several-versions"])
def test_what_must_stay_stays(name: str, tx: Run, tmp_path: Path) -> None:
    fixture = next(f for f in fixtures() if f.name == name)
    fixture.copy(tmp_path)
    assert tx("run", ".", *fixture.options)[1] == b""
