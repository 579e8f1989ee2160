"""Dictionary entries that several calls share: they change only where all of those calls want the same."""

from __future__ import annotations

import ast

from ..rewriting.composer import Edit, Inner
from ..rewriting.edits import ArgumentEdit, CallEdit
from .bags import Entry
from .both_arguments import key_text, settle_value
from .call_model import Argument, CallModel
from .context import Context, Pending, Wish
from .flows import Flows


class Entries:
    """What the calls of one file want of the dictionaries that are unpacked into them."""

    def __init__(self, context: Context, flows: Flows) -> None:
        self.context = context
        self.flows = flows
        self._entry_states: dict[Entry, list[tuple[ast.Call, Argument, list[Pending]]]] = {}
        self._entry_consumers: dict[Entry, set[ast.Call]] = {}
        self._through: set[ast.Call] = set()

    def remember(self, model: CallModel) -> None:
        for argument in model.arguments:
            if argument.entry is not None and argument.entry.module is not None and argument.touched:
                self._wish(argument.entry, argument)
            if argument.entry is not None and argument.entry.module is None:
                states = self._entry_states.setdefault(argument.entry, [])
                mine = [p for p in model.findings if p.span == self.context.span(argument.entry.key)]
                states.append((model.node, argument, mine))
        for node in model.unpacked:
            bag = self.flows.bag(node)
            self._through |= bag.through
            for entry in bag.entries:
                self._entry_consumers.setdefault(entry, set()).update(bag.reached.get(entry, ()))

    def _wish(self, entry: Entry, argument: Argument) -> None:
        """Ask for a change of a key in the file that writes it."""
        module = entry.module
        assert module is not None
        value: str | None = None
        if argument.new_value is not None:
            start, end = module.lines.span(entry.value)
            value = argument.new_value(module.document.text[start:end])
            value = None if value == module.document.text[start:end] else value
        if argument.name == entry.name and not argument.removed and value is None:
            return  # the key stays: only the call gets something beside it
        span = module.lines.span(entry.key)
        name = argument.name or entry.name
        self.context.wishes.append(Wish(module.path, span, name, argument.removed, value))

    def settle(self) -> None:
        """Dictionary keys change only when every call that they reach wants the same change."""
        removed: dict[ast.AST, set[int]] = {}
        made: dict[ast.AST, list[Pending]] = {}
        for entry, states in self._entry_states.items():
            wanted = {(a.name, a.removed, a.new_value is not None) for _, a, _ in states}
            pendings = [p for _, _, found in states for p in found]
            if not any(a.touched for _, a, _ in states):
                continue
            calls = {call for call, _, _ in states}
            others = self._entry_consumers.get(entry, set()) - calls - self._through
            if len(wanted) > 1 or others:
                for pending in pendings:
                    pending.safety = pending.status = "manual"
                    pending.message += (
                        " The dictionary goes to other calls too, which want the old key: split it."
                    )
                self._only_one(pendings)
                continue
            argument = states[0][1]
            self._only_one(pendings)
            self._edit_entry(entry, argument, removed, made, pendings[:1])
        for container, indexes in removed.items():
            self._remove_entries(container, indexes, made[container])

    def _only_one(self, pendings: list[Pending]) -> None:
        """One finding a key, though several calls met it."""
        kept: set[str] = set()
        for pending in pendings:
            if pending.rule_id in kept and pending in self.context.pending:
                self.context.pending.remove(pending)
            kept.add(pending.rule_id)

    def _edit_entry(
        self,
        entry: Entry,
        argument: Argument,
        removed: dict[ast.AST, set[int]],
        made: dict[ast.AST, list[Pending]],
        pendings: list[Pending],
    ) -> None:
        context = self.context
        if argument.removed:
            removed.setdefault(entry.container, set()).add(entry.index)
            made.setdefault(entry.container, []).extend(pendings)
            return
        both = context.engine.both
        constant = None
        if both is not None and argument.earlier:
            constant = key_text(context, both, argument, entry.key)
            settle_value(context, both, argument, entry.key)
        if constant is not None:
            made_edit = context.composer.add(*context.span(entry.key), constant)
            for pending in pendings:
                pending.edits.append(made_edit)
        elif argument.name != entry.name and argument.name is not None:
            if isinstance(entry.key, ast.Constant):
                start, end = context.span(entry.key)
                old = context.module.document.text[start:end]
                new = old.replace(entry.name, argument.name) if entry.name in old else repr(argument.name)
                made_edit = context.composer.add(start, end, new)
            else:
                start = context.span(entry.key)[0]
                made_edit = context.composer.add(start, start + len(entry.name), argument.name)
            for pending in pendings:
                pending.edits.append(made_edit)
        if argument.new_value is not None:
            start, end = context.span(entry.value)
            fill = argument.new_value
            made_edit = context.composer.add(start, end, lambda inner: fill(inner(start, end)))
            for pending in pendings:
                pending.edits.append(made_edit)

    def _remove_entries(self, container: ast.AST, indexes: set[int], pendings: list[Pending]) -> None:
        made = take_out(self.context, container, indexes)
        for pending in pendings:
            pending.edits.extend(made)


def take_out(context: Context, container: ast.AST, indexes: set[int]) -> list[Edit]:
    """Take entries out of a display or a call, or a statement that stores one out of its block; the edits of the expression."""
    start, end = context.span(container)
    if isinstance(container, ast.stmt):
        from ..rewriting.statements import delete_statement

        parent = context.tree.parent[container]
        alone = any(
            block == [container]
            for name in ("body", "orelse", "finalbody")
            if isinstance(block := getattr(parent, name, None), list)
        )
        delete_statement(context.module, container, context.composer, keep_pass=alone)
        return []

    def produce(inner: Inner) -> str:
        from ..rewriting.calls import render_call, without_items

        if isinstance(container, ast.Dict):
            return without_items(inner(start, end), indexes)
        return render_call(
            inner(start, end), CallEdit(arguments={i: ArgumentEdit(remove=True) for i in indexes})
        )

    return [context.composer.add(start, end, produce)]
