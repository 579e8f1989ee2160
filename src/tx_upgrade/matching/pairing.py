"""A list of paths on ``self`` made a dictionary: to each path the one that the class's methods give it from."""

from __future__ import annotations

import ast

from ..analysis.assignments import returned_values
from ..analysis.module import ProjectClass
from ..analysis.project import Project
from ..analysis.walking import walk
from ..rules.schema import Pairing


def paired(project: Project, cls: ProjectClass, display: ast.expr, pairing: Pairing) -> dict[str, str] | None:
    """Each string of a display with the path that it stands for; None where one cannot be told.

    A string that is only ever given to others is left out, since those name it.
    """
    if not isinstance(display, ast.List | ast.Tuple) or not display.elts:
        return None
    given = _given(project, cls, pairing)
    found: dict[str, str] = {}
    for element in display.elts:
        if not isinstance(element, ast.Constant) or not isinstance(element.value, str):
            return None
        path = element.value.replace("\\.", ".")
        if path in given:
            found[path] = given[path]
        elif path not in given.values():
            return None
    return found or None


def _given(project: Project, cls: ProjectClass, pairing: Pairing) -> dict[str, str]:
    found: dict[str, str] = {}
    methods: dict[str, ast.FunctionDef] = {}
    for owner in project.lineage(cls):
        for statement in owner.node.body:
            if isinstance(statement, ast.FunctionDef):
                methods.setdefault(statement.name, statement)
    for name in pairing.assigned_in:
        for node in walk(methods[name]) if name in methods else ():
            if isinstance(node, ast.Assign) and len(node.targets) == 1:
                target, source = _path(node.targets[0]), _path(node.value)
                if target is not None and source is not None:
                    found[target] = source
            elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and len(node.args) == 2:
                member = pairing.calls.get(node.func.attr)
                target, source = map(_path, node.args)
                if member is not None and target is not None and source is not None:
                    found[f"{target}.{member}"] = f"{source}.{member}"
    if pairing.overridden in methods:
        return found
    for target_method, source_method, member in pairing.returned:
        target, source = (_returned(methods.get(m)) for m in (target_method, source_method))
        if target is not None and source is not None:
            found[f"{target}.{member}"] = f"{source}.{member}"
    return found


def _returned(method: ast.FunctionDef | None) -> str | None:
    values = returned_values(method) if method is not None else ()
    return _path(values[0]) if len(values) == 1 else None


def _path(node: ast.expr) -> str | None:
    """``encoder.weight`` for ``self.encoder.weight``."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return ".".join(reversed(parts)) if parts and isinstance(node, ast.Name) and node.id == "self" else None
