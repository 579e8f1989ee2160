"""What the engine says of a line of code between two releases: the same functions that a run calls, on made-up code."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from .plan import Plan

if TYPE_CHECKING:
    from ..analysis.library import Library
    from ..analysis.module import Module
    from ..history import History
    from ..matching.context import Engine
    from ..matching.outcomes import Outcome
    from ..model import Document, Finding
    from .schema import Packs

_LINES = 400
"""Probes in one made-up file: enough to share the work, few enough that the file stays small."""


def engine_for(
    plan: Plan, source: str, history: History, *, unsafe: bool, library: Library | None = None
) -> tuple[Engine, Module]:
    """An engine whose project is one file with ``source``, and that file.

    Raises:
        TxUpgradeError: the source does not parse.
    """
    from ..analysis.library import Library
    from ..analysis.project import Project
    from ..analysis.types import Types
    from ..matching.context import Engine
    from ..model import Document
    from ..project.documents import parse

    document: Document = Document("example.py", source.encode(), source)
    tree = parse(document)
    library = library or Library(history, plan.from_version, plan.to_version)
    library.others = plan.others
    project = Project(library, frozenset({"/example/example.py"}), lambda _: (document, tree))
    module = project.module("/example/example.py")
    assert module is not None
    return Engine(plan, library, project, Types(project), unsafe), module


class Probe:
    """Asks the engine between two full versions with the given packs."""

    def __init__(self, packs: Packs, history: History, from_version: str, to_version: str) -> None:
        from ..analysis.library import Library

        self.history = history
        self.plan = Plan(packs, from_version, to_version)
        self.library = Library(history, from_version, to_version)

    def outcome(self, names: Sequence[str]) -> list[Outcome]:
        """What symbol and module rules make of each name."""
        from ..matching.context import Context
        from ..matching.outcomes import Outcomes

        engine, module = engine_for(self.plan, "", self.history, unsafe=False, library=self.library)
        outcomes = Outcomes(Context(engine, module))
        return [outcomes.of(name) for name in names]

    def findings(self, probes: Sequence[str]) -> list[Finding | None]:
        """The first finding in each piece of code; pieces may have several lines and must not share names."""
        found: list[Finding | None] = []
        for start in range(0, len(probes), _LINES):
            found += self._findings(probes[start : start + _LINES])
        return found

    def _findings(self, probes: Sequence[str]) -> list[Finding | None]:
        from ..matching.file import matched

        ends: list[int] = []
        for probe in probes:
            ends.append((ends[-1] if ends else 0) + probe.count("\n") + 1)
        engine, module = engine_for(
            self.plan, "\n".join(probes) + "\n", self.history, unsafe=True, library=self.library
        )
        context = matched(engine, module)
        first: list[Finding | None] = [None] * len(probes)
        position = 0
        for finding in context.findings():
            while finding.line > ends[position]:
                position += 1
            first[position] = first[position] or finding
        return first
