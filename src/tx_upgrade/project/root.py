"""Where a project begins."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

PROJECT_MARKERS = ("pyproject.toml", "setup.py", "setup.cfg")
"""Files that make a folder the root of a project, as ``.git`` does for a repository."""


def folder_of(path: Path) -> Path:
    """The folder itself, or that of a file; absolute, with symbolic links resolved in the folder's path."""
    return path.resolve() if path.is_dir() else path.parent.resolve()


def common_folder(paths: Sequence[str]) -> Path:
    """The deepest folder that holds all of ``paths`` (the current one when there are none)."""
    folders = [folder_of(Path(path)) for path in paths if path != "-"] or [Path.cwd()]
    for candidate in (folders[0], *folders[0].parents):
        if all(candidate == folder or candidate in folder.parents for folder in folders):
            return candidate
    return Path.cwd()


def is_repository(folder: Path) -> bool:
    """Whether a git repository (or a work tree, whose ``.git`` is a file) begins here."""
    return (folder / ".git").exists()


def project_root(path: Path) -> Path:
    """The nearest folder from ``path`` upwards with .git, pyproject.toml, setup.py or setup.cfg.

    Takes a file or a folder; gives the folder itself (a file's folder) when no parent bears such a mark.
    """
    start = folder_of(path)
    for folder in (start, *start.parents):
        if is_repository(folder) or any((folder / marker).is_file() for marker in PROJECT_MARKERS):
            return folder
    return start
