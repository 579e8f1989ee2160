"""Which class an expression is an instance of, as far as the code proves it."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from functools import cache

from . import parts
from .annotations import annotated
from .assignments import (
    UNKNOWN,
    assigned_on_self,
    default_of,
    is_none,
    loop_around,
    passed_value,
    returned_values,
)
from .choices import Choice, choices, iterated, unpacked
from .kinds import Certainty, ClassObject, Instance, Nothing, Other, Part, Type
from .knowledge import ATTRIBUTES, AUTO_CLASSES, HINTS, KEEPS_TYPE, RETURNS, RETURNS_OF_METHODS, hands_on
from .project import (
    ExternalName,
    LibraryName,
    Module,
    Project,
    ProjectClass,
    ProjectFunction,
    ProjectValue,
    Target,
)
from .scopes import Binding, FunctionNode

__all__ = ["Certainty", "ClassObject", "Instance", "Nothing", "Other", "Part", "Type", "Types"]

_OUTPUT = "transformers.utils.ModelOutput"
_FEW = 8
"""Elements of a display that are looked at."""
_MAX_DEPTH = 14
_MAX_STEPS = 300
"""Expressions that one question may look at: callers of callers branch without end."""


@cache
def _hints(name: str, base: str) -> bool:
    """Whether the name of a variable or an attribute suggests a class of the library."""
    pattern = HINTS.get(base.rsplit(".", 1)[-1])
    return pattern is not None and re.fullmatch(pattern, name.strip("_").lower()) is not None


class Types:
    """Receiver inference over one project."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.library = project.library
        self._memo: dict[tuple[int, ast.AST], Type | None] = {}
        self._keep: list[ast.AST] = []
        self._active: set[ast.AST] = set()
        self._fuel = 0
        self._cuts = 0
        """How often a search ended before its end: what it found not then is not known for certain."""
        self._call_sites: dict[str, dict[str, list[tuple[Module, ast.Call]]]] = {}
        self._read: dict[tuple[str, str], frozenset[str]] = {}

    # -- classes -----------------------------------------------------------------------------------------------------

    def is_a(self, of: str | ProjectClass, base: str) -> bool:
        """Whether a class is ``base`` of the library or derives from it."""
        if isinstance(of, str):
            return self.library.is_subclass(of, base)
        return any(self.library.is_subclass(name, base) for name in self.project.library_bases(of))

    def receiver(self, module: Module, node: ast.expr, bases: tuple[str, ...]) -> Certainty | None:
        """How certain it is that ``node`` is an instance of one of ``bases``; None when it is not, or unknown."""
        found = self._typed(module, node)
        if isinstance(found, Instance):
            return "proven" if any(self.is_a(found.of, base) for base in bases) else None
        if isinstance(found, Part):
            return self._part(module, node, found, bases)
        if found is not None and not isinstance(found, Nothing):
            return None
        if self.hinted(module, node, bases) or self._hinted_layer(module, node, bases):
            return "likely"
        return None

    def _hinted_layer(self, module: Module, node: ast.expr, bases: tuple[str, ...]) -> bool:
        """Whether a path suggests a layer of a model whose class nothing tells."""
        if not any(parts.may_be(self.library, parts.ANY_LAYER, base) for base in bases):
            return False
        path = parts.named_path(module, node)
        if path is None or self.own_look_alike(module, path[1]):
            return False
        return self._typed(module, path[0]) is None and self.hinted(module, path[0], (parts.MODEL,))

    def _part(self, module: Module, node: ast.expr, part: Part, bases: tuple[str, ...]) -> Certainty | None:
        """Whether a module inside a model is of one of ``bases``; what ``isinstance`` says around it counts."""
        asked = parts.asked_for(module.scopes, node)
        if asked is not None:
            targets = [self.project.resolve(module, cls) for cls in asked]
            names = [t.name for t in targets if isinstance(t, LibraryName)]
            if any(self.is_a(name, base) for name in names for base in bases):
                return "proven" if len(asked) == 1 else "likely"
            return None
        return "likely" if any(parts.may_be(self.library, part, base) for base in bases) else None

    def is_checked(self, module: Module, name: str) -> bool:
        """Whether the project asks ``isinstance`` or ``issubclass`` with a library class."""
        for function in ("isinstance", "issubclass"):
            for caller, call in self.call_sites(module, function):
                classes = call.args[1:2]
                if classes and isinstance(classes[0], ast.Tuple):
                    classes = list(classes[0].elts)
                for cls in classes:
                    target = self.project.resolve(caller, cls)
                    if isinstance(target, LibraryName) and self.library.same(target.name, name):
                        return True
        return False

    def read_on(self, module: Module, base: str) -> frozenset[str]:
        """Names that the project may read on instances of ``base``: attributes of what is called like one, strings,
        and the members of its own classes."""
        key = (module.project.group(module), base)
        if key not in self._read:
            pattern = re.compile(HINTS.get(base.rsplit(".", 1)[-1], "self"))
            names: set[str] = set()
            for peer in self.project.peers(module):
                names.update(str(s.value) for s in peer.scopes.strings)
                names.update(peer.members(set(peer.scopes.classes)))
                for attribute in peer.scopes.attributes:
                    receiver = attribute.value
                    name = (
                        receiver.attr if isinstance(receiver, ast.Attribute) else getattr(receiver, "id", "")
                    )
                    if not name or pattern.fullmatch(name.strip("_").lower()):
                        names.add(attribute.attr)
            self._read[key] = frozenset(names)
        return self._read[key]

    def own_look_alike(self, module: Module, name: str) -> bool:
        """Whether the project around ``module`` has a class of its own, not the library's, with a member ``name``."""
        return name in self.project.own_members(module)

    def hinted(self, module: Module, node: ast.expr, bases: tuple[str, ...]) -> bool:
        """Whether the receiver's name suggests one of ``bases``."""
        name = node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", None)
        if name is None or not any(_hints(name, base) for base in bases):
            return False
        target = self.project.resolve(module, node)
        # a function, a class or a module is no object
        return target is None or isinstance(target, ProjectValue)

    # -- inference ---------------------------------------------------------------------------------------------------

    def infer(self, module: Module, node: ast.expr) -> Type | None:
        """The type of an expression; None when unknown."""
        found = self._typed(module, node)
        return None if isinstance(found, Part) else found

    def _typed(self, module: Module, node: ast.expr, depth: int = 0) -> Type | None:
        key = (id(module), node)
        if key in self._memo:
            return self._memo[key]
        if not self._active:
            self._fuel = _MAX_STEPS
        if depth > _MAX_DEPTH or node in self._active or self._fuel <= 0:
            self._cuts += 1
            return None
        cuts = self._cuts
        self._fuel -= 1
        self._active.add(node)
        try:
            found = self._infer(module, node, depth)
        finally:
            self._active.discard(node)
        if depth == 0 or found is not None or cuts == self._cuts:
            self._memo[key] = found
        return found

    def _infer(self, module: Module, node: ast.expr, depth: int) -> Type | None:
        match node:
            case ast.List() | ast.Tuple() | ast.Set() if node.elts:
                found = parts.common([self._typed(module, e, depth + 1) for e in node.elts[:_FEW]])
                return parts.collected(found) or (None if isinstance(node, ast.Tuple) else Other())
            case ast.ListComp() | ast.GeneratorExp():
                made = parts.collected(self._typed(module, node.elt, depth + 1))
                return made or (Other() if isinstance(node, ast.ListComp) else None)
            case ast.Constant() | ast.JoinedStr() | ast.Dict() | ast.List() | ast.Set():
                return Other()
            case ast.Subscript():
                return self._subscript(module, node, depth)
            case ast.Name():
                return self._name(module, node, depth)
            case ast.Attribute():
                return self._attribute(module, node, depth)
            case ast.Call():
                return self._call(module, node, depth)
            case ast.IfExp():
                ways = [self._typed(module, n, depth + 1) for n in (node.body, node.orelse) if not is_none(n)]
                return self._agree(ways) or self._one_of(ways)
            case ast.BoolOp():
                return self._agree([self._typed(module, n, depth + 1) for n in node.values if not is_none(n)])
            case ast.Await():
                return None
            case ast.NamedExpr():
                return self._typed(module, node.value, depth + 1)
            case _:
                return None

    def _subscript(self, module: Module, node: ast.Subscript, depth: int) -> Type | None:
        base = self._typed(module, node.value, depth + 1)
        if isinstance(base, Part):
            return base if isinstance(node.slice, ast.Slice) else parts.element(base)
        key = node.slice.value if isinstance(node.slice, ast.Constant) else None
        if isinstance(base, Instance) and isinstance(key, str) and self.is_a(base.of, _OUTPUT):
            return self._member_of(base, key, depth + 1)
        return self._chosen(choices(self.project, module, node), depth)

    def _agree(self, found: list[Type | None]) -> Type | None:
        if any(
            isinstance(f, Instance)
            and isinstance(f.of, ProjectClass)
            and not self.project.library_bases(f.of)
            for f in found
        ) and any(f is None for f in found):
            return Other()  # on one way at least it is the project's own: never the library's for certain
        found = [f for f in found if not isinstance(f, Nothing)] or found
        if not found or any(f is None for f in found):
            return None
        first = found[0]
        return first if all(f == first for f in found[1:]) else None

    def _common(self, found: list[Type | None]) -> Type | None:
        """One type for several bindings: equal ones, or the nearest base that HINTS knows."""
        agreed = self._agree(found) or parts.common(found)
        if agreed is not None or not found or any(f is None for f in found):
            return agreed
        found = [f for f in found if not isinstance(f, Nothing)]
        instances = [f for f in found if isinstance(f, Instance)]
        if len(instances) != len(found):
            return self._one_of(found)
        base = self._base_of([i.of for i in instances])
        return Instance(base) if base is not None else None

    def _base_of(self, classes: Sequence[str | ProjectClass]) -> str | None:
        for base in HINTS:
            qualified = f"transformers.{base}"
            if all(self.is_a(c, qualified) for c in classes):
                return qualified
        return None

    def _one_of(self, found: Sequence[Type | None]) -> ClassObject | None:
        """Several classes, any of which an expression may stand for."""
        classes = [f for f in found if isinstance(f, ClassObject)]
        if len(classes) < 2 or len(classes) != len(found):
            return None
        among = tuple(dict.fromkeys(c for f in classes for c in (f.among or (f.of,))))
        own = next((c for c in among if isinstance(c, str) and all(self.is_a(o, c) for o in among)), None)
        return ClassObject(own or self._base_of(among) or "object", among)

    def _chosen(self, found: list[Choice], depth: int) -> Type | None:
        """The common type of what may be taken out of a table of classes or objects of the library."""
        typed = [self._typed(owner, node, depth + 1) for owner, node in found]
        return self._common(typed) if all(isinstance(t, Instance | ClassObject) for t in typed) else None

    def _name(self, module: Module, node: ast.Name, depth: int) -> Type | None:
        found = module.scope(node).lookup(node.id)
        if found is None:
            target = self.project.resolve(module, node)
            return self._of_target(target, depth)
        _, bindings = found
        loop = loop_around(module.scopes, node, bindings) if len(bindings) > 1 else None
        return self._bindings(module, bindings if loop is None else [loop], depth)

    def _bindings(self, module: Module, bindings: list[Binding], depth: int) -> Type | None:
        useful = [
            b for b in bindings if not (b.value is not None and b.kind == "assign" and is_none(b.value))
        ]
        return self._common([self._binding(module, b, depth) for b in useful])

    def _binding(self, module: Module, binding: Binding, depth: int) -> Type | None:
        if binding.kind == "param" and isinstance(binding.node, ast.arg):
            return self._parameter(module, binding.node, binding, depth)
        if binding.annotation is not None:
            annotated = self._annotation(module, binding.annotation, depth)
            if annotated is not None:
                return annotated
        if binding.kind in {"import", "class", "function"}:
            return self._of_target(self.project.resolve_bindings(module, [binding], 0), depth)
        if binding.kind == "assign" and binding.value is not None:
            return self._typed(module, binding.value, depth + 1)
        if binding.kind == "unpack" and binding.value is not None:
            return self._unpacked(module, binding.value, binding.index, depth)
        if binding.kind == "for" and binding.value is not None:
            return self._looped(module, binding.value, binding.index, depth)
        if binding.kind == "with" and binding.value is not None and not binding.index:
            found = self._typed(module, binding.value, depth + 1)
            return found if isinstance(found, Instance) else None
        return None

    def _looped(self, module: Module, node: ast.expr, index: tuple[int, ...], depth: int) -> Type | None:
        """What a loop over ``node`` gives to a target, which stands at ``index`` in the items."""
        over = parts.iterated(node, index)
        if over is None:
            return None
        node, index = over
        if isinstance(node, ast.Tuple | ast.List | ast.Set):
            items = [parts.picked(e, index) for e in node.elts]
            return self._common([None if i is None else self._typed(module, i, depth + 1) for i in items])
        layer = None if index else parts.element(self._typed(module, node, depth + 1))
        return layer or self._chosen(iterated(self.project, module, node, index), depth)

    def _unpacked(self, module: Module, value: ast.expr, index: tuple[int, ...], depth: int) -> Type | None:
        if len(index) != 1:
            return None
        if isinstance(value, ast.Tuple | ast.List) and index[0] < len(value.elts):
            return self._typed(module, value.elts[index[0]], depth + 1)
        if isinstance(value, ast.Call):
            target = self.project.resolve(module, value.func)
            if isinstance(target, ProjectFunction):
                found = []
                for returned in returned_values(target.node):
                    if not isinstance(returned, ast.Tuple) or index[0] >= len(returned.elts):
                        return None
                    found.append(self._typed(target.module, returned.elts[index[0]], depth + 1))
                return self._common(found)
        return self._chosen(unpacked(self.project, module, value, index), depth)

    def _of_target(self, target: Target | None, depth: int) -> Type | None:
        if isinstance(target, LibraryName):
            return ClassObject(target.name) if self.library.kind(target.name) == "class" else None
        if isinstance(target, ProjectClass):
            return ClassObject(target)
        if isinstance(target, ProjectValue):
            return self._bindings(target.module, list(target.bindings), depth + 1)
        return None

    def _parameter(self, module: Module, arg: ast.arg, binding: Binding, depth: int) -> Type | None:
        function = module.scopes.parent[module.scopes.parent[arg]]
        if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            return None
        owner = module.scopes.parent[function]
        positional = [*function.args.posonlyargs, *function.args.args]
        if isinstance(owner, ast.ClassDef) and positional and positional[0] is arg:
            decorators = {getattr(d, "id", getattr(d, "attr", "")) for d in function.decorator_list}
            if "staticmethod" not in decorators:
                cls = ProjectClass(module, owner)
                return ClassObject(cls) if "classmethod" in decorators else Instance(cls)
        if arg.annotation is not None:
            return self._annotation(module, arg.annotation, depth)
        passed = self._from_callers(module, function, arg, depth)
        if passed is not None:
            return passed
        if binding.value is not None and not is_none(binding.value):
            return self._typed(module, binding.value, depth + 1)
        return None

    def _from_callers(self, module: Module, function: FunctionNode, arg: ast.arg, depth: int) -> Type | None:
        """The type that every call in the same project's reach passes for a parameter; None without any call."""
        owner = module.scopes.parent[function]
        is_method = isinstance(owner, ast.ClassDef)
        name = (
            owner.name if isinstance(owner, ast.ClassDef) and function.name == "__init__" else function.name
        )
        found: list[Type | None] = []
        positional = [*function.args.posonlyargs, *function.args.args]
        position = positional.index(arg) if arg in positional else None
        if position is not None and is_method:
            position -= 1
        for caller, call in self.call_sites(module, name):
            if not self._calls(caller, call, module, function, owner):
                continue
            value = passed_value(call, arg.arg, position)
            if value is UNKNOWN:
                return None
            if value is None:
                default = default_of(function, arg)
                value = default
            if value is not None:
                found.append(Nothing() if is_none(value) else self._typed(caller, value, depth + 1))
        return self._common(found) if found else None

    def _calls(
        self, caller: Module, call: ast.Call, module: Module, function: FunctionNode, owner: ast.AST
    ) -> bool:
        target = self.project.resolve(caller, call.func)
        if function.name == "__init__" and isinstance(owner, ast.ClassDef):
            return isinstance(target, ProjectClass) and target.node is owner
        if isinstance(owner, ast.ClassDef):
            if not isinstance(call.func, ast.Attribute):
                return False
            receiver = self._typed(caller, call.func.value, _MAX_DEPTH - 4)
            return (
                isinstance(receiver, Instance | ClassObject)
                and isinstance(receiver.of, ProjectClass)
                and any(c.node is owner for c in self.project.lineage(receiver.of))
            )
        return isinstance(target, ProjectFunction) and target.node is function

    def call_sites(self, module: Module, name: str) -> list[tuple[Module, ast.Call]]:
        """Calls of ``name`` in the module's project."""
        group = self.project.group(module)
        found = self._call_sites.get(group)
        if found is None:
            found = self._call_sites[group] = {}
            for other in self.project.peers(module):
                for call in other.scopes.calls:
                    func = call.func
                    called = func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", None)
                    if called is not None:
                        found.setdefault(called, []).append((other, call))
        return found.get(name, [])

    def _annotation(self, module: Module, node: ast.expr, depth: int) -> Type | None:
        return annotated(self.project, module, node, self._common, self._keep, depth)

    def _attribute(self, module: Module, node: ast.Attribute, depth: int) -> Type | None:
        target = self.project.resolve(module, node)
        if target is not None and not isinstance(target, ProjectValue):
            return self._of_target(target, depth)
        if isinstance(target, ProjectValue):
            return self._bindings(target.module, list(target.bindings), depth + 1)
        base = self._typed(module, node.value, depth + 1)
        if isinstance(base, Part):
            return parts.attribute(base, node.attr)
        if isinstance(base, Instance):
            return self._member_of(base, node.attr, depth + 1) or self._inside(base, node.attr)
        if isinstance(base, ClassObject):
            return self.member(base.of, node.attr, depth + 1)
        return None

    def _member_of(self, base: Instance, name: str, depth: int) -> Type | None:
        if base.cache is not None and name == "past_key_values":
            return Instance(base.cache)
        return self.member(base.of, name, depth)

    def _inside(self, base: Instance, name: str) -> Part | None:
        """A module inside a model of the library, or inside a class of the project that derives from one."""
        names = [base.of] if isinstance(base.of, str) else self.project.library_bases(base.of)
        for owner in names:
            part = parts.of_model(self.library, owner)
            if part is not None:
                return parts.attribute(part, name)
        return None

    def member(self, of: str | ProjectClass, name: str, depth: int = 0) -> Type | None:
        """The type of an attribute of an instance."""
        if isinstance(of, ProjectClass):
            found = self._self_attribute(of, name, depth)
            if found is not None:
                return found
            for base in self.project.library_bases(of):
                found = self.member(base, name, depth)
                if found is not None:
                    return found
            return None
        for owner, members in ATTRIBUTES.items():
            if name in members and self.is_a(of, owner):
                return Instance(members[name])
        return None

    def _self_attribute(self, cls: ProjectClass, name: str, depth: int) -> Type | None:
        if depth > _MAX_DEPTH:
            self._cuts += 1
            return None
        found: list[Type | None] = []
        for owner in self.project.lineage(cls):
            for module, value, annotation in assigned_on_self(owner, name):
                if annotation is not None:
                    typed = self._annotation(module, annotation, depth + 1)
                    if typed is not None:
                        return typed
                if value is not None and not is_none(value):
                    found.append(self._typed(module, value, depth + 1))
            prop = next(
                (
                    s
                    for s in owner.node.body
                    if isinstance(s, ast.FunctionDef)
                    and s.name == name
                    and any("property" in getattr(d, "id", getattr(d, "attr", "")) for d in s.decorator_list)
                ),
                None,
            )
            if prop is not None:
                return self._returned(owner.module, prop, depth)
            if found:
                break
        return self._common(found) if found else None

    def _returned(self, module: Module, function: FunctionNode, depth: int) -> Type | None:
        if depth > _MAX_DEPTH:
            self._cuts += 1
            return None
        if function.returns is not None:
            annotated = self._annotation(module, function.returns, depth + 1)
            if annotated is not None:
                return annotated
        values = [r for r in returned_values(function) if not is_none(r)]
        return self._common([self._typed(module, r, depth + 1) for r in values]) if values else None

    def _call(self, module: Module, node: ast.Call, depth: int) -> Type | None:
        func = node.func
        if isinstance(func, ast.Attribute):
            if func.attr.startswith("from_"):
                # the alternative constructors: from_pretrained, from_config, from_legacy_cache, …
                owner = self._typed(module, func.value, depth + 1)
                defined = (
                    isinstance(owner, ClassObject)
                    and isinstance(owner.of, ProjectClass)
                    and (
                        self.project.own_method(owner.of, func.attr) is not None
                        or not self.project.library_bases(owner.of)
                    )
                )
                if isinstance(owner, ClassObject) and not defined:
                    return self._common([self._loaded(c) for c in owner.among or (owner.of,)])
                if not defined and func.attr == "from_pretrained":
                    return None
            target = self.project.resolve(module, func)
            if isinstance(target, LibraryName):
                return self._constructed(target.name)
            if isinstance(target, ExternalName):
                return None if hands_on(target.name) else Other()
            if isinstance(target, ProjectClass):
                return Instance(target)
            if isinstance(target, ProjectFunction) and not isinstance(
                target.module.scopes.parent[target.node], ast.ClassDef
            ):
                return self._returned(target.module, target.node, depth)
            base = self._typed(module, func.value, depth + 1)
            if isinstance(base, Part):
                return parts.method(base, func.attr)
            if isinstance(base, Instance):
                return self._method_result(base, func.attr, depth)
            if isinstance(base, ClassObject) and isinstance(base.of, ProjectClass):
                own = self.project.own_method(base.of, func.attr)
                return self._returned(own[0], own[1], depth) if own is not None else None
            return self._chosen(choices(self.project, module, node), depth)
        callee = self._typed(module, func, depth + 1) if isinstance(func, ast.Name | ast.Subscript) else None
        if isinstance(callee, ClassObject):
            return self._made(callee)
        if isinstance(callee, Instance):
            return self._method_result(callee, "__call__", depth)
        target = self.project.resolve(module, func)
        if isinstance(target, LibraryName):
            return self._constructed(target.name)
        if isinstance(target, ExternalName):
            return None if hands_on(target.name) else Other()
        if isinstance(target, ProjectFunction):
            return self._returned(target.module, target.node, depth)
        if isinstance(func, ast.Call):
            inner = self._typed(module, func, depth + 1)
            if isinstance(inner, Instance):
                return self._method_result(inner, "__call__", depth)
            if isinstance(inner, ClassObject):
                return self._made(inner)
        return None

    def _made(self, of: ClassObject) -> Type | None:
        return self._common([Instance(c) for c in of.among or (of.of,)])

    def _loaded(self, of: str | ProjectClass) -> Type | None:
        if isinstance(of, str):
            short = of.rsplit(".", 1)[-1]
            for pattern, result in AUTO_CLASSES:
                if re.fullmatch(pattern, short):
                    return Instance(result, auto=of)
        return Instance(of)

    def _constructed(self, name: str) -> Type | None:
        if self.library.kind(name) == "class":
            return Instance(name)
        result = RETURNS.get(self.library.canonical(name) or name) or RETURNS.get(name)
        return Instance(result) if result else None

    def _method_result(self, base: Instance, method: str, depth: int) -> Type | None:
        if isinstance(base.of, ProjectClass):
            own = self.project.own_method(base.of, method)
            if own is not None:
                return self._returned(own[0], own[1], depth)
        if method in KEEPS_TYPE:
            return base
        for owner, methods in RETURNS_OF_METHODS.items():
            if method in methods and self.is_a(base.of, owner):
                result = methods[method]
                cache = parts.cache_class(self.library, base) if result == _OUTPUT else None
                return Instance(result, cache=cache)
        inside = parts.of_model(self.library, base.of) if isinstance(base.of, str) else None
        return parts.method(inside, method) if inside is not None else None
