"""What rules say of the library against the API history: old sides that were there and went, new sides that stay."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from packaging.version import Version

from ..model import SHIM_MODULE
from .schema import (
    AddedBaseSelector,
    AttributeSelector,
    CallSelector,
    ClassAttributeSelector,
    ClassDefaultsSelector,
    Example,
    MatchSelector,
    ModuleSelector,
    OverrideSelector,
    Packs,
    ReexportSelector,
    Rule,
    SymbolSelector,
    UnwrapSelector,
)

if TYPE_CHECKING:
    from ..history import History

_METHOD = re.compile(r"\$(\w+)\.(\w+)\(")
_LIBRARY = "transformers"


def last_version(rule: Rule, history: History) -> str:
    """The release that a rule is judged by: its pack's newest, for a generated one the first that lacks the old form."""
    return history.resolve_version((rule.broken if rule.generated else None) or rule.pack[1])


class NameCheck:
    """Checks the names of rules; remembers what it found out about names that several rules lead to."""

    def __init__(self, packs: Packs, history: History) -> None:
        self.packs = packs
        self.history = history
        self._stays: dict[tuple[str, str], str | None] = {}
        self._member_owners: dict[str, dict[str, list[str]]] = {}

    def problems(self, rule: Rule) -> list[str]:
        """What a rule says that is not so."""
        found = [*self._noop(rule), *self._old(rule), *self._new(rule)]
        for number, example in enumerate(rule.examples, 1):
            found += [f"example {number}: {p}" for p in self._example(rule, example)]
        return list(dict.fromkeys(found))

    # -- releases ----------------------------------------------------------------------------------------------------

    def _before(self, rule: Rule) -> list[str]:
        """The releases in which the old form worked."""
        decisive = Version(rule.broken) if rule.broken else Version(rule.pack[1])
        return [v for v in self.history.versions if _minor(v) < decisive]

    def _first(self, rule: Rule) -> str:
        """The first release in which the new form has to work alone."""
        return self.history.resolve_version(rule.broken) if rule.broken else last_version(rule, self.history)

    def _ever(self, name: str, versions: Iterable[str]) -> bool:
        return any(self.history.exists(name, v) for v in versions)

    # -- a rule that does nothing ------------------------------------------------------------------------------------

    @staticmethod
    def _noop(rule: Rule) -> Iterator[str]:
        selector = rule.selector
        pairs: list[tuple[str, str | None]] = []
        if isinstance(selector, SymbolSelector):
            pairs = list(selector.symbols.items())
        elif isinstance(selector, ModuleSelector):
            pairs = list(selector.modules.items())
        elif isinstance(selector, AttributeSelector):
            pairs = [(old.rpartition(".")[2], new) for old, new in selector.attributes.items()]
        elif isinstance(selector, MatchSelector):
            pairs = [(c.match, c.replace) for c in selector.cases]
        elif isinstance(selector, CallSelector):
            pairs = [
                (name, op.rename)
                for name, ops in selector.arguments.items()
                for op in ops
                if op.value is None
            ]
        else:
            return
        if not pairs and not isinstance(selector, CallSelector):
            yield "names nothing"
        for old, new in pairs:
            if old == new:
                yield f"{old} stays what it is: the rule does nothing"

    # -- old sides ---------------------------------------------------------------------------------------------------

    def _old(self, rule: Rule) -> Iterator[str]:
        selector = rule.selector
        if isinstance(selector, SymbolSelector | ModuleSelector):
            names = selector.symbols if isinstance(selector, SymbolSelector) else selector.modules
            for name in names:
                if name.startswith(_LIBRARY):
                    yield from self._pattern(rule, name) if "*" in name else self._gone(rule, name)
        elif isinstance(selector, CallSelector):
            for callee in selector.callees:
                if callee.startswith(_LIBRARY):
                    yield from self._callee(rule, selector, callee)
        elif isinstance(selector, AttributeSelector | ClassAttributeSelector):
            for name in selector.attributes:
                yield from self._member(rule, name)
        elif isinstance(selector, OverrideSelector):
            for name in selector.methods:
                yield from self._member(rule, name)
        elif isinstance(selector, ClassDefaultsSelector):
            yield from self._known(rule, selector.base)
        elif isinstance(selector, AddedBaseSelector):
            yield from self._known(rule, selector.of)
            yield from self._known(rule, selector.base)
        elif isinstance(selector, MatchSelector | UnwrapSelector):
            yield from self._patterns(rule, selector)
        elif isinstance(selector, ReexportSelector):
            yield from self._known(rule, selector.package)

    def _gone(self, rule: Rule, name: str) -> Iterator[str]:
        history = self.history
        if not history.intervals(name):
            yield f"{name} exists in no release that the history knows"
            return
        if rule.broken is None:
            return
        if not self._ever(name, self._before(rule)):
            yield f"{name} did not exist before {rule.broken}"
        if isinstance(rule.selector, SymbolSelector) and rule.selector.changed:
            return
        first = self._first(rule)
        for version in dict.fromkeys((first, last_version(rule, history))):
            if history.exists(name, version) and not (version == first and self._emptied(name, version)):
                yield f"{name} still exists in {version} (say 'changed: true' if it stands for something else there)"

    def _emptied(self, module: str, version: str) -> bool:
        """Whether a module is only a shell of what it was: it may outlive its names for some releases."""
        history = self.history
        before = history.versions[history.index_of(version) - 1]
        if not (history.is_module(module, before) and history.is_module(module, version)):
            return False
        return 2 * len(history.names(module, version)) < len(history.names(module, before))

    def _pattern(self, rule: Rule, pattern: str) -> Iterator[str]:
        from fnmatch import fnmatchcase

        history = self.history
        depth = pattern.count(".")
        newest = last_version(rule, history)
        for version in reversed(self._before(rule)):
            owners = [m for m in history.modules(version) if m.count(".") == depth - 1]
            for owner in owners:
                if not fnmatchcase(owner, pattern.rpartition(".")[0]):
                    continue
                for name in history.names(owner, version):
                    path = f"{owner}.{name}"
                    if fnmatchcase(path, pattern) and not history.exists(path, newest):
                        return
        yield f"{pattern} meets no name that went before {newest}"

    def _known(self, rule: Rule, name: str) -> Iterator[str]:
        if name.startswith(_LIBRARY) and not self._ever(name, self._before(rule)):
            yield f"{name} did not exist before {rule.broken or rule.pack[1]}"

    def _member(self, rule: Rule, name: str) -> Iterator[str]:
        owner = name.rpartition(".")[0]
        if not owner.startswith(_LIBRARY):
            return
        member = name.rpartition(".")[2]
        classes = [(c, v) for v in self._before(rule) for c in self._classes(owner, v)]
        versions = list(dict.fromkeys(v for c, v in classes if c == owner))
        if not classes:
            yield f"{owner} was no class before {rule.broken or rule.pack[1]}"
        elif not any(
            self.history.exists(f"{c}.{member}", v) or self.history.is_open(c, v) for c, v in classes
        ) and not self._below(owner, member, versions):
            yield f"{name} did not exist before {rule.broken or rule.pack[1]}"

    def _classes(self, name: str, version: str) -> list[str]:
        """A class under its path, or under any other: it may have moved before the rule's time."""
        history = self.history
        if history.kind(name, version) == "class":
            return [name]
        holders = history.holders(name.rpartition(".")[2], version)
        return [holder for holder in holders if history.kind(holder, version) == "class"]

    def _below(self, owner: str, member: str, versions: list[str]) -> bool:
        """Whether classes of the library that derive from ``owner`` have a member, in the newest or oldest release."""
        for version in dict.fromkeys(versions[-1:] + versions[-20:-19]):
            for definition in self._owners(version).get(member, ()):
                if self.history.is_subclass(definition, owner, version):
                    return True
        return False

    def _owners(self, version: str) -> dict[str, list[str]]:
        """The classes that have a member of their own, by its name."""
        found = self._member_owners.get(version)
        if found is None:
            from ..history.changes import public_names

            found = self._member_owners[version] = {}
            for path, kind, definition in public_names(self.history, version):
                if kind == "class" and definition == path:
                    for member in self.history.own_members(path, version):
                        found.setdefault(member, []).append(path)
        return found

    def _callee(self, rule: Rule, selector: CallSelector, callee: str) -> Iterator[str]:
        history = self.history
        versions = [v for v in self._before(rule) if history.exists(callee, v)]
        if not versions:
            owner = callee.rpartition(".")[0]
            if not any(
                history.kind(owner, v) == "class" and history.is_open(owner, v) for v in self._before(rule)
            ):
                yield f"{callee} did not exist before {rule.broken or rule.pack[1]}"
            return
        signatures = [history.signature(callee, v) for v in versions]
        if any(s is None or s.takes_any_keyword for s in signatures):
            return
        taken: set[str] = set()
        for signature in signatures:
            taken |= signature.names if signature is not None else set()
        for name in selector.arguments:
            if name not in taken and not self._made_by_rule(rule, callee, name):
                yield f"{callee} took no argument {name!r} before {rule.broken or rule.pack[1]}"

    def _made_by_rule(self, rule: Rule, callee: str, name: str) -> bool:
        """Whether an earlier rule gives the call an argument of this name, or the rule names several callees."""
        selector = rule.selector
        assert isinstance(selector, CallSelector)
        return len(selector.callees) > 1 or any(
            isinstance(other.selector, CallSelector)
            and callee in other.selector.callees
            and (
                name in other.selector.add
                or any(
                    op.rename == name or name in dict(op.replace)
                    for ops in other.selector.arguments.values()
                    for op in ops
                )
            )
            for other in self.packs.rules
            if other is not rule
        )

    def _patterns(self, rule: Rule, selector: MatchSelector | UnwrapSelector) -> Iterator[str]:
        history = self.history
        for name in (c for wanted in selector.where.values() for c in wanted):
            yield from self._known(rule, name)
        matches = (
            [c.match for c in selector.cases] if isinstance(selector, MatchSelector) else [selector.match]
        )
        for pattern in matches:
            for variable, method in _METHOD.findall(pattern):
                classes = [c for c in selector.where.get(variable, ()) if c.startswith(_LIBRARY)]
                if not classes or len(classes) != len(selector.where[variable]):
                    continue
                before = self._before(rule)
                known = any(
                    history.exists(f"{c}.{method}", v)
                    or (history.kind(c, v) == "class" and history.is_open(c, v))
                    for c in classes
                    for v in before
                )
                if not known and not any(self._below(c, method, before) for c in classes):
                    yield f"{' or '.join(classes)} had no {method} before {rule.broken or rule.pack[1]}"

    # -- new sides ---------------------------------------------------------------------------------------------------

    def _new(self, rule: Rule) -> Iterator[str]:
        selector = rule.selector
        names: list[str] = []
        if isinstance(selector, SymbolSelector | ModuleSelector):
            rows = selector.symbols if isinstance(selector, SymbolSelector) else selector.modules
            names += [new for new in rows.values() if new is not None]
        if isinstance(selector, SymbolSelector) and selector.when_checked is not None:
            names.append(selector.when_checked)
        if isinstance(selector, CallSelector):
            names += [selector.replace] if selector.replace is not None else []
            names += [selector.unpacked.through] if selector.unpacked is not None else []
        if isinstance(selector, OverrideSelector) and selector.decorate is not None:
            names.append(selector.decorate)
        if isinstance(selector, OverrideSelector) and selector.append is not None:
            from ..matching.templates import names_in

            names += names_in(selector.append)
        for template in _templates(rule):
            from ..matching.templates import names_in

            names += names_in(template)
        for name in dict.fromkeys(names):
            yield from self._new_name(rule, name)
        if isinstance(selector, OverrideSelector):
            yield from self._parameters(rule, selector)

    def _new_name(self, rule: Rule, name: str) -> Iterator[str]:
        history = self.history
        if name.startswith(f"{SHIM_MODULE}."):
            shim = name.removeprefix(f"{SHIM_MODULE}.")
            if shim not in self.packs.shims:
                yield f"no pack defines the shim {shim!r}"
            return
        if not name.startswith(f"{_LIBRARY}."):
            return
        first = history.resolve_version(rule.available) if rule.available else self._first(rule)
        if not history.exists(name, first):
            newest = history.versions[-1]
            yield f"{name} does not exist in {first}" + (
                f" (it does in {newest})" if history.exists(name, newest) else ""
            )
        elif not rule.generated:
            lost = self._lost(name, first)
            if lost is not None:
                yield f"{name} does not exist in {lost}, and no rule says what became of it"

    def _lost(self, name: str, first: str) -> str | None:
        """The release from ``first`` on in which a name goes and no rule takes over; None when it stays or is led on."""
        key = (name, first)
        if key not in self._stays:
            from ..history.moves import last_seen
            from .probe import Probe

            newest = self.history.versions[-1]
            last = last_seen(self.history, name, first, newest)
            self._stays[key] = None
            if last is not None and last != newest and not self.history.exists(name, newest):
                (outcome,) = Probe(self.packs, self.history, last, newest).outcome([name])
                if not outcome.rules and outcome.reporting is None:
                    self._stays[key] = self.history.versions[self.history.index_of(last) + 1]
        return self._stays[key]

    def _parameters(self, rule: Rule, selector: OverrideSelector) -> Iterator[str]:
        target = last_version(rule, self.history)
        for parameter in selector.add_parameters:
            name = parameter.split("=")[0].split(":")[0].strip()
            signatures = [self.history.signature(m, target) for m in selector.methods]
            if all(
                s is not None and s.parameter(name) is None and not s.takes_any_keyword for s in signatures
            ):
                yield f"{' and '.join(selector.methods)} take no {name!r} in {target}"

    # -- examples ----------------------------------------------------------------------------------------------------

    def _example(self, rule: Rule, example: Example) -> Iterator[str]:
        """Names that the library has in no release on that side of the break."""
        history = self.history
        before = next((t for t in (example.before, example.same, example.finds) if t is not None), "")
        known = history.versions[: history.index_of(last_version(rule, history)) + 1]
        for name in _imported(before):
            if not self._ever(name, known):
                yield f"{name} exists in no release up to {known[-1]}"
        target = last_version(rule, history)
        guarded = "try:" in (example.after or "")
        for name in [] if guarded else _imported(example.after or ""):
            starts = [v for v in known if history.exists(name, v)]
            led_on = bool(starts) and self._lost(name, starts[-1]) is None
            if not history.exists(name, target) and not led_on:
                yield f"the result imports {name}, which does not exist in {target}"


def _minor(version: str) -> Version:
    return Version(".".join(version.split(".")[:2]))


def _imported(source: str) -> list[str]:
    """The names of the library that code imports."""
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return []
    found: list[str] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found += [f"{node.module}.{a.name}" if a.name != "*" else node.module for a in node.names]
        elif isinstance(node, ast.Import):
            found += [a.name for a in node.names]
    return [n for n in found if n == _LIBRARY or n.startswith(f"{_LIBRARY}.")]


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
                found += [t for t in (op.value, op.through, op.hand_to) if t is not None] + [
                    t for _, t in op.replace
                ]
    return found
