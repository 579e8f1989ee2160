"""Reports: takes a ``RunResult``, gives text or bytes in one of the formats for standard output,
and the summary for standard error. Nothing here reads or writes files.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from tx_upgrade.model import RunResult

FORMATS = ("diff", "text", "json", "github")

__all__ = ["FORMATS", "encode", "render", "render_bytes", "summary"]


def render(result: RunResult, format: str, *, explain: bool = False, color: bool = False) -> str:
    """The report in one of ``FORMATS``; bytes that are no UTF-8 are in it as surrogate escapes.

    ``explain`` adds reasons to ``text`` and ``json``; ``color`` is for terminals (``diff`` and ``text``).
    Raises ValueError for a format that does not exist.
    """
    # One report is made in a run, so only its module is imported.
    if format == "diff":
        from tx_upgrade.reporting import diff

        return diff.render(result, color=color)
    if format == "text":
        from tx_upgrade.reporting import text

        return text.render(result, explain=explain, color=color)
    if format == "json":
        from tx_upgrade.reporting import json

        return json.render(result, explain=explain)
    if format == "github":
        from tx_upgrade.reporting import github

        return github.render(result)
    raise ValueError(f"unknown format: {format!r}")


def render_bytes(result: RunResult, format: str, *, explain: bool = False, color: bool = False) -> bytes:
    """The same as bytes for standard output or a file: a diff holds the files' own bytes."""
    return encode(render(result, format, explain=explain, color=color))


def encode(report: str) -> bytes:
    """A report's bytes: UTF-8, with the bytes of files that are not UTF-8 put back as they were."""
    try:
        return report.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        # A message that quotes a string of the code can hold surrogates that stand for no byte.
        characters = ("\ufffd" if "\ud800" <= c < "\udc80" or "\udcff" < c <= "\udfff" else c for c in report)
        return "".join(characters).encode("utf-8", "surrogateescape")


def summary(
    result: RunResult,
    *,
    color: bool = False,
    wrote: bool = False,
    details: bool = False,
    explain: bool = False,
) -> str:
    """The lines for standard error: what was read, what changes, what is left for a person.

    ``wrote`` says that the changes are on disk. ``details`` lists the findings that are left and the files
    that failed, for reports that do not hold them (a diff); ``explain`` adds their reasons.
    """
    from tx_upgrade.reporting import totals

    return totals.summarize(result, color=color, wrote=wrote, details=details, explain=explain)
