"""Parameters that take an object or its name: ``if isinstance(model, str): model = AutoModel.from_pretrained(model)``."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TYPE_CHECKING

from .assignments import UNKNOWN, default_of, is_none, passed_value
from .kinds import Instance, Nothing, Type
from .module import ExternalName, Module
from .scopes import Binding

if TYPE_CHECKING:
    from .types import Types

_TEXTS = frozenset({"str", "Path", "PathLike", "PurePath", "bytes"})
_MAKES_TEXT = frozenset({"os.path.join", "os.path.expanduser", "os.environ.get", "os.getenv", "pathlib.Path"})


def object_given(
    types: Types, module: Module, node: ast.Name, live: list[Binding], depth: int
) -> Type | None:
    """What a parameter is where it is certainly no text any more; None where it may be one, or nothing is known."""
    parameter = next((b for b in live if b.kind == "param" and isinstance(b.node, ast.arg)), None)
    if parameter is None or node.id not in module.tested_names or not _is_no_text(module, node, live):
        return None
    arg = parameter.node
    assert isinstance(arg, ast.arg)
    if arg in types.search.given:
        given = types.search.given[arg]
        return given if isinstance(given, Instance) else None
    if arg.annotation is not None:
        promised = types.common([types.annotation(module, a) for a in _alternatives(arg.annotation)])
        if promised is not None:
            return promised
    function = module.scopes.parent[module.scopes.parent[arg]]
    if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
        return None
    if types.references.escapes(module, function):
        return None
    found: list[Type | None] = []
    for caller, call, position in types.callers.of(module, function, arg, handed_on=True):
        if types.search.exhausted:
            return None
        value = passed_value(call, arg.arg, position)
        if value is None:
            value = default_of(function, arg)
        if value is None or value is UNKNOWN:
            return None
        text = is_none(value) or _is_text(types, caller, value)
        found.append(Nothing() if text else types.typed(caller, value, depth + 1))
    return types.common(found) if found else None


def _is_no_text(module: Module, node: ast.Name, live: list[Binding]) -> bool:
    """Whether a text was made something else on the way, or is so on another way."""
    tree = module.scopes
    for start in (node, *(b.statement for b in live if b.statement is not None)):
        child: ast.AST = start
        for parent in tree.ancestors(start):
            if isinstance(parent, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
                break
            if isinstance(parent, ast.If) and _asks_for_text(parent.test, node.id):
                if start is node:
                    if child in parent.orelse:
                        return True
                elif child in parent.body and tree.parent[parent] in tree.ancestors(node):
                    return True  # asked on all ways to the place
            child = parent
    return False


def _asks_for_text(test: ast.expr, name: str) -> bool:
    if not isinstance(test, ast.Call) or getattr(test.func, "id", "") != "isinstance" or len(test.args) != 2:
        return False
    asked = test.args[1]
    classes = asked.elts if isinstance(asked, ast.Tuple) else [asked]
    names = {getattr(c, "attr", None) or getattr(c, "id", None) for c in classes}
    return getattr(test.args[0], "id", None) == name and "str" in names and names <= _TEXTS


def _alternatives(annotation: ast.expr) -> Iterator[ast.expr]:
    """What an annotation allows besides texts and None."""
    if isinstance(annotation, ast.BinOp) and isinstance(annotation.op, ast.BitOr):
        yield from _alternatives(annotation.left)
        yield from _alternatives(annotation.right)
    elif isinstance(annotation, ast.Subscript) and _last(annotation.value) in ("Union", "Optional"):
        inner = annotation.slice
        for part in inner.elts if isinstance(inner, ast.Tuple) else [inner]:
            yield from _alternatives(part)
    elif not is_none(annotation) and _last(annotation) not in _TEXTS:
        yield annotation


def _last(node: ast.expr) -> str | None:
    return getattr(node, "attr", None) or getattr(node, "id", None)


def _is_text(types: Types, module: Module, node: ast.expr, depth: int = 0) -> bool:
    if isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str)):
        return True
    if isinstance(node, ast.BinOp):
        return isinstance(node.op, ast.Add | ast.Mod) and _is_text(types, module, node.left, depth)
    if isinstance(node, ast.Call):
        target = types.project.resolve(module, node.func)
        return isinstance(target, ExternalName) and target.name in _MAKES_TEXT
    bindings = module.bindings(node) if isinstance(node, ast.Name) and depth < 3 else []
    for binding in bindings:
        if binding.annotation is not None and _last(binding.annotation) in _TEXTS:
            continue
        known = binding.kind == "assign" and binding.value is not None and not binding.index
        if not known or not _is_text(types, module, binding.value, depth + 1):  # type: ignore[arg-type]
            return False
    return bool(bindings)
