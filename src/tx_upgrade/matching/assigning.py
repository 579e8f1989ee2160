"""Places that get a value beside the one that it is assigned to: ``model.config.a = model.generation_config.a = 1``."""

from __future__ import annotations

import ast
from collections.abc import Iterable

from ..analysis.kinds import Certainty, Instance
from ..analysis.module import ProjectClass
from ..model import Safety
from ..rewriting.composer import Inner
from ..rules.patterns import compile_expression
from ..rules.schema import Case, Rule
from . import templates
from .context import Context
from .patterns import Captures


def assign_too(
    context: Context,
    node: ast.expr,
    rule: Rule,
    case: Case,
    captures: Captures,
    safety: Safety,
    certainty: Certainty,
) -> bool:
    """Let the place of ``case.also`` get what is assigned to ``node``, unless the code assigns to it as well."""
    parent = context.tree.parent.get(node)
    if case.also is None or not isinstance(parent, ast.Assign) or node not in parent.targets:
        return False
    able = all(
        _is_able(context, captures.single[n], names) for n, names in case.able.items() if n in captures.single
    )
    if not able or _assigned(context, node, compile_expression(case.also)):
        return False
    pending = context.report(
        rule,
        node,
        safety=safety,
        fixable=safety != "manual",
        certainty=certainty,
        message=case.message or rule.message,
    )
    if pending is None:
        return True
    text = templates.localized(case.also, lambda q: context.imports.local(q, node))
    spans = {n: context.span(v) for n, v in captures.single.items()}
    span = context.span(node)

    def produce(inner: Inner) -> str:
        values = {n: (inner(*spans[n]), captures.single[n]) for n in spans}
        return f"{inner(*span)} = {templates.fill(text, values)}"

    pending.edits.append(context.composer.add(*span, produce))
    return True


def _assigned(context: Context, node: ast.expr, pattern: ast.expr) -> bool:
    """Whether the function around already assigns to such a place."""
    around = context.tree.enclosing_function(node)
    return any(
        isinstance(n.ctx, ast.Store) and context.matcher.match(pattern, n) is not None
        for n in context.tree.attributes
        if isinstance(pattern, ast.Attribute)
        and n.attr == pattern.attr
        and context.tree.enclosing_function(n) is around
    )


def _is_able(context: Context, receiver: ast.expr, methods: Iterable[str]) -> bool:
    found = context.types.infer(context.module, receiver)
    library = context.library
    names = [found.of] if isinstance(found, Instance) and isinstance(found.of, str) else []
    if isinstance(found, Instance) and isinstance(found.of, ProjectClass):
        names = list(context.project.library_bases(found.of))[:1]
    for method in methods:
        if any(library.in_target(f"{name}.{method}") for name in names):
            return True
        derived = (
            not names or library.history.is_open(names[0], library.to_version) or _is_base(context, names[0])
        )
        if derived and context.types.callers.sites(context.module, method):
            return True
    return False


def _is_base(context: Context, name: str) -> bool:
    """Whether a class only stands for those that derive from it."""
    return context.library.same(name, "transformers.PreTrainedModel")
