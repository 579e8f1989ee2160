"""Forward hooks: the function that one is, and the layers that call it."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from .assignments import returned_values
from .kinds import Hooked, Instance
from .module import Module, ProjectFunction
from .scopes import FunctionNode

if TYPE_CHECKING:
    from .types import Types

REGISTER = "register_forward_hook"


def output_of_hook(
    types: Types, module: Module, function: FunctionNode | ast.Lambda, arg: ast.arg, depth: int
) -> Hooked | None:
    """What a forward hook is passed as the output: the classes that the function is registered on, when all are known."""
    positional = [*function.args.posonlyargs, *function.args.args]
    if isinstance(module.scopes.parent.get(function), ast.ClassDef) and not _is_static(function):
        positional = positional[1:]
    if len(positional) < 3 or positional[-1] is not arg or len(positional) > 4:
        return None
    classes: set[str] = set()
    for caller, call in types.callers.sites(module, REGISTER):
        if not call.args or not isinstance(call.func, ast.Attribute):
            continue
        if not _stands_for(types, caller, call.args[0], function, 0):
            continue
        layer = types.typed(caller, call.func.value, depth + 1)
        if isinstance(layer, Instance):
            classes.update(of for of in layer.classes if isinstance(of, str))
    return Hooked(frozenset(classes)) if classes else None


def ignores_output(types: Types, module: Module, call: ast.Call) -> bool:
    """Whether a call registers a forward hook that does not look at what the layer gives."""
    if not (isinstance(call.func, ast.Attribute) and call.func.attr == REGISTER and call.args):
        return False
    hook: FunctionNode | ast.Lambda
    if isinstance(call.args[0], ast.Lambda):
        hook, inside = call.args[0], False
    else:
        found = _function(types, module, call.args[0])
        if found is None:
            return False
        hook = found.node
        inside = isinstance(found.module.scopes.parent.get(hook), ast.ClassDef) and not _is_static(hook)
    positional = [*hook.args.posonlyargs, *hook.args.args][1 if inside else 0 :]
    output = positional[-1] if len(positional) > 2 else hook.args.vararg
    body = hook.body if isinstance(hook.body, list) else [hook.body]
    return output is not None and not any(
        isinstance(part, ast.Name) and part.id == output.arg for top in body for part in ast.walk(top)
    )


def _is_static(function: FunctionNode | ast.Lambda) -> bool:
    decorators = getattr(function, "decorator_list", ())
    return any(getattr(d, "id", "") == "staticmethod" for d in decorators)


def _stands_for(
    types: Types, module: Module, node: ast.expr, function: FunctionNode | ast.Lambda, depth: int
) -> bool:
    """Whether an expression is the function, or a call that gives it."""
    if node is function:
        return True
    if depth > 3:
        return False
    if isinstance(node, ast.Call):
        called = getattr(node.func, "id", None) or getattr(node.func, "attr", None)
        if called == "partial" and node.args:
            return _stands_for(types, module, node.args[0], function, depth + 1)
        maker = _function(types, module, node.func)
        if maker is None:
            return False
        return any(
            _stands_for(types, maker.module, r, function, depth + 1) for r in returned_values(maker.node)
        )
    found = _function(types, module, node)
    return found is not None and found.node is function


def _function(types: Types, module: Module, node: ast.expr) -> ProjectFunction | None:
    target = types.project.resolve(module, node)
    if isinstance(target, ProjectFunction):
        return target
    if isinstance(node, ast.Attribute):
        owner = types.typed(module, node.value)
        if isinstance(owner, Instance) and not isinstance(owner.of, str):
            own = types.project.own_method(owner.of, node.attr)
            return ProjectFunction(*own) if own is not None else None
    return None
