"""Parameters that callables of the library lost, and the releases whose code does not have their names any more."""

from __future__ import annotations

from collections.abc import Iterator

from tx_upgrade.history.builder.words import EVERYWHERE, ReleaseWords, family_of
from tx_upgrade.history.inside import Inside, extend
from tx_upgrade.history.reader import CONSTRUCTORS, History


class LostKeywords:
    """What was lost in each release of a history; ``names`` are all parameters that something lost at some time."""

    def __init__(self, history: History) -> None:
        self._lost = [set(_lost(history, number)) for number in range(len(history.versions))]
        self.names = frozenset(parameter for lost in self._lost for parameter, _ in lost)

    def extend(self, inside: Inside, number: int, words: ReleaseWords) -> None:
        """Note which of the parameters that were lost by a release nothing in it reads."""
        known: dict[str, set[str]] = {}
        for lost in self._lost[: number + 1]:
            for parameter, family in lost:
                known.setdefault(parameter, set()).update(() if family is None else (family,))
        for parameter, families in known.items():
            if words.unread(parameter):
                extend(inside.unread.setdefault(parameter, {}).setdefault(EVERYWHERE, []), number)
                continue
            for family in families:
                if words.unread_by(parameter, family):
                    extend(inside.unread.setdefault(parameter, {}).setdefault(family, []), number)


def _lost(history: History, number: int) -> Iterator[tuple[str, str | None]]:
    """Parameters that went in a release, with the family of models whose function or constructor had them."""
    if not number:
        return
    before, version = history.versions[number - 1 : number + 1]
    for name, methods in history.changed_classes(version):
        for method in methods:
            constructor = method in CONSTRUCTORS
            path = name if constructor else f"{name}.{method}"
            for parameter in _gone(history, path, before, version):
                yield parameter, family_of(name) if constructor else None
    for path in history.changed_functions(version):
        for parameter in _gone(history, path, before, version):
            yield parameter, family_of(path)


def _gone(history: History, path: str, before: str, version: str) -> frozenset[str]:
    old, new = history.signature(path, before), history.signature(path, version)
    return frozenset() if old is None or new is None else old.names - new.names
