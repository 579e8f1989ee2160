"""Loops over objects of the library whose items hold more than they did: the targets take what came to them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from ..analysis import parts
from ..analysis.hints import hinted
from ..analysis.kinds import Certainty
from ..analysis.walking import walk
from ..rewriting.composer import Inner
from ..rules.schema import LoopSelector, Rule
from . import templates
from .context import Context, Pending

_PLACEHOLDER = re.compile(r"\$\w+")
_WRAPPERS = frozenset({"enumerate", "zip", "list", "tuple", "reversed", "iter", "sorted"})

Loop = tuple[ast.AST, ast.expr, ast.expr]
"""The loop (or comprehension), its target and what it goes over."""


class LoopMatcher:
    """All loops of one file."""

    def __init__(self, context: Context) -> None:
        self.context = context

    def run(self) -> None:
        rules = self.context.plan.loops
        if not rules:
            return
        text = self.context.module.document.text
        words = {w for _, selector in rules for w in parts.names_of(selector.classes)}
        named = any(word in text for word in words)
        for loop, target, iterated in self._loops():
            for item, node in _items(target, iterated):
                if self.context.composer.has(*self.context.span(node)):
                    continue  # a pattern already made something else of it
                for rule, selector in rules:
                    certainty = self._certainty(node, selector, named)
                    if certainty is not None:
                        self._loop(loop, item, node, rule, selector, certainty)
                        break

    def _loops(self) -> Iterator[Loop]:
        tree = self.context.tree
        for node in tree.loops:
            loop = tree.parent[node] if isinstance(node, ast.comprehension) else node
            yield loop, node.target, node.iter

    def _certainty(self, node: ast.expr, selector: LoopSelector, named: bool) -> Certainty | None:
        context = self.context
        if not named and not hinted(context.types, context.module, node, selector.classes):
            return None
        certainty = context.types.receiver(context.module, node, selector.classes)
        if certainty is None or context.tells_apart(
            node, certain=certainty == "proven", among=selector.classes
        ):
            return None
        return None if context.module.guards.of_reference(node) is not None else certainty

    def _loop(
        self,
        loop: ast.AST,
        target: ast.expr,
        node: ast.expr,
        rule: Rule,
        selector: LoopSelector,
        certainty: Certainty,
    ) -> None:
        if isinstance(target, ast.Tuple | ast.List):
            self._unpacked(target, node, rule, selector, certainty)
        elif isinstance(target, ast.Name):
            self._kept(loop, target, node, rule, selector, certainty)

    def _unpacked(
        self,
        target: ast.Tuple | ast.List,
        node: ast.expr,
        rule: Rule,
        selector: LoopSelector,
        certainty: Certainty,
    ) -> None:
        context = self.context
        becomes = selector.items.get(len(target.elts))
        starred = any(isinstance(e, ast.Starred) for e in target.elts)
        if (
            starred
            and becomes is None
            and all(isinstance(e, ast.Starred) and _is_unused(e.value) for e in target.elts[-1:])
        ):
            return  # ``k, v, *_``: whatever comes is taken
        if becomes is None or starred:
            self._as_before(target, node, rule, selector, certainty)
            return
        pending = context.report(
            rule, target, safety=rule.safety, certainty=certainty, symbol=selector.classes[0],
            fixable=rule.safety != "manual",
        )  # fmt: skip
        if pending is None:
            return
        for element, literal in zip(target.elts, _PLACEHOLDER.split(becomes)[1:], strict=True):
            self._insert(element, literal.removesuffix(", "), pending)

    def _insert(self, element: ast.expr, text: str, pending: Pending) -> None:
        if text:
            end = self.context.span(element)[1]
            pending.edits.append(self.context.composer.add(end, end, text))

    def _as_before(
        self, use: ast.expr, node: ast.expr, rule: Rule, selector: LoopSelector, certainty: Certainty
    ) -> None:
        """The loop goes over items as they were, where the rule says how to get them."""
        context = self.context
        whole = selector.whole if rule.safety != "manual" else None
        pending = context.report(
            rule, use if whole is None else node, safety=rule.safety if whole is not None else "manual",
            fixable=whole is not None, certainty=certainty, symbol=selector.classes[0],
        )  # fmt: skip
        if pending is None or whole is None:
            return
        span = context.span(node)
        local = templates.localized(whole, lambda q: context.imports.local(q, node))
        (name,) = _PLACEHOLDER.findall(whole)

        def produce(inner: Inner) -> str:
            return templates.fill(local, {name[1:]: (inner(*span), node)})

        pending.edits.append(context.composer.add(*span, produce))

    def _kept(
        self,
        loop: ast.AST,
        target: ast.Name,
        node: ast.expr,
        rule: Rule,
        selector: LoopSelector,
        certainty: Certainty,
    ) -> None:
        """A loop with one variable: what it does with an item decides."""
        context = self.context
        fewest = min(selector.items)
        unpacked: list[ast.Tuple | ast.List] = []
        for use in walk(loop):
            if not isinstance(use, ast.Name) or use.id != target.id or not isinstance(use.ctx, ast.Load):
                continue
            parent = context.tree.parent.get(use)
            if isinstance(parent, ast.Assign) and parent.value is use and len(parent.targets) == 1:
                taking = parent.targets[0]
                if isinstance(taking, ast.Tuple | ast.List):
                    unpacked.append(taking)
                    continue
            if isinstance(parent, ast.Subscript) and parent.value is use and _is_old(parent.slice, fewest):
                continue
            self._as_before(use, node, rule, selector, certainty)
            return
        for taking in unpacked:
            self._unpacked(taking, node, rule, selector, certainty)


def _items(target: ast.expr, iterated: ast.expr) -> Iterator[tuple[ast.expr, ast.expr]]:
    """What a loop really goes over, each with the part of the target that gets its items."""
    if isinstance(iterated, ast.Call) and isinstance(iterated.func, ast.Name) and iterated.args:
        name = iterated.func.id
        if name in ("enumerate", "zip"):
            given = target.elts if isinstance(target, ast.Tuple | ast.List) else []
            taking = given[1:2] if name == "enumerate" else given
            for part, argument in zip(taking, iterated.args, strict=False):
                yield from _items(part, argument)
            return
        if name in _WRAPPERS:
            yield from _items(target, iterated.args[0])
            return
    yield target, iterated


def _is_unused(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id.startswith("_")


def _is_old(index: ast.expr, fewest: int) -> bool:
    """Whether an index or a slice reads only what items always held."""
    last = index.upper if isinstance(index, ast.Slice) else index
    value = last.value if isinstance(last, ast.Constant) else None
    return isinstance(value, int) and 0 <= value < fewest + isinstance(index, ast.Slice)
