"""What ``isinstance`` says of an expression where it is read."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from .scopes import ScopeTree

_LEAVES = (ast.Return, ast.Raise, ast.Continue, ast.Break)


def asked_for(tree: ScopeTree, node: ast.expr) -> list[ast.expr] | None:
    """The classes of an ``isinstance(node, ...)`` that certainly held on the way to ``node``."""
    wanted = ast.dump(node)
    child: ast.AST = node
    for parent in tree.ancestors(node):
        tests: list[ast.expr] = []
        match parent:
            case ast.If() | ast.While() if child in parent.body:
                tests = [parent.test]
            case ast.IfExp() if child is parent.body:
                tests = [parent.test]
            case ast.BoolOp(op=ast.And()) if child in parent.values:
                tests = parent.values[: parent.values.index(child)]
            case ast.ListComp() | ast.SetComp() | ast.GeneratorExp() | ast.DictComp():
                tests = [condition for generator in parent.generators for condition in generator.ifs]
            case ast.match_case() if child in parent.body:
                matched = _matched(tree, parent, wanted)
                if matched is not None:
                    return matched
        if isinstance(child, ast.stmt):
            tests += _passed(parent, child)
        for test in tests:
            for call in _all_true(test):
                if ast.dump(call.args[0]) == wanted:
                    classes = call.args[1]
                    return list(classes.elts) if isinstance(classes, ast.Tuple) else [classes]
        if isinstance(parent, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef):
            return None
        child = parent
    return None


def _matched(tree: ScopeTree, case: ast.match_case, subject: str) -> list[ast.expr] | None:
    """The classes that a ``case`` asks for, where it is the wanted expression that is matched."""
    match = tree.parent[case]
    if not isinstance(match, ast.Match) or ast.dump(match.subject) != subject:
        return None
    pattern = case.pattern
    if isinstance(pattern, ast.MatchAs) and pattern.pattern is not None:
        pattern = pattern.pattern
    several = pattern.patterns if isinstance(pattern, ast.MatchOr) else [pattern]
    classes = [p.cls for p in several if isinstance(p, ast.MatchClass)]
    return classes if len(classes) == len(several) else None


def _passed(parent: ast.AST, statement: ast.stmt) -> list[ast.expr]:
    """Tests that held before a statement of the same block: ``assert`` and ``if not …: return``."""
    for name in ("body", "orelse", "finalbody"):
        block = getattr(parent, name, None)
        if not isinstance(block, list) or statement not in block:
            continue
        found: list[ast.expr] = []
        for before in block[: block.index(statement)]:
            match before:
                case ast.Assert():
                    found.append(before.test)
                case ast.If(test=ast.UnaryOp(op=ast.Not())) if isinstance(before.body[-1], _LEAVES):
                    found.append(before.test.operand)  # type: ignore[attr-defined]
        return found
    return []


def _all_true(test: ast.expr) -> Iterator[ast.Call]:
    """The calls of ``isinstance`` that hold when a test does."""
    if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.And):
        for value in test.values:
            yield from _all_true(value)
    elif isinstance(test, ast.Call) and getattr(test.func, "id", "") == "isinstance" and len(test.args) == 2:
        yield test
