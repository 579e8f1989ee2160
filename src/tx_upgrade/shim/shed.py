"""Entries of compatibility modules that releases from some version on no longer need, taken out again."""

from __future__ import annotations

import ast
import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from textwrap import dedent
from typing import TYPE_CHECKING, NamedTuple

from ..model import SHIM_FILE, Document, FileChange, TxUpgradeError
from ..project.discovery import discover
from ..project.documents import DocumentError, encode, parse, read_document
from ..project.root import common_folder, project_root
from ..rewriting.shim_place import shim_path
from ..rules.schema import ShimEntry
from .generate import MARKER, defined, read, write
from .uses import Direct, Outcome, module_users, without

if TYPE_CHECKING:
    from ..analysis.module import Module
    from ..analysis.project import Project
    from ..history import History


class Shed(NamedTuple):
    """What can go: the changes, the names by compatibility module, and why others stay that could have gone."""

    changes: tuple[FileChange, ...]
    gone: tuple[tuple[str, tuple[str, ...]], ...]
    kept: tuple[str, ...]
    root: Path
    oldest: str
    newest: str


def shed(paths: Sequence[str], minimum: str) -> Shed:
    """Work out what goes from the compatibility modules below ``paths`` when no release before ``minimum`` is supported.

    Uses in the whole project are rewritten to the direct form; entries that nothing uses any more go as well.
    Nothing on disk is touched.

    Raises:
        TxUpgradeError: an unknown version, no such path, or a module that the tool did not write or cannot read.
    """
    from ..history import History

    history = History.load()
    oldest = history.resolve_version(minimum)
    asked = {_key(f) for f in discover(paths).files}
    asked |= {_key(p) for p in paths if os.path.isfile(p)}
    root = project_root(common_folder(paths))
    contents = {_key(f): Path(f).read_bytes() for f in (*discover([str(root)]).files, *map(Path, asked))}
    shims = {
        path: read(raw.decode("utf-8", "replace"), _shown(path))
        for path, raw in contents.items()
        if path in asked and path.endswith(f"/{SHIM_FILE}") and MARKER.encode() in raw
    }
    work = _Work(history, oldest, contents, shims)
    changes = work.changes()
    return Shed(tuple(changes), tuple(work.gone), tuple(work.kept), root, oldest, history.versions[-1])


class _Work:
    """One run's modules and the files that use them."""

    def __init__(
        self, history: History, oldest: str, contents: dict[str, bytes], shims: dict[str, list[ShimEntry]]
    ) -> None:
        self.history = history
        self.oldest = oldest
        self.later = history.versions[history.index_of(oldest) :]
        self.contents = contents
        self.shims = shims
        self.gone: list[tuple[str, tuple[str, ...]]] = []
        self.kept: list[str] = []
        self.documents: dict[str, Document] = {}

    def changes(self) -> list[FileChange]:
        direct = {path: self._direct(entries) for path, entries in self.shims.items()}
        needed: dict[str, set[str]] = {path: set() for path in self.shims}
        found: list[FileChange] = []
        for path, module in self._users():
            shim = shim_path(module)
            if shim not in self.shims:
                continue
            if module_users(module):
                needed[shim].update(n for e in self.shims[shim] for n in defined(e.source))
                self.kept.append(f"{_shown(path)}: imports the module as a whole, so all of its entries stay")
                continue
            outcome = without(module, direct[shim])
            needed[shim] |= outcome.needs
            self._say(path, outcome)
            if outcome.text is not None:
                after = encode(self.documents[path], outcome.text)
                found.append(FileChange(_shown(path), self.contents[path], after))
        for path, entries in self.shims.items():
            change = self._module(path, entries, needed[path])
            if change is not None:
                found.append(change)
        return sorted(found, key=lambda c: c.path)

    def _say(self, path: str, outcome: Outcome) -> None:
        for name, line in outcome.kept:
            self.kept.append(f"{_shown(path)}:{line}: {name} stays: this use has no direct form")

    def _users(self) -> Iterable[tuple[str, Module]]:
        project = self._project()
        for path, raw in sorted(self.contents.items()):
            if SHIM_FILE.removesuffix(".py").encode() in raw and path not in self.shims:
                module = project.module(path)
                if module is not None:
                    yield path, module

    def _project(self) -> Project:
        from ..analysis.library import Library
        from ..analysis.project import Project
        from ..project.reach import find_reach

        reach = find_reach(self.contents, [SHIM_FILE.removesuffix(".py").encode()])
        library = Library(self.history, self.oldest, self.history.versions[-1])
        return Project(library, frozenset(self.contents), self._load, reach.groups, reach.copies)

    def _load(self, path: str) -> tuple[Document, ast.Module] | None:
        try:
            document = self.documents[path] = read_document(_shown(path), self.contents[path])
            return document, parse(document)
        except DocumentError as error:
            raise TxUpgradeError(f"{_shown(path)}:{error.line}: {error.message}") from None

    # -- entries -----------------------------------------------------------------------------------------------------

    def _direct(self, entries: list[ShimEntry]) -> dict[str, Direct]:
        found: dict[str, Direct] = {}
        for entry in entries:
            direct = self._of_entry(entry)
            if direct is not None:
                found[entry.name] = direct
        return found

    def _of_entry(self, entry: ShimEntry) -> Direct | None:
        """What an entry is on all releases that are left, where that can be said without it."""
        body = _body(entry)
        if len(body) != 1:
            return None
        (statement,) = body
        if isinstance(statement, ast.Try) and len(statement.body) == 1:
            imported = statement.body[0]
            if isinstance(imported, ast.ImportFrom) and len(imported.names) == 1 and imported.module:
                qualified = f"{imported.module}.{imported.names[0].name}"
                if all(self.history.exists(qualified, v) for v in self.later):
                    return Direct(qualified=qualified)
        if isinstance(statement, ast.Assign):
            value = statement.value
            if self._holds(value):
                return Direct(literal=True)
            if (
                isinstance(value, ast.IfExp)
                and self._holds(value.test)
                and isinstance(value.body, ast.Constant)
            ):
                return Direct(literal=value.body.value) if isinstance(value.body.value, str) else None
        return None

    def _holds(self, test: ast.expr) -> bool:
        """Whether ``Version(transformers.__version__).release >= (5, 0)`` is true from the oldest release on."""
        if not (isinstance(test, ast.Compare) and isinstance(test.ops[0], ast.GtE)):
            return False
        if "transformers.__version__" not in ast.unparse(test.left) or not isinstance(
            test.comparators[0], ast.Tuple
        ):
            return False
        wanted = tuple(int(ast.unparse(e)) for e in test.comparators[0].elts)
        return wanted <= tuple(map(int, self.oldest.split(".")))

    def _module(self, path: str, entries: list[ShimEntry], needed: set[str]) -> FileChange | None:
        """The compatibility module with what is still needed; it goes when that is nothing."""
        names = {n: e for e in entries for n in defined(e.source)}
        left: set[str] = set()
        wanted = [names[n].name for n in needed if n in names]
        while wanted:
            name = wanted.pop()
            if name not in left:
                left.add(name)
                wanted += next(e.needs for e in entries if e.name == name)
        kept = [self._without_test(e) for e in entries if e.name in left]
        gone = tuple(e.name for e in entries if e.name not in left)
        if gone:
            self.gone.append((_shown(path), gone))
        if kept == entries:
            return None
        before = self.contents[path]
        return FileChange(_shown(path), before, write(kept).encode() if kept else None)

    def _without_test(self, entry: ShimEntry) -> ShimEntry:
        """An entry that was kept from older releases by a test which now always holds, without the test."""
        body = _body(entry)
        if not (len(body) == 1 and isinstance(body[0], ast.If) and self._holds(body[0].test)):
            return entry
        inner = body[0].body
        lines = entry.source.split("\n")[inner[0].lineno - 1 : inner[-1].end_lineno]
        first = inner[0]
        if isinstance(first, ast.FunctionDef | ast.ClassDef) and first.decorator_list:
            lines = entry.source.split("\n")[first.decorator_list[0].lineno - 1 : inner[-1].end_lineno]
        return entry._replace(source=dedent("\n".join(lines)) + "\n")


def _body(entry: ShimEntry) -> list[ast.stmt]:
    return [n for n in ast.parse(entry.source).body if not isinstance(n, ast.Import | ast.ImportFrom)]


def _key(path: object) -> str:
    return os.path.abspath(str(path)).replace(os.sep, "/")


def _shown(path: str) -> str:
    relative = os.path.relpath(path)
    return path if relative.startswith("..") else relative.replace(os.sep, "/")
