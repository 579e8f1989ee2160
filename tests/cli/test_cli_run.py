from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cli_stand_ins import NOTHING, Outcome, Pipeline

from tx_upgrade.model import FileChange, FileError, Finding, RunResult, TxUpgradeError

Tx = Callable[..., Outcome]

CHANGE = FileChange("a.py", b"old \xe9\n", b"new \xe9\n")
FIXED = Finding("r", "a.py", 1, 1, 1, 2, "safe", "fixed", "m")
LEFT = FIXED._replace(rule="left", safety="manual", status="manual", message="look here")
CHANGED = NOTHING._replace(changes=(CHANGE,), findings=(FIXED,))
DIFF = b"diff --git a/a.py b/a.py\n--- a/a.py\n+++ b/a.py\n@@ -1 +1 @@\n-old \xe9\n+new \xe9\n"


@pytest.mark.parametrize(
    ("args", "paths"),
    [
        pytest.param(["src"], ["src"], id="a path"),
        pytest.param(["run", "src"], ["src"], id="the command"),
        pytest.param(["--to", "5.0", "src", "b.py"], ["src", "b.py"], id="options first"),
        pytest.param(["src", "--to", "5.0", "b.py"], ["src", "b.py"], id="options between"),
        pytest.param(["./rules"], ["./rules"], id="a folder that is named like a command"),
        pytest.param(["src", "rules"], ["src", "rules"], id="a command's name is a path after the first"),
        pytest.param(["run", "log"], ["log"], id="and after run"),
        pytest.param(["--", "-odd.py"], ["-odd.py"], id="after --"),
    ],
)
def test_paths_reach_the_pipeline(args: list[str], paths: list[str], tx: Tx, pipeline: Pipeline) -> None:
    assert tx(*args).status == 0
    assert pipeline.paths == paths


def test_options_reach_the_pipeline(tx: Tx, pipeline: Pipeline) -> None:
    tx(
        *("src", "--from", "4.30", "--to", "5", "--unsafe", "--explain", "--jobs", "3"),
        *("--select", "a,b", "--select", "c", "--ignore", " d , e,", "--rules", "p", "--rules", "q,r"),
    )
    options = pipeline.options
    assert (options.from_version, options.to_version) == ("4.30", "5")
    assert (options.unsafe, options.explain, options.jobs) == (True, True, 3)
    assert (options.select, options.ignore) == (("a", "b", "c"), ("d", "e"))
    assert options.rules == ("p", "q", "r")


def test_defaults(tx: Tx, pipeline: Pipeline) -> None:
    tx("src")
    options = pipeline.options
    assert (options.from_version, options.to_version, options.jobs) == (None, None, None)
    assert (options.unsafe, options.explain) == (False, False)
    assert options.select == options.ignore == options.rules == ()


def test_settings_are_defaults_and_the_command_line_wins(tx: Tx, pipeline: Pipeline, tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(
        '[tool.tx-upgrade]\nfrom = "4.30"\nto = "4.46"\nunsafe = true\nselect = ["a"]\nignore = ["b"]\n'
        'rules = ["packs"]\nformat = "json"\nexit-zero = true\njobs = 2\n'
    )
    pipeline.result = CHANGED
    outcome = tx(".")
    assert outcome.status == 0 and json.loads(outcome.stdout)["schema_version"] == 1
    options = pipeline.options
    assert (options.from_version, options.to_version, options.unsafe) == ("4.30", "4.46", True)
    assert (options.select, options.ignore, options.jobs) == (("a",), ("b",), 2)
    assert [Path(folder) for folder in options.rules] == [tmp_path / "packs"]

    outcome = tx(
        *(".", "--to", "5", "--no-unsafe", "--select", "x", "--ignore", "y", "--rules", "z"),
        *("--format", "diff", "--no-exit-zero", "--jobs", "1"),
    )
    assert outcome.status == 1 and outcome.stdout == DIFF
    options = pipeline.options
    assert (options.from_version, options.to_version, options.unsafe) == ("4.30", "5", False)
    assert (options.select, options.ignore, options.rules, options.jobs) == (("x",), ("y",), ("z",), 1)


@pytest.mark.parametrize(
    ("result", "status"),
    [
        pytest.param(NOTHING, 0, id="nothing to do"),
        pytest.param(CHANGED, 1, id="changes"),
        pytest.param(NOTHING._replace(findings=(LEFT,)), 1, id="findings only"),
        pytest.param(NOTHING._replace(findings=(LEFT._replace(status="suppressed"),)), 0, id="suppressed"),
        pytest.param(NOTHING._replace(errors=(FileError("b.py", 1, "bad"),)), 1, id="one file failed"),
        pytest.param(
            NOTHING._replace(errors=(FileError("b.py", 1, "bad"),), files_scanned=0),
            2,
            id="no readable input",
        ),
    ],
)
def test_exit_status(result: RunResult, status: int, tx: Tx, pipeline: Pipeline) -> None:
    pipeline.result = result
    assert tx("src").status == status
    assert tx("src", "--exit-zero").status == (2 if status == 2 else 0)


def test_standard_output_carries_the_diff_and_nothing_else(tx: Tx, pipeline: Pipeline) -> None:
    pipeline.result = CHANGED._replace(findings=(FIXED, LEFT), errors=(FileError("bad.py", 3, "no"),))
    pipeline.warnings = ("written for 4.57.6: setup.py:3",)
    outcome = tx("src")
    assert outcome.stdout == DIFF
    assert "written for 4.57.6: setup.py:3" in outcome.stderr
    assert "left [manual] look here" in outcome.stderr and "bad.py:3: error: no" in outcome.stderr
    assert "1 file would change" in outcome.stderr and "\x1b" not in outcome.stderr
    assert pipeline.written == []


@pytest.mark.parametrize("format", ["text", "json", "github"])
def test_formats(format: str, tx: Tx, pipeline: Pipeline) -> None:
    pipeline.result = CHANGED._replace(findings=(LEFT,))
    outcome = tx("src", "--format", format)
    start = {"text": b"a.py:1:1 left [manual]", "json": b'{\n  "schema_version": 1', "github": b"::warning "}
    assert outcome.stdout.startswith(start[format])
    assert "look here" not in outcome.stderr


def test_output_goes_to_a_file(tx: Tx, pipeline: Pipeline, tmp_path: Path) -> None:
    pipeline.result = CHANGED
    outcome = tx("src", "--output", "up grade.patch")
    assert outcome.stdout == b"" and (tmp_path / "up grade.patch").read_bytes() == DIFF


def test_output_that_cannot_be_written_stops_before_the_files_change(tx: Tx, pipeline: Pipeline) -> None:
    pipeline.result = CHANGED
    outcome = tx("src", "--write", "--output", "missing/x.patch")
    assert outcome.status == 2 and pipeline.written == []
    assert outcome.stderr == "tx-upgrade: error: missing/x.patch: No such file or directory\n"


@pytest.mark.parametrize("flag", ["--write", "-w"])
def test_write(flag: str, tx: Tx, pipeline: Pipeline) -> None:
    pipeline.result = CHANGED
    outcome = tx("src", flag)
    assert pipeline.written == [(CHANGED, ["tx-upgrade", "src", flag])]
    assert outcome.status == 1 and outcome.stdout == DIFF
    assert "1 file changed" in outcome.stderr
    assert outcome.stderr.endswith("undo with: tx-upgrade rollback . --run 20260101-000000\n")


def test_the_way_back_reaches_all_changed_files(
    tx: Tx, pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "sub").mkdir()
    monkeypatch.chdir(tmp_path / "sub")
    changes = (CHANGE, CHANGE._replace(path=str(tmp_path / "b.py")))
    pipeline.result = CHANGED._replace(changes=changes, root=str(tmp_path))
    assert f"tx-upgrade rollback {tmp_path.resolve()} --run" in tx(".", "..", "-w").stderr


def test_write_of_nothing_makes_no_run(tx: Tx, pipeline: Pipeline) -> None:
    assert tx("src", "--write").status == 0
    assert pipeline.written == []


class Piped:
    def __init__(self, content: bytes) -> None:
        self.buffer = io.BytesIO(content)


def test_standard_input_to_standard_output(
    tx: Tx, pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "pyproject.toml").write_text('[tool.tx-upgrade]\nformat = "json"\noutput = "report.json"\n')
    pipeline.result, pipeline.source = CHANGED._replace(findings=(FIXED, LEFT)), b"new \xe9\r\n"
    monkeypatch.setattr(sys, "stdin", Piped(b"old \xe9\r\n"))
    outcome = tx("--to", "5", "-")
    assert pipeline.stdin == b"old \xe9\r\n" and pipeline.options.to_version == "5"
    assert outcome.status == 1 and outcome.stdout == b"new \xe9\r\n"
    assert "look here" in outcome.stderr
    assert not (tmp_path / "report.json").exists()


def test_standard_input_with_a_format(tx: Tx, pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch) -> None:
    pipeline.result = CHANGED
    monkeypatch.setattr(sys, "stdin", Piped(b""))
    assert tx("-", "--format", "diff").stdout == DIFF


def test_standard_input_stands_alone(tx: Tx, pipeline: Pipeline) -> None:
    outcome = tx("-", "src")
    assert outcome.status == 2 and "cannot be combined" in outcome.stderr and outcome.stdout == b""


@pytest.mark.parametrize(
    ("problem", "status", "stderr"),
    [
        pytest.param(
            TxUpgradeError("pack.yaml:3: unknown\nkey"),
            2,
            "tx-upgrade: error: pack.yaml:3: unknown key\n",
            id="a user's mistake",
        ),
        pytest.param(
            OSError(28, "No space left on device"),
            2,
            "tx-upgrade: error: No space left on device\n",
            id="disk",
        ),
        pytest.param(KeyboardInterrupt(), 130, "", id="ctrl-c"),
    ],
)
def test_failures_are_one_line(
    problem: BaseException, status: int, stderr: str, tx: Tx, pipeline: Pipeline
) -> None:
    pipeline.problem = problem
    assert tx("src") == Outcome(status, b"", stderr)


def test_a_bug_is_no_finding(tx: Tx, pipeline: Pipeline) -> None:
    pipeline.problem = RuntimeError("boom")
    outcome = tx("src")
    assert outcome.status == 2 and "boom" in outcome.stderr and "this is a bug" in outcome.stderr


@pytest.mark.parametrize(
    "args",
    [
        pytest.param(["--to", "5"], id="no path"),
        pytest.param(["src", "--format", "sarif"], id="later format"),
        pytest.param(["src", "--jobs", "0"], id="no jobs"),
        pytest.param(["src", "--jobs", "many"], id="not a number"),
        pytest.param(["--nonsense", "src"], id="unknown option"),
    ],
)
def test_bad_arguments(args: list[str], tx: Tx, pipeline: Pipeline) -> None:
    outcome = tx(*args)
    assert outcome.status == 2
    assert outcome.stdout == b"" and "rror" in outcome.stderr
    assert pipeline.options is None


def test_bad_settings(tx: Tx, pipeline: Pipeline, tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool.tx-upgrade]\njobs = 'x'\n")
    outcome = tx(".")
    assert outcome.status == 2 and "jobs" in outcome.stderr and outcome.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("terminal", "environment", "colored"),
    [
        pytest.param(True, {"TERM": "xterm"}, True, id="terminal"),
        pytest.param(False, {"TERM": "xterm"}, False, id="pipe"),
        pytest.param(True, {"TERM": "xterm", "NO_COLOR": "1"}, False, id="NO_COLOR"),
        pytest.param(True, {"TERM": "dumb"}, False, id="dumb terminal"),
    ],
)
def test_color(
    terminal: bool,
    environment: dict[str, str],
    colored: bool,
    tx: Tx,
    pipeline: Pipeline,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pipeline.result = CHANGED
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    for stream in (sys.stdout, sys.stderr):
        monkeypatch.setattr(stream, "isatty", lambda: terminal, raising=False)
    outcome = tx("src")
    assert (b"\x1b[31m" in outcome.stdout) is colored
    assert ("\x1b[1m" in outcome.stderr) is colored
    assert tx("src", "--output", "x").status == 1
    assert b"\x1b" not in Path("x").read_bytes()


def test_a_mistake_of_ours_in_one_file_leaves_the_others_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tx_upgrade import upgrade
    from tx_upgrade.matching import file

    whole = file.match_file

    def broken(engine: Any, module: Any, *more: Any) -> Any:
        if module.path.endswith("/odd.py"):
            raise KeyError("a case nobody thought of")
        return whole(engine, module, *more)

    monkeypatch.setattr(file, "match_file", broken)
    for name in ("odd.py", "good.py"):
        (tmp_path / name).write_text("from transformers import AdamW\n", encoding="utf-8")
    options = upgrade.Options(from_version="4.30", jobs=1)
    result = upgrade.upgrade([str(tmp_path)], options, warn=lambda line: None)
    (error,) = result.errors
    assert error.path.endswith("odd.py")
    assert "a bug in tx-upgrade" in error.message and "a case nobody thought of" in error.message
    assert any(change.path.endswith("good.py") for change in result.changes)
