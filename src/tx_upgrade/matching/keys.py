"""Keys that are written somewhere and may reach a call that unpacks a dictionary of unknown content."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from functools import lru_cache

from ..analysis.from_files import read_from
from ..analysis.kinds import Instance
from ..analysis.module import ExternalName, LibraryName, Module
from ..rules.schema import ArgumentOp, CallSelector, Rule
from .abroad import looked_up
from .argument_rules import ArgumentRules
from .call_model import Argument, CallModel
from .callees import Callee, CalleeFinder
from .context import Context
from .entries import Entries
from .flows import Flows

RulesOf = Callable[[Callee], list[tuple[Rule, str, CallSelector]]]
Written = tuple[str, ast.Constant | ast.keyword, ast.expr | None]
"""A key, where it is written, and its value where that stands beside it."""
_HANDED_AS_DICTIONARY = "vars("
_ENOUGH = 3
"""So many arguments of a call in one dictionary are no accident."""


class UnseenKeys:
    """Old arguments that no call is known to get, in a project where a call unpacks what nobody knows.

    Such a key is a finding: to say nothing of it could leave a call broken, and nobody would know where to look.
    """

    def __init__(
        self, context: Context, callees: CalleeFinder, arguments: ArgumentRules, flows: Flows
    ) -> None:
        self.context = context
        self.callees = callees
        self.arguments = arguments
        self.flows = flows
        self._calls: list[tuple[CallModel, Callee]] = []
        self._seen: set[ast.AST] = set()

    def remember(self, model: CallModel, callee: Callee | None) -> None:
        """Note the keys that a call is known to get, and the call itself where it may get more."""
        self._seen.update(a.entry.key for a in model.arguments if a.entry is not None)
        if model.unpacked and not model.complete and callee is not None:
            self._calls.append((model, callee))

    def report(self, rules: RulesOf, entries: Entries) -> None:
        """Report the keys that one of the noted calls may get, and change those that hardly anything else can mean."""
        for model, callee in self._calls:
            if self._from_files(model, callee, rules):
                continue  # a rule on such files speaks of it
            wanted = self._wanted(callee, rules)
            if not wanted:
                continue
            self._change_likely(model, callee, rules, set(wanted), entries)
            peers = self.context.project.peers(self.context.module)
            for module in sorted(peers, key=lambda m: m is not self.context.module):
                for name, node, value in _written(module):
                    if name in wanted and not model.gives(name) and node not in self._seen:
                        self._report(model, callee, module, node, value, *wanted[name])

    def _from_files(self, model: CallModel, callee: Callee, rules: RulesOf) -> bool:
        """Whether what a call unpacks comes from files, and a rule says what becomes of that."""
        context = self.context
        return any(selector.unpacked is not None for _, _, selector in rules(callee)) and all(
            self.flows.bag(node).complete or read_from(context.types, context.module, node)
            for node in model.unpacked
        )

    def _wanted(self, callee: Callee, rules: RulesOf) -> dict[str, tuple[Rule, tuple[ArgumentOp, ...]]]:
        """Old arguments of a callee by name, with a rule on each; names of one word mean too many other things."""
        context = self.context
        found: dict[str, tuple[Rule, tuple[ArgumentOp, ...]]] = {}
        own = self.callees.own_parameters(callee) or ()
        symbol = self.callees.symbol(callee)
        signature = context.library.signature(symbol, target=True) if symbol is not None else None
        kept = {p.name for p in signature.parameters} if signature is not None else set()
        # what a rule says of two arguments together is not said of one
        for rule, wanted, selector in sorted(rules(callee), key=lambda r: bool(r[2].require)):
            names = [n for n in selector.arguments if "_" in n and n not in kept and n not in own]
            if names and selector.arguments_only and self.callees.meets(wanted, callee) == "proven":
                for name in names:
                    found.setdefault(name, (rule, selector.arguments[name]))
        return found

    def _change_likely(
        self, model: CallModel, callee: Callee, rules: RulesOf, wanted: set[str], entries: Entries
    ) -> None:
        """Change the displays of the project that hold nothing but arguments of the callee, old ones among them."""
        context = self.context
        symbol = self.callees.symbol(callee)
        signature = context.library.signature(symbol) if symbol is not None else None
        if symbol is None or signature is None:
            return
        known = {p.name for p in signature.parameters} | wanted
        for module in context.project.peers(context.module):
            here = module is context.module
            for node, keys in _displays(module, frozenset(wanted)):
                if not all(k.value in known for k in keys):
                    continue
                if self._seen.intersection(keys) or any(self._goes_elsewhere(module, k) for k in keys):
                    continue
                if any(self._means_more(str(k.value), symbol) for k in keys if k.value in wanted):
                    continue
                at = node if here else model.unpacked[0]
                bag = None if here else self.flows.written_in(module, node)
                taken = CallModel.of_dictionary(model, at, self.flows, bag)
                for rule, name, selector in rules(callee):
                    meets = selector.arguments_only and taken.mentions(selector.arguments)
                    if meets and self.callees.meets(name, callee) is not None:
                        self.arguments.apply(taken, rule, selector, callee, "likely", model.node.func)
                entries.remember(taken)
                self._seen.update(keys)

    def _means_more(self, name: str, owner: str) -> bool:
        """Whether the project looks such a key up, or has something of its own by that name."""
        context = self.context
        if looked_up(context, context.module, name):
            return True
        for peer in context.project.peers(context.module):
            if name not in peer.document.text:
                continue
            for node in peer.scopes.parent:
                if isinstance(node, ast.arg):
                    if node.arg == name:
                        return True
                elif isinstance(node, ast.AnnAssign):
                    if getattr(node.target, "id", "") == name:
                        return True
                elif isinstance(node, ast.Attribute) and node.attr == name:
                    found = context.types.infer(peer, node.value)
                    if not isinstance(found, Instance) or not context.types.is_a(found.of, owner):
                        return True
        return False

    def _report(
        self,
        model: CallModel,
        callee: Callee,
        module: Module,
        node: ast.Constant | ast.keyword,
        value: ast.expr | None,
        rule: Rule,
        operations: tuple[ArgumentOp, ...],
    ) -> None:
        context = self.context
        argument = Argument(-1, None, value if value is not None else model.node, True)
        op = self.arguments.choose(operations, argument)
        if op is None or self._goes_elsewhere(module, node) or module.guards.of_reference(node) is not None:
            return
        here = module is context.module
        lines = context.lines if here else module.lines
        if here:
            line = lines.position(context.span(model.node)[0])[0]
            more = f"The call in line {line} may get it: it unpacks what is not known."
        else:
            line = lines.position(lines.span(node if isinstance(node, ast.Constant) else node.value)[0])[0]
            more = f"What is unpacked here may hold it: it is written in {module.document.path}:{line}."
            self._seen.add(node)
        context.report(
            rule, node if here else model.unpacked[0], safety="manual", fixable=False,
            message=f"{op.message or rule.message} {more}", symbol=self.callees.symbol(callee),
        )  # fmt: skip
        self._seen.add(node)

    def _goes_elsewhere(self, module: Module, node: ast.Constant | ast.keyword) -> bool:
        """Whether the dictionary of a key is known to go to other calls only."""
        parents = module.scopes.parent
        holder = parents.get(node)
        if isinstance(holder, ast.Subscript):
            holder = holder.value
        owner = parents.get(holder) if holder is not None else None
        if isinstance(owner, ast.keyword):
            owner = parents.get(owner)
        if isinstance(owner, ast.Call) and holder is not owner.func:
            target = self.context.project.resolve(module, owner.func)
            builtin = isinstance(owner.func, ast.Name) and owner.func.id in ("dict", "list")
            if isinstance(target, ExternalName | LibraryName) and not builtin:
                return True
        target_name = owner.targets[0] if isinstance(owner, ast.Assign) else holder
        if isinstance(target_name, ast.Name):
            flows = self.flows if module is self.context.module else Flows(module, self.context.types)
            bag = flows.variable(target_name)
            return bag.certain and bool(bag.consumers)
        return False


def _flag(call: ast.Call) -> tuple[str, ast.Constant] | None:
    """The name that ``add_argument`` gives the value of a flag, and where it is written."""
    dest = next((k.value for k in call.keywords if k.arg == "dest"), None)
    for node in [dest] if dest is not None else call.args:
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            name = node.value.lstrip("-").replace("-", "_")
            if "_" in name and (node is dest or node.value.startswith("--")):
                return name, node
    return None


@lru_cache(maxsize=512)
def _displays(module: Module, wanted: frozenset[str]) -> tuple[tuple[ast.Dict, list[ast.Constant]], ...]:
    """The displays of a module that hold one of the wanted keys among enough others, all of them written out."""
    parents = module.scopes.parent
    found: list[tuple[ast.Dict, list[ast.Constant]]] = []
    for node in {
        id(n): n for s in module.scopes.strings if s.value in wanted if (n := parents.get(s))
    }.values():
        if isinstance(node, ast.Dict) and len(node.keys) >= _ENOUGH:
            keys = [k for k in node.keys if isinstance(k, ast.Constant)]
            if len(keys) == len(node.keys) and any(k.value in wanted for k in keys):
                found.append((node, keys))
    return tuple(found)


@lru_cache(maxsize=512)
def _written(module: Module) -> tuple[Written, ...]:
    """The keys that a module writes into dictionaries, and the flags of parsers whose values it takes as one."""
    return tuple(_keys(module))


def _keys(module: Module) -> Iterator[Written]:
    parents = module.scopes.parent
    for string in module.scopes.strings:
        name = str(string.value)
        if "_" not in name or not name.isidentifier():
            continue
        parent = parents.get(string)
        if isinstance(parent, ast.Dict) and string in parent.keys:
            yield name, string, parent.values[parent.keys.index(string)]
        elif (
            (isinstance(parent, ast.Subscript) and isinstance(parent.ctx, ast.Store))
            or isinstance(parent, ast.Tuple | ast.List)
            or (isinstance(parent, ast.Call) and getattr(parent.func, "attr", "") == "setdefault")
        ):
            yield name, string, None
    for call in module.scopes.calls:
        func = call.func
        if getattr(func, "attr", "") == "add_argument" and _HANDED_AS_DICTIONARY in module.document.text:
            flag = _flag(call)
            if flag is not None:
                yield *flag, None
        if getattr(func, "id", "") == "dict" or getattr(func, "attr", "") == "update":
            for keyword in call.keywords:
                if keyword.arg is not None and "_" in keyword.arg:
                    yield keyword.arg, keyword, keyword.value
