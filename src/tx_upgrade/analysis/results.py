"""What calls give: constructors, functions of the project, methods of the library's classes."""

from __future__ import annotations

import ast
from functools import partial
from typing import TYPE_CHECKING

from . import handed_in, parts, rows, wrappers
from .assignments import (
    UNKNOWN,
    is_abstract,
    is_none,
    is_super,
    passed_on,
    passed_value,
    returned_values,
    yielded_values,
)
from .attributes import as_self
from .choices import choices
from .decorators import keep_result
from .elements import element
from .kinds import (
    ANY_PART,
    ClassObject,
    Instance,
    Itself,
    Maker,
    Many,
    Nothing,
    Other,
    Part,
    Result,
    Row,
    Type,
    Useful,
    Wrapped,
)
from .knowledge import KEEPS_TYPE, RETURNS, RETURNS_OF_METHODS, hands_on, loaded_by, pipeline_for
from .known_calls import known
from .module import ExternalName, LibraryName, Module, ProjectClass, ProjectFunction
from .scopes import FunctionNode
from .walking import walk

if TYPE_CHECKING:
    from .types import Types

PLAIN = frozenset({"builtins.tuple", "builtins.list"})
_CALL = 3
"""Steps of a search that looking into a call counts for."""
_OUTPUT = "transformers.utils.ModelOutput"
_CACHE = "transformers.Cache"


class Results:
    """The calls of one project."""

    def __init__(self, types: Types) -> None:
        self.types = types
        self._kept: dict[FunctionNode, bool] = {}
        self._names: dict[FunctionNode, set[str]] = {}
        self._within: dict[object, Type | None] = {}

    def of_call(
        self, caller: Module, call: ast.Call, module: Module, function: FunctionNode, depth: int
    ) -> Type | None:
        """What one call of a project's function gives: for what it passes, else for all that is ever passed."""
        values = [r for r in returned_values(function) if not is_none(r)]
        general = self.returned(module, function, depth)
        if not values or isinstance(general, Other | Nothing):
            return general
        if function.decorator_list and not self._keeps(module, function):
            return None
        exact = self.within(caller, call, module, function, values, depth)
        if general is None or not isinstance(exact, Instance):
            return general if exact is None else exact
        narrower = (
            isinstance(general, Instance)
            and isinstance(general.of, str)
            and self.types.is_a(exact.of, general.of)
        )
        return exact if narrower else general

    def within(
        self,
        caller: Module,
        call: ast.Call,
        module: Module,
        function: FunctionNode,
        values: list[ast.expr],
        depth: int,
    ) -> Type | None:
        """The common type of expressions of a function when it is called like this."""
        given: dict[ast.arg, Type] = {}
        bound = isinstance(module.scopes.parent.get(function), ast.ClassDef) and (
            isinstance(call.func, ast.Attribute) or function.name in ("__call__", "forward")
        )
        positional = [*function.args.posonlyargs, *function.args.args]
        reaching = self._reaching(module, function)
        for arg in (*positional, *function.args.kwonlyargs):
            if arg.arg not in reaching:
                continue
            position = positional.index(arg) - bound if arg in positional else None
            if position is not None and position < 0:
                continue
            value = passed_value(call, arg.arg, position)
            if value is None or value is UNKNOWN or is_none(value):
                continue
            found = self.types.typed(caller, value, depth + 1)
            if found is not None:
                given[arg] = found
        search = self.types.search
        known_before = tuple(search.given.items()) if search.is_in(function) else ()
        key = (function, tuple(values), tuple(given.items()), known_before)
        if key in self._within:
            return self._within[key]
        search.spend(_CALL)
        cuts, guesses = search.cuts, search.guesses
        with search.looking_into(function, given):
            found = self.types.common([self.types.typed(module, v, depth + 1) for v in values])
        if given and cuts == search.cuts and guesses == search.guesses:
            self._within[key] = found
        return found

    def _reaching(self, module: Module, function: FunctionNode) -> set[str]:
        """Names that what a function returns is made of: most of its parameters never get there."""
        found = self._names.get(function)
        if found is None:
            found = self._names[function] = set()
            stack: list[ast.expr] = list(returned_values(function))
            while stack:
                for node in walk(stack.pop()):
                    if isinstance(node, ast.Name) and node.id not in found:
                        found.add(node.id)
                        stack.extend(b.value for b in module.bindings(node) if b.value is not None)
        return found

    def _keeps(self, module: Module, function: FunctionNode) -> bool:
        """Whether what stands around a function leaves its result as it is."""
        found = self._kept.get(function)
        if found is None:
            found = self._kept[function] = keep_result(self.types, module, function)
        return found

    def returned(self, module: Module, function: FunctionNode, depth: int) -> Type | None:
        if self.types.search.too_deep(depth):
            return None
        if function.decorator_list and not self._keeps(module, function):
            return None
        if function.returns is not None:
            annotated = self.types.annotation(module, function.returns)
            if annotated is not None:
                return annotated
        values = [r for r in returned_values(function) if not is_none(r)]
        if values:
            return self.types.common([self.types.value(module, r, depth + 1) for r in values])
        given = self.types.common(
            [
                *(self.types.typed(module, y, depth + 1) for y in yielded_values(function)),
                *(element(self.types, module, y, depth + 1) for y in passed_on(function)),
            ]
        )
        return Many(given) if isinstance(given, Useful) else None

    def infer(self, module: Module, node: ast.Call, depth: int) -> Type | None:
        func = node.func
        given = wrappers.given_back(self.types, module, node, 0, depth) or known(
            self.types, module, node, depth
        )
        if given is not None:
            return given
        held = wrappers.wrapped(self.types, module, node, depth)
        if held is not None:
            return held
        if isinstance(func, ast.Attribute):
            if is_super(func.value):
                return wrappers.from_above(self.types, module, node, depth)
            if func.attr.startswith("from_"):
                # the alternative constructors: from_pretrained, from_config, from_legacy_cache, …
                owner = self.types.typed(module, func.value, depth + 1)
                defined = (
                    isinstance(owner, ClassObject)
                    and isinstance(owner.of, ProjectClass)
                    and (
                        self.types.project.own_method(owner.of, func.attr) is not None
                        or not self.types.project.library_bases(owner.of)
                    )
                )
                if isinstance(owner, ClassObject) and not defined:
                    if isinstance(owner.of, str) and self.types.stores.is_patched(
                        module, f"{owner.of}.{func.attr}", node
                    ):
                        return None
                    return self.types.common([self._loaded(c) for c in owner.among or (owner.of,)])
                if not defined and func.attr == "from_pretrained":
                    return None
            target = self.types.project.resolve(module, func)
            if isinstance(target, LibraryName):
                patched = self.types.stores.is_patched(module, target.name, node)
                return None if patched else self._constructed(target.name, node)
            if isinstance(target, ExternalName):
                if self.types.library.is_class_beside(target.name):
                    return Instance(target.name)
                return self.types.many(module, node, depth) or (None if hands_on(target.name) else Other())
            if isinstance(target, ProjectClass):
                return Instance(target)
            if isinstance(target, ProjectFunction) and not isinstance(
                target.module.scopes.parent[target.node], ast.ClassDef
            ):
                return self.of_call(module, node, target.module, target.node, depth)
            handed = handed_in.key(self.types, module, node)
            if handed is not None:
                return handed
            base = self.types.typed(module, func.value, depth + 1)
            if isinstance(base, Part):
                return parts.method(base, func.attr)
            if isinstance(base, Many | Row) and func.attr == "values":
                return self.types.many(module, node, depth)
            if isinstance(base, Itself | Wrapped):
                return base if func.attr in KEEPS_TYPE else None
            if isinstance(base, Instance):
                held = self.types.typed(module, func, depth + 1)
                if isinstance(held, ClassObject):
                    return self._made(held)
                if isinstance(held, Maker):
                    return held.of
                if isinstance(held, Wrapped):
                    held = held.of
                if isinstance(held, Instance):
                    return self.of_method(held, "__call__", depth)
                return self.of_method(base, func.attr, depth, (module, node))
            if isinstance(base, ClassObject) and isinstance(base.of, ProjectClass):
                own = self.types.project.own_method(base.of, func.attr)
                return self.of_call(module, node, *own, depth) if own is not None else None
            return self.types.chosen(choices(self.types.project, module, node), depth)
        callee = (
            self.types.typed(module, func, depth + 1) if isinstance(func, ast.Name | ast.Subscript) else None
        )
        if isinstance(callee, Wrapped):
            callee = callee.of
        if isinstance(callee, ClassObject):
            return self._made(callee)
        if isinstance(callee, Instance):
            return self.of_method(callee, "__call__", depth)
        if isinstance(callee, Maker):
            return callee.of
        known_call = (
            wrappers.called(self.types, module, func, depth)
            or rows.record(self.types, module, node, depth)
            or wrappers.taken_by_name(self.types, module, node)
        )
        if known_call is not None:
            return known_call
        target = self.types.project.resolve(module, func)
        if isinstance(target, LibraryName):
            return self._constructed(target.name, node)
        if isinstance(target, ExternalName):
            if self.types.library.is_class_beside(target.name):
                return Instance(target.name)
            return self.types.many(module, node, depth) or (None if hands_on(target.name) else Other())
        if target is None and isinstance(func, ast.Name):
            many = self.types.many(module, node, depth)
            if func.id not in ("tuple", "list") or module.bindings(func):
                return many
            nested = many is None or (isinstance(many.of, Instance) and many.of.of in PLAIN)
            return Instance(f"builtins.{func.id}") if nested else many
        if isinstance(target, ProjectFunction):
            return self.of_call(module, node, target.module, target.node, depth)
        if isinstance(func, ast.Lambda):
            return self.types.typed(module, func.body, depth + 1)
        if isinstance(func, ast.Call):
            inner = self.types.typed(module, func, depth + 1)
            if isinstance(inner, Instance):
                return self.of_method(inner, "__call__", depth)
            if isinstance(inner, ClassObject):
                return self._made(inner)
            if isinstance(inner, Maker):
                return inner.of
        return None

    def _made(self, of: ClassObject) -> Type | None:
        every = of.among or (of.of,)
        # an Auto class is never called: that raises an error
        called = [c for c in every if not isinstance(c, str) or loaded_by(c) is None]
        return self.types.common([Instance(c) for c in called or every])

    def _loaded(self, of: str | ProjectClass) -> Type | None:
        if isinstance(of, str):
            result = loaded_by(of)
            if result is not None:
                return Instance(result, auto=of)
        return Instance(of)

    def _constructed(self, name: str, call: ast.Call) -> Type | None:
        if self.types.library.kind(name) == "class":
            return Instance(name)
        if name.endswith(".pipeline"):
            task = passed_value(call, "task", 0)
            chosen = isinstance(task, ast.Constant) and isinstance(task.value, str)
            if chosen and passed_value(call, "pipeline_class", None) in (None, UNKNOWN):
                made = pipeline_for(str(task.value))  # type: ignore[union-attr]
                if self.types.library.kind(made) == "class":
                    return Instance(made)
        result = RETURNS.get(self.types.library.canonical(name) or name) or RETURNS.get(name)
        return Instance(result) if result else None

    def _own(
        self,
        cls: ProjectClass,
        method: str,
        own: tuple[Module, FunctionNode],
        depth: int,
        call: tuple[Module, ast.Call] | None,
    ) -> Type | None:
        """What a method of the project gives; an object may be of a class below that has a method of its own."""
        if self.types.stores.on(cls, method, depth):
            return None
        every = [own]
        for below in self.types.project.below(cls):
            again = [s for s in below.node.body if isinstance(s, FunctionNode) and s.name == method]
            every += [(below.module, s) for s in again]
        found = []
        for module, function in every:
            if len(every) == 1 or not is_abstract(function):
                ask = (
                    partial(self.of_call, *call, module, function, depth)
                    if call
                    else partial(self.returned, module, function, depth)
                )
                found.append(as_self(self.types, cls, module, function, ask))
        return self.types.common(found)

    def of_method(
        self, base: Instance, method: str, depth: int, call: tuple[Module, ast.Call] | None = None
    ) -> Type | None:
        """What a method of an instance gives."""
        if isinstance(base.of, ProjectClass):
            own = self.types.project.own_method(base.of, method)
            if own is None and method == "__call__":
                own = self.types.project.own_method(base.of, "forward")
            if own is not None:
                return self._own(base.of, method, own, depth, call)
        if method == "__call__" and base.of == ANY_PART:
            return self.types.common([self.of_method(Instance(of), method, depth) for of in base.classes])
        for owner, methods in RETURNS_OF_METHODS.items():
            if method in methods and self.types.is_a(base.of, owner):
                result = methods[method]
                if result not in (_OUTPUT, _CACHE):
                    return Instance(result)
                cache = parts.cache_class(self.types.library, base)
                return Instance(cache) if result == _CACHE else Instance(result, cache=cache)
        if method in KEEPS_TYPE:
            return base
        if method == "__call__" and isinstance(base.of, str):
            return Result(base.of)
        inside = parts.of_model(self.types.library, base.of) if isinstance(base.of, str) else None
        return parts.method(inside, method) if inside is not None else None
