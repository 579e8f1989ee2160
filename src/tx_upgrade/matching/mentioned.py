"""What an expression mentions: the strings, the attributes and the library's names that its value is made of."""

from __future__ import annotations

import ast
from collections.abc import Mapping

from ..analysis.walking import walk
from ..rules.schema import Case
from . import values
from .context import Context

_MAX_DEPTH = 4


def holds(context: Context, case: Case, captured: Mapping[str, ast.expr]) -> bool:
    """Whether the conditions of a case on what its variables stand for, and on the project, are met."""
    for name, literals in case.not_given.items():
        if name in captured and values.equals(values.literal(captured[name]), literals):
            return False
    for name, least in case.at_least.items():
        number = values.literal(captured[name]) if name in captured else None
        if isinstance(number, int) and number < least:
            return False
    if case.used_with and not context.speaks_of(case.used_with):
        return False
    return all(
        mentions(context, captured[name], texts) for name, texts in case.mentions.items() if name in captured
    )


def mentions(context: Context, node: ast.expr, texts: tuple[str, ...], depth: int = 0) -> bool:
    """Whether an expression, or what a name in it was given in this file, holds a string or a qualified name of ``texts``.

    A text with a dot in front is the name of an attribute of anything.
    """
    for part in walk(node):
        if isinstance(part, ast.Constant) and isinstance(part.value, str):
            if any(text in part.value for text in texts):
                return True
        elif isinstance(part, ast.Name | ast.Attribute):
            if isinstance(part, ast.Attribute) and f".{part.attr}" in texts:
                return True
            found = context.qualified(part)
            if found is not None and any("." in t[1:] and context.library.same(found, t) for t in texts):
                return True
            if isinstance(part, ast.Name) and depth < _MAX_DEPTH:
                given = [
                    b.value
                    for b in context.module.bindings(part)
                    if b.kind in ("assign", "for") and b.value is not None
                ]
                if any(mentions(context, value, texts, depth + 1) for value in given if value is not node):
                    return True
    return False
