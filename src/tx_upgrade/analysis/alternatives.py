"""Every value that an expression may stand for, where its types do not agree on one class."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TYPE_CHECKING

from ..model import SHIM_FILE
from .assignments import assigned_on_self, passed_value, returned_values
from .choices import Choice
from .kinds import Instance
from .module import Module, ProjectClass

if TYPE_CHECKING:
    from .types import Types

_MAX_DEPTH = 6
_SPLITS = frozenset({"chunk", "split", "unbind", "to_legacy_cache"})
"""Methods of tensors, strings and caches that give a tuple (or a list)."""


def may_be(types: Types, module: Module, node: ast.expr, classes: tuple[str, ...]) -> bool:
    """Whether an expression is, on one way at least, an instance of one of these built-in classes."""
    for owner, value in _alternatives(types, module, node, 0):
        if _built_in(value) in classes:
            return True
        found = types.infer(owner, value)
        if isinstance(found, Instance) and types.covered(found, classes) == "proven":
            return True
    return False


def _called(node: ast.Call) -> str | None:
    return getattr(node.func, "attr", None) or getattr(node.func, "id", None)


def _built_in(node: ast.expr) -> str | None:
    """The collection that an expression makes, as it is written."""
    if isinstance(node, ast.List | ast.ListComp):
        return "builtins.list"
    splits = isinstance(node, ast.Call) and _called(node) in _SPLITS
    return "builtins.tuple" if splits or isinstance(node, ast.Tuple) else None


def _alternatives(types: Types, module: Module, node: ast.expr, depth: int) -> Iterator[Choice]:
    yield module, node
    if depth > _MAX_DEPTH:
        return
    for owner, inner in _next(types, module, node):
        if inner is not node:
            yield from _alternatives(types, owner, inner, depth + 1)


def _next(types: Types, module: Module, node: ast.expr) -> Iterator[Choice]:
    """What an expression takes its value from; the compatibility module's functions are no code of the project's own."""
    if isinstance(node, ast.IfExp):
        yield from ((module, branch) for branch in (node.body, node.orelse))
    elif isinstance(node, ast.BinOp):
        yield from ((module, side) for side in (node.left, node.right))
    elif isinstance(node, ast.BoolOp):
        yield from ((module, value) for value in node.values)
    elif isinstance(node, ast.Name):
        for binding in module.bindings(node):
            if binding.kind == "assign" and binding.value is not None and not binding.index:
                yield module, binding.value
            elif binding.kind == "param" and isinstance(binding.node, ast.arg):
                yield from _passed(types, module, binding.node)
    elif isinstance(node, ast.Attribute):
        owner = types.infer(module, node.value)
        if isinstance(owner, Instance) and isinstance(owner.of, ProjectClass):
            for cls in types.project.lineage(owner.of):
                for where, value, _ in assigned_on_self(cls, node.attr):
                    if value is not None:
                        yield where, value
    elif isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
        for where, table in _alternatives(types, module, node.value, _MAX_DEPTH - 1):
            if isinstance(table, ast.Dict):
                for key, value in zip(table.keys, table.values, strict=True):
                    if isinstance(key, ast.Constant) and key.value == node.slice.value:
                        yield where, value
    elif isinstance(node, ast.Call):
        called = types.function(module, node.func, 0)
        if called is not None and not called[0].document.path.endswith(SHIM_FILE):
            yield from ((called[0], value) for value in returned_values(called[1]))


def _passed(types: Types, module: Module, arg: ast.arg) -> Iterator[Choice]:
    function = module.scopes.parent[module.scopes.parent[arg]]
    if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
        for caller, call, position in types.callers.of(module, function, arg):
            value = passed_value(call, arg.arg, position)
            if isinstance(value, ast.expr):
                yield caller, value
