"""What a test on the version of transformers, or on what it has, gives in the target."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable

from packaging.version import InvalidVersion, Version

from ..model import SHIM_MODULE
from .version_values import VersionValues
from .walking import walk


def _asks_signature(node: ast.expr) -> bool:
    """``inspect.signature(f).parameters`` and the like: the code asks what the library takes."""
    return any(
        isinstance(part, ast.Call)
        and (getattr(part.func, "attr", None) or getattr(part.func, "id", None))
        in {"signature", "getfullargspec"}
        for part in walk(node)
    )


_OWN_FLAG = re.compile(rf"(?:^|\.){SHIM_MODULE}\.SINCE_(\d+)_(\d+)$")
"""A flag of the compatibility module, whose file need not be among those of the run."""
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
_WORDS = re.compile(r"greater|version|newer|less|older|_(?:at_least|gte?|ge|lte?|le)(?:_|$)")
"""What names of helpers that compare the library's version have in them."""
_SAYS: dict[str, type[ast.cmpop]] = {
    r"greater_than_or|greater_or_equal|at_least|_gte(?:_|$)|_ge(?:_|$)|min_version|greater$|newer$": ast.GtE,
    r"greater_than|_gt(?:_|$)|newer_than": ast.Gt,
    r"less_than_or|less_or_equal|_lte(?:_|$)|_le(?:_|$)|max_version": ast.LtE,
    r"less_than|_lt(?:_|$)|older": ast.Lt,
}
_NAMED = {"lt": "<", "le": "<=", "gt": ">", "ge": ">=", "eq": "==", "ne": "!="}


def _text(node: ast.expr) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


class _Absent:
    """Stands for a flag that is ``None`` on the target."""

    def __bool__(self) -> bool:
        return False


ABSENT = _Absent()


class VersionTests:
    """Decides tests on the version of transformers, and ``hasattr(transformers, "X")``, for one target.

    ``flag`` answers for names, attributes and calls whose value stands elsewhere: any value, ``ABSENT`` for ``None``,
    None and ``NotImplemented`` as tests do (see ``Guards``); ``values`` works out what is made of the version.
    """

    def __init__(
        self,
        target: str,
        qualified: Callable[[ast.expr], str | None],
        constant: Callable[[ast.Name], ast.expr | None],
        exists: Callable[[str], bool],
        flag: Callable[[ast.expr], object],
        values: VersionValues,
    ) -> None:
        self._target = Version(target)
        self.values = values
        self._spoken: dict[ast.expr, bool] = {}
        self._qualified = qualified
        self._constant = constant
        self._exists = exists
        self._flag = flag

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
            if None in spoken:
                return None
            # what does not speak of the library decides alone: either branch may run on the target
            return NotImplemented if len(spoken) < len(answers) else not deciding
        if isinstance(test, ast.Name | ast.Attribute):
            own = _OWN_FLAG.search(self._qualified(test) or "")
            if own is not None:
                return self._versions(ast.GtE, f"{own[1]}.{own[2]}")
        if isinstance(test, ast.Name):
            value = self._constant(test)
            return self._set_elsewhere(test) if value is None else self(value, depth + 1)
        if isinstance(test, ast.Attribute):
            return self._set_elsewhere(test)
        if isinstance(test, ast.Compare):
            return self._compare(test)
        if isinstance(test, ast.Call):
            return self._call(test)
        return NotImplemented

    def _set_elsewhere(self, flag: ast.expr) -> object:
        value = self._flag(flag)
        return value if value is None or value is NotImplemented else bool(value)

    def _call(self, test: ast.Call) -> object:
        func = test.func
        name = func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", "")
        if name == "hasattr" and len(test.args) == 2 and isinstance(test.args[1], ast.Constant):
            module = self._qualified(test.args[0])
            if module is not None and module.split(".")[0] == "transformers":
                return self._exists(f"{module}.{test.args[1].value!s}")
            return NotImplemented
        if name == "is_transformers_version" and test.args:
            return self._asked(test.args)
        if "version" in name and len(test.args) == 3 and _text(test.args[0]) == "transformers":
            return self._asked(test.args[1:])
        defined = self._set_elsewhere(test)
        if isinstance(defined, bool):
            return defined
        if "transformers" in name and _WORDS.search(name) and test.args:
            text = self._literal_version(test.args[-1])
            operation = next((o for words, o in _SAYS.items() if re.search(words, name)), None)
            return self._versions(operation, text) if operation is not None and text is not None else None
        if name == "startswith" and isinstance(func, ast.Attribute) and self._is_version(func.value):
            prefix = test.args[0] if test.args else None
            if isinstance(prefix, ast.Constant) and isinstance(prefix.value, str):
                return str(self._target).startswith(prefix.value)
            return None
        return None if self.speaks(test) else defined

    def _asked(self, arguments: list[ast.expr]) -> object:
        """``("<", "4.46")``, ``(operator.lt, "4.46")`` or ``("<4.46",)``, as helpers take them."""
        texts = [_text(a) for a in arguments]
        if len(arguments) == 2 and texts[1] is not None:
            operator = arguments[0]
            if isinstance(operator, ast.Attribute | ast.Name):
                texts[0] = _NAMED.get(operator.attr if isinstance(operator, ast.Attribute) else operator.id)
            if texts[0] in _OPERATORS:
                return self._versions(_OPERATORS[texts[0]], texts[1])
        elif len(arguments) == 1 and texts[0] is not None:
            match = re.fullmatch(r"\s*([<>=!]=?)\s*(.+)", texts[0])
            if match and match[1] in _OPERATORS:
                return self._versions(_OPERATORS[match[1]], match[2])
        return None

    def _compare(self, test: ast.Compare) -> object:
        sides = [test.left, *test.comparators]
        operation = test.ops[0]
        if len(sides) == 2 and isinstance(operation, ast.Is | ast.IsNot) and _is_none(sides[1]):
            value = self._flag(sides[0])
            known = value is not NotImplemented and value is not None
            return (value is ABSENT) == isinstance(operation, ast.Is) if known else value
        if any(_asks_signature(side) for side in sides):
            return None
        if not any(self.speaks(side) for side in sides):
            return NotImplemented
        truth = self.values.truth(test)
        if truth is not None:
            return truth
        if len(sides) != 2:
            return None
        operator = type(test.ops[0])
        left, right = sides
        if operator not in _COMPARE:
            return None
        if self.speaks(right):
            left, right = right, left
            flip: dict[type[ast.cmpop], type[ast.cmpop]] = {
                ast.Lt: ast.Gt, ast.LtE: ast.GtE, ast.Gt: ast.Lt, ast.GtE: ast.LtE,
            }  # fmt: skip
            operator = flip.get(operator, operator)
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
        if isinstance(node, ast.Tuple) and node.elts:
            parts = [e.value for e in node.elts if isinstance(e, ast.Constant) and isinstance(e.value, int)]
            return ".".join(map(str, parts)) if len(parts) == len(node.elts) else None
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
        if isinstance(node, ast.Attribute) and node.attr in {"base_version", "release"}:
            return self._is_version(node.value)
        if self._qualified(node) == "transformers.__version__":
            return True
        if isinstance(node, ast.Name):
            constant = self._constant(node)
            return constant is not None and self._is_version(constant)
        return False

    def speaks(self, node: ast.expr) -> bool:
        """Whether the version of transformers is in an expression, or in what it is made of."""
        for part in walk(node):
            if (
                isinstance(part, ast.Attribute | ast.Name)
                and self._qualified(part) == "transformers.__version__"
            ):
                return True
            if isinstance(part, ast.Call) and self._is_version(part):
                return True
            if isinstance(part, ast.Name | ast.Attribute) and isinstance(part.ctx, ast.Load):
                value = self._constant(part) if isinstance(part, ast.Name) else None
                if value is not None and value is not node and self.is_made_of_version(value):
                    return True
                if value is None and self.values.speaks_elsewhere(part):
                    return True
        return False

    def is_made_of_version(self, value: ast.expr) -> bool:
        """Whether what a name is assigned speaks of the version."""
        if value not in self._spoken:
            self._spoken[value] = False  # names that are given each other
            self._spoken[value] = self.speaks(value)
        return self._spoken[value]
