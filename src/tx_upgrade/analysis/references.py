"""Functions that are handed on as values: who calls them, and with what, is not known."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from .handed_on import HANDS_ON, handed_on
from .kinds import ClassObject, Instance
from .module import Module, ProjectClass, ProjectFunction
from .scopes import FunctionNode

if TYPE_CHECKING:
    from .types import Types


class References:
    """The uses of functions as values within each source folder of a run."""

    def __init__(self, types: Types) -> None:
        self.types = types
        self._by_name: dict[str, dict[str, list[tuple[Module, ast.expr]]]] = {}
        self._escapes: dict[FunctionNode, bool] = {}
        self._kept: dict[ast.ClassDef, bool] = {}

    def escapes(self, module: Module, function: FunctionNode) -> bool:
        """Whether a function of the project is also used in another way than by calling it."""
        found = self._escapes.get(function)
        if found is None:
            self._escapes[function] = False
            used = self._values(module).get(function.name, ())
            if not isinstance(module.scopes.parent.get(function), ast.ClassDef):
                # on an object it is something else of that name
                used = [(peer, node) for peer, node in used if peer.project.resolve(peer, node) is not None]
            search = self.types.search
            before = search.cuts, search.guesses
            found = any(self._is(peer, node, function) for peer, node in used)
            if found or before == (search.cuts, search.guesses):
                self._escapes[function] = found
            else:
                del self._escapes[function]  # not all of it could be seen from here
        return found

    def class_escapes(self, cls: ProjectClass) -> bool:
        """Whether a class of the project is kept or handed on: who makes objects of it is not known then."""
        if cls.node not in self._kept:
            self._kept[cls.node] = any(
                not _is_only_named(peer, node) and self._is_class(peer, node, cls)
                for peer, node in self._values(cls.module).get(cls.node.name, ())
            )
        return self._kept[cls.node]

    def _is_class(self, module: Module, node: ast.expr, cls: ProjectClass) -> bool:
        target = self.types.project.resolve(module, node)
        return isinstance(target, ProjectClass) and target.node is cls.node

    def _is(self, module: Module, node: ast.expr, function: FunctionNode) -> bool:
        target = self.types.project.resolve(module, node)
        if isinstance(target, ProjectFunction):
            return target.node is function
        if target is not None or not isinstance(node, ast.Attribute):
            return False
        receiver = self.types.typed(module, node.value)
        if not isinstance(receiver, Instance | ClassObject) or not isinstance(receiver.of, ProjectClass):
            return False
        own = self.types.project.own_method(receiver.of, function.name)
        return own is not None and own[1] is function

    def _values(self, module: Module) -> dict[str, list[tuple[Module, ast.expr]]]:
        group = self.types.project.group(module)
        found = self._by_name.get(group)
        if found is None:
            found = self._by_name[group] = {}
            peers = self.types.project.peers(module)
            names = {d.name for peer in peers for d in (*peer.scopes.functions, *peer.scopes.classes)}
            for peer in peers:
                used: list[tuple[str, ast.Name | ast.Attribute]] = [(n.id, n) for n in peer.scopes.names]
                used += [(a.attr, a) for a in peer.scopes.attributes]
                for name, node in used:
                    if name in names and isinstance(node.ctx, ast.Load) and not _is_called(peer, node):
                        found.setdefault(name, []).append((peer, node))
        return found


def _is_called(module: Module, node: ast.expr) -> bool:
    """Whether an expression is called where it stands, also through ``partial`` and the like."""
    parent = module.scopes.parent.get(node)
    if isinstance(parent, ast.keyword):
        parent = module.scopes.parent.get(parent)
    if isinstance(parent, ast.Attribute):
        return True  # something is read on it
    if not isinstance(parent, ast.Call):
        return False
    if parent.func is node:
        return True
    called = getattr(parent.func, "attr", None) or getattr(parent.func, "id", None)
    inner = handed_on(parent) if called in HANDS_ON else None
    return inner is not None and inner.func is node


_ASKS = frozenset(
    {
        *("isinstance", "issubclass", "hasattr", "getattr", "setattr", "super", "cast", "TypeVar", "raises"),
        *("assertRaises", "register", "object", "signature", "fields", "get_type_hints"),
    }
)


def _is_only_named(module: Module, node: ast.expr) -> bool:
    """Whether a class is named where it stands, and not kept: a base, an annotation, a question."""
    child: ast.AST = node
    parent = module.scopes.parent.get(node)
    while isinstance(parent, ast.Tuple | ast.Subscript | ast.BinOp | ast.List | ast.keyword):
        child, parent = parent, module.scopes.parent.get(parent)
    match parent:
        case ast.ClassDef():
            return child in parent.bases
        case ast.FunctionDef() | ast.AsyncFunctionDef():
            return child is parent.returns
        case ast.AnnAssign():
            return child is parent.annotation
        case ast.arg() | ast.ExceptHandler() | ast.Raise() | ast.Compare() | ast.MatchClass():
            return True
        case ast.Call():
            return (getattr(parent.func, "attr", None) or getattr(parent.func, "id", None)) in _ASKS
    return False
