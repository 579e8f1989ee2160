"""One file from meaning to new text."""

from __future__ import annotations

import ast
import warnings
from typing import NamedTuple

from ..analysis.module import Module
from ..model import Finding
from ..rewriting.shim_place import shim_path
from ..rules.schema import ShimEntry
from .abroad import grant
from .calls import CallMatcher
from .context import Context, Engine, Place, Wish
from .flags import FlagMatcher
from .loops import LoopMatcher
from .member_residuals import MemberResiduals
from .members import MemberMatcher
from .override_residuals import OverrideResiduals
from .references import ReferenceMatcher
from .run_time_names import RunTimeNames
from .string_members import StringMembers
from .string_texts import StringTexts
from .subclasses import SubclassMatcher
from .unwrapping import UnwrapMatcher


class FileOutcome(NamedTuple):
    """What a file becomes: ``text`` is None when nothing changes."""

    text: str | None
    findings: tuple[Finding, ...]
    shim_path: str | None = None
    shim_names: frozenset[str] = frozenset()
    untyped: tuple[Finding, ...] = ()
    wishes: tuple[Wish, ...] = ()
    """What the file wants of keys that other files write."""
    shim_entries: tuple[ShimEntry, ...] = ()
    """Those of the names that no pack holds: made for what the releases of a range do not share."""


def match_file(engine: Engine, module: Module, wishes: tuple[Wish, ...] = ()) -> FileOutcome:
    """Meet one module with the plan and make the edits that the run asks for, and those that other files wish for."""
    original = module.document.text
    context, text = _rewritten(engine, module, frozenset(), wishes)
    refused: frozenset[Place] = frozenset()
    # an edit that could not be made takes with it what was done for its sake, such as an import
    while failed := context.failed() - refused:
        refused |= failed
        context, text = _rewritten(engine, module, refused, wishes)
    findings = context.findings()
    untyped = tuple(context.finding(p) for p in context.untyped)
    wanted = tuple(dict.fromkeys(context.wishes))
    if text == original:
        unmade = _unmade(findings, not wanted)
        return FileOutcome(None, tuple(unmade), untyped=untyped, wishes=wanted)
    if not _compiles(text) and (_compiles(original) or not _parses(text)):
        # the promise is never to break code: an edit that does not parse is the tool's fault, and is not made
        return FileOutcome(None, tuple(_unmade(findings, True)), untyped=untyped)
    names = frozenset(context.imports.shim_names)
    made = engine.both.made if engine.both is not None else {}
    entries = tuple(made[n] for n in sorted(names) if n in made)
    path = shim_path(module) if names else None
    return FileOutcome(text, tuple(findings), path, names, untyped, wanted, entries)


def _rewritten(
    engine: Engine, module: Module, refused: frozenset[Place], wishes: tuple[Wish, ...]
) -> tuple[Context, str]:
    context = matched(engine, module, refused)
    if wishes:
        grant(context, wishes)
    context.imports.apply(context.composer)
    return context, context.composer.render() if context.composer else module.document.text


def matched(engine: Engine, module: Module, refused: frozenset[Place] = frozenset()) -> Context:
    """A module met with all rules, then with what no rule explains; no edit is made yet."""
    context = Context(engine, module, refused)
    references = ReferenceMatcher(context)
    UnwrapMatcher(context).run()
    CallMatcher(context).run()
    members = MemberMatcher(context)
    members.run()
    StringMembers(context, members).run()
    SubclassMatcher(context).run()
    StringTexts(context).run()
    LoopMatcher(context).run()
    FlagMatcher(context).run()
    references.run()
    RunTimeNames(context, references).run()
    MemberResiduals(context, references.outcomes).run()
    OverrideResiduals(context, references.outcomes).run()
    return context


def _compiles(text: str) -> bool:
    """More than parsing: a keyword that is given twice, for one, is only seen here."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            compile(text, "<upgraded>", "exec", dont_inherit=True)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return False
    return True


def _parses(text: str) -> bool:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            ast.parse(text)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return False
    return True


def _unmade(findings: list[Finding], nothing_changed: bool) -> list[Finding]:
    """Findings of a file whose text stays: none of them is fixed."""
    if not nothing_changed:
        return findings
    return [
        f._replace(
            status="manual",
            safety="manual",
            message=f"{f.message} (the tool could not rewrite this place: do it by hand)",
        )
        if f.status == "fixed"
        else f
        for f in findings
    ]
