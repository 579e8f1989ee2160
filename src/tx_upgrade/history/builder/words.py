"""Which words the code of a release has: a keyword that stands nowhere in it can have no effect through ``**kwargs``."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Set
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path

from tx_upgrade.history.builder.wheels import python_files
from tx_upgrade.history.encoding import LIBRARY

EVERYWHERE = ""
"""Stands for the whole release where a family of models is asked for."""

# Long strings are documentation, short ones count when they hold nothing but words.
_QUIET = re.compile(
    rb'"""(?:\\[\s\S]|[^\\])*?"""|\'\'\'(?:\\[\s\S]|[^\\])*?\'\'\''
    rb'|("(?:\\[\s\S]|[^"\\\n])*"|\'(?:\\[\s\S]|[^\'\\\n])*\')|#[^\n]*'
)
_WORDS = re.compile(rb"[\"'][\w ,.|]*[\"']")
_WORD = re.compile(rb"[A-Za-z_]\w*")
_FAMILY = re.compile(rb"(?m)^\s*from \.\.\.?(\w+)(?:\.\w+)* import")
_ANY_MODEL = re.compile(rb"\bAuto[A-Z]\w+|\bload_backbone\b")
_ENDS = re.compile(rb"\.(?:starts|ends)with\(((?:[^()]|\([^()]*\))*)\)")
_END = re.compile(rb"[\"'](_\w+|\w+_)[\"']")
_FORMATTED = re.compile(rb"(?:\.get\(|\.pop\(|\w\[|[gs]etattr\(\w+, )f[\"']([\w{}.]*)[\"']")
_FIELD = re.compile(r"\{[^{}]*\}")
_FIXED = 3
"""Letters that the pattern of a computed name must have beside what a run fills in."""

# These describe arguments and write or check code; no call passes through them.
_APART = ("utils/auto_docstring.py", "utils/doc.py", "testing_utils.py")


@dataclass(slots=True)
class Words:
    """The words of one file, the families of models that it imports from, and whether it makes models of any kind."""

    words: Set[str]
    patterns: frozenset[str]
    imports: frozenset[str]
    any_model: bool


@dataclass(slots=True)
class ReleaseWords:
    """The words of a release: of what the models share, and of each family of models."""

    shared: set[str] = field(default_factory=set)
    families: dict[str, set[str]] = field(default_factory=dict)
    patterns: set[str] = field(default_factory=set)
    imports: dict[str, set[str]] = field(default_factory=dict)
    any_model: set[str] = field(default_factory=set)

    def unread(self, name: str) -> bool:
        """Whether no file of the release has a word."""
        return (
            name not in self.shared
            and not any(name in words for words in self.families.values())
            and not self._computed(name)
        )

    def unread_by(self, name: str, family: str) -> bool:
        """Whether neither the family, what it imports nor what the models share has a word."""
        if name in self.shared or self._computed(name):
            return False
        reached = {family}
        todo = [family]
        while todo:
            one = todo.pop()
            if one in self.any_model or name in self.families.get(one, ()):
                return False
            todo += self.imports.get(one, set()) - reached
            reached |= self.imports.get(one, set())
        return True

    def _computed(self, name: str) -> bool:
        return any(fnmatchcase(name, pattern) for pattern in self.patterns)


class WordReader:
    """Reads releases; a file that did not change is read once."""

    def __init__(self, wanted: Set[str]) -> None:
        self._wanted = wanted
        self._known: dict[bytes, Words] = {}

    def read(self, wheel: Path) -> ReleaseWords:
        """The words of a wheel's files, of those that are wanted."""
        found = ReleaseWords()
        for path, source in python_files(wheel):
            inner = path.removeprefix(f"{LIBRARY}/")
            if inner in _APART or inner.startswith(("commands/", "cli/")) or "/convert_" in inner:
                continue
            key = hashlib.sha256(source).digest()
            if key not in self._known:
                self._known[key] = read_words(source, self._wanted)
            file = self._known[key]
            family = family_of(path.removesuffix(".py").replace("/", "."))
            if family is None:
                found.shared |= file.words
                found.patterns |= file.patterns
                continue
            found.families.setdefault(family, set()).update(file.words)
            found.imports.setdefault(family, set()).update(file.imports)
            if file.any_model and "/configuration_" not in path and "/processing_" not in path:
                found.any_model.add(family)
        return found


def family_of(module: str) -> str | None:
    """The family of models that a module belongs to (``bert``); None for what the models share."""
    parts = module.split(".")
    if len(parts) < 4 or parts[1] != "models":
        return None
    return parts[3] if parts[2] == "deprecated" and len(parts) > 4 else parts[2]


def read_words(source: bytes, wanted: Set[str]) -> Words:
    """Which of the wanted words one file has, outside of comments and documentation."""
    code = _QUIET.sub(_kept, source)
    patterns = {m[1].decode() for m in _FORMATTED.finditer(source)}
    for call in _ENDS.finditer(source):
        for end in _END.findall(call[1]):
            text = end.decode()
            patterns.add("{}" + text if text.startswith("_") else text + "{}")
    return Words(
        wanted & {word.decode() for word in set(_WORD.findall(code))},
        frozenset(_FIELD.sub("*", p) for p in patterns if len(_FIELD.sub("", p)) >= _FIXED),
        frozenset(m.decode() for m in _FAMILY.findall(source)) - {"auto"},
        _ANY_MODEL.search(code) is not None,
    )


def _kept(match: re.Match[bytes]) -> bytes:
    text: bytes | None = match[1]
    return text if text is not None and _WORDS.fullmatch(text) else b" "
