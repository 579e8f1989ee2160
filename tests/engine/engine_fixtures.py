"""The small projects of ``fixtures/``, and runs of the command line over a copy of one."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"


@dataclass(frozen=True, slots=True)
class Fixture:
    """One project with the versions that it is upgraded between."""

    name: str
    from_version: str
    to_version: str
    unsafe: bool

    @property
    def project(self) -> Path:
        return FIXTURES / self.name / "project"

    @property
    def expected(self) -> Path:
        return FIXTURES / self.name / "expected"

    @property
    def options(self) -> list[str]:
        versions = ["--from", self.from_version, "--to", self.to_version]
        return [*versions, *(["--unsafe"] if self.unsafe else [])]

    def copy(self, folder: Path) -> None:
        """Put the project into ``folder``, which becomes the root of a repository."""
        shutil.copytree(self.project, folder, dirs_exist_ok=True)
        (folder / ".git").mkdir(exist_ok=True)


def fixtures() -> list[Fixture]:
    found: list[Fixture] = []
    for file in sorted(FIXTURES.glob("*/fixture.toml")):
        data: dict[str, Any] = tomllib.loads(file.read_text(encoding="utf-8"))
        found.append(Fixture(file.parent.name, data["from"], data["to"], data["unsafe"]))
    return found


def content(folder: Path) -> dict[str, bytes]:
    """Every file below a folder that is the project's own."""
    return {
        p.relative_to(folder).as_posix(): p.read_bytes()
        for p in sorted(folder.rglob("*"))
        if p.is_file() and not {".git", ".tx-upgrade"} & set(p.relative_to(folder).parts)
    }


Run = Callable[..., tuple[int, bytes, str]]


def normalised(report: bytes) -> bytes:
    """A JSON report without what changes from release to release of the tool."""
    data = json.loads(report)
    data["tool"]["version"] = "0"
    for file in data["files"]:
        del file["diff"]
    return json.dumps(data, indent=1, ensure_ascii=False).encode() + b"\n"
