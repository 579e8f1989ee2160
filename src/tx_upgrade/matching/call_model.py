"""A call as a list of arguments, and what the rules made of it so far."""

from __future__ import annotations

import ast
from collections.abc import Callable, Collection
from dataclasses import dataclass, field

from ..rewriting.composer import Edit, Inner
from ..rewriting.edits import ArgumentEdit, CallEdit, Fill
from ..rules.patterns import terminal
from ..rules.schema import Rule
from . import values
from .bags import Bag, Entry
from .context import Pending
from .flows import Flows


@dataclass(slots=True, eq=False)
class Earlier:
    """What an argument is on the releases before ``since``, where later ones take it otherwise."""

    since: str
    name: str | None
    value: Fill | None


@dataclass(slots=True, eq=False)
class Argument:
    """One argument of a call, or one key of a dictionary that is unpacked into it."""

    index: int
    name: str | None
    value: ast.expr
    keyword: bool
    entry: Entry | None = None
    spread: bool = False
    original: str | None = None
    new_value: Fill | None = None
    new_literal: object = None
    removed: bool = False
    touched: bool = False
    earlier: list[Earlier] = field(default_factory=list)
    """Its forms on older releases that the code has to run on as well, the oldest first."""
    replaced: list[tuple[str, Fill]] | None = None
    """With ``earlier``: the arguments in its place on newer releases."""
    spread_text: Fill | None = None
    """With ``earlier``: what the call unpacks in its place."""
    unpacked: ast.expr | None = None
    """For a key: the dictionary as the call unpacks it."""

    def literal(self) -> object:
        return self.new_literal if self.new_value is not None else values.literal(self.value)


@dataclass(slots=True)
class Added:
    name: str
    fill: Fill
    source: Argument | None
    since: str | None = None
    """The release from which on it is to be passed, where the code has to run on older ones as well."""


class CallModel:
    """A call and what the rules made of it so far."""

    def __init__(self, node: ast.Call, offset: int, parameters: list[str], flows: Flows) -> None:
        self.node = node
        self.arguments: list[Argument] = []
        self.added: list[Added] = []
        self.below: set[str] = set()
        """Names that what is unpacked got a default for."""
        self.handed: dict[str, list[Argument]] = {}
        """Functions that get what the call makes, each with the arguments that go to it."""
        self.complete = True
        self.doubted = False
        """Whether the rule at hand may be switched off by what is unpacked here."""
        self.changes = False
        """Whether the call only changes some fields of an object that is there."""
        self.unpacked: list[ast.expr] = []
        self.doubtful: set[Entry] = set()
        self.optional: set[Entry] = set()
        self.shared: set[Entry] = set()
        """Entries that reach other calls as well."""
        self.read_keys: set[str] = set()
        self.asked = False
        """Whether a key that only run time knows is asked of what is unpacked."""
        self.prepend: list[tuple[str | None, Callable[[], str]]] = []
        self.function: Callable[[Inner], str] | None = None
        self.expression: Callable[[Inner], str] | None = None
        self.through: dict[str, Edit] = {}
        """What the call goes through, by template."""
        self.inner: Inner | None = None
        """Gives the text of parts of the call, while it is being rewritten."""
        self.findings: list[Pending] = []
        self.since: Rule | None = None
        """The rule whose new call only runs on a part of the releases that the code has to run on."""
        self.shape: ast.Call = node
        """The call as the patterns so far left it: what later ones are matched with."""
        ordered: list[ast.expr | ast.keyword] = [*node.args, *node.keywords]
        ordered.sort(key=lambda n: (n.lineno, n.col_offset))
        position = -offset
        known = True
        for index, item in enumerate(ordered):
            if isinstance(item, ast.keyword):
                if item.arg is None:
                    self._unpack(item.value, flows)
                    self.arguments.append(Argument(index, None, item.value, True, spread=True))
                else:
                    self.arguments.append(Argument(index, item.arg, item.value, True, original=item.arg))
            elif isinstance(item, ast.Starred):
                known = False
                self.complete = False
                self.arguments.append(Argument(index, None, item.value, False, spread=True))
            else:
                name = parameters[position] if known and 0 <= position < len(parameters) else None
                self.arguments.append(Argument(index, name, item, False, original=name))
                position += 1

    @classmethod
    def of_dictionary(
        cls, call: CallModel, node: ast.expr, flows: Flows, bag: Bag | None = None
    ) -> CallModel:
        """A call that gets what a dictionary among the arguments of another call holds, or what ``bag`` says of it."""
        model = cls(call.node, 0, [], flows)
        model.arguments, model.unpacked, model.complete = [], [], True
        model.doubtful, model.optional, model.read_keys = set(), set(), set()
        model.asked = False
        model._unpack(node, flows, bag)
        return model

    def _unpack(self, node: ast.expr, flows: Flows, bag: Bag | None = None) -> None:
        self.unpacked.append(node)
        bag = flows.bag(node) if bag is None else bag
        self.complete &= bag.complete
        self.doubtful |= bag.doubtful
        self.optional |= bag.optional
        self.shared |= {e for e in bag.entries if len(bag.reached.get(e, ())) > 1}
        self.read_keys |= bag.read
        self.asked |= bag.asked
        for entry in bag.entries:
            if flows.is_for_others(entry):
                continue
            self.arguments.append(
                Argument(-1, entry.name, entry.value, True, entry=entry, original=entry.name, unpacked=node)
            )

    def find(self, name: str) -> list[Argument]:
        return [a for a in self.arguments if a.name == name and not a.removed and not a.spread]

    def read_elsewhere(self, name: str, several: bool) -> str:
        """What keeps the code from calling a dictionary's key by another name, as a sentence; empty if nothing does.

        ``several``: it would become more than one key.
        """
        if name in self.read_keys or several:
            return " The dictionary's key is read elsewhere: change both places."
        if self.asked:
            return " The dictionary is asked for keys by a variable: see that none of them is this one, then change it."
        return ""

    def mentions(self, names: Collection[str]) -> bool:
        """Whether one of ``names`` is passed, or may be in what is unpacked."""
        for argument in self.arguments:
            if argument.name in names:
                return True
        return any(a.name in names for a in self.added)

    def clashes(self, name: str, argument: Argument) -> bool:
        """Whether something else gives ``name``; another write of the same dictionary key is the same thing."""
        if any(a.name == name for a in self.added):
            return True
        return any(
            other is not argument
            and not (
                other.entry is not None and argument.entry is not None and other.original == argument.original
            )
            and not apart(other, argument)
            for other in self.find(name)
        )

    def together(self, argument: Argument, names: Collection[str]) -> bool:
        """Whether what is given for each of ``names`` can be there in a call that has ``argument``, too."""
        return all(
            any(not apart(argument, other) for other in found) for name in names if (found := self.find(name))
        )

    def gives(self, name: str) -> bool:
        return bool(self.find(name)) or any(a.name == name for a in self.added)

    def at_times(self, name: str) -> bool:
        """Whether what is unpacked holds ``name`` on some ways only."""
        found = self.find(name)
        return bool(found) and all(a.entry in self.optional for a in found)

    def renamed_alone(self, name: str) -> bool:
        """Whether ``name`` is a key's new name that the key may not get: it is written or wanted elsewhere too."""
        renamed = [a.entry for a in self.find(name) if a.entry is not None and a.name != a.original]
        return any(entry.module is not None or entry in self.shared for entry in renamed)

    def edit(self) -> CallEdit:
        """What happened to the arguments so far, as an edit of the call's text."""
        edit = CallEdit()
        for argument in self.arguments:
            if argument.entry is not None or argument.index < 0 or not argument.touched:
                continue
            was_keyword = any(k.value is argument.value for k in self.node.keywords)
            named = argument.keyword and (argument.name != argument.original or not was_keyword)
            edit.arguments[argument.index] = ArgumentEdit(
                remove=argument.removed and argument.spread_text is None,
                name=argument.name if named else None,
                value=argument.new_value,
                spread=argument.spread_text,
            )
        for added in self.added:
            source = added.source.index if added.source is not None else None
            edit.add.append((added.name, added.fill, source))
        edit.prepend = self.prepend
        return edit


def apart(one: Argument, other: Argument) -> bool:
    """Whether two keys come from different calls of one function of the project: no run has both."""
    if one.entry is None or other.entry is None:
        return False
    left, right = one.entry.container, other.entry.container
    if left is right or not (isinstance(left, ast.Call) and isinstance(right, ast.Call)):
        return False
    name = terminal(left)
    return name is not None and name not in ("dict", "update") and name == terminal(right)


def argument_node(model: CallModel, argument: Argument) -> ast.AST:
    """The node that a finding on an argument points at."""
    if argument.entry is not None:
        if argument.entry.module is not None and argument.unpacked is not None:
            return argument.unpacked
        return argument.entry.key
    for keyword in model.node.keywords:
        if keyword.value is argument.value:
            return keyword
    return argument.value
