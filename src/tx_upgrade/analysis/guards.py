"""Code that its author already guards: try/except alternatives and version checks."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from .scopes import FunctionNode, ScopeTree
from .walking import walk

GuardKind = Literal["alternative", "optional", "handler", "dead", "undecided"]

IMPORT_ERRORS = {"ImportError", "ModuleNotFoundError", "Exception", "BaseException"}
_ATTRIBUTE_ERRORS = {"AttributeError", "Exception", "BaseException", "ImportError"}
_SKIPS = {"skipif", "skipunless"}
_CALL_ERRORS = {"TypeError", "Exception", "BaseException"}


@dataclass(frozen=True, slots=True, eq=False)
class Guard:
    """Why a place is left as its author meant it.

    ``alternative``: the body of a try whose handler offers another way; ``optional``: the body of a try whose handler
    goes on without; ``handler``: that other way; ``dead``: a version check that is false on the target;
    ``undecided``: a version check that cannot be decided here.
    """

    kind: GuardKind
    node: ast.AST


def caught(handler: ast.ExceptHandler) -> set[str]:
    """The last words of the errors that a handler takes."""
    if handler.type is None:
        return {"BaseException"}
    elements = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return {e.attr if isinstance(e, ast.Attribute) else getattr(e, "id", "") for e in elements}


def _leaves(body: list[ast.stmt]) -> bool:
    """Whether a block ends by raising or by leaving the program."""
    last = body[-1]
    if isinstance(last, ast.Raise):
        return True
    if isinstance(last, ast.Expr) and isinstance(last.value, ast.Call):
        func = last.value.func
        name = func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", "")
        return name in {"exit", "_exit", "abort", "skip", "fail"}
    return False


def _ends_block(body: list[ast.stmt]) -> bool:
    return isinstance(body[-1], ast.Return | ast.Continue | ast.Break) or _leaves(body)


def _left_before(child: ast.AST, parent: ast.AST) -> Iterator[ast.If]:
    """``if test: return …`` in front of a statement, in its block, and ``elif`` after it."""
    for name in ("body", "orelse", "finalbody"):
        block = getattr(parent, name, None)
        if isinstance(block, list) and child in block:
            for before in block[: block.index(child)]:
                while isinstance(before, ast.If) and _ends_block(before.body):
                    yield before
                    if len(before.orelse) != 1:
                        break
                    before = before.orelse[0]


def _bound_names(body: list[ast.stmt]) -> set[str]:
    names: set[str] = set()
    for statement in body:
        for node in walk(statement):
            if isinstance(node, ast.alias):
                names.add(node.asname or node.name.split(".")[0])
            elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                names.add(node.id)
            elif isinstance(node, ast.FunctionDef | ast.ClassDef | ast.AsyncFunctionDef):
                names.add(node.name)
    return names


def _binds_to_something(body: list[ast.stmt], names: set[str]) -> bool:
    """Whether a handler gives one of ``names`` another value (None and flags are no alternative)."""
    for statement in body:
        for node in walk(statement):
            if isinstance(node, ast.alias) and (node.asname or node.name.split(".")[0]) in names:
                return True
            if isinstance(node, ast.FunctionDef | ast.ClassDef | ast.AsyncFunctionDef) and node.name in names:
                return True
            if isinstance(node, ast.Assign) and not isinstance(node.value, ast.Constant):
                for target in node.targets:
                    if isinstance(target, ast.Name) and target.id in names:
                        return True
    return False


class Guards:
    """The guards of one module for one target version.

    ``version_test`` decides an expression such as ``version.parse(transformers.__version__) >= version.parse("4.40")``:
    True or False on the target, None when it speaks of the version but cannot be decided, ``NotImplemented`` when it
    does not speak of the version at all. ``unreached`` tells whether all uses of a private function are dead.
    """

    def __init__(
        self,
        tree: ScopeTree,
        version_test: Callable[[ast.expr], object],
        unreached: Callable[[FunctionNode], bool],
    ) -> None:
        self._tree = tree
        self._version_test = version_test
        self._unreached = unreached
        self._memo: dict[tuple[ast.AST, str], Guard | None] = {}
        self._tries_attributes = any(caught(h) & _ATTRIBUTE_ERRORS for t in tree.tries for h in t.handlers)

    def of_import(self, node: ast.AST) -> Guard | None:
        """The guard of an import statement."""
        return self._find(node, "import")

    def of_reference(self, node: ast.AST) -> Guard | None:
        """The guard of an attribute or a name."""
        return self._find(node, "attribute")

    def of_call(self, node: ast.AST) -> Guard | None:
        """The guard of a call's arguments, or of the method that it calls."""
        found = self._find(node, "call")
        method = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
        return self._find(node, "attribute") if found is None and method and self._tries_attributes else found

    def is_live(self, node: ast.AST) -> bool:
        """Whether a version check that holds on the target stands around ``node``: it was written for the target."""
        child = node
        for parent in self._tree.ancestors(node):
            if isinstance(parent, ast.If | ast.IfExp) and child is not parent.test:
                answer = self._version_test(parent.test)
                positive = child is parent.body if isinstance(parent, ast.IfExp) else child in parent.body
                if isinstance(answer, bool) and answer == positive:
                    return True
            if any(self._version_test(before.test) is False for before in _left_before(child, parent)):
                return True
            child = parent
        return False

    def _find(self, node: ast.AST, use: str) -> Guard | None:
        statement = (
            self._tree.statement(node) if isinstance(node, ast.expr | ast.alias | ast.keyword) else node
        )
        key = (statement, use)
        if key not in self._memo:
            self._memo[key] = self._search(statement, use)
        guard = self._memo[key]
        return guard or self._inline(node)

    def _inline(self, node: ast.AST) -> Guard | None:
        """``a if version_test else b`` and ``hasattr(x, "y") and x.y``."""
        child = node
        for parent in self._tree.ancestors(node):
            if isinstance(parent, ast.stmt):
                return None
            if isinstance(parent, ast.IfExp) and child is not parent.test:
                guard = self._decide(parent.test, child is parent.body, parent)
                if guard is not None:
                    return guard
            child = parent
        return None

    def _decide(self, test: ast.expr, positive: bool, node: ast.AST) -> Guard | None:
        answer = self._version_test(test)
        if answer is NotImplemented:
            return None
        if answer is None:
            return Guard("undecided", node)
        return None if bool(answer) == positive else Guard("dead", node)

    def _after_leaving(self, child: ast.AST, parent: ast.AST) -> Guard | None:
        """``if version_test: return …`` in front: what follows is the other branch."""
        for before in _left_before(child, parent):
            guard = self._decide(before.test, False, before)
            if guard is not None:
                return guard
        return None

    def _search(self, statement: ast.AST, use: str) -> Guard | None:
        child: ast.AST = statement
        for parent in self._tree.ancestors(statement):
            left = self._after_leaving(child, parent)
            if left is not None:
                return left
            if isinstance(parent, ast.If):
                if child is not parent.test:
                    guard = self._decide(parent.test, child in parent.body, parent)
                    if guard is not None:
                        return guard
            elif isinstance(parent, ast.Try):
                guard = self._try(parent, child, use)
                if guard is not None:
                    return guard
            elif isinstance(parent, ast.ExceptHandler):
                outer = self._tree.parent[parent]
                if isinstance(outer, ast.Try) and self._handler_guards(outer, parent):
                    return Guard("handler", outer)
            elif isinstance(parent, ast.With | ast.AsyncWith) and use != "call":
                for item in parent.items:
                    call = item.context_expr
                    if isinstance(call, ast.Call):
                        func = call.func
                        name = func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", "")
                        if name == "suppress" and any(
                            getattr(a, "id", "") in IMPORT_ERRORS | _ATTRIBUTE_ERRORS for a in call.args
                        ):
                            return Guard("optional", parent)
            elif isinstance(parent, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda):
                # a function that is defined in a try is not run there; version checks around it still hold
                return self._around_definition(parent)
            child = parent
        return None

    def _around_definition(self, definition: ast.AST) -> Guard | None:
        guard = self._of_definition(definition)
        if guard is not None:
            return guard
        child = definition
        for parent in self._tree.ancestors(definition):
            guard = self._of_definition(parent)
            if guard is not None:
                return guard
            if isinstance(parent, ast.If) and child is not parent.test:
                guard = self._decide(parent.test, child in parent.body, parent)
                if guard is not None:
                    return guard
            if isinstance(parent, ast.ExceptHandler):
                outer = self._tree.parent[parent]
                if isinstance(outer, ast.Try) and self._handler_guards(outer, parent):
                    return Guard("handler", outer)
            child = parent
        return None

    def _of_definition(self, node: ast.AST) -> Guard | None:
        """The guard that a decorator (``skipif(version_test)``) or the uses of a private function are."""
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            return None
        for decorator in node.decorator_list:
            if isinstance(decorator, ast.Call) and decorator.args:
                func = decorator.func
                name = func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", "")
                if name.lower() in _SKIPS:
                    guard = self._decide(decorator.args[0], name.lower() == "skipunless", decorator)
                    if guard is not None:
                        return guard
        private = node.name.startswith("_") and not node.name.endswith("__")
        if private and not isinstance(node, ast.ClassDef) and self._unreached(node):
            return Guard("dead", node)
        return None

    def _handler_guards(self, node: ast.Try, handler: ast.ExceptHandler) -> bool:
        if not caught(handler) & {
            "ImportError",
            "ModuleNotFoundError",
            "AttributeError",
            "TypeError",
        } and not (caught(handler) & {"Exception", "BaseException"} and self._imports(node.body)):
            return False
        return not _leaves(handler.body)

    @staticmethod
    def _imports(body: list[ast.stmt]) -> bool:
        return any(isinstance(s, ast.Import | ast.ImportFrom) for s in body)

    def _try(self, node: ast.Try, child: ast.AST, use: str) -> Guard | None:
        if child not in node.body:
            return None
        wanted = {"import": IMPORT_ERRORS, "attribute": _ATTRIBUTE_ERRORS, "call": _CALL_ERRORS}[use]
        for handler in node.handlers:
            errors = caught(handler)
            if not errors & wanted or _leaves(handler.body):
                continue
            names = _bound_names([child]) if isinstance(child, ast.stmt) else set()
            if use == "import":
                if not isinstance(child, ast.Import | ast.ImportFrom):
                    continue
                alternative = _binds_to_something(handler.body, names)
                return Guard("alternative" if alternative else "optional", node)
            # broad handlers around ordinary code are error handling, not a guard: the handler must do the same otherwise
            precise = errors & {"AttributeError", "TypeError", "ImportError"}
            if precise and (
                names & _bound_names(handler.body)
                or _same_callee(child, handler.body)
                or (_returns(child) and any(_returns(s) for s in handler.body))
            ):
                return Guard("alternative", node)
        return None


def _returns(statement: ast.AST) -> bool:
    return isinstance(statement, ast.Return) and statement.value is not None


def _same_callee(statement: ast.AST, body: list[ast.stmt]) -> bool:
    def callees(nodes: list[ast.AST]) -> set[str]:
        return {ast.dump(n.func) for top in nodes for n in walk(top) if isinstance(n, ast.Call)}

    return bool(callees([statement]) & callees(list(body)))
