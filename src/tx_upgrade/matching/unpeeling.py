"""Items of what an item became: ``layer(x)[0][0]`` is ``layer(x)[0]`` now, which a second run must not take for the old form."""

from __future__ import annotations

import ast

from ..rewriting.composer import Edit
from ..rules.patterns import compile_expression
from .context import Context


def keep_apart(context: Context, node: ast.expr, pattern: ast.expr, replacement: str) -> list[Edit]:
    """Write ``[0]`` behind a rewrite that took such an item away as ``[0, ...]``, the same of a tensor.

    Takes the expression that ``pattern`` met; gives the edits of what is done with it, here or through its variable.
    """
    if not (isinstance(pattern, ast.Subscript) and isinstance(pattern.slice, ast.Constant)):
        return []
    if ast.dump(pattern.value) != ast.dump(compile_expression(replacement)):
        return []
    edits: list[Edit] = []
    for place in (node, *_through_variable(context, node, pattern.slice.value)):
        item = context.tree.parent.get(place)
        if _is_item(item, place, pattern.slice.value):
            assert isinstance(item, ast.Subscript)
            start, end = context.span(item.slice)
            if not context.composer.has(start, end):
                text = context.module.document.text[start:end]
                edits.append(context.composer.add(start, end, f"{text}, ..."))
    return edits


def _is_item(node: ast.AST | None, of: ast.AST, key: object) -> bool:
    return (
        isinstance(node, ast.Subscript)
        and node.value is of
        and isinstance(node.ctx, ast.Load)
        and isinstance(node.slice, ast.Constant)
        and node.slice.value == key
        and type(node.slice.value) is type(key)
    )


def _through_variable(context: Context, node: ast.expr, key: object) -> list[ast.Name]:
    """The uses of a variable that holds such an item and nothing else."""
    statement = context.tree.parent.get(node)
    if not isinstance(statement, ast.Assign) or len(statement.targets) != 1:
        return []
    target = statement.targets[0]
    owner = context.module.scope(target).lookup(target.id) if isinstance(target, ast.Name) else None
    if owner is None or not isinstance(target, ast.Name):
        return []
    values = [b.value for b in owner[1]]
    if not all(isinstance(v, ast.Subscript) and _is_item(v, v.value, key) for v in values):
        return []
    return [
        name
        for name in context.tree.names
        if name.id == target.id
        and isinstance(name.ctx, ast.Load)
        and context.module.scope(name).lookup(name.id) == owner
    ]
