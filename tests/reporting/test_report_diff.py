from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tx_upgrade.model import FileChange, RunResult
from tx_upgrade.reporting import render, render_bytes
from tx_upgrade.reporting.diff import unified_diff


def run_result(*changes: FileChange) -> RunResult:
    return RunResult("4.57.6", "5.23.0", None, changes, (), (), (), len(changes))


def applied(tool: list[str], patch: bytes, changes: list[FileChange], folder: Path) -> None:
    """Lays out the old files, applies the patch with a real tool and compares every byte."""
    for change in changes:
        target = folder / change.path
        target.parent.mkdir(parents=True, exist_ok=True)
        if change.before is not None:
            target.write_bytes(change.before)
    done = subprocess.run(tool, input=patch, cwd=folder, capture_output=True, check=False)
    assert done.returncode == 0, (done.stdout, done.stderr, patch)
    for change in changes:
        assert (folder / change.path).read_bytes() == change.after
    assert not list(folder.rglob("*.orig")) and not list(folder.rglob("*.rej"))


GIT = ["git", "apply", "--whitespace=nowarn", "-"]
PATCH = ["patch", "-p1", "--silent"]
TOOLS = [pytest.param(GIT, id="git"), pytest.param(PATCH, id="patch")]

AWKWARD = [
    pytest.param("a.py", b"x = 1\ny = 2\n", b"x = 1\ny = 3\n", id="plain"),
    pytest.param("deep/er/a.py", b"x\n", b"y\n", id="in folders"),
    pytest.param("new.py", None, b"x = 1\ny = 2\n", id="new file"),
    pytest.param("pkg/new one.py", None, b"x = 1", id="new file, space, no newline"),
    pytest.param("empty.py", b"", b"x\n", id="was empty"),
    pytest.param("empty.py", b"x\n", b"", id="becomes empty"),
    pytest.param("a.py", b"x\ny", b"x\nz", id="no newline on both sides"),
    pytest.param("a.py", b"x\ny", b"z\ny", id="no newline in the context"),
    pytest.param("a.py", b"x\ny", b"x\ny\n", id="newline added"),
    pytest.param("a.py", b"x\ny\n", b"x\ny", id="newline gone"),
    pytest.param("a.py", b"a\r\nb\r\nc\r\n", b"a\r\nB\r\nc\r\n", id="crlf"),
    pytest.param("a.py", b"a\r\nb\nc\r\n", b"a\r\nB\r\nc\r\n", id="mixed line ends"),
    pytest.param("a.py", b"a\rb\rc\n", b"a\rB\rc\n", id="lone carriage returns are no line ends"),
    pytest.param(
        "a.py", b"a\x0cb\n\xe2\x80\xa8x\nc\n", b"a\x0cb\n\xe2\x80\xa8y\nc\n", id="form feed, U+2028"
    ),
    pytest.param("a.py", b"# -*- latin-1\xe9\nx\n", b"# -*- latin-1\xe9\ny\n", id="not utf-8"),
    pytest.param("a.py", b"\xef\xbb\xbfx = 1\ny\n", b"\xef\xbb\xbfx = 2\ny\n", id="bom"),
    pytest.param("with space.py", b"x\n", b"y\n", id="space"),
    pytest.param("with space/a b/c d.py", b"x\n", b"y\n", id="spaces in folders"),
    pytest.param('quo"te.py', b"x\n", b"y\n", id="quote"),
    pytest.param("back\\slash.py", b"x\n", b"y\n", id="backslash"),
    pytest.param("ta\tb.py", b"x\n", b"y\n", id="tab"),
    pytest.param("été.py", b"x\n", b"y\n", id="not ascii"),
    pytest.param(
        "a.py", b"--- a\n+++ b\n@@ -1 +1 @@\n-x\n", b"--- a\n+++ c\n@@ -1 +1 @@\n-y\n", id="patch in it"
    ),
]


@pytest.mark.parametrize("tool", TOOLS)
@pytest.mark.parametrize(("path", "before", "after"), AWKWARD)
def test_real_tools_take_it(
    path: str, before: bytes | None, after: bytes, tool: list[str], tmp_path: Path
) -> None:
    change = FileChange(path, before, after)
    applied(tool, render_bytes(run_result(change), "diff"), [change], tmp_path)


@pytest.mark.parametrize("tool", TOOLS)
def test_many_files_in_one_patch(tool: list[str], tmp_path: Path) -> None:
    changes = [
        FileChange(path.values[0], path.values[1], path.values[2])  # type: ignore[arg-type]
        for path in AWKWARD
        if path.values[0] != "a.py" and path.values[2] and path.id != "becomes empty"
    ]
    applied(tool, render_bytes(run_result(*changes), "diff"), changes, tmp_path)


line = st.one_of(
    st.sampled_from([b"a", b"b", b"", b"\r", b"+", b"-x", b"\x0c", b" ", b"\\ No newline at end of file"]),
    st.binary(max_size=4).map(lambda b: b.replace(b"\n", b"").replace(b"\0", b"")),
)
sources = st.tuples(st.lists(line, max_size=40), st.booleans()).map(
    lambda made: b"\n".join(made[0]) + (b"\n" if made[1] else b"")
)


@st.composite
def edited(draw: st.DrawFn) -> tuple[bytes, bytes]:
    before = draw(sources)
    lines = before.split(b"\n")
    for _ in range(draw(st.integers(1, 5))):
        at = draw(st.integers(0, len(lines)))
        lines[at : at + draw(st.integers(0, 3))] = draw(st.lists(line, max_size=3))
    return before, b"\n".join(lines)


@pytest.mark.parametrize("tool", TOOLS)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(edit=edited())
def test_random_edits_apply(
    tool: list[str], edit: tuple[bytes, bytes], tmp_path_factory: pytest.TempPathFactory
) -> None:
    before, after = edit
    if not after or before == after:
        return
    change = FileChange("a b.py", before, after)
    applied(tool, unified_diff(change), [change], tmp_path_factory.mktemp("edit"))


def test_text_of_a_patch() -> None:
    before = b"".join(b"line %d\n" % i for i in range(1, 21))
    after = before.replace(b"line 2\n", b"line two\n").replace(b"line 15\n", b"")
    assert render(run_result(FileChange("src/a.py", before, after)), "diff") == (
        "diff --git a/src/a.py b/src/a.py\n"
        "--- a/src/a.py\n"
        "+++ b/src/a.py\n"
        "@@ -1,5 +1,5 @@\n line 1\n-line 2\n+line two\n line 3\n line 4\n line 5\n"
        "@@ -12,7 +12,6 @@\n line 12\n line 13\n line 14\n-line 15\n line 16\n line 17\n line 18\n"
    )


def test_new_file() -> None:
    assert unified_diff(FileChange("s.py", None, b"x\n")) == (
        b"diff --git a/s.py b/s.py\nnew file mode 100644\n--- /dev/null\n+++ b/s.py\n@@ -0,0 +1 @@\n+x\n"
    )


def test_names_are_quoted_like_git(tmp_path: Path) -> None:
    for name in ["plain.py", "a b.py", 'q"q.py', "ü\n.py", "b\\s.py"]:
        (tmp_path / name).write_bytes(b"x\n")
        git = ["git", "-c", "core.quotePath=true", "-c", "init.defaultBranch=main"]
        subprocess.run([*git, "init", "--quiet"], cwd=tmp_path, check=True)
        subprocess.run([*git, "add", name], cwd=tmp_path, check=True)
        (tmp_path / name).write_bytes(b"y\n")
        shown = subprocess.run(
            [*git, "diff", "--", name], cwd=tmp_path, check=True, capture_output=True
        ).stdout
        without_index = b"".join(
            part for part in shown.splitlines(keepends=True) if not part.startswith(b"index ")
        )
        assert unified_diff(FileChange(name, b"x\n", b"y\n")) == without_index


def test_unchanged_file_is_left_out() -> None:
    assert render(run_result(FileChange("a.py", b"x\n", b"x\n")), "diff") == ""


def test_color_adds_escapes_only() -> None:
    result = run_result(FileChange("a.py", b"--x\nb\n", b"++x\nb\n"))
    colored = render(result, "diff", color=True)
    assert "\x1b[31m---x\x1b[0m\n" in colored and "\x1b[32m+++x\x1b[0m\n" in colored
    for code in ("0", "1", "31", "32", "36"):
        colored = colored.replace(f"\x1b[{code}m", "")
    assert colored == render(result, "diff")
