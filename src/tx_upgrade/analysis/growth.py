"""Lists and dictionaries that are filled step by step: what they hold is what every step puts in."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from . import rows
from .kinds import Many, Row, Type, Useful
from .module import Growth, Module, ProjectFunction
from .scopes import Binding

if TYPE_CHECKING:
    from .types import Types

_EMPTY = frozenset({"list", "dict", "set", "deque", "OrderedDict", "ModuleList", "ModuleDict"})


def is_filled_elsewhere(types: Types, module: Module, name: ast.Name) -> bool:
    """Whether a collection is passed to a function of the project that puts something into it."""
    bindings = module.bindings(name)
    if _is_filled_as_another(module, name.id, bindings):
        return True
    for call, value, place in module.passed_names.get(name.id, ()):
        if module.bindings(value) != bindings:
            continue
        target = types.project.resolve(module, call.func)
        function = target.node if isinstance(target, ProjectFunction) else None
        owner = target.module if isinstance(target, ProjectFunction) else module
        if function is None:
            continue
        positional = [*function.args.posonlyargs, *function.args.args]
        parameter = positional[place].arg if isinstance(place, int) and place < len(positional) else place
        for step in owner.growing.get(str(parameter), ()):
            if owner.scopes.enclosing_function(step.holder) is function:
                return True
    return False


def _is_filled_as_another(module: Module, name: str, bindings: list[Binding]) -> bool:
    """Whether a collection gets another name, under which it grows."""
    for read in module.names_read.get(name, ()):
        parent = module.scopes.parent[read]
        if isinstance(parent, ast.Assign) and parent.value is read and module.bindings(read) == bindings:
            names = {t.id for t in parent.targets if isinstance(t, ast.Name)}
            if names & module.growing.keys():
                return True
    return False


def filled(types: Types, module: Module, made: ast.expr, growths: list[Growth], depth: int) -> Type | None:
    """What a collection holds that begins as ``made`` and grows like this; None when one step is not known."""
    items: list[Type | None] = []
    keyed: dict[str, list[Type | None]] | None = {}
    if not _is_empty(made):
        found = types.typed(module, made, depth + 1)
        if not isinstance(found, Many | Row):
            return None
        items.append(rows.element(types, found))
        keyed = _keyed(found, made)
    for growth in growths:
        step = None if growth.value is None else types.typed(module, growth.value, depth + 1)
        if growth.several:
            step = rows.element(types, step)
        if growth.inside:
            step = Many(step) if isinstance(step, Useful) else step
        if growth.key is not None and keyed is not None:
            keyed.setdefault(growth.key, []).append(step)
        else:
            keyed = None
        items.append(step)
    if keyed:
        return rows.made(tuple(types.common(i) for i in keyed.values()), tuple(keyed))
    each = types.common(items)
    return Many(each) if isinstance(each, Useful) else None


def _is_empty(made: ast.expr) -> bool:
    if isinstance(made, ast.List | ast.Set):
        return not made.elts
    if isinstance(made, ast.Dict):
        return not made.keys
    if not isinstance(made, ast.Call):
        return False
    name = getattr(made.func, "id", "") or getattr(made.func, "attr", "")
    if name == "defaultdict":  # makes items of its own: empty ones
        return len(made.args) == 1 and getattr(made.args[0], "id", "") in _EMPTY and not made.keywords
    return name in _EMPTY and not made.args and all(k.arg == "maxlen" for k in made.keywords)


def _keyed(found: Many | Row, made: ast.expr) -> dict[str, list[Type | None]] | None:
    """The places of a dictionary that is displayed with strings as its keys."""
    if isinstance(found, Row) and found.keys is not None:
        return {key: [item] for key, item in zip(found.keys, found.items, strict=True)}
    if isinstance(found, Many) and isinstance(made, ast.Dict):
        keys = [k.value for k in made.keys if isinstance(k, ast.Constant) and type(k.value) is str]
        return {k: [found.of] for k in keys} if len(keys) == len(made.keys) else None
    return None
