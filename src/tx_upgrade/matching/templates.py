"""Templates of rules as source: variables filled in, qualified names spelled as the file imports them."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Mapping

from ..analysis.walking import children, walk
from ..rewriting.composer import CannotRewrite
from ..rules.patterns import NAME_PREFIX, STAR_PREFIX, compile_expression, qualified, to_python, variable

_VARIABLE = re.compile(rf"\b{NAME_PREFIX}(\w+)")
_STAR_ARGUMENT = re.compile(rf"(,\s*)?\*{STAR_PREFIX}(\w+)(\s*,)?")
_ATOMS = (
    ast.Name,
    ast.Attribute,
    ast.Call,
    ast.Constant,
    ast.Subscript,
    ast.List,
    ast.Dict,
    ast.Set,
    ast.Tuple,
)


def names_in(template: str) -> list[str]:
    """The qualified names that a template uses."""
    return [q for _, q in _chains(template)]


def _chains(template: str) -> list[tuple[ast.expr, str]]:
    found: list[tuple[ast.expr, str]] = []

    def visit(node: ast.AST) -> None:
        name = qualified(node) if isinstance(node, ast.Attribute) else None
        if name is not None and isinstance(node, ast.expr):
            found.append((node, name))
            return
        for child in children(node):
            visit(child)

    visit(compile_expression(template))
    return found


def localized(template: str, local: Callable[[str], str]) -> str:
    """A template as Python with its qualified names spelled locally (variables are still placeholders)."""
    text = to_python(template).strip()
    if "\n" in text:
        text = " ".join(text.split())
    for node, name in sorted(_chains(text), key=lambda c: -c[0].col_offset):
        assert node.end_col_offset is not None
        text = text[: node.col_offset] + local(name) + text[node.end_col_offset :]
    return text


def fill(
    text: str, values: Mapping[str, tuple[str, ast.expr | None]], stars: Mapping[str, str] | None = None
) -> str:
    """Put sources in place of the variables of a localized template, in parentheses where they need them.

    ``stars`` holds the text of the arguments that each ``$*name`` stands for.

    Raises:
        CannotRewrite: a comment stands where more has to follow on its line.
    """
    tree = ast.parse(text, mode="eval").body
    bare: set[int] = set()
    for node in walk(tree):
        if isinstance(node, ast.Call):
            for argument in [*node.args, *(k.value for k in node.keywords)]:
                if variable(argument) is not None:
                    bare.add(argument.col_offset)
        elif isinstance(node, ast.List | ast.Tuple | ast.Set):
            bare.update(e.col_offset for e in node.elts if variable(e) is not None)
        elif isinstance(node, ast.Dict):
            bare.update(v.col_offset for v in node.values if variable(v) is not None)
        elif isinstance(node, ast.Subscript) and variable(node.slice) is not None:
            bare.add(node.slice.col_offset)
    if variable(tree) is not None:
        bare.add(tree.col_offset)

    def put(match: re.Match[str]) -> str:
        source, node = values[match[1]]
        if match.start() in bare or node is None or isinstance(node, _ATOMS):
            return source
        return f"({source})"

    filled = _VARIABLE.sub(put, text)
    if not stars:
        return filled

    def spread(match: re.Match[str]) -> str:
        before, name, after = match[1] or "", match[2], match[3] or ""
        taken = stars[name]
        if not taken.strip():
            return ", " if before and after else ""
        return before + (_followed(taken) + after if after else taken)

    return _STAR_ARGUMENT.sub(spread, filled)


def _followed(taken: str) -> str:
    """Arguments behind which a comma and others follow."""
    plain = taken.rstrip()
    if "#" in plain.rpartition("\n")[2]:
        raise CannotRewrite("a comment ends the arguments")
    return plain.removesuffix(",")
