"""Patterns of rules met in code."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from ..rules.patterns import qualified, star_variable, variable


@dataclass(slots=True)
class Captures:
    """What the variables of a pattern matched; ``star`` holds the arguments (expressions and keywords) of ``$*x``."""

    single: dict[str, ast.expr] = field(default_factory=dict)
    star: dict[str, list[ast.expr | ast.keyword]] = field(default_factory=dict)

    def are_named(self, wanted: Mapping[str, tuple[str, ...]]) -> bool:
        """Whether each variable in ``wanted`` stands for a name or an attribute that is called one of these names."""
        for key, names in wanted.items():
            node = self.single.get(key)
            if (node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", None)) not in names:
                return False
        return True


class Matcher:
    """Matches patterns in one module. ``resolve`` gives the qualified name of an expression, ``same`` compares two."""

    def __init__(self, resolve: Callable[[ast.expr], str | None], same: Callable[[str, str], bool]) -> None:
        self._resolve = resolve
        self._same = same

    def match(self, pattern: ast.expr, node: ast.expr) -> Captures | None:
        captures = Captures()
        return captures if self._match(pattern, node, captures) else None

    def _match(self, pattern: ast.AST, node: ast.AST, captures: Captures) -> bool:
        name = variable(pattern)
        if name is not None:
            if not isinstance(node, ast.expr) or isinstance(node, ast.Starred) or _is_slice(node):
                return False
            if name in captures.single:
                return ast.dump(captures.single[name]) == ast.dump(node)
            captures.single[name] = node
            return True
        wanted = qualified(pattern)
        if wanted is not None:
            found = self._resolve(node) if isinstance(node, ast.expr) else None
            return found is not None and (found == wanted or self._same(found, wanted))
        if type(pattern) is not type(node):
            return False
        if isinstance(pattern, ast.Call) and isinstance(node, ast.Call):
            return self._match(pattern.func, node.func, captures) and self._arguments(pattern, node, captures)
        for name_, value in ast.iter_fields(pattern):
            if name_ in {"ctx", "kind", "type_comment"}:
                continue
            other = getattr(node, name_, None)
            if isinstance(value, ast.AST):
                if not isinstance(other, ast.AST) or not self._match(value, other, captures):
                    return False
            elif isinstance(value, list):
                if not isinstance(other, list) or len(other) != len(value):
                    return False
                if not all(self._match(a, b, captures) for a, b in zip(value, other, strict=True)):
                    return False
            elif value != other or type(value) is not type(other):
                return False
        return True

    def _arguments(self, pattern: ast.Call, node: ast.Call, captures: Captures) -> bool:
        rest: str | None = None
        positional = list(pattern.args)
        if positional and star_variable(positional[-1]) is not None:
            rest = star_variable(positional[-1])
            positional.pop()
        if len(node.args) < len(positional):
            return False
        for wanted, given in zip(positional, node.args, strict=False):
            if isinstance(given, ast.Starred) is not isinstance(wanted, ast.Starred):
                return False
            if not self._match(wanted, given, captures):
                return False
        keywords = {k.arg: k for k in node.keywords if k.arg is not None}
        used: set[str] = set()
        for keyword in pattern.keywords:
            if keyword.arg is None or keyword.arg not in keywords:
                return False
            if not self._match(keyword.value, keywords[keyword.arg].value, captures):
                return False
            used.add(keyword.arg)
        remaining: list[ast.expr | ast.keyword] = [
            *node.args[len(positional) :],
            *(k for k in node.keywords if k.arg not in used),
        ]
        if rest is not None:
            captures.star[rest] = remaining
            return True
        return not remaining


def _is_slice(node: ast.expr) -> bool:
    """What stands between the brackets of ``x[a:b]`` and ``x[:, 0]``: no expression of its own."""
    return isinstance(node, ast.Slice) or (
        isinstance(node, ast.Tuple) and any(isinstance(e, ast.Slice) for e in node.elts)
    )
