"""What code does with a value that it reads: hands it on as a whole, shows it, or only asks something of it."""

from __future__ import annotations

import ast

from ..analysis.scopes import ScopeTree

_SHOWING = frozenset({"print", "str", "repr", "format", "isinstance", "dumps", "dump"})


def handed_on(tree: ScopeTree, node: ast.expr) -> bool:
    """Whether a value goes on as it is: no item or attribute of it is read, and it is not compared with anything."""
    if not isinstance(getattr(node, "ctx", ast.Load()), ast.Load):
        return False
    parent = tree.parent.get(node)
    if isinstance(parent, ast.Attribute | ast.Subscript):
        return parent.value is not node
    return not isinstance(parent, ast.Compare)


def shown(tree: ScopeTree, node: ast.expr) -> bool:
    """Whether a value is printed, formatted, asked for its type, added to another or compared with one."""
    if not isinstance(getattr(node, "ctx", ast.Load()), ast.Load):
        return False
    parent = tree.parent.get(node)
    if isinstance(parent, ast.Compare):
        return all(isinstance(op, ast.Eq | ast.NotEq) for op in parent.ops)
    if isinstance(parent, ast.BinOp):
        return isinstance(parent.op, ast.Add)
    child: ast.AST = node
    while isinstance(parent, ast.List | ast.Tuple | ast.Dict):
        child, parent = parent, tree.parent.get(parent)
    if isinstance(parent, ast.FormattedValue):
        return True
    if not isinstance(parent, ast.Call) or child not in parent.args:
        return False
    name = parent.func.attr if isinstance(parent.func, ast.Attribute) else getattr(parent.func, "id", "")
    return name in _SHOWING
