"""The rules that apply between two versions, in their order, with the look-ups that matching needs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase
from functools import cached_property, lru_cache
from typing import Any, NamedTuple

from packaging.version import Version

from ..model import LIBRARY, SHIM_MODULE, TxUpgradeError
from .schema import (
    AddedBaseSelector,
    AttributeSelector,
    CallSelector,
    Case,
    ClassAttributeSelector,
    ClassDefaultsSelector,
    EnvironmentSelector,
    FlagSelector,
    LoopSelector,
    MatchSelector,
    ModuleSelector,
    OverrideSelector,
    Packs,
    ReexportSelector,
    Rule,
    ShimEntry,
    StringSelector,
    SymbolSelector,
    UnwrapSelector,
)

RESERVED = (
    "removed-symbol",
    "unknown-argument",
    "removed-method",
    "removed-attribute",
    "override-mismatch",
    "dependency-version",
)


_NONE: Mapping[str, Any] = {}


class Window(NamedTuple):
    """The versions of a package beside the library that a run is about: what the code has, and what it may get."""

    oldest: str
    below: str | None
    """The first version that it cannot get; None where any newer one may come."""


def applies(rule: Rule, from_version: str, to_version: str, windows: Mapping[str, Window] = _NONE) -> bool:
    """Whether a rule speaks of a step between the two versions; for a package beside the library, of its window."""
    if rule.library != LIBRARY:
        window = windows.get(rule.library)
        if window is None:
            return False
        starts = _version(rule.broken or rule.deprecated or "0")
        reached = window.below is None or starts < _version(window.below)
        return reached and (rule.broken is None or _version(window.oldest) < starts)
    if rule.since is not None and _version(from_version) < _version(rule.since):
        return False
    if rule.broken is not None:
        return _version(from_version) < _version(rule.broken) <= _version(to_version)
    return _version(rule.deprecated or "0") <= _version(to_version)


_version = lru_cache(maxsize=None)(Version)


def selected(rule_id: str, tags: Iterable[str], select: Iterable[str], ignore: Iterable[str]) -> bool:
    """Whether ``--select`` and ``--ignore`` (ids, id prefixes or tags) leave a rule in."""

    def meets(names: Iterable[str]) -> bool:
        return any(rule_id == n or rule_id.startswith(n) or n in tags for n in names)

    chosen = list(select)
    return (not chosen or meets(chosen)) and not meets(ignore)


def _without_shim(rule: Rule) -> Rule:
    """A rule that only the compatibility module could answer, where that cannot be written: left to a person."""
    if SHIM_MODULE not in repr(rule.selector):
        return rule
    message = f"{rule.message} (The rewrite needs {SHIM_MODULE}.py beside the code: run the tool on the file itself.)"
    return rule._replace(safety="manual", message=message)


def _source_for(entry: ShimEntry, from_version: str) -> ShimEntry:
    """A shim entry with the source for code that was written for this version."""
    for before, source in entry.written_before:
        if _version(from_version) < _version(before):
            return entry._replace(source=source)
    return entry


class Pattern(NamedTuple):
    """One case of a match rule; ``where`` names the classes that its variables stand for."""

    rule: Rule
    case: Case
    where: dict[str, tuple[str, ...]]


def _stand_ins(rules: Iterable[Rule]) -> dict[str, str]:
    found: dict[str, str] = {}
    for rule in rules:
        selector = rule.selector
        if isinstance(selector, CallSelector) and (selector.replace or "").startswith(f"{SHIM_MODULE}."):
            found[(selector.replace or "").partition(".")[2]] = selector.callees[0]
    return found


class Plan:
    """All rules of one run."""

    def __init__(
        self,
        packs: Packs,
        from_version: str,
        to_version: str,
        *,
        select: tuple[str, ...] = (),
        ignore: tuple[str, ...] = (),
        shims: bool = True,
        windows: Mapping[str, Window] = _NONE,
    ) -> None:
        known = [(r.id, r.tags) for r in packs.rules] + [(r, ()) for r in RESERVED]
        for name in (*select, *ignore):
            if not any(i == name or i.startswith(name) or name in tags for i, tags in known):
                raise TxUpgradeError(
                    f"no rule has the id, id prefix or tag {name!r} (see: tx-upgrade rules list)"
                )
        self.from_version = from_version
        self.to_version = to_version
        self.shims: dict[str, ShimEntry] = {n: _source_for(e, from_version) for n, e in packs.shims.items()}
        self.rules = tuple(
            r
            for r in packs.rules
            if applies(r, from_version, to_version, windows) and selected(r.id, r.tags, select, ignore)
        )
        if not shims:
            self.rules = tuple(_without_shim(r) for r in self.rules)
        self.stands_for = _stand_ins(packs.rules)
        """Names of the compatibility module that a rule calls in the place of a callee, and that callee."""
        self.others = frozenset(r.library for r in self.rules) - {LIBRARY}
        """Packages beside the library that rules of the run speak of."""
        self.residuals = frozenset(r for r in RESERVED if selected(r, (), select, ignore))

    @cached_property
    def other_modules(self) -> frozenset[str]:
        """The packages and modules beside the library that names of symbol and module rules lie in."""
        found = set(self.others)
        for rule in self.rules:
            if rule.library != LIBRARY and isinstance(rule.selector, SymbolSelector | ModuleSelector):
                names = (
                    rule.selector.symbols
                    if isinstance(rule.selector, SymbolSelector)
                    else rule.selector.modules
                )
                for name in names:
                    parts = name.split(".")
                    found.update(".".join(parts[:n]) for n in range(1, len(parts)))
        return frozenset(found)

    @cached_property
    def symbols(self) -> dict[str, list[tuple[Rule, str, str | None]]]:
        """Symbol rules by the last component of the old name; patterns under ``*``."""
        index: dict[str, list[tuple[Rule, str, str | None]]] = {}
        for rule in self.rules:
            if isinstance(rule.selector, SymbolSelector):
                for old, new in rule.selector.symbols.items():
                    key = "*" if "*" in old else old.rsplit(".", 1)[-1]
                    index.setdefault(key, []).append((rule, old, new))
        return index

    @cached_property
    def modules(self) -> list[tuple[Rule, str, str | None]]:
        return [
            (rule, old, new)
            for rule in self.rules
            if isinstance(rule.selector, ModuleSelector)
            for old, new in rule.selector.modules.items()
        ]

    @cached_property
    def _exact_modules(self) -> dict[str, list[tuple[Rule, str | None]]]:
        index: dict[str, list[tuple[Rule, str | None]]] = {}
        for rule, old, new in self.modules:
            index.setdefault(old, []).append((rule, new))
        return index

    def module_rules(self, name: str) -> list[tuple[Rule, str, str | None]]:
        """Rules on a module that is ``name`` or holds it: (rule, the module as written, new module)."""
        found: list[tuple[Rule, str, str | None]] = []
        parts = name.split(".")
        for cut in range(len(parts), 1, -1):
            prefix = ".".join(parts[:cut])
            found.extend((rule, prefix, new) for rule, new in self._exact_modules.get(prefix, ()))
            for rule, old, new in self._module_patterns:
                if fnmatchcase(prefix, old) and old.count(".") == prefix.count("."):
                    found.append((rule, prefix, new))
        return found

    @cached_property
    def _module_patterns(self) -> list[tuple[Rule, str, str | None]]:
        return [m for m in self.modules if "*" in m[1]]

    @cached_property
    def reexports(self) -> list[tuple[Rule, str]]:
        return [(r, r.selector.package) for r in self.rules if isinstance(r.selector, ReexportSelector)]

    @cached_property
    def calls(self) -> dict[str, list[tuple[Rule, str, CallSelector]]]:
        """Call rules by the last component of the callee, and for constructors and ``__call__`` under ``*``."""
        index: dict[str, list[tuple[Rule, str, CallSelector]]] = {}
        for rule in self.rules:
            if isinstance(rule.selector, CallSelector):
                for callee in rule.selector.callees:
                    index.setdefault(callee.rsplit(".", 1)[-1], []).append((rule, callee, rule.selector))
        return index

    @cached_property
    def attributes(self) -> dict[str, list[tuple[Rule, str, str | None, str]]]:
        """Attribute rules by attribute name: (rule, owner class, replacement, access)."""
        index: dict[str, list[tuple[Rule, str, str | None, str]]] = {}
        for rule in self.rules:
            if isinstance(rule.selector, AttributeSelector):
                for name, new in rule.selector.attributes.items():
                    owner, _, attribute = name.rpartition(".")
                    index.setdefault(attribute, []).append((rule, owner, new, rule.selector.access))
        return index

    @cached_property
    def matches(self) -> list[tuple[Rule, MatchSelector]]:
        return [(r, r.selector) for r in self.rules if isinstance(r.selector, MatchSelector)]

    @cached_property
    def call_patterns(self) -> dict[str, list[Pattern]]:
        """Patterns on calls by the word at their head; those without one under ``*``."""
        index: dict[str, list[Pattern]] = {}
        for pattern in self._patterns:
            outline = pattern.case.outline
            if outline.kind == "Call":
                index.setdefault(outline.word or "*", []).append(pattern)
        return index

    @cached_property
    def other_patterns(self) -> dict[tuple[str, str | None], list[Pattern]]:
        """Patterns on other expressions by their kind and that of what they begin with (see ``Outline.inner``)."""
        index: dict[tuple[str, str | None], list[Pattern]] = {}
        for pattern in self._patterns:
            outline = pattern.case.outline
            if outline.kind != "Call":
                index.setdefault((outline.kind, outline.inner), []).append(pattern)
        return index

    @cached_property
    def named_patterns(self) -> dict[str, list[Pattern]]:
        """Patterns that are one qualified name, by its last component."""
        index: dict[str, list[Pattern]] = {}
        for pattern in self._patterns:
            outline = pattern.case.outline
            if outline.kind != "Call" and outline.path is not None:
                index.setdefault(outline.path.rpartition(".")[2], []).append(pattern)
        return index

    @cached_property
    def _patterns(self) -> list[Pattern]:
        return [
            Pattern(rule, case, selector.where) for rule, selector in self.matches for case in selector.cases
        ]

    @cached_property
    def unwraps(self) -> list[tuple[Rule, UnwrapSelector]]:
        return [(r, r.selector) for r in self.rules if isinstance(r.selector, UnwrapSelector)]

    @cached_property
    def loops(self) -> list[tuple[Rule, LoopSelector]]:
        return [(r, r.selector) for r in self.rules if isinstance(r.selector, LoopSelector)]

    @cached_property
    def overrides(self) -> dict[str, list[tuple[Rule, str, OverrideSelector]]]:
        index: dict[str, list[tuple[Rule, str, OverrideSelector]]] = {}
        for rule in self.rules:
            if isinstance(rule.selector, OverrideSelector):
                for method in rule.selector.methods:
                    owner, _, name = method.rpartition(".")
                    index.setdefault(name, []).append((rule, owner, rule.selector))
        return index

    @cached_property
    def class_attributes(self) -> dict[str, list[tuple[Rule, str, str | None, ClassAttributeSelector]]]:
        index: dict[str, list[tuple[Rule, str, str | None, ClassAttributeSelector]]] = {}
        for rule in self.rules:
            if isinstance(rule.selector, ClassAttributeSelector):
                for name, new in rule.selector.attributes.items():
                    owner, _, attribute = name.rpartition(".")
                    index.setdefault(attribute, []).append((rule, owner, new, rule.selector))
        return index

    @cached_property
    def class_defaults(self) -> list[tuple[Rule, ClassDefaultsSelector]]:
        return [(r, r.selector) for r in self.rules if isinstance(r.selector, ClassDefaultsSelector)]

    @cached_property
    def strings(self) -> list[tuple[Rule, StringSelector]]:
        return [(r, r.selector) for r in self.rules if isinstance(r.selector, StringSelector)]

    @cached_property
    def added_bases(self) -> list[tuple[Rule, AddedBaseSelector]]:
        return [(r, r.selector) for r in self.rules if isinstance(r.selector, AddedBaseSelector)]

    @cached_property
    def environment(self) -> dict[str, tuple[Rule, str | None]]:
        return {
            name: (rule, new)
            for rule in self.rules
            if isinstance(rule.selector, EnvironmentSelector)
            for name, new in rule.selector.variables.items()
        }

    @cached_property
    def flags(self) -> dict[str, tuple[Rule, FlagSelector]]:
        return {
            name: (rule, rule.selector)
            for rule in self.rules
            if isinstance(rule.selector, FlagSelector)
            for name in rule.selector.flags
        }
