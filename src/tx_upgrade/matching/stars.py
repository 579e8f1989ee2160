"""The arguments that ``$*args`` took from a call, as text: with their commas, comments and line breaks."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence

from ..rewriting.composer import Inner
from ..rewriting.edits import ArgumentEdit, CallEdit
from .context import Context


def star_text(
    context: Context, call: ast.Call, items: Sequence[ast.expr | ast.keyword]
) -> Callable[[Inner], str]:
    """What produces the text of ``items``, which are arguments of ``call``, without the others."""
    end = context.span(call)[1]
    first = context.span(call.func)[1]
    staying = {id(item.value) if isinstance(item, ast.keyword) else id(item) for item in items}
    ordered: list[ast.expr | ast.keyword] = [*call.args, *call.keywords]
    ordered.sort(key=lambda n: (n.lineno, n.col_offset))
    gone = {
        index
        for index, item in enumerate(ordered)
        if (id(item.value) if isinstance(item, ast.keyword) else id(item)) not in staying
    }

    def text(inner: Inner) -> str:
        from ..rewriting.calls import render_call

        source = "_" + inner(first, end)
        if gone:
            edit = CallEdit(arguments={i: ArgumentEdit(remove=True) for i in gone}, function=lambda: "_")
            source = render_call(source, edit)
        return source[source.index("(") + 1 : source.rindex(")")]

    return text
