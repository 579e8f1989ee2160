"""Validates packs: their schema, their examples, and their names against the API history."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from ..model import LIBRARY, Finding, TxUpgradeError
from .check_names import NameCheck, last_version
from .packs import built_in, load_packs, pack_files
from .plan import Plan, Window
from .schema import Example, Packs, Rule

if TYPE_CHECKING:
    from ..history import History


def check(directories: Sequence[str] = ()) -> list[str]:
    """Problems of the built-in packs, or of those in ``directories``; an empty list when there is none.

    Raises:
        TxUpgradeError: a pack cannot be read at all.
    """
    from ..history import History

    packs = load_packs(directories)
    history = History.load()
    chosen = [r for r in packs.rules if not directories or _is_below(r, directories)]
    problems = _empty(packs, directories)
    names = NameCheck(packs, history)
    for rule in chosen:
        problems += [f"{rule.file}:{rule.line}: {rule.id}: {p}" for p in check_rule(rule, names)]
    for entry in packs.shims.values():
        for source in (entry.source, *(s for _, s in entry.written_before)):
            try:
                compile(source, entry.file, "exec")
            except SyntaxError as error:
                problems.append(f"{entry.file}:{entry.line}: shim {entry.name}: not Python: {error.msg}")
        problems += [
            f"{entry.file}:{entry.line}: shim {entry.name}: needs {need!r}, which no pack defines"
            for need in entry.needs
            if need not in packs.shims
        ]
    return problems


def _is_below(rule: Rule, directories: Iterable[str]) -> bool:
    return any(
        rule.file.startswith(d.rstrip("/") + "/") or f"/{d.strip('/')}/" in f"/{rule.file}"
        for d in directories
    )


def _empty(packs: Packs, directories: Sequence[str]) -> list[str]:
    """Files that say nothing: a pack that does nothing is a mistake."""
    from pathlib import Path

    files = [p.as_posix() for d in directories for p, _ in pack_files(Path(d))] or [
        display for _, display in pack_files(built_in())
    ]
    saying = {r.file for r in packs.rules} | {s.file for s in packs.shims.values()}
    inside = [file for file in files if not any(s == file or file.endswith(f"/{s}") for s in saying)]
    return [f"{file}:1: holds no rule and no shim: the pack does nothing" for file in inside]


def check_rule(rule: Rule, names: NameCheck) -> list[str]:
    """Problems of one rule."""
    problems = _shape(rule)
    if rule.library == LIBRARY:  # of others there is no history
        problems += names.problems(rule)
    for number, example in enumerate(rule.examples, 1):
        problems += [f"example {number}: {p}" for p in run_example(rule, example, names.packs, names.history)]
    return problems


def _shape(rule: Rule) -> list[str]:
    problems: list[str] = []
    if not any(e.same is not None for e in rule.examples):
        problems.append("needs an example of code that stays as it is (same)")
    if not any(e.after is not None or e.finds is not None for e in rule.examples):
        problems.append("needs an example with before and after (or finds, where it has no fix)")
    if rule.safety == "manual" and any(e.after is not None for e in rule.examples):
        problems.append("is manual but has an example that rewrites")
    if rule.safety == "manual" and rule.message == rule.title:
        problems.append("is manual and has no message that says what to do")
    return problems


# -- examples ------------------------------------------------------------------------------------------------------------


def run_example(rule: Rule, example: Example, packs: Packs, history: History) -> list[str]:
    """What an example shows that is not so."""
    source = next((t for t in (example.before, example.same, example.finds) if t is not None), "")
    expected = example.after if example.after is not None else source
    problems: list[str] = []
    try:
        ast.parse(source)
        ast.parse(expected)
    except SyntaxError as error:
        return [f"is not Python: {error.msg} (line {error.lineno})"]
    unsafe = example.unsafe or (rule.safety == "unsafe" and example.after is not None)
    try:
        text, findings = upgrade_example(rule, source, packs, history, unsafe=unsafe)
    except TxUpgradeError as error:
        return [str(error)]
    mine = [f for f in findings if f.rule == rule.id]
    if text != expected:
        problems.append("gives\n" + _difference(expected, text))
    if example.same is not None and mine:
        problems.append(f"must have no finding, but line {mine[0].line} has one: {mine[0].message}")
    if example.finds is not None and not mine:
        problems.append("must be reported, but nothing was found")
    if example.after is not None and not problems:
        again, _ = upgrade_example(rule, text, packs, history, unsafe=unsafe)
        if again != text:
            problems.append("a second run changes it again:\n" + _difference(text, again))
    return problems


def upgrade_example(
    rule: Rule, source: str, packs: Packs, history: History, *, unsafe: bool
) -> tuple[str, tuple[Finding, ...]]:
    """The example's text after a run in which only ``rule`` is active, and the findings."""
    from ..matching.file import match_file
    from .probe import engine_for

    if rule.library != LIBRARY:
        newest = history.versions[-1]
        windows = {rule.library: Window(rule.pack[0], None)}
        plan = Plan(Packs((rule,), packs.shims), newest, newest, windows=windows)
    else:
        from_version = history.resolve_version(rule.pack[0])
        plan = Plan(Packs((rule,), packs.shims), from_version, last_version(rule, history))
    plan.residuals = frozenset()
    engine, module = engine_for(plan, source, history, unsafe=unsafe)
    outcome = match_file(engine, module)
    return outcome.text if outcome.text is not None else source, outcome.findings


def _difference(expected: str, given: str) -> str:
    import difflib

    lines = difflib.unified_diff(
        expected.splitlines(), given.splitlines(), "expected", "given", lineterm="", n=1
    )
    return "\n".join(f"    {line}" for line in lines)
