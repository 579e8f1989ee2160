"""Nearest names for one that does not exist."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tx_upgrade.history.reader import History

LIMIT = 5
CUTOFF = 0.75


def suggestions(history: History, name: str, version: str) -> tuple[str, ...]:
    """Public paths where the last component exists elsewhere, then names like it in the nearest existing scope."""
    owner, _, last = name.rpartition(".")
    found: list[str] = []
    scope = owner
    while scope and not history.exists(scope, version):
        scope = scope.rpartition(".")[0]
    if history.kind(scope, version) == "class":
        return _close(history, last, scope, sorted(history.members(scope, version)), version)
    for holder in history.holders(last, version):
        if history.kind(holder, version) == "external":
            continue
        definition = history.definition(holder, version)
        if definition is not None and definition.rpartition(".")[2] != last:
            definition = holder
        path = history.public_path(definition or holder, version)
        if path != name and path not in found:
            found.append(path)
    found.sort(key=lambda path: (path.count("."), path))
    for other in _close(history, last, scope, sorted(history.names(scope, version)), version):
        if other not in found and other != name:
            found.append(other)
    return tuple(found[:LIMIT])


def _close(history: History, last: str, scope: str, names: list[str], version: str) -> tuple[str, ...]:
    import difflib

    return tuple(f"{scope}.{match}" for match in difflib.get_close_matches(last, names, 3, CUTOFF))
