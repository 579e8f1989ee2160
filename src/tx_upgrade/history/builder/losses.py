"""What each release lost, and the releases whose code does not have the names of lost parameters any more."""

from __future__ import annotations

from dataclasses import dataclass, field

from tx_upgrade.history.builder.words import EVERYWHERE, ReleaseWords, family_of
from tx_upgrade.history.inside import Inside, extend
from tx_upgrade.history.reader import CONSTRUCTORS, History


@dataclass(slots=True)
class Loss:
    """What went in one release.

    ``members`` of classes, inherited ones included; ``narrowed``: parameters with the name of their method, or of the
    class whose constructor had them; ``keywords``: parameters with the family of models whose function or constructor had them.
    """

    members: set[str] = field(default_factory=set)
    narrowed: set[tuple[str, str]] = field(default_factory=set)
    keywords: set[tuple[str, str | None]] = field(default_factory=set)


class Losses:
    """What was lost in each release of a history; ``names`` are all parameters that something lost at some time."""

    def __init__(self, history: History) -> None:
        self.by_release = [_lost(history, number) for number in range(len(history.versions))]
        self.names = frozenset(parameter for loss in self.by_release for parameter, _ in loss.keywords)

    def extend(self, inside: Inside, number: int, words: ReleaseWords) -> None:
        """Note which of the parameters that were lost by a release nothing in it reads."""
        known: dict[str, set[str]] = {}
        for loss in self.by_release[: number + 1]:
            for parameter, family in loss.keywords:
                known.setdefault(parameter, set()).update(() if family is None else (family,))
        for parameter, families in known.items():
            if words.unread(parameter):
                extend(inside.unread.setdefault(parameter, {}).setdefault(EVERYWHERE, []), number)
                continue
            for family in families:
                if words.unread_by(parameter, family):
                    extend(inside.unread.setdefault(parameter, {}).setdefault(family, []), number)


def _lost(history: History, number: int) -> Loss:
    loss = Loss()
    if not number:
        return loss
    before, version = history.versions[number - 1 : number + 1]
    for name, methods in history.changed_classes(version):
        loss.members |= history.members(name, before) - history.members(name, version)
        for method in methods:
            constructor = method in CONSTRUCTORS
            path = name if constructor else f"{name}.{method}"
            last = path.rpartition(".")[2]
            old, new = history.signature(path, before), history.signature(path, version)
            if old is None or new is None:
                continue
            gone = {p.name for p in old.parameters} - {p.name for p in new.parameters}
            loss.narrowed.update((last, parameter) for parameter in gone)
            family = family_of(name) if constructor else None
            loss.keywords.update((parameter, family) for parameter in old.names - new.names)
    for path in history.changed_functions(version):
        old, new = history.signature(path, before), history.signature(path, version)
        if old is not None and new is not None:
            loss.keywords.update((parameter, family_of(path)) for parameter in old.names - new.names)
    return loss
