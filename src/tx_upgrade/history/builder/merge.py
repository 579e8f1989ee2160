"""Releases side by side: every name's values as a timeline over the releases."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from tx_upgrade.history.builder.link import LinkedRelease
from tx_upgrade.history.store import StoredIndex

if TYPE_CHECKING:
    from tx_upgrade.history.encoding import Timeline


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
            merged.names[module] = {name: stored.timeline(module, name) for name in stored.names(module)}
            classes = {name: stored.members(module, name).timelines() for name in stored.names(module)}
            merged.members[module] = {name: members for name, members in classes.items() if members}
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


def _advance(known: dict[str, Timeline], present: dict[str, str], index: int) -> None:
    for name, timeline in known.items():
        if timeline[-1] is not None and name not in present:
            timeline += [index, None]
    for name, value in present.items():
        timeline = known.setdefault(name, [])
        if not timeline or timeline[-1] != value:
            timeline += [index, value]
