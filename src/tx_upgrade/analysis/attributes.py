"""What attributes of objects are: set on ``self`` or from outside, declared in classes, given by the library."""

from __future__ import annotations

import ast
from collections.abc import Callable
from functools import lru_cache, partial
from typing import TYPE_CHECKING

from . import growth, parts, wrappers
from .assignments import assigned_on_self, is_abstract, is_none
from .kinds import ClassObject, Instance, Itself, Many, Other, Part, Row, Type, Wrapped
from .knowledge import ATTRIBUTES
from .module import ExternalName, Growth, Module, ProjectClass
from .scopes import FunctionNode
from .walking import walk

if TYPE_CHECKING:
    from .types import Types

_OUTPUT_CACHE = "past_key_values"


def of_node(types: Types, module: Module, node: ast.Attribute, depth: int) -> Type | None:
    """The type of ``receiver.name``."""
    target = types.project.resolve(module, node)
    if target is not None:
        return types.of_target(target, depth)
    if module.imports_by_name and isinstance(node.value, ast.Name | ast.Call):
        taken = wrappers.of_module(types, module, node.value, node.attr)
        if taken is not None:
            return taken
    if node.attr == "model":
        inner = wrappers.inner_model(types, module, node, depth)
        if inner is not None:
            return inner
    if node.attr == "value" and isinstance(node.value, ast.Attribute):
        value = _of_enum(types, module, node.value, depth)
        if value is not None:
            return value
    base = types.typed(module, node.value, depth + 1)
    if isinstance(base, Part):
        return parts.attribute(base, node.attr)
    if isinstance(base, Row) and node.attr in base.names:
        return base.items[base.names.index(node.attr)]
    if isinstance(base, Wrapped):
        return base.of if node.attr == "module" else None
    if isinstance(base, Itself):
        return base if node.attr == "module" else None
    if isinstance(base, Instance):
        if not base.among:
            return _of(types, base, node.attr, depth)
        return types.common([_of(types, Instance(of), node.attr, depth) for of in base.classes])
    if isinstance(base, ClassObject):
        return None if _is_enum(types, base.of) else member(types, base.of, node.attr, depth + 1)
    return None


def _of(types: Types, base: Instance, name: str, depth: int) -> Type | None:
    cuts = types.search.cuts
    found = of_instance(types, base, name, depth + 1)
    if found is None and cuts == types.search.cuts:
        found = _inside(types, base, name)
    if name == "module" and not isinstance(found, Instance) and types.is_a(base.of, parts.MODEL):
        return base  # no model of the library has it: something is around this one
    return found


def of_instance(types: Types, base: Instance, name: str, depth: int) -> Type | None:
    """The type of an attribute of an instance."""
    if base.cache is not None and name == _OUTPUT_CACHE:
        return Instance(base.cache)
    return member(types, base.of, name, depth)


def member(types: Types, of: str | ProjectClass, name: str, depth: int = 0) -> Type | None:
    """The type of an attribute of an instance of a class."""
    if isinstance(of, ProjectClass):
        cuts = types.search.cuts
        found = _of_own(types, of, name, depth)
        if (
            found is not None
            or cuts != types.search.cuts
            or any(_property(c, name) is not None for c in types.project.lineage(of))
        ):
            return found
        for base in types.project.library_bases(of):
            found = member(types, base, name, depth)
            if found is not None:
                return found
        return None
    for owner, members in ATTRIBUTES.items():
        if name in members and types.is_a(of, owner):
            own = types.library.config_of(of) if name == "config" else None
            return Instance(own or members[name])
    part = types.library.part(of, name)
    if part is None:
        return None
    return Many(Instance(part.removesuffix("[]"))) if part.endswith("[]") else Instance(part)


def _inside(types: Types, base: Instance, name: str) -> Part | None:
    """A module inside a model of the library, or inside a class of the project that derives from one."""
    names = [base.of] if isinstance(base.of, str) else types.project.library_bases(base.of)
    for owner in names:
        part = parts.of_model(types.library, owner)
        if part is not None:
            return parts.attribute(part, name)
    return None


def _of_own(types: Types, cls: ProjectClass, name: str, depth: int) -> Type | None:
    """What a class of the project, those below it and those that set its attributes give to an attribute."""
    if types.search.too_deep(depth):
        return None
    if any(sets_anything(owner) for owner in types.project.lineage(cls)):
        return None
    if types.project.own_method(cls, "__getattribute__") is not None:
        return None
    key = (cls.node, name)
    if not types.search.enter(key):
        return Itself()
    try:
        found = _declared(types, cls, cls, name, depth)
        for below in types.project.below(cls):
            if _property(below, name) is not None or assigned_on_self(below, name):
                found += _declared(types, below, below, name, depth, own_only=True)
        for module, value in types.stores.on(cls, name, depth):
            if value is None or not is_none(value):
                found.append(None if value is None else types.typed(module, value, depth + 1))
    finally:
        types.search.leave(key)
    agreed = types.common(found) if found else None
    if agreed is None and any(isinstance(f, Instance) and types.is_own(f) for f in found):
        return Other()  # at times it is the project's own, whatever else says
    return agreed


def _declared(
    types: Types, cls: ProjectClass, below: ProjectClass, name: str, depth: int, *, own_only: bool = False
) -> list[Type | None]:
    found: list[Type | None] = []
    for owner in [cls] if own_only else types.project.lineage(cls):
        for module, value, annotation in assigned_on_self(owner, name):
            if annotation is not None:
                typed = types.annotation(module, annotation)
                if typed is not None:
                    return [typed]
            if value is not None and not is_none(value):
                found.append(_given(types, below, owner, name, module, value, depth))
        prop = _property(owner, name)
        if prop is not None:
            if is_abstract(prop):
                promised = None if prop.returns is None else types.annotation(owner.module, prop.returns)
                if promised is not None and not found:
                    return [promised]
                continue
            returned = partial(types.results.returned, owner.module, prop, depth)
            return [as_self(types, below, owner.module, prop, returned)]
        if found:
            break
    return found


def _given(
    types: Types,
    below: ProjectClass,
    owner: ProjectClass,
    name: str,
    module: Module,
    value: ast.expr,
    depth: int,
) -> Type | None:
    steps = _steps(types, below, module, name)
    if steps:
        filled = growth.filled(types, module, value, steps, depth)
        if filled is not None:
            return filled
    real = value if value in module.scopes.parent else getattr(value, "value", value)
    method = module.scopes.enclosing_function(real)
    given = as_self(types, below, module, method, lambda: types.typed(module, value, depth + 1))
    return None if isinstance(given, Many | Row) and steps else given


def _steps(types: Types, cls: ProjectClass, module: Module, name: str) -> list[Growth]:
    """How the project lets the collection grow that an attribute of a class's objects holds."""
    found = types.project.growing(module).get(f".{name}", [])
    if not found:
        return []
    related = {c.node for c in (*types.project.lineage(cls), *types.project.below(cls))}
    return [
        step
        for peer, step in found
        if getattr(getattr(step.holder, "value", None), "id", "") not in ("self", "cls")
        or peer.scopes.enclosing_class(step.holder) in related
    ]


def as_self(
    types: Types,
    cls: ProjectClass,
    module: Module,
    method: FunctionNode | None,
    ask: Callable[[], Type | None],
) -> Type | None:
    """The answer to a question about a method, where ``self`` is of a class that says more than the method's own."""
    owner = module.scopes.parent.get(method) if method is not None else None
    if method is None or not isinstance(owner, ast.ClassDef) or owner is cls.node:
        return ask()
    positional = [*method.args.posonlyargs, *method.args.args]
    decorators = {getattr(d, "id", getattr(d, "attr", "")) for d in method.decorator_list}
    if not positional or "staticmethod" in decorators or not _says_more(types, cls, owner, method):
        return ask()
    itself = ClassObject(cls) if "classmethod" in decorators else Instance(cls)
    with types.search.looking_into(method, {positional[0]: itself}, further=True):
        return ask()


def _says_more(types: Types, cls: ProjectClass, owner: ast.ClassDef, method: FunctionNode) -> bool:
    """Whether a class below says anew what a method reads on ``self``, or what it is itself counts."""
    names, itself = _read_on_self(method)
    if itself:
        return True
    for below in types.project.lineage(cls):
        if below.node is owner:
            return False
        if any(n in own_names(below.node) for n in names):
            return True
    return False


@lru_cache(maxsize=2048)
def _read_on_self(method: FunctionNode) -> tuple[frozenset[str], bool]:
    """The attributes that a method reads on its first parameter, and whether it uses that itself."""
    positional = [*method.args.posonlyargs, *method.args.args]
    name = positional[0].arg
    attributes: set[str] = set()
    used = 0
    for node in walk(method):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == name:
            attributes.add(node.attr)
            used -= 1
        elif isinstance(node, ast.Name) and node.id == name:
            used += 1
    return frozenset(attributes), used > 0


@lru_cache(maxsize=1024)
def sets_anything(cls: ProjectClass) -> bool:
    """Whether a class sets attributes by names that are only known at run time (what is unpickled was there before)."""
    if not any(word in cls.module.document.text for word in ("setattr", "__dict__", "vars(")):
        return False
    stack: list[ast.AST] = [s for s in cls.node.body if getattr(s, "name", "") != "__setstate__"]
    return any(isinstance(node, ast.Call) and _sets_by_name(node) for root in stack for node in walk(root))


def _sets_by_name(call: ast.Call) -> bool:
    if isinstance(call.func, ast.Name):
        named = len(call.args) == 3 and isinstance(call.args[1], ast.Constant)
        return call.func.id == "setattr" and bool(call.args) and not named and _is_self(call.args[0])
    if not isinstance(call.func, ast.Attribute) or call.func.attr != "update":
        return False
    holder = call.func.value
    if isinstance(holder, ast.Attribute):
        return holder.attr == "__dict__" and _is_self(holder.value)
    return (
        isinstance(holder, ast.Call)
        and getattr(holder.func, "id", "") == "vars"
        and _is_self(*holder.args[:1])
    )


def _is_self(node: ast.expr | None = None) -> bool:
    return isinstance(node, ast.Name) and node.id == "self"


@lru_cache(maxsize=1024)
def own_names(cls: ast.ClassDef) -> frozenset[str]:
    """What a class defines or sets: methods, class attributes, attributes of ``self``."""
    names: set[str] = set()
    for node in walk(cls):
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                names.add(node.name)
            case ast.Name(ctx=ast.Store()):
                names.add(node.id)
            case ast.Attribute(ctx=ast.Store()):
                names.add(node.attr)
    return frozenset(names)


def _property(owner: ProjectClass, name: str) -> FunctionNode | None:
    return _properties(owner.node).get(name)


@lru_cache(maxsize=1024)
def _properties(cls: ast.ClassDef) -> dict[str, ast.FunctionDef]:
    found: dict[str, ast.FunctionDef] = {}
    for statement in cls.body:
        if isinstance(statement, ast.FunctionDef) and any(
            "property" in getattr(d, "id", getattr(d, "attr", "")) for d in statement.decorator_list
        ):
            found.setdefault(statement.name, statement)
    return found


def _is_enum(types: Types, of: str | ProjectClass) -> bool:
    if not isinstance(of, ProjectClass):
        return False
    bases = [b for owner in types.project.lineage(of) for b in types.project.bases(owner)]
    return any(isinstance(b, ExternalName) and b.name.startswith("enum.") for b in bases)


def _of_enum(types: Types, module: Module, node: ast.Attribute, depth: int) -> Type | None:
    """What the member of an enumeration stands for."""
    cls = types.typed(module, node.value, depth + 1)
    if isinstance(cls, ClassObject) and isinstance(cls.of, ProjectClass) and _is_enum(types, cls.of):
        return _of_own(types, cls.of, node.attr, depth + 1)
    return None
