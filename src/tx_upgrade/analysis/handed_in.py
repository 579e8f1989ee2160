"""What the library hands to the methods that subclasses override: parameters, and keys of their ``**kwargs``."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from .kinds import Instance
from .knowledge import HANDED_IN
from .module import Module, ProjectClass

if TYPE_CHECKING:
    from .types import Types

_TAKES = frozenset({"get", "pop"})


def parameter(types: Types, module: Module, arg: ast.arg) -> Instance | None:
    """What an override gets for a parameter; None when the method overrides nothing, or the name is its own."""
    function = module.scopes.parent[module.scopes.parent[arg]]
    return _handed(types, module, function, arg.arg) or _handed(
        types, module, function, library_name(types, module, arg)
    )


def key(types: Types, module: Module, node: ast.expr) -> Instance | None:
    """``kwargs["tokenizer"]`` and ``kwargs.get("tokenizer")`` in an override."""
    asked = _asked(module, node)
    return _handed(types, module, asked[0], asked[1]) if asked is not None else None


def name_of(types: Types, module: Module, node: ast.Name) -> str | None:
    """A name that says more of a variable: the library's own of an override's parameter, or of a key of its ``**kwargs``,
    and what callers pass for the parameter of another function."""
    bindings = module.bindings(node)
    if len(bindings) != 1:
        return None
    if isinstance(bindings[0].node, ast.arg):
        return library_name(types, module, bindings[0].node) or types.callers.telling_name(
            module, bindings[0].node
        )
    value = bindings[0].value if bindings[0].kind == "assign" and not bindings[0].index else None
    asked = _asked(module, value) if value is not None else None
    return asked[1] if asked is not None and _overridden(types, module, asked[0]) else None


def library_name(types: Types, module: Module, arg: ast.arg) -> str | None:
    """What the library calls the parameter that stands at the place of an override's own."""
    arguments = module.scopes.parent.get(arg)
    function = module.scopes.parent.get(arguments) if arguments is not None else None
    if not isinstance(function, ast.FunctionDef) or not isinstance(arguments, ast.arguments):
        return None
    positional = [*arguments.posonlyargs, *arguments.args]
    base = _overridden(types, module, function) if arg in positional[1:] else None
    signature = types.library.signature(f"{base}.{function.name}") if base is not None else None
    place = positional.index(arg) - 1 if signature is not None else 0
    if signature is None or place >= len(signature.parameters):
        return None
    found = signature.parameters[place]
    return found.name if found.kind == "positional_or_keyword" else None


def _overridden(types: Types, module: Module, function: ast.AST) -> str | None:
    """The class of the library whose method a function overrides."""
    owner = module.scopes.parent.get(function)
    if not isinstance(owner, ast.ClassDef) or not isinstance(function, ast.FunctionDef):
        return None
    if function.name.startswith("__"):
        return None
    bases = types.project.library_bases(ProjectClass(module, owner))
    return next((b for b in bases if types.library.signature(f"{b}.{function.name}") is not None), None)


def _handed(types: Types, module: Module, function: ast.AST, name: str | None) -> Instance | None:
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


def _asked(module: Module, node: ast.expr) -> tuple[ast.AST, str] | None:
    """The function whose ``**kwargs`` an expression takes a key of, and the key."""
    table: ast.expr
    if isinstance(node, ast.Subscript):
        table, name = node.value, node.slice
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _TAKES:
        if not node.args:
            return None
        table, name = node.func.value, node.args[0]
    else:
        return None
    if (
        not isinstance(name, ast.Constant)
        or not isinstance(name.value, str)
        or not isinstance(table, ast.Name)
    ):
        return None
    bindings = module.bindings(table)
    if len(bindings) != 1 or not isinstance(bindings[0].node, ast.arg):
        return None
    arguments = module.scopes.parent[bindings[0].node]
    if not isinstance(arguments, ast.arguments) or arguments.kwarg is not bindings[0].node:
        return None
    return module.scopes.parent[arguments], name.value
