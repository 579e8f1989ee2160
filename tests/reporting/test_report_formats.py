from __future__ import annotations

import json

import pytest

from tx_upgrade import __version__
from tx_upgrade.model import Detection, Evidence, FileChange, FileError, Finding, RunResult, Shim
from tx_upgrade.reporting import FORMATS, render, render_bytes, summary

FIXED = Finding(
    rule="trainer-tokenizer",
    path="src/a.py",
    line=12,
    column=5,
    end_line=12,
    end_column=30,
    safety="safe",
    status="fixed",
    message="Trainer takes processing_class, not tokenizer",
    symbol="transformers.Trainer",
    deprecated="4.46",
    broken="5.0",
    url="https://example.org/32385",
    explanation="the callee is transformers.Trainer by import",
)
AVAILABLE = Finding(
    "encode-plus", "src/a.py", 3, 1, 3, 9, "unsafe", "available", "call the tokenizer", broken="5.0"
)
MANUAL = Finding("prune-heads", "nb.ipynb", 2, 1, 4, 2, "manual", "manual", "gone: 100%\nlook, twice", cell=0)
SUPPRESSED = Finding("old-flag", "src/a.py", 40, 1, 40, 2, "manual", "suppressed", "an old flag")
UNTYPED = Finding(
    "encode-plus", "src/b.py", 7, 3, 7, 9, "unsafe", "manual", "tok.encode_plus: the receiver has no type"
)

RESULT = RunResult(
    from_version="4.57.6",
    to_version="5.23.0",
    detected=Detection("4.57.6", (Evidence("setup.py", 3, "transformers==4.57.6"),)),
    changes=(
        FileChange("src/a.py", b"old\n", b"new\n"),
        FileChange("src/_transformers_compat.py", None, b"x = 1\n"),
    ),
    findings=(SUPPRESSED, FIXED, AVAILABLE, MANUAL),
    shims=(Shim("src/_transformers_compat.py", ("cached", "other")),),
    errors=(FileError("bad.py", 7, "invalid syntax"),),
    files_scanned=5,
    untyped=(UNTYPED,),
)
NOTHING = RunResult("4.57.6", "5.23.0", None, (), (), (), (), 2)


def test_unknown_format_is_refused() -> None:
    with pytest.raises(ValueError, match="sarif"):
        render(NOTHING, "sarif")


@pytest.mark.parametrize("format", [name for name in FORMATS if name != "json"])
def test_nothing_to_tell_is_nothing(format: str) -> None:
    assert render_bytes(NOTHING, format, explain=True, color=True) == b""


def test_text() -> None:
    assert render(RESULT, "text") == (
        "bad.py:7: error: invalid syntax\n"
        "\n"
        "nb.ipynb:cell 0:2:1 prune-heads [manual] gone: 100% look, twice\n"
        "\n"
        "src/_transformers_compat.py: [new file] compatibility module with cached, other\n"
        "\n"
        "src/a.py:3:1 encode-plus [available with --unsafe] call the tokenizer\n"
        "src/a.py:12:5 trainer-tokenizer [fixed] Trainer takes processing_class, not tokenizer\n"
    )


def test_text_explained() -> None:
    text = render(RESULT, "text", explain=True)
    assert (
        "[fixed] Trainer takes processing_class, not tokenizer\n"
        "    safe: the callee is transformers.Trainer by import\n"
        "    deprecated in 4.46, broken in 5.0\n"
        "    see https://example.org/32385\n"
    ) in text
    assert "src/a.py:40:1 old-flag [suppressed] an old flag\n" in text
    assert text.endswith(
        "could not be typed (not changed):\nsrc/b.py:7:3 encode-plus tok.encode_plus: the receiver has no type\n"
    )


def test_text_colored() -> None:
    colored = render(RESULT, "text", color=True)
    assert "\x1b[1mtrainer-tokenizer\x1b[0m \x1b[32m[fixed]\x1b[0m" in colored


def test_json_is_the_contract() -> None:
    report = json.loads(render(RESULT, "json"))
    assert list(report) == [
        "schema_version",
        "tool",
        "from",
        "to",
        "detected_from",
        "files",
        "findings",
        "shims",
        "errors",
        "summary",
    ]
    assert report["schema_version"] == 1
    assert report["tool"] == {"name": "tx-upgrade", "version": __version__}
    assert (report["from"], report["to"]) == ("4.57.6", "5.23.0")
    assert report["detected_from"] == {
        "version": "4.57.6",
        "evidence": [{"path": "setup.py", "line": 3, "text": "transformers==4.57.6"}],
        "contradictions": [],
    }
    assert [(file["path"], file["changed"], bool(file["diff"])) for file in report["files"]] == [
        ("nb.ipynb", False, False),
        ("src/_transformers_compat.py", True, True),
        ("src/a.py", True, True),
    ]
    assert "-old\n+new\n" in report["files"][2]["diff"]
    assert [finding["rule"] for finding in report["findings"]] == [
        "prune-heads",
        "encode-plus",
        "trainer-tokenizer",
        "old-flag",
    ]
    assert report["findings"][2] == {
        "rule": "trainer-tokenizer",
        "path": "src/a.py",
        "line": 12,
        "column": 5,
        "end_line": 12,
        "end_column": 30,
        "cell": None,
        "safety": "safe",
        "status": "fixed",
        "message": "Trainer takes processing_class, not tokenizer",
        "symbol": "transformers.Trainer",
        "versions": {"deprecated": "4.46", "broken": "5.0"},
        "url": "https://example.org/32385",
    }
    assert report["findings"][0]["cell"] == 0
    assert report["shims"] == [{"path": "src/_transformers_compat.py", "names": ["cached", "other"]}]
    assert report["errors"] == [{"path": "bad.py", "line": 7, "message": "invalid syntax"}]
    assert report["summary"] == {
        "files_scanned": 5,
        "files_changed": 2,
        "safe": 1,
        "unsafe": 1,
        "manual": 1,
        "suppressed": 1,
    }


def test_json_of_nothing_is_one_object() -> None:
    report = json.loads(render(NOTHING, "json"))
    assert report["detected_from"] is None
    assert report["files"] == report["findings"] == report["errors"] == report["shims"] == []


def test_json_explained() -> None:
    report = json.loads(render(RESULT, "json", explain=True))
    assert report["findings"][2]["explanation"] == "the callee is transformers.Trainer by import"
    assert [(call["path"], call["line"]) for call in report["untyped"]] == [("src/b.py", 7)]


def test_json_has_the_characters_of_files_that_are_not_utf8() -> None:
    before = "# -*- coding: latin-1 -*-\n# é\nx\n".encode("latin-1")
    change = FileChange("a.py", before, before.replace(b"x\n", b"y\n"))
    report = json.loads(render(RunResult("4.0.1", "5.0.0", None, (change,), (), (), (), 1), "json"))
    assert " # é\n-x\n+y\n" in report["files"][0]["diff"]


def test_json_never_has_lone_surrogates() -> None:
    change = FileChange("a\udcff.py", b"\xff\nx\n", b"\xff\ny\n")
    text = render(RunResult("4.0.1", "5.0.0", None, (change,), (), (), (), 1), "json")
    json.loads(text)["files"][0]["path"].encode("utf-8")
    json.loads(text)["files"][0]["diff"].encode("utf-8")


def test_github() -> None:
    assert render(RESULT, "github").split("\n") == [
        "::error file=bad.py,line=7,title=tx-upgrade::invalid syntax",
        "::warning file=nb.ipynb,title=prune-heads (manual)"
        "::cell 0, line 2, column 1: gone: 100%25%0Alook, twice",
        "::warning file=src/a.py,line=3,col=1,endLine=3,endColumn=9,"
        "title=encode-plus (available with --unsafe)::call the tokenizer",
        "::notice file=src/a.py,line=12,col=5,endLine=12,endColumn=30,title=trainer-tokenizer (fixed)"
        "::Trainer takes processing_class, not tokenizer",
        "",
    ]


def test_github_escapes_properties() -> None:
    finding = Finding("r", "a,b:c%.py", 1, 2, 3, 4, "manual", "manual", "m")
    result = RunResult("4.0.1", "5.0.0", None, (), (finding,), (), (), 1)
    assert render(result, "github") == (
        "::warning file=a%2Cb%3Ac%25.py,line=1,endLine=3,title=r (manual)::m\n"
    )


def test_summary() -> None:
    assert summary(RESULT) == (
        "4.57.6 to 5.23.0: 5 files read, 2 files would change\n"
        "1 to fix with --write, 1 more with --unsafe, 1 for a person to decide, 1 suppressed by comments, "
        "1 file could not be read or parsed\n"
    )
    assert summary(RESULT, wrote=True) == (
        "4.57.6 to 5.23.0: 5 files read, 2 files changed\n"
        "1 fixed, 1 more with --unsafe, 1 for a person to decide, 1 suppressed by comments, "
        "1 file could not be read or parsed\n"
    )
    assert summary(NOTHING, color=False) == "4.57.6 to 5.23.0: 2 files read, nothing to change\n"


def test_summary_with_details_names_what_a_diff_does_not_hold() -> None:
    lines = summary(RESULT, details=True).split("\n")
    assert lines[:3] == [
        "bad.py:7: error: invalid syntax",
        "nb.ipynb:cell 0:2:1 prune-heads [manual] gone: 100% look, twice",
        "src/a.py:3:1 encode-plus [available with --unsafe] call the tokenizer",
    ]
    assert "trainer-tokenizer" not in "".join(lines) and "old-flag" not in "".join(lines)


def test_surrogates_in_a_message_do_not_stop_the_report() -> None:
    finding = Finding("r", "\udce9.py", 1, 2, 1, 4, "manual", "manual", "value \ud800")
    result = RunResult("4.0.1", "5.0.0", None, (), (finding,), (), (), 1)
    assert render_bytes(result, "text") == b"\xe9.py:1:2 r [manual] value \xef\xbf\xbd\n"
    assert json.loads(render_bytes(result, "json"))["findings"][0]["line"] == 1
