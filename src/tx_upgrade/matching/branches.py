"""Which keys of a dictionary are stored only on some of the ways that lead to its uses."""

from __future__ import annotations

import ast

from ..analysis.module import Module
from ..analysis.scopes import FunctionNode
from .bags import Bag, Entry


def mark_optional(module: Module, found: Bag, stored: list[Entry]) -> None:
    """Which keys are stored only where a condition holds that does not hold for all that reads them."""
    if not stored:
        return
    branches = {call: set(_branches(module, call)) for call in found.consumers}
    shared = set.intersection(*branches.values()) if branches else set()
    sure = {e.name for e in found.entries if e not in stored and e not in found.optional}
    for name in {e.name for e in stored} - sure:
        ways = [_branches(module, e.container) for e in stored if e.name == name]
        # stored by the body and by the else branch of one condition: stored by both
        inner = {way[0] for way in ways if way}
        both = {node for node, block in inner if block == "body" and (node, "orelse") in inner}
        rest = [w[1:] if w and w[0][0] in both else w for w in ways]
        if not any(set(way) <= shared for way in rest):
            found.optional.update(e for e in stored if e.name == name)


def _branches(module: Module, node: ast.AST) -> list[tuple[ast.AST, str]]:
    """The conditional blocks that a node stands in, the innermost first, without those of version checks."""
    parents = module.scopes.parent
    found: list[tuple[ast.AST, str]] = []
    while node in parents and not isinstance(node, FunctionNode):
        parent = parents[node]
        if isinstance(parent, ast.If) and isinstance(module.version_tests(parent.test), bool):
            pass  # what the target does not get is no entry in the first place
        elif isinstance(parent, ast.If | ast.For | ast.While | ast.Try | ast.ExceptHandler | ast.match_case):
            blocks = ("body", "orelse", "handlers", "finalbody")
            found.extend((parent, b) for b in blocks if node in getattr(parent, b, ()))
        node = parent
    return found
