"""What expressions around the version of transformers come to on the target, worked out as Python would.

``int(transformers.__version__.split(".")[0])``, ``tuple(map(int, __version__.split(".")[:2]))``, ``parse(...).release``.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from packaging.version import InvalidVersion, Version

_PARSERS = frozenset({"parse", "Version", "LooseVersion", "StrictVersion", "parse_version"})
_PARTS = frozenset({"major", "minor", "micro", "release", "base_version", "public"})
_OF_TEXT = frozenset(
    {"split", "startswith", "endswith", "strip", "replace", "partition", "rpartition", "join"}
)
_BUILTIN: dict[str, Callable[..., object]] = {
    "int": int, "float": float, "str": str, "tuple": tuple, "list": list, "bool": bool, "len": len, "sorted": sorted
}  # fmt: skip
_COMPARE: dict[type[ast.cmpop], Callable[[Any, Any], object]] = {
    ast.Lt: operator.lt, ast.LtE: operator.le, ast.Gt: operator.gt, ast.GtE: operator.ge,
    ast.Eq: operator.eq, ast.NotEq: operator.ne,
    ast.In: lambda a, b: a in b, ast.NotIn: lambda a, b: a not in b,
}  # fmt: skip


class Unknown(Exception):
    """The expression holds something that is not known here."""


class Elsewhere(NamedTuple):
    """A name's value in another module, how its names are read there, and whether it speaks of the version."""

    values: VersionValues
    node: ast.expr
    spoken: bool


class VersionValues:
    """Works out expressions of one module for one target.

    ``qualified`` names what imports give, ``constant`` what a name of the module is assigned once, ``elsewhere`` where
    another module of the project gives a name or an attribute its value.
    """

    def __init__(
        self,
        target: str,
        qualified: Callable[[ast.expr], str | None],
        constant: Callable[[ast.Name], ast.expr | None],
        elsewhere: Callable[[ast.expr], Elsewhere | None],
    ) -> None:
        self._target = target
        self._qualified = qualified
        self._constant = constant
        self._elsewhere = elsewhere
        self._asked: set[ast.AST] = set()

    def truth(self, test: ast.expr) -> bool | None:
        """Whether a test that speaks of the version holds; None for any other, and where that is not known."""
        try:
            value, spoken = self._value(test, {})
        except (Unknown, InvalidVersion, TypeError, ValueError, LookupError, AttributeError):
            return None
        return bool(value) if spoken else None

    def speaks_elsewhere(self, node: ast.expr) -> bool:
        """Whether a name or an attribute is given a value that speaks of the version in another module."""
        found = self._elsewhere(node)
        return found is not None and found.spoken

    def _value(self, node: ast.expr, local: Mapping[str, object]) -> tuple[Any, bool]:
        """The value of an expression, and whether the version is in it."""
        if node in self._asked:
            raise Unknown  # names that are given each other
        self._asked.add(node)
        try:
            return self._worked_out(node, local)
        finally:
            self._asked.discard(node)

    def _worked_out(self, node: ast.expr, local: Mapping[str, object]) -> tuple[Any, bool]:
        match node:
            case ast.Constant():
                return node.value, False
            case ast.Name() if node.id in local:
                return local[node.id], True
            case ast.Name() | ast.Attribute():
                return self._named(node, local)
            case ast.Call():
                return self._called(node, local)
            case ast.Subscript():
                holder, spoken = self._value(node.value, local)
                return holder[self._index(node.slice, local)], spoken
            case ast.Tuple() | ast.List():
                items = [self._value(e, local) for e in node.elts]
                made = [value for value, _ in items]
                return tuple(made) if isinstance(node, ast.Tuple) else made, any(s for _, s in items)
            case ast.GeneratorExp() | ast.ListComp() if len(node.generators) == 1:
                (loop,) = node.generators
                if loop.ifs or not isinstance(loop.target, ast.Name):
                    raise Unknown
                items, spoken = self._value(loop.iter, local)
                return [self._value(node.elt, {**local, loop.target.id: i})[0] for i in items], spoken
            case ast.UnaryOp(op=ast.Not() | ast.USub()):
                value, spoken = self._value(node.operand, local)
                return (not value) if isinstance(node.op, ast.Not) else -value, spoken
            case ast.Compare() if len(node.ops) == 1 and type(node.ops[0]) in _COMPARE:
                left, one = self._value(node.left, local)
                right, other = self._value(node.comparators[0], local)
                return _COMPARE[type(node.ops[0])](*_alike(left, right)), one or other
        raise Unknown

    def _named(self, node: ast.Name | ast.Attribute, local: Mapping[str, object]) -> tuple[Any, bool]:
        if self._qualified(node) == "transformers.__version__":
            return self._target, True
        given = self._constant(node) if isinstance(node, ast.Name) else None
        if given is not None:
            return self._value(given, {})
        found = self._elsewhere(node)
        if found is not None and found.spoken:
            return found.values._value(found.node, {})
        if isinstance(node, ast.Attribute) and node.attr in _PARTS:
            value, spoken = self._value(node.value, local)
            return getattr(value, node.attr), spoken
        raise Unknown

    def _called(self, node: ast.Call, local: Mapping[str, object]) -> tuple[Any, bool]:
        func = node.func
        name = func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", "")
        if node.keywords:
            raise Unknown
        if name == "version" and len(node.args) == 1:
            value = node.args[0]
            if isinstance(value, ast.Constant) and value.value == "transformers":
                return self._target, True
        if name == "map" and len(node.args) == 2 and getattr(node.args[0], "id", "") in _BUILTIN:
            items, spoken = self._value(node.args[1], local)
            return [_BUILTIN[getattr(node.args[0], "id", "")](i) for i in items], spoken
        given = [self._value(a, local) for a in node.args]
        values, spoken = [v for v, _ in given], any(s for _, s in given)
        if name in _PARSERS and len(values) == 1:
            return Version(str(values[0])), spoken
        if isinstance(func, ast.Name) and name in _BUILTIN:
            return _BUILTIN[name](*values), spoken
        if isinstance(func, ast.Attribute) and name in _OF_TEXT:
            text, of_text = self._value(func.value, local)
            if isinstance(text, str):
                return getattr(text, name)(*values), spoken or of_text
        raise Unknown

    def _index(self, node: ast.expr, local: Mapping[str, object]) -> Any:
        if not isinstance(node, ast.Slice):
            return self._value(node, local)[0]
        ends = [None if e is None else self._value(e, local)[0] for e in (node.lower, node.upper, node.step)]
        return slice(*ends)


def _alike(left: object, right: object) -> tuple[object, object]:
    """Both sides of a comparison: what is compared with a version is read as one, as older classes do."""
    if isinstance(left, Version) and isinstance(right, str):
        return left, Version(right)
    if isinstance(right, Version) and isinstance(left, str):
        return Version(left), right
    return left, right
