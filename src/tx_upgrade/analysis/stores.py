"""What code sets on objects, classes and modules from outside, and which names of the library it patches."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TYPE_CHECKING

from .kinds import ClassObject, Instance
from .library import ROOT
from .module import LibraryName, Module, ProjectClass

if TYPE_CHECKING:
    from .types import Types

Store = tuple[Module, ast.Attribute, ast.expr | None]
_PATCHES = frozenset({"patch", "setattr", "object"})


class Stores:
    """The assignments to attributes within each source folder of a run."""

    def __init__(self, types: Types) -> None:
        self.types = types
        self._by_name: dict[str, dict[str, list[Store]]] = {}
        self._patched: dict[str, list[tuple[str, ast.AST | None]]] = {}

    def on(self, cls: ProjectClass, name: str, depth: int) -> list[tuple[Module, ast.expr | None]]:
        """The values that code outside of a class gives to an attribute of its objects; None for an unknown one."""
        found: list[tuple[Module, ast.expr | None]] = []
        for module, target, value in self._of(cls.module).get(name, ()):
            receiver = self.types.typed(module, target.value, depth + 1)
            if isinstance(receiver, Instance | ClassObject) and isinstance(receiver.of, ProjectClass):
                lineage = self.types.project.lineage
                related = any(c.node is cls.node for c in lineage(receiver.of)) or any(
                    c.node is receiver.of.node for c in lineage(cls)
                )
                if related:
                    found.append((module, value))
        return found

    def is_patched(self, module: Module, name: str, node: ast.AST) -> bool:
        """Whether the project puts something else in the place of a name of the library where ``node`` stands."""
        for patched, place in self._patched_in(module):
            if place is not None and place not in module.scopes.ancestors(node):
                continue
            if any(self.types.library.same(n, patched) for n in (name, name.rpartition(".")[0])):
                return True
        return False

    def _of(self, module: Module) -> dict[str, list[Store]]:
        group = self.types.project.group(module)
        found = self._by_name.get(group)
        if found is None:
            found = self._by_name[group] = {}
            for peer in self.types.project.peers(module):
                parents = peer.scopes.parent
                for attribute in peer.scopes.attributes:
                    if not isinstance(attribute.ctx, ast.Store):
                        continue
                    if isinstance(attribute.value, ast.Name) and attribute.value.id in ("self", "cls"):
                        continue
                    statement = parents[attribute]
                    value = statement.value if isinstance(statement, ast.Assign | ast.AnnAssign) else None
                    found.setdefault(attribute.attr, []).append((peer, attribute, value))
                for call in peer.scopes.calls:
                    set_ = _set_by_name(call)
                    if set_ is not None:
                        found.setdefault(set_.attr, []).append((peer, set_, call.args[2]))
        return found

    def _patched_in(self, module: Module) -> list[tuple[str, ast.AST | None]]:
        """What a module patches itself, and where that counts; and what any other one does when it is imported."""
        found = self._patched.get(module.path)
        if found is None:
            self._patched[module.path] = []
            found = list(self._by_calls(module))
            resolve = self.types.project.resolve
            for stores in self._of(module).values():
                for owner, target, _ in stores:
                    if owner is not module and owner.scope(target) is not owner.scopes.module:
                        continue
                    base = resolve(owner, target.value)
                    if isinstance(base, LibraryName):
                        found.append((f"{base.name}.{target.attr}", None))
            self._patched[module.path] = found
        return found

    def _by_calls(self, module: Module) -> Iterator[tuple[str, ast.AST | None]]:
        for call in module.scopes.calls:
            called = getattr(call.func, "attr", None) or getattr(call.func, "id", None)
            if called not in _PATCHES or not call.args:
                continue
            first = call.args[0]
            name = ""
            if isinstance(first, ast.Constant):
                name = first.value if isinstance(first.value, str) else ""
            elif len(call.args) > 1 and isinstance(call.args[1], ast.Constant):
                base = self.types.project.resolve(module, first)
                name = f"{base.name}.{call.args[1].value!s}" if isinstance(base, LibraryName) else ""
            if name.startswith(f"{ROOT}."):
                # in effect within what is decorated, within the statement, or in the function that does it
                parent = module.scopes.parent[call]
                if isinstance(parent, ast.withitem):
                    parent = module.scopes.parent[parent]
                places = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.With | ast.AsyncWith
                within = isinstance(parent, places)
                yield name, parent if within else module.scopes.enclosing_function(call)


def _set_by_name(call: ast.Call) -> ast.Attribute | None:
    """The attribute that ``setattr(thing, "name", value)`` sets."""
    if getattr(call.func, "id", "") != "setattr" or len(call.args) != 3:
        return None
    name = call.args[1]
    if not isinstance(name, ast.Constant) or not isinstance(name.value, str):
        return None
    return ast.copy_location(ast.Attribute(value=call.args[0], attr=name.value, ctx=ast.Store()), call)
