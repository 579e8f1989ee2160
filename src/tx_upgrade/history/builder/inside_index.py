"""Lays what goes on inside of the releases side by side."""

from __future__ import annotations

from pathlib import Path

from tx_upgrade.history.builder.inside import InsideReader
from tx_upgrade.history.builder.lost_keywords import LostKeywords
from tx_upgrade.history.builder.words import WordReader
from tx_upgrade.history.encoding import LIBRARY
from tx_upgrade.history.inside import Inside, extend
from tx_upgrade.history.reader import CONSTRUCTORS, History


def extend_inside(inside: Inside, history: History, wheels: dict[str, Path]) -> None:
    """Read the wheels of every release that the history has and ``inside`` has not."""
    if inside.releases == len(history.versions):
        return
    reader = InsideReader()
    keywords = LostKeywords(history)
    words = WordReader(keywords.names)
    for number in range(inside.releases, len(history.versions)):
        version = history.versions[number]
        found = reader.read(wheels[version])
        for name, patterns in found.computed.items():
            for pattern in patterns:
                extend(inside.patterns.setdefault(name, {}).setdefault(pattern, []), number)
        for name in found.placed:
            extend(inside.placed.setdefault(name, []), number)
        for name in _member_names(history, version):
            inside.mentioned.setdefault(name, [])
            inside.shared.setdefault(name, [])
        for table, names in ((inside.mentioned, found.mentioned), (inside.shared, found.shared)):
            for name in names & table.keys():
                extend(table[name], number)
        for cls, methods in found.calls.items():
            for method, shapes in methods.items():
                entry = inside.shapes.setdefault(cls, {}).setdefault(method, {})
                for shape in shapes:
                    extend(entry.setdefault(shape, []), number)
        keywords.extend(inside, number, words.read(wheels[version]))
        if number:
            lost, narrowed = _lost(history, history.versions[number - 1], version)
            for name in lost:
                inside.lost.setdefault(name, []).append(number)
            for method, parameter in narrowed:
                inside.narrowed.setdefault(method, {}).setdefault(parameter, []).append(number)
        inside.releases = number + 1


def _member_names(history: History, version: str) -> set[str]:
    """The names of all members of the classes that the models share."""
    found: set[str] = set()
    for module in history.modules(version):
        if module.startswith(f"{LIBRARY}.models."):
            continue
        for name in history.names(module, version):
            qualified = f"{module}.{name}"
            if history.definition(qualified, version) == qualified:
                found |= history.members(qualified, version)
    return found


def _lost(history: History, before: str, version: str) -> tuple[set[str], set[tuple[str, str]]]:
    """What classes of one release no longer have in the next: members, inherited ones included, and parameters.

    A parameter comes with the name of its method, or of the class whose constructor had it.
    """
    members: set[str] = set()
    parameters: set[tuple[str, str]] = set()
    for name, methods in history.changed_classes(version):
        members |= history.members(name, before) - history.members(name, version)
        for method in methods:
            path = name if method in CONSTRUCTORS else f"{name}.{method}"
            old, new = history.signature(path, before), history.signature(path, version)
            if old is None or new is None:
                continue
            gone = {p.name for p in old.parameters} - {p.name for p in new.parameters}
            parameters.update((path.rpartition(".")[2], parameter) for parameter in gone)
    return members, parameters
