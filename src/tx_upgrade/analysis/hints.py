"""What the name of a variable or an attribute suggests of its class, where nothing proves it."""

from __future__ import annotations

import ast
import re
from functools import cache
from typing import TYPE_CHECKING

from . import handed_in
from .assignments import is_sequence, ways_of
from .knowledge import HINTS
from .module import Module, ProjectValue
from .reaching import live

if TYPE_CHECKING:
    from .types import Types


def hinted(types: Types, module: Module, node: ast.expr, bases: tuple[str, ...]) -> bool:
    """Whether the receiver's name suggests one of ``bases``."""
    name = node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", None)
    if name is None:
        return False
    if not any(_suggests(name, base) for base in bases):
        name = handed_in.name_of(types, module, node) if isinstance(node, ast.Name) else None
        if name is None or not any(_suggests(name, base) for base in bases):
            return False
    if isinstance(node, ast.Name) and _is_made_up(types, module, node, bases):
        return False
    target = types.project.resolve(module, node)
    # a function, a class or a module is no object
    return target is None or isinstance(target, ProjectValue)


@cache
def _suggests(name: str, base: str) -> bool:
    pattern = HINTS.get(base.rsplit(".", 1)[-1])
    return pattern is not None and re.fullmatch(pattern, name.strip("_").lower()) is not None


def _is_made_up(types: Types, module: Module, name: ast.Name, bases: tuple[str, ...]) -> bool:
    """Whether a variable certainly holds a sequence of its own elements, or one item of what is called like it."""
    given = [b for b in live(module, name, module.bindings(name)) if b.kind != "augmented"]
    if any(b.kind != "assign" or b.value is None for b in given):
        return False
    ways = [way for b in given if b.value is not None for way in ways_of(b.value)]
    return bool(ways) and all(is_sequence(w) or _is_item(types, module, w, bases) for w in ways)


def _is_item(types: Types, module: Module, value: ast.expr, bases: tuple[str, ...]) -> bool:
    return (
        isinstance(value, ast.Subscript)
        and not isinstance(value.slice, ast.Slice)
        and hinted(types, module, value.value, bases)
    )
