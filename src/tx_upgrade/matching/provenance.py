"""How a value came about, as far as one file says: conditions of rules on what they capture."""

from __future__ import annotations

import ast

from ..analysis.assignments import assigned_on_self, returned_values
from ..analysis.module import Module, ProjectClass, ProjectFunction
from ..analysis.types import Types
from . import values
from .flows import Flows

_MAX_DEPTH = 5


def given_by(module: Module, node: ast.expr, methods: tuple[str, ...], depth: int = 0) -> bool:
    """Whether a value is what a method of one of these names gives (``list``: a list that is written out), or a part of it."""
    if depth > _MAX_DEPTH:
        return False
    match node:
        case ast.Call(func=ast.Attribute(attr=attr)):
            return attr in methods
        case ast.List() | ast.ListComp():
            return "list" in methods
        case ast.Subscript(slice=ast.Slice()):
            return given_by(module, node.value, methods, depth + 1)
        case ast.BinOp(op=ast.Add()):
            return given_by(module, node.left, methods, depth + 1) or given_by(
                module, node.right, methods, depth + 1
            )
        case ast.Name():
            given = [b.value for b in module.bindings(node) if b.kind == "assign" and not b.index]
            return len(given) == len(module.bindings(node)) > 0 and any(
                v is not None and given_by(module, v, methods, depth + 1) for v in given
            )
        case _:
            return False


def in_front(flows: Flows, node: ast.expr, key: str) -> bool:
    """Whether a dictionary that is written out holds ``key`` in front of another key."""
    bag = flows.bag(node)
    names = list(dict.fromkeys(e.name for e in bag.entries))
    return bag.complete and key in names[:-1]


def made_with(types: Types, module: Module, node: ast.expr, argument: str, depth: int = 0) -> bool:
    """Whether an object is made by a call that passes ``argument`` (one of several: ``a|b``), and not as 1, "no" or None."""
    if depth > _MAX_DEPTH:
        return False

    def follow(value: ast.expr | None, owner: Module = module) -> bool:
        return value is not None and made_with(types, owner, value, argument, depth + 1)

    if isinstance(node, ast.Name):
        return any(follow(b.value) for b in module.bindings(node) if b.kind == "assign" and not b.index)
    if isinstance(node, ast.Attribute) and getattr(node.value, "id", "") == "self":
        cls = module.scopes.enclosing_class(node)
        given = assigned_on_self(ProjectClass(module, cls), node.attr) if cls is not None else []
        return any(follow(value, owner) for owner, value, _ in given)
    if not isinstance(node, ast.Call):
        return False
    target = types.project.resolve(module, node.func)
    if isinstance(target, ProjectFunction):
        return any(follow(v, target.module) for v in returned_values(target.node))
    names = argument.split("|")
    given_values = [k.value for k in node.keywords if k.arg in names]
    flows = Flows(module, types)
    for keyword in node.keywords:
        if keyword.arg is None:
            given_values += [e.value for e in flows.bag(keyword.value).entries if e.name in names]
    return any(not values.equals(values.literal(v), (1, None, "no")) for v in given_values)
