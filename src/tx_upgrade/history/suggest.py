"""Nearest names for one that does not exist."""

from __future__ import annotations

TYPE_CHECKING = False
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
        return _close(history, last, scope, version)
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
    for other in _close(history, last, scope, version):
        if other not in found and other != name:
            found.append(other)
    return tuple(found[:LIMIT])


def _close(history: History, last: str, scope: str, version: str) -> tuple[str, ...]:
    # What shares too few letters or has too many of its own cannot be close: most names need not be looked at further.
    letters = dict.fromkeys(map(ord, last))

    def wanted(name: str) -> bool:
        least = CUTOFF * (len(last) + len(name)) / 2
        return least <= min(len(last), len(name)) and least <= len(name) - len(name.translate(letters))

    names = history.names_like(scope, version, wanted)
    if not names:
        return ()
    import difflib

    return tuple(f"{scope}.{match}" for match in difflib.get_close_matches(last, names, 3, CUTOFF))
