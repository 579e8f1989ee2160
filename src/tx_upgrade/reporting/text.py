"""``--format text``: the findings for people, one line each, grouped by file."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from tx_upgrade.reporting.style import Style, paint

if TYPE_CHECKING:
    from tx_upgrade.model import FileError, Finding, RunResult

_STATUS: dict[str, tuple[str, Style]] = {
    "fixed": ("fixed", "green"),
    "available": ("available with --unsafe", "yellow"),
    "manual": ("manual", "red"),
    "suppressed": ("suppressed", "dim"),
}


def render(result: RunResult, *, explain: bool = False, color: bool = False) -> str:
    """The report as text, empty when there is nothing to tell.

    With ``explain`` also why a finding has its safety, what a comment suppressed, and the calls whose receiver
    could not be typed.
    """
    sections: dict[str, list[str]] = {}
    for error in result.errors:
        sections.setdefault(error.path, []).extend(error_lines(error, color=color))
    for shim in result.shims:
        names = ", ".join(shim.names)
        kind = paint("[new file]", "green", color)
        sections.setdefault(shim.path, []).append(f"{shim.path}: {kind} compatibility module with {names}")
    for finding in in_order(result.findings):
        if finding.status != "suppressed" or explain:
            lines = finding_lines(finding, explain=explain, color=color)
            sections.setdefault(finding.path, []).extend(lines)
    blocks = ["\n".join(lines) for _, lines in sorted(sections.items())]
    if explain and result.untyped:
        title = paint("Suspicious calls whose receiver could not be typed (not changed):", "bold", color)
        untyped = [
            f"{place(call)} {call.rule} {_one_line(call.message)}" for call in in_order(result.untyped)
        ]
        blocks.append("\n".join([title, *untyped]))
    return "\n\n".join(blocks) + "\n" if blocks else ""


def finding_lines(finding: Finding, *, explain: bool = False, color: bool = False) -> list[str]:
    """One finding: ``path:line:column rule [status] message``, and its reasons below it."""
    label, style = _STATUS[finding.status]
    rule = paint(finding.rule, "bold", color)
    status = paint(f"[{label}]", style, color)
    lines = [f"{place(finding)} {rule} {status} {_one_line(finding.message)}"]
    if explain:
        if finding.explanation:
            lines.append(f"    {finding.safety}: {_one_line(finding.explanation)}")
        versions = [
            f"{word} in {version}"
            for word, version in (("deprecated", finding.deprecated), ("broken", finding.broken))
            if version
        ]
        if versions:
            lines.append(f"    {', '.join(versions)}")
        if finding.url:
            lines.append(f"    see {finding.url}")
    return lines


def error_lines(error: FileError, *, color: bool = False) -> list[str]:
    """A file that failed: ``path:line: error: message``."""
    where = f"{error.path}:{error.line}" if error.line else error.path
    return [f"{where}: {paint('error:', 'red', color)} {_one_line(error.message)}"]


def place(finding: Finding) -> str:
    """``path:line:column``, with the cell in a notebook."""
    cell = "" if finding.cell is None else f"cell {finding.cell}:"
    return f"{finding.path}:{cell}{finding.line}:{finding.column}"


def in_order(findings: Iterable[Finding]) -> list[Finding]:
    """Findings by file and position."""
    return sorted(
        findings,
        key=lambda f: (f.path, -1 if f.cell is None else f.cell, f.line, f.column, f.rule),
    )


def _one_line(message: str) -> str:
    return " ".join(message.split())
