"""What the code does with the thing that a call gives: whether it takes it apart, or only reads items of it."""

from __future__ import annotations

import ast

from ..analysis.reaching import reaching
from .context import Context

_LOOKS = frozenset({"hasattr", "getattr", "len"})


def read_in_parts(context: Context, call: ast.Call) -> bool:
    """Whether only items and attributes of what a call gives are read: ``model(x)[0]``, ``out.loss``, ``out[:2]``.

    That means the same for a tuple and for an output object. What is unpacked, looped over, returned, stored or passed
    on may be taken for a tuple, and so may what is tested with ``isinstance``.
    """
    parent = context.tree.parent.get(call)
    if _is_part(parent, call):
        return True
    if not isinstance(parent, ast.Assign) or parent.value is not call or len(parent.targets) != 1:
        return False
    target = parent.targets[0]
    if not isinstance(target, ast.Name):
        return False
    owner = context.module.scope(target).lookup(target.id)
    if owner is None:
        return False
    uses: list[ast.Name] = []
    for name in context.tree.names:
        if name.id != target.id or not isinstance(name.ctx, ast.Load):
            continue
        found = context.module.scope(name).lookup(name.id)
        if found is not None and found[0] is owner[0]:
            held = reaching(context.tree, name, found[1])
            if held is None or any(b.statement is parent for b in held):
                uses.append(name)
    return bool(uses) and all(_is_part(context.tree.parent.get(use), use) for use in uses)


def _is_part(parent: ast.AST | None, node: ast.expr) -> bool:
    if isinstance(parent, ast.Subscript):
        return parent.value is node and isinstance(parent.ctx, ast.Load)
    if isinstance(parent, ast.Call) and isinstance(parent.func, ast.Name):
        return parent.func.id in _LOOKS and bool(parent.args) and parent.args[0] is node
    return isinstance(parent, ast.Attribute) and isinstance(parent.ctx, ast.Load)
