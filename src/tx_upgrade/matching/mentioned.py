"""What an expression mentions: the strings and the library's names that its value is made of."""

from __future__ import annotations

import ast

from ..analysis.walking import walk
from .context import Context

_MAX_DEPTH = 4


def mentions(context: Context, node: ast.expr, texts: tuple[str, ...], depth: int = 0) -> bool:
    """Whether an expression, or what a name in it was given in this file, holds a string or a qualified name of ``texts``."""
    for part in walk(node):
        if isinstance(part, ast.Constant) and isinstance(part.value, str):
            if any(text in part.value for text in texts):
                return True
        elif isinstance(part, ast.Name | ast.Attribute):
            found = context.qualified(part)
            if found is not None and any("." in t and context.library.same(found, t) for t in texts):
                return True
            if isinstance(part, ast.Name) and depth < _MAX_DEPTH:
                given = [
                    b.value
                    for b in context.module.bindings(part)
                    if b.kind == "assign" and b.value is not None
                ]
                if any(mentions(context, value, texts, depth + 1) for value in given if value is not node):
                    return True
    return False
