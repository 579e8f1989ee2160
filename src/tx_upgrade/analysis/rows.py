"""Tuples and dictionaries whose places are known one by one: displays, ``dict(a=…)``, NamedTuple, TypedDict."""

from __future__ import annotations

import ast
from functools import lru_cache
from typing import TYPE_CHECKING

from .kinds import Instance, Itself, Many, Nothing, Other, Row, Type, Useful
from .module import ExternalName, Module, ProjectClass, ProjectValue

if TYPE_CHECKING:
    from .types import Types

_MOST = 16
"""Places of a display that are looked at."""
_ROWS = {
    "typing.NamedTuple": int,
    "typing.TypedDict": str,
    "typing_extensions.NamedTuple": int,
    "typing_extensions.TypedDict": str,
}


def display(types: Types, module: Module, node: ast.expr, depth: int) -> Row | None:
    """The row that a display of a tuple, a list or a dictionary makes; None when nothing useful is in it."""
    match node:
        case ast.Tuple() | ast.List() if len(node.elts) <= _MOST:
            if any(isinstance(e, ast.Starred) for e in node.elts):
                return None
            return made(tuple(types.value(module, e, depth + 1) for e in node.elts))
        case ast.Dict() if len(node.keys) <= _MOST:
            start = max((n + 1 for n, k in enumerate(node.keys) if k is None), default=0)
            known = node.keys[start:]
            keys = tuple(k.value for k in known if isinstance(k, ast.Constant) and type(k.value) is str)
            if len(set(keys)) != len(known):
                return None
            items = tuple(types.value(module, v, depth + 1) for v in node.values[start:])
            if start:  # what another dictionary brings may be anything
                return made((None, *items), ("", *keys))
            return made(items, keys)
        case ast.Call() if not node.args and 0 < len(node.keywords) <= _MOST:
            keys = tuple(k.arg for k in node.keywords if k.arg is not None)
            if len(keys) != len(node.keywords):
                return None
            return made(tuple(types.value(module, k.value, depth + 1) for k in node.keywords), keys)
    return None


def made(items: tuple[Type | None, ...], keys: tuple[str, ...] | None = None) -> Row | None:
    """A row of these items; None when it would say nothing."""
    return Row(items, keys) if any(isinstance(i, Useful | Other) for i in items) else None


def picked(types: Types, found: Type | None, key: object, depth: int) -> Type | None:
    """What stands at a constant place (a number, a string) of what ``found`` describes."""
    if isinstance(found, Many):
        return found.of
    if isinstance(found, Row):
        if found.keys is None:
            within = isinstance(key, int) and -len(found.items) <= key < len(found.items)
            return found.items[key] if within and isinstance(key, int) else None
        return dict(zip(found.keys, found.items, strict=True)).get(key) if isinstance(key, str) else None
    if isinstance(found, Instance) and isinstance(found.of, ProjectClass):
        fields = _fields(types, found.of)
        names = list(fields)
        if type(key) is int and -len(names) <= key < len(names) and _kind(types, found.of) is int:
            return types.member(found.of, names[key], depth + 1)
        if type(key) is str and key in fields and _kind(types, found.of) is str:
            owner, annotation = fields[key]
            return types.annotation(owner, annotation)
    return None


def place(node: ast.expr) -> object:
    """The constant that a subscript has, also a negative number; None for anything else."""
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        inner = getattr(node.operand, "value", None)
        return -inner if type(inner) is int else None
    return node.value if isinstance(node, ast.Constant) else None


def record(types: Types, module: Module, node: ast.Call, depth: int) -> Row | None:
    """An object of a class that ``namedtuple`` made, whose places have names too, or of ``SimpleNamespace``."""
    target = types.project.resolve(module, node.func)
    if isinstance(target, ExternalName) and target.name == "types.SimpleNamespace" and not node.args:
        given = {k.arg: types.typed(module, k.value, depth + 1) for k in node.keywords}
        changed = module.attributes_set.intersection(n for n in given if n is not None)
        if changed or None in given:
            return None
        return Row(tuple(given.values()), None, tuple(n for n in given if n is not None))
    names = _names(types, module, node.func)
    if names is None or len(node.args) + len(node.keywords) > len(names):
        return None
    items: list[Type | None] = [None] * len(names)
    for place, arg in enumerate(node.args):
        if isinstance(arg, ast.Starred):
            return None
        items[place] = types.typed(module, arg, depth + 1)
    for keyword in node.keywords:
        if keyword.arg not in names:
            return None
        items[names.index(keyword.arg)] = types.typed(module, keyword.value, depth + 1)
    found = made(tuple(items))
    return None if found is None else Row(found.items, None, tuple(names))


def _names(types: Types, module: Module, func: ast.expr) -> list[str] | None:
    target = types.project.resolve(module, func)
    value = (
        target.bindings[0].value if isinstance(target, ProjectValue) and len(target.bindings) == 1 else None
    )
    if not isinstance(target, ProjectValue) or not isinstance(value, ast.Call) or len(value.args) < 2:
        return None
    maker = types.project.resolve(target.module, value.func)
    if not isinstance(maker, ExternalName) or maker.name != "collections.namedtuple":
        return None
    fields = value.args[1]
    if isinstance(fields, ast.Constant):
        return str(fields.value).replace(",", " ").split()
    return [str(getattr(e, "value", "")) for e in getattr(fields, "elts", ())]


def element(types: Types, found: Type | None) -> Type | None:
    """What every item of a collection is: of a dictionary, every value."""
    if isinstance(found, Many):
        return found.of
    if isinstance(found, Instance) and isinstance(found.of, ProjectClass):
        if types.project.own_method(found.of, "__iter__") is None:
            return None
        given = types.results.of_method(found, "__iter__", 0)
        return element(types, given) if isinstance(given, Many | Row) else None
    return types.common(list(found.items)) if isinstance(found, Row) else None


def followed(types: Types, found: Type | None, index: tuple[int, ...], depth: int) -> Type | None:
    """What stands at the end of a path of places."""
    for position in index:
        found = picked(types, found, position, depth)
    return found


def joined(types: Types, rows: list[Row]) -> Row | None:
    """One row for several of the same form: each place is what all of them have there."""
    first = rows[0]
    if any(len(r.items) != len(first.items) or r.keys != first.keys for r in rows):
        return None
    items = zip(*(r.items for r in rows), strict=True)
    return made(
        tuple(types.common([i for i in place if not isinstance(i, Nothing | Itself)]) for place in items),
        first.keys,
    )


def collected(types: Types, row: Row) -> Type | None:
    """A row as a collection, where it meets another form of it."""
    each = element(types, row)
    return Many(each) if isinstance(each, Useful) else None


def _kind(types: Types, cls: ProjectClass) -> type | None:
    """Whether the objects of a class are read by numbers (NamedTuple) or by strings (TypedDict)."""
    for owner in types.project.lineage(cls):
        for base in types.project.bases(owner):
            if isinstance(base, ExternalName) and base.name in _ROWS:
                return _ROWS[base.name]
    return None


def _fields(types: Types, cls: ProjectClass) -> dict[str, tuple[Module, ast.expr]]:
    found: dict[str, tuple[Module, ast.expr]] = {}
    for owner in reversed(types.project.lineage(cls)):
        found.update({name: (owner.module, node) for name, node in _annotated(owner.node).items()})
    return found


@lru_cache(maxsize=256)
def _annotated(cls: ast.ClassDef) -> dict[str, ast.expr]:
    return {
        s.target.id: s.annotation
        for s in cls.body
        if isinstance(s, ast.AnnAssign) and isinstance(s.target, ast.Name)
    }
