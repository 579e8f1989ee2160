"""What can be said of an expression's value without running it."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

from ..analysis.walking import children

NOT_LITERAL = object()

_PURE_BUILTINS = frozenset(
    {
        "abs", "bool", "bytes", "dict", "float", "frozenset", "getattr", "hasattr", "int", "isinstance", "len", "list",
        "max", "min", "range", "round", "set", "sorted", "str", "sum", "tuple", "type", "zip", "any", "all", "vars",
    }
)  # fmt: skip
_PURE_PREFIXES = (
    "os.path.",
    "os.getenv",
    "os.environ.get",
    "os.getcwd",
    "pathlib.Path",
    "pathlib.PurePath",
    "math.",
    "posixpath.",
)
_PURE_METHODS = frozenset(
    {
        "format", "join", "lower", "upper", "strip", "rstrip", "lstrip", "split", "replace", "get", "items", "keys",
        "values", "startswith", "endswith", "strftime", "is_available", "device_count", "resolve", "absolute",
        "as_posix", "joinpath", "exists", "isdir", "isfile",
    }
)  # fmt: skip


def literal(node: ast.expr) -> Any:
    """The value of a literal, or ``NOT_LITERAL``."""
    if isinstance(node, ast.Constant):
        return node.value
    try:
        return ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return NOT_LITERAL


def equals(value: Any, wanted: tuple[Any, ...]) -> bool:
    """Whether a literal is one of ``wanted``; True is not 1."""
    return value is not NOT_LITERAL and any(type(value) is type(w) and value == w for w in wanted)


def is_pure(node: ast.expr, qualified: Callable[[ast.expr], str | None]) -> bool:
    """Whether an expression can be left out without anything else happening differently."""
    if isinstance(node, ast.Await | ast.Yield | ast.YieldFrom | ast.NamedExpr):
        return False
    if isinstance(node, ast.Call):
        if not _pure_callee(node, qualified):
            return False
        parts: list[ast.expr] = [*node.args, *(k.value for k in node.keywords)]
        if isinstance(node.func, ast.Attribute):
            parts.append(node.func.value)
        return all(is_pure(p, qualified) for p in parts)
    if isinstance(node, ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp):
        return False
    if isinstance(node, ast.Lambda):
        return True
    return all(is_pure(c, qualified) for c in children(node) if isinstance(c, ast.expr))


def _pure_callee(node: ast.Call, qualified: Callable[[ast.expr], str | None]) -> bool:
    name = qualified(node.func)
    if name is not None:
        return name.startswith(_PURE_PREFIXES) or name.rsplit(".", 1)[-1] in {"is_available", "device_count"}
    if isinstance(node.func, ast.Name):
        return node.func.id in _PURE_BUILTINS
    return isinstance(node.func, ast.Attribute) and node.func.attr in _PURE_METHODS
