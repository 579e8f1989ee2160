"""Which literals an expression may stand for, as far as the project shows who passes what."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from itertools import chain
from typing import Any

from .assignments import UNKNOWN, default_of, passed_value
from .module import Module
from .types import Types

_MAX_DEPTH = 4


def could_be(types: Types, module: Module, node: ast.expr, wanted: tuple[Any, ...], name: str) -> bool:
    """Whether an expression may have one of these values; ``name`` is the argument that it is passed for.

    What nobody can tell counts as possible. A parameter is what the project's own calls pass, or else its default, and an
    attribute of the argument's own name (``config.output_attentions``) is a matter of where that is set.
    """
    return any(
        value is UNKNOWN or any(type(value) is type(w) and value == w for w in wanted)
        for value in _values(types, module, node, name, 0)
    )


def _values(types: Types, module: Module, node: ast.expr, name: str, depth: int) -> Iterator[Any]:
    if depth > _MAX_DEPTH:
        return
    if isinstance(node, ast.Constant):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from _values(types, module, node.body, name, depth + 1)
        yield from _values(types, module, node.orelse, name, depth + 1)
    elif isinstance(node, ast.BoolOp):
        for part in node.values:
            yield from _values(types, module, part, name, depth + 1)
    elif isinstance(node, ast.Name) and module.bindings(node):
        for binding in module.bindings(node):
            if isinstance(binding.node, ast.arg):
                yield from _passed(types, module, binding.node, depth)
            elif binding.value is not None and not binding.index and binding.kind == "assign":
                yield from _values(types, module, binding.value, name, depth + 1)
            else:
                yield UNKNOWN
    elif not (isinstance(node, ast.Attribute) and node.attr == name):
        yield UNKNOWN


def _passed(types: Types, module: Module, arg: ast.arg, depth: int) -> Iterator[Any]:
    function = module.scopes.parent[module.scopes.parent[arg]]
    if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
        yield UNKNOWN
        return
    default = default_of(function, arg)
    if default is not None:
        yield from _values(types, module, default, arg.arg, depth + 1)
    calls = chain(types.callers.of(module, function, arg), types.callers.of_objects(module, function, arg))
    for caller, call, position in calls:
        value = passed_value(call, arg.arg, position)
        if value is not None and value is not UNKNOWN:
            yield from _values(types, caller, value, arg.arg, depth + 1)
    for peer in types.project.peers(module):
        for text in peer.scopes.strings:  # {"output_attentions": True} that some call unpacks
            parent = peer.scopes.parent.get(text)
            if text.value == arg.arg and isinstance(parent, ast.Dict) and text in parent.keys:
                value = parent.values[parent.keys.index(text)]
                yield from _values(types, peer, value, arg.arg, depth + 1)
