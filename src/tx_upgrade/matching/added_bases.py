"""Bases that the project's classes need since the library's class that they derive from lost them."""

from __future__ import annotations

import ast

from ..analysis.kinds import MAX_DEPTH, Instance
from ..analysis.module import LibraryName, ProjectClass
from ..rules.schema import AddedBaseSelector, Rule
from .context import Context


def added_bases(context: Context, cls: ProjectClass) -> list[tuple[Rule, AddedBaseSelector]]:
    """The rules that give a class another base: those whose members it defines, or whose methods it is called with."""
    known = context.engine.added_bases
    if cls.node not in known:
        known[cls.node] = []  # what is asked on the way sees the class as it stands
        known[cls.node] = [
            (rule, selector)
            for rule, selector in context.plan.added_bases
            if _lacks(context, cls, selector) and _needs(context, cls, selector)
        ]
    return known[cls.node]


def _lacks(context: Context, cls: ProjectClass, selector: AddedBaseSelector) -> bool:
    """Whether the class derives directly from one of the library's that had the base and has it no more."""
    target, history = context.plan.to_version, context.library.history
    direct = [b.name for b in context.project.bases(cls) if isinstance(b, LibraryName)]
    if not any(context.types.is_a(base, selector.of) for base in direct):
        return False
    every = [base for owner in context.project.lineage(cls) for base in context.project.library_bases(owner)]
    return not any(
        context.library.same(base, selector.base)
        or (history.exists(base, target) and history.is_subclass(base, selector.base, target))
        for base in every
    )


def _needs(context: Context, cls: ProjectClass, selector: AddedBaseSelector) -> bool:
    if any(isinstance(s, ast.FunctionDef) and s.name in selector.defining for s in cls.node.body):
        return True
    types, project = context.types, context.project
    for method in selector.calling:
        for caller, call in types.callers.sites(cls.module, method):
            if not isinstance(call.func, ast.Attribute):
                continue
            receiver = types.typed(caller, call.func.value, MAX_DEPTH - 4)
            if (
                isinstance(receiver, Instance)
                and isinstance(receiver.of, ProjectClass)
                and any(c.node is cls.node for c in project.lineage(receiver.of))
                and project.own_method(receiver.of, method) is None
            ):
                return True
    return False
