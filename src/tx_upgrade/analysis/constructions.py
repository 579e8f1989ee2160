"""Who makes objects of a class other than by calling it: classes below it, ``super().__init__(…)``, ``cls(…)``."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TYPE_CHECKING

from .assignments import is_super
from .module import Module, ProjectClass
from .scopes import FunctionNode

if TYPE_CHECKING:
    from .callers import Callers

Construction = tuple[Module, ast.Call, bool]
"""Where, the call, and whether it passes the object itself."""


def constructions(callers: Callers, cls: ProjectClass, init: FunctionNode) -> Iterator[Construction]:
    """The calls besides ``Class(…)`` that a constructor gets its arguments from."""
    project = callers.types.project
    module = cls.module
    family = {cls.node}
    for below in project.below(cls):
        nearest = project.own_method(below, "__init__")
        if nearest is not None and nearest[1] is init:
            family.add(below.node)
            for caller, call in callers.sites(module, below.node.name):
                target = project.resolve(caller, call.func)
                if isinstance(target, ProjectClass) and target.node is below.node:
                    yield caller, call, False
    for name in ("cls", "__class__"):  # in alternative constructors and copies of its own
        for caller, call in callers.sites(module, name):
            bare = name == "__class__" or isinstance(call.func, ast.Name)
            if bare and caller.scopes.enclosing_class(call) in family:
                yield caller, call, False
    for caller, call in callers.sites(module, "__init__"):
        if not isinstance(call.func, ast.Attribute):
            continue
        if is_super(call.func.value):
            inside = caller.scopes.enclosing_class(call)
            if inside is not None and _next(callers, ProjectClass(caller, inside)) is init:
                yield caller, call, False
        else:
            target = project.resolve(caller, call.func.value)
            if isinstance(target, ProjectClass) and target.node in family:
                yield caller, call, True


def _next(callers: Callers, cls: ProjectClass) -> FunctionNode | None:
    """The constructor that ``super().__init__`` is in the methods of a class."""
    project = callers.types.project
    for above in project.lineage(cls)[1:]:
        found = project.own_method(above, "__init__")
        if found is not None:
            return found[1]
    return None
