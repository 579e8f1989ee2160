"""The summary for standard error."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from tx_upgrade.reporting.style import paint
from tx_upgrade.reporting.text import error_lines, finding_lines, in_order

if TYPE_CHECKING:
    from tx_upgrade.model import RunResult


def summarize(result: RunResult, *, color: bool, wrote: bool, details: bool, explain: bool) -> str:
    """Lines with their line end; see ``tx_upgrade.reporting.summary``."""
    lines: list[str] = []
    if details:
        for error in result.errors:
            lines += error_lines(error, color=color)
        for finding in in_order(result.findings):
            if finding.status in ("available", "manual"):
                lines += finding_lines(finding, explain=explain, color=color)
    changed = sum(change.before != change.after for change in result.changes)
    if wrote:
        outcome = f"{_count(changed, 'file')} changed"
    else:
        outcome = f"{_count(changed, 'file')} would change"
    lines.append(
        paint(f"{result.from_version} to {result.to_version}: ", "bold", color)
        + f"{_count(result.files_scanned, 'file')} read, {outcome if changed else 'nothing to change'}"
    )
    parts = _parts(result, wrote)
    if parts:
        lines.append(", ".join(parts))
    return "".join(line + "\n" for line in lines)


def _parts(result: RunResult, wrote: bool) -> list[str]:
    counts = Counter(finding.status for finding in result.findings)
    parts = []
    if counts["fixed"]:
        parts.append(f"{counts['fixed']} fixed" if wrote else f"{counts['fixed']} to fix with --write")
    if counts["available"]:
        parts.append(f"{counts['available']} more with --unsafe")
    if counts["manual"]:
        parts.append(f"{counts['manual']} for a person to decide")
    if counts["suppressed"]:
        parts.append(f"{counts['suppressed']} suppressed by comments")
    failed = len({error.path for error in result.errors})
    if failed:
        parts.append(f"{_count(failed, 'file')} could not be read or parsed")
    return parts


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
