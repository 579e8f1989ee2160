"""Tables of classes: what ``TABLE[key]`` or a loop over one may stand for, read off the displays in the project."""

from __future__ import annotations

import ast
from collections.abc import Iterable

from .module import Module, ProjectValue
from .project import Project
from .scopes import Binding

Choice = tuple[Module, ast.expr]

_MAX_DEPTH = 6
_VIEWS = frozenset({"values", "items", "keys"})


def choices(project: Project, module: Module, node: ast.expr, depth: int = 0) -> list[Choice]:
    """The expressions that an element of a table may be, for ``table[key]`` and ``table.get(key)``; [] when unknown."""
    if depth > _MAX_DEPTH:
        return []
    if isinstance(node, ast.Subscript):
        return _elements(project, _displays(project, module, node.value, depth + 1), node.slice)
    if (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in {"get", "pop"}
        and 1 <= len(node.args) <= 2
    ):
        displays = _displays(project, module, node.func.value, depth + 1)
        if any(not isinstance(d, ast.Dict) for _, d in displays):
            return []
        found = _elements(project, displays, node.args[0])
        return [*found, *((module, a) for a in node.args[1:])] if found else []
    return []


def iterated(
    project: Project, module: Module, node: ast.expr, index: tuple[int, ...], depth: int = 0
) -> list[Choice]:
    """What the target of a loop over ``node`` may be; ``index`` is its place in a target that is unpacked."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and len(node.args) == 1:
        if node.func.id == "enumerate" and index[:1] == (1,):
            return iterated(project, module, node.args[0], index[1:], depth + 1)
        if node.func.id in {"list", "tuple", "sorted", "reversed", "set", "iter"}:
            return iterated(project, module, node.args[0], index, depth + 1)
        return []
    view = ""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and not node.args:
        if node.func.attr not in _VIEWS:
            return []
        view, node = node.func.attr, node.func.value
    displays = _displays(project, module, node, depth + 1)
    if view == "items":
        if index[:1] != (1,):
            return []
        index = index[1:]
    if any(isinstance(d, ast.Dict) != (view in {"values", "items"}) for _, d in displays):
        return []
    return _picked(project, _elements(project, displays, None), index, depth)


def unpacked(
    project: Project, module: Module, node: ast.expr, index: tuple[int, ...], depth: int = 0
) -> list[Choice]:
    """What one name of ``a, b = table[key]`` may be."""
    return _picked(project, choices(project, module, node, depth), index, depth)


def _picked(project: Project, found: list[Choice], index: tuple[int, ...], depth: int) -> list[Choice]:
    for place in index:
        inner: list[Choice] = []
        for module, node in found:
            displays = _displays(project, module, node, depth + 1)
            if not displays or not all(isinstance(d, ast.Tuple | ast.List) for _, d in displays):
                return []
            picked = _elements(project, displays, ast.Constant(place))
            if not picked:
                return []
            inner.extend(picked)
        found = inner
    return found


def _displays(project: Project, module: Module, node: ast.expr, depth: int) -> list[Choice]:
    """The displays that an expression stands for; [] when one of them is not known."""
    if depth > _MAX_DEPTH:
        return []
    if isinstance(node, ast.Dict | ast.Tuple | ast.List | ast.Set):
        return [(module, node)]
    if isinstance(node, ast.Name | ast.Attribute):
        target = project.resolve(module, node)
        bindings: Iterable[Binding] = ()
        owner = module
        if isinstance(target, ProjectValue):
            bindings, owner = target.bindings, target.module
        elif isinstance(node, ast.Name):
            bindings = module.bindings(node)
        found: list[Choice] = []
        for binding in bindings:
            if binding.kind != "assign" or binding.value is None or binding.index:
                return []
            inner = _displays(project, owner, binding.value, depth + 1)
            if not inner or binding.name in owner.growing:
                return []
            found.extend(inner)
        return found
    found = []
    for owner, choice in choices(project, module, node, depth + 1):
        inner = _displays(project, owner, choice, depth + 1)
        if not inner:
            return []
        found.extend(inner)
    return found


def _elements(project: Project, displays: list[Choice], key: ast.expr | None) -> list[Choice]:
    found: list[Choice] = []
    for module, display in displays:
        wanted = key.value if isinstance(key, ast.Constant) else None
        if isinstance(display, ast.Dict):
            if None in display.keys:
                return []
            named = [
                v
                for k, v in zip(display.keys, display.values, strict=True)
                if isinstance(k, ast.Constant) and k.value == wanted
            ]
            found.extend((module, v) for v in (named if wanted is not None and named else display.values))
        elif isinstance(display, ast.Tuple | ast.List | ast.Set):
            if isinstance(key, ast.Slice) or any(isinstance(e, ast.Starred) for e in display.elts):
                return []
            if isinstance(wanted, int):
                if not 0 <= wanted < len(display.elts):
                    return []
                found.append((module, display.elts[wanted]))
            else:
                found.extend((module, e) for e in display.elts)
    return found
