"""Validates packs: their schema, their examples, and their names against the API history."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from packaging.version import Version

from ..model import Finding, TxUpgradeError
from .packs import load_packs
from .plan import SHIM_MODULE, Plan
from .schema import (
    CallSelector,
    Example,
    MatchSelector,
    ModuleSelector,
    Packs,
    Rule,
    SymbolSelector,
    UnwrapSelector,
)

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
    problems: list[str] = []
    for rule in chosen:
        problems += [f"{rule.file}:{rule.line}: {rule.id}: {p}" for p in check_rule(rule, packs, history)]
    for entry in packs.shims.values():
        try:
            compile(entry.source, entry.file, "exec")
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


def check_rule(rule: Rule, packs: Packs, history: History) -> list[str]:
    """Problems of one rule."""
    problems = _shape(rule)
    problems += _names(rule, packs, history)
    for number, example in enumerate(rule.examples, 1):
        problems += [f"example {number}: {p}" for p in run_example(rule, example, packs, history)]
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


# -- names ---------------------------------------------------------------------------------------------------------------


def _names(rule: Rule, packs: Packs, history: History) -> list[str]:
    problems: list[str] = []
    selector = rule.selector
    renames: dict[str, str | None] = {}
    if isinstance(selector, SymbolSelector):
        renames = selector.symbols
    elif isinstance(selector, ModuleSelector):
        renames = selector.modules
    for old, new in renames.items():
        if "*" in old or not old.startswith("transformers"):
            continue
        problems += _old_name(rule, old, history)
        if new is not None:
            problems += _new_name(rule, new, packs, history)
    if isinstance(selector, SymbolSelector) and selector.when_checked is not None:
        problems += _new_name(rule, selector.when_checked, packs, history)
    if isinstance(selector, CallSelector) and selector.replace is not None:
        problems += _new_name(rule, selector.replace, packs, history)
    for template in _templates(rule):
        from ..matching.templates import names_in

        for name in names_in(template):
            problems += _new_name(rule, name, packs, history)
    return problems


def _last_version(rule: Rule, history: History) -> str:
    """The newest release that the rule's pack speaks of."""
    return history.resolve_version(rule.pack[1])


def _old_name(rule: Rule, name: str, history: History) -> list[str]:
    intervals = history.intervals(name)
    if not intervals:
        return [f"{name} exists in no release that the history knows"]
    if rule.broken is None:
        return []
    broken = Version(rule.broken)
    if all(Version(start) >= broken for start, _ in intervals):
        return [f"{name} did not exist before {rule.broken}"]
    target = _last_version(rule, history)
    alive = history.exists(name, target)
    changed = isinstance(rule.selector, SymbolSelector) and rule.selector.changed
    if alive and not changed:
        return [
            f"{name} still exists in {target} (say 'changed: true' if it stands for something else there)"
        ]
    return []


def _new_name(rule: Rule, name: str, packs: Packs, history: History) -> list[str]:
    if name.startswith(f"{SHIM_MODULE}."):
        shim = name.removeprefix(f"{SHIM_MODULE}.")
        return [] if shim in packs.shims else [f"no pack defines the shim {shim!r}"]
    if not name.startswith("transformers."):
        return []
    target = _last_version(rule, history)
    if history.exists(name, target):
        return []
    newest = history.versions[-1]
    if history.exists(name, newest):
        return [f"{name} does not exist in {target} (it does in {newest})"]
    return [f"{name} does not exist in {target}"]


def _templates(rule: Rule) -> list[str]:
    selector = rule.selector
    found: list[str] = []
    if isinstance(selector, MatchSelector):
        found += [c.replace for c in selector.cases if c.replace]
    elif isinstance(selector, UnwrapSelector):
        found += [c.replace for c in selector.inside if c.replace]
    elif isinstance(selector, CallSelector):
        found += list(selector.add.values())
        for operations in selector.arguments.values():
            for op in operations:
                found += ([op.value] if op.value is not None else []) + [t for _, t in op.replace]
    return found


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
    from ..analysis.library import Library
    from ..analysis.project import Project
    from ..analysis.types import Types
    from ..matching.context import Engine
    from ..matching.file import match_file
    from ..model import Document
    from ..project.documents import parse

    from_version = history.resolve_version(rule.pack[0])
    to_version = history.resolve_version(rule.pack[1])
    plan = Plan(Packs((rule,), packs.shims), from_version, to_version)
    plan.residuals = frozenset()
    document = Document("example.py", source.encode(), source)
    tree = parse(document)
    library = Library(history, from_version, to_version)
    project = Project(library, frozenset({"/example/example.py"}), lambda _: (document, tree))
    module = project.module("/example/example.py")
    assert module is not None
    outcome = match_file(Engine(plan, library, project, Types(project), unsafe), module)
    return outcome.text if outcome.text is not None else source, outcome.findings


def _difference(expected: str, given: str) -> str:
    import difflib

    lines = difflib.unified_diff(
        expected.splitlines(), given.splitlines(), "expected", "given", lineterm="", n=1
    )
    return "\n".join(f"    {line}" for line in lines)
