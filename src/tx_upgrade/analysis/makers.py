"""The call that made an object, where the file shows it: what loads a model, or makes its configuration."""

from __future__ import annotations

import ast

from .assignments import assigned_on_self, is_none
from .kinds import ClassObject
from .knowledge import KEEPS_TYPE
from .module import Module, ProjectClass
from .types import Types

_MAX_DEPTH = 6
_MODELS = ("transformers.PreTrainedModel", "transformers.models.auto.auto_factory._BaseAutoModelClass")
_CONFIGS = ("transformers.PretrainedConfig", "transformers.AutoConfig")
_LOADS = frozenset({"from_pretrained", "from_config", "_from_config"})


def maker(types: Types, module: Module, node: ast.expr, depth: int = 0) -> ast.Call | None:
    """The call of this file that says how a model is set up: the one that loads it, or the one that makes its configuration."""
    value = _given(module, node)
    if value is None or depth > _MAX_DEPTH:
        return None
    if not isinstance(value, ast.Call):
        return maker(types, module, value, depth + 1) if value is not node else None
    func = value.func
    if isinstance(func, ast.Attribute) and func.attr in KEEPS_TYPE:
        return maker(types, module, func.value, depth + 1)
    if isinstance(func, ast.Attribute) and func.attr in _LOADS:
        return value if _is_class(types, module, func.value, (*_MODELS, *_CONFIGS)) else None
    if _is_class(types, module, func, _CONFIGS):
        return value
    if _is_class(types, module, func, _MODELS[:1], own=False):
        given = [*value.args[:1], *(k.value for k in value.keywords if k.arg == "config")]
        return maker(types, module, given[0], depth + 1) if len(given) == 1 else None
    return None


def _given(module: Module, node: ast.expr) -> ast.expr | None:
    """What a name or an attribute of ``self`` was given, when it was given one thing only."""
    found: list[ast.expr | None]
    if isinstance(node, ast.Name):
        bindings = [b for b in module.bindings(node) if not _again(b.value, node.id)]
        if any(b.kind != "assign" or b.index for b in bindings):
            return None
        found = [b.value for b in bindings]
    elif isinstance(node, ast.Attribute) and getattr(node.value, "id", "") == "self":
        cls = module.scopes.enclosing_class(node)
        given = assigned_on_self(ProjectClass(module, cls), node.attr) if cls is not None else []
        found = [value for _, value, _ in given if value is not None and not is_none(value)]
    else:
        return node if isinstance(node, ast.Call) else None
    return found[0] if len(found) == 1 else None


def _again(value: ast.expr | None, name: str) -> bool:
    """``model = model.to(device)``."""
    while isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute):
        if value.func.attr not in KEEPS_TYPE:
            return False
        value = value.func.value
        if isinstance(value, ast.Name):
            return value.id == name
    return False


def _is_class(
    types: Types, module: Module, node: ast.expr, bases: tuple[str, ...], *, own: bool = True
) -> bool:
    found = types.infer(module, node)
    if not isinstance(found, ClassObject) or (isinstance(found.of, ProjectClass) and not own):
        return False
    return any(types.is_a(found.of, base) for base in bases)
