"""The words that every stage shares, as named tuples: as frozen as data classes, and made in a fifth of the time
(every command makes them at start-up).

Positions in findings are 1-based lines and columns (in characters) of the file as it was before the run.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

from tx_upgrade.errors import TxUpgradeError as TxUpgradeError

Safety = Literal["safe", "unsafe", "manual"]
Status = Literal["fixed", "available", "manual", "suppressed"]

LIBRARY = "transformers"
"""The library that the tool is about; rule packs may be about others that are installed beside it."""
SHIM_MODULE = "_transformers_compat"
SHIM_FILE = f"{SHIM_MODULE}.py"


class Document(NamedTuple):
    """One file as text. ``path`` is relative to the current folder, with forward slashes.

    ``text`` keeps line ends as they are; ``encoding`` never names a BOM (``bom`` says whether there was one).
    """

    path: str
    raw: bytes
    text: str
    encoding: str = "utf-8"
    bom: bool = False


class FileError(NamedTuple):
    """A file that could not be read or parsed; it was left alone and the others went on."""

    path: str
    line: int
    message: str


class Finding(NamedTuple):
    """A rule met at a place. ``deprecated``/``broken`` are versions such as ``"4.46"``."""

    rule: str
    path: str
    line: int
    column: int
    end_line: int
    end_column: int
    safety: Safety
    status: Status
    message: str
    symbol: str | None = None
    deprecated: str | None = None
    broken: str | None = None
    url: str | None = None
    cell: int | None = None
    explanation: str | None = None


class FileChange(NamedTuple):
    """A file's bytes before and after; ``before is None`` for a file that is created, ``after is None`` for one that goes."""

    path: str
    before: bytes | None
    after: bytes | None


class Shim(NamedTuple):
    """A generated compatibility module and the names it holds."""

    path: str
    names: tuple[str, ...]


class Evidence(NamedTuple):
    """A line of a project file that names a version of transformers."""

    path: str
    line: int
    text: str


class Detection(NamedTuple):
    """The version that a project's files declare (a full release such as ``"4.30.2"``), and where they say so.

    ``contradictions`` are one-line messages about declarations that disagree.
    """

    version: str
    evidence: tuple[Evidence, ...] = ()
    contradictions: tuple[str, ...] = ()


class RunResult(NamedTuple):
    """What a run found and what it would write (or wrote): the input of every report."""

    from_version: str
    to_version: str
    detected: Detection | None
    changes: tuple[FileChange, ...]
    findings: tuple[Finding, ...]
    shims: tuple[Shim, ...]
    errors: tuple[FileError, ...]
    files_scanned: int
    """Files that were read; those with an error of their own do not count."""
    root: str = "."
    """The project that the paths belong to: where the journal of an applied run lives."""
    untyped: tuple[Finding, ...] = ()
    """With ``--explain``: suspicious calls whose receiver could not be typed (not findings)."""
