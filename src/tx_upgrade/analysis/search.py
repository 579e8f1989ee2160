"""How a question about a type goes on from expression to expression: what is known already, and where it ends."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from .kinds import MAX_DEPTH, Itself, Type
from .module import Module
from .scopes import Binding, FunctionNode, Scope

Subject = TypeVar("Subject", ast.expr, Binding)

_MAX_STEPS = 80
"""Expressions that one question may look at: callers of callers branch without end."""
_NO_LOOP = 1 << 30
_MISSING = object()


class _Known:
    """What was found out, in general or while one call of a function is being looked into."""

    __slots__ = ("too_deep", "too_much", "types")

    def __init__(self) -> None:
        self.types: dict[object, Type | None] = {}
        self.too_deep: dict[object, int] = {}
        """Where a search ended for its depth alone: from this depth on it does so again."""
        self.too_much: dict[object, int] = {}
        """Where the steps ran out: with so many left, or fewer, they do so again."""


class Search:
    """The memory of an inference, and the way from the first question to the one that is being asked."""

    def __init__(self) -> None:
        self.given: dict[ast.arg, Type] = {}
        """What the call that is being looked into passes for the parameters of its function."""
        self.cuts = 0
        """How often a search ended before its end: what it found not then is not known for certain."""
        self._depth_cuts = 0
        self.guesses = 0
        """How often a search met what is being asked already: what rests on that holds only for that question."""
        self._looked_into: tuple[FunctionNode, ...] = ()
        self._general = _Known()
        self._here = self._general
        self._contexts: dict[object, _Known] = {}
        self._active: dict[object, int] = {}
        self._fuel = 0
        self._lowest = _NO_LOOP
        """How far back on the way the search ran into what is being asked already."""
        self._pending: list[tuple[_Known, object]] = []
        """What is unknown for as long as something further back on the way is."""

    @property
    def exhausted(self) -> bool:
        """Whether the question that is being answered has looked at as much as one may."""
        if self._fuel > 0 or not self._active:
            return False
        self.cuts += 1
        return True

    def too_deep(self, depth: int) -> bool:
        """Whether a search that has come this far ends here."""
        if depth <= MAX_DEPTH:
            return False
        self.cuts += 1
        self._depth_cuts += 1
        return True

    @contextmanager
    def looking_into(
        self, function: FunctionNode, given: dict[ast.arg, Type], *, further: bool = False
    ) -> Iterator[None]:
        """For as long as it lasts, the parameters of ``function`` are what one call of it passes.

        ``further``: what is known already of this function or another one goes on to hold.
        """
        before = self.given, self._looked_into, self._here
        if given:
            inside: tuple[FunctionNode, ...] = (function,)
            if further or function in self._looked_into:
                given = {**self.given, **given}
                inside = tuple(dict.fromkeys((*self._looked_into, function)))
            key = (inside, tuple(given.items()))
            self.given, self._looked_into = given, inside
            self._here = self._contexts.setdefault(key, _Known())
        try:
            yield
        finally:
            self.given, self._looked_into, self._here = before

    def spend(self, steps: int) -> None:
        """Count work that looks at several expressions at once."""
        self._fuel -= steps

    def is_in(self, function: FunctionNode) -> bool:
        """Whether it is one call of that function that is being looked into."""
        return function in self._looked_into

    def _meets(self, question: object) -> bool:
        """Whether something is what is being asked already."""
        position = self._active.get(question)
        if position is None:
            return False
        self.guesses += 1
        self._lowest = min(self._lowest, position)
        return True

    def enter(self, question: object) -> bool:
        """Whether a question is not being asked already; it is from now on, until ``leave``."""
        if self._meets(question):
            return False
        self._active[question] = len(self._active)
        return True

    def leave(self, question: object) -> None:
        del self._active[question]

    def find(
        self,
        module: Module,
        subject: Subject,
        depth: int,
        infer: Callable[[Module, Subject, int], Type | None],
        cost: int = 1,
    ) -> Type | None:
        """What ``infer`` finds for a subject, or found before; None when it is not known.

        What is being asked for already is ``Itself``.
        """
        here = self._here
        known = here.types.get(subject, _MISSING)
        if known is _MISSING and here is not self._general and not self._in_given(module, subject):
            known = self._general.types.get(subject, _MISSING)
        if known is not _MISSING:
            return known  # type: ignore[return-value]
        if not self._active:
            self._fuel = _MAX_STEPS
        if depth >= here.too_deep.get(subject, MAX_DEPTH + 1):
            self.cuts += 1
            self._depth_cuts += 1
            return None
        if self._meets(subject):
            return Itself()
        if self._fuel <= here.too_much.get(subject, 0):
            self.cuts += 1
            return None
        self._fuel -= cost
        return self._work_out(module, subject, depth, infer)

    def _work_out(
        self,
        module: Module,
        subject: Subject,
        depth: int,
        infer: Callable[[Module, Subject, int], Type | None],
    ) -> Type | None:
        here, outer, fuel = self._here, self._lowest, self._fuel
        position = len(self._active)
        cuts, deep, guesses, mark = self.cuts, self._depth_cuts, self.guesses, len(self._pending)
        self._active[subject] = position
        self._lowest = _NO_LOOP
        try:
            found = infer(module, subject, depth)
        finally:
            del self._active[subject]
            back, self._lowest = self._lowest, outer
        cuts, deep, guesses = self.cuts - cuts, self._depth_cuts - deep, self.guesses - guesses
        open_ = back < position
        if open_:
            self._lowest = min(outer, back)
        elif isinstance(found, Itself):
            found = None
        if found is None and guesses and not cuts:
            if open_:  # known to be unknown once that further back is
                self._pending.append((here, subject))
                return None
            for memory, entry in self._pending[mark:]:
                memory.types[entry] = None
        del self._pending[mark:]
        if open_:
            return found
        if found is not None or not cuts or not position:
            here.types[subject] = found
        elif cuts == deep:
            here.too_deep[subject] = min(depth, here.too_deep.get(subject, depth))
        elif self._fuel <= 0:
            here.too_much[subject] = max(fuel + 1, here.too_much.get(subject, 0))
        return found

    def _in_given(self, module: Module, subject: ast.expr | Binding) -> bool:
        """Whether something is inside the function whose call is being looked into: elsewhere what is known holds."""
        node = subject.node if isinstance(subject, Binding) else subject
        if isinstance(node, ast.arg):  # it is read in its function, and stands outside of its scope
            return module.scopes.parent[module.scopes.parent[node]] in self._looked_into
        scope: Scope | None = module.scope(node)
        while scope is not None:
            if scope.node in self._looked_into:
                return True
            scope = scope.parent
        return False
