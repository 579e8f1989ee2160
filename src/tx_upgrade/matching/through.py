"""Calls that go through something else: ``model(...)`` becomes ``with_attentions(model)(...)``."""

from __future__ import annotations

import ast

from ..rewriting.composer import Edit, Inner
from ..rewriting.edits import CallEdit
from ..rules.patterns import compile_expression, dotted, terminal
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


def plain_receiver(model: CallModel, callee: Callee) -> str:
    """The text of the receiver where it can be written twice: a name, or attributes of one; else empty."""
    receiver = receiver_of(model, callee)
    return "" if receiver is None else dotted(receiver) or ""


def add_where_made(context: Context, maker: ast.Call, wanted: tuple[tuple[str, str], ...]) -> Edit | None:
    """Give the call that made an object more arguments; None where it has one of them, or unpacks what nobody knows."""
    names = {k.arg for k in maker.keywords}
    if None in names or names & {name for name, _ in wanted}:
        return None
    span = context.span(maker)
    key = (maker, wanted[0][0])
    if key not in context.added_where_made:
        texts = [(n, templates.localized(t, lambda q: context.imports.local(q, maker))) for n, t in wanted]

        def produce(inner: Inner) -> str:
            from ..rewriting.calls import render_call

            edit = CallEdit(add=[(name, lambda _, text=text: text, None) for name, text in texts])  # type: ignore[misc]
            return render_call(inner(*span), edit)

        context.added_where_made[key] = context.composer.add(*span, produce)
    return context.added_where_made[key]


def made_so(maker: ast.Call | None, wanted: tuple[tuple[str, str], ...]) -> bool:
    """Whether the call that made an object passes these arguments already."""
    given = {k.arg: ast.unparse(k.value) for k in maker.keywords} if maker is not None else {}
    return bool(wanted) and all(given.get(name) == ast.unparse(compile_expression(t)) for name, t in wanted)


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


def taken_by_place(context: Context, call: ast.Call) -> bool:
    """Whether the parts of what a call gives are taken by their place: ``model(ids)[-1]``, ``a, b = model(ids)``."""
    parent = context.tree.parent.get(call)
    if any(k.arg == "return_dict" and getattr(k.value, "value", None) is False for k in call.keywords):
        return True
    if isinstance(parent, ast.Subscript) and parent.value is call:
        return not _is_key(parent)
    if not isinstance(parent, ast.Assign) or parent.value is not call:
        return False
    target = parent.targets[0]
    if not isinstance(target, ast.Name):
        return isinstance(target, ast.Tuple | ast.List)
    for name in context.tree.names:
        if name.id != target.id or not isinstance(name.ctx, ast.Load):
            continue
        use = context.tree.parent.get(name)
        if isinstance(use, ast.Subscript) and use.value is name and not _is_key(use):
            return True
        if isinstance(use, ast.Assign) and isinstance(use.targets[0], ast.Tuple | ast.List):
            return True
    return False


def _is_key(subscript: ast.Subscript) -> bool:
    """Whether a subscript names what it takes; the first part stands in its place always."""
    key = subscript.slice
    return isinstance(key, ast.Constant) and (isinstance(key.value, str) or key.value == 0)
