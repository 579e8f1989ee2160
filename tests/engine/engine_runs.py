"""Runs of the engine with rules that the tests write themselves, so that no test depends on the shipped packs."""

from __future__ import annotations

import ast
import tempfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from textwrap import dedent
from typing import Any

import yaml

from tx_upgrade.analysis.library import Library
from tx_upgrade.analysis.project import Project
from tx_upgrade.analysis.types import Types
from tx_upgrade.history import History
from tx_upgrade.matching.context import Engine
from tx_upgrade.matching.file import FileOutcome, match_file
from tx_upgrade.model import Document, Finding
from tx_upgrade.project.documents import parse
from tx_upgrade.rules.loader import Packs, load_files
from tx_upgrade.rules.plan import Plan

DEFAULTS: dict[str, Any] = {
    "title": "A rule of the tests",
    "message": "Do it by hand.",
    "safety": "safe",
    "source": "https://example.org/change",
    "examples": [{"same": "pass"}, {"finds": "pass"}],
}


@cache
def history() -> History:
    return History.load()


@cache
def pack(rules: str, from_version: str = "4.57", to_version: str = "5.0", shims: str = "[]") -> Packs:
    """A pack of ``rules`` (a YAML list in which what every rule needs may be left out)."""
    written = yaml.safe_load(dedent(rules))
    for rule in written:
        for key, value in DEFAULTS.items():
            rule.setdefault(key, value)
        if "deprecated" not in rule:
            rule.setdefault("broken", to_version)
    whole = {"from": from_version, "to": to_version, "rules": written, "shims": yaml.safe_load(dedent(shims))}
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "pack.yaml"
        file.write_text(yaml.safe_dump(whole, sort_keys=False), encoding="utf-8")
        return load_files([(file, "pack.yaml")])


def upgrade_project(
    packs: Packs,
    files: Mapping[str, str],
    *,
    unsafe: bool = False,
    residuals: bool = False,
    from_version: str = "4.57",
    to_version: str = "5.0",
) -> dict[str, FileOutcome]:
    """Each file of a project in memory, as a run with ``packs`` leaves it."""
    old, new = history().resolve_version(from_version), history().resolve_version(to_version)
    plan = Plan(packs, old, new)
    if not residuals:
        plan.residuals = frozenset()
    documents = {f"/project/{path}": Document(path, text.encode(), text) for path, text in files.items()}
    trees = {path: (document, parse(document)) for path, document in documents.items()}
    library = Library(history(), old, new)
    project = Project(library, frozenset(documents), trees.get, dict.fromkeys(documents, "/project"))
    engine = Engine(plan, library, project, Types(project), unsafe)
    outcomes: dict[str, FileOutcome] = {}
    for path in documents:
        module = project.module(path)
        assert module is not None
        outcomes[path.removeprefix("/project/")] = match_file(engine, module)
    wishes = [wish for outcome in outcomes.values() for wish in outcome.wishes]
    for path in {wish.path for wish in wishes}:
        module = project.module(path)
        assert module is not None
        wanted = tuple(wish for wish in wishes if wish.path == path)
        outcomes[path.removeprefix("/project/")] = match_file(engine, module, wanted)
    return outcomes


def upgrade(rules: str | Packs, source: str, **options: Any) -> tuple[str, tuple[Finding, ...]]:
    """One file's new text and its findings."""
    packs = pack(rules) if isinstance(rules, str) else rules
    outcome = upgrade_project(packs, {"example.py": source}, **options)["example.py"]
    return source if outcome.text is None else outcome.text, outcome.findings


def check_transformed(rules: str | Packs, before: str, after: str, **options: Any) -> tuple[Finding, ...]:
    """``before`` becomes ``after``, which is Python and which a second run leaves as it is; gives the findings."""
    before, after = _text(before), _text(after)
    given, findings = upgrade(rules, before, **options)
    assert given == after
    ast.parse(given)
    assert all(f.status == "fixed" for f in findings)
    assert findings
    again, left = upgrade(rules, given, **options)
    assert again == given
    assert not [f for f in left if f.status in ("fixed", "available")]
    return findings


def check_noop(rules: str | Packs, source: str, **options: Any) -> None:
    """``source`` is none of the rules' business: it stays, and nothing is said of it."""
    source = _text(source)
    given, findings = upgrade(rules, source, **options)
    assert given == source
    assert [f.message for f in findings] == []


def check_reported(
    rules: str | Packs, source: str, *, lines: list[int], says: str = "", **options: Any
) -> tuple[Finding, ...]:
    """``source`` stays as it is, with findings for a person on ``lines``."""
    source = _text(source)
    given, findings = upgrade(rules, source, **options)
    assert given == source
    assert [f.line for f in findings] == lines
    assert all(f.status == "manual" and f.safety == "manual" for f in findings)
    assert all(says in f.message for f in findings)
    return findings


def _text(source: str) -> str:
    """Sources in tables are written indented, with their first line on a line of its own."""
    return dedent(source.removeprefix("\n")) if source.startswith("\n") else source
