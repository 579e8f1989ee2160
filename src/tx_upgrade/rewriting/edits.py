"""What happens to a call: data only, so that nothing of libcst is loaded before something is rewritten."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

Fill = Callable[[str], str]
"""Turns a template into source, given the text of ``$value``."""


@dataclass(slots=True)
class ArgumentEdit:
    """What happens to one argument, by its place in the source. ``name`` makes or renames a keyword."""

    remove: bool = False
    name: str | None = None
    value: Fill | None = None
    spread: Fill | None = None
    """Makes a dictionary of the value, which the call unpacks in the argument's place."""


@dataclass(slots=True)
class CallEdit:
    """What happens to one call."""

    arguments: dict[int, ArgumentEdit] = field(default_factory=dict)
    function: Callable[[], str] | None = None
    prepend: list[tuple[str | None, Callable[[], str]]] = field(default_factory=list)
    add: list[tuple[str, Fill, int | None]] = field(default_factory=list)
    """Keywords to append: name (``**`` for what is unpacked), template and the argument whose text is ``$value``."""

    def __bool__(self) -> bool:
        return bool(self.arguments or self.function or self.add or self.prepend)
