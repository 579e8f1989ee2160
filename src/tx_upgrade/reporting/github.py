"""``--format github``: workflow commands, which GitHub shows as annotations on the lines of a pull request."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tx_upgrade.reporting.text import in_order

if TYPE_CHECKING:
    from tx_upgrade.model import Finding, RunResult


def render(result: RunResult) -> str:
    """One command a line: a notice for what is fixed, a warning for what is left, an error for a file that failed."""
    commands = []
    for error in result.errors:
        properties = {"file": error.path, "line": str(error.line or 1), "title": "tx-upgrade"}
        commands.append(_command("error", properties, error.message))
    commands += [
        _annotation(finding) for finding in in_order(result.findings) if finding.status != "suppressed"
    ]
    return "".join(command + "\n" for command in commands)


def _annotation(finding: Finding) -> str:
    message = finding.message
    properties = {"file": finding.path}
    if finding.cell is None:
        properties["line"] = str(finding.line)
        if finding.end_line == finding.line:
            # GitHub refuses columns on an annotation of several lines.
            properties["col"] = str(finding.column)
            properties["endLine"] = str(finding.end_line)
            properties["endColumn"] = str(finding.end_column)
        else:
            properties["endLine"] = str(finding.end_line)
    else:
        # A line in a cell is no line of the notebook's file.
        message = f"cell {finding.cell}, line {finding.line}, column {finding.column}: {message}"
    properties["title"] = f"{finding.rule} ({_STATUS[finding.status]})"
    return _command("notice" if finding.status == "fixed" else "warning", properties, message)


_STATUS = {"fixed": "fixed", "available": "available with --unsafe", "manual": "manual"}


def _command(level: str, properties: dict[str, str], message: str) -> str:
    listed = ",".join(f"{name}={_escaped(value, in_property=True)}" for name, value in properties.items())
    return f"::{level} {listed}::{_escaped(message)}"


def _escaped(text: str, *, in_property: bool = False) -> str:
    text = text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    return text.replace(":", "%3A").replace(",", "%2C") if in_property else text
