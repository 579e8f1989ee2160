from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tx_upgrade.model import TxUpgradeError
from tx_upgrade.project import discovery
from tx_upgrade.project.discovery import discover


def make(root: Path, *files: str) -> None:
    for name in files:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text("")


def found(root: Path, *paths: str) -> list[str]:
    return [path.as_posix() for path in discover(paths or (".",), cwd=root).files]


def test_python_files_and_stubs_in_order(tmp_path: Path) -> None:
    make(tmp_path, "b.py", "a.py", "pkg/c.pyi", "pkg/d.txt", "pkg/e.pyc", "PKG/f.py")
    assert found(tmp_path) == ["PKG/f.py", "a.py", "b.py", "pkg/c.pyi"]


def test_named_files_are_taken_whatever_they_are(tmp_path: Path) -> None:
    make(tmp_path, "script", ".venv/x.py", ".git/hook")
    (tmp_path / ".gitignore").write_text("script\n")
    assert found(tmp_path, "script", ".venv/x.py", ".git/hook") == [".git/hook", ".venv/x.py", "script"]


def test_each_file_once_though_several_paths_cover_it(tmp_path: Path) -> None:
    make(tmp_path, "src/a.py", "src/b.py")
    assert found(tmp_path, "src", "src/a.py", "./src/../src", str(tmp_path / "src" / "b.py")) == [
        "src/a.py",
        "src/b.py",
    ]


@pytest.mark.parametrize(
    "folder",
    [".git", ".hg", ".svn", "site-packages", "node_modules", "__pycache__", ".mypy_cache", ".pytest_cache",
     ".ruff_cache", ".tox", ".nox", ".eggs", ".tx-upgrade"],
)  # fmt: skip
def test_folders_that_hold_no_source_of_the_project(tmp_path: Path, folder: str) -> None:
    make(tmp_path, f"{folder}/a.py", f"pkg/{folder}/b.py", "pkg/c.py")
    assert found(tmp_path) == ["pkg/c.py"]
    assert found(tmp_path, folder) == [f"{folder}/a.py"], "a folder that is named is walked"


def test_virtual_environments_are_known_by_their_mark(tmp_path: Path) -> None:
    make(
        tmp_path,
        "anything/pyvenv.cfg",
        "anything/a.py",
        "conda/conda-meta/x",
        "conda/b.py",
        "venv/c.py",
        "build/d.py",
    )
    assert found(tmp_path) == ["build/d.py", "venv/c.py"]


def test_gitignore_of_the_folder_of_parents_and_nested(tmp_path: Path) -> None:
    make(
        tmp_path,
        "repo/.git/info/exclude",
        "repo/pkg/a.py",
        "repo/pkg/gen.py",
        "repo/pkg/sub/b.py",
        "repo/pkg/sub/keep.py",
    )
    make(tmp_path, "repo/pkg/local.py", "repo/pkg/out/c.py")
    (tmp_path / ".gitignore").write_text("*.py\n")  # above the repository: not its business
    (tmp_path / "repo/.gitignore").write_text("gen.py\nout/\nkeep.py\n")
    (tmp_path / "repo/.git/info/exclude").write_text("local.py\n")
    (tmp_path / "repo/pkg/sub/.gitignore").write_text("*.py\n!keep.py\n")
    assert found(tmp_path / "repo") == ["pkg/a.py", "pkg/sub/keep.py"]
    assert found(tmp_path / "repo" / "pkg") == ["a.py", "sub/keep.py"]
    assert found(tmp_path / "repo", "pkg/out") == ["pkg/out/c.py"], (
        "a named folder is walked though it is ignored"
    )
    assert found(tmp_path / "repo", "pkg/gen.py") == ["pkg/gen.py"]


def test_without_a_repository_the_project_bounds_the_patterns(tmp_path: Path) -> None:
    make(tmp_path, "project/pyproject.toml", "project/src/a.py", "project/src/b.py", "loose/c.py")
    (tmp_path / ".gitignore").write_text("*.py\n")
    (tmp_path / "project/.gitignore").write_text("b.py\n")
    assert found(tmp_path / "project/src") == ["a.py"]
    assert found(tmp_path / "loose") == ["c.py"]


def test_a_repository_inside_does_not_obey_the_outer_one(tmp_path: Path) -> None:
    make(tmp_path, ".git/HEAD", "sub/.git/HEAD", "sub/a.py", "sub/b.py", "a.py")
    (tmp_path / ".gitignore").write_text("a.py\n")
    (tmp_path / "sub/.gitignore").write_text("b.py\n")
    assert found(tmp_path) == ["sub/a.py"]


def test_exclude_of_a_work_tree(tmp_path: Path) -> None:
    make(tmp_path, "main/.git/worktrees/w/HEAD", "w/a.py", "w/b.py")
    (tmp_path / "main/.git/info").mkdir()
    (tmp_path / "main/.git/info/exclude").write_text("b.py\n")
    (tmp_path / "main/.git/worktrees/w/commondir").write_text("../..\n")
    (tmp_path / "w/.git").write_text(f"gitdir: {tmp_path}/main/.git/worktrees/w\n")
    assert found(tmp_path / "w") == ["a.py"]


def test_a_linked_file_is_taken_once_under_its_own_name(tmp_path: Path) -> None:
    make(tmp_path, "z.py")
    (tmp_path / "a_link.py").symlink_to("z.py")
    assert found(tmp_path) == ["z.py"]
    assert found(tmp_path, "a_link.py", "z.py") == ["z.py"]
    assert found(tmp_path, "a_link.py") == ["z.py"], "`git apply` refuses to patch a link"


def test_a_link_out_of_the_folder_keeps_its_name(tmp_path: Path) -> None:
    make(tmp_path, "elsewhere/real.py", "project/a.py", "elsewhere/venv/pyvenv.cfg", "elsewhere/venv/b.py")
    (tmp_path / "project/link.py").symlink_to(tmp_path / "elsewhere/real.py")
    (tmp_path / "project/env").symlink_to(tmp_path / "elsewhere/venv")
    assert found(tmp_path / "project") == ["a.py", "link.py"]


def test_folder_loops_end_and_linked_folders_are_walked_once(tmp_path: Path) -> None:
    make(tmp_path, "pkg/a.py", "other/b.py")
    (tmp_path / "pkg/loop").symlink_to(tmp_path)
    (tmp_path / "pkg/self").symlink_to(".")
    (tmp_path / "again").symlink_to("other")
    assert found(tmp_path) == ["other/b.py", "pkg/a.py"]
    assert found(tmp_path, "again") == ["other/b.py"]


def test_a_linked_folder_out_of_the_project_is_followed(tmp_path: Path) -> None:
    make(tmp_path, "elsewhere/real.py", "project/a.py")
    (tmp_path / "project/shared").symlink_to(tmp_path / "elsewhere")
    assert found(tmp_path / "project") == ["a.py", "shared/real.py"]


def test_hard_links_are_two_files(tmp_path: Path) -> None:
    make(tmp_path, "a.py")
    os.link(tmp_path / "a.py", tmp_path / "b.py")
    assert found(tmp_path) == ["a.py", "b.py"]


def test_links_to_nothing(tmp_path: Path) -> None:
    (tmp_path / "gone.py").symlink_to("nowhere.py")
    (tmp_path / ".#open.py").symlink_to("user@host.123")
    (tmp_path / "round.py").symlink_to("round.py")
    result = discover(["."], cwd=tmp_path)
    assert result.files == ()
    assert [error.path for error in result.errors] == ["gone.py", "round.py"]
    assert result.errors[0].message == "cannot be read: No such file or directory"


def test_a_pipe_in_a_folder_is_left_alone(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.py")
    assert found(tmp_path) == []


def test_paths_outside_the_current_folder_are_absolute(tmp_path: Path) -> None:
    make(tmp_path, "a/x.py", "b/y.py")
    assert found(tmp_path / "a", "../b", "x.py") == [f"{tmp_path.resolve().as_posix()}/b/y.py", "x.py"]


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("nope", "nope: no such file or folder"),
        ("a.py/x", "a.py/x: no such file or folder"),
        ("broken", "broken: a link to nothing"),
        ("", "an empty path was given; name a file or a folder (`.` is the current one)"),
    ],
)
def test_a_path_that_does_not_exist(tmp_path: Path, path: str, message: str) -> None:
    make(tmp_path, "a.py")
    (tmp_path / "broken").symlink_to("nothing")
    with pytest.raises(TxUpgradeError) as caught:
        discover([path], cwd=tmp_path)
    assert str(caught.value) == message


def test_a_folder_that_cannot_be_read_does_not_stop_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(tmp_path, "open/a.py", "shut/b.py")
    scandir = os.scandir

    def refuse(path: str) -> object:
        if str(path).endswith("shut"):
            raise PermissionError(13, "Permission denied", str(path))
        return scandir(path)

    monkeypatch.setattr("os.scandir", refuse)  # the tests may run as root, whom no mode stops
    result = discover(["."], cwd=tmp_path)
    assert [path.as_posix() for path in result.files] == ["open/a.py"]
    assert [(error.path, error.message) for error in result.errors] == [
        ("shut", "cannot be read: Permission denied")
    ]


def test_an_empty_folder(tmp_path: Path) -> None:
    assert discover(["."], cwd=tmp_path).files == ()


def test_thousands_of_files_take_a_moment(tmp_path: Path) -> None:
    for folder in range(60):
        make(tmp_path, *(f"pkg{folder}/m{n}.py" for n in range(50)))
    patterns = [f"name{n}/\n*.ext{n}\n" for n in range(40)]
    (tmp_path / ".gitignore").write_text("".join(patterns))
    start = time.perf_counter()
    assert len(discover(["."], cwd=tmp_path).files) == 3000
    assert time.perf_counter() - start < 0.5  # about 0.03 s; the rest is for busy machines


def test_it_imports_neither_pathspec_nor_libcst() -> None:
    code = (
        "import sys, tx_upgrade.project.discovery; print({'pathspec', 'libcst', 'yaml'} & set(sys.modules))"
    )
    environment = {**os.environ, "PYTHONPATH": str(Path(discovery.__file__).parents[2])}
    command = [sys.executable, "-c", code]
    answer = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    assert answer.stdout == "set()\n"
