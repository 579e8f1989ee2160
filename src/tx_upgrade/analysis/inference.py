"""For which releases code was written, by the names, modules and arguments of the library that it uses."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple

from ..model import Evidence, TxUpgradeError
from .library import ROOT, Library
from .walking import walk

if TYPE_CHECKING:
    from ..history import History
    from .module import Module

_SHOWN = 2
"""Pieces of evidence for each end of a window."""


class Use(NamedTuple):
    """Something of the library that a line of code needs, and the releases (by number) that have it."""

    what: str
    path: str
    line: int
    there: frozenset[int]


class Window(NamedTuple):
    """The releases that have all that the code uses, and what bounds them; ``last`` is the newest of them.

    ``low`` and ``high`` are the uses that the release before and the one after the window lack.
    """

    first: str
    last: str
    low: tuple[Use, ...]
    high: tuple[Use, ...]


def infer(files: Mapping[str, bytes], shown: Mapping[str, str], history: History) -> Window | None:
    """The window of the code in ``files`` (bytes by absolute path); None where nothing bounds it on any side.

    What the code's author guards (a ``try`` around an import, a test of the version) says nothing. Where several
    windows fit, with a gap between them, the newest counts.

    Raises:
        TxUpgradeError: no release has all that is used; two uses that exclude each other are named.
    """
    uses = list(_uses(files, shown, history))
    every = frozenset(range(len(history.versions)))
    common = every
    for use in uses:
        if not common & use.there:
            raise TxUpgradeError(_contradiction(use, uses, history))
        common &= use.there
    if common == every:
        return None
    last = max(common)
    first = last
    while first - 1 in common:
        first -= 1
    low = [u for u in uses if first > 0 and first - 1 not in u.there]
    high = [u for u in uses if last + 1 < len(history.versions) and last + 1 not in u.there]
    return Window(history.versions[first], history.versions[last], _few(low), _few(high))


def evidence(window: Window, history: History) -> tuple[Evidence, ...]:
    """The uses that bound a window, with the releases that have them."""
    return tuple(
        Evidence(use.path, use.line, f"{use.what} ({spans(use.there, history)})")
        for use in dict.fromkeys((*window.low, *window.high))
    )


def spans(there: Iterable[int], history: History) -> str:
    """Releases as people write them: ``since 4.41.2``, ``2.9.1 to 4.45.2``."""
    numbers = sorted(there)
    parts: list[str] = []
    while numbers:
        start = end = numbers.pop(0)
        while numbers and numbers[0] == end + 1:
            end = numbers.pop(0)
        first, last = history.versions[start], history.versions[end]
        if end == len(history.versions) - 1:
            parts.append(f"since {first}")
        else:
            parts.append(first if start == end else f"{first} to {last}")
    return ", ".join(parts)


def _few(uses: list[Use]) -> tuple[Use, ...]:
    """One use of each thing, and only the first things."""
    first = {use.what: use for use in reversed(uses)}
    kept = [use for use in uses if first[use.what] is use]
    return tuple(kept[:_SHOWN])


def _contradiction(use: Use, uses: list[Use], history: History) -> str:
    other = next((u for u in uses if not u.there & use.there), uses[0])
    said = (f"{u.path}:{u.line}: {u.what} ({spans(u.there, history)})" for u in (other, use))
    return f"no release of transformers has all that the code uses: {'; '.join(said)}"


def _uses(files: Mapping[str, bytes], shown: Mapping[str, str], history: History) -> Iterator[Use]:
    from ..project.documents import DocumentError, parse, read_document
    from ..project.reach import imports_library
    from .project import Project

    newest = history.versions[-1]
    readable: dict[str, tuple[object, ast.Module]] = {}
    for path, raw in files.items():
        if imports_library(raw):
            try:
                document = read_document(shown.get(path, path), raw)
                readable[path] = (document, parse(document))
            except DocumentError:
                continue  # the run itself reports it
    # from the oldest on, so that every test of what the library has tells something
    library = Library(history, history.versions[0], newest)
    project = Project(library, frozenset(readable), readable.get, dict.fromkeys(readable, ""))  # type: ignore[arg-type]
    seen: dict[str, frozenset[int]] = {}
    for path in sorted(readable):
        module = project.module(path)
        if module is not None:
            for what, name, keyword, line in _mentions(module, history):
                key = f"{name}({keyword})" if keyword else name
                if key not in seen:
                    seen[key] = _taking(name, keyword, history) if keyword else _having(name, history)
                if seen[key]:  # a name that no release has is the project's mistake, or its own
                    yield Use(what, module.document.path, line, seen[key])


def _mentions(module: Module, history: History) -> Iterator[tuple[str, str, str | None, int]]:
    """Names of the library, and arguments of its callables: what to show, the name, the argument, the line."""
    guards = module.guards
    for node in walk(module.tree):
        if isinstance(node, ast.ImportFrom):
            inside = node.module is not None and (node.module == ROOT or node.module.startswith(f"{ROOT}."))
            if node.level or not inside or guards.of_import(node) is not None or guards.is_live(node):
                continue
            for alias in node.names:
                name = node.module or "" if alias.name == "*" else f"{node.module}.{alias.name}"
                yield name, name, None, node.lineno
        elif isinstance(node, ast.Import):
            if guards.of_import(node) is None and not guards.is_live(node):
                for alias in node.names:
                    if alias.name.startswith(f"{ROOT}."):
                        yield alias.name, alias.name, None, node.lineno
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load):
            name = module.spelled(node) or ""
            owner = name.rpartition(".")[0]
            if not name.startswith(f"{ROOT}.") or not _was_module(owner, history):
                continue
            if guards.of_reference(node) is None and not guards.is_live(node):
                yield name, name, None, node.lineno
        elif isinstance(node, ast.Call):
            callee = module.spelled(node.func) or ""
            if (
                callee.startswith(f"{ROOT}.")
                and node.keywords
                and guards.of_call(node) is None
                and not guards.is_live(node)
            ):
                for keyword in node.keywords:
                    if keyword.arg is not None:
                        shown = f"{keyword.arg}= of {callee}"
                        yield shown, callee, keyword.arg, keyword.value.lineno


def _was_module(name: str, history: History) -> bool:
    return any(history.is_module(name, version) for version in reversed(history.versions))


def _having(name: str, history: History) -> frozenset[int]:
    return frozenset(n for n, version in enumerate(history.versions) if history.exists(name, version))


def _taking(name: str, keyword: str, history: History) -> frozenset[int]:
    """The releases whose callable takes an argument, or may; none where it is never named by a signature."""
    taking: set[int] = set()
    named = False
    for number, version in enumerate(history.versions):
        signature = history.signature(name, version)
        if signature is None:
            if history.exists(name, version):
                taking.add(number)
        elif keyword in signature.names:
            named = True
            taking.add(number)
        elif signature.takes_any_keyword:
            taking.add(number)
    return frozenset(taking) if named else frozenset()
