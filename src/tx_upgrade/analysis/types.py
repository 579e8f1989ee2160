"""Which class an expression is an instance of, as far as the code proves it."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from typing import Literal

from .assignments import UNKNOWN, assigned_on_self, default_of, is_none, passed_value, returned_values
from .knowledge import ATTRIBUTES, AUTO_CLASSES, HANDS_ON, HINTS, KEEPS_TYPE, RETURNS
from .project import (
    ExternalName,
    LibraryName,
    Module,
    Project,
    ProjectClass,
    ProjectFunction,
    ProjectModule,
    ProjectValue,
    Target,
)
from .scopes import Binding, FunctionNode

Certainty = Literal["proven", "likely"]


@dataclass(frozen=True, slots=True)
class Instance:
    """An instance of a library class (by its qualified name) or of a class of the project."""

    of: str | ProjectClass


@dataclass(frozen=True, slots=True)
class Other:
    """Certainly nothing of the library: a literal, a torch object, an instance of the project's own class."""


@dataclass(frozen=True, slots=True)
class Nothing:
    """Only ever None: no alternative to anything."""


@dataclass(frozen=True, slots=True)
class ClassObject:
    of: str | ProjectClass


Type = Instance | ClassObject | Other | Nothing
_ANY_HINT = re.compile("|".join(f"(?:{p})" for p in HINTS.values()))
_MAX_DEPTH = 14
_MAX_STEPS = 300
"""Expressions that one question may look at: callers of callers branch without end."""


class Types:
    """Receiver inference over one project."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.library = project.library
        self._memo: dict[tuple[int, ast.AST], Type | None] = {}
        self._keep: list[ast.AST] = []
        self._active: set[ast.AST] = set()
        self._fuel = 0
        self._call_sites: dict[str, list[tuple[Module, ast.Call]]] = {}
        self._indexed: set[str] = set()
        self._read: dict[tuple[str, str], frozenset[str]] = {}

    # -- classes -----------------------------------------------------------------------------------------------------

    def is_a(self, of: str | ProjectClass, base: str) -> bool:
        """Whether a class is ``base`` of the library or derives from it."""
        if isinstance(of, str):
            return self.library.is_subclass(of, base)
        return any(self.library.is_subclass(name, base) for name in self.project.library_bases(of))

    def receiver(self, module: Module, node: ast.expr, bases: tuple[str, ...]) -> Certainty | None:
        """How certain it is that ``node`` is an instance of one of ``bases``; None when it is not, or unknown."""
        found = self.infer(module, node)
        if isinstance(found, Instance):
            return "proven" if any(self.is_a(found.of, base) for base in bases) else None
        if found is not None and not isinstance(found, Nothing):
            return None
        return "likely" if self.hinted(module, node, bases) else None

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

    @staticmethod
    def hinted_name(name: str) -> bool:
        """Whether a name suggests any of the library's classes."""
        return _ANY_HINT.fullmatch(name.strip("_").lower()) is not None

    def hinted(self, module: Module, node: ast.expr, bases: tuple[str, ...]) -> bool:
        """Whether the receiver's name suggests one of ``bases``."""
        target = self.project.resolve(module, node)
        if target is not None and not isinstance(target, ProjectValue):
            return False  # a function, a class or a module, not an object
        name = node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", None)
        if name is None:
            return False
        for base in bases:
            pattern = HINTS.get(base.rsplit(".", 1)[-1])
            if pattern is not None and re.fullmatch(pattern, name.strip("_").lower()):
                return True
        return False

    # -- inference ---------------------------------------------------------------------------------------------------

    def infer(self, module: Module, node: ast.expr, depth: int = 0) -> Type | None:
        """The type of an expression; None when unknown."""
        key = (id(module), node)
        if key in self._memo:
            return self._memo[key]
        if not self._active:
            self._fuel = _MAX_STEPS
        if depth > _MAX_DEPTH or node in self._active or self._fuel <= 0:
            return None
        self._fuel -= 1
        self._active.add(node)
        try:
            found = self._infer(module, node, depth)
        finally:
            self._active.discard(node)
        if depth == 0 or found is not None:
            self._memo[key] = found
        return found

    def _infer(self, module: Module, node: ast.expr, depth: int) -> Type | None:
        match node:
            case ast.Constant() | ast.JoinedStr() | ast.Dict() | ast.List() | ast.Set() | ast.ListComp():
                return Other()
            case ast.Name():
                return self._name(module, node, depth)
            case ast.Attribute():
                return self._attribute(module, node, depth)
            case ast.Call():
                return self._call(module, node, depth)
            case ast.IfExp():
                return self._agree(
                    [self.infer(module, n, depth + 1) for n in (node.body, node.orelse) if not is_none(n)]
                )
            case ast.BoolOp():
                return self._agree([self.infer(module, n, depth + 1) for n in node.values if not is_none(n)])
            case ast.Await():
                return None
            case ast.NamedExpr():
                return self.infer(module, node.value, depth + 1)
            case _:
                return None

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
        agreed = self._agree(found)
        if agreed is not None or not found or any(f is None for f in found):
            return agreed
        found = [f for f in found if not isinstance(f, Nothing)]
        instances = [f for f in found if isinstance(f, Instance)]
        if len(instances) != len(found):
            return None
        for base in HINTS:
            qualified = f"transformers.{base}"
            if all(self.is_a(i.of, qualified) for i in instances):
                return Instance(qualified)
        return None

    def _name(self, module: Module, node: ast.Name, depth: int) -> Type | None:
        found = module.scope(node).lookup(node.id)
        if found is None:
            target = self.project.resolve(module, node)
            return self._of_target(target, depth)
        _, bindings = found
        return self._bindings(module, bindings, depth)

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
            return self.infer(module, binding.value, depth + 1)
        if binding.kind == "unpack" and binding.value is not None:
            return self._unpacked(module, binding.value, binding.index, depth)
        if (
            binding.kind == "for"
            and not binding.index
            and isinstance(binding.value, ast.Tuple | ast.List | ast.Set)
        ):
            return self._common([self.infer(module, e, depth + 1) for e in binding.value.elts])
        if binding.kind == "with" and binding.value is not None and not binding.index:
            found = self.infer(module, binding.value, depth + 1)
            return found if isinstance(found, Instance) else None
        return None

    def _unpacked(self, module: Module, value: ast.expr, index: tuple[int, ...], depth: int) -> Type | None:
        if len(index) != 1:
            return None
        if isinstance(value, ast.Tuple | ast.List) and index[0] < len(value.elts):
            return self.infer(module, value.elts[index[0]], depth + 1)
        if isinstance(value, ast.Call):
            target = self.project.resolve(module, value.func)
            if isinstance(target, ProjectFunction):
                found = []
                for returned in returned_values(target.node):
                    if not isinstance(returned, ast.Tuple) or index[0] >= len(returned.elts):
                        return None
                    found.append(self.infer(target.module, returned.elts[index[0]], depth + 1))
                return self._common(found)
        return None

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
            return self.infer(module, binding.value, depth + 1)
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
                found.append(Nothing() if is_none(value) else self.infer(caller, value, depth + 1))
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
            receiver = self.infer(caller, call.func.value, _MAX_DEPTH - 4)
            return (
                isinstance(receiver, Instance | ClassObject)
                and isinstance(receiver.of, ProjectClass)
                and any(c.node is owner for c in self.project.lineage(receiver.of))
            )
        return isinstance(target, ProjectFunction) and target.node is function

    def call_sites(self, module: Module, name: str) -> list[tuple[Module, ast.Call]]:
        """Calls of ``name`` in the module's project."""
        for other in self.project.peers(module):
            if other.path not in self._indexed:
                self._indexed.add(other.path)
                for call in other.scopes.calls:
                    func = call.func
                    called = func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", None)
                    if called is not None:
                        self._call_sites.setdefault(called, []).append((other, call))
        return self._call_sites.get(name, [])

    def _annotation(self, module: Module, node: ast.expr, depth: int) -> Type | None:
        if depth > _MAX_DEPTH:
            return None
        if isinstance(node, ast.Constant):
            if not isinstance(node.value, str):
                return None
            try:
                parsed = ast.parse(node.value, mode="eval").body
            except (SyntaxError, ValueError):
                return None
            scope = module.scope(node)
            for inner in ast.walk(parsed):
                module.scopes.scope_of[inner] = scope
            self._keep.append(parsed)
            return self._annotation(module, parsed, depth + 1)
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
            sides = [s for s in (node.left, node.right) if not is_none(s)]
            return self._common([self._annotation(module, s, depth + 1) for s in sides])
        if isinstance(node, ast.Subscript):
            head = node.value.attr if isinstance(node.value, ast.Attribute) else getattr(node.value, "id", "")
            if head in {"Optional", "Annotated", "Final", "ClassVar"}:
                inner = node.slice.elts[0] if isinstance(node.slice, ast.Tuple) else node.slice
                return self._annotation(module, inner, depth + 1)
            if head == "Union" and isinstance(node.slice, ast.Tuple):
                elements = [e for e in node.slice.elts if not is_none(e)]
                return self._common([self._annotation(module, e, depth + 1) for e in elements])
            return (
                Other()
                if head in {"List", "Dict", "list", "dict", "Tuple", "tuple", "Callable", "Type"}
                else None
            )
        target = self.project.resolve(module, node)
        if isinstance(target, LibraryName) and self.library.kind(target.name) == "class":
            return Instance(target.name)
        if isinstance(target, ProjectClass):
            return Instance(target)
        if isinstance(target, ProjectValue | ProjectModule) or target is None:
            if isinstance(node, ast.Name) and node.id in {"str", "int", "float", "bool", "bytes"}:
                return Other()
            return None
        if isinstance(target, LibraryName):
            return None
        return None if getattr(target, "name", "").startswith("typing") else Other()

    def _attribute(self, module: Module, node: ast.Attribute, depth: int) -> Type | None:
        target = self.project.resolve(module, node)
        if target is not None and not isinstance(target, ProjectValue):
            return self._of_target(target, depth)
        if isinstance(target, ProjectValue):
            return self._bindings(target.module, list(target.bindings), depth + 1)
        base = self.infer(module, node.value, depth + 1)
        if isinstance(base, Instance | ClassObject):
            return self.member(base.of, node.attr, depth + 1)
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
            return None
        found: list[Type | None] = []
        for owner in self.project.lineage(cls):
            for module, value, annotation in assigned_on_self(owner, name):
                if annotation is not None:
                    typed = self._annotation(module, annotation, depth + 1)
                    if typed is not None:
                        return typed
                if value is not None and not is_none(value):
                    found.append(self.infer(module, value, depth + 1))
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
            return None
        if function.returns is not None:
            annotated = self._annotation(module, function.returns, depth + 1)
            if annotated is not None:
                return annotated
        values = [r for r in returned_values(function) if not is_none(r)]
        return self._common([self.infer(module, r, depth + 1) for r in values]) if values else None

    def _call(self, module: Module, node: ast.Call, depth: int) -> Type | None:
        func = node.func
        if isinstance(func, ast.Attribute):
            if func.attr.startswith("from_"):
                # the alternative constructors: from_pretrained, from_config, from_legacy_cache, …
                owner = self.infer(module, func.value, depth + 1)
                defined = (
                    isinstance(owner, ClassObject)
                    and isinstance(owner.of, ProjectClass)
                    and (
                        self.project.own_method(owner.of, func.attr) is not None
                        or not self.project.library_bases(owner.of)
                    )
                )
                if isinstance(owner, ClassObject) and not defined:
                    return self._loaded(owner.of)
                if not defined and func.attr == "from_pretrained":
                    return None
            target = self.project.resolve(module, func)
            if isinstance(target, LibraryName):
                return self._constructed(target.name)
            if isinstance(target, ExternalName):
                return self._external(target.name)
            if isinstance(target, ProjectClass):
                return Instance(target)
            if isinstance(target, ProjectFunction) and not isinstance(
                target.module.scopes.parent[target.node], ast.ClassDef
            ):
                return self._returned(target.module, target.node, depth)
            base = self.infer(module, func.value, depth + 1)
            if isinstance(base, Instance):
                return self._method_result(base, func.attr, depth)
            if isinstance(base, ClassObject) and isinstance(base.of, ProjectClass):
                own = self.project.own_method(base.of, func.attr)
                return self._returned(own[0], own[1], depth) if own is not None else None
            return None
        callee = self.infer(module, func, depth + 1) if isinstance(func, ast.Name) else None
        if isinstance(callee, ClassObject):
            return Instance(callee.of)
        if isinstance(callee, Instance):
            return self._method_result(callee, "__call__", depth)
        target = self.project.resolve(module, func)
        if isinstance(target, LibraryName):
            return self._constructed(target.name)
        if isinstance(target, ExternalName):
            return self._external(target.name)
        if isinstance(target, ProjectFunction):
            return self._returned(target.module, target.node, depth)
        if isinstance(func, ast.Call):
            inner = self.infer(module, func, depth + 1)
            if isinstance(inner, Instance):
                return self._method_result(inner, "__call__", depth)
        return None

    def _loaded(self, of: str | ProjectClass) -> Type | None:
        if isinstance(of, str):
            short = of.rsplit(".", 1)[-1]
            for pattern, result in AUTO_CLASSES:
                if re.fullmatch(pattern, short):
                    return Instance(result)
        return Instance(of)

    @staticmethod
    def _external(name: str) -> Type | None:
        """What a call of another package gives: nothing of the library, unless that package works with its objects."""
        return None if name.split(".")[0] in HANDS_ON else Other()

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
                return Instance(methods[method])
        return None


RETURNS_OF_METHODS: dict[str, dict[str, str]] = {
    "transformers.PreTrainedTokenizerBase": dict.fromkeys(
        ("__call__", "encode_plus", "batch_encode_plus", "prepare_for_model", "pad", "prepare_seq2seq_batch"),
        "transformers.BatchEncoding",
    ),
    "transformers.PreTrainedModel": {"__call__": "transformers.utils.ModelOutput"},
}
