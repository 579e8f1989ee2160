from __future__ import annotations

import json
import os
import re
import signal
import stat
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tx_upgrade import journal
from tx_upgrade.journal import RollbackReport, files, rollback, runs
from tx_upgrade.model import FileChange, TxUpgradeError


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = tmp_path / "project"
    root.mkdir()
    monkeypatch.chdir(root)
    return root


def apply(root: Path, *changes: FileChange) -> str:
    return journal.apply(
        changes,
        root=root,
        cwd=Path.cwd(),
        command=("tx-upgrade", "-w", "."),
        tool_version="0.1.0",
        from_version="4.30.2",
        to_version="5.23.0",
    )


def change(path: str, after: bytes) -> FileChange:
    return FileChange(path, Path(path).read_bytes(), after)


def make(path: str, data: bytes = b"old\n") -> Path:
    file = Path(path)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(data)
    return file.absolute()


def tree(root: Path) -> dict[str, tuple[bytes, int]]:
    return {
        str(file.relative_to(root)): (file.read_bytes(), stat.S_IMODE(file.stat().st_mode))
        for file in sorted(root.rglob("*"))
        if file.is_file() and ".tx-upgrade" not in file.relative_to(root).parts
    }


def test_there_and_back(project: Path) -> None:
    make("pkg/a.py", b"\xef\xbb\xbfold\r\nno end").chmod(0o755)
    make("pkg/b.py", b"# coding: latin-1\n\xe9").chmod(0o600)
    make("c.py", b"")
    before = tree(project)
    run = apply(
        project, change("pkg/a.py", b"new a"), change("pkg/b.py", b"new b"), change("c.py", b"new c"),
        FileChange("pkg/_transformers_compat.py", None, b"shim"),
    )  # fmt: skip
    after = tree(project)
    assert {name: data for name, (data, _) in after.items()} == {
        "c.py": b"new c", "pkg/a.py": b"new a", "pkg/b.py": b"new b", "pkg/_transformers_compat.py": b"shim",
    }  # fmt: skip
    assert after["pkg/a.py"][1] == 0o755 and after["pkg/b.py"][1] == 0o600
    umask = os.umask(0)
    os.umask(umask)
    assert after["pkg/_transformers_compat.py"][1] == 0o666 & ~umask
    assert (project / ".tx-upgrade/.gitignore").read_text() == "*\n"

    assert rollback(project) == RollbackReport(
        run_id=run,
        restored=("pkg/a.py", "pkg/b.py", "c.py"),
        removed=("pkg/_transformers_compat.py",),
        refused=(),
    )
    assert tree(project) == before


def test_log(project: Path) -> None:
    assert runs(project) == ()
    make("a.py")
    ids = [apply(project, change("a.py", f"new {n}".encode())) for n in range(3)]
    assert ids == sorted(set(ids)) and all(re.fullmatch(r"\d{8}-\d{6}-[0-9a-f]{4}", run) for run in ids)
    rollback(project / "a.py")
    records = runs(project / "a.py")
    assert [record.id for record in records] == ids
    assert [record.state for record in records] == ["applied", "applied", "rolled back"]
    first = records[0]
    assert (first.command, first.from_version, first.to_version, first.files) == (
        ("tx-upgrade", "-w", "."), "4.30.2", "5.23.0", 1,
    )  # fmt: skip
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?\+00:00", first.when)


def test_runs_are_undone_from_the_last_to_the_first(project: Path) -> None:
    file = make("a.py", b"0")
    first = apply(project, change("a.py", b"1"))
    second = apply(project, change("a.py", b"2"))
    report = rollback(project, first)
    assert report.refused == (("a.py", f"was changed by the later run {second}: roll that one back first"),)
    assert file.read_bytes() == b"2"
    assert rollback(project).run_id == second and file.read_bytes() == b"1"
    assert rollback(project).run_id == first and file.read_bytes() == b"0"
    with pytest.raises(
        TxUpgradeError, match=r"nothing to roll back: no applied run is left that changed it$"
    ):
        rollback(project)
    with pytest.raises(TxUpgradeError, match=f"^run {first} is rolled back already$"):
        rollback(project, first)


def test_an_edited_file_is_refused_and_the_rest_goes_on(project: Path) -> None:
    make("a.py"), make("b.py"), make("c.py")
    run = apply(
        project,
        change("a.py", b"new"),
        change("b.py", b"new"),
        change("c.py", b"new"),
        FileChange("s.py", None, b"s"),
    )
    Path("a.py").write_bytes(b"new, edited")
    Path("c.py").unlink()
    Path("s.py").write_bytes(b"s, edited")
    report = rollback(project)
    assert report.restored == ("b.py",) and report.removed == ()
    assert report.refused == (
        ("a.py", "was edited since the run"), ("c.py", "was deleted since the run"), ("s.py", "was edited since the run"),
    )  # fmt: skip
    assert Path("a.py").read_bytes() == b"new, edited" and not Path("c.py").exists()
    assert runs(project)[0].state == "partly rolled back"

    Path("a.py").write_bytes(b"new")
    Path("s.py").unlink()
    assert rollback(project) == RollbackReport(run, ("a.py",), (), (("c.py", "was deleted since the run"),))
    Path("c.py").write_bytes(b"old\n")
    assert rollback(project) == RollbackReport(run, (), (), ())
    assert runs(project)[0].state == "rolled back"


def test_only_a_file_or_a_folder(project: Path) -> None:
    for name in ("a.py", "sub/b.py", "sub/c.py"):
        make(name)
    apply(project, *(change(name, b"new") for name in ("a.py", "sub/b.py", "sub/c.py")))
    assert rollback(Path("sub/b.py")).restored == ("sub/b.py",)
    assert rollback(Path("sub")).restored == ("sub/c.py",)
    with pytest.raises(TxUpgradeError, match="nothing to roll back"):
        rollback(Path("sub"))
    assert Path("a.py").read_bytes() == b"new"
    assert rollback(Path()).restored == ("a.py",)


def test_modes_come_back(project: Path) -> None:
    file = make("a.py")
    file.chmod(0o750)
    apply(project, change("a.py", b"new"))
    file.chmod(0o777)
    rollback(project)
    assert stat.S_IMODE(file.stat().st_mode) == 0o750


def test_links_are_followed_once_and_stay(project: Path) -> None:
    make("real/a.py")
    make("../outside/b.py")
    Path("link.py").symlink_to("real/a.py")
    Path("out.py").symlink_to("../outside/b.py")
    apply(project, change("link.py", b"new"), change("out.py", b"new"))
    assert Path("link.py").is_symlink() and Path("real/a.py").read_bytes() == b"new"
    assert Path("out.py").is_symlink() and Path("../outside/b.py").read_bytes() == b"new"
    assert not Path("real/a.py").is_symlink()
    assert rollback(Path("out.py")).restored == ((project.parent / "outside/b.py").as_posix(),)
    assert rollback(project).restored == ("real/a.py",)
    assert Path("out.py").is_symlink() and Path("out.py").read_bytes() == b"old\n"


def test_a_file_and_a_link_to_it_are_one(project: Path) -> None:
    make("a.py")
    Path("link.py").symlink_to("a.py")
    apply(project, change("a.py", b"new"), change("link.py", b"new"))
    assert runs(project)[0].files == 1
    rollback(project)
    with pytest.raises(
        TxUpgradeError, match=r"^link.py: is the same file as a.py, but changed otherwise; no file was"
    ):
        apply(project, change("a.py", b"new"), change("link.py", b"other"))


def test_the_other_names_of_a_file_keep_the_old_bytes(project: Path) -> None:
    make("a.py")
    os.link("a.py", "shared.py")
    apply(project, change("a.py", b"new"))
    assert Path("shared.py").read_bytes() == b"old\n" and Path("a.py").read_bytes() == b"new"


def test_the_project_can_move(project: Path) -> None:
    make("a.py")
    apply(project, change("a.py", b"new"))
    moved = project.rename(project.with_name("moved"))
    rollback(moved)
    assert (moved / "a.py").read_bytes() == b"old\n"


def test_odd_names(project: Path) -> None:
    names = ["ü b.py", "x" * 250 + ".py", "new\nline.py", os.fsdecode(b"\xff.py")]
    for name in names:
        make(name)
    apply(project, *(change(name, b"new") for name in names))
    rollback(project)
    assert all(Path(name).read_bytes() == b"old\n" for name in names)


def test_a_journal_below(project: Path) -> None:
    make("one/a.py")
    apply(project / "one", change("one/a.py", b"new"))
    assert [record.state for record in runs(project)] == ["applied"]
    make("two/b.py")
    apply(project / "two", change("two/b.py", b"new"))
    with pytest.raises(
        TxUpgradeError, match=r"several projects below it have applied runs; name one of .*one, .*two$"
    ):
        rollback(project)
    assert rollback(project / "two").restored == ("two/b.py",)


def test_a_journal_further_up(project: Path) -> None:
    make("one/a.py"), make("one/b.py")
    apply(project / "one", change("one/a.py", b"new"))
    outer = apply(project, change("one/b.py", b"new"))
    assert rollback(project / "one").run_id == outer, "the last run that changed something here"


def test_errors_of_rollback(project: Path) -> None:
    with pytest.raises(
        TxUpgradeError, match=r": no run was applied here \(there is no \.tx-upgrade/ in it or above it\)$"
    ):
        rollback(project)
    make("a.py")
    first, second = apply(project, change("a.py", b"1")), apply(project, change("a.py", b"2"))
    with pytest.raises(TxUpgradeError) as caught:
        rollback(project, "nonsense")
    assert str(caught.value) == f"there is no run 'nonsense' here; the runs are: {second}, {first}"
    (project / f".tx-upgrade/journal/{second}/manifest.json").write_text("{")
    assert [record.state for record in runs(project)] == ["applied", "damaged"]
    with pytest.raises(
        TxUpgradeError, match=r"manifest.json: the journal of this run is damaged; another one can be"
    ):
        rollback(project)
    assert Path("a.py").read_bytes() == b"2"


def test_a_damaged_copy_is_never_restored(project: Path) -> None:
    make("a.py"), make("b.py")
    run = apply(project, change("a.py", b"1"), change("b.py", b"1"))
    store = project / f".tx-upgrade/journal/{run}/before.bin"
    data = bytearray(store.read_bytes())
    data[4] ^= 0xFF
    store.write_bytes(data)
    report = rollback(project)
    assert report.restored == ("b.py",)
    assert report.refused == (("a.py", "the journal's copy of it is damaged"),)
    assert Path("a.py").read_bytes() == b"1"


def test_a_file_that_cannot_be_restored_does_not_stop_the_others(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make("a.py"), make("b.py")
    apply(project, change("a.py", b"1"), change("b.py", b"1"))
    fail_for(monkeypatch, "a.py", PermissionError(13, "Permission denied"))
    report = rollback(project)
    assert report.restored == ("b.py",)
    assert report.refused == (("a.py", "cannot be written: Permission denied"),)
    assert names(project) == ["a.py", "b.py"]


# --- refusals before anything is written --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (FileChange("b.py", b"what it was", b"new"), "b.py: was edited while tx-upgrade ran; run it again; no file was changed"),
        (FileChange("gone.py", b"x", b"new"), "gone.py: cannot be read any more: No such file or directory; no file was changed"),
        (FileChange("b.py", None, b"new"), "b.py: was to be created but exists by now; run tx-upgrade again; no file was changed"),
        (FileChange("nowhere/s.py", None, b"new"), "nowhere/s.py: its folder is read-only or missing; no file was changed"),
    ],
)  # fmt: skip
def test_refused_before_anything_is_written(project: Path, wrong: FileChange, message: str) -> None:
    make("a.py"), make("b.py")
    with pytest.raises(TxUpgradeError) as caught:
        apply(project, change("a.py", b"new"), wrong)
    assert str(caught.value) == message
    assert names(project) == ["a.py", "b.py"] and Path("a.py").read_bytes() == b"old\n"
    assert runs(project) == ()


@pytest.mark.parametrize(
    ("what", "message"), [("a.py", "is read-only"), ("sub", "its folder is read-only or missing")]
)
def test_read_only(project: Path, monkeypatch: pytest.MonkeyPatch, what: str, message: str) -> None:
    make("sub/a.py")
    access = os.access
    monkeypatch.setattr("os.access", lambda path, mode: not str(path).endswith(what) and access(path, mode))
    with pytest.raises(TxUpgradeError, match=f"^sub/a.py: {message}; no file was changed$"):
        apply(project, change("sub/a.py", b"new"))


def test_a_journal_that_cannot_be_written(project: Path) -> None:
    make("a.py")
    make(".tx-upgrade")
    with pytest.raises(
        TxUpgradeError, match=r"\.tx-upgrade.*: the journal cannot be written, so no file was changed: "
    ):
        apply(project, change("a.py", b"new"))
    assert Path("a.py").read_bytes() == b"old\n"


# --- failures on the way ------------------------------------------------------------------------------------------


def fail_for(monkeypatch: pytest.MonkeyPatch, name: str, error: OSError) -> None:
    replace = os.replace

    def failing(source: Path, target: Path) -> None:
        if Path(target).name == name:
            raise error
        replace(source, target)

    monkeypatch.setattr(files.os, "replace", failing)


def names(root: Path) -> list[str]:
    """All files but the journal's: none of ours may be left lying about."""
    return sorted(tree(root))


def test_a_full_disk(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make("a.py"), make("b.py"), make("c.py")
    with monkeypatch.context() as patch:
        fail_for(patch, "c.py", OSError(28, "No space left on device"))
        with pytest.raises(TxUpgradeError) as caught:
            apply(project, *(change(name, b"new") for name in ("a.py", "b.py", "c.py")))
    run = runs(project)[0]
    assert str(caught.value) == (
        "c.py: cannot be written: No space left on device; already written, and undone by `tx-upgrade rollback` "
        f"(run {run.id}): a.py, b.py"
    )
    assert run.state == "applying" and names(project) == ["a.py", "b.py", "c.py"]
    assert rollback(project).restored == ("a.py", "b.py")
    assert runs(project)[0].state == "rolled back"


def test_failing_at_the_first_file_leaves_no_run(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make("a.py")
    fail_for(monkeypatch, "a.py", OSError(28, "No space left on device"))
    with pytest.raises(
        TxUpgradeError, match=r"^a.py: cannot be written: No space left on device; no file was changed$"
    ):
        apply(project, change("a.py", b"new"))
    assert runs(project) == ()


def test_a_file_that_is_edited_between_check_and_writing(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make("a.py"), make("b.py")
    replace = os.replace

    def edit_b(source: Path, target: Path) -> None:
        replace(source, target)
        if Path(target).name == "a.py":
            Path("b.py").write_bytes(b"mine")

    monkeypatch.setattr(files.os, "replace", edit_b)
    with pytest.raises(
        TxUpgradeError, match=r"^b.py: was edited while tx-upgrade ran; .*already written.*: a.py$"
    ):
        apply(project, change("a.py", b"new"), change("b.py", b"new"))
    assert Path("b.py").read_bytes() == b"mine"
    assert rollback(project).refused == (("b.py", "was edited since the run"),)


KILLED = """
import os, signal, sys
from pathlib import Path
from tx_upgrade import journal
from tx_upgrade.model import FileChange

calls = 0
def counted(function):
    def wrapper(*args, **kwargs):
        global calls
        calls += 1
        if calls == int(sys.argv[1]):
            os.kill(os.getpid(), signal.SIGKILL)
        return function(*args, **kwargs)
    return wrapper

for name in ("replace", "fsync", "mkdir", "unlink"):
    setattr(os, name, counted(getattr(os, name)))
if sys.argv[2] == "apply":
    changes = [FileChange(f"{n}.py", f"old {n}".encode(), f"new {n}".encode()) for n in range(3)]
    changes.append(FileChange("shim.py", None, b"shim"))
    journal.apply(changes, root=Path("."), cwd=Path("."), command=["tx-upgrade"], tool_version="0",
                  from_version="4.30.2", to_version="5.23.0")
else:
    journal.rollback(Path("."))
print("done")
"""


def run_killed(at: int, what: str) -> bool:
    """Run in a process that is killed at its ``at``-th step on disk; whether it was."""
    script = textwrap.dedent(KILLED)
    environment = {**os.environ, "PYTHONPATH": str(Path(journal.__file__).parents[2])}
    command = [sys.executable, "-c", script, str(at), what]
    answer = subprocess.run(command, capture_output=True, text=True, env=environment)
    if answer.returncode == -signal.SIGKILL:
        return True
    assert answer.stdout == "done\n", answer.stderr
    return False


OLD = {f"{n}.py": f"old {n}".encode() for n in range(3)}
NEW = {**{f"{n}.py": f"new {n}".encode() for n in range(3)}, "shim.py": b"shim"}


def check_each_old_or_new(root: Path) -> None:
    for name, (data, mode) in tree(root).items():
        if name.endswith(".tmp"):
            continue
        assert data in (OLD.get(name), NEW[name]), name
        assert name == "shim.py" or mode == 0o640


def fresh(root: Path) -> None:
    subprocess.run(["rm", "-rf", str(root / ".tx-upgrade")], check=True)
    for file in root.iterdir():
        file.unlink()
    for name, data in OLD.items():
        (root / name).write_bytes(data)
        (root / name).chmod(0o640)


def test_killed_at_any_moment(project: Path) -> None:
    at = step = 0
    while True:
        at += 1
        fresh(project)
        if not run_killed(at, "apply"):
            break
        step += 1
        check_each_old_or_new(project)
        if any(record.state in ("applying", "applied") for record in runs(project)):
            assert rollback(project).refused == ()
        assert {name: data for name, (data, _) in tree(project).items()} == OLD, f"killed at step {at}"
    assert step > 15, "the script was killed at each of its steps"
    assert {name: data for name, (data, _) in tree(project).items()} == NEW


def test_killed_while_rolling_back(project: Path) -> None:
    at = 0
    while True:
        at += 1
        fresh(project)
        assert not run_killed(0, "apply")
        if not run_killed(at, "rollback"):
            break
        check_each_old_or_new(project)
        if runs(project)[0].state != "rolled back":
            assert rollback(project).refused == ()
        assert {name: data for name, (data, _) in tree(project).items()} == OLD, f"killed at step {at}"
    assert at > 8
    assert {name: data for name, (data, _) in tree(project).items()} == OLD


def test_the_journal_is_on_disk_before_the_first_file(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make("a.py")
    seen: list[tuple[str, str]] = []
    replace, fsync = os.replace, os.fsync

    def noted(source: Path, target: Path) -> None:
        if Path(target).name == "a.py":
            (manifest,) = project.glob(".tx-upgrade/journal/*/manifest.json")
            content = json.loads(manifest.read_text())
            assert content["state"] == "applying" and content["files"][0]["path"] == "a.py"
        seen.append(("replace", Path(target).name))
        replace(source, target)

    def synced(descriptor: int) -> None:
        seen.append(("sync", os.path.basename(os.readlink(f"/proc/self/fd/{descriptor}"))))  # noqa: PTH115, PTH119
        fsync(descriptor)

    monkeypatch.setattr(files.os, "replace", noted)
    if Path("/proc/self/fd").is_dir():
        monkeypatch.setattr(os, "fsync", synced)
    run = apply(project, change("a.py", b"new"))
    if Path("/proc/self/fd").is_dir():
        order = [seen.index(item) for item in (("sync", "before.bin"), ("sync", "manifest.json.tmp"),
                                               ("replace", "manifest.json"), ("sync", run), ("replace", "a.py"))]  # fmt: skip
        assert order == sorted(order)


@settings(deadline=None)  # a disk that syncs has its own pace
@given(st.lists(st.tuples(st.binary(max_size=50), st.binary(max_size=50)), min_size=1, max_size=5))
def test_rollback_restores_any_bytes(contents: list[tuple[bytes, bytes]]) -> None:
    for number, (before, _) in enumerate(contents):
        make(f"f{number}.py", before)
    apply(Path.cwd(), *(change(f"f{number}.py", after) for number, (_, after) in enumerate(contents)))
    assert [Path(f"f{n}.py").read_bytes() for n in range(len(contents))] == [after for _, after in contents]
    assert rollback(Path.cwd()).refused == ()
    assert [Path(f"f{n}.py").read_bytes() for n in range(len(contents))] == [before for before, _ in contents]


def test_nothing_to_apply(project: Path) -> None:
    with pytest.raises(ValueError, match="no changes"):
        apply(project)
