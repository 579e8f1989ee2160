"""What a run was asked for: the command line first, then ``[tool.tx-upgrade]``, then the defaults."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from tx_upgrade.model import TxUpgradeError
from tx_upgrade.project.settings import load_settings

if TYPE_CHECKING:
    from tx_upgrade.model import RunResult

STDIN = "-"


class Given(NamedTuple):
    """The options on the command line; None (or an empty list) where one was left out."""

    from_version: str | None
    to_version: str | None
    unsafe: bool | None
    select: list[str] | None
    ignore: list[str] | None
    explain: bool | None
    rules: list[str] | None
    support: str | None
    format: str | None
    output: str | None
    jobs: int | None
    exit_zero: bool | None


class Choices(NamedTuple):
    """What holds for the run. ``format`` is None where the rewritten source of standard input is wanted."""

    from_version: str | None
    to_version: str | None
    unsafe: bool
    select: tuple[str, ...]
    ignore: tuple[str, ...]
    explain: bool
    rules: tuple[str, ...]
    support: str | None
    format: str | None
    output: str | None
    jobs: int | None
    exit_zero: bool


def settle(paths: Sequence[str], given: Given) -> Choices:
    """Settle every option of a run on ``paths``.

    Raises TxUpgradeError for standard input together with other paths and for settings that are not valid.
    """
    stdin = STDIN in paths
    if stdin and len(paths) > 1:
        raise TxUpgradeError("- (standard input) cannot be combined with other paths")
    settings = load_settings(paths)
    if stdin:
        # An editor that pipes a buffer wants source, whatever report the project has chosen for itself.
        format, output = given.format, given.output
    else:
        format = given.format or settings.format or "diff"
        output = given.output or settings.output
    packs = _listed(given.rules) if given.rules else map(str, settings.rules or ())
    return Choices(
        from_version=given.from_version or settings.from_version,
        to_version=given.to_version or settings.to_version,
        unsafe=_first(given.unsafe, settings.unsafe),
        select=tuple(_listed(given.select) if given.select else settings.select or ()),
        ignore=tuple(_listed(given.ignore) if given.ignore else settings.ignore or ()),
        explain=_first(given.explain, settings.explain),
        rules=tuple(packs),
        support=given.support or settings.support,
        format=format,
        output=output,
        jobs=given.jobs or settings.jobs,
        exit_zero=_first(given.exit_zero, settings.exit_zero),
    )


def status(result: RunResult, *, exit_zero: bool) -> int:
    """The exit status: 2 when no input could be read, 1 for changes, findings or failed files, else 0."""
    if result.errors and not result.files_scanned:
        return 2
    left = any(finding.status != "suppressed" for finding in result.findings)
    changed = any(change.before != change.after for change in result.changes)
    return 1 if (left or changed or result.errors) and not exit_zero else 0


def _first(given: bool | None, setting: bool | None) -> bool:
    return bool(setting) if given is None else given


def _listed(values: Iterable[str]) -> list[str]:
    """Repeated options, each with commas, as one list."""
    return [item.strip() for value in values for item in value.split(",") if item.strip()]
