"""A statement that methods of the project's classes must end with."""

from __future__ import annotations

import ast
from fnmatch import fnmatchcase

from ..analysis.module import ProjectClass
from ..analysis.scopes import FunctionNode
from ..analysis.walking import walk
from ..rewriting.composer import Inner
from ..rules.schema import OverrideSelector, Rule
from . import templates
from .context import Context


def end_with(
    context: Context, node: FunctionNode, rule: Rule, selector: OverrideSelector, statement: str
) -> None:
    """Add a statement behind the last one of a method, unless the class sees to it already."""
    cls = context.tree.enclosing_class(node)
    positional = [*node.args.posonlyargs, *node.args.args]
    if cls is None or not positional:
        return
    owner = ProjectClass(context.module, cls)
    bases = [b.rpartition(".")[2] for b in context.project.library_bases(owner)]
    if selector.below and not all(any(fnmatchcase(b, p) for p in selector.below) for b in bases):
        return
    done = (*selector.unless_calls, *(n.rpartition(".")[2] for n in templates.names_in(statement)))
    for ancestor in context.project.lineage(owner):
        if any(calls(m, done) for m in ancestor.node.body if getattr(m, "name", "") == node.name):
            return
    first, last = node.body[0], node.body[-1]
    start = context.span(node)[0]
    name_start = context.module.document.text.index(node.name, start)
    pending = context.report(
        rule,
        (name_start, name_start + len(node.name)),
        safety=rule.safety,
        fixable=rule.safety != "manual"
        and first.lineno > node.lineno
        and not isinstance(last, ast.Return | ast.Raise),
        symbol=selector.methods[0],
    )
    if pending is None:
        return
    lines, text = context.lines, context.module.document.text
    indent = text[lines.line_start(first.lineno) : context.span(first)[0]]
    newline = "\r\n" if "\r\n" in text else "\n"
    assert last.end_lineno is not None
    place = lines.line_start(last.end_lineno) + len(lines.line_text(last.end_lineno).rstrip("\r\n"))
    written = templates.localized(statement, lambda q: context.imports.local(q, node))
    added = templates.fill(written, {"self": (positional[0].arg, None)})

    def produce(inner: Inner) -> str:
        return f"{inner(place, place)}{newline}{indent}{added}"

    pending.edits.append(context.composer.add(place, place, produce))


def calls(node: ast.AST, names: tuple[str, ...]) -> bool:
    """Whether code calls a function or a method of one of these names."""
    called = (c.func for c in walk(node) if isinstance(c, ast.Call))
    return any((getattr(f, "attr", None) or getattr(f, "id", None)) in names for f in called)
