"""One parsed file, and what names in it may stand for."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from ..model import Document
from .flags import Flags
from .guards import Guards
from .positions import LineIndex
from .scopes import Binding, FunctionNode, Scope, ScopeTree, build
from .version_tests import VersionTests
from .version_values import Elsewhere, VersionValues
from .walking import walk

if TYPE_CHECKING:
    from .project import Project


@dataclass(frozen=True, slots=True)
class LibraryName:
    """A qualified name in the library, as the code spells it (``transformers.Trainer``)."""

    name: str


@dataclass(frozen=True, slots=True)
class ExternalName:
    """A qualified name of any other package."""

    name: str


@dataclass(frozen=True, slots=True)
class ProjectClass:
    module: Module
    node: ast.ClassDef


@dataclass(frozen=True, slots=True)
class ProjectFunction:
    module: Module
    node: FunctionNode


@dataclass(frozen=True, slots=True)
class ProjectModule:
    module: Module


@dataclass(frozen=True, slots=True)
class ProjectValue:
    """A name that is bound to a value, not to a definition."""

    module: Module
    bindings: tuple[Binding, ...]


Target = LibraryName | ExternalName | ProjectClass | ProjectFunction | ProjectModule | ProjectValue


_ASKS = frozenset({"getattr", "hasattr"})
_LOOKED_UP = re.compile(
    r"\bgetattr\(\s*(?:transformers|(?:importlib\.)?import_module\(\s*['\"]transformers['\"]\s*\))\s*,"
    r"(?!\s*['\"]\w*['\"]\s*[,)])"
)
_GROWS = frozenset({"update", "append", "appendleft", "add", "extend", "insert", "setdefault"})


@dataclass(frozen=True, slots=True)
class Growth:
    """One step that puts something into a list or a dictionary; without ``value`` it is not known what."""

    holder: ast.expr
    value: ast.expr | None
    key: str | None = None
    """For an item of a dictionary: its name."""
    several: bool = False
    """Whether it is the items of ``value`` that are put in."""
    inside: bool = False
    """Whether it goes into a collection that is an item itself: ``groups[key].append(value)``."""


class Module:
    """One parsed file with its scopes; everything else about it is worked out when asked for."""

    def __init__(self, document: Document, tree: ast.Module, path: str, project: Project) -> None:
        self.document = document
        self.tree = tree
        self.path = path
        self.project = project
        self.lines = LineIndex(document.text)
        self._given: dict[ast.ClassDef, frozenset[str] | None] = {}
        self.resolved: dict[ast.expr, Target | None] = {}
        """What names and attribute chains stand for, as far as it was asked (see ``Project.resolve``)."""

    @cached_property
    def scopes(self) -> ScopeTree:
        text = self.document.text
        return build(self.tree, declares="global " in text or "nonlocal " in text)

    @cached_property
    def guards(self) -> Guards:
        return Guards(
            self.scopes, self.version_tests, lambda function: self.project.unreached(self, function)
        )

    @cached_property
    def flags(self) -> Flags:
        return Flags(self)

    @cached_property
    def version_tests(self) -> VersionTests:
        library = self.project.library
        values = VersionValues(library.to_version, self.spelled, self._constant, self._given_elsewhere)
        return VersionTests(
            library.to_version, self.spelled, self._constant, library.in_target, self.flags, values
        )

    def _given_elsewhere(self, node: ast.expr) -> Elsewhere | None:
        """Where another module of the project assigns, once, what a name or an attribute stands for."""
        if isinstance(node, ast.Name) and all(b.kind != "import" for b in self.bindings(node)):
            return None
        target = self.project.resolve(self, node)
        if not isinstance(target, ProjectValue) or target.module is self or len(target.bindings) != 1:
            return None
        binding = target.bindings[0]
        if binding.kind != "assign" or binding.index or binding.value is None:
            return None
        tests = target.module.version_tests
        return Elsewhere(tests.values, binding.value, tests.is_made_of_version(binding.value))

    @cached_property
    def is_package(self) -> bool:
        return self.path.endswith("/__init__.py")

    @cached_property
    def exported(self) -> frozenset[str]:
        """The strings of ``__all__``."""
        names: set[str] = set()
        for statement in self.tree.body:
            if isinstance(statement, ast.Assign | ast.AugAssign):
                targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
                if any(isinstance(t, ast.Name) and t.id == "__all__" for t in targets):
                    names.update(
                        n.value
                        for n in walk(statement.value)
                        if isinstance(n, ast.Constant) and isinstance(n.value, str)
                    )
        return frozenset(names)

    def members(self, classes: Collection[ast.ClassDef]) -> set[str]:
        """Methods, class attributes and attributes that are set in the bodies of ``classes``."""
        names: set[str] = set()
        for node in classes:
            for statement in node.body:
                if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef):
                    names.add(statement.name)
                elif isinstance(statement, ast.AnnAssign | ast.Assign):
                    targets = (
                        [statement.target] if isinstance(statement, ast.AnnAssign) else statement.targets
                    )
                    names.update(t.id for t in targets if isinstance(t, ast.Name))
        for attribute in self.scopes.attributes:
            if isinstance(attribute.ctx, ast.Store) and self.scopes.enclosing_class(attribute) in classes:
                names.add(attribute.attr)
        return names - {"__init__", "__call__", "__len__", "__getitem__", "forward"}

    @cached_property
    def tested_names(self) -> frozenset[str]:
        """The variables that ``isinstance`` and ``match`` are asked of."""
        calls = (c for c in self.scopes.calls if getattr(c.func, "id", "") == "isinstance" and c.args)
        subjects = [*(c.args[0] for c in calls), *(m.subject for m in self.scopes.matches)]
        return frozenset(s.id for s in subjects if isinstance(s, ast.Name))

    @cached_property
    def names_read(self) -> dict[str, list[ast.Name]]:
        """Every place where a variable is read, by its name."""
        found: dict[str, list[ast.Name]] = {}
        for node in self.scopes.names:
            if isinstance(node.ctx, ast.Load):
                found.setdefault(node.id, []).append(node)
        return found

    @cached_property
    def attributes_set(self) -> frozenset[str]:
        return frozenset(a.attr for a in self.scopes.attributes if isinstance(a.ctx, ast.Store))

    @cached_property
    def attributes_read(self) -> frozenset[str]:
        return frozenset(a.attr for a in self.scopes.attributes if isinstance(a.ctx, ast.Load))

    @cached_property
    def keywords_passed(self) -> frozenset[str]:
        return frozenset(k.arg for call in self.scopes.calls for k in call.keywords if k.arg is not None)

    def given_members(self, cls: ast.ClassDef) -> frozenset[str] | None:
        """Every name that a class's text may make a member; None when only running it tells."""
        if cls not in self._given:
            self._given[cls] = self._find_given(cls)
        return self._given[cls]

    def _find_given(self, cls: ast.ClassDef) -> frozenset[str] | None:
        lines = range(cls.lineno, (cls.end_lineno or cls.lineno) + 1)
        found = {name for line, name in self._names_given if line in lines}
        return None if None in found else frozenset(n for n in found if n is not None)

    @cached_property
    def _names_given(self) -> list[tuple[int, str | None]]:
        """The lines where a class may get a member, with its name; None for one that only running tells."""
        scopes = self.scopes
        defined = [(n.lineno, n.name) for n in (*scopes.functions, *scopes.classes)]
        found: list[tuple[int, str | None]] = [
            (line, None if name in ("__getattr__", "__getattribute__") else name) for line, name in defined
        ]
        found += [
            (n.lineno, n.id)
            for n in scopes.names
            if isinstance(n.ctx, ast.Store) and scopes.scope_of[n].kind == "class"
        ]
        found += [(a.lineno, a.attr) for a in scopes.attributes if isinstance(a.ctx, ast.Store)]
        for string in scopes.strings:
            asked = scopes.parent.get(string)
            if not isinstance(asked, ast.Call) or getattr(asked.func, "id", "") not in _ASKS:
                found.append((string.lineno, str(string.value)))
        for call in scopes.calls:
            sets = isinstance(call.func, ast.Name) and call.func.id == "setattr"
            if sets and call.args[1:] and not isinstance(call.args[1], ast.Constant):
                found.append((call.lineno, None))
        return found

    @cached_property
    def words(self) -> frozenset[str]:
        """Attribute names, imported names and the last words of dotted strings: what the module may take from others."""
        words = {a.attr for a in self.scopes.attributes}
        words.update(a.name for s in self.scopes.imports for a in s.names)
        words.update(str(s.value).rpartition(".")[2] for s in self.scopes.strings)
        return frozenset(words)

    @cached_property
    def growing(self) -> dict[str, list[Growth]]:
        """By variables, and attributes with a dot in front, that hold tables and lists: how these get further elements."""
        found: dict[str, list[Growth]] = {}
        for node in self.scopes.others:
            if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store):
                key = getattr(node.slice, "value", None)
                statement = self.scopes.parent[node]
                single = isinstance(statement, ast.Assign) and node in statement.targets
                value = statement.value if isinstance(statement, ast.Assign) and single else None
                _note(found, Growth(node.value, value, key if type(key) is str else None))
        for attribute in self.scopes.attributes:
            if attribute.attr in _GROWS:
                _note(found, _step(attribute, self.scopes.parent.get(attribute)))
        return found

    @cached_property
    def imports_by_name(self) -> bool:
        """Whether a call may import a module in this file."""
        return any(word in self.document.text for word in ("import_module", "importorskip", "__import__"))

    @cached_property
    def looks_names_up(self) -> bool:
        """Whether code here asks the library for a name that only run time knows."""
        text = self.document.text
        if "getattr(" not in text or _LOOKED_UP.search(text) is None:
            return False
        # with a default the code goes on without what is gone
        return any(
            len(call.args) == 2 and _LOOKED_UP.match(ast.unparse(call)) is not None
            for call in self.scopes.calls
            if isinstance(call.func, ast.Name) and call.func.id == "getattr"
        )

    @cached_property
    def passed_names(self) -> dict[str, list[tuple[ast.Call, ast.Name, int | str | None]]]:
        """The variables that calls pass on: the call, the name, and its place or keyword."""
        found: dict[str, list[tuple[ast.Call, ast.Name, int | str | None]]] = {}
        for call in self.scopes.calls:
            for place, arg in enumerate(call.args):
                if isinstance(arg, ast.Name):
                    found.setdefault(arg.id, []).append((call, arg, place))
            for keyword in call.keywords:
                if isinstance(keyword.value, ast.Name):
                    found.setdefault(keyword.value.id, []).append((call, keyword.value, keyword.arg))
        return found

    def scope(self, node: ast.AST) -> Scope:
        """The scope that ``node`` is read in."""
        found = self.scopes.scope_of.get(node)
        if found is not None:
            return found
        for ancestor in self.scopes.ancestors(node):
            found = self.scopes.scope_of.get(ancestor)
            if found is not None:
                return found
        return self.scopes.module

    def bindings(self, name: ast.Name) -> list[Binding]:
        found = self.scope(name).lookup(name.id)
        return found[1] if found else []

    def _constant(self, name: ast.Name) -> ast.expr | None:
        """The value of a name that is assigned exactly once, or always the same."""
        bindings = self.bindings(name)
        if not bindings or any(b.kind != "assign" or b.index or b.value is None for b in bindings):
            return None
        first = bindings[0].value
        if len(bindings) > 1 and first is not None:
            text = ast.dump(first)
            if any(b.value is not None and ast.dump(b.value) != text for b in bindings[1:]):
                return None
        return first

    def spelled(self, node: ast.expr) -> str | None:
        """The qualified name that imports alone give to a name or an attribute chain; None when anything rebinds it."""
        if isinstance(node, ast.Attribute):
            base = self.spelled(node.value)
            return None if base is None else f"{base}.{node.attr}"
        if not isinstance(node, ast.Name):
            return None
        found = self.scope(node).lookup(node.id)
        if found is None:
            return self.project.star_name(self, node.id)
        names = {b.qualified for b in found[1] if b.kind == "import"}
        if len(names) != 1 or any(b.kind != "import" for b in found[1]):
            return None
        (qualified,) = names
        return None if qualified is None else self.absolute(qualified)

    def absolute(self, qualified: str) -> str:
        """A relative import's name with the package in front, as far as the folders tell it."""
        if not qualified.startswith("."):
            return qualified
        level = len(qualified) - len(qualified.lstrip("."))
        parts = self.project.package_of(self)
        drop = level - 1
        base = parts[: len(parts) - drop] if drop else parts
        return ".".join([*base, qualified.lstrip(".")])


def _note(found: dict[str, list[Growth]], growth: Growth) -> None:
    holder = growth.holder
    if isinstance(holder, ast.Name):
        found.setdefault(holder.id, []).append(growth)
    elif isinstance(holder, ast.Attribute):
        found.setdefault(f".{holder.attr}", []).append(growth)
    elif not growth.inside:
        outer = _outer(holder)
        if outer is not None:
            key = getattr(holder.slice, "value", None) if isinstance(holder, ast.Subscript) else None
            key = key if type(key) is str else None
            _note(found, Growth(outer, growth.value, key, growth.several, inside=True))


def _outer(holder: ast.expr) -> ast.expr | None:
    """The collection that another one is an item of: ``groups[key]``, ``groups.setdefault(key, [])``."""
    if isinstance(holder, ast.Subscript):
        return holder.value
    func = holder.func if isinstance(holder, ast.Call) else None
    return func.value if isinstance(func, ast.Attribute) and func.attr in {"setdefault", "get"} else None


def _step(method: ast.Attribute, call: ast.AST | None) -> Growth:
    """What a call of a method that lets a collection grow puts in."""
    holder = method.value
    if not isinstance(call, ast.Call) or call.func is not method or call.keywords:
        return Growth(holder, None)
    args = call.args
    if method.attr in {"append", "appendleft", "add"} and len(args) == 1:
        return Growth(holder, args[0])
    if method.attr == "extend" and len(args) == 1:
        return Growth(holder, args[0], several=True)
    if method.attr == "insert" and len(args) == 2:
        return Growth(holder, args[1])
    if method.attr == "setdefault" and len(args) == 2:
        key = getattr(args[0], "value", None)
        return Growth(holder, args[1], key if type(key) is str else None)
    if method.attr == "update" and len(args) == 1 and isinstance(args[0], ast.Dict | ast.Call | ast.DictComp):
        return Growth(holder, args[0], several=True)
    return Growth(holder, None)
