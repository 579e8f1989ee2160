"""Dictionaries that come from a file and are unpacked into a call: the keys of the file, and a function around them."""

from __future__ import annotations

import ast

from ..analysis.from_files import FileKey, keys_in, read_from
from ..analysis.kinds import Certainty
from ..analysis.walking import walk
from ..model import Safety
from ..rewriting.edits import Fill
from ..rules.schema import Rule, Unpacked
from .call_model import Argument, CallModel
from .context import Context

_FEW = 4


def hand_through(
    context: Context,
    model: CallModel,
    argument: Argument,
    rule: Rule,
    unpacked: Unpacked,
    own: frozenset[str],
    certainty: Certainty,
    symbol: str | None,
) -> None:
    """Meet an argument that holds what a file says with a rule; ``own`` are fields of the project's classes."""
    function = unpacked.through.rpartition(".")[2]
    value = argument.value
    if any(isinstance(part, ast.Call) and _called(part) == function for part in walk(value)):
        return
    source = read_from(context.types, context.module, value)
    if source is None or _is_handed(context, source.call, function):
        return
    keys = keys_in(source)
    old = [k for k in keys or () if k.name in unpacked.keys - own]
    if keys is not None and not old:
        return
    safety: Safety = rule.safety if old else "unsafe"
    if rule.safety == "manual":
        safety = "manual"
    message = f"{rule.message} {_said(old) if old else 'The file that is read here may hold such keys.'}"
    fixable = not own & unpacked.keys
    both = context.engine.both
    pending = context.report(
        rule, value, safety=safety, fixable=fixable and safety != "manual", certainty=certainty,
        message=message, symbol=symbol, on_both=both is None or both.old.exists(unpacked.through),
    )  # fmt: skip
    if pending is None:
        return
    model.findings.append(pending)
    argument.touched = True
    argument.new_value = _through(context.imports.local(unpacked.through, model.node), argument.new_value)


def _through(function: str, previous: Fill | None) -> Fill:
    def produce(value: str) -> str:
        handed = f"{function}({value})"
        return previous(handed) if previous is not None else handed

    return produce


def _called(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def _is_handed(context: Context, call: ast.Call, function: str) -> bool:
    """Whether the function already stands around the call that reads the file."""
    if call not in context.tree.parent:
        return False
    return any(isinstance(p, ast.Call) and _called(p) == function for p in context.tree.ancestors(call))


def _said(keys: list[FileKey]) -> str:
    places = ", ".join(f"{k.name} in line {k.line}" for k in keys[:_FEW])
    more = f" and {len(keys) - _FEW} more" if len(keys) > _FEW else ""
    return f"{keys[0].path} holds {places}{more}."
