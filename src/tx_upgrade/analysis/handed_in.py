"""What the library hands to the methods that subclasses override: parameters, and keys of their ``**kwargs``."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from .kinds import Instance
from .knowledge import HANDED_IN
from .module import Module, ProjectClass

if TYPE_CHECKING:
    from .types import Types


def parameter(types: Types, module: Module, function: ast.AST, name: str) -> Instance | None:
    """What an override gets under a name; None when the method overrides nothing, or the name is its own."""
    owner = module.scopes.parent.get(function)
    if not isinstance(owner, ast.ClassDef) or not isinstance(
        function, ast.FunctionDef | ast.AsyncFunctionDef
    ):
        return None
    for base, (start, handed) in HANDED_IN.items():
        if (
            name in handed
            and function.name.startswith(start)
            and types.is_a(ProjectClass(module, owner), base)
        ):
            return Instance(handed[name])
    return None


def key(types: Types, module: Module, node: ast.Subscript) -> Instance | None:
    """``kwargs["tokenizer"]`` in an override."""
    name = node.slice.value if isinstance(node.slice, ast.Constant) else None
    if not isinstance(name, str) or not isinstance(node.value, ast.Name):
        return None
    bindings = module.bindings(node.value)
    if len(bindings) != 1 or not isinstance(bindings[0].node, ast.arg):
        return None
    parents = module.scopes.parent
    arguments = parents[bindings[0].node]
    if not isinstance(arguments, ast.arguments) or arguments.kwarg is not bindings[0].node:
        return None
    return parameter(types, module, parents[arguments], name)
