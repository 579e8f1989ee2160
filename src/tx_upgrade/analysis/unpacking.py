"""What loops and unpacked assignments give to their targets."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from . import choices, elements, parts, rows, wrappers
from .assignments import returned_values
from .kinds import ClassObject, Instance, Type
from .knowledge import PARSER, PARSES
from .module import Module

if TYPE_CHECKING:
    from .types import Types


def looped(types: Types, module: Module, node: ast.expr, index: tuple[int, ...], depth: int) -> Type | None:
    """What a loop over ``node`` gives to a target, which stands at ``index`` in the items."""
    over = parts.iterated(node, index)
    if over is None:
        return None
    node, index = over
    if isinstance(node, ast.Tuple | ast.List | ast.Set):
        items = [parts.picked(e, index) for e in node.elts]
        return types.common([None if i is None else types.typed(module, i, depth + 1) for i in items])
    source = types.typed(module, node, depth + 1)
    layer = None if index else parts.element(source)
    chosen = layer or types.chosen(choices.iterated(types.project, module, node, index), depth)
    return chosen or elements.item(types, module, node, index, depth)


def unpacked(
    types: Types, module: Module, value: ast.expr, index: tuple[int, ...], depth: int
) -> Type | None:
    """What one name of ``a, b = value`` gets; ``index`` is its place."""
    if isinstance(value, ast.Await):
        value = value.value
    if len(index) == 1 and index[0] >= 0:
        found = _unpacked(types, module, value, index, depth)
        if found is not None:
            return found
    picked = parts.picked(value, index)
    if picked is not None:
        return types.typed(module, picked, depth + 1)
    return rows.followed(types, types.typed(module, value, depth + 1), index, depth)


def _unpacked(
    types: Types, module: Module, value: ast.expr, index: tuple[int, ...], depth: int
) -> Type | None:
    if isinstance(value, ast.Tuple | ast.List) and index[0] < len(value.elts):
        return types.typed(module, value.elts[index[0]], depth + 1)
    if isinstance(value, ast.Call):
        function = types.function(module, value.func, depth)
        if function is not None:
            found = []
            for returned in returned_values(function[1]):
                if not isinstance(returned, ast.Tuple) or index[0] >= len(returned.elts):
                    return None
                found.append(returned.elts[index[0]])
            return types.results.within(module, value, *function, found, depth) if found else None
        if isinstance(value.func, ast.Attribute) and value.func.attr in PARSES:
            return _parsed(types, module, value.func.value, index[0], depth)
        back = wrappers.given_back(types, module, value, index[0], depth)
        if back is not None:
            return back
    return types.chosen(choices.unpacked(types.project, module, value, index), depth)


def _parsed(types: Types, module: Module, parser: ast.expr, place: int, depth: int) -> Type | None:
    """What a parser of data classes gives at a place: an object of the class that it was given there."""
    if isinstance(parser, ast.Name):
        bindings = module.bindings(parser)
        if len(bindings) != 1 or bindings[0].value is None or bindings[0].kind != "assign":
            return None
        parser = bindings[0].value
    if not isinstance(parser, ast.Call):
        return None
    made = types.typed(module, parser, depth + 1)
    if not isinstance(made, Instance) or not types.is_a(made.of, PARSER):
        return None
    given = [*parser.args, *(k.value for k in parser.keywords if k.arg == "dataclass_types")]
    if len(given) != 1:
        return None
    classes = list(given[0].elts) if isinstance(given[0], ast.Tuple | ast.List) else given
    if place >= len(classes):
        return None
    found = types.typed(module, classes[place], depth + 1)
    return Instance(found.of) if isinstance(found, ClassObject) and not found.among else None
