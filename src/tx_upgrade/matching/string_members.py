"""Members that a string names: ``getattr(args, "name")``, the names that a loop hands it, keys of ``vars(args)``."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ..analysis.types import Certainty
from ..analysis.walking import walk
from ..rewriting.composer import Edit, Inner
from ..rules.schema import AttributeSelector, Rule
from . import templates
from .bags import Bag
from .both_expressions import key_by_release, needs_both
from .context import Context
from .flows import Flows
from .members import MemberMatcher, is_name

_SETS = "setattr"
_ASKS = frozenset({"getattr", _SETS})
_SHOWS = frozenset({"to_dict", "to_diff_dict", "to_sanitized_dict"})
_WRITES = "to_json_string"
_TAKES_KEY = frozenset({"get", "pop", "setdefault"})
_CHOOSES = _TAKES_KEY | _ASKS | {"hasattr"}
"""Calls whose arguments may be what stands for another one: ``getattr(x, "new", getattr(x, "old", None))``."""
_FEW = 3


def _called(call: ast.Call) -> str | None:
    return getattr(call.func, "attr", getattr(call.func, "id", None))


class StringMembers:
    """``getattr`` and ``setattr`` of one file, met with the rules on attributes."""

    def __init__(self, context: Context, members: MemberMatcher) -> None:
        self.context = context
        self.members = members
        self._flows: Flows | None = None

    def run(self) -> None:
        """Look at every such call whose receiver may be the library's."""
        context = self.context
        if not context.plan.attributes:
            return
        for call in context.tree.calls:
            func = call.func
            if not isinstance(func, ast.Name) or func.id not in _ASKS or len(call.args) < 2:
                continue
            if call in context.consumed or context.module.bindings(func):
                continue
            key = call.args[1]
            if isinstance(key, ast.Constant):
                if key.value in context.plan.attributes:
                    self._named(call, key)
            elif isinstance(key, ast.Name):
                self._looped(call, key)
        for string in context.tree.strings:
            if string.value in context.plan.attributes:
                self._key(string)

    def _rules(
        self, at: ast.expr, receiver: ast.expr, name: str, *, stores: bool
    ) -> list[tuple[Rule, Certainty, str | None]]:
        """The rules on an attribute that an expression reads or sets by its name."""
        meant = ast.copy_location(ast.Attribute(receiver, name, ast.Store() if stores else ast.Load()), at)
        parents = self.context.tree.parent
        parents[meant] = at
        try:
            found = self.members.rules_on(meant)
        finally:
            del parents[meant]
        # code that tries one name and then the other runs on both sides
        names = {new for _, _, new in found if new is not None and is_name(new)}
        return [] if names and names & self._beside(at) else found

    def _of_call(self, call: ast.Call, name: str) -> list[tuple[Rule, Certainty, str | None]]:
        stores = getattr(call.func, "id", "") == _SETS
        return self._rules(call, call.args[0], name, stores=stores)

    def _beside(self, at: ast.expr) -> set[str]:
        """The names that the expression around a place speaks of; the arguments of most calls are on their own."""
        outer: ast.AST = at
        for parent in self.context.tree.ancestors(at):
            if not isinstance(parent, ast.expr) or (
                isinstance(parent, ast.Call) and outer is not parent.func and _called(parent) not in _CHOOSES
            ):
                break
            outer = parent
        found = {n.attr for n in walk(outer) if isinstance(n, ast.Attribute)}
        return found | {str(n.value) for n in walk(outer) if isinstance(n, ast.Constant)}

    # -- a literal name ----------------------------------------------------------------------------------------------

    def _named(self, call: ast.Call, key: ast.Constant) -> None:
        context = self.context
        read = getattr(call.func, "id", "") != _SETS
        for rule, certainty, new in self._of_call(call, str(key.value)):
            renamed = new is not None and is_name(new)
            fixable = rule.safety != "manual" and new is not None and (renamed or read)
            split = new is not None and needs_both(context, rule, new, self._owners_of(rule))
            pending = context.report(
                rule, key, safety=rule.safety, fixable=fixable, certainty=certainty, symbol=str(key.value),
                on_both=not split or renamed,
            )  # fmt: skip
            context.consumed.add(call)  # the rest of the run need not explain this name
            if pending is None or new is None:
                continue
            if renamed and split:
                pending.edits.append(key_by_release(context, key, str(key.value), new, rule))
                continue
            if renamed:
                pending.edits.append(self._rename(key, str(key.value), new))
                continue
            template = new if "$" in new else f"$self.{new}"
            text = templates.localized(template, lambda q: context.imports.local(q, call))
            span, receiver = context.span(call), call.args[0]
            value = context.span(receiver)

            def produce(
                inner: Inner,
                text: str = text,
                value: tuple[int, int] = value,
                receiver: ast.expr = receiver,
            ) -> str:
                return templates.fill(text, {"self": (inner(*value), receiver)})

            pending.edits.append(context.composer.add(*span, produce))

    @staticmethod
    def _owners_of(rule: Rule) -> list[str]:
        selector = rule.selector
        names = selector.attributes if isinstance(selector, AttributeSelector) else {}
        return [n.rpartition(".")[0] for n in names]

    def _rename(self, key: ast.expr, old: str, new: str) -> Edit:
        start, end = self.context.span(key)
        text = self.context.module.document.text[start:end]
        return self.context.composer.add(start, end, text.replace(old, new) if old in text else repr(new))

    # -- a key of an object's attributes -----------------------------------------------------------------------------

    def _key(self, string: ast.Constant) -> None:
        """``vars(args)["name"]``, ``args.to_dict().get("name")``, ``"name" in args.__dict__``."""
        parent = self.context.tree.parent.get(string)
        table: ast.expr | None = None
        stores = False
        if isinstance(parent, ast.Subscript) and parent.slice is string:
            table, stores = parent.value, not isinstance(parent.ctx, ast.Load)
        elif isinstance(parent, ast.Call) and parent.args[:1] == [string]:
            func = parent.func
            table = func.value if isinstance(func, ast.Attribute) and func.attr in _TAKES_KEY else None
        elif isinstance(parent, ast.Compare) and isinstance(parent.ops[0], ast.In | ast.NotIn):
            table = parent.comparators[0]
        receiver = self._shown(table, 0) if table is not None else None
        if receiver is None:
            return
        name = str(string.value)
        for rule, certainty, new in self._rules(string, receiver, name, stores=stores):
            fixable = new is not None and is_name(new) and rule.safety != "manual"
            pending = self.context.report(
                rule, string, safety=rule.safety, fixable=fixable, certainty=certainty, symbol=name
            )
            if pending is not None and new is not None:
                pending.edits.append(self._rename(string, name, new))

    def _shown(self, node: ast.expr, depth: int) -> ast.expr | None:
        """The object whose attributes a dictionary shows."""
        if isinstance(node, ast.Attribute) and node.attr == "__dict__":
            return node.value
        if isinstance(node, ast.Call):
            func = node.func
            if isinstance(func, ast.Attribute) and func.attr in _SHOWS and not node.args:
                return func.value
            if len(node.args) == 1 and self.context.qualified(func) == "json.loads":
                text = node.args[0]
                given = text.func if isinstance(text, ast.Call) else None
                return given.value if isinstance(given, ast.Attribute) and given.attr == _WRITES else None
            builtin = (
                isinstance(func, ast.Name) and func.id == "vars" and not self.context.module.bindings(func)
            )
            if len(node.args) == 1 and (builtin or self.context.qualified(func) == "dataclasses.asdict"):
                return node.args[0]
        if isinstance(node, ast.Name) and depth < _FEW:
            bindings = self.context.module.bindings(node)
            if len(bindings) == 1 and bindings[0].kind == "assign" and not bindings[0].index:
                value = bindings[0].value
                return self._shown(value, depth + 1) if value is not None else None
        return None

    # -- a name that a loop hands on ---------------------------------------------------------------------------------

    def _looped(self, call: ast.Call, key: ast.Name) -> None:
        """``for name, value in changes.items(): setattr(args, name, value)``: the old names where they are written."""
        bindings = self.context.module.bindings(key)
        if len(bindings) != 1 or bindings[0].kind != "for" or any(bindings[0].index):
            return
        source = bindings[0].value
        if source is None or self.context.types.knows_nothing(self.context.module, call.args[0]):
            return
        scope = self.context.module.scope(key).lookup(key.id)
        alone = (
            sum(
                n.id == key.id
                and isinstance(n.ctx, ast.Load)
                and self.context.module.scope(n).lookup(n.id) == scope
                for n in self.context.tree.names
            )
            == 1
        )
        for name, node, sure in self._names(source):
            for rule, certainty, new in self._of_call(call, name):
                renamed = sure and alone and new is not None and is_name(new)
                line = self.context.lines.position(self.context.span(call)[0])[0]
                pending = self.context.report(
                    rule, node, safety=rule.safety, fixable=renamed and rule.safety != "manual",
                    certainty=certainty, symbol=name,
                    message=f"{rule.message} The {getattr(call.func, 'id', '')} in line {line} gets this name.",
                )  # fmt: skip
                if pending is not None and new is not None:
                    pending.edits.append(self._rename(node, name, new))

    def _names(self, source: ast.expr) -> Iterator[tuple[str, ast.expr, bool]]:
        """The names that a loop goes over, where they are written, and whether they are there for this loop only."""
        if isinstance(source, ast.Tuple | ast.List | ast.Set):
            for element in source.elts:
                head = (
                    element.elts[0] if isinstance(element, ast.Tuple | ast.List) and element.elts else element
                )
                if isinstance(head, ast.Constant) and head.value in self.context.plan.attributes:
                    yield str(head.value), head, False
            return
        if isinstance(source, ast.Call) and getattr(source.func, "attr", "") == "items" and not source.args:
            assert isinstance(source.func, ast.Attribute)
            source = source.func.value
        bag = self._bag(source)
        for entry in bag.entries:
            if entry.module is None and entry.name in self.context.plan.attributes:
                inline = isinstance(source, ast.Dict)
                if isinstance(entry.key, ast.Constant):
                    yield entry.name, entry.key, inline

    def _bag(self, source: ast.expr) -> Bag:
        if self._flows is None:
            self._flows = Flows(self.context.module, self.context.types)
        return self._flows.bag(source)
