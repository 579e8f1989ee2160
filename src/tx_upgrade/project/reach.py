"""Which files can hold the library's objects: those that import it, and those that these import or are imported by."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

NAME = b"transformers"
_WORD_BYTES = frozenset(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_")
_IMPORT_LINE = re.compile(
    rb"^[ \t]*(?:from[ \t]+([.\w]+)[ \t]+import[ \t]+([^\n#]*)|import[ \t]+([^\n#]+))", re.MULTILINE
)
_STARTERS = (b"from ", b"import ", b"from\t", b"import\t")
_INLINE = re.compile(rb"[;:]\s*(?:from|import)\s[^;]*$")
_BY_NAME = re.compile(
    rb"(?:import_module|__import__|find_spec|importorskip|import_string|locate|version|modules)"
    rb"\s*[(\[]\s*(?:\w+\s*=\s*)?[\"']$"
)
"""What takes the library's bare name as a string; scikit-learn's ``"transformers"`` are keys and parameters."""


def imports_library(raw: bytes) -> bool:
    """Whether a file imports the library or names it in a string such as ``"transformers.Trainer"``."""
    position = raw.find(NAME)
    while position != -1:
        before = raw[position - 1] if position else 10
        after = raw[position + 12] if position + 12 < len(raw) else 10
        if before not in _WORD_BYTES and after not in _WORD_BYTES:
            if before in b"\"'":
                if after in b".":
                    return True
                if after in b"\"'" and _BY_NAME.search(raw, max(0, position - 80), position):
                    return True
            else:
                start = raw.rfind(b"\n", 0, position) + 1
                while start > 1 and raw[max(0, start - 3) : start].rstrip(b"\r\n").endswith(b"\\"):
                    start = raw.rfind(b"\n", 0, start - 1) + 1
                prefix = raw[start:position].lstrip()
                if prefix.startswith(_STARTERS) or _INLINE.search(prefix):
                    return True
        position = raw.find(NAME, position + 12)
    return False


class Reach(NamedTuple):
    """``roots`` import the library; ``others`` only through files of the project; ``groups``: source folder of each.

    ``copies`` are the folders of copies of the library itself: neither of the two.
    """

    roots: tuple[str, ...]
    others: tuple[str, ...]
    groups: Mapping[str, str]
    copies: frozenset[str]


def library_copies(contents: Mapping[str, bytes]) -> frozenset[str]:
    """Folders that hold the library itself, not code that uses it: what ``transformers`` is to them is that copy.

    A package of somebody's own that only bears the name lacks what every release since 2.0 has.
    """
    folders = (p.rpartition("/")[0] for p in contents if p.endswith("/transformers/modeling_utils.py"))
    return frozenset(
        f
        for f in folders
        if f"{f}/configuration_utils.py" in contents
        and b"__version__ =" in contents.get(f"{f}/__init__.py", b"")
        # inside another package it is not what `import transformers` gives
        and f"{f.rpartition('/')[0]}/__init__.py" not in contents
    )


def inside(path: str, folders: frozenset[str]) -> bool:
    """Whether a file is in one of some folders."""
    return any(path.startswith(f"{folder}/") for folder in folders)


def find_reach(contents: Mapping[str, bytes], tokens: Iterable[bytes]) -> Reach:
    """The files of ``contents`` (by absolute path) that rules can meet.

    Args:
        tokens: byte strings, such as environment variables, that matter wherever they stand.
    """
    signs = _patterns(tokens)
    copies = library_copies(contents)
    if copies:
        contents = {p: raw for p, raw in contents.items() if not inside(p, copies)}
    roots = {p for p, raw in contents.items() if NAME in raw and imports_library(raw)}
    also = {p for p, raw in contents.items() if p not in roots and any(s.search(raw) for s in signs)}
    folders = _PackageFolders(contents)
    groups = {p: folders.source(p) for p in roots}
    others: set[str] = set()
    if roots:
        near = set(groups.values())
        below: dict[str, bool] = {}
        candidates = [p for p in contents if p not in roots and _related(os.path.dirname(p), near, below)]
        others = _connected(contents, roots, candidates)
        groups.update({p: folders.source(p) for p in others})
    others |= also
    return Reach(tuple(sorted(roots)), tuple(sorted(others)), groups, copies)


def _patterns(tokens: Iterable[bytes]) -> list[re.Pattern[bytes]]:
    """One pattern for all tokens that begin alike: ``re`` looks for what they share as fast as for one of them."""
    alike: dict[bytes, list[bytes]] = {}
    for token in tokens:
        alike.setdefault(token[:2], []).append(re.escape(token[2:]))
    return [re.compile(re.escape(start) + b"(?:" + b"|".join(ends) + b")") for start, ends in alike.items()]


def _related(folder: str, sources: set[str], known: dict[str, bool]) -> bool:
    """Whether a folder is one of ``sources`` or below one; ``known`` is what was found before."""
    if folder not in known:
        parent = os.path.dirname(folder)
        known[folder] = folder in sources or (parent != folder and _related(parent, sources, known))
    return known[folder]


class _PackageFolders:
    def __init__(self, paths: Iterable[str]) -> None:
        self._packages = {os.path.dirname(p) for p in paths if p.endswith("/__init__.py")}
        self._source: dict[str, str] = {}

    def source(self, path: str) -> str:
        """The folder that is on the path when ``path`` is imported: the parent of its outermost package."""
        start = os.path.dirname(path)
        if start not in self._source:
            folder = start
            while folder in self._packages:
                folder = os.path.dirname(folder)
            self._source[start] = folder
        return self._source[start]


def _connected(contents: Mapping[str, bytes], roots: set[str], candidates: list[str]) -> set[str]:
    """The candidates that import a root or are imported by one, over any number of steps."""
    imported_by: dict[str, set[str]] = {}
    imports: dict[str, set[str]] = {}
    known = contents.keys()
    for path in (*candidates, *roots):
        imports[path] = _targets(path, contents[path], known)
        for target in imports[path]:
            imported_by.setdefault(target, set()).add(path)
    allowed = set(candidates)
    return (_closure(roots, imported_by) | _closure(roots, imports)) & allowed


def _closure(start: set[str], edges: Mapping[str, set[str]]) -> set[str]:
    found: set[str] = set()
    stack = list(start)
    while stack:
        for path in edges.get(stack.pop(), ()):
            if path not in found:
                found.add(path)
                stack.append(path)
    return found


def _targets(path: str, raw: bytes, known: Iterable[str]) -> set[str]:
    found: set[str] = set()
    folder = os.path.dirname(path)
    for match in _IMPORT_LINE.finditer(raw):
        if match[1] is not None:
            module = match[1].decode("ascii", "replace")
            names = [
                n.split()[0]
                for n in match[2].decode("utf-8", "replace").replace("(", " ").split(",")
                if n.split()
            ]
        else:
            module, names = "", []
            for part in match[3].decode("utf-8", "replace").split(","):
                if part.split():
                    found.update(_locate(folder, part.split()[0], [], known))
            continue
        if module.startswith("."):
            level = len(module) - len(module.lstrip("."))
            base = folder
            for _ in range(level - 1):
                base = os.path.dirname(base)
            found.update(_files(base, module.lstrip("."), names, known))
        else:
            found.update(_locate(folder, module, names, known))
    return found


def _locate(folder: str, module: str, names: list[str], known: Iterable[str]) -> set[str]:
    while True:
        for base in (folder, f"{folder}/src"):
            found = _files(base, module, names, known)
            if found:
                return found
        parent = os.path.dirname(folder)
        if parent == folder:
            return set()
        folder = parent


def _files(base: str, module: str, names: list[str], known: Iterable[str]) -> set[str]:
    stem = f"{base}/{module.replace('.', '/')}" if module else base
    found = {c for c in (f"{stem}.py", f"{stem}/__init__.py") if c in known}
    for name in names:
        found.update(c for c in (f"{stem}/{name}.py", f"{stem}/{name}/__init__.py") if c in known)
    return found
