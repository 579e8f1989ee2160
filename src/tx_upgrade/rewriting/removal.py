"""Elements taken out of a list of arguments, names or entries: what stands between the others stays as it was.

A comment at the end of a removed element's line goes with it; one on a line of its own stays.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic

import libcst as cst

from .syntax import Element

Gap = cst.BaseParenthesizableWhitespace
_NONE = cst.SimpleWhitespace("")


@dataclass(frozen=True, slots=True)
class Kept(Generic[Element]):
    """The elements that stay; ``head`` and ``tail`` are what stands behind the opening and before the closing bracket."""

    elements: list[Element]
    head: Gap
    tail: Gap


def keep(
    elements: Sequence[Element], keeping: Sequence[bool], head: Gap = _NONE, tail: Gap = _NONE
) -> Kept[Element]:
    """Leave out the elements that ``keeping`` says no to.

    Args:
        head: the white space behind the opening bracket.
        tail: the white space before the closing bracket (calls hold theirs in the last argument).
    """
    if all(keeping):
        return Kept(list(elements), head, tail)
    gaps: list[Gap] = [_after(e) for e in elements]
    last = elements[-1]
    comma = isinstance(last.comma, cst.Comma)
    # displays keep the line behind a trailing comma with the bracket
    with_bracket = comma and not isinstance(gaps[-1], cst.ParenthesizedWhitespace)
    with_bracket = with_bracket and isinstance(tail, cst.ParenthesizedWhitespace)
    if with_bracket:
        gaps[-1] = tail
    if not comma:
        gaps[-1] = last.whitespace_after_arg if isinstance(last, cst.Arg) else tail
    kept: list[Element] = []
    between: list[Gap] = []
    for index, (element, gap) in enumerate(zip(elements, gaps, strict=True)):
        final = index + 1 == len(elements)
        if keeping[index]:
            kept.append(element)
            between.append(gap)
        elif kept:
            between[-1] = _merged(between[-1], gap, closing=final)
        else:
            head = _opening(head, gap, nothing_left=final)
    if not kept:
        return Kept([], head, _NONE)
    result: list[Element] = [_followed(e, g) for e, g in zip(kept[:-1], between[:-1], strict=True)]
    final_element = kept[-1]
    if keeping[-1]:
        result.append(final_element)
        return Kept(result, head, tail)
    if with_bracket:
        result.append(_followed(final_element, _NONE))
        tail = between[-1]
    elif comma:
        result.append(_followed(final_element, between[-1]))
    elif isinstance(final_element, cst.Arg):
        result.append(
            final_element.with_changes(comma=cst.MaybeSentinel.DEFAULT, whitespace_after_arg=between[-1])
        )
    else:
        result.append(final_element.with_changes(comma=cst.MaybeSentinel.DEFAULT))
        tail = between[-1]
    return Kept(result, head, tail)


def _after(element: Element) -> Gap:
    return element.comma.whitespace_after if isinstance(element.comma, cst.Comma) else _NONE


def _followed(element: Element, gap: Gap) -> Element:
    old = element.comma if isinstance(element.comma, cst.Comma) else cst.Comma()
    return element.with_changes(comma=old.with_changes(whitespace_after=gap))


def _comments(gap: cst.ParenthesizedWhitespace) -> list[cst.EmptyLine]:
    return [line for line in gap.empty_lines if line.comment is not None]


def _merged(before: Gap, after: Gap, *, closing: bool) -> Gap:
    """What stands in the place of an element and the white space on both of its sides."""
    if isinstance(before, cst.ParenthesizedWhitespace):
        if isinstance(after, cst.ParenthesizedWhitespace):
            lines = _comments(before) if closing or after.empty_lines else list(before.empty_lines)
            return after.with_changes(first_line=before.first_line, empty_lines=[*lines, *after.empty_lines])
        if not closing:
            return before
        if before.first_line.comment is None and not _comments(before):
            return after
        # a comment ends its line: the bracket goes to the next one
        return before.with_changes(empty_lines=_comments(before), indent=True, last_line=_NONE)
    if isinstance(after, cst.ParenthesizedWhitespace):
        return after
    return after if closing else before


def _opening(head: Gap, after: Gap, *, nothing_left: bool) -> Gap:
    """What stands behind the opening bracket when the first element is gone."""
    plain = cst.TrailingWhitespace()
    if not isinstance(after, cst.ParenthesizedWhitespace):
        if nothing_left and not (isinstance(head, cst.ParenthesizedWhitespace) and _comments(head)):
            return _NONE
        return head
    if isinstance(head, cst.ParenthesizedWhitespace):
        lines = [*_comments(head), *_comments(after)]
        if nothing_left and not lines and head.first_line.comment is None:
            return _NONE
        return head.with_changes(empty_lines=lines, last_line=after.last_line, indent=after.indent)
    if _comments(after):
        return after.with_changes(first_line=plain, empty_lines=_comments(after))
    return _NONE if nothing_left else head
