"""The types of what collections hold: lists, loops over them, tables of classes, lists of layers."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from . import parts, rows
from .assignments import is_none
from .kinds import Many, Row, Type
from .module import ExternalName, Module

if TYPE_CHECKING:
    from .types import Types

_SAME_ITEMS = frozenset({"list", "tuple", "set", "frozenset", "sorted", "reversed", "iter", "dict"})
SAME_ITEMS_OUTSIDE = frozenset(
    {
        *("collections.deque", "collections.OrderedDict", "itertools.cycle", "itertools.islice", "copy.copy"),
        *("copy.deepcopy", "torch.nn.ModuleList", "torch.nn.ModuleDict", "tqdm.tqdm", "tqdm.auto.tqdm"),
        *("random.sample", "more_itertools.always_iterable"),
    }
)
_PICKS = frozenset({"next", "max", "min"})
_PICKS_OUTSIDE = frozenset({"random.choice", "copy.copy", "copy.deepcopy"})
_LISTED_OUTSIDE = frozenset({"torch.nn.Sequential", "asyncio.gather", "itertools.chain"})
"""Calls that collect what they are passed."""
_TAKES = frozenset({"get", "pop", "popleft", "popitem", "setdefault"})


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
    return rows.element(types, types.typed(module, node, depth + 1))


def item(types: Types, module: Module, iterated: ast.expr, index: tuple[int, ...], depth: int) -> Type | None:
    """The type of a loop's variable, or of the part ``index`` of what a loop unpacks."""
    if not index:
        return element(types, module, iterated, depth)
    if isinstance(iterated, ast.Tuple | ast.List):
        found = [parts.picked(row, index) for row in iterated.elts]
        return types.common([None if p is None else types.typed(module, p, depth + 1) for p in found])
    if not isinstance(iterated, ast.Call):
        return rows.followed(types, element(types, module, iterated, depth), index, depth)
    called = getattr(iterated.func, "id", None) or getattr(iterated.func, "attr", None)
    if called == "enumerate" and index[0] == 1 and iterated.args:
        return item(types, module, iterated.args[0], index[1:], depth + 1)
    if called == "zip" and -len(iterated.args) <= index[0] < len(iterated.args):
        return item(types, module, iterated.args[index[0]], index[1:], depth + 1)
    if called == "items" and index[0] in (1, -1) and isinstance(iterated.func, ast.Attribute):
        source = types.typed(module, iterated.func.value, depth + 1)
        if isinstance(source, Many | Row):
            return rows.followed(types, rows.element(types, source), index[1:], depth)
    if called in _SAME_ITEMS | {"tqdm"} and iterated.args:
        return item(types, module, iterated.args[0], index, depth + 1)
    return rows.followed(types, element(types, module, iterated, depth), index, depth)


def _of_all(types: Types, module: Module, nodes: list[ast.expr], depth: int) -> Type | None:
    found = []
    for node in nodes:
        if isinstance(node, ast.Starred):
            found.append(element(types, module, node.value, depth + 1))
        elif not is_none(node):
            found.append(types.value(module, node, depth + 1))
    return types.common(found)


def _of_call(types: Types, module: Module, node: ast.Call, depth: int) -> Type | None:
    func = node.func
    if isinstance(func, ast.Name) and node.args and not module.bindings(func):
        if func.id in _SAME_ITEMS:
            return element(types, module, node.args[0], depth + 1)
        if func.id == "filter" and len(node.args) == 2:
            return element(types, module, node.args[1], depth + 1)
    if isinstance(func, ast.Attribute) and func.attr in {"values", "copy"} and not node.args:
        return element(types, module, func.value, depth + 1)
    target = types.project.resolve(module, func)
    if isinstance(target, ExternalName) and node.args:
        if target.name in SAME_ITEMS_OUTSIDE:
            return element(types, module, node.args[0], depth + 1)
        if target.name == "itertools.chain":
            return types.common([element(types, module, a, depth + 1) for a in node.args])
        if target.name in _LISTED_OUTSIDE:
            return _of_all(types, module, node.args, depth)
    return None


def taken(types: Types, module: Module, node: ast.Call, depth: int) -> Type | None:
    """What a call takes out of a collection: ``next(items)``, ``table.get(key)``, ``random.choice(items)``."""
    func = node.func
    if isinstance(func, ast.Name):
        if func.id not in _PICKS or not node.args or module.bindings(func):
            return None
        if len(node.args) == 1:
            return element(types, module, node.args[0], depth + 1)
        if func.id == "next":
            found = [element(types, module, node.args[0], depth + 1)]
            return types.common([*found, *(types.typed(module, a, depth + 1) for a in _given(node.args[1:]))])
        return types.common([types.typed(module, a, depth + 1) for a in node.args])
    target = types.project.resolve(module, func)
    if isinstance(target, ExternalName):
        picks = target.name in _PICKS_OUTSIDE and node.args
        return element(types, module, node.args[0], depth + 1) if picks else None
    if isinstance(func, ast.Attribute) and func.attr in _TAKES:
        source = types.typed(module, func.value, depth + 1)
        if not isinstance(source, Row) or not node.args or source.keys is None:
            found = [rows.element(types, source)]
        else:
            key = rows.place(node.args[0])
            if type(key) is str:
                found = [rows.picked(types, source, key, depth)]
            else:
                found = [rows.element(types, source)]
        if found == [None]:
            return None
        given = _given(node.args[1:]) if func.attr != "popitem" else []
        return types.common([*found, *(types.typed(module, a, depth + 1) for a in given)])
    return None


def _given(nodes: list[ast.expr]) -> list[ast.expr]:
    return [n for n in nodes if not is_none(n)]
