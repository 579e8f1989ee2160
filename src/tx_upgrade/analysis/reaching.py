"""Which of the statements that give a variable its values may have given the one that is read at a place."""

from __future__ import annotations

import ast

from .assignments import loop_around
from .module import Module
from .scopes import Binding, ScopeTree

Flow = tuple[list[Binding], bool]
"""What a piece of code may have given a variable once it is through, and whether the value from before may still be there."""
_LEAVES = (ast.Return, ast.Raise, ast.Continue, ast.Break)
_LOOPS = (ast.For, ast.AsyncFor, ast.While)
_DEFINES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_SWALLOWS = frozenset({"suppress", "raises", "assertRaises", "ignored"})
"""Context managers behind which the code goes on though their block was left in its middle."""
_PASSES: Flow = ([], True)


def live(module: Module, node: ast.Name, bindings: list[Binding]) -> list[Binding]:
    """The bindings of a variable that may hold where it is read."""
    if len(bindings) == 1:
        return bindings
    found = reaching(module.scopes, node, bindings)
    if found is None:
        loop = loop_around(module.scopes, node, bindings)
        return bindings if loop is None else [loop]
    return found


def reaching(tree: ScopeTree, node: ast.Name, bindings: list[Binding]) -> list[Binding] | None:
    """The bindings of a variable that may hold where ``node`` reads it; None where the order of the code does not tell.

    It tells within one function (or one module's own statements) only.
    """
    function = tree.enclosing_function(node)
    for binding in bindings:
        if binding.statement is None and not isinstance(binding.node, ast.arg):
            return None  # a walrus, a comprehension
        if isinstance(binding.node, ast.arg) and not isinstance(
            tree.parent[tree.parent[binding.node]], ast.FunctionDef | ast.AsyncFunctionDef
        ):
            return None
        if _function_of(tree, binding) is not function:
            return None
    return _Reading(tree, bindings).at(node) or None


def _function_of(tree: ScopeTree, binding: Binding) -> ast.AST | None:
    return tree.enclosing_function(binding.node if binding.statement is None else binding.statement)


class _Reading:
    def __init__(self, tree: ScopeTree, bindings: list[Binding]) -> None:
        self.tree = tree
        self.parameters = [b for b in bindings if b.statement is None]
        self.of: dict[ast.AST, list[Binding]] = {}
        self.holders: set[ast.AST] = set()
        for binding in bindings:
            if binding.statement is not None:
                self.of.setdefault(binding.statement, []).append(binding)
                self.holders.add(binding.statement)
                self.holders.update(tree.ancestors(binding.statement))

    def at(self, node: ast.Name) -> list[Binding] | None:
        found: list[Binding] = []
        child: ast.AST = node
        for parent in self.tree.ancestors(node):
            if isinstance(parent, ast.Lambda):
                return None  # who knows when it is called
            if isinstance(parent, ast.GeneratorExp) and not isinstance(self.tree.parent[parent], ast.Call):
                return None
            inside = isinstance(child, ast.stmt | ast.ExceptHandler | ast.match_case)
            if inside:
                block = next(b for b in _blocks(parent) if child in b)
                given, passes = self.through(block[: block.index(child)])
                found += given
                if not passes:
                    return _once(found)
                given, passes = self.entered(parent, child, block)
                found += given
                if not passes:
                    return _once(found)
            if isinstance(parent, ast.While) and child is parent.test:
                found += self.within(parent)
            if isinstance(parent, ast.Module) or (inside and isinstance(parent, _DEFINES)):
                return None if isinstance(parent, ast.ClassDef) else _once(found)
            child = parent
        return None

    def entered(self, parent: ast.AST, child: ast.AST, block: list[ast.AST]) -> Flow:
        """What holds where a block of ``parent`` begins, on the way that leads to ``child``."""
        own = self.of.get(parent, [])
        match parent:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                return self.parameters, False
            case ast.With() | ast.AsyncWith():
                return own, not own
            case ast.For() | ast.AsyncFor() if block is parent.body and own:
                return own, False
            case ast.For() | ast.AsyncFor() | ast.While():
                return self.within(parent), True
            case ast.ExceptHandler():
                attempt = self.tree.parent[parent]
                caught = [b for b in self.of.get(attempt, []) if b.node is parent]
                return caught, not caught
            case ast.Try() if block is parent.orelse:
                return self.through(list(parent.body))
            case ast.Try() if block is parent.handlers:
                return [b for s in parent.body for b in self.within(s)], True
            case ast.Try() if block is parent.finalbody:
                return self.within(parent), True
            case ast.match_case():
                bound = [b for b in self.of.get(self.tree.parent[parent], []) if self._is_in(b, parent)]
                return bound, not bound
        return _PASSES

    def through(self, block: list[ast.AST]) -> Flow:
        found: list[Binding] = []
        for statement in reversed(block):
            if isinstance(statement, _LEAVES):
                return found, False
            if statement in self.holders:
                given, passes = self.statement(statement)
                found += given
                if not passes:
                    return found, False
        return found, True

    def statement(self, node: ast.AST) -> Flow:
        own = self.of.get(node, [])
        match node:
            case ast.If():
                return _either(self.through(list(node.body)), self.through(list(node.orelse)))
            case ast.For() | ast.AsyncFor() | ast.While():
                return self.within(node), True
            case ast.With() | ast.AsyncWith():
                given, passes = self.through(list(node.body))
                if any(_swallows(item.context_expr) for item in node.items):
                    return [*self.within(node), *given], True
                return (given + own, not own) if passes else (given, False)
            case ast.Match():
                return self._match(node)
            case ast.Try():
                return self._try(node)
            case _ if node.__class__.__name__ == "TryStar":
                return self.within(node), True
            case ast.AnnAssign(value=None) | ast.AugAssign():
                return own, True  # says what it is, and gives nothing; keeps of what kind it is
        return own, not own

    def _try(self, node: ast.Try) -> Flow:
        flow = self.through([*node.body, *node.orelse])
        inside = [b for s in node.body for b in self.within(s)]
        for handler in node.handlers:
            given, passes = self.through(list(handler.body))
            flow = _either(flow, ([*given, *inside] if passes else given, passes))
        given, passes = self.through(list(node.finalbody))
        return ([*given, *flow[0]], flow[1]) if passes else (given, False)

    def _match(self, node: ast.Match) -> Flow:
        flow: Flow = ([], True)
        last = node.cases[-1]
        complete = (
            last.guard is None and isinstance(last.pattern, ast.MatchAs) and last.pattern.pattern is None
        )
        if complete:
            flow = ([], False)
        for case in node.cases:
            given, passes = self.through(list(case.body))
            bound = [b for b in self.of.get(node, []) if self._is_in(b, case)]
            flow = _either(flow, (given + bound, not bound) if passes else (given, False))
        return flow

    def within(self, node: ast.AST) -> list[Binding]:
        """All bindings that a statement holds, its own included."""
        if node not in self.holders:
            return []
        return [b for s, every in self.of.items() if s is node or self._is_below(s, node) for b in every]

    def _is_in(self, binding: Binding, node: ast.AST) -> bool:
        return self._is_below(binding.node, node)

    def _is_below(self, node: ast.AST, above: ast.AST) -> bool:
        return any(a is above for a in self.tree.ancestors(node))


def _blocks(node: ast.AST) -> list[list[ast.AST]]:
    names = ("body", "orelse", "finalbody", "handlers", "cases")
    blocks = (getattr(node, name, None) for name in names)
    return [b for b in blocks if isinstance(b, list)]


def _either(left: Flow, right: Flow) -> Flow:
    return [*left[0], *right[0]], left[1] or right[1]


def _once(found: list[Binding]) -> list[Binding]:
    return list(dict.fromkeys(found))


def _swallows(node: ast.expr) -> bool:
    func = node.func if isinstance(node, ast.Call) else node
    return (getattr(func, "attr", None) or getattr(func, "id", None)) in _SWALLOWS
