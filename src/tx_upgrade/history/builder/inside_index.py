"""Lays what goes on inside of the releases side by side."""

from __future__ import annotations

from pathlib import Path

from tx_upgrade.history.builder.inside import InsideReader
from tx_upgrade.history.builder.losses import Losses
from tx_upgrade.history.builder.words import WordReader
from tx_upgrade.history.encoding import LIBRARY
from tx_upgrade.history.inside import Inside, extend
from tx_upgrade.history.reader import History


def extend_inside(inside: Inside, history: History, wheels: dict[str, Path]) -> None:
    """Read the wheels of every release that the history has and ``inside`` has not."""
    if inside.releases == len(history.versions):
        return
    reader = InsideReader()
    losses = Losses(history)
    words = WordReader(losses.names)
    for number in range(inside.releases, len(history.versions)):
        version = history.versions[number]
        found = reader.read(wheels[version])
        for name, patterns in found.computed.items():
            for pattern in patterns:
                extend(inside.patterns.setdefault(name, {}).setdefault(pattern, []), number)
        for table, placed in ((inside.placed, found.placed), (inside.configured, found.configured)):
            for name in placed:
                extend(table.setdefault(name, []), number)
        for name, keys in found.mapped.items():
            for key in keys:
                extend(inside.mapped.setdefault(name, {}).setdefault(key, []), number)
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
        losses.extend(inside, number, words.read(wheels[version]))
        loss = losses.by_release[number]
        for name in loss.members:
            inside.lost.setdefault(name, []).append(number)
        for method, parameter in loss.narrowed:
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
