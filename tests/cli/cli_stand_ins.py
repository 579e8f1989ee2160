"""What the tests of the command line share."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

import pytest

from tx_upgrade.model import RunResult

NOTHING = RunResult("4.57.6", "5.23.0", None, (), (), (), (), 1)


@dataclass
class Outcome:
    """What a command line left behind."""

    status: int
    stdout: bytes
    stderr: str


@dataclass
class Pipeline:
    """Stands in for the stages behind ``run``: gives ``result`` and remembers what it was asked."""

    result: RunResult = NOTHING
    source: bytes = b""
    problem: BaseException | None = None
    warnings: tuple[str, ...] = ()
    paths: list[str] = field(default_factory=list)
    options: Any = None
    stdin: bytes | None = None
    written: list[tuple[RunResult, list[str]]] = field(default_factory=list)

    def _answer(self, options: Any, warn: Callable[[str], None]) -> RunResult:
        self.options = options
        for warning in self.warnings:
            warn(warning)
        if self.problem is not None:
            raise self.problem
        return self.result

    def upgrade(self, paths: Sequence[str], options: Any, *, warn: Callable[[str], None]) -> RunResult:
        self.paths = list(paths)
        return self._answer(options, warn)

    def upgrade_text(
        self, text: bytes, options: Any, *, warn: Callable[[str], None]
    ) -> tuple[bytes, RunResult]:
        self.stdin = text
        return self.source, self._answer(options, warn)

    def write(self, result: RunResult, command: Sequence[str]) -> str:
        self.written.append((result, list(command)))
        return "20260101-000000"


@dataclass(frozen=True)
class _Options:
    from_version: str | None
    to_version: str | None
    unsafe: bool
    select: tuple[str, ...]
    ignore: tuple[str, ...]
    rules: tuple[str, ...]
    explain: bool
    jobs: int | None


def module_of(monkeypatch: pytest.MonkeyPatch, name: str) -> ModuleType:
    """The module ``tx_upgrade.<name>``, or an empty one in its place."""
    full = f"tx_upgrade.{name}"
    try:
        __import__(full)
    except ImportError:
        module = ModuleType(full)
        module.Options = _Options  # type: ignore[attr-defined]
        monkeypatch.setitem(sys.modules, full, module)
        parent, _, leaf = full.rpartition(".")
        __import__(parent)
        monkeypatch.setattr(sys.modules[parent], leaf, module, raising=False)
    return sys.modules[full]
