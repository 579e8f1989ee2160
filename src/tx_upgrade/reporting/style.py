"""Terminal colours, where they are wanted."""

from __future__ import annotations

from typing import Literal

Style = Literal["bold", "dim", "red", "green", "yellow", "cyan"]

_CODES: dict[Style, str] = {
    "bold": "1",
    "dim": "2",
    "red": "31",
    "green": "32",
    "yellow": "33",
    "cyan": "36",
}


def paint(text: str, style: Style, on: bool) -> str:
    """``text`` in a style, or as it is."""
    return f"\x1b[{_CODES[style]}m{text}\x1b[0m" if on else text
