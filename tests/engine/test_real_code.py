"""Three libraries of others, every file of them: the result parses, is final, can be applied as a patch and undone."""

from __future__ import annotations

import ast
import json
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path

import pytest
from engine_fixtures import Run, content

from tx_upgrade.project.documents import parse, read_document

pytestmark = pytest.mark.network

LIBRARIES = [
    pytest.param("happytransformer==2.4.1", "4.30.1", id="happytransformer"),
    pytest.param("bert-score==0.3.13", "4.26.1", id="bert-score"),
    pytest.param("transformers-interpret==0.10.0", "4.25.1", id="transformers-interpret"),
]
CACHE = Path(tempfile.gettempdir()) / "tx-upgrade-real-code"


def download(requirement: str) -> Path:
    """The archive of a release, kept for the next run; skips where PyPI cannot be reached."""
    folder = CACHE / requirement
    if not any(folder.glob("*")):
        part = CACHE / f"{requirement}.part"
        shutil.rmtree(part, ignore_errors=True)
        command = [
            sys.executable,
            "-m",
            "pip",
            "download",
            "--quiet",
            "--no-deps",
            requirement,
            "-d",
            str(part),
        ]
        done = subprocess.run(command, capture_output=True, text=True, timeout=300)
        if done.returncode:
            if any(
                w in done.stderr for w in ("NewConnectionError", "NameResolutionError", "Temporary failure")
            ):
                pytest.skip("PyPI cannot be reached")
            pytest.fail(done.stderr)
        part.replace(folder)
    return next(folder.glob("*"))


def unpack(archive: Path, folder: Path) -> None:
    if archive.suffix == ".whl":
        with zipfile.ZipFile(archive) as wheel:
            wheel.extractall(folder)
        return
    with tarfile.open(archive) as sdist:
        if sys.version_info >= (3, 12):
            sdist.extractall(folder, filter="data")
        else:
            sdist.extractall(folder)


@pytest.mark.parametrize(("requirement", "version"), LIBRARIES)
def test_a_library_there_and_back(requirement: str, version: str, tx: Run, tmp_path: Path) -> None:
    unpack(download(requirement), tmp_path)
    (tmp_path / ".git").mkdir()
    options = ["--from", version, "--unsafe"]
    before = content(tmp_path)

    status, diff, _ = tx("run", ".", *options)
    assert content(tmp_path) == before
    if requirement.startswith("transformers-interpret"):
        # uses nothing that changed; should a rule reach it one day, the rest holds for it too
        assert bool(diff) <= (status == 1)
        if not diff:
            return
    assert status == 1
    assert tx("run", ".", *options, "--write")[1] == diff
    after = content(tmp_path)
    changed = {path for path, text in after.items() if text != before.get(path)}
    assert changed
    for path in changed:
        parse(read_document(path, after[path]))
        compile(ast.parse(after[path]), path, "exec", dont_inherit=True)

    assert tx("run", ".", *options)[1] == b""
    assert tx("rollback", ".")[0] == 0
    assert content(tmp_path) == before

    (tmp_path / ".git").rmdir()
    patch = tmp_path.parent / f"{tmp_path.name}.patch"
    patch.write_bytes(diff)
    for more in (["--check"], []):
        subprocess.run(["git", "apply", *more, str(patch)], cwd=tmp_path, check=True, timeout=60)
    assert content(tmp_path) == after


@pytest.mark.parametrize(("requirement", "version"), LIBRARIES)
def test_no_reference_is_left_without_a_finding(
    requirement: str, version: str, tx: Run, tmp_path: Path
) -> None:
    """What the target lacks is rewritten or named, file by file."""
    from engine_runs import history

    unpack(download(requirement), tmp_path)
    (tmp_path / ".git").mkdir()
    tx("run", ".", "--from", version, "--unsafe", "--write")
    _, report, _ = tx("run", ".", "--from", version, "--unsafe", "--format", "json")
    named = {(f["path"], f["line"]) for f in json.loads(report)["findings"]}
    target = history().versions[-1]
    silent: list[str] = []
    for path, text in content(tmp_path).items():
        if not path.endswith(".py"):
            continue
        for node in ast.walk(parse(read_document(path, text))):
            if not isinstance(node, ast.ImportFrom) or (node.module or "").split(".")[0] != "transformers":
                continue
            for alias in node.names:
                name = f"{node.module}.{alias.name}"
                if alias.name == "*" or node.level or history().exists(name, target):
                    continue
                if not any((path, line) in named for line in range(node.lineno, (node.end_lineno or 0) + 1)):
                    silent.append(f"{path}:{alias.lineno}: {name}")
    assert silent == []
