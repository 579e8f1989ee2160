"""What gives on the type that it is given: other packages' wrappers, partial functions, lambdas, context managers."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from .assignments import assigned_on_self, is_super, yielded_values
from .kinds import ClassObject, Instance, Itself, Type, Wrapped
from .library import ROOT
from .module import ExternalName, LibraryName, Module, ProjectClass, ProjectFunction, ProjectValue
from .reaching import live

if TYPE_CHECKING:
    from .types import Types

_GIVE_BACK = frozenset(
    {
        "copy.copy",
        "copy.deepcopy",
        *("peft.get_peft_model", "peft.inject_adapter_in_model", "peft.PeftModel.from_pretrained"),
        *("peft.prepare_model_for_int8_training", "accelerate.dispatch_model"),
        *("accelerate.load_checkpoint_and_dispatch", "ray.train.torch.prepare_model"),
        "dataclasses.replace",
        "peft.prepare_model_for_kbit_training",
        "torch.compile",
        *("torch.quantization.quantize_dynamic", "torch.ao.quantization.quantize_dynamic"),
    }
)
"""Functions whose result stands for their first argument."""
HAND_BACK = frozenset(name.rpartition(".")[2] for name in _GIVE_BACK) - {"from_pretrained"}
_ENTERS = frozenset({"contextlib.nullcontext", "contextlib.closing"})
"""Context managers that give their argument."""
_ADAPTS = frozenset({"peft.get_peft_model", "peft.PeftModel.from_pretrained"})
_IMPORTS = frozenset({"importlib.import_module", "pytest.importorskip", "__import__"})
_HOLD = frozenset({"torch.nn.DataParallel", "torch.nn.parallel.DistributedDataParallel"})
"""Classes that keep their first argument as ``module``."""
_GIVE_ALL_BACK = {
    "accelerate.Accelerator": frozenset({"prepare", "prepare_model", "unwrap_model"}),
    **dict.fromkeys(
        ("lightning.Fabric", "lightning.fabric.Fabric", "lightning_fabric.Fabric"),
        frozenset({"setup", "setup_module"}),
    ),
}
"""Methods that give their arguments back, in their order."""


def given_back(types: Types, module: Module, call: ast.Call, position: int, depth: int) -> Type | None:
    """The type of the ``position``-th value that a call gives, where that is one of its arguments."""
    target = types.project.resolve(module, call.func)
    several = False
    if isinstance(target, ExternalName):
        if target.name not in _GIVE_BACK or position:
            return None
    else:
        func = call.func
        owner = _external_class(types, module, func.value) if isinstance(func, ast.Attribute) else None
        if (
            owner is None
            or not isinstance(func, ast.Attribute)
            or func.attr not in _GIVE_ALL_BACK.get(owner, ())
        ):
            return None
        several = True
    before = call.args[: position + 1]
    if len(before) <= position or any(isinstance(a, ast.Starred) for a in before):
        return None
    if several and not position and len(call.args) > 1 and not _is_unpacked(module, call):
        return None  # a tuple of them all
    return types.typed(module, call.args[position], depth + 1)


def _is_unpacked(module: Module, call: ast.Call) -> bool:
    parent = module.scopes.parent.get(call)
    return isinstance(parent, ast.Subscript) or (
        isinstance(parent, ast.Assign) and all(isinstance(t, ast.Tuple | ast.List) for t in parent.targets)
    )


def wrapped(types: Types, module: Module, call: ast.Call, depth: int) -> Type | None:
    """``nn.DataParallel(model)`` and the like."""
    if not call.args or isinstance(call.args[0], ast.Starred):
        return None
    target = types.project.resolve(module, call.func)
    if not isinstance(target, ExternalName) or target.name not in _HOLD:
        return None
    inner = types.typed(module, call.args[0], depth + 1)
    if isinstance(inner, Wrapped):
        return inner
    return Wrapped(inner) if isinstance(inner, Instance | Itself) else None


def asks_for_wrapper(test: ast.expr) -> bool:
    """``hasattr(model, "module")``, ``isinstance(model, nn.DataParallel)``."""
    if not isinstance(test, ast.Call) or len(test.args) != 2:
        return False
    called, asked = getattr(test.func, "id", ""), test.args[1]
    if called == "hasattr":
        return isinstance(asked, ast.Constant) and asked.value == "module"
    classes = asked.elts if isinstance(asked, ast.Tuple) else [asked]
    names = {getattr(c, "attr", None) or getattr(c, "id", None) for c in classes}
    return called == "isinstance" and bool(names & {"DataParallel", "DistributedDataParallel", "DDP"})


def inner_model(types: Types, module: Module, node: ast.Attribute, depth: int) -> Type | None:
    """``get_peft_model(model, …).base_model.model``: what the adapters were put into."""
    outer = node.value
    if not isinstance(outer, ast.Attribute) or outer.attr != "base_model":
        return None
    for value in _values(types, module, outer.value):
        target = types.project.resolve(module, value.func) if isinstance(value, ast.Call) else None
        if isinstance(value, ast.Call) and isinstance(target, ExternalName) and target.name in _ADAPTS:
            return types.typed(module, value.args[0], depth + 1) if value.args else None
    return None


def _values(types: Types, module: Module, node: ast.expr) -> list[ast.expr]:
    """What an expression is for certain given in its module: itself, or the one value of a name or of ``self.x``."""
    if isinstance(node, ast.Name):
        target = types.project.resolve(module, node)
        bindings = list(target.bindings) if isinstance(target, ProjectValue) else module.bindings(node)
        if bindings and bindings == module.bindings(node):
            bindings = live(module, node, bindings)
        return [b.value for b in bindings if b.kind == "assign" and b.value is not None and not b.index][:1]
    if isinstance(node, ast.Attribute) and getattr(node.value, "id", "") == "self":
        cls = module.scopes.enclosing_class(node)
        given = assigned_on_self(ProjectClass(module, cls), node.attr) if cls is not None else []
        return [value for _, value, _ in given if value is not None][:1]
    return [node]


def _external_class(types: Types, module: Module, node: ast.expr) -> str | None:
    """The class of another package that an object is made of."""
    for value in _values(types, module, node):
        target = types.project.resolve(module, value.func) if isinstance(value, ast.Call) else None
        return target.name if isinstance(target, ExternalName) else None
    if isinstance(node, ast.Name):
        for binding in module.bindings(node):
            if binding.annotation is not None:
                target = types.project.resolve(module, binding.annotation)
                return target.name if isinstance(target, ExternalName) else None
    return None


def called(types: Types, module: Module, func: ast.expr, depth: int) -> Type | None:
    """What the call of a lambda or of a partial function gives, by the name that it was assigned to."""
    target = types.project.resolve(module, func) if isinstance(func, ast.Name) else None
    if not isinstance(target, ProjectValue) or len(target.bindings) != 1:
        return None
    value = target.bindings[0].value
    if isinstance(value, ast.Lambda):
        return types.typed(target.module, value.body, depth + 1)
    if not isinstance(value, ast.Call) or not value.args:
        return None
    maker = types.project.resolve(target.module, value.func)
    if not isinstance(maker, ExternalName) or maker.name != "functools.partial":
        return None
    inner = types.project.resolve(target.module, value.args[0])
    if isinstance(inner, ProjectFunction):
        return types.results.returned(inner.module, inner.node, depth + 1)
    made = types.typed(target.module, value.args[0], depth + 1)
    return Instance(made.of) if isinstance(made, ClassObject) and not made.among else None


def taken_by_name(types: Types, module: Module, call: ast.Call) -> Type | None:
    """``getattr(transformers, "BertModel")``."""
    if getattr(call.func, "id", "") != "getattr" or len(call.args) < 2:
        return None
    name = call.args[1]
    if not isinstance(name, ast.Constant) or type(name.value) is not str:
        return None
    return of_module(types, module, call.args[0], name.value)


def of_module(types: Types, module: Module, owner: ast.expr, name: str) -> ClassObject | None:
    """The class of that name in a module of the library, which may be imported by a call."""
    target = types.project.resolve(module, owner)
    found = target.name if isinstance(target, LibraryName) else imported_by_call(types, module, owner)
    qualified = f"{found}.{name}"
    return ClassObject(qualified) if found and types.library.kind(qualified) == "class" else None


def imported_by_call(types: Types, module: Module, node: ast.expr) -> str | None:
    """The library's module that ``importlib.import_module("transformers.…")`` gives, also by the name it was given to."""
    if not module.imports_by_name:
        return None
    if isinstance(node, ast.Name):
        bindings = module.bindings(node)
        if len(bindings) != 1 or bindings[0].kind != "assign" or bindings[0].index:
            return None
        node = bindings[0].value or node
    if not isinstance(node, ast.Call) or len(node.args) != 1 or not isinstance(node.args[0], ast.Constant):
        return None
    target = types.project.resolve(module, node.func)
    called = target.name if isinstance(target, ExternalName) else getattr(node.func, "id", "")
    name = str(node.args[0].value)
    inside = called in _IMPORTS and name.split(".")[0] == ROOT
    return name if inside and types.library.history.is_module(name, types.library.from_version) else None


def from_above(types: Types, module: Module, call: ast.Call, depth: int) -> Type | None:
    """What ``super().method()`` gives."""
    func = call.func
    node = module.scopes.enclosing_class(call)
    if not isinstance(func, ast.Attribute) or not is_super(func.value) or node is None:
        return None
    cls = ProjectClass(module, node)
    for owner in types.project.lineage(cls)[1:]:
        own = types.project.own_method(owner, func.attr)
        if own is not None:
            return types.results.of_call(module, call, *own, depth)
    if func.attr == "__new__":
        return Instance(cls)
    bases = types.project.library_bases(cls)
    return types.results.of_method(Instance(bases[0]), func.attr, depth) if bases else None


def entered(types: Types, module: Module, node: ast.expr, depth: int) -> Type | None:
    """What ``with made() as x`` binds; None when it is not known."""
    target = types.project.resolve(module, node.func) if isinstance(node, ast.Call) else None
    if isinstance(target, ProjectFunction):
        names = {getattr(d, "attr", getattr(d, "id", "")) for d in target.node.decorator_list}
        if isinstance(node, ast.Call) and names & {"contextmanager", "asynccontextmanager"}:
            yielded = yielded_values(target.node)
            return types.results.within(module, node, target.module, target.node, yielded, depth)
    passes = isinstance(target, ExternalName) and target.name in _ENTERS
    if passes and isinstance(node, ast.Call) and node.args:
        return types.typed(module, node.args[0], depth + 1)
    found = types.typed(module, node, depth + 1)
    if isinstance(found, Instance) and isinstance(found.of, ProjectClass):
        for name in ("__enter__", "__aenter__"):
            own = types.project.own_method(found.of, name)
            if own is not None:
                return types.results.of_method(found, name, depth)
    return found
