"""Calls that go through something else: ``model(...)`` becomes ``with_attentions(model)(...)``."""

from __future__ import annotations

import ast

from ..rewriting.composer import Edit, Inner
from ..rules.patterns import compile_expression, terminal
from . import templates
from .call_model import CallModel
from .callees import Callee
from .context import Context


def receiver_of(model: CallModel, callee: Callee) -> ast.expr | None:
    """The object that is called, or whose method is; None where it does not stand in the call itself."""
    func = model.node.func
    if callee.receiver is None:
        return None
    if callee.method == "__call__":
        return func if func is callee.receiver else None
    if isinstance(func, ast.Attribute) and func.attr == callee.method:
        return func.value
    return None


def goes_through(receiver: ast.expr, template: str) -> bool:
    """Whether a receiver is what the template gives: a second run must not wrap it again."""
    wanted = terminal(compile_expression(template))
    while isinstance(receiver, ast.Call):
        if terminal(receiver) == wanted:
            return True
        if not receiver.args:
            return False
        receiver = receiver.args[0]
    return False


def lead_through(
    context: Context, model: CallModel, receiver: ast.expr, template: str, value: ast.expr
) -> Edit:
    """Let a call go through a template of its receiver (``$self``) and of the argument's value (``$value``)."""
    made = model.through.get(template)
    if made is not None:
        return made  # another argument of the call asked for the same
    text = templates.localized(template, lambda q: context.imports.local(q, model.node))
    span = context.span(receiver)
    source = context.source(value) if "$value" in template else ""

    def produce(inner: Inner) -> str:
        return templates.fill(text, {"self": (inner(*span), receiver), "value": (source, value)})

    made = model.through[template] = context.composer.add(*span, produce)
    return made
