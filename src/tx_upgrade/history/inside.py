"""What goes on inside of the library: how it calls the methods that others override, what it sets where.

A file of its own beside the index of names, read only when a member or an override is in doubt.
"""

from __future__ import annotations

import dataclasses
import json
import lzma
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Any

INSIDE = Path(__file__).parent / "data" / "inside.bin"

ADAPTS = "?"
"""Stands beside the shapes of a method's calls where the code asks for the method's signature before it calls."""

Spans = list[int]
"""The releases ``[first, past the last, first, past the last, …]`` in which something holds, by their positions."""


@dataclass(frozen=True, slots=True)
class CallShape:
    """The arguments of a call: how many by position (at least, with ``more``), and by which keywords."""

    positional: int
    more: bool
    keywords: tuple[str, ...]
    any_keywords: bool


@dataclass(eq=False)
class Inside:
    """Releases are given by their position in the history's ``versions``; one that is not read yet is taken for the last.

    On disk each field is a section of its own behind a line of ``name length name length …``: most runs need one of them.
    """

    releases: int = 0
    """How many releases were read."""
    shapes: dict[str, dict[str, dict[str, Spans]]] = field(default_factory=dict)
    """For each class and each method that it calls on itself: the shapes of those calls."""
    patterns: dict[str, dict[str, Spans]] = field(default_factory=dict)
    """For each class that sets attributes on itself by computed names: what is known of those."""
    placed: dict[str, Spans] = field(default_factory=dict)
    """Attributes that are set on objects from outside of their class, configurations aside."""
    configured: dict[str, Spans] = field(default_factory=dict)
    """Attributes that are set from outside on what is called a configuration."""
    mapped: dict[str, dict[str, Spans]] = field(default_factory=dict)
    """For each configuration the names that it serves under others (``attribute_map``)."""
    mentioned: dict[str, Spans] = field(default_factory=dict)
    """Names of members that stand anywhere as ``.name`` or in quotes."""
    shared: dict[str, Spans] = field(default_factory=dict)
    """The same without the models' own modules."""
    lost: dict[str, list[int]] = field(default_factory=dict)
    """Names of members and the releases in which some class has lost one."""

    narrowed: dict[str, dict[str, list[int]]] = field(default_factory=dict)
    """For each name of a method or a class: parameters and the releases in which one of that name has lost them."""
    unread: dict[str, dict[str, Spans]] = field(default_factory=dict)
    """For each parameter that something lost: where its name stands in no code any more.

    That is nowhere (``""``), or neither in a family of models that lost it nor in what the models share.
    """

    @classmethod
    def load(cls, path: Path | None = None) -> Inside:
        """The shipped data (or another file's), one object a process."""
        return _load(path or INSIDE)

    def dump(self) -> bytes:
        """The content of the file that ``load`` reads."""
        sections = {
            name: lzma.compress(
                json.dumps(value, separators=(",", ":"), sort_keys=True).encode(),
                preset=9 | lzma.PRESET_EXTREME,
            )
            for name, value in dataclasses.asdict(self).items()
        }
        head = " ".join(f"{name} {len(section)}" for name, section in sections.items())
        return head.encode() + b"\n" + b"".join(sections.values())

    def __getattr__(self, name: str) -> Any:
        # only asked for what is not there: a section that nobody has needed yet
        sections: dict[str, bytes] = self.__dict__.get("_sections", {})
        if name not in sections:
            raise AttributeError(name)
        value = json.loads(lzma.decompress(sections[name]))
        setattr(self, name, value)
        return value

    def calls(self, definition: str, method: str, release: int) -> tuple[CallShape, ...]:
        """How the code of a class (by its definition) calls one of its own methods."""
        found = self.shapes.get(definition, {}).get(method, {})
        return tuple(
            decode_shape(text)
            for text, spans in found.items()
            if text != ADAPTS and self._holds(spans, release)
        )

    def adapts(self, definition: str, method: str, release: int) -> bool:
        """Whether the code of a class asks for the signature of one of its own methods, and goes by that."""
        return self._holds(self.shapes.get(definition, {}).get(method, {}).get(ADAPTS, []), release)

    def may_set(self, definition: str, name: str, release: int) -> bool:
        """Whether a class sets attributes on itself under names that only a run knows, and this may be one of them."""
        return any(
            fnmatchcase(name, pattern)
            for pattern, spans in self.patterns.get(definition, {}).items()
            if self._holds(spans, release)
        )

    def places(self, name: str, release: int, *, on_config: bool = False) -> bool:
        """Whether the library sets an attribute of that name from outside on objects, or on configurations."""
        return self._holds((self.configured if on_config else self.placed).get(name, []), release)

    def maps(self, definition: str, name: str, release: int) -> bool:
        """Whether a configuration serves a name under another one."""
        return self._holds(self.mapped.get(definition, {}).get(name, []), release)

    def mentions(self, name: str, release: int, *, shared: bool = False) -> bool:
        """Whether the source of a release has ``.name`` or ``"name"`` anywhere; True for names that no class had.

        With ``shared`` only what the models have in common is asked, not what a model says of its own classes.
        """
        spans = (self.shared if shared else self.mentioned).get(name)
        return spans is None or self._holds(spans, release)

    def reads(self, parameter: str, release: int, family: str | None = None) -> bool:
        """Whether code of a release may read a keyword of that name; True for names that nothing lost.

        With a family of models (``bert``) only those, what they import and what the models share are asked.
        """
        spans = self.unread.get(parameter, {})
        wanted = ("",) if family is None else ("", family)
        return not any(self._holds(spans.get(where, []), release) for where in wanted)

    def lost_between(self, first: int, last: int) -> frozenset[str]:
        """Names of members that some class has in one release and has lost by another one."""
        return frozenset(
            name
            for name, releases in self.lost.items()
            if any(first < release <= last for release in releases)
        )

    def narrowed_between(self, first: int, last: int) -> dict[str, frozenset[str]]:
        """Names of methods and classes, and the parameters that one of that name has lost from one release to another."""
        found: dict[str, frozenset[str]] = {}
        for name, parameters in self.narrowed.items():
            gone = [p for p, releases in parameters.items() if any(first < r <= last for r in releases)]
            if gone:
                found[name] = frozenset(gone)
        return found

    def _holds(self, spans: Spans, release: int) -> bool:
        wanted = min(release, self.releases - 1)
        return sum(bound <= wanted for bound in spans) % 2 == 1


def extend(spans: Spans, number: int) -> None:
    """Add a release behind those that are there."""
    if spans and spans[-1] == number:
        spans[-1] = number + 1
    else:
        spans.extend((number, number + 1))


def decode_shape(text: str) -> CallShape:
    """The reverse of the builder's ``shape``: ``2*,return_outputs,**``."""
    first, *keywords = text.split(",")
    return CallShape(
        int(first.rstrip("*")),
        first.endswith("*"),
        tuple(k for k in keywords if k != "**"),
        "**" in keywords,
    )


@cache
def _load(path: Path) -> Inside:
    head, _, body = path.read_bytes().partition(b"\n")
    words = head.decode().split(" ")
    sections: dict[str, bytes] = {}
    start = 0
    for name, length in zip(words[::2], words[1::2], strict=True):
        sections[name] = body[start : start + int(length)]
        start += int(length)
    found = Inside.__new__(Inside)
    found.__dict__["_sections"] = sections
    found.releases = json.loads(lzma.decompress(sections["releases"]))  # a default would answer for it
    return found
