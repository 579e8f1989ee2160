"""Dictionaries that are unpacked into a call: which keys they hold, and where each key was written."""

from __future__ import annotations

import ast

from ..analysis.assignments import (
    UNKNOWN,
    assigned_on_self,
    default_of,
    is_none,
    passed_value,
    returned_values,
)
from ..analysis.knowledge import HANDED_ON, PARSES_DICTIONARY
from ..analysis.module import ExternalName, Module, ProjectClass, ProjectFunction, ProjectValue, Target
from ..analysis.scopes import Binding, FunctionNode, Scope
from ..analysis.types import Types
from ..model import SHIM_FILE
from .bags import Bag, Entry, EntryKind, from_elsewhere, unknown
from .branches import mark_optional
from .key_reads import asked, compared

PASSED_ON = frozenset(name for names in HANDED_ON.values() for name in names)
_MAX_DEPTH = 6


def is_shim(target: Target | None) -> bool:
    """Whether something is of the compatibility module that an earlier run wrote."""
    if isinstance(target, ProjectFunction):
        return target.module.path.endswith(f"/{SHIM_FILE}")
    return isinstance(target, ExternalName) and SHIM_FILE.removesuffix(".py") in target.name.split(".")


class Flows:
    """The dictionaries of one module."""

    def __init__(self, module: Module, types: Types, others: dict[str, Flows] | None = None) -> None:
        self._module = module
        self._types = types
        # one for each file on the way: calls may go round in a circle through several files
        self._others: dict[str, Flows] = {} if others is None else others
        self._others[module.path] = self
        self._memo: dict[tuple[int, str], Bag] = {}
        self._entries: dict[ast.AST, Entry] = {}
        self._following: set[ast.AST] = set()
        """Parameters and functions whose uses are being followed: calls may go round in a circle."""

    def is_for_others(self, entry: Entry) -> bool:
        """Whether a version check says that a key is for other releases than the target: ``{} if NEW else {"old": 1}``."""
        return entry.module is None and self._module.guards.of_reference(entry.key) is not None

    def bag(self, node: ast.expr, depth: int = 0) -> Bag:
        """What is known of the dictionary ``node``."""
        if depth > _MAX_DEPTH:
            return unknown()
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
            served = [n for n in (node.body, node.orelse) if not self._is_dead(n)]
            return self._any(served, depth) if len(served) != 1 else self.bag(served[0], depth + 1)
        if isinstance(node, ast.BoolOp):
            return self._any([v for v in node.values if not is_none(v)], depth)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "self":
            return self._on_self(node, depth)
        if isinstance(node, ast.Attribute):
            return self._imported(self._types.project.resolve(self._module, node), depth)
        if isinstance(node, ast.Subscript):
            return self._inner(node, depth)
        return unknown()

    def variable(self, name: ast.Name) -> Bag:
        """All that is known of a variable, its other uses included."""
        self._name(name, 0)
        found = self._module.scope(name).lookup(name.id)
        return unknown() if found is None else self._memo.get((id(found[0]), name.id), unknown())

    def _is_dead(self, node: ast.expr) -> bool:
        """Whether a version check keeps the target away."""
        guard = self._module.guards.of_reference(node)
        return guard is not None and guard.kind == "dead"

    def _any(self, nodes: list[ast.expr], depth: int) -> Bag:
        found = Bag()
        # of an empty alternative (``kw or {}``) nothing is taken
        filled = [n for n in nodes if not (isinstance(n, ast.Dict) and not n.keys)]
        if (
            len(filled) == 1
            and len(nodes) > 1
            and isinstance(self._module.scopes.parent.get(nodes[0]), ast.IfExp)
        ):
            filled = nodes
        found.either([self.bag(node, depth + 1) for node in filled])
        return found

    def _inner(self, node: ast.Subscript, depth: int) -> Bag:
        """A dictionary in a dictionary: ``CONFIG["training"]``, or ``CONFIG[task]`` for any of them."""
        outer = self.bag(node.value, depth + 1)
        found = Bag(complete=outer.complete)
        key = node.slice.value if isinstance(node.slice, ast.Constant) else None
        ways: list[Bag] = []
        for entry in outer.entries:
            if key is not None and entry.name != key:
                continue
            if not self._is_written_out(entry.value):
                found.complete = False
                continue
            flows = self._of(entry.module)
            inner = flows.bag(entry.value, depth + 1)
            way = inner if flows is self else from_elsewhere(inner, flows._module)
            once = outer.certain and entry not in outer.doubtful and outer.reads.get(entry.name, 0) <= 1
            if key is None:
                once = outer.looked_up == 1 and entry.name not in outer.reads and entry.module is None
            if not once:
                way.doubtful.update(inner.entries)
            way.read |= {inside for name, inside in outer.inside if name == entry.name}
            ways.append(way)
        found.either(ways)
        return found

    def _is_written_out(self, value: ast.expr) -> bool:
        """Whether a value is ``{…}``, or ``dict(…)``."""
        if not isinstance(value, ast.Call):
            return isinstance(value, ast.Dict)
        return isinstance(value.func, ast.Name) and value.func.id == "dict" and not value.args

    def _of(self, module: Module | None) -> Flows:
        if module is None or module is self._module:
            return self
        return self._others.get(module.path) or Flows(module, self._types, self._others)

    def written_in(self, module: Module, node: ast.expr) -> Bag:
        """What is known of a dictionary that another file of the project writes."""
        return self._elsewhere(module, node, 0)

    def _elsewhere(self, module: Module, node: ast.expr, depth: int) -> Bag:
        """A dictionary that another file of the project writes."""
        flows = self._of(module)
        found = flows.bag(node, depth + 1)
        return found if flows is self else from_elsewhere(found, module)

    def _display(self, node: ast.Dict, depth: int) -> Bag:
        found = Bag()
        for index, (key, value) in enumerate(zip(node.keys, node.values, strict=True)):
            if key is None:
                found.merge(self.bag(value, depth + 1))
            elif (constant := self._key(key)) is not None:
                found.entries.append(
                    self._entry("display", str(constant.value), node, index, constant, value)
                )
            else:
                found.complete = False
        return found

    def _key(self, node: ast.expr) -> ast.Constant | None:
        """The constant key that an expression is; of those of several versions the one that the target gets."""
        if isinstance(node, ast.Constant):
            return node if isinstance(node.value, str) else None
        ways: list[ast.expr | None] = []
        if isinstance(node, ast.IfExp):
            ways = [node.body, node.orelse]
        elif isinstance(node, ast.Name):
            ways = [
                b.value if b.kind == "assign" and not b.index else None for b in self._module.bindings(node)
            ]
            if len(ways) == 1 and isinstance(ways[0], ast.IfExp):
                return self._key(ways[0])
        served = [way for way in ways if way is None or not self._is_dead(way)]
        return self._key(served[0]) if len(served) == 1 < len(ways) and served[0] is not None else None

    def _entry(
        self,
        kind: EntryKind,
        name: str,
        container: ast.AST,
        index: int,
        key: ast.Constant | ast.keyword,
        value: ast.expr,
    ) -> Entry:
        """One object for one key, whichever way the dictionary is reached."""
        if key not in self._entries:
            self._entries[key] = Entry(kind, name, container, index, key, value)
        return self._entries[key]

    def _pairs(self, node: ast.List | ast.Tuple) -> Bag:
        """``dict([("key", value), …])``."""
        found = Bag()
        for index, pair in enumerate(node.elts):
            parts = pair.elts if isinstance(pair, ast.Tuple | ast.List) else []
            if len(parts) == 2 and isinstance(parts[0], ast.Constant) and isinstance(parts[0].value, str):
                found.entries.append(self._entry("pair", parts[0].value, node, index, parts[0], parts[1]))
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
                        self._entry("keyword", argument.arg, node, index, argument, argument.value)
                    )
            elif isinstance(argument, ast.Starred):
                found.complete = False
            elif isinstance(argument, ast.List | ast.Tuple):
                found.merge(self._pairs(argument))
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
        target = self._types.project.resolve(self._module, func)
        if is_shim(target) and len(node.args) == 1:
            found = self.bag(node.args[0], depth + 1)
            found.complete = False
            return found
        if isinstance(target, ProjectFunction) and target.node not in self._following:
            self._following.add(target.node)
            found = self._returned(target, depth)
            self._following.discard(target.node)
            return found
        return unknown()

    def _uses_on_self(self, cls: ast.ClassDef, name: str, bag: Bag, depth: int) -> None:
        for use in self._module.scopes.attributes:
            if use.attr != name or not isinstance(use.ctx, ast.Load):
                continue
            own = isinstance(use.value, ast.Name) and use.value.id == "self"
            if own and self._module.scopes.enclosing_class(use) is cls:
                self._use(use, bag, depth)
            else:
                bag.certain = False

    def _returned(self, function: ProjectFunction, depth: int) -> Bag:
        """The dictionary that a function of the project returns; who else calls it uses it too."""
        found = Bag()
        values = [v for v in returned_values(function.node) if not is_none(v)]
        found.either([self._elsewhere(function.module, value, depth) for value in values])
        found.complete &= bool(values)
        calls = self._types.callers.sites(function.module, function.node.name)
        if function.module is not self._module or len(calls) > 1:
            for caller, call in calls:
                uses = Bag(certain=caller is self._module)
                if caller is self._module:
                    self._derived(call, uses, depth)
                if not uses.certain:
                    found.doubtful.update(found.entries)
                found.read |= uses.read
                found.asked |= uses.asked
                for entry in found.entries:
                    found.reached.setdefault(entry, set()).update(uses.consumers)
        return found

    def _on_self(self, node: ast.Attribute, depth: int) -> Bag:
        """``self.kw``: what the class gives it, and what its methods do with it."""
        cls = self._module.scopes.enclosing_class(node)
        if cls is None or node in self._following:
            return unknown()
        key = (id(cls), node.attr)
        if key not in self._memo:
            self._memo[key] = unknown()
            found = Bag()
            given = assigned_on_self(ProjectClass(self._module, cls), node.attr)
            for _, value, _ in given:
                if value is not None and not is_none(value):
                    found.merge(self.bag(value, depth + 1))
            found.complete &= bool(given)
            self._uses_on_self(cls, node.attr, found, depth)
            self._memo[key] = self._settled(found)
        copy = Bag()
        copy.merge(self._memo[key])
        return copy

    def _name(self, node: ast.Name, depth: int) -> Bag:
        found = self._module.scope(node).lookup(node.id)
        if found is None:
            return unknown()
        scope, bindings = found
        key = (id(scope), node.id)
        if key not in self._memo:
            self._memo[key] = unknown()
            self._memo[key] = self._variable(scope, node.id, bindings, depth)
        known = self._memo[key]
        copy = Bag()
        copy.merge(known)
        return copy

    def _variable(self, scope: Scope, name: str, bindings: list[Binding], depth: int) -> Bag:
        found = Bag()
        ways: list[Bag] = []
        for binding in bindings:
            added = binding.statement
            if binding.value is not None and self._is_dead(binding.value):
                continue
            if binding.kind == "assign" and binding.value is not None and not binding.index:
                if not is_none(binding.value):
                    ways.append(self.bag(binding.value, depth + 1))
            elif isinstance(added, ast.AugAssign) and isinstance(added.op, ast.BitOr):
                found.merge(self.bag(added.value, depth + 1))
            elif binding.kind == "param" and isinstance(binding.node, ast.arg):
                found.merge(self._passed(binding.node, depth))
            elif binding.kind in {"param", "other"}:
                found.complete = False
                # what a parameter holds, the caller sees; **kwargs are the function's own
                found.certain &= binding.kind == "other"
                found.merge(self._handed_in(binding))
            elif binding.kind == "import":
                target = self._types.project.resolve_bindings(self._module, [binding], 0)
                ways.append(self._imported(target, depth))
                found.certain = False
            else:
                found.complete = found.certain = False
        found.either(ways)
        written = len(found.entries)
        for use in self._uses_of(scope, name):
            if not self._is_dead(use):
                self._use(use, found, depth)
        mark_optional(self._module, found, found.entries[written:])
        if any(b.kind == "param" for b in bindings):
            found.doubtful.update(found.entries[written:])  # the caller sees what is stored in its dictionary
        return self._settled(found)

    def _imported(self, target: Target | None, depth: int) -> Bag:
        """A dictionary that another file gives a name."""
        if not isinstance(target, ProjectValue) or target.module is self._module or not target.bindings:
            return unknown()
        flows = self._of(target.module)
        first = target.bindings[0]
        owner = target.module.scope(first.node).lookup(first.name)
        if owner is None or depth > _MAX_DEPTH:
            return unknown()
        key = (id(owner[0]), first.name)
        if key not in flows._memo:
            flows._memo[key] = unknown()
            flows._memo[key] = flows._variable(owner[0], first.name, owner[1], depth + 1)
        return from_elsewhere(flows._memo[key], target.module)

    @staticmethod
    def _settled(found: Bag) -> Bag:
        for entry in found.entries:
            found.reached.setdefault(entry, set()).update(found.consumers)
        if not found.certain:
            found.looked_up = 0
        if not found.certain or found.looked_up:
            found.certain = False
            found.doubtful.update(found.entries)
        return found

    def _passed(self, arg: ast.arg, depth: int) -> Bag:
        """What the calls of a function in the project pass for a parameter; more may come from outside."""
        parents = self._module.scopes.parent
        function = parents[parents[arg]]
        found = Bag(complete=False)
        if not isinstance(function, FunctionNode) or arg in self._following or depth > _MAX_DEPTH:
            return found
        ways: list[Bag] = []
        self._following.add(arg)
        for caller, call, position in self._types.callers.of(self._module, function, arg):
            value = passed_value(call, arg.arg, position)
            if value is not None and value is not UNKNOWN and not is_none(value):
                ways.append(self._elsewhere(caller, value, depth))
        default = default_of(function, arg)
        if default is not None and not is_none(default):
            ways.append(self.bag(default, depth + 1))
        found.either(ways)
        self._following.discard(arg)
        return found

    def _handed_in(self, binding: Binding) -> Bag:
        """What the calls of a function or a class in the project put into its ``**kwargs``."""
        parents = self._module.scopes.parent
        arguments = parents.get(binding.node)
        function = parents.get(arguments) if isinstance(arguments, ast.arguments) else None
        found = Bag()
        if not isinstance(function, ast.FunctionDef) or function.args.kwarg is not binding.node:
            return found
        owner = parents.get(function)
        if isinstance(owner, ast.ClassDef) and self._types.project.library_bases(
            ProjectClass(self._module, owner)
        ):
            return found  # a call of such a class is taken as one of the library's
        args = function.args
        own = {a.arg for a in (*args.posonlyargs, *args.args, *args.kwonlyargs)}
        ways: list[Bag] = []
        for caller, call, _ in self._types.callers.of(self._module, function, function.args.kwarg):
            flows = self._of(caller)
            keywords = flows._keywords(call, _MAX_DEPTH - 4)
            if flows is not self:
                keywords = from_elsewhere(keywords, caller)
            kept = [e for e in keywords.entries if e.name not in own]
            written = {e for e in kept if e.container is call}
            way = Bag(kept, doubtful=keywords.doubtful - written, optional=keywords.optional & set(kept))
            way.reached = {e: calls for e, calls in keywords.reached.items() if e in kept}
            way.through = {call, *keywords.through}
            ways.append(way)
        found.either(ways)
        return found

    def _uses_of(self, scope: Scope, name: str) -> list[ast.Name]:
        found: list[ast.Name] = []
        for node in self._module.names_read.get(name, ()):
            owner = self._module.scope(node).lookup(name)
            if owner is not None and owner[0] is scope:
                found.append(node)
        return found

    def _use(self, use: ast.expr, bag: Bag, depth: int) -> None:
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
        if isinstance(parent, ast.keyword) and parent.arg in PASSED_ON:
            call = parents[parent]
            assert isinstance(call, ast.Call)
            bag.consumers.add(call)
            return
        if isinstance(parent, ast.Call) and getattr(parent.func, "attr", "") == PARSES_DICTIONARY:
            bag.consumers.add(parent)
            return
        if isinstance(parent, ast.Subscript) and parent.value is use:
            self._subscript(parent, bag)
            return
        if isinstance(parent, ast.BoolOp) or (isinstance(parent, ast.IfExp) and parent.test is not use):
            self._use(parent, bag, depth)
            return
        if isinstance(parent, ast.If | ast.IfExp) and parent.test is use:
            return
        if isinstance(parent, ast.Call | ast.keyword) and self._as_argument(use, parent, bag, depth):
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
            and isinstance(parent.ops[0], ast.In | ast.NotIn)
            and parent.comparators[0] is use
            and asked(self._module, use, parent.left, bag)
        ):
            return
        if isinstance(parent, ast.Assign):
            self._derived(use, bag, depth)
            return
        compared(self._module, use, bag)
        bag.certain = False

    def _as_argument(self, use: ast.expr, parent: ast.Call | ast.keyword, bag: Bag, depth: int) -> bool:
        """Follow a dictionary into a function of the same file; whether that is where it goes."""
        call = self._module.scopes.parent[parent] if isinstance(parent, ast.keyword) else parent
        if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Name) or depth >= _MAX_DEPTH:
            return False
        target = self._types.project.resolve(self._module, call.func)
        if not isinstance(target, ProjectFunction) or target.module is not self._module:
            return False
        args = target.node.args
        if isinstance(parent, ast.keyword):
            taking = [a for a in (*args.args, *args.kwonlyargs) if a.arg == parent.arg]
        else:
            positional = [*args.posonlyargs, *args.args]
            place = call.args.index(use) if use in call.args else len(positional)
            taking = positional[place : place + 1]
        if not taking or taking[0] in self._following or any(isinstance(a, ast.Starred) for a in call.args):
            return taking != [] and taking[0] in self._following
        scope = self._module.scope(target.node.body[0])
        for inner in self._uses_of(scope, taking[0].arg):
            self._use(inner, bag, depth + 1)
        return True

    def _subscript(self, node: ast.Subscript, bag: Bag) -> None:
        key = self._key(node.slice)
        parent = self._module.scopes.parent[node]
        if key is None:
            if not isinstance(node.ctx, ast.Store):
                asked(self._module, node.value, node.slice, bag)
            if isinstance(node.ctx, ast.Load) and not isinstance(parent, ast.Subscript | ast.Attribute):
                bag.looked_up += 1
            else:
                bag.complete = bag.certain = False
            return
        name = str(key.value)
        if (
            isinstance(parent, ast.Subscript)
            and parent.value is node
            and isinstance(parent.ctx, ast.Load)
            and isinstance(parent.slice, ast.Constant)
        ):
            bag.inside.add((name, str(parent.slice.value)))
            return
        if (
            isinstance(node.ctx, ast.Store)
            and isinstance(parent, ast.Assign)
            and len(parent.targets) == 1
            and parent.targets[0] is node
        ):
            bag.entries.append(self._entry("store", name, parent, 0, key, parent.value))
        else:
            bag.read.add(name)
            bag.reads[name] = bag.reads.get(name, 0) + 1

    def _method(self, name: str, call: ast.Call, bag: Bag, depth: int) -> bool:
        if name == "update":
            bag.merge(self._keywords(call, depth))
            return True
        if name == "copy":
            self._derived(call, bag, depth)
            return True
        if name in {"get", "pop", "setdefault"} and call.args:
            key = self._key(call.args[0])
            if key is not None:
                statement = self._module.scopes.parent.get(call)
                if name == "setdefault" and len(call.args) == 2 and isinstance(statement, ast.Expr):
                    bag.entries.append(self._entry("store", str(key.value), statement, 0, key, call.args[1]))
                else:
                    bag.read.add(str(key.value))
                return True
            if isinstance(call.func, ast.Attribute):
                return asked(self._module, call.func.value, call.args[0], bag)
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
        if parent in self._following:
            return  # ``kw = kw or {}``: what is done with it is being looked at
        if isinstance(parent, ast.Assign) and len(parent.targets) == 1 and depth < _MAX_DEPTH:
            copy = Bag()
            self._following.add(parent)
            known = self._uses_of_target(parent.targets[0], copy, depth + 1)
            self._following.discard(parent)
            if known:
                bag.certain &= copy.certain
                bag.read |= copy.read
                bag.asked |= copy.asked
                bag.consumers |= copy.consumers
                return
        bag.certain = False

    def _uses_of_target(self, target: ast.expr, bag: Bag, depth: int) -> bool:
        """Follow what is done with a variable or an attribute of ``self``; False for any other target."""
        if isinstance(target, ast.Name):
            scope = self._module.scope(target).lookup(target.id)
            for use in self._uses_of(scope[0], target.id) if scope is not None else ():
                self._use(use, bag, depth)
            return scope is not None
        cls = self._module.scopes.enclosing_class(target)
        if cls is None or not isinstance(target, ast.Attribute):
            return False
        if not (isinstance(target.value, ast.Name) and target.value.id == "self"):
            return False
        self._uses_on_self(cls, target.attr, bag, depth)
        return True
