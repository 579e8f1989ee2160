"""Where a name went: what the history proves about a name that a later release lacks."""

from __future__ import annotations

from tx_upgrade.history.encoding import LIBRARY

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Literal, NamedTuple

    from tx_upgrade.history.reader import History

    Evidence = Literal["same object", "same definition", "whole module"]
else:
    from tx_upgrade.records import Record as NamedTuple

_WHOLE = 0.9
"""Share of a module's own names that must be found again in another for it to count as the same module."""


class Move(NamedTuple):
    """A name that left and its place in the first release without it.

    ``evidence``: ``same object``, the old path led to a definition that stayed; ``same definition``, a definition of
    the same name, bases, members and signatures appeared elsewhere in the release in which the old one went;
    ``whole module``, the module that held it went on elsewhere.
    """

    old: str
    new: str
    last: str
    since: str
    evidence: Evidence


def last_seen(history: History, name: str, start: str, end: str) -> str | None:
    """The last release from ``start`` on, without a gap, that has a name; None when ``start`` lacks it."""
    found: str | None = None
    for version in history.versions[history.index_of(start) : history.index_of(end) + 1]:
        if not history.exists(name, version):
            break
        found = version
    return found


class Moves:
    """Finds the moves of names; remembers what it found out about modules."""

    def __init__(self, history: History) -> None:
        self.history = history
        self._new: dict[tuple[str, str], list[str]] = {}
        self._module_moves: dict[tuple[str, str], str | None] = {}

    def destination(self, name: str, start: str, end: str) -> str | None:
        """Where ``end`` has what ``start`` had under a name, moves in several steps followed; None: unknown.

        ``start`` must have the name, ``end`` must lack it under this path.
        """
        current, version = name, start
        for _ in range(20):
            last = last_seen(self.history, current, version, end)
            if last is None:
                return None
            if self.history.index_of(last) >= self.history.index_of(end):
                return self.history.public_path(current, end) if current != name else None
            move = self.step(current, last)
            if move is None:
                return None
            current, version = move.new, move.since
        return None

    def step(self, name: str, last: str) -> Move | None:
        """The move of a name that ``last`` has and the release after it lacks; None when nothing proves one."""
        history = self.history
        since = history.versions[history.index_of(last) + 1]
        kind, definition = history.kind(name, last), history.definition(name, last)
        if kind is None or definition is None or kind == "external":
            return None
        if history.is_module(name, last):
            new = self._module(name, last, since)
            return None if new is None else Move(name, new, last, since, "whole module")
        move = self.reexport(name, last)
        if move is not None:
            return move
        module, _, own = definition.rpartition(".")
        if not history.is_module(module, last):
            return None
        moved = None if history.is_module(module, since) else self._module(module, last, since)
        if moved is not None and history.exists(f"{moved}.{own}", since):
            return Move(name, f"{moved}.{own}", last, since, "whole module")
        new = self._elsewhere(definition, last, since)
        return None if new is None else Move(name, new, last, since, "same definition")

    def reexport(self, name: str, last: str) -> Move | None:
        """The move of a name that had only led to a definition that stayed where it was; nothing else is looked at."""
        history = self.history
        since = history.versions[history.index_of(last) + 1]
        definition = history.definition(name, last)
        if definition in (None, name) or history.kind(name, last) == "external":
            return None
        assert definition is not None
        if not history.exists(definition, since):
            return None
        return Move(name, definition, last, since, "same object")

    def _elsewhere(self, definition: str, last: str, since: str) -> str | None:
        """The one place where a definition like this appeared in the release that lacks the old one."""
        history = self.history
        if history.exists(definition, since) or history.kind(definition, last) not in ("class", "function"):
            return None
        own = definition.rpartition(".")[2]
        print_ = fingerprint(history, definition, last)
        found = [new for new in self._appeared(own, since) if fingerprint(history, new, since) == print_]
        return found[0] if len(found) == 1 and print_ is not None else None

    def _appeared(self, last: str, version: str) -> list[str]:
        """The definitions of a name that a release has and the one before it lacks."""
        key = (last, version)
        found = self._new.get(key)
        if found is None:
            history = self.history
            before = history.versions[history.index_of(version) - 1]
            found = self._new[key] = [
                path
                for module in history.defined_in(last)
                if history.definition(path := f"{module}.{last}", version) == path
                and not history.exists(path, before)
            ]
        return found

    def _module(self, module: str, last: str, since: str) -> str | None:
        """Where the own names of a module that went are found together, or a module of its name is new."""
        key = (module, last)
        if key not in self._module_moves:
            self._module_moves[key] = self._find_module(module, last, since)
        return self._module_moves[key]

    def _find_module(self, module: str, last: str, since: str) -> str | None:
        history = self.history
        if history.is_module(module, since):
            return None
        own = [
            name
            for name in history.names(module, last)
            if history.definition(f"{module}.{name}", last) == f"{module}.{name}"
            and history.kind(f"{module}.{name}", last) != "module"
        ]
        if not own:
            return None
        least = _WHOLE * len(own)
        possible = (m for m in history.new_modules(since) if history.may_define(m, own) >= least)
        short = module.rpartition(".")[2]
        enough = [
            owner
            for owner in possible
            if (count := self._defined(owner, since, own)) >= least
            and (owner.rpartition(".")[2] == short or count > 1)
        ]
        same_name = [owner for owner in enough if owner.rpartition(".")[2] == short]
        chosen = same_name or enough
        return chosen[0] if len(chosen) == 1 else None

    def _defined(self, module: str, version: str, names: list[str]) -> int:
        """How many of some names a module defines; that a module of dummies denies nothing does not count."""
        there = self.history.names(module, version)
        paths = (f"{module}.{name}" for name in names if name in there)
        return sum(self.history.definition(path, version) == path for path in paths)


def fingerprint(history: History, definition: str, version: str) -> tuple[object, ...] | None:
    """What the history knows of a class or function apart from its place; None when that is too little."""
    kind = history.kind(definition, version)
    if kind == "function":
        signature = history.signature(definition, version)
        return None if signature is None else ("function", str(signature))
    if kind != "class":
        return None
    members: list[tuple[str, str | None, str]] = []
    for member in sorted(history.own_members(definition, version)):
        path = f"{definition}.{member}"
        members.append((member, history.member_kind(path, version), str(history.signature(path, version))))
    bases = tuple(base.rpartition(".")[2] for base in history.bases(definition, version))
    return ("class", bases, tuple(members)) if definition.startswith(LIBRARY) else None
