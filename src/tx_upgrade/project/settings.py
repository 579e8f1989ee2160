"""The ``[tool.tx-upgrade]`` table of pyproject.toml."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from ..model import TxUpgradeError
from .root import common_folder, is_repository
from .toml import parse_toml

FORMATS = ("diff", "text", "json", "github")


class Settings(NamedTuple):
    """What the table says; None where it says nothing. ``source`` is the pyproject.toml that was read."""

    from_version: str | None = None
    to_version: str | None = None
    unsafe: bool | None = None
    select: tuple[str, ...] | None = None
    ignore: tuple[str, ...] | None = None
    rules: tuple[Path, ...] | None = None
    support: str | None = None
    format: str | None = None
    output: str | None = None
    jobs: int | None = None
    exit_zero: bool | None = None
    explain: bool | None = None
    source: Path | None = None


_KINDS = {
    "from": "a version in quotes",
    "to": "a version in quotes",
    "unsafe": "true or false",
    "select": "a list of rule ids or tags",
    "ignore": "a list of rule ids or tags",
    "rules": "a list of folders",
    "support": "a range of versions in quotes",
    "format": "one of " + ", ".join(FORMATS),
    "output": "a file's path in quotes",
    "jobs": "a whole number above 0",
    "exit-zero": "true or false",
    "explain": "true or false",
}
_FIELDS = {"from": "from_version", "to": "to_version", "exit-zero": "exit_zero"}


def load_settings(paths: Sequence[str]) -> Settings:
    """Read the table from the nearest pyproject.toml that has it, from the paths' common folder to the repository's root.

    ``rules`` come back relative to that file's folder (joined to it). Raises TxUpgradeError, with file, line and key,
    for TOML that is not valid, an unknown key or a value of the wrong type.
    """
    start = common_folder(paths)
    for folder in (start, *start.parents):
        file = folder / "pyproject.toml"
        if file.is_file():
            table = _table(file)
            if table is not None:
                return _settings(file, *table)
        if is_repository(folder):
            break
    return Settings()


def _table(file: Path) -> tuple[Any, str] | None:
    try:
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise TxUpgradeError(f"{file}: cannot be read: {error}") from None
    # A file that merely lies on the way is not parsed: its mistakes are not this tool's to report.
    if "tx-upgrade" not in text:
        return None
    try:
        tool = parse_toml(text).get("tool", {})
    except ValueError as error:
        raise TxUpgradeError(f"{file}: not valid TOML: {error}") from None
    if not isinstance(tool, dict) or "tx-upgrade" not in tool:
        return None
    return tool["tx-upgrade"], text


def _settings(file: Path, table: Any, text: str) -> Settings:
    if not isinstance(table, dict):
        raise TxUpgradeError(f"{file}: `tool.tx-upgrade` must be a table, [tool.tx-upgrade]")
    values: dict[str, Any] = {}
    for written, value in table.items():
        key = written.replace("_", "-")
        where = f"{file}:{_line_of(text, written)}"
        if key not in _KINDS:
            from difflib import get_close_matches

            near = get_close_matches(key, _KINDS, n=1, cutoff=0.5)
            hint = f"did you mean `{near[0]}`?" if near else "the keys are " + ", ".join(_KINDS)
            raise TxUpgradeError(f"{where}: unknown key `{written}` in [tool.tx-upgrade]: {hint}")
        field = _FIELDS.get(key, key)
        if field in values:
            raise TxUpgradeError(f"{where}: `{key}` is set twice in [tool.tx-upgrade], with - and with _")
        values[field] = _value(key, value, where, file.parent)
    return Settings(source=file, **values)


def _value(key: str, value: Any, where: str, folder: Path) -> Any:
    checked: Any = None
    if key in ("unsafe", "exit-zero", "explain"):
        checked = value if isinstance(value, bool) else None
    elif key == "jobs":
        checked = value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else None
    elif key in ("select", "ignore", "rules"):
        # The options take a list with commas; a string may look the same here.
        items = [item.strip() for item in value.split(",")] if isinstance(value, str) else value
        if isinstance(items, list) and all(isinstance(item, str) and item for item in items):
            checked = tuple(folder / item for item in items) if key == "rules" else tuple(items)
    elif isinstance(value, str) and value and (key != "format" or value in FORMATS):
        checked = value
    if checked is None:
        raise TxUpgradeError(f"{where}: `{key}` in [tool.tx-upgrade] must be {_KINDS[key]}, not {value!r}")
    return checked


def _line_of(text: str, key: str) -> int:
    """The line on which ``key`` is set: the first in or after the table's head that begins with it."""
    head = re.search(r"^\s*\[\s*tool\s*\.\s*[\"']?tx-upgrade", text, re.MULTILINE)
    start = head.start() if head else 0
    found = re.compile(
        rf"^\s*(?:tx-upgrade\.|tool\.tx-upgrade\.)?[\"']?{re.escape(key)}\b", re.MULTILINE
    ).search(text, start)
    return text.count("\n", 0, found.end() if found else start) + 1
