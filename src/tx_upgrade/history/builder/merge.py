"""Releases side by side: every name's values as a timeline over the releases."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tx_upgrade.history.builder.link import LinkedRelease
from tx_upgrade.history.store import CLASS, LIBRARY, StoredIndex, Timeline, dumps, write

SHARD_SIZE = 160_000


@dataclass(slots=True)
class ClassHistory:
    """A class's members over time."""

    members: dict[str, Timeline] = field(default_factory=dict)


@dataclass(slots=True)
class Merged:
    """Timelines of everything; releases are added oldest first."""

    versions: list[str] = field(default_factory=list)
    modules: dict[str, Timeline] = field(default_factory=dict)
    names: dict[str, dict[str, Timeline]] = field(default_factory=dict)
    members: dict[str, dict[str, dict[str, Timeline]]] = field(default_factory=dict)

    @classmethod
    def read(cls, path: Path) -> Merged:
        """What an index holds, to add newer releases to."""
        stored = StoredIndex(path)
        merged = cls(list(stored.versions))
        for module in stored.modules:
            merged.modules[module] = stored.module_timeline(module)
            names = merged.names.setdefault(module, {})
            for name, entry in stored.lines(module).items():
                value = json.loads(entry)
                if value and isinstance(value[0], list):
                    names[name] = value[0]
                    merged.members.setdefault(module, {})[name] = value[1]
                else:
                    names[name] = value
        return merged

    def add(self, release: LinkedRelease) -> None:
        """Append the next release."""
        index = len(self.versions)
        self.versions.append(release.version)
        _advance(self.modules, release.modules, index)
        for module in {*self.names, *release.names}:
            _advance(self.names.setdefault(module, {}), release.names.get(module, {}), index)
        for module, classes in release.members.items():
            known = self.members.setdefault(module, {})
            for name, members in classes.items():
                _advance(known.setdefault(name, {}), members, index)

    def write(self, path: Path) -> None:
        """Write the index file."""
        entries = {module: self._lines(module) for module in sorted(self.modules)}
        write(path, self.versions, self.modules, list(_shards(entries)))

    def _lines(self, module: str) -> dict[str, str]:
        lines: dict[str, str] = {}
        for name, timeline in sorted(self.names.get(module, {}).items()):
            if CLASS in timeline[1::2]:
                lines[name] = dumps([timeline, self.members[module][name]])
            else:
                lines[name] = dumps(timeline)
        return lines


def _advance(known: dict[str, Timeline], present: dict[str, str], index: int) -> None:
    for name, timeline in known.items():
        if timeline[-1] is not None and name not in present:
            timeline += [index, None]
    for name, value in present.items():
        timeline = known.setdefault(name, [])
        if not timeline or timeline[-1] != value:
            timeline += [index, value]


def _shards(entries: dict[str, dict[str, str]]) -> Iterable[list[tuple[str, Mapping[str, str]]]]:
    """Modules in their order, cut where a shard is big enough; the top level stands alone."""
    current: list[tuple[str, Mapping[str, str]]] = []
    size = 0
    for module, lines in entries.items():
        length = sum(len(name) + len(entry) + 2 for name, entry in lines.items())
        if current and (size + length > SHARD_SIZE or current[-1][0] == LIBRARY):
            yield current
            current, size = [], 0
        current.append((module, lines))
        size += length
    if current:
        yield current
