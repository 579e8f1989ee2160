"""What variables are where they are read: what they were given last, and what is asked of them."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from . import texts, wrappers
from .assignments import is_none
from .kinds import MAX_DEPTH, ClassObject, Instance, Many, Nothing, Row, Type
from .knowledge import KEEPS_TYPE
from .module import Module, ProjectClass
from .narrowing import asked_for
from .reaching import live
from .scopes import Binding

if TYPE_CHECKING:
    from .types import Types


def read(types: Types, module: Module, node: ast.Name, depth: int) -> Type | None:
    """What a variable is where it is read."""
    found = module.scope(node).lookup(node.id)
    if found is None:
        target = types.project.resolve(module, node)
        return types.of_target(target, depth)
    _, every = found
    bindings = live(module, node, every)
    added = [b for b in bindings if b.kind == "augmented"]
    bindings = [b for b in bindings if b.kind != "augmented"]
    known = types.common(values(types, module, bindings, depth))
    if known is None and len(every) > 1:
        given = texts.object_given(types, module, node, bindings, depth)
        others = [b for b in bindings if b.kind != "param"]
        if given is not None and (others or not isinstance(given, Nothing)):
            known = types.common([given, *values(types, module, others, depth)])
    if added and isinstance(known, Many | Row):
        return None  # nobody looked at what was added
    if len(bindings) < len(every) and types.is_plain(known):
        # a tuple that was made of what may be more than one
        return types.common(values(types, module, every, depth))
    if len(bindings) == 1 and (len(every) == 1 or bindings[0].kind == "param"):
        return _narrowed(types, module, node, known)
    return known


def _narrowed(types: Types, module: Module, node: ast.Name, known: Type | None) -> Type | None:
    """What ``isinstance`` or ``match`` says of a name that has one value: more than what was known before, or less."""
    if node.id not in module.tested_names:
        return known
    found: list[Type | None] = []
    for cls in asked_for(module.scopes, node) or ():
        target = types.of_target(types.project.resolve(module, cls), MAX_DEPTH)
        found.append(Instance(target.of) if isinstance(target, ClassObject) else None)
    asked = types.common(found) if found else None
    if not isinstance(asked, Instance) or not isinstance(known, Instance):
        return asked or known
    if isinstance(asked.of, ProjectClass):
        return asked if _is_apart(types, asked.of) else known
    return known if types.covered(known, (asked.of,)) == "proven" else asked


def _is_apart(types: Types, cls: ProjectClass) -> bool:
    """Whether no object of the library can be of a class of the project."""
    lineage = types.project.lineage(cls)
    bases = [b for owner in lineage for b in types.project.bases(owner)]
    if any(b is None or getattr(b, "name", "").endswith(".Protocol") for b in bases):
        return False
    return not any(types.project.library_bases(c) for c in (cls, *types.project.below(cls)))


def values(types: Types, module: Module, bindings: list[Binding], depth: int) -> list[Type | None]:
    """What each binding gives, without those that give nothing new."""
    useful = [b for b in bindings if not _gives_none(types, module, b)]
    if len(useful) > 1:  # model = model.eval() says nothing new
        useful = [b for b in useful if not _hands_back(b)] or useful
    return [types.binding(module, b, depth) for b in useful]


def _gives_none(types: Types, module: Module, binding: Binding) -> bool:
    """Whether a variable is only given None, and nothing says what it will be later."""
    if binding.kind != "assign" or binding.value is None or not is_none(binding.value):
        return False
    return binding.annotation is None or types.annotation(module, binding.annotation) is None


def _last_word(node: ast.expr) -> str | None:
    """The last word of a name or of an attribute chain."""
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", None)


def _hands_back(binding: Binding) -> bool:
    """Whether a variable is given itself: ``model = model.to(device)``."""
    value = binding.value
    if binding.kind != "assign" or not isinstance(value, ast.Call):
        return False
    while (
        isinstance(value, ast.Call)
        and isinstance(value.func, ast.Attribute)
        and value.func.attr in KEEPS_TYPE
    ):
        value = value.func.value
    if isinstance(value, ast.Call) and value.args:
        func = value.func
        adapts = isinstance(func, ast.Attribute) and _last_word(func.value) == "PeftModel"
        if adapts or _last_word(func) in wrappers.HAND_BACK:
            value = value.args[0]
    return isinstance(value, ast.Name) and value.id == binding.name
