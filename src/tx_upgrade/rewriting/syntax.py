"""Small pieces of source through libcst, and the comma-separated lists in them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

import libcst as cst

from .composer import CannotRewrite

_MODULE = cst.Module([])
Element = TypeVar(
    "Element", cst.Arg, cst.ImportAlias, cst.DictElement | cst.StarredDictElement | cst.Element, cst.Param
)


def code(node: cst.CSTNode) -> str:
    return _MODULE.code_for_node(node)


def parse_expression(text: str) -> cst.BaseExpression:
    """An expression that may span lines without parentheses of its own.

    Raises:
        CannotRewrite: libcst cannot parse it.
    """
    try:
        node = cst.parse_expression(f"({text})")
    except Exception as error:
        raise CannotRewrite(str(error)) from None
    if isinstance(node, cst.Tuple | cst.GeneratorExp) or not node.lpar:
        return node
    return node.with_changes(lpar=node.lpar[1:], rpar=node.rpar[:-1])


def unify_newlines(text: str) -> tuple[str, str]:
    """``text`` with ``\\n`` only, and the line end to put back; mixed ones cannot be rewritten."""
    if "\r" not in text:
        return text, "\n"
    plain = text.replace("\r\n", "\n")
    if "\r" in plain or plain.count("\n") != text.count("\r\n"):
        raise CannotRewrite("mixed line ends")
    return plain, "\r\n"


def _after_comma(element: Element) -> cst.BaseParenthesizableWhitespace | None:
    comma = element.comma
    return comma.whitespace_after if isinstance(comma, cst.Comma) else None


def append(
    elements: Sequence[Element], new: Element, head: cst.BaseParenthesizableWhitespace | None = None
) -> list[Element]:
    """``new`` behind the last element, on a line of its own where the list has one element a line.

    ``head`` is the white space behind the opening bracket.
    """
    if not elements:
        return [new]
    result = list(elements)
    last = result[-1]
    after = _after_comma(last)
    before = _after_comma(result[-2]) if len(result) > 1 else None
    step: cst.BaseParenthesizableWhitespace
    if after is not None and isinstance(after, cst.ParenthesizedWhitespace):
        # one a line with a trailing comma: the new one takes the closing white space
        comments = [line for line in after.empty_lines if line.comment is not None]
        model = before if len(result) > 1 else head
        if isinstance(model, cst.ParenthesizedWhitespace):
            step = model.with_changes(first_line=after.first_line, empty_lines=[])
        elif after.first_line.comment is not None:
            deeper = cst.SimpleWhitespace(code(after.last_line) + "    ")
            step = after.with_changes(last_line=deeper, empty_lines=[])
        else:
            step = cst.SimpleWhitespace(" ")
        closing = after.with_changes(first_line=cst.TrailingWhitespace(), empty_lines=comments)
        result[-1] = last.with_changes(comma=cst.Comma(whitespace_after=step))
        result.append(new.with_changes(comma=cst.Comma(whitespace_after=closing)))
        return result
    tail = getattr(last, "whitespace_after_arg", None) if isinstance(last, cst.Arg) else None
    if isinstance(before, cst.ParenthesizedWhitespace):
        step = before.with_changes(first_line=cst.TrailingWhitespace(), empty_lines=[])
        if isinstance(tail, cst.ParenthesizedWhitespace) and tail.first_line.comment is not None:
            step = step.with_changes(first_line=tail.first_line)
            tail = tail.with_changes(first_line=cst.TrailingWhitespace())
    else:
        step = cst.SimpleWhitespace(" ")
    changes = {"comma": cst.Comma(whitespace_after=step)}
    if isinstance(last, cst.Arg):
        result[-1] = last.with_changes(**changes, whitespace_after_arg=cst.SimpleWhitespace(""))
        result.append(new.with_changes(whitespace_after_arg=tail) if tail is not None else new)
    else:
        result[-1] = last.with_changes(**changes)
        result.append(new)
    return result
