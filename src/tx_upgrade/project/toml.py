"""TOML, with the standard library's parser where there is one."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import Any


def parse_toml(text: str) -> dict[str, Any]:
    """The tables of a TOML text. Raises ValueError, whose message names line and column."""
    parser = import_module("tomllib" if sys.version_info >= (3, 11) else "tomli")
    tables: dict[str, Any] = parser.loads(text)
    return tables
