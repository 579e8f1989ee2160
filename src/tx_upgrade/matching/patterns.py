"""Expression patterns of rules: ``$tokenizer.encode_plus($*args)`` compiled to ``ast`` and matched there."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache

from ..model import TxUpgradeError

_STAR = re.compile(r"\$\*(\w+)")
_NAME = re.compile(r"\$(\w+)")
STAR_PREFIX = "txstar_"
NAME_PREFIX = "txvar_"

PACKAGES = frozenset(
    {
        "transformers", "torch", "functools", "huggingface_hub", "_transformers_compat", "numpy", "os", "datasets",
        "contextlib", "tempfile", "importlib", "accelerate", "smolagents", "tokenizers", "safetensors", "math",
    }
)  # fmt: skip


def to_python(pattern: str) -> str:
    """A pattern or template with its variables spelled as Python names."""
    text = _STAR.sub(lambda m: f"*{STAR_PREFIX}{m[1]}", pattern)
    return _NAME.sub(lambda m: f"{NAME_PREFIX}{m[1]}", text)


@cache
def compile_expression(pattern: str) -> ast.expr:
    """The ``ast`` of a pattern.

    Raises:
        TxUpgradeError: the pattern is not an expression.
    """
    try:
        return ast.parse(to_python(pattern).strip(), mode="eval").body
    except SyntaxError as error:
        raise TxUpgradeError(f"pattern {pattern!r} is not an expression: {error.msg}") from None


def variable(node: ast.AST) -> str | None:
    """The name of a ``$variable``, or None."""
    if isinstance(node, ast.Name) and node.id.startswith(NAME_PREFIX):
        return node.id[len(NAME_PREFIX) :]
    return None


def star_variable(node: ast.AST) -> str | None:
    """The name of a ``$*variable``, or None."""
    if (
        isinstance(node, ast.Starred)
        and isinstance(node.value, ast.Name)
        and node.value.id.startswith(STAR_PREFIX)
    ):
        return node.value.id[len(STAR_PREFIX) :]
    return None


def dotted(node: ast.AST) -> str | None:
    """``a.b.c`` of a chain of attributes on a name."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        base = dotted(node.value)
        return None if base is None else f"{base}.{node.attr}"
    return None


def qualified(node: ast.AST) -> str | None:
    """The qualified name that a pattern's chain stands for, when it begins with a known package."""
    name = dotted(node)
    return name if name is not None and "." in name and name.split(".")[0] in PACKAGES else None


def terminal(node: ast.expr) -> str | None:
    """The word that code must contain to match: the attribute or name at a pattern's head."""
    if isinstance(node, ast.Call):
        return terminal(node.func)
    if isinstance(node, ast.Attribute):
        return node.attr
    if isinstance(node, ast.Subscript):
        return terminal(node.value)
    if isinstance(node, ast.Name) and variable(node) is None:
        return node.id
    return None


@dataclass(slots=True)
class Captures:
    """What the variables of a pattern matched; ``star`` holds the arguments (expressions and keywords) of ``$*x``."""

    single: dict[str, ast.expr] = field(default_factory=dict)
    star: dict[str, list[ast.expr | ast.keyword]] = field(default_factory=dict)


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
            if not isinstance(node, ast.expr) or isinstance(node, ast.Starred):
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
            if isinstance(given, ast.Starred) or not self._match(wanted, given, captures):
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
