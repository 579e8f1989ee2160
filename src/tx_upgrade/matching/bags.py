"""What is known of the keys of a dictionary, and where each of them was written."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field, replace
from typing import Literal

from ..analysis.module import Module

EntryKind = Literal["display", "keyword", "store", "pair"]


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """One key of a dictionary, where it is written.

    ``container`` is the ``{…}`` display, the ``dict(…)``/``update(…)`` call, the ``kw["key"] = …`` statement, or the
    list of pairs; ``index`` the entry's place in it. ``module`` is set for what is written in another file.
    """

    kind: EntryKind
    name: str
    container: ast.AST
    index: int
    key: ast.Constant | ast.keyword
    value: ast.expr
    module: Module | None = None


@dataclass(slots=True)
class Bag:
    """The entries that certainly or possibly reach a ``**`` argument.

    ``complete``: no other key can be in it; ``certain``: this dictionary is used for nothing else, and ``doubtful``
    the entries that come from one that is; ``optional``: entries that are there on some ways only; ``read``: keys
    that the code itself looks at; ``consumers``: all calls that it is unpacked into.
    """

    entries: list[Entry] = field(default_factory=list)
    complete: bool = True
    certain: bool = True
    doubtful: set[Entry] = field(default_factory=set)
    optional: set[Entry] = field(default_factory=set)
    read: set[str] = field(default_factory=set)
    reads: dict[str, int] = field(default_factory=dict)
    inside: set[tuple[str, str]] = field(default_factory=set)
    """Keys that the code looks at in a dictionary that is an entry: that one's name, and the key."""
    asked: bool = False
    """Whether the code asks for a key that only run time knows."""
    looked_up: int = 0
    """How often a key that only run time knows is read, where nothing else makes the entries doubtful."""
    consumers: set[ast.Call] = field(default_factory=set)
    reached: dict[Entry, set[ast.Call]] = field(default_factory=dict)
    through: set[ast.Call] = field(default_factory=set)
    """Calls of the project's functions that hand the entries in: they go on from there."""

    def merge(self, other: Bag) -> None:
        self.entries.extend(e for e in other.entries if e not in self.entries)
        self.complete &= other.complete
        self.doubtful |= other.doubtful
        self.optional |= other.optional
        self.read |= other.read
        self.asked |= other.asked
        self.through |= other.through
        self.inside |= other.inside
        self.looked_up += other.looked_up
        for name, count in other.reads.items():
            self.reads[name] = max(count, self.reads.get(name, 0))
        for entry, calls in other.reached.items():
            self.reached.setdefault(entry, set()).update(calls)

    def either(self, ways: list[Bag]) -> None:
        """Merge what one of several ways gives: a key that one of them lacks may be missing."""
        for way in ways:
            self.merge(way)
        names = [{e.name for e in way.entries if e not in way.optional} for way in ways]
        always = set.intersection(*names) if names else set()
        self.optional.update(e for way in ways for e in way.entries if e.name not in always)


def unknown() -> Bag:
    return Bag(complete=False)


def from_elsewhere(bag: Bag, module: Module) -> Bag:
    """What another file writes: told apart, and never certain, since that file may use it in other ways."""
    found = Bag(complete=bag.complete, through=set(bag.through), asked=bag.asked)
    for entry in bag.entries:
        copy = replace(entry, module=entry.module or module)
        found.entries.append(copy)
        found.reached[copy] = set(bag.reached.get(entry, ()))
        if entry in bag.optional:
            found.optional.add(copy)
    found.doubtful.update(found.entries)
    return found
