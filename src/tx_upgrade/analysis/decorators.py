"""Whether a decorated function still gives what its own text returns."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from .assignments import returned_values
from .module import Module, ProjectClass, ProjectFunction
from .scopes import FunctionNode

if TYPE_CHECKING:
    from .types import Types

_MOST = 3
"""Functions inside functions that are looked into."""


def keep_result(types: Types, module: Module, function: FunctionNode) -> bool:
    """Whether a call of a function gives what it returns, as far as the project's own decorators go.

    Those of other packages are trusted: they cache, register, retry.
    """
    for decorator in function.decorator_list:
        maker = decorator.func if isinstance(decorator, ast.Call) else decorator
        target = types.project.resolve(module, maker)
        if isinstance(target, ProjectClass):
            return False
        if isinstance(target, ProjectFunction):
            levels = 1 if isinstance(decorator, ast.Call) else 0
            if not _hands_through(target.module, target.node, levels):
                return False
    return True


def _hands_through(module: Module, decorator: FunctionNode, levels: int, depth: int = 0) -> bool:
    """Whether all that a decorator makes of a function is the function, or one that returns what it gives."""
    if depth > _MOST:
        return False
    values = returned_values(decorator)
    if not values:
        return False
    if levels:
        inner = [_defined(module, v) for v in values]
        return all(i is not None and _hands_through(module, i, levels - 1, depth + 1) for i in inner)
    taken = _first(decorator)
    for value in values:
        if isinstance(value, ast.Call) and value.args:  # update_wrapper(inner, function) and the like
            value = value.args[0]
        if isinstance(value, ast.Name) and value.id == taken:
            continue
        made = _defined(module, value)
        if made is None or not all(_is_result(module, r, taken) for r in returned_values(made)):
            return False
        if not returned_values(made):
            return False
    return True


def _first(function: FunctionNode) -> str:
    positional = [*function.args.posonlyargs, *function.args.args]
    return positional[0].arg if positional else ""


def _defined(module: Module, node: ast.expr) -> FunctionNode | None:
    bindings = module.bindings(node) if isinstance(node, ast.Name) else []
    found = bindings[0].node if len(bindings) == 1 else None
    return found if isinstance(found, ast.FunctionDef | ast.AsyncFunctionDef) else None


def _is_result(module: Module, node: ast.expr, function: str) -> bool:
    """Whether an expression is what a call of the decorated function gives."""
    if isinstance(node, ast.Await):
        node = node.value
    if isinstance(node, ast.Call):
        return isinstance(node.func, ast.Name) and node.func.id == function
    bindings = module.bindings(node) if isinstance(node, ast.Name) else []
    return bool(bindings) and all(
        b.kind == "assign" and b.value is not None and _is_result(module, b.value, function) for b in bindings
    )
