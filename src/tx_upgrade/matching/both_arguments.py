"""Arguments that older releases take otherwise: which rewrites need both forms, and how a call passes them."""

from __future__ import annotations

import ast
from typing import Literal

from packaging.version import Version

from ..analysis.module import ProjectClass
from ..model import LIBRARY
from ..rewriting.edits import Fill
from ..rules.schema import ArgumentOp, Rule
from ..rules.support import begins
from . import templates
from .both_sides import BothSides
from .call_model import Argument, CallModel, Earlier
from .callees import Callee
from .context import Context

Form = Literal["both", "split", "new"]


def named_callee(context: Context, callee: Callee) -> str | None:
    """The qualified name whose signature a call meets, the base's for a class of the project."""

    def of(cls: str | ProjectClass | None) -> str | None:
        if isinstance(cls, ProjectClass):
            bases = context.project.library_bases(cls)
            return bases[0] if bases else None
        return cls

    if callee.method is not None:
        owner = of(callee.owner)
        return None if owner is None else f"{owner}.{callee.method}"
    return callee.symbol or of(callee.project_class)


def form_of(
    context: Context, both: BothSides, rule: Rule, op: ArgumentOp, argument: Argument, callee: Callee
) -> Form:
    """Whether an operation's new form runs on all releases, only in part of them (both are needed), or cannot be had."""
    old = both.old
    if old.before_range(rule, gone=op.remove):
        return "both"
    if rule.library != LIBRARY:
        return "new"
    used = [t for t in (op.value, op.through, op.hand_to, *(t for _, t in op.replace)) if t is not None]
    names = [q for t in used for q in templates.names_in(t)]
    if not all(map(old.exists, names)):
        return "new"
    if op.through is not None or op.hand_to is not None:
        return "both" if all(old.template_runs(t, {"self": ("",)}) for t in used) or names else "new"
    only_renamed = op.rename is not None and op.value is None
    name = named_callee(context, callee)
    if only_renamed and op.rename is not None and not _was_another(both, name, argument, op.rename):
        since = old.since(name, op.rename, rule)
        if (name is not None and old.takes(name, op.rename)) or Version(since) <= Version(old.oldest):
            return "both"
    if argument.entry is None:
        return "split"
    local = argument.entry.module is None and isinstance(argument.entry.key, ast.Constant)
    if only_renamed or (op.value is not None and op.rename is None):
        return "split" if local else "new"
    return "new"


def _was_another(both: BothSides, callee: str | None, argument: Argument, new: str) -> bool:
    return callee is not None and both.old.is_older(callee, new, argument.name or "")


def keep_earlier(
    context: Context, both: BothSides, rule: Rule, op: ArgumentOp, argument: Argument, callee: Callee
) -> None:
    """Note the form that an argument has before an operation is made on it."""
    name = named_callee(context, callee)
    since = begins(rule, gone=op.rename is None)
    if op.rename is not None:
        if _was_another(both, name, argument, op.rename):
            since = begins(rule, gone=True)
        else:
            since = both.old.since(name, op.rename, rule)
    elif op.replace and not op.remove:
        firsts = [both.old.since(name, n, rule) for n, _ in op.replace]
        since = max(firsts, key=lambda v: tuple(map(int, v.split("."))))
    argument.earlier.append(Earlier(since, argument.name, argument.new_value))


def settle(context: Context, both: BothSides, model: CallModel) -> None:
    """Work out what the call passes for the arguments that older releases take otherwise."""
    node = model.node
    for argument in model.arguments:
        if argument.earlier and argument.entry is None:
            _settle_argument(context, both, argument, node)
    for added in model.added:
        if added.since is not None:
            flag = context.imports.local(both.flag(added.since), node)
            added.fill = _only_since(added.name, added.fill, flag)
            added.name = "**"


def key_text(context: Context, both: BothSides, argument: Argument, node: ast.AST) -> str | None:
    """What stands in the place of a dictionary's key whose name the releases do not share; None where they do."""
    if all(e.name == argument.name for e in argument.earlier):
        return None
    return context.imports.local(both.argument(_names(argument)), node)


def settle_value(context: Context, both: BothSides, argument: Argument, node: ast.AST) -> None:
    """Give an argument the values of all releases, where they do not share one."""
    forms = [(e.since, e.value) for e in argument.earlier]
    if all(value is argument.new_value for _, value in forms):
        return
    flags = [context.imports.local(both.flag(since), node) for since, _ in forms]
    newest = argument.new_value

    def produce(text: str) -> str:
        result = forms[0][1](text) if forms[0][1] is not None else text
        later = [f for _, f in forms[1:]] + [newest]
        for flag, fill in zip(flags, later, strict=True):
            result = f"{fill(text) if fill is not None else text} if {flag} else {result}"
        return result

    argument.new_value = produce


def _settle_argument(context: Context, both: BothSides, argument: Argument, node: ast.AST) -> None:
    same_value = all(e.value is argument.new_value for e in argument.earlier)
    if argument.replaced is None and not argument.removed:
        if all(e.name == argument.name for e in argument.earlier):
            settle_value(context, both, argument, node)
            return
        if same_value:
            constant = context.imports.local(both.argument(_names(argument)), node)
            fill = argument.new_value
            argument.spread_text = lambda text: f"{{{constant}: {fill(text) if fill is not None else text}}}"
            return
    newest = argument.replaced
    if newest is None:
        newest = [] if argument.removed else [(argument.name or "", argument.new_value or _as_it_is)]
    forms = [[(e.name or "", e.value or _as_it_is)] for e in argument.earlier] + [newest]
    flags = [context.imports.local(both.flag(e.since), node) for e in argument.earlier]

    def produce(text: str) -> str:
        result = _display(forms[0], text)
        for flag, form in zip(flags, forms[1:], strict=True):
            result = f"{_display(form, text)} if {flag} else {result}"
        return f"({result})"

    argument.spread_text = produce


def _names(argument: Argument) -> list[tuple[str, str]]:
    """The names of an argument with the releases that they begin in, the newest first."""
    names = [*(e.name or "" for e in argument.earlier), argument.name or ""]
    begins = ["0", *(e.since for e in argument.earlier)]
    return list(reversed(list(zip(names, begins, strict=True))))


def _display(form: list[tuple[str, Fill]], text: str) -> str:
    return "{" + ", ".join(f'"{name}": {fill(text)}' for name, fill in form) + "}"


def _as_it_is(text: str) -> str:
    return text


def _only_since(name: str, fill: Fill, flag: str) -> Fill:
    return lambda text: f'({{"{name}": {fill(text)}}} if {flag} else {{}})'


def added_since(both: BothSides, name: str | None, argument: str, rule: Rule) -> str | None:
    """From when on an added argument is to be passed; None where all releases take it."""
    if both.old.before_range(rule) or (name is not None and both.old.takes(name, argument)):
        return None
    return begins(rule, gone=True)
