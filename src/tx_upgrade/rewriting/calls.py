"""Calls and dictionary displays with their arguments changed, through libcst."""

from __future__ import annotations

import libcst as cst

from .composer import CannotRewrite
from .edits import ArgumentEdit, CallEdit
from .removal import keep
from .syntax import append, code, parse_expression, unify_newlines


def render_call(text: str, edit: CallEdit) -> str:
    """The source of a call with ``edit`` made.

    Raises:
        CannotRewrite: libcst does not see a call here.
    """
    plain, newline = unify_newlines(text)
    call = parse_expression(plain)
    if not isinstance(call, cst.Call):
        raise CannotRewrite("not a call")
    changed = _edit_arguments(call, edit)
    if edit.function is not None:
        changed = changed.with_changes(func=parse_expression(edit.function()))
    result = code(changed)
    return result if newline == "\n" else result.replace("\n", newline)


def _edit_arguments(call: cst.Call, edit: CallEdit) -> cst.Call:
    original = [code(a.value) for a in call.args]
    arguments: list[cst.Arg] = []
    for index, argument in enumerate(call.args):
        change = edit.arguments.get(index)
        arguments.append(argument if change is None else _changed(argument, change, original[index]))
    keeping = [
        not (index in edit.arguments and edit.arguments[index].remove) for index in range(len(arguments))
    ]
    placed: dict[int, list[cst.Arg]] = {}
    tail: list[cst.Arg] = []
    for name, fill, source in edit.add:
        value = parse_expression(fill(original[source] if source is not None else ""))
        new = _keyword(name, value, call.args)
        if source is not None and not keeping[source]:
            placed.setdefault(source, []).append(new)
        else:
            tail.append(new)
    # an argument that takes the place of a removed one keeps its line
    for source, news in placed.items():
        old = arguments[source]
        arguments[source] = news[0].with_changes(
            comma=old.comma, whitespace_after_arg=old.whitespace_after_arg
        )
        keeping[source] = True
        tail = [*news[1:], *tail]
    # so does what comes first in the place of the first ones that were removed
    front = [(keyword, parse_expression(produce())) for keyword, produce in edit.prepend]
    ahead = [i for i in range(len(arguments)) if not any(keeping[: i + 1])][: len(front)]
    for index, (keyword, value) in zip(ahead, front, strict=False):
        old = arguments[index]
        arguments[index] = _argument(keyword, value, call.args).with_changes(
            comma=old.comma, whitespace_after_arg=old.whitespace_after_arg
        )
        keeping[index] = True
    kept = keep(arguments, keeping, call.whitespace_before_args)
    result = kept.elements
    step = call.whitespace_before_args
    if isinstance(step, cst.ParenthesizedWhitespace):
        step = step.with_changes(first_line=cst.TrailingWhitespace(), empty_lines=[])
    else:
        step = cst.SimpleWhitespace(" ")
    for place, (keyword, value) in enumerate(front[len(ahead) :], len(ahead)):
        if place == len(result):
            result = append(result, _argument(keyword, value, call.args), kept.head)
        else:
            comma = cst.Comma(whitespace_after=step)
            result.insert(place, _argument(keyword, value, call.args).with_changes(comma=comma))
    for new in tail:
        result = append(result, new, kept.head)
    names = [a.keyword.value for a in result if a.keyword is not None]
    if len(names) != len(set(names)):
        raise CannotRewrite("an argument would be given twice")
    named = False
    for argument in result:
        if argument.keyword is None and argument.star == "" and named:
            raise CannotRewrite("an argument by position would stand behind a keyword")
        named = named or argument.keyword is not None or argument.star == "**"
    return call.with_changes(args=result, whitespace_before_args=kept.head)


def _argument(name: str | None, value: cst.BaseExpression, siblings: object) -> cst.Arg:
    return cst.Arg(value) if name is None else _keyword(name, value, siblings)


def _keyword(name: str, value: cst.BaseExpression, siblings: object) -> cst.Arg:
    if name == "**":
        return cst.Arg(value=value, star="**")
    equal = cst.AssignEqual(cst.SimpleWhitespace(""), cst.SimpleWhitespace(""))
    for sibling in siblings if isinstance(siblings, list | tuple) else ():
        if isinstance(sibling, cst.Arg) and isinstance(sibling.equal, cst.AssignEqual):
            equal = sibling.equal
            break
    return cst.Arg(value=value, keyword=cst.Name(name), equal=equal)


def _changed(argument: cst.Arg, change: ArgumentEdit, text: str) -> cst.Arg:
    if change.remove:
        return argument
    if change.spread is not None:
        unpacked = parse_expression(change.spread(text))
        return argument.with_changes(value=unpacked, keyword=None, equal=cst.MaybeSentinel.DEFAULT, star="**")
    if change.value is not None:
        argument = argument.with_changes(value=parse_expression(change.value(text)))
    if change.name is not None:
        if argument.keyword is not None:
            argument = argument.with_changes(keyword=cst.Name(change.name))
        else:
            argument = argument.with_changes(
                keyword=cst.Name(change.name),
                equal=cst.AssignEqual(cst.SimpleWhitespace(""), cst.SimpleWhitespace("")),
            )
    return argument


def without_items(text: str, removed: set[int]) -> str:
    """The source of a dictionary or list display without some of its entries.

    Raises:
        CannotRewrite: the text is neither, or a list that unpacks another.
    """
    plain, newline = unify_newlines(text)
    display = parse_expression(plain)
    if not isinstance(display, cst.Dict | cst.List):
        raise CannotRewrite("neither a dictionary nor a list")
    elements: list[cst.DictElement | cst.StarredDictElement | cst.Element] = [
        e for e in display.elements if isinstance(e, cst.Element | cst.DictElement | cst.StarredDictElement)
    ]
    if len(elements) < len(display.elements):
        raise CannotRewrite("a list that unpacks another")
    left, right = ("lbrace", "rbrace") if isinstance(display, cst.Dict) else ("lbracket", "rbracket")
    opening, closing = getattr(display, left), getattr(display, right)
    kept = keep(
        elements,
        [i not in removed for i in range(len(elements))],
        opening.whitespace_after,
        closing.whitespace_before,
    )
    changed = display.with_changes(
        elements=kept.elements,
        **{
            left: opening.with_changes(whitespace_after=kept.head),
            right: closing.with_changes(whitespace_before=kept.tail),
        },
    )
    result = code(changed)
    return result if newline == "\n" else result.replace("\n", newline)
