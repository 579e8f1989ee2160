"""Dictionaries that are unpacked into a call: which keys they hold, and where each key was written."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import Literal

from ..analysis.project import Module
from ..analysis.scopes import Binding, Scope

EntryKind = Literal["display", "keyword", "store"]
_MAX_DEPTH = 6


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """One key of a dictionary, where it is written.

    ``container`` is the ``{…}`` display, the ``dict(…)``/``update(…)`` call, or the ``kw["key"] = …`` statement;
    ``index`` the entry's place in it.
    """

    kind: EntryKind
    name: str
    container: ast.AST
    index: int
    key: ast.Constant | ast.keyword
    value: ast.expr


@dataclass(slots=True)
class Bag:
    """The entries that certainly or possibly reach a ``**`` argument.

    ``complete``: no other key can be in it; ``certain``: this dictionary is used for nothing else, and ``doubtful``
    the entries that come from one that is; ``read``: keys that the code itself looks at; ``consumers``: all calls
    that it is unpacked into.
    """

    entries: list[Entry] = field(default_factory=list)
    complete: bool = True
    certain: bool = True
    doubtful: set[Entry] = field(default_factory=set)
    read: set[str] = field(default_factory=set)
    consumers: set[ast.Call] = field(default_factory=set)
    reached: dict[Entry, set[ast.Call]] = field(default_factory=dict)

    def merge(self, other: Bag) -> None:
        self.entries.extend(e for e in other.entries if e not in self.entries)
        self.complete &= other.complete
        self.doubtful |= other.doubtful
        self.read |= other.read
        for entry, calls in other.reached.items():
            self.reached.setdefault(entry, set()).update(calls)


def _unknown() -> Bag:
    return Bag(complete=False)


class Flows:
    """The dictionaries of one module."""

    def __init__(self, module: Module) -> None:
        self._module = module
        self._uses: dict[tuple[int, str], list[ast.Name]] | None = None
        self._memo: dict[tuple[int, str], Bag] = {}

    def bag(self, node: ast.expr, depth: int = 0) -> Bag:
        """What is known of the dictionary ``node``."""
        if depth > _MAX_DEPTH:
            return _unknown()
        if isinstance(node, ast.Dict):
            return self._display(node, depth)
        if isinstance(node, ast.Call):
            return self._call(node, depth)
        if isinstance(node, ast.Name):
            return self._name(node, depth)
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
            found = self.bag(node.left, depth + 1)
            found.merge(self.bag(node.right, depth + 1))
            return found
        if isinstance(node, ast.IfExp):
            found = self.bag(node.body, depth + 1)
            found.merge(self.bag(node.orelse, depth + 1))
            return found
        return _unknown()

    def _display(self, node: ast.Dict, depth: int) -> Bag:
        found = Bag()
        for index, (key, value) in enumerate(zip(node.keys, node.values, strict=True)):
            if key is None:
                found.merge(self.bag(value, depth + 1))
            elif isinstance(key, ast.Constant) and isinstance(key.value, str):
                found.entries.append(Entry("display", key.value, node, index, key, value))
            else:
                found.complete = False
        return found

    def _keywords(self, node: ast.Call, depth: int) -> Bag:
        found = Bag()
        ordered: list[ast.expr | ast.keyword] = [*node.args, *node.keywords]
        ordered.sort(key=lambda n: (n.lineno, n.col_offset))
        for index, argument in enumerate(ordered):
            if isinstance(argument, ast.keyword):
                if argument.arg is None:
                    found.merge(self.bag(argument.value, depth + 1))
                else:
                    found.entries.append(
                        Entry("keyword", argument.arg, node, index, argument, argument.value)
                    )
            elif isinstance(argument, ast.Starred):
                found.complete = False
            else:
                found.merge(self.bag(argument, depth + 1))
        return found

    def _call(self, node: ast.Call, depth: int) -> Bag:
        func = node.func
        if isinstance(func, ast.Name) and func.id == "dict" and not self._module.bindings(func):
            return self._keywords(node, depth)
        if isinstance(func, ast.Attribute) and func.attr in {"copy", "deepcopy"}:
            if isinstance(func.value, ast.Name) and func.value.id == "copy" and len(node.args) == 1:
                return self.bag(node.args[0], depth + 1)
            if not node.args:
                return self.bag(func.value, depth + 1)
        if isinstance(func, ast.Name) and func.id in {"copy", "deepcopy"} and len(node.args) == 1:
            return self.bag(node.args[0], depth + 1)
        return _unknown()

    def _name(self, node: ast.Name, depth: int) -> Bag:
        found = self._module.scope(node).lookup(node.id)
        if found is None:
            return _unknown()
        scope, bindings = found
        key = (id(scope), node.id)
        if key not in self._memo:
            self._memo[key] = _unknown()
            self._memo[key] = self._variable(scope, node.id, bindings, depth)
        known = self._memo[key]
        copy = Bag()
        copy.merge(known)
        return copy

    def _variable(self, scope: Scope, name: str, bindings: list[Binding], depth: int) -> Bag:
        found = Bag()
        for binding in bindings:
            if binding.kind == "assign" and binding.value is not None and not binding.index:
                if not (isinstance(binding.value, ast.Constant) and binding.value.value is None):
                    found.merge(self.bag(binding.value, depth + 1))
            else:
                found.complete = False
                # what a parameter holds, the caller sees; **kwargs are the function's own
                found.certain &= binding.kind == "other"
                found.entries.extend(self._handed_in(binding))
        for use in self._uses_of(scope, name):
            self._use(use, found, depth)
        for entry in found.entries:
            found.reached.setdefault(entry, set()).update(found.consumers)
        if not found.certain:
            found.doubtful.update(found.entries)
        return found

    def _handed_in(self, binding: Binding) -> list[Entry]:
        """What the calls of a function in the same module put into its ``**kwargs``."""
        parents = self._module.scopes.parent
        arguments = parents.get(binding.node)
        function = parents.get(arguments) if isinstance(arguments, ast.arguments) else None
        if not isinstance(function, ast.FunctionDef) or function.args.kwarg is not binding.node:
            return []
        args = function.args
        own = {a.arg for a in (*args.posonlyargs, *args.args, *args.kwonlyargs)}
        found: list[Entry] = []
        for call in self._module.scopes.calls:
            if not isinstance(call.func, ast.Name) or call.func.id != function.name:
                continue
            if [b.node for b in self._module.bindings(call.func)] != [function]:
                continue
            entries = self._keywords(call, _MAX_DEPTH).entries
            found.extend(e for e in entries if e.container is call and e.name not in own)
        return found

    def _uses_of(self, scope: Scope, name: str) -> list[ast.Name]:
        if self._uses is None:
            self._uses = {}
            for node in self._module.scopes.names:
                if isinstance(node.ctx, ast.Load):
                    owner = self._module.scope(node).lookup(node.id)
                    if owner is not None:
                        self._uses.setdefault((id(owner[0]), node.id), []).append(node)
        return self._uses.get((id(scope), name), [])

    def _use(self, use: ast.Name, bag: Bag, depth: int) -> None:
        """What one use of a dictionary's variable adds to it, or reads from it."""
        parents = self._module.scopes.parent
        parent = parents[use]
        if isinstance(parent, ast.keyword) and parent.arg is None:
            call = parents[parent]
            assert isinstance(call, ast.Call)
            if isinstance(call.func, ast.Name) and call.func.id == "dict":
                self._derived(call, bag, depth)
            else:
                bag.consumers.add(call)
            return
        if isinstance(parent, ast.Subscript) and parent.value is use:
            self._subscript(parent, bag)
            return
        if isinstance(parent, ast.Attribute) and isinstance(parents.get(parent), ast.Call):
            call = parents[parent]
            assert isinstance(call, ast.Call)
            if call.func is parent and self._method(parent.attr, call, bag, depth):
                return
        if isinstance(parent, ast.Dict) or (
            isinstance(parent, ast.Call)
            and isinstance(parent.func, ast.Name)
            and parent.func.id in {"dict", "copy", "deepcopy"}
        ):
            self._derived(parent, bag, depth)
            return
        if (
            isinstance(parent, ast.Compare)
            and isinstance(parent.left, ast.Constant)
            and isinstance(parent.left.value, str)
            and isinstance(parent.ops[0], ast.In | ast.NotIn)
        ):
            bag.read.add(parent.left.value)
            return
        bag.certain = False

    def _subscript(self, node: ast.Subscript, bag: Bag) -> None:
        key = node.slice
        if not (isinstance(key, ast.Constant) and isinstance(key.value, str)):
            bag.complete = bag.certain = False
            return
        parent = self._module.scopes.parent[node]
        if (
            isinstance(node.ctx, ast.Store)
            and isinstance(parent, ast.Assign)
            and len(parent.targets) == 1
            and parent.targets[0] is node
        ):
            bag.entries.append(Entry("store", key.value, parent, 0, key, parent.value))
        else:
            bag.read.add(key.value)

    def _method(self, name: str, call: ast.Call, bag: Bag, depth: int) -> bool:
        if name == "update":
            bag.merge(self._keywords(call, depth))
            return True
        if name == "copy":
            self._derived(call, bag, depth)
            return True
        if name in {"get", "pop", "setdefault"} and call.args:
            key = call.args[0]
            if isinstance(key, ast.Constant) and isinstance(key.value, str):
                bag.read.add(key.value)
                if name == "setdefault":
                    bag.complete = False
                return True
        return False

    def _derived(self, node: ast.AST, bag: Bag, depth: int) -> None:
        """A copy of the dictionary: what uses the copy uses the entries too."""
        parents = self._module.scopes.parent
        parent = parents.get(node)
        if isinstance(parent, ast.keyword) and parent.arg is None:
            call = parents[parent]
            if isinstance(call, ast.Call):
                bag.consumers.add(call)
                return
        if (
            isinstance(parent, ast.Assign)
            and len(parent.targets) == 1
            and isinstance(parent.targets[0], ast.Name)
        ):
            target = parent.targets[0]
            scope = self._module.scope(target).lookup(target.id)
            if scope is not None and depth < _MAX_DEPTH:
                for use in self._uses_of(scope[0], target.id):
                    copy = Bag()
                    self._use(use, copy, depth + 1)
                    bag.certain &= copy.certain
                    bag.read |= copy.read
                    bag.consumers |= copy.consumers
                return
        if isinstance(parent, ast.Return):
            bag.certain = False
            return
        bag.certain = False
