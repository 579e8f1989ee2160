"""One name through all releases: where it is, what it is and what it takes in each."""

from __future__ import annotations

from tx_upgrade.errors import TxUpgradeError
from tx_upgrade.history.encoding import LIBRARY

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NamedTuple

    from tx_upgrade.history.reader import History, Kind
    from tx_upgrade.history.signatures import Signature
else:
    from tx_upgrade.records import Record as NamedTuple

_NEAREST = 5


class Interval(NamedTuple):
    """Releases without a gap in which a name is the same; ``last`` is None when the newest has it."""

    first: str
    last: str | None
    kind: Kind
    definition: str
    signature: Signature | None


class Symbol(NamedTuple):
    """A name and its intervals, oldest first.

    Of a name that the newest release lacks, ``moved_to`` is where it is there, and ``nearest`` what may stand for it.
    """

    name: str
    intervals: tuple[Interval, ...]
    moved_to: str | None
    nearest: tuple[str, ...]


def symbol(history: History, name: str) -> Symbol:
    """What is known of a name; ``transformers.`` may be left out.

    Raises:
        TxUpgradeError: no release has it; the nearest names are given.
    """
    wanted = name.strip()
    full = wanted if wanted == LIBRARY or wanted.startswith(f"{LIBRARY}.") else f"{LIBRARY}.{wanted}"
    intervals = _intervals(history, full)
    if not intervals:
        near = nearest(history, full)
        hint = f"; the nearest: {', '.join(near)}" if near else ""
        raise TxUpgradeError(
            f"{wanted!r} is in no release of transformers from {history.versions[0]} to {history.versions[-1]}{hint}"
        )
    newest = history.versions[-1]
    if intervals[-1].last is None:
        return Symbol(full, intervals, None, ())
    from tx_upgrade.history.moves import Moves

    moved = Moves(history).destination(full, intervals[-1].first, newest)
    return Symbol(full, intervals, moved, () if moved else history.suggestions(full, newest))


def nearest(history: History, name: str) -> tuple[str, ...]:
    """Names for one that never existed: like it in the newest release, then of the same last name in any."""
    found = list(history.suggestions(name, history.versions[-1]))
    last = name.rpartition(".")[2]
    found += sorted(f"{module}.{last}" for module in history.defined_in(last))
    if not found:
        import difflib

        names = history.names(LIBRARY, history.versions[-1])
        found = [f"{LIBRARY}.{n}" for n in difflib.get_close_matches(last, names, _NEAREST, 0.6)]
    return tuple(dict.fromkeys(found))[:_NEAREST]


def _intervals(history: History, name: str) -> tuple[Interval, ...]:
    found: list[Interval] = []
    current: tuple[object, ...] | None = None
    start = end = ""
    for version in (*history.versions, ""):
        state = _state(history, name, version) if version else None
        if state != current:
            if current is not None:
                last = None if end == history.versions[-1] else end
                found.append(Interval(start, last, *current))  # type: ignore[arg-type]
            current, start = state, version
        end = version
    return tuple(found)


def _state(history: History, name: str, version: str) -> tuple[Kind, str, Signature | None] | None:
    kind, definition = history.kind(name, version), history.definition(name, version)
    if kind is None or definition is None:
        return None
    return kind, definition, history.signature(name, version) if kind in ("class", "function") else None
