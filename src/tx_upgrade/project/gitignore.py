"""What git would ignore, by its own rules.

Written here rather than taken from a library: patterns without wildcards (nearly all of them) become one look-up
in a dict, so that a tree of thousands of files costs milliseconds. The tests compare it with ``git check-ignore``.
"""

# os.path on purpose: this runs for every entry of a walk.

from __future__ import annotations

import os
import re

_SPECIAL = re.compile(r"[*?\[\\]")
_CLASSES = {
    "alnum": "a-zA-Z0-9",
    "alpha": "a-zA-Z",
    "blank": " \\t",
    "digit": "0-9",
    "lower": "a-z",
    "punct": re.escape("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"),
    "space": " \\t\\n\\r\\f\\v",
    "upper": "A-Z",
    "xdigit": "0-9a-fA-F",
}


class IgnoreFile:
    """The patterns of one .gitignore, which speak of the folder ``base`` and what is below it."""

    def __init__(self, base: str, text: str) -> None:
        self._skip = len(base.rstrip(os.sep)) + 1
        # Each rule: (its place in the file, whether it ignores, whether it is for folders only). The last one wins.
        self._names: dict[str, list[tuple[int, bool, bool]]] = {}
        self._paths: dict[str, list[tuple[int, bool, bool]]] = {}
        self._endings: list[tuple[str, tuple[int, bool, bool]]] = []
        self._name_patterns: list[tuple[re.Pattern[str], tuple[int, bool, bool]]] = []
        self._path_patterns: list[tuple[re.Pattern[str], tuple[int, bool, bool]]] = []
        for place, line in enumerate(text.removeprefix("\ufeff").split("\n")):
            self._add(place, line.removesuffix("\r"))
        self._ending_tuple = tuple(ending for ending, _ in self._endings)

    def __bool__(self) -> bool:
        return bool(self._names or self._paths or self._endings or self._name_patterns or self._path_patterns)

    def _add(self, place: int, line: str) -> None:
        if line.startswith("#"):
            return
        body = line.rstrip(" ")
        if len(body) < len(line) and (len(body) - len(body.rstrip("\\"))) % 2:
            body += " "  # an escaped blank at the end belongs to the pattern
        ignores = not body.startswith("!")
        body = body if ignores else body[1:]
        folders_only = body.endswith("/")
        body = body[:-1] if folders_only else body
        rule = (place, ignores, folders_only)
        if not body:
            return
        if "/" not in body:
            if not _SPECIAL.search(body):
                self._names.setdefault(body, []).append(rule)
            elif body[0] == "*" and not _SPECIAL.search(body[1:]):
                self._endings.append((body[1:], rule))
            elif (pattern := _translate(body, whole_path=False)) is not None:
                self._name_patterns.append((pattern, rule))
            return
        body = body.removeprefix("/")
        if not _SPECIAL.search(body):
            self._paths.setdefault(body, []).append(rule)
        elif (pattern := _translate(body, whole_path=True)) is not None:
            self._path_patterns.append((pattern, rule))

    def verdict(self, path: str, name: str, is_folder: bool) -> bool | None:
        """Whether ``path`` (absolute, its last part being ``name``) is ignored; None when nothing here speaks of it."""
        best, ignored = -1, None
        found = self._names.get(name, ())
        for place, ignores, folders_only in found:
            if place > best and (is_folder or not folders_only):
                best, ignored = place, ignores
        if self._ending_tuple and name.endswith(self._ending_tuple):
            for ending, (place, ignores, folders_only) in self._endings:
                if place > best and (is_folder or not folders_only) and name.endswith(ending):
                    best, ignored = place, ignores
        for pattern, (place, ignores, folders_only) in self._name_patterns:
            if place > best and (is_folder or not folders_only) and pattern.fullmatch(name):
                best, ignored = place, ignores
        if self._paths or self._path_patterns:
            relative = path[self._skip :].replace(os.sep, "/")
            for place, ignores, folders_only in self._paths.get(relative, ()):
                if place > best and (is_folder or not folders_only):
                    best, ignored = place, ignores
            for pattern, (place, ignores, folders_only) in self._path_patterns:
                if place > best and (is_folder or not folders_only) and pattern.fullmatch(relative):
                    best, ignored = place, ignores
        return ignored


def _translate(glob: str, *, whole_path: bool) -> re.Pattern[str] | None:
    """A pattern of git's as a regular expression; None for one that git takes to match nothing."""
    any_character = "[^/]" if whole_path else "."
    out: list[str] = []
    at, end = 0, len(glob)
    while at < end:
        character = glob[at]
        if character == "*":
            stop = at
            while stop < end and glob[stop] == "*":
                stop += 1
            # git compares what comes before the first wildcard as it is and then forgets it, so that a ** there
            # counts as if the pattern began with it: `a**/b` is `a` and then `**/b`.
            opens = at == 0 or glob[at - 1] == "/" or not _SPECIAL.search(glob[:at])
            if whole_path and stop - at >= 2 and opens and stop < end and glob[stop] == "/":
                out.append("(?:.*/)?")  # **/ : any folders, or none
                stop += 1
            elif whole_path and stop - at >= 2 and opens and stop == end:
                out.append(".*")
            else:
                out.append(any_character + "*")
            at = stop
        elif character == "?":
            out.append(any_character)
            at += 1
        elif character == "[":
            bracket = _bracket(glob, at, whole_path)
            if bracket is None:
                return None
            text, at = bracket
            out.append(text)
        elif character == "\\":
            if at + 1 == end:
                return None
            out.append(re.escape(glob[at + 1]))
            at += 2
        else:
            out.append(re.escape(character))
            at += 1
    try:
        return re.compile("".join(out), re.DOTALL)
    except re.error:
        return None


def _bracket(glob: str, at: int, whole_path: bool) -> tuple[str, int] | None:
    """The character class that opens at ``at`` as regular expression, and the place after it."""
    end = len(glob)
    at += 1
    negated = at < end and glob[at] in "!^"
    at += negated
    parts: list[str] = []
    first = True
    while True:
        if at >= end:
            return None
        if glob[at] == "]" and not first:
            break
        first = False
        if glob.startswith("[:", at) and (close := glob.find(":]", at + 2)) != -1:
            known = _CLASSES.get(glob[at + 2 : close])
            if known is None:
                return None
            parts.append(known)
            at = close + 2
            continue
        low, at = _member(glob, at)
        if low is None:
            return None
        if at + 1 < end and glob[at] == "-" and glob[at + 1] != "]":
            high, at = _member(glob, at + 1)
            if high is None:
                return None
            if low <= high:
                parts.append(f"{re.escape(low)}-{re.escape(high)}")
        else:
            parts.append(re.escape(low))
    inner = "".join(parts)
    slash = "(?!/)" if whole_path else ""
    if not inner:
        return (f"{slash}." if negated else "(?!)"), at + 1
    return f"{slash}[{'^' if negated else ''}{inner}]", at + 1


def _member(glob: str, at: int) -> tuple[str | None, int]:
    if glob[at] == "\\":
        at += 1
        if at >= len(glob):
            return None, at
    return glob[at], at + 1


def read_ignore_file(base: str, file: str) -> IgnoreFile | None:
    """The patterns in ``file`` for what is below ``base``; None when there are none or the file cannot be read."""
    try:
        with open(file, encoding="utf-8", errors="surrogateescape", newline="") as handle:
            ignore = IgnoreFile(base, handle.read())
    except OSError:
        return None
    return ignore if ignore else None


def read_exclude(repository: str) -> IgnoreFile | None:
    """The patterns of ``.git/info/exclude``, also where ``.git`` is a file that names the real folder."""
    git = os.path.join(repository, ".git")
    if os.path.isfile(git):
        try:
            with open(git, encoding="utf-8", errors="surrogateescape") as handle:
                words = handle.read().strip()
            git = os.path.join(repository, words.removeprefix("gitdir:").strip())
            common = os.path.join(git, "commondir")
            if os.path.isfile(common):
                with open(common, encoding="utf-8", errors="surrogateescape") as handle:
                    git = os.path.join(git, handle.read().strip())
        except OSError:
            return None
    return read_ignore_file(repository, os.path.join(git, "info", "exclude"))
