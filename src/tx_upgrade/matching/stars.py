"""The arguments that ``$*args`` took from a call, as text: with their commas, comments and line breaks."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping

from ..analysis.walking import walk
from ..rewriting.composer import Inner
from ..rewriting.edits import ArgumentEdit, CallEdit
from .context import Context
from .patterns import Captures

Taken = list[ast.expr | ast.keyword]
EditOf = Callable[[ast.Call], CallEdit | None]


def star_texts(
    context: Context, node: ast.expr, captures: Captures, edit_of: EditOf | None = None
) -> Callable[[Inner], Mapping[str, str]]:
    """What produces the text of every ``$*name`` that was met in ``node``.

    ``edit_of`` gives what else happens to the arguments of a call, which their text then shows.
    """
    owners = {name: _owner(node, items) for name, items in captures.star.items()}

    def texts(inner: Inner) -> Mapping[str, str]:
        found: dict[str, str] = {}
        for name, owner in owners.items():
            edit = edit_of(owner) if edit_of is not None and owner is not None else None
            found[name] = "" if owner is None else _text(context, owner, captures.star[name], edit, inner)
        return found

    return texts


def _owner(node: ast.expr, items: Taken) -> ast.Call | None:
    """The call in ``node`` that the arguments were taken from; None for no arguments at all."""
    if not items:
        return None
    first = items[0]
    for call in walk(node):
        if isinstance(call, ast.Call) and (first in call.args or first in call.keywords):
            return call
    return None


def _text(context: Context, call: ast.Call, items: Taken, edit: CallEdit | None, inner: Inner) -> str:
    from ..rewriting.calls import render_call

    end = context.span(call)[1]
    staying = {id(item.value) if isinstance(item, ast.keyword) else id(item) for item in items}
    ordered: Taken = [*call.args, *call.keywords]
    ordered.sort(key=lambda n: (n.lineno, n.col_offset))
    changes = dict(edit.arguments) if edit is not None else {}
    for index, item in enumerate(ordered):
        if (id(item.value) if isinstance(item, ast.keyword) else id(item)) not in staying:
            changes[index] = ArgumentEdit(remove=True)
    source = "_" + inner(context.span(call.func)[1], end)
    added = edit.add if edit is not None else []
    if changes or added:
        source = render_call(source, CallEdit(arguments=changes, function=lambda: "_", add=added))
    return source[source.index("(") + 1 : source.rindex(")")]
