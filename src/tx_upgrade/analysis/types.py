"""Which class an expression is an instance of, as far as the code proves it."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from dataclasses import replace

from . import attributes, fixtures, growth, handed_in, parts, rows, unpacking, variables, wrappers
from .annotations import annotated
from .assignments import is_none
from .callers import Callers
from .choices import Choice, choices
from .elements import held
from .hints import hinted
from .hooks import output_of_hook
from .kinds import (
    ANY_PART,
    Certainty,
    ClassObject,
    Hooked,
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
from .knowledge import HINTS, OBJECTS, hinted_name
from .module import Growth, LibraryName, Module, ProjectClass, ProjectFunction, ProjectValue, Target
from .narrowing import asked_for
from .project import Project
from .references import References
from .results import PLAIN, Results
from .scopes import Binding, FunctionNode
from .search import Search
from .stores import Stores

__all__ = ["Certainty", "ClassObject", "Instance", "Nothing", "Other", "Part", "Type", "Types"]

_CALL = ".__call__"
_HOOK = ".register_forward_hook"
_OUTPUT = "transformers.utils.ModelOutput"
_FEW = 8
"""Elements of a display that are looked at."""


class Types:
    """Receiver inference over one project."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.library = project.library
        self.search = Search()
        self._keep: list[ast.AST] = []
        self._annotated: dict[ast.expr, Type | None] = {}
        self.results = Results(self)
        self.callers = Callers(self)
        self.stores = Stores(self)
        self.references = References(self)
        self._read: dict[tuple[str, str], frozenset[str]] = {}

    # -- classes -----------------------------------------------------------------------------------------------------

    def is_a(self, of: str | ProjectClass, base: str) -> bool:
        """Whether a class is ``base`` of the library or derives from it."""
        if isinstance(of, str):
            return self.library.is_subclass(of, base)
        return any(self.library.is_subclass(name, base) for name in self.project.library_bases(of))

    def receiver(self, module: Module, node: ast.expr, bases: tuple[str, ...]) -> Certainty | None:
        """How certain it is that ``node`` is an instance of one of ``bases``; None when it is not, or unknown."""
        found = self.typed(module, node)
        if isinstance(found, Instance):
            return self.covered(found, bases)
        if isinstance(found, Result):
            given = [b.removesuffix(_CALL) for b in bases if b.endswith(_CALL)]
            return "proven" if any(self.is_a(found.of, b) for b in given) else None
        if isinstance(found, Hooked):
            given = [b.removesuffix(_HOOK) for b in bases if b.endswith(_HOOK)]
            return "proven" if any(self.is_a(of, b) for of in found.of for b in given) else None
        if isinstance(found, Part):
            return self._part(module, node, found, bases)
        if found is not None and not isinstance(found, Nothing | Wrapped):
            return None
        if hinted(self, module, node, bases) or self._hinted_layer(module, node, bases):
            return "likely"
        return None

    def knows_nothing(self, module: Module, node: ast.expr) -> bool:
        """Whether nothing speaks for any class: no type, no telling name. True of most expressions."""
        found = self.typed(module, node)
        if found is not None and not isinstance(found, Nothing | Wrapped):
            return False
        name = node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", None)
        hinted = name is not None and hinted_name(name)
        if not hinted and isinstance(node, ast.Name):
            given = handed_in.name_of(self, module, node)
            hinted = given is not None and hinted_name(given)
        return not hinted and parts.named_path(module, node) is None

    def covered(self, found: Instance, bases: Sequence[str]) -> Certainty | None:
        """How certain it is that an instance is one of ``bases``: only likely where just some of its classes are."""
        fitting = [any(self.is_a(of, base) for base in bases) for of in found.classes]
        if all(fitting):
            return "proven"
        return "likely" if any(fitting) else None

    def certainly(self, found: Instance, bases: Sequence[str]) -> bool:
        """Whether an instance is proven to be one of ``bases``, or is what an Auto class among them loads."""
        loaded = found.auto is not None and any(self.is_a(found.auto, base) for base in bases)
        return loaded or self.covered(found, bases) == "proven"

    def _hinted_layer(self, module: Module, node: ast.expr, bases: tuple[str, ...]) -> bool:
        """Whether a path suggests a layer of a model whose class nothing tells."""
        path = parts.named_path(module, node)
        if path is None or self.own_look_alike(module, path[1]):
            return False
        if not any(parts.may_be(self.library, parts.ANY_LAYER, base) for base in bases):
            return False
        return self.typed(module, path[0]) is None and hinted(self, module, path[0], (parts.MODEL,))

    def _part(self, module: Module, node: ast.expr, part: Part, bases: tuple[str, ...]) -> Certainty | None:
        """Whether a module inside a model is of one of ``bases``; what ``isinstance`` says around it counts."""
        asked = asked_for(module.scopes, node)
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
            for caller, call in self.callers.sites(module, function):
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

    # -- inference ---------------------------------------------------------------------------------------------------

    def infer(self, module: Module, node: ast.expr) -> Type | None:
        """The type of an expression; None when unknown."""
        found = self.typed(module, node)
        return None if isinstance(found, Part | Maker | Wrapped) else found

    def typed(self, module: Module, node: ast.expr, depth: int = 0) -> Type | None:
        """The type of an expression, or which part of a model it is."""
        return self.search.find(module, node, depth, self._infer)

    def _infer(self, module: Module, node: ast.expr, depth: int) -> Type | None:
        match node:
            case ast.Name():
                return variables.read(self, module, node, depth)
            case ast.Attribute():
                return attributes.of_node(self, module, node, depth)
            case ast.Call():
                return self.results.infer(module, node, depth)
            case ast.Subscript():
                return self._subscript(module, node, depth)
            case ast.List() | ast.Tuple() | ast.Set() if node.elts:
                found = parts.common([self.typed(module, e, depth + 1) for e in node.elts[:_FEW]])
                made = parts.collected(found) or self._row_or_many(module, node, depth)
                return made or Other()
            case ast.ListComp() | ast.GeneratorExp():
                made = parts.collected(self.typed(module, node.elt, depth + 1)) or self.many(
                    module, node, depth
                )
                return made or (Other() if isinstance(node, ast.ListComp) else None)
            case ast.Dict():
                return self._row_or_many(module, node, depth) or Other()
            case ast.DictComp():
                return self.many(module, node, depth) or Other()
            case ast.Lambda():
                given = self.typed(module, node.body, depth + 1)
                return Maker(given) if isinstance(given, Useful) else None
            case ast.BinOp():
                return self.many(module, node, depth)
            case ast.Constant() | ast.JoinedStr() | ast.List() | ast.Set():
                return Other()
            case ast.IfExp():
                ways = [self.typed(module, n, depth + 1) for n in (node.body, node.orelse) if not is_none(n)]
                if wrappers.asks_for_wrapper(node.test):
                    ways = [w.of if isinstance(w, Wrapped) else w for w in ways]
                return self._agree(ways) or self._one_of(ways) or self.common(ways)
            case ast.BoolOp():
                ways = [self.typed(module, n, depth + 1) for n in node.values if not is_none(n)]
                if None in ways and any(self.is_plain(w) for w in ways):
                    return Other()  # what stands in for it is a tuple or a list
                return self._agree(ways)
            case ast.Await():
                return self.typed(module, node.value, depth + 1)
            case ast.NamedExpr():
                return self.typed(module, node.value, depth + 1)
            case _:
                return None

    def _subscript(self, module: Module, node: ast.Subscript, depth: int) -> Type | None:
        base = self.typed(module, node.value, depth + 1)
        if isinstance(base, Part):
            return base if isinstance(node.slice, ast.Slice) else parts.element(base)
        key = rows.place(node.slice)
        if isinstance(base, Instance) and isinstance(key, str) and self.is_a(base.of, _OUTPUT):
            return attributes.of_instance(self, base, key, depth + 1)
        if isinstance(node.value, ast.Call) and type(key) is int and key >= 0:
            picked = unpacking.unpacked(self, module, node.value, (key,), depth)
            if picked is not None:
                return picked
        chosen = handed_in.key(self, module, node) or (
            self.chosen(choices(self.project, module, node), depth)
            if base is not None or not self._grows(module, node.value)
            else None
        )
        if isinstance(base, Row) and key is not None:
            return rows.picked(self, base, key, depth) or chosen
        if chosen is not None:
            return chosen
        if isinstance(base, Many | Row):
            return base if isinstance(node.slice, ast.Slice) else rows.element(self, base)
        own = isinstance(base, Instance) and isinstance(base.of, ProjectClass)
        if own and isinstance(base, Instance) and self.project.own_method(base.of, "__getitem__"):  # type: ignore[arg-type]
            return self.results.of_method(base, "__getitem__", depth)
        return rows.picked(self, base, key, depth)

    def _grows(self, module: Module, node: ast.expr) -> bool:
        """Whether a collection gets more elsewhere than where it is displayed."""
        return isinstance(node, ast.Name) and growth.is_filled_elsewhere(self, module, node)

    def _row_or_many(self, module: Module, node: ast.expr, depth: int) -> Type | None:
        """A display: place by place where its items are of several types."""
        row = None if isinstance(node, ast.Set) else rows.display(self, module, node, depth)
        if row is not None and any(i != row.items[0] for i in row.items):
            return row
        return self.many(module, node, depth)

    @staticmethod
    def is_plain(found: Type | None) -> bool:
        """Whether something is a tuple or a list of the language."""
        return isinstance(found, Instance) and isinstance(found.of, str) and found.of in PLAIN

    def is_own(self, found: Type | None) -> bool:
        """Whether something is certainly not the library's: not even of a class that derives from one of it."""
        if isinstance(found, Instance):
            return isinstance(found.of, ProjectClass) and not self.project.library_bases(found.of)
        return isinstance(found, Other)

    def _agree(self, found: list[Type | None]) -> Type | None:
        if len(found) == 1:
            return None if isinstance(found[0], Itself) else found[0]
        if None in found and any(
            isinstance(f, Instance)
            and isinstance(f.of, ProjectClass)
            and not self.project.library_bases(f.of)
            for f in found
        ):
            return Other()  # on one way at least it is the project's own: never the library's for certain
        if any(isinstance(f, Itself) for f in found):
            nothing = next((f for f in found if isinstance(f, Nothing)), Itself())
            found = [f for f in found if not isinstance(f, Nothing | Itself)]
            if not found:  # whatever stands in for None decides
                return nothing
        else:
            found = [f for f in found if not isinstance(f, Nothing)] or found
        if not found or None in found:
            return None
        first = found[0]
        if not all(f == first for f in found[1:]):
            return None
        if isinstance(first, Instance) and any(
            isinstance(f, Instance) and f.auto != first.auto for f in found
        ):
            return replace(first, auto=None)  # several Auto classes load such an object
        return first

    def common(self, found: list[Type | None]) -> Type | None:
        """One type for several bindings: equal ones, or the nearest base that HINTS knows."""
        agreed = self._agree(found) or parts.common(found)
        if agreed is not None or not found or None in found:
            return agreed
        found = [f for f in found if not isinstance(f, Nothing | Itself)]
        if not found:
            return None
        if any(isinstance(f, Wrapped) for f in found):
            inner = self.common([f.of if isinstance(f, Wrapped) else f for f in found])
            return Wrapped(inner) if isinstance(inner, Instance) else None
        rowed = [f for f in found if isinstance(f, Row)]
        if rowed and len(rowed) == len(found):
            return rows.joined(self, rowed)
        if rowed:
            found = [rows.collected(self, f) if isinstance(f, Row) else f for f in found]
        lists = [f for f in found if isinstance(f, Many)]
        if lists and all(isinstance(f, Many | Other) for f in found):
            inner = self.common([m.of for m in lists])  # an empty list is no other kind of list
            return Many(inner) if isinstance(inner, Useful) else Other()
        makers = [f for f in found if isinstance(f, Maker)]
        if makers and len(makers) == len(found):
            made = self.common([m.of for m in makers])
            return Maker(made) if isinstance(made, Useful) else None
        instances = [f for f in found if isinstance(f, Instance)]
        if len(instances) != len(found):
            return self._one_of(found)
        base = self._base_of([i.of for i in instances])
        exact = all(i.among or i.of != base for i in instances)
        classes = frozenset[str | ProjectClass]().union(*(i.classes for i in instances))
        if base is not None:
            return Instance(base, classes if exact else frozenset())
        if any(isinstance(i.of, ProjectClass) or self._base_of([i.of]) is not None for i in instances):
            return None
        return Instance(ANY_PART, classes)

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

    def chosen(self, found: list[Choice], depth: int) -> Type | None:
        """The common type of what may be taken out of a table of classes or objects of the library."""
        typed = [self.value(owner, node, depth + 1) for owner, node in found]
        return (
            self.common(typed) if all(isinstance(t, Instance | ClassObject | Maker) for t in typed) else None
        )

    def value(self, module: Module, node: ast.expr, depth: int) -> Type | None:
        """The type of an expression that is kept or given back; of a function of the project: what it makes."""
        found = self.typed(module, node, depth)
        if found is not None or not isinstance(node, ast.Name):
            return found
        target = self.project.resolve(module, node)
        if not isinstance(target, ProjectFunction):
            return None
        given = self.results.returned(target.module, target.node, depth + 1)
        return Maker(given) if isinstance(given, Useful) else None

    def _bindings(self, module: Module, bindings: list[Binding], depth: int) -> Type | None:
        return self.common(variables.values(self, module, bindings, depth))

    def binding(self, module: Module, binding: Binding, depth: int) -> Type | None:
        """The type of what one statement gives to a name."""
        return self.search.find(module, binding, depth, self._bound_to, cost=0)

    def _bound_to(self, module: Module, binding: Binding, depth: int) -> Type | None:
        if binding.kind == "param" and isinstance(binding.node, ast.arg):
            return self._parameter(module, binding.node, binding, depth)
        if binding.kind == "other" and binding.annotation is not None and isinstance(binding.node, ast.arg):
            each = self.annotation(module, binding.annotation)  # of *args and **kwargs: what each of them is
            return Many(each) if isinstance(each, Useful) else None
        if binding.annotation is not None:
            annotated = self.annotation(module, binding.annotation)
            if annotated is not None:
                return annotated
        if binding.kind in {"import", "class", "function"}:
            return self.of_target(self.project.resolve_bindings(module, [binding], 0), depth)
        if binding.kind == "assign" and binding.value is not None:
            steps = self._steps(module, binding)
            if steps:
                filled = growth.filled(self, module, binding.value, steps, depth)
                if filled is not None:
                    return filled
            found = self.typed(module, binding.value, depth + 1)
            if isinstance(found, Many | Row) and isinstance(binding.node, ast.Name):
                return None if steps or growth.is_filled_elsewhere(self, module, binding.node) else found
            return found
        if isinstance(binding.node, ast.MatchAs) and isinstance(binding.node.pattern, ast.MatchClass):
            cls = self.of_target(self.project.resolve(module, binding.node.pattern.cls), depth)
            return Instance(cls.of) if isinstance(cls, ClassObject) else None
        if binding.kind == "unpack" and binding.value is not None:
            return unpacking.unpacked(self, module, binding.value, binding.index, depth)
        if binding.kind == "for" and binding.value is not None:
            return unpacking.looped(self, module, binding.value, binding.index, depth)
        if binding.kind == "with" and binding.value is not None and not binding.index:
            found = wrappers.entered(self, module, binding.value, depth)
            return found if isinstance(found, Instance) else None
        return None

    def _steps(self, module: Module, binding: Binding) -> list[Growth]:
        """How the collection grows that a variable was given."""
        steps = module.growing.get(binding.name, [])
        return [s for s in steps if isinstance(s.holder, ast.Name) and binding in module.bindings(s.holder)]

    def function(self, module: Module, func: ast.expr, depth: int) -> tuple[Module, FunctionNode] | None:
        """The project's function or method that a call goes to."""
        target = self.project.resolve(module, func)
        if isinstance(target, ProjectFunction):
            return target.module, target.node
        if target is None and isinstance(func, ast.Attribute):
            owner = self.typed(module, func.value, depth + 1)
            if isinstance(owner, Instance | ClassObject) and isinstance(owner.of, ProjectClass):
                method = self.project.own_method(owner.of, func.attr)
                if method is not None:
                    return method
        called = self.typed(module, func, depth + 1) if isinstance(func, ast.Name | ast.Attribute) else None
        if isinstance(called, Instance) and isinstance(called.of, ProjectClass):
            return self.project.own_method(called.of, "__call__") or self.project.own_method(
                called.of, "forward"
            )
        return None

    def of_target(self, target: Target | None, depth: int) -> Type | None:
        """What a definition is as a value."""
        if isinstance(target, LibraryName):
            if self.library.kind(target.name) == "class":
                return ClassObject(target.name)
            made = OBJECTS.get(target.name)
            return Instance(made) if made is not None else None
        if isinstance(target, ProjectClass):
            return ClassObject(target)
        if isinstance(target, ProjectValue):
            return self._bindings(target.module, list(target.bindings), depth + 1)
        return None

    def _parameter(self, module: Module, arg: ast.arg, binding: Binding, depth: int) -> Type | None:
        if arg in self.search.given:
            return self.search.given[arg]
        function = module.scopes.parent[module.scopes.parent[arg]]
        if isinstance(function, ast.FunctionDef | ast.Lambda):
            hooked = output_of_hook(self, module, function, arg, depth)
            if hooked is not None:
                return hooked
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
            annotated = self.annotation(module, arg.annotation)
            if annotated is not None:
                return annotated
        passed = self.callers.passed(module, function, arg, depth) or fixtures.passed(
            self, module, function, arg, depth
        )
        if passed is not None:
            return passed
        contract = handed_in.parameter(self, module, arg)
        default = contract is None and binding.value is not None and not is_none(binding.value)
        if default and binding.value is not None and not self.callers.passes(module, function, arg):
            return self.typed(module, binding.value, depth + 1)
        return contract

    def annotation(self, module: Module, node: ast.expr) -> Type | None:
        """The type that an annotation names."""
        if node not in self._annotated:
            self._annotated[node] = annotated(self.project, module, node, self.common, self._keep)
        return self._annotated[node]

    def member(self, of: str | ProjectClass, name: str, depth: int = 0) -> Type | None:
        """The type of an attribute of an instance."""
        return attributes.member(self, of, name, depth)

    def many(self, module: Module, node: ast.expr, depth: int) -> Many | None:
        """A collection whose items are all of one type."""
        inner = held(self, module, node, depth)
        return Many(inner) if isinstance(inner, Useful) else None
