"""Expressions that older releases need otherwise: ``new if SINCE_5_0 else old``, and members by the release's name."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping, Sequence

from ..model import LIBRARY
from ..rewriting.composer import Edit, Inner
from ..rules.schema import Rule
from ..rules.support import begins
from . import templates
from .both_sides import whole
from .context import Context


def needs_both(context: Context, rule: Rule, new: str, owners: Sequence[str]) -> bool:
    """Whether the oldest release lacks what an attribute becomes (a name, a path or a template)."""
    both = context.engine.both
    if both is None or both.old.before_range(rule):
        return False
    return rule.library == LIBRARY and not all(both.old.member_runs(owner, new) for owner in owners)


def template_needs_both(
    context: Context, rule: Rule, template: str, where: Mapping[str, tuple[str, ...]], pattern: str
) -> bool:
    """Whether the oldest release lacks something that a pattern's rewrite uses."""
    both = context.engine.both
    if both is None or both.old.before_range(rule):
        return False
    return rule.library == LIBRARY and not both.old.template_runs(template, where, pattern)


def can_switch(context: Context, node: ast.expr, template: str) -> bool:
    """Whether an expression can be given in two forms: it is read, or set by a statement of its own."""
    both = context.engine.both
    if both is None:
        return True
    if not all(both.old.importable(name) for name in _names_in(template)):
        return False
    if isinstance(getattr(node, "ctx", ast.Load()), ast.Load):
        return True
    statement = context.tree.parent.get(node)
    by_name = template.isidentifier() and isinstance(node, ast.Attribute)
    return by_name and isinstance(statement, ast.Assign) and statement.targets == [node]


def _names_in(template: str) -> list[str]:
    return templates.names_in(template) if template else []


def by_release(context: Context, node: ast.expr, produce: Callable[[Inner], str], rule: Rule) -> Edit:
    """``new if SINCE_X else old``."""
    both = context.engine.both
    assert both is not None
    flag = context.imports.local(both.switch(rule), node)
    span, parent = context.span(node), context.tree.parent.get(node)

    def switched(inner: Inner) -> str:
        return whole(f"{produce(inner)} if {flag} else {inner(*span)}", node, parent)

    return context.composer.add(*span, switched)


def named_by_release(context: Context, node: ast.Attribute, new: str, rule: Rule) -> Edit:
    """``getattr(x, NAME)`` or ``setattr(x, NAME, value)`` with the name that the installed release has."""
    both = context.engine.both
    assert both is not None
    since = begins(rule)
    name = context.imports.local(both.argument([(new, since), (node.attr, "0")]), node)
    receiver = context.span(node.value)
    if isinstance(node.ctx, ast.Load):
        return context.composer.add(*context.span(node), lambda inner: f"getattr({inner(*receiver)}, {name})")
    statement = context.tree.parent[node]
    assert isinstance(statement, ast.Assign)
    value = context.span(statement.value)
    return context.composer.add(
        *context.span(statement), lambda inner: f"setattr({inner(*receiver)}, {name}, {inner(*value)})"
    )


def key_by_release(context: Context, key: ast.expr, old: str, new: str, rule: Rule) -> Edit:
    """The name that the installed release has, in the place of a literal one."""
    both = context.engine.both
    assert both is not None
    since = begins(rule)
    return context.composer.add(
        *context.span(key), context.imports.local(both.argument([(new, since), (old, "0")]), key)
    )
