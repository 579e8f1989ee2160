"""Our reading of .gitignore against git's own."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tx_upgrade.project.discovery import discover

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="compares with git")

NAMES = ("a.py", "b.py", "ab.py", "-.py", "build.py", "x y.py", "[a].py")
FOLDERS = ("", "src", "src/a", "src/a/b", "build", "docs/build", "docs/a")


def git_keeps(root: Path) -> list[str]:
    answer = subprocess.run(
        ["git", "-c", "core.excludesFile=/dev/null", "ls-files", "--others", "--exclude-standard", "-z"],
        cwd=root,
        capture_output=True,
        check=True,
        text=True,
    )
    return sorted(path for path in answer.stdout.split("\0") if path.endswith(".py"))


def we_keep(root: Path) -> list[str]:
    return [path.as_posix() for path in discover(["."], cwd=root).files]


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("tree")
    subprocess.run(["git", "init", "-q", str(root)], check=True)
    for folder in FOLDERS:
        (root / folder).mkdir(parents=True, exist_ok=True)
        for name in NAMES:
            (root / folder / name).write_text("")
    return root


@pytest.mark.parametrize(
    "patterns",
    [
        "build/",
        "build",
        "/build",
        "docs/build",
        "*.py\n!a.py",
        "*\n!*/\n!a.py",
        "*\n!src",
        "/*\n!/src",
        "/*\n!/src/",
        "src/*\n!src/a/",
        "src/**",
        "**/build",
        "src/**/b.py",
        "**/a/**",
        "a/**/b.py",
        "src/a/",
        "[ab].py",
        "[!a].py",
        "[^a].py",
        "[a-b].py",
        "[[:alpha:]].py",
        "[]-].py",
        "\\[a\\].py",
        "?.py",
        "x\\ y.py",
        "x y.py   ",
        "#a.py\n\\#a.py",
        "!a.py\n\\!a.py",
        "a.py\r\nb.py\r",
        "\ufeffa.py",
        "/",
        "**",
        "**/",
        "*/",
        "***.py",
        "src/***/b.py",
        "a[.py",
        "a\\",
        "src//a",
        "build/\n!build/a.py",
    ],
)
def test_like_git(tree: Path, patterns: str) -> None:
    (tree / ".gitignore").write_bytes(patterns.encode())
    assert we_keep(tree) == git_keeps(tree)


PIECE = st.sampled_from(
    ["a", "b", "src", "build", "*", "**", "?", "[ab]", "[!b]", "[a-z]", ".py", "\\a", " ", "-"]
)
SEGMENT = st.lists(PIECE, min_size=1, max_size=3).map("".join)
PATTERN = st.tuples(
    st.sampled_from(["", "", "!"]), st.sampled_from(["", "/"]), st.lists(SEGMENT, min_size=1, max_size=3).map("/".join),
    st.sampled_from(["", "", "/"]),
).map("".join)  # fmt: skip


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(PATTERN, min_size=1, max_size=5).map("\n".join), st.lists(PATTERN, max_size=3).map("\n".join))
def test_like_git_for_any_patterns(tree: Path, outer: str, inner: str) -> None:
    (tree / ".gitignore").write_bytes(outer.encode())
    (tree / "src" / ".gitignore").write_bytes(inner.encode())
    try:
        assert we_keep(tree) == git_keeps(tree)
    finally:
        (tree / "src" / ".gitignore").unlink()
