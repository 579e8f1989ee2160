"""Expression patterns of rules: ``$tokenizer.encode_plus($*args)`` compiled to ``ast``."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache

from ..model import TxUpgradeError
from .schema import Outline

_STAR = re.compile(r"\$\*(\w+)")
_NAME = re.compile(r"\$(\w+)")
STAR_PREFIX = "txstar_"
NAME_PREFIX = "txvar_"

PACKAGES = frozenset(
    {
        "transformers", "torch", "functools", "huggingface_hub", "_transformers_compat", "numpy", "os", "datasets",
        "contextlib", "tempfile", "importlib", "accelerate", "smolagents", "tokenizers", "safetensors", "math",
    }
)  # fmt: skip


def to_python(pattern: str) -> str:
    """A pattern or template with its variables spelled as Python names."""
    text = _STAR.sub(lambda m: f"*{STAR_PREFIX}{m[1]}", pattern)
    return _NAME.sub(lambda m: f"{NAME_PREFIX}{m[1]}", text)


@cache
def compile_expression(pattern: str) -> ast.expr:
    """The ``ast`` of a pattern.

    Raises:
        TxUpgradeError: the pattern is not an expression.
    """
    try:
        return ast.parse(to_python(pattern).strip(), mode="eval").body
    except SyntaxError as error:
        raise TxUpgradeError(f"pattern {pattern!r} is not an expression: {error.msg}") from None


def variable(node: ast.AST) -> str | None:
    """The name of a ``$variable``, or None."""
    if isinstance(node, ast.Name) and node.id.startswith(NAME_PREFIX):
        return node.id[len(NAME_PREFIX) :]
    return None


def star_variable(node: ast.AST) -> str | None:
    """The name of a ``$*variable``, or None."""
    if (
        isinstance(node, ast.Starred)
        and isinstance(node.value, ast.Name)
        and node.value.id.startswith(STAR_PREFIX)
    ):
        return node.value.id[len(STAR_PREFIX) :]
    return None


def dotted(node: ast.AST) -> str | None:
    """``a.b.c`` of a chain of attributes on a name."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        base = dotted(node.value)
        return None if base is None else f"{base}.{node.attr}"
    return None


def qualified(node: ast.AST) -> str | None:
    """The qualified name that a pattern's chain stands for, when it begins with a known package."""
    name = dotted(node)
    return name if name is not None and "." in name and name.split(".")[0] in PACKAGES else None


def terminal(node: ast.expr) -> str | None:
    """The word that code must contain to match: the attribute or name at a pattern's head."""
    if isinstance(node, ast.Call):
        return terminal(node.func)
    if isinstance(node, ast.Attribute):
        return node.attr
    if isinstance(node, ast.Subscript):
        return terminal(node.value)
    if isinstance(node, ast.Name) and variable(node) is None:
        return node.id
    return None


def outline(pattern: str) -> Outline:
    """What code must look like to match a pattern, so that most code is never compared with it."""
    node = compile_expression(pattern)
    return Outline(
        kind=type(node).__name__,
        inner=_inner(node),
        word=terminal(node) if isinstance(node, ast.Call | ast.Attribute | ast.Subscript) else None,
        path=qualified(node),
        keywords=frozenset(k.arg for k in node.keywords if k.arg is not None)
        if isinstance(node, ast.Call)
        else frozenset(),
        attributes=frozenset(_attributes(node)),
        receiver=variable(node.value) if isinstance(node, ast.Subscript) else None,
    )


def _inner(node: ast.expr) -> str | None:
    part = node.value if isinstance(node, ast.Subscript) else getattr(node, "left", None)
    if part is None or variable(part) is not None or qualified(part) is not None:
        return None
    return type(part).__name__


def _attributes(node: ast.AST) -> Iterator[str]:
    if qualified(node) is not None:
        return
    if isinstance(node, ast.Attribute):
        yield node.attr
    for child in ast.iter_child_nodes(node):
        yield from _attributes(child)
