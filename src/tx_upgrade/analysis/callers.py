"""Who calls the functions of a project, and what they pass."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from itertools import chain
from typing import TYPE_CHECKING

from .assignments import UNKNOWN, default_of, is_none, passed_value
from .constructions import constructions
from .handed_on import HANDS_ON
from .handed_on import handed_on as call_for
from .kinds import MAX_DEPTH, ClassObject, Instance, Nothing, Row, Type
from .knowledge import hinted_name
from .module import Module, ProjectClass, ProjectFunction
from .scopes import FunctionNode

if TYPE_CHECKING:
    from .types import Types


_OF_OBJECTS = frozenset({"forward", "__call__"})


class Callers:
    """The calls within each source folder of a run."""

    def __init__(self, types: Types) -> None:
        self.types = types
        self._names: dict[ast.arg, str | None] = {}
        self._sites: dict[str, dict[str, list[tuple[Module, ast.Call]]]] = {}
        self._handed_on: dict[str, dict[str, list[tuple[Module, ast.Call]]]] = {}
        self._with: dict[str, dict[str | int, list[tuple[Module, ast.Call]]]] = {}

    def passed(self, module: Module, function: FunctionNode, arg: ast.arg, depth: int) -> Type | None:
        """The type that every call in the same project's reach passes for a parameter; None without any call."""
        if self.types.references.escapes(module, function):
            return None  # whoever was handed the function may call it with anything
        owner = module.scopes.parent.get(function)
        if function.name == "__init__" and isinstance(owner, ast.ClassDef):
            cls = ProjectClass(module, owner)
            if any(self.types.references.class_escapes(c) for c in (cls, *self.types.project.below(cls))):
                return None
        found: list[Type | None] = []
        calls = self.of(module, function, arg, handed_on=True)
        if self._only_called(module, function, arg):
            calls = chain(calls, self.of_objects(module, function, arg))
        for caller, call, position in calls:
            if self.types.search.exhausted:
                return None
            value = passed_value(call, arg.arg, position)
            if value is UNKNOWN:
                found.append(self._spread(caller, call, position, depth))
                continue
            if value is None:
                value = default_of(function, arg)
            if value is not None:
                found.append(Nothing() if is_none(value) else self.types.typed(caller, value, depth + 1))
        return self.types.common(found) if found else None

    def _only_called(self, module: Module, function: FunctionNode, arg: ast.arg) -> bool:
        """Whether calls of objects tell of a parameter: the library calls the ``forward`` of its own subclasses too.

        What is passed first is not asked for: any call may be one of these.
        """
        owner = module.scopes.parent[function]
        return (
            function.name in _OF_OBJECTS
            and isinstance(owner, ast.ClassDef)
            and arg not in [*function.args.posonlyargs, *function.args.args][:2]
            and not self.types.project.library_bases(ProjectClass(module, owner))
        )

    def passes(self, module: Module, function: FunctionNode, arg: ast.arg) -> bool:
        """Whether any call in the project passes something for a parameter, or may do so unseen."""
        if self.types.references.escapes(module, function):
            return True
        calls = self.of(module, function, arg, handed_on=True)
        return any(passed_value(call, arg.arg, position) is not None for _, call, position in calls)

    def _spread(self, caller: Module, call: ast.Call, position: int | None, depth: int) -> Type | None:
        """What ``f(*pair, x)`` passes by position, where it is known what stands at the places of ``pair``."""
        if position is None or any(k.arg is None for k in call.keywords):
            return None
        place = 0
        for arg in call.args:
            if not isinstance(arg, ast.Starred):
                if place == position:
                    return self.types.typed(caller, arg, depth + 1)
                place += 1
                continue
            given = self.types.typed(caller, arg.value, depth + 1)
            if not isinstance(given, Row) or given.keys is not None:
                return None
            if position < place + len(given.items):
                return given.items[position - place]
            place += len(given.items)
        return None

    def telling_name(self, module: Module, arg: ast.arg) -> str | None:
        """A name under which a caller holds what it passes for a parameter, where it says what that is."""
        if arg not in self._names:
            function = module.scopes.parent.get(module.scopes.parent[arg])
            self._names[arg] = None
            if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
                passed = (passed_value(c, arg.arg, p) for _, c, p in self.of(module, function, arg))
                names = (getattr(v, "attr", None) or getattr(v, "id", None) for v in passed)
                self._names[arg] = next((n for n in names if n is not None and hinted_name(n)), None)
        return self._names[arg]

    def of(
        self, module: Module, function: FunctionNode, arg: ast.arg, *, handed_on: bool = False
    ) -> Iterator[tuple[Module, ast.Call, int | None]]:
        """The calls of a function in the project, each with the place where they pass ``arg`` by position.

        With ``handed_on`` also those that ``partial``, ``map`` and the like make for the code: they are no part of the tree.
        """
        owner = module.scopes.parent[function]
        positional = [*function.args.posonlyargs, *function.args.args]
        position = positional.index(arg) if arg in positional else None
        name = function.name
        if isinstance(owner, ast.ClassDef):
            name = owner.name if name == "__init__" else name
        decorators = {getattr(d, "id", getattr(d, "attr", "")) for d in function.decorator_list}
        if function.name == "__init__" and isinstance(owner, ast.ClassDef):
            for caller, call, passes_self in constructions(self, ProjectClass(module, owner), function):
                yield caller, call, None if position is None else position - (not passes_self)
        sites = self.sites(module, name)
        if handed_on:
            sites = [*sites, *self._handed_on[self.types.project.group(module)].get(name, ())]
        for caller, call in sites:
            if self._calls(caller, call, module, function, owner):
                bound = isinstance(owner, ast.ClassDef) and "staticmethod" not in decorators
                if bound and isinstance(call.func, ast.Attribute) and function.name != "__init__":
                    through = self.types.typed(caller, call.func.value, MAX_DEPTH - 4)
                    # Class.method(object, …) passes the object too
                    bound = not isinstance(through, ClassObject) or "classmethod" in decorators
                yield caller, call, position - 1 if bound and position is not None else position

    def of_objects(
        self, module: Module, function: FunctionNode, arg: ast.arg
    ) -> Iterator[tuple[Module, ast.Call, int | None]]:
        """The calls of objects that end in the ``forward`` of their class and may pass ``arg``."""
        owner = module.scopes.parent[function]
        if function.name not in _OF_OBJECTS or not isinstance(owner, ast.ClassDef):
            return
        positional = [*function.args.posonlyargs, *function.args.args]
        position = positional.index(arg) - 1 if arg in positional else None
        for caller, call in self._that_pass(module, arg.arg, position):
            called = self.types.typed(caller, call.func, MAX_DEPTH - 4)
            if (
                isinstance(called, Instance)
                and isinstance(called.of, ProjectClass)
                and any(c.node is owner for c in self.types.project.lineage(called.of))
            ):
                yield caller, call, position

    def _calls(
        self, caller: Module, call: ast.Call, module: Module, function: FunctionNode, owner: ast.AST
    ) -> bool:
        target = self.types.project.resolve(caller, call.func)
        if function.name == "__init__" and isinstance(owner, ast.ClassDef):
            return isinstance(target, ProjectClass) and target.node is owner
        if isinstance(owner, ast.ClassDef):
            if not isinstance(call.func, ast.Attribute):
                return False
            receiver = self.types.typed(caller, call.func.value, MAX_DEPTH - 4)
            return (
                isinstance(receiver, Instance | ClassObject)
                and isinstance(receiver.of, ProjectClass)
                and any(c.node is owner for c in self.types.project.lineage(receiver.of))
            )
        return isinstance(target, ProjectFunction) and target.node is function

    def sites(self, module: Module, name: str) -> list[tuple[Module, ast.Call]]:
        """Calls of ``name`` in the module's project."""
        group = self.types.project.group(module)
        found = self._sites.get(group)
        if found is None:
            found = self._sites[group] = {}
            further = self._handed_on[group] = {}
            for other in self.types.project.peers(module):
                for call in other.scopes.calls:
                    func = call.func
                    called = func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", None)
                    if isinstance(func, ast.Call) and getattr(func.func, "id", "") == "type":
                        called = "__class__"  # type(self)(…) is self.__class__(…)
                    if called is not None:
                        found.setdefault(called, []).append((other, call))
                    inner = call_for(call) if called in HANDS_ON else None
                    if inner is not None:
                        handed = getattr(inner.func, "attr", None) or getattr(inner.func, "id", None) or ""
                        further.setdefault(handed, []).append((other, inner))
        return found.get(name, [])

    def _that_pass(
        self, module: Module, keyword: str, position: int | None
    ) -> Iterator[tuple[Module, ast.Call]]:
        """Calls of objects in the module's project that pass a keyword, or so many arguments that one is meant."""
        group = self.types.project.group(module)
        found = self._with.get(group)
        if found is None:
            found = self._with[group] = {}
            peers = self.types.project.peers(module)
            stored = frozenset[str]().union(*(peer.attributes_set for peer in peers))
            for other in peers:
                for call in other.scopes.calls:
                    if not _of_an_object(other, call.func, stored):
                        continue
                    for given in call.keywords:
                        found.setdefault(given.arg or "**", []).append((other, call))
                    found.setdefault(len(call.args), []).append((other, call))
        yield from found.get(keyword, ())
        if position is not None:
            for length, calls in found.items():
                if isinstance(length, int) and length > position:
                    yield from ((m, c) for m, c in calls if all(k.arg != keyword for k in c.keywords))


def _of_an_object(module: Module, called: ast.expr, stored: frozenset[str]) -> bool:
    """Whether what is called may be an object: no function, class or import, and no method by its name."""
    if isinstance(called, ast.Name):
        return any(b.kind not in {"import", "class", "function"} for b in module.bindings(called))
    return called.attr in stored if isinstance(called, ast.Attribute) else True
