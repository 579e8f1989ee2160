"""The types of what collections hold: lists, loops over them, tables of classes, lists of layers."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from .assignments import is_none
from .kinds import Many, Type
from .module import ExternalName, Module

if TYPE_CHECKING:
    from .types import Types

_SAME_ITEMS = frozenset({"list", "tuple", "set", "sorted", "reversed", "iter"})


def held(types: Types, module: Module, node: ast.expr, depth: int) -> Type | None:
    """What every item of a display, a comprehension or a slice is (of a dictionary: every value)."""
    match node:
        case ast.List() | ast.Tuple() | ast.Set():
            return _of_all(types, module, node.elts, depth)
        case ast.Dict():
            return _of_all(types, module, node.values, depth) if None not in node.keys else None
        case ast.ListComp() | ast.GeneratorExp() | ast.SetComp():
            return types.typed(module, node.elt, depth + 1)
        case ast.DictComp():
            return types.typed(module, node.value, depth + 1)
        case ast.BinOp(op=ast.Add()):
            return types.common([element(types, module, side, depth + 1) for side in (node.left, node.right)])
        case ast.Subscript():
            return element(types, module, node.value, depth + 1)
        case ast.Call():
            return _of_call(types, module, node, depth)
    return None


def element(types: Types, module: Module, node: ast.expr, depth: int) -> Type | None:
    """The type of each item of an expression's value; None when unknown."""
    found = types.typed(module, node, depth + 1)
    return found.of if isinstance(found, Many) else None


def item(types: Types, module: Module, iterated: ast.expr, index: tuple[int, ...], depth: int) -> Type | None:
    """The type of a loop's variable, or of the part ``index`` of what a loop unpacks."""
    if not index:
        return element(types, module, iterated, depth)
    if isinstance(iterated, ast.Tuple | ast.List):
        parts = [_part(row, index) for row in iterated.elts]
        return types.common([None if p is None else types.typed(module, p, depth + 1) for p in parts])
    if not (isinstance(iterated, ast.Call) and not iterated.keywords):
        return None
    called = getattr(iterated.func, "id", None) or getattr(iterated.func, "attr", None)
    if called == "enumerate" and index[0] == 1 and iterated.args:
        return item(types, module, iterated.args[0], index[1:], depth + 1)
    if called == "zip" and index[0] < len(iterated.args):
        return item(types, module, iterated.args[index[0]], index[1:], depth + 1)
    if called == "items" and index == (1,) and isinstance(iterated.func, ast.Attribute):
        return element(types, module, iterated.func.value, depth + 1)
    return None


def _part(row: ast.expr, index: tuple[int, ...]) -> ast.expr | None:
    for position in index:
        if not isinstance(row, ast.Tuple | ast.List) or position >= len(row.elts):
            return None
        row = row.elts[position]
    return row


def _of_all(types: Types, module: Module, nodes: list[ast.expr], depth: int) -> Type | None:
    found = []
    for node in nodes:
        if isinstance(node, ast.Starred):
            found.append(element(types, module, node.value, depth + 1))
        elif not is_none(node):
            found.append(types.typed(module, node, depth + 1))
    return types.common(found)


def _of_call(types: Types, module: Module, node: ast.Call, depth: int) -> Type | None:
    func = node.func
    if isinstance(func, ast.Name) and func.id in _SAME_ITEMS and node.args:
        return element(types, module, node.args[0], depth + 1)
    if isinstance(func, ast.Attribute) and func.attr == "values" and not node.args:
        return element(types, module, func.value, depth + 1)
    target = types.project.resolve(module, func)
    if isinstance(target, ExternalName) and node.args:
        if target.name == "torch.nn.ModuleList":
            return element(types, module, node.args[0], depth + 1)
        if target.name == "torch.nn.Sequential":
            return _of_all(types, module, node.args, depth)
    return None
