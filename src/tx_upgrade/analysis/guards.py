"""Code that its author already guards: try/except alternatives and version checks."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from packaging.version import InvalidVersion, Version

from .scopes import ScopeTree

GuardKind = Literal["alternative", "optional", "handler", "dead", "undecided"]

_IMPORT_ERRORS = {"ImportError", "ModuleNotFoundError", "Exception", "BaseException"}
_ATTRIBUTE_ERRORS = {"AttributeError", "Exception", "BaseException", "ImportError"}
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


def _caught(handler: ast.ExceptHandler) -> set[str]:
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


def _bound_names(body: list[ast.stmt]) -> set[str]:
    names: set[str] = set()
    for statement in body:
        for node in ast.walk(statement):
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
        for node in ast.walk(statement):
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
    does not speak of the version at all.
    """

    def __init__(self, tree: ScopeTree, version_test: Callable[[ast.expr], object]) -> None:
        self._tree = tree
        self._version_test = version_test
        self._memo: dict[tuple[ast.AST, str], Guard | None] = {}

    def of_import(self, node: ast.AST) -> Guard | None:
        """The guard of an import statement."""
        return self._find(node, "import")

    def of_reference(self, node: ast.AST) -> Guard | None:
        """The guard of an attribute or a name."""
        return self._find(node, "attribute")

    def of_call(self, node: ast.AST) -> Guard | None:
        """The guard of a call's arguments."""
        return self._find(node, "call")

    def is_live(self, node: ast.AST) -> bool:
        """Whether a version check that holds on the target stands around ``node``: it was written for the target."""
        child = node
        for parent in self._tree.ancestors(node):
            if isinstance(parent, ast.If | ast.IfExp) and child is not parent.test:
                answer = self._version_test(parent.test)
                positive = child is parent.body if isinstance(parent, ast.IfExp) else child in parent.body
                if isinstance(answer, bool) and answer == positive:
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
        for name in ("body", "orelse", "finalbody"):
            block = getattr(parent, name, None)
            if not isinstance(block, list) or child not in block:
                continue
            for before in block[: block.index(child)]:
                if isinstance(before, ast.If) and not before.orelse and _ends_block(before.body):
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
                            getattr(a, "id", "") in _IMPORT_ERRORS | _ATTRIBUTE_ERRORS for a in call.args
                        ):
                            return Guard("optional", parent)
            elif isinstance(parent, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda):
                # a function that is defined in a try is not run there; version checks around it still hold
                return self._around_definition(parent)
            child = parent
        return None

    def _around_definition(self, definition: ast.AST) -> Guard | None:
        child = definition
        for parent in self._tree.ancestors(definition):
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

    def _handler_guards(self, node: ast.Try, handler: ast.ExceptHandler) -> bool:
        if not _caught(handler) & {
            "ImportError",
            "ModuleNotFoundError",
            "AttributeError",
            "TypeError",
        } and not (_caught(handler) & {"Exception", "BaseException"} and self._imports(node.body)):
            return False
        return not _leaves(handler.body)

    @staticmethod
    def _imports(body: list[ast.stmt]) -> bool:
        return any(isinstance(s, ast.Import | ast.ImportFrom) for s in body)

    def _try(self, node: ast.Try, child: ast.AST, use: str) -> Guard | None:
        if child not in node.body:
            return None
        wanted = {"import": _IMPORT_ERRORS, "attribute": _ATTRIBUTE_ERRORS, "call": _CALL_ERRORS}[use]
        for handler in node.handlers:
            caught = _caught(handler)
            if not caught & wanted or _leaves(handler.body):
                continue
            names = _bound_names([child]) if isinstance(child, ast.stmt) else set()
            if use == "import":
                if not isinstance(child, ast.Import | ast.ImportFrom):
                    continue
                alternative = _binds_to_something(handler.body, names)
                return Guard("alternative" if alternative else "optional", node)
            # broad handlers around ordinary code are error handling, not a guard: the handler must do the same otherwise
            precise = caught & {"AttributeError", "TypeError", "ImportError"}
            if precise and (names & _bound_names(handler.body) or _same_callee(child, handler.body)):
                return Guard("alternative", node)
        return None


def _same_callee(statement: ast.AST, body: list[ast.stmt]) -> bool:
    def callees(nodes: list[ast.AST]) -> set[str]:
        return {ast.dump(n.func) for top in nodes for n in ast.walk(top) if isinstance(n, ast.Call)}

    return bool(callees([statement]) & callees(list(body)))


def _asks_signature(node: ast.expr) -> bool:
    """``inspect.signature(f).parameters`` and the like: the code asks what the library takes."""
    return any(
        isinstance(part, ast.Call)
        and (getattr(part.func, "attr", None) or getattr(part.func, "id", None))
        in {"signature", "getfullargspec"}
        for part in ast.walk(node)
    )


_COMPARE: dict[type[ast.cmpop], Callable[[Version, Version], bool]] = {
    ast.Lt: lambda a, b: a < b,
    ast.LtE: lambda a, b: a <= b,
    ast.Gt: lambda a, b: a > b,
    ast.GtE: lambda a, b: a >= b,
    ast.Eq: lambda a, b: a == b,
    ast.NotEq: lambda a, b: a != b,
}
_OPERATORS: dict[str, type[ast.cmpop]] = {
    "<": ast.Lt, "<=": ast.LtE, ">": ast.Gt, ">=": ast.GtE, "==": ast.Eq, "!=": ast.NotEq,
}  # fmt: skip


class VersionTests:
    """Decides tests on the version of transformers, and ``hasattr(transformers, "X")``, for one target."""

    def __init__(
        self,
        target: str,
        qualified: Callable[[ast.expr], str | None],
        constant: Callable[[ast.Name], ast.expr | None],
        exists: Callable[[str], bool],
    ) -> None:
        self._target = Version(target)
        self._qualified = qualified
        self._constant = constant
        self._exists = exists

    def __call__(self, test: ast.expr, depth: int = 0) -> object:
        if depth > 4:
            return NotImplemented
        if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
            answer = self(test.operand, depth + 1)
            return (not answer) if isinstance(answer, bool) else answer
        if isinstance(test, ast.BoolOp):
            answers = [self(v, depth + 1) for v in test.values]
            spoken = [a for a in answers if a is not NotImplemented]
            if not spoken:
                return NotImplemented
            deciding = isinstance(test.op, ast.Or)
            if any(a is deciding for a in spoken):
                return deciding
            return None if len(spoken) < len(answers) or None in spoken else not deciding
        if isinstance(test, ast.Name):
            value = self._constant(test)
            return NotImplemented if value is None else self(value, depth + 1)
        if isinstance(test, ast.Compare):
            return self._compare(test)
        if isinstance(test, ast.Call):
            return self._call(test)
        return NotImplemented

    def _call(self, test: ast.Call) -> object:
        func = test.func
        name = func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", "")
        if name == "hasattr" and len(test.args) == 2 and isinstance(test.args[1], ast.Constant):
            module = self._qualified(test.args[0])
            if module is not None and module.split(".")[0] == "transformers":
                return self._exists(f"{module}.{test.args[1].value!s}")
            return NotImplemented
        if name == "is_transformers_version" and test.args:
            values = [a.value for a in test.args if isinstance(a, ast.Constant) and isinstance(a.value, str)]
            if len(values) == 2 and values[0] in _OPERATORS:
                return self._versions(_OPERATORS[values[0]], values[1])
            if len(values) == 1:
                match = re.match(r"\s*([<>=!]=?)\s*(.+)", values[0])
                if match and match[1] in _OPERATORS:
                    return self._versions(_OPERATORS[match[1]], match[2])
            return None
        if "transformers" in name and ("greater" in name or "version" in name) and test.args:
            value = test.args[-1]
            if (
                "greater_or_equal" in name
                and isinstance(value, ast.Constant)
                and isinstance(value.value, str)
            ):
                return self._versions(ast.GtE, value.value)
            return None
        if name == "startswith" and isinstance(func, ast.Attribute) and self._is_version(func.value):
            prefix = test.args[0] if test.args else None
            if isinstance(prefix, ast.Constant) and isinstance(prefix.value, str):
                return str(self._target).startswith(prefix.value)
            return None
        return None if self._speaks(test) else NotImplemented

    def _compare(self, test: ast.Compare) -> object:
        sides = [test.left, *test.comparators]
        if any(_asks_signature(side) for side in sides):
            return None
        if not any(self._speaks(side) for side in sides):
            return NotImplemented
        if len(sides) != 2:
            return None
        operator = type(test.ops[0])
        left, right = sides
        if operator not in _COMPARE:
            return None
        if self._speaks(right):
            left, right = right, left
            flip: dict[type[ast.cmpop], type[ast.cmpop]] = {
                ast.Lt: ast.Gt, ast.LtE: ast.GtE, ast.Gt: ast.Lt, ast.GtE: ast.LtE,
            }  # fmt: skip
            operator = flip.get(operator, operator)
        if isinstance(left, ast.Attribute) and left.attr in {"major", "minor", "micro"}:
            if isinstance(right, ast.Constant) and isinstance(right.value, int):
                number = {
                    "major": self._target.major,
                    "minor": self._target.minor,
                    "micro": self._target.micro,
                }
                return _COMPARE[operator](Version(str(number[left.attr])), Version(str(right.value)))
            return None
        if not self._is_version(left):
            return None
        text = self._literal_version(right)
        return None if text is None else self._versions(operator, text)

    def _versions(self, operator: type[ast.cmpop], text: str) -> object:
        try:
            return _COMPARE[operator](self._target, Version(text))
        except InvalidVersion:
            return None

    def _literal_version(self, node: ast.expr) -> str | None:
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            return node.value
        if isinstance(node, ast.Call) and len(node.args) == 1:
            return self._literal_version(node.args[0])
        if isinstance(node, ast.Name):
            value = self._constant(node)
            return None if value is None else self._literal_version(value)
        return None

    def _is_version(self, node: ast.expr) -> bool:
        """``transformers.__version__``, parsed or not, or a constant that holds it."""
        if isinstance(node, ast.Call):
            func = node.func
            name = func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", "")
            if name == "version" and node.args:
                value = node.args[0]
                return isinstance(value, ast.Constant) and value.value == "transformers"
            return (
                name in {"parse", "Version", "LooseVersion", "StrictVersion", "parse_version"}
                and len(node.args) == 1
                and self._is_version(node.args[0])
            )
        if isinstance(node, ast.Attribute) and node.attr == "base_version":
            return self._is_version(node.value)
        if self._qualified(node) == "transformers.__version__":
            return True
        if isinstance(node, ast.Name):
            constant = self._constant(node)
            return constant is not None and self._is_version(constant)
        return False

    def _speaks(self, node: ast.expr) -> bool:
        for part in ast.walk(node):
            if (
                isinstance(part, ast.Attribute | ast.Name)
                and self._qualified(part) == "transformers.__version__"
            ):
                return True
            if isinstance(part, ast.Call) and self._is_version(part):
                return True
            if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Load):
                value = self._constant(part)
                if value is not None and value is not node and self._is_version(value):
                    return True
        return False
