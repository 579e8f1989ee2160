"""What each release needs of the packages around it, as its own wheel says."""

from __future__ import annotations

import json
from pathlib import Path
from typing import NamedTuple

STACK = Path(__file__).resolve().parent / "data" / "stack.json"
PYTHON = "python"


class Need(NamedTuple):
    """One package that a release needs: the range that it takes, and whether it is installed with it."""

    package: str
    specifier: str
    required: bool
    """False where the release only refuses other versions of what somebody has installed beside it."""

    @property
    def lowest(self) -> str:
        """The oldest version that it takes; "0" where there is no such bound."""
        bounds = [c.lstrip("<>=!~") for c in self.specifier.split(",") if c[0] == ">" or c.startswith("==")]
        return bounds[0] if bounds else "0"

    @property
    def below(self) -> str | None:
        """The first version that it does not take any more; None where there is no such bound."""
        bounds = [c for c in self.specifier.split(",") if c[0] == "<"]
        return bounds[0].lstrip("<=") if bounds else None


class Stack:
    """The needs of every release: for each package the releases in which what is needed changes."""

    def __init__(self, versions: list[str], packages: dict[str, list[tuple[str, str | None, bool]]]) -> None:
        self.versions = versions
        self.packages = packages

    @classmethod
    def load(cls, path: Path = STACK) -> Stack:
        """Read the file that ``python -m tx_upgrade.history.build`` writes."""
        content = json.loads(path.read_text(encoding="utf-8"))
        packages = {
            name: [(since, need, required) for since, need, required in rows]
            for name, rows in content["packages"].items()
        }
        return cls(content["versions"], packages)

    def needs(self, version: str) -> dict[str, Need]:
        """What one release needs, by package; ``python`` is one of them."""
        found: dict[str, Need] = {}
        for package in self.packages:
            need = self.need(package, version)
            if need is not None:
                found[package] = need
        return found

    def need(self, package: str, version: str) -> Need | None:
        """What a release needs of one package; None where it says nothing of it."""
        current: Need | None = None
        end = _key(version)
        for since, specifier, required in self.packages.get(package, ()):
            if _key(since) > end:
                break
            current = None if specifier is None else Need(package, specifier, required)
        return current


def _key(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))
