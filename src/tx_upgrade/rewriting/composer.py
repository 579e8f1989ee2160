"""Edits that may lie within each other, composed: an outer edit is made on the text that its inner edits gave."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

Inner = Callable[[int, int], str]
"""Gives the text between two offsets with the edits inside it made."""


class CannotRewrite(Exception):
    """An edit that cannot be made on this text; it is left out and its findings are left to a person."""


@dataclass(slots=True, eq=False)
class Edit:
    """New text for ``start:end``. ``produce`` gets the text of parts of it; ``failed`` says that it gave up."""

    start: int
    end: int
    produce: Callable[[Inner], str]
    failed: bool = False
    children: list[Edit] = field(default_factory=list)


class Composer:
    """Collects the edits of one text.

    ``fit`` makes the new text of a place fit to where it stands, and raises CannotRewrite where that cannot be.
    """

    def __init__(self, text: str, fit: Callable[[int, int, str], str] | None = None) -> None:
        self._text = text
        self._fit = fit
        self._edits: dict[tuple[int, int], Edit] = {}

    def __bool__(self) -> bool:
        return bool(self._edits)

    def add(self, start: int, end: int, produce: Callable[[Inner], str] | str) -> Edit:
        """Add an edit; a second one on the same span is made on the result of the first."""
        maker: Callable[[Inner], str] = produce if callable(produce) else _constant(produce)
        existing = self._edits.get((start, end))
        if existing is not None:
            first = existing.produce

            def both(inner: Inner) -> str:
                text = first(inner)
                return maker(lambda a, b: text if (a, b) == (start, end) else inner(a, b))

            existing.produce = both
            return existing
        edit = Edit(start, end, maker)
        self._edits[start, end] = edit
        return edit

    def has(self, start: int, end: int) -> bool:
        return (start, end) in self._edits

    def render(self) -> str:
        """The whole text with every edit made."""
        roots: list[Edit] = []
        stack: list[Edit] = []
        for edit in sorted(self._edits.values(), key=lambda e: (e.start, -e.end)):
            edit.children = []
            while stack and stack[-1].end <= edit.start:
                stack.pop()
            if stack and edit.end > stack[-1].end:
                edit.failed = True  # edits that overlap without nesting: the earlier one stands
                continue
            (stack[-1].children if stack else roots).append(edit)
            stack.append(edit)
        return self._assemble(0, len(self._text), roots)

    def _assemble(self, start: int, end: int, edits: list[Edit]) -> str:
        parts: list[str] = []
        position = start
        for edit in edits:
            if edit.start < start or edit.end > end or edit.start < position:
                continue
            parts.append(self._text[position : edit.start])
            parts.append(self._make(edit))
            position = edit.end
        parts.append(self._text[position:end])
        return "".join(parts)

    def _make(self, edit: Edit) -> str:
        def inner(start: int, end: int) -> str:
            return self._assemble(start, end, self._within(edit.children, start, end))

        try:
            text = edit.produce(inner)
            return text if self._fit is None else self._fit(edit.start, edit.end, text)
        except CannotRewrite:
            edit.failed = True
            return inner(edit.start, edit.end)

    @staticmethod
    def _within(edits: list[Edit], start: int, end: int) -> list[Edit]:
        found: list[Edit] = []
        for edit in edits:
            if start <= edit.start and edit.end <= end:
                found.append(edit)
            elif edit.start < end and edit.end > start:
                found.extend(Composer._within(edit.children, start, end))
        return found


def _constant(text: str) -> Callable[[Inner], str]:
    return lambda _: text
