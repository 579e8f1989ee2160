"""``--format json``: one object, stable under its ``schema_version``."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tx_upgrade.reporting.diff import unified_diff
from tx_upgrade.reporting.text import in_order

if TYPE_CHECKING:
    from tx_upgrade.model import FileChange, Finding, RunResult

SCHEMA_VERSION = 1


def render(result: RunResult, *, explain: bool = False) -> str:
    """The object as JSON text and a line end; ``explain`` adds ``explanation`` and ``untyped``."""
    return json.dumps(_clean(report(result, explain=explain)), indent=2) + "\n"


def report(result: RunResult, *, explain: bool = False) -> dict[str, Any]:
    """The object itself. Suppressed findings are in ``findings`` but do not count in ``summary``."""
    from tx_upgrade import __version__

    counted = [finding.safety for finding in result.findings if finding.status != "suppressed"]
    files = _files(result)
    content: dict[str, Any] = {
        "schema_version": SCHEMA_VERSION,
        "tool": {"name": "tx-upgrade", "version": __version__},
        "from": result.from_version,
        "to": result.to_version,
        "detected_from": None,
        "files": files,
        "findings": [_finding(finding, explain) for finding in in_order(result.findings)],
        "shims": [{"path": shim.path, "names": list(shim.names)} for shim in result.shims],
        "errors": [
            {"path": error.path, "line": error.line, "message": error.message} for error in result.errors
        ],
        "summary": {
            "files_scanned": result.files_scanned,
            "files_changed": sum(file["changed"] for file in files),
            "safe": counted.count("safe"),
            "unsafe": counted.count("unsafe"),
            "manual": counted.count("manual"),
            "suppressed": len(result.findings) - len(counted),
        },
    }
    if result.detected is not None:
        content["detected_from"] = {
            "version": result.detected.version,
            "evidence": [
                {"path": evidence.path, "line": evidence.line, "text": evidence.text}
                for evidence in result.detected.evidence
            ],
            "contradictions": list(result.detected.contradictions),
        }
    if explain:
        content["untyped"] = [_finding(call, explain) for call in in_order(result.untyped)]
    return content


def _files(result: RunResult) -> list[dict[str, Any]]:
    """The files that change and those with findings, by path."""
    files: dict[str, dict[str, Any]] = {
        finding.path: {"path": finding.path, "changed": False, "diff": ""} for finding in result.findings
    }
    for change in result.changes:
        if change.before != change.after:
            files[change.path] = {"path": change.path, "changed": True, "diff": _diff_text(change)}
    return [files[path] for path in sorted(files)]


def _diff_text(change: FileChange) -> str:
    """The diff in the file's own characters: JSON has none for bytes that are no text."""
    patch = unified_diff(change)
    try:
        return patch.decode("utf-8")
    except UnicodeDecodeError:
        pass
    import io
    import tokenize

    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(change.before or change.after or b"").readline)
        return patch.decode(encoding)
    except (SyntaxError, UnicodeDecodeError, LookupError):
        return patch.decode("utf-8", "replace")


def _finding(finding: Finding, explain: bool) -> dict[str, Any]:
    content: dict[str, Any] = {
        "rule": finding.rule,
        "path": finding.path,
        "line": finding.line,
        "column": finding.column,
        "end_line": finding.end_line,
        "end_column": finding.end_column,
        "cell": finding.cell,
        "safety": finding.safety,
        "status": finding.status,
        "message": finding.message,
        "symbol": finding.symbol,
        "versions": {"deprecated": finding.deprecated, "broken": finding.broken},
        "url": finding.url,
    }
    if explain:
        content["explanation"] = finding.explanation
    return content


def _clean(value: Any) -> Any:
    """Without lone surrogates (of file names that are no UTF-8), for strict readers refuse the whole object."""
    if isinstance(value, str):
        return value.encode("utf-8", "surrogatepass").decode("utf-8", "replace")
    if isinstance(value, list):
        return [_clean(item) for item in value]
    if isinstance(value, dict):
        return {key: _clean(item) for key, item in value.items()}
    return value
