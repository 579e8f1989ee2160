"""Import statements written down: names go where the file keeps imports of their kind, merged and in its order."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from ..analysis.module import Module
from ..model import SHIM_MODULE
from .composer import CannotRewrite, Composer
from .shim_place import shim_import
from .statements import blocks, delete_statement, indent, newline_of

_LONG_LINE = 110
_COMMENT_BEHIND = re.compile(r"[ \t]*,?[ \t]*(#[^\r\n]*)(?=[\r\n])")
_COMMENT_LINE = re.compile(r"^[ \t]*(#[^\r\n]*)", re.MULTILINE)

Import = ast.Import | ast.ImportFrom


class Wanted(NamedTuple):
    """One name that an import statement has to bring: ``from module import name as asname``, or ``import module``."""

    module: str
    name: str | None
    asname: str | None = None
    comment: str = ""

    @property
    def qualified(self) -> str:
        return self.module if self.name is None else f"{self.module}.{self.name}"

    @property
    def local(self) -> str:
        return self.asname or self.name or self.module.split(".")[0]


@dataclass(slots=True)
class _StatementChange:
    removed: set[int] = field(default_factory=set)
    replaced: dict[int, tuple[str, str | None]] = field(default_factory=dict)
    added: list[tuple[str, str | None]] = field(default_factory=list)
    beside: list[Wanted] = field(default_factory=list)
    modules: dict[int, str] = field(default_factory=dict)
    module: str | None = None
    """Another module for all that a from-import brings."""

    def empties(self, statement: Import) -> bool:
        return len(self.removed) == len(statement.names) and not self.added and not self.replaced


class ImportWriter:
    """Writes the import changes of one module."""

    def __init__(self, module: Module, composer: Composer) -> None:
        self._module = module
        self._scopes = module.scopes
        self._composer = composer
        self._text = module.document.text
        self._changes: dict[Import, _StatementChange] = {}
        self._at_top: list[Wanted] = []
        """What has no import to stand beside."""
        self._block = self._top_block()

    def write(
        self,
        dropped: Collection[ast.alias],
        renamed: Mapping[ast.alias, str],
        moved: Mapping[ast.alias, tuple[str, str]],
        wanted: Sequence[tuple[Wanted, Import | None]],
    ) -> None:
        """Turn what was asked for into edits.

        Args:
            dropped: names that nothing uses any more.
            renamed: modules of ``import module`` under their new names.
            moved: names with the qualified name to bring instead and the local name that it must have.
            wanted: names to bring that nothing brings yet, each with the import that it goes beside (None: to the top).
        """
        for alias in dropped:
            statement, index = self._place(alias)
            self._change(statement).removed.add(index)
        for alias, name in renamed.items():
            statement, index = self._place(alias)
            self._change(statement).modules[index] = name
        for statement, module in self._retargeted(dropped, moved).items():
            self._change(statement).module = module
        for alias, (qualified, local) in moved.items():
            self._move(alias, qualified, local)
        for item, place in wanted:
            spelled = Wanted(self._spelled(item.module), item.name, item.asname)
            if place is None:
                self._want(spelled)
            else:
                self._want_beside(spelled, place)
        self._edit()

    def _place(self, alias: ast.alias) -> tuple[Import, int]:
        statement = self._scopes.parent[alias]
        assert isinstance(statement, ast.Import | ast.ImportFrom)
        return statement, statement.names.index(alias)

    def _change(self, statement: Import) -> _StatementChange:
        return self._changes.setdefault(statement, _StatementChange())

    def _spelled(self, module: str) -> str:
        return shim_import(self._module) if module == SHIM_MODULE else module

    # -- where names go ----------------------------------------------------------------------------------------------

    def _retargeted(
        self, dropped: Collection[ast.alias], moved: Mapping[ast.alias, tuple[str, str]]
    ) -> dict[ast.ImportFrom, str]:
        """Statements whose names all move to one other module of the same kind: only the module is exchanged."""
        found: dict[ast.ImportFrom, str] = {}
        for alias in moved:
            statement, _ = self._place(alias)
            if not isinstance(statement, ast.ImportFrom) or statement in found:
                continue
            if any(a in dropped or a not in moved for a in statement.names):
                continue
            modules = {self._spelled(moved[a][0].rpartition(".")[0]) for a in statement.names}
            module = modules.pop()
            own = _module_name(statement)
            if modules or module == own or self._rank(module) != self._rank(own):
                continue
            if self._sibling(statement, module) is None and module not in found.values():
                found[statement] = module
        return found

    def _move(self, alias: ast.alias, qualified: str, local: str) -> None:
        statement, index = self._place(alias)
        change = self._change(statement)
        module, _, name = qualified.rpartition(".")
        module = self._spelled(module)
        asname = local if local != name else None
        if isinstance(statement, ast.ImportFrom) and module in (_module_name(statement), change.module):
            if (name, asname) == (alias.name, alias.asname):
                return
            if any(a.name == name and a.asname == asname for a in statement.names):
                change.removed.add(index)
            else:
                change.replaced[index] = (name, asname)
            return
        change.removed.add(index)
        item = Wanted(module, name, asname, self._comment_behind(alias))
        if statement in self._block:
            self._want(item)
            return
        self._want_beside(item, statement)

    def _want_beside(self, item: Wanted, statement: Import) -> None:
        """Bring a name in the block of an import that is there."""
        other = None
        if item.name is not None:
            mine = isinstance(statement, ast.ImportFrom) and _brings_names_of(statement, item.module)
            other = statement if mine else self._sibling(statement, item.module)
        if other is None:
            self._change(statement).beside.append(item)
        elif item.name is not None and not any(
            a.name == item.name and (a.asname or a.name) == item.local for a in other.names
        ):
            self._change(other).added.append((item.name, item.asname))

    def _comment_behind(self, alias: ast.alias) -> str:
        match = _COMMENT_BEHIND.match(self._text, self._module.lines.span(alias)[1])
        return match[1] if match else ""

    def _sibling(self, statement: ast.stmt, module: str) -> ast.ImportFrom | None:
        """A from-import of ``module`` in the same block."""
        for block in blocks(self._scopes.parent[statement]):
            if statement in block:
                return next((s for s in block if s is not statement and _brings_names_of(s, module)), None)  # type: ignore[return-value]
        return None

    def _want(self, item: Wanted) -> None:
        if item.name is not None:
            for statement in self._module.tree.body:
                if _brings_names_of(statement, item.module):
                    assert isinstance(statement, ast.ImportFrom)
                    if not any(
                        a.name == item.name and (a.asname or a.name) == item.local for a in statement.names
                    ):
                        self._change(statement).added.append((item.name, item.asname))
                    return
            for statement, change in self._changes.items():
                if change.module == item.module and statement in self._module.tree.body:
                    change.added.append((item.name, item.asname))
                    return
        anchor = self._anchor(item.module, item.name is None)
        if anchor is None:
            self._at_top.append(item)
        else:
            self._change(anchor).beside.append(item)

    def _top_block(self) -> list[Import]:
        """The imports at the top; later ones may be where they are for a reason."""
        found: list[Import] = []
        for statement in self._module.tree.body:
            if isinstance(statement, ast.Import | ast.ImportFrom):
                if _module_name(statement) != "__future__":
                    found.append(statement)
            elif found:
                break
        return found

    def _anchor(self, module: str, straight: bool) -> Import | None:
        """The import that a new one goes beside: of the same package, else of the same kind, else the library's."""
        if not self._block:
            return None
        rank, root = self._rank(module), module.split(".")[0]
        same = [s for s in self._block if self._rank(_module_name(s)) == rank]
        if self._straight_first:
            same = [s for s in same if isinstance(s, ast.Import) == straight] or same
        same = [s for s in same if _module_name(s).split(".")[0] == root] or same
        if same:
            order = self._order(module, straight)
            before = [s for s in same if self._order(_module_name(s), isinstance(s, ast.Import)) <= order]
            return before[-1] if before else same[0]
        lower = [s for s in self._block if self._rank(_module_name(s)) < rank]
        return lower[-1] if lower else self._block[0]

    @cached_property
    def _straight_first(self) -> bool:
        """Whether the file keeps ``import a`` in front of ``from a import b``, as isort and ruff do by default."""
        rank = -1
        from_seen = False
        for statement in self._block:
            if self._rank(_module_name(statement)) != rank:
                rank, from_seen = self._rank(_module_name(statement)), False
            if from_seen and isinstance(statement, ast.Import):
                return False
            from_seen = from_seen or isinstance(statement, ast.ImportFrom)
        return True

    def _rank(self, module: str) -> int:
        """isort's sections: standard library, others, the project's own, relative."""
        if module.startswith("."):
            return 3
        root = module.split(".")[0]
        if root in sys.stdlib_module_names:
            return 0
        own = SHIM_MODULE in module or (
            root != "transformers" and self._module.project.find(root, self._module.path) is not None
        )
        return 2 if own else 1

    def _order(self, module: str, straight: bool) -> tuple[int, bool, str]:
        return self._rank(module), self._straight_first and not straight, module

    # -- their text --------------------------------------------------------------------------------------------------

    def _edit(self) -> None:
        if self._at_top:
            self._write_top(self._at_top)
        self._gather()
        emptied: dict[ast.AST, list[ast.stmt]] = {}
        for statement, change in self._changes.items():
            gone = change.empties(statement)
            before, after = self._beside(statement, change, gone)
            start, end = self._module.lines.span(statement)
            if gone and not before and not after:
                emptied.setdefault(self._scopes.parent[statement], []).append(statement)
                continue
            lines = [*before]
            if gone:
                lines = [*_COMMENT_LINE.findall(self._text[start:end]), *lines]
            else:
                lines.append(self._edited(statement, change, self._text[start:end]))
            lines.extend(after)
            newline = newline_of(self._text)
            self._composer.add(start, end, f"{newline}{indent(self._text, start)}".join(lines))
        for parent, statements in emptied.items():
            for block in blocks(parent):
                mine = [s for s in statements if s in block]
                whole = len(mine) == len(block) and not isinstance(parent, ast.Module)
                for position, empty in enumerate(mine):
                    keep_pass = whole and position == 0
                    delete_statement(self._module, empty, self._composer, keep_pass=keep_pass)

    def _gather(self) -> None:
        """One new statement for each module that several imports at the top are to bring names of."""
        first: dict[str, list[Wanted]] = {}
        for statement in self._module.tree.body:
            change = (
                self._changes.get(statement) if isinstance(statement, ast.Import | ast.ImportFrom) else None
            )
            if change is None:
                continue
            kept: list[Wanted] = []
            for item in change.beside:
                first.setdefault(item.module, kept).append(item)
            change.beside = kept

    def _beside(self, statement: Import, change: _StatementChange, gone: bool) -> tuple[list[str], list[str]]:
        """New statements before and after one that is there."""
        own = self._order(change.module or _module_name(statement), isinstance(statement, ast.Import))
        texts = [(not gone and order < own, text) for order, text in self._in_order(change.beside)]
        return [t for first, t in texts if first], [t for first, t in texts if not first]

    def _in_order(self, wanted: Sequence[Wanted]) -> list[tuple[tuple[int, bool, str], str]]:
        """New statements in the order that they stand in, with their places in it."""
        return sorted((self._order(m, t.startswith("import ")), t) for m, t in _statements(wanted))

    def _edited(self, statement: Import, change: _StatementChange, text: str) -> str:
        if not (change.removed or change.replaced or change.added or change.modules or change.module):
            return text  # only something beside it is new
        from .import_lists import edit_import

        try:
            return edit_import(
                text,
                removed=change.removed,
                replaced=change.replaced,
                added=change.added,
                modules=change.modules,
                module=change.module,
                limit=_LONG_LINE,
            )
        except CannotRewrite:
            return _rebuilt(statement, change)

    def _write_top(self, wanted: list[Wanted]) -> None:
        """New imports in a file without any: behind the docstring and ``__future__`` imports."""
        newline = newline_of(self._text)
        body = self._module.tree.body
        position = 0
        for statement in body:
            is_docstring = (
                statement is body[0]
                and isinstance(statement, ast.Expr)
                and isinstance(statement.value, ast.Constant)
                and isinstance(statement.value.value, str)
            )
            is_future = isinstance(statement, ast.ImportFrom) and statement.module == "__future__"
            if not (is_docstring or is_future):
                break
            position = self._module.lines.span(statement)[1]
        block = newline.join(text for _, text in self._in_order(wanted))
        if position:
            self._composer.add(position, position, f"{newline}{newline}{block}")
            return
        first = body[0] if body else None
        start = self._module.lines.span(first)[0] if first is not None else 0
        decorators = getattr(first, "decorator_list", [])
        if decorators:
            start = min(start, *(self._module.lines.span(d)[0] - 1 for d in decorators))
        self._composer.add(start, start, f"{block}{newline}{newline}")


def _brings_names_of(statement: ast.stmt, module: str) -> bool:
    """Whether a statement is ``from module import a, b``."""
    return (
        isinstance(statement, ast.ImportFrom)
        and _module_name(statement) == module
        and not any(a.name == "*" for a in statement.names)
    )


def _module_name(statement: Import) -> str:
    if isinstance(statement, ast.Import):
        return statement.names[0].name
    return "." * statement.level + (statement.module or "")


def _statements(wanted: Sequence[Wanted]) -> list[tuple[str, str]]:
    """The statements that bring all of ``wanted``, each with its module."""
    found: list[tuple[str, str]] = []
    grouped: dict[str, list[Wanted]] = {}
    for item in dict.fromkeys(wanted):
        if item.name is None:
            alias = f" as {item.asname}" if item.asname else ""
            found.append((item.module, f"import {item.module}{alias}"))
        else:
            grouped.setdefault(item.module, []).append(item)
    for module, group in grouped.items():
        names = sorted({_name_text(w.name or "", w.asname) for w in group}, key=_isort_key)
        comments = "".join(f"  {c}" for c in dict.fromkeys(w.comment for w in group) if c)
        found.append((module, _fitted(f"from {module} import ", names) + comments))
    return found


def _fitted(head: str, names: list[str]) -> str:
    text = head + ", ".join(names)
    if len(text) <= _LONG_LINE:
        return text
    return f"{head}(\n" + "".join(f"    {n},\n" for n in names) + ")"


def _isort_key(name: str) -> tuple[int, str]:
    if name.isupper() and len(name) > 1:
        return 0, name
    return (1 if name[:1].isupper() else 2), name


def _name_text(name: str, asname: str | None) -> str:
    return f"{name} as {asname}" if asname and asname != name else name


def _rebuilt(statement: Import, change: _StatementChange) -> str:
    names: list[str] = []
    for index, alias in enumerate(statement.names):
        if index in change.removed:
            continue
        name, asname = change.replaced.get(index, (change.modules.get(index, alias.name), alias.asname))
        names.append(_name_text(name, asname))
    names.extend(_name_text(n, a) for n, a in change.added)
    module = change.module or _module_name(statement)
    head = f"from {module} import " if isinstance(statement, ast.ImportFrom) else "import "
    return head + ", ".join(names)
