"""Which files a run looks at."""

# os.scandir and plain strings on purpose: a Path for each entry makes the walk several times slower.

from __future__ import annotations

import os
import stat
from collections import deque
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from ..model import FileError, TxUpgradeError
from .gitignore import IgnoreFile, read_exclude, read_ignore_file
from .root import PROJECT_MARKERS

ENDINGS = (".py", ".pyi")
"""What a walk takes; a file that is named directly may have any name."""

SKIPPED_FOLDERS = frozenset(
    {
        *(".git", ".hg", ".svn", ".bzr"),
        *("site-packages", "dist-packages", "node_modules", "__pypackages__", ".pyenv"),
        *("__pycache__", ".mypy_cache", ".pytest_cache", ".ruff_cache", ".pytype", ".hypothesis"),
        *(".tox", ".nox", ".eggs", ".direnv", ".pants.d", ".ipynb_checkpoints", ".tx-upgrade"),
    }
)
_ENVIRONMENT_MARKS = ("pyvenv.cfg", "conda-meta")


class Discovered(NamedTuple):
    """The files to look at, sorted and each once, and the places that could not be read."""

    files: tuple[Path, ...]
    errors: tuple[FileError, ...]


def discover(paths: Sequence[str], *, cwd: Path | None = None) -> Discovered:
    """Find the files that ``paths`` (files and folders) stand for.

    A named file is always taken. A folder is walked for ``*.py`` and ``*.pyi``, leaving out what git ignores,
    virtual environments, caches and the like. Links are followed, and what they lead to is taken once, under its
    own name where that lies below ``cwd``. Gives paths relative to ``cwd`` where they are below it, else absolute.

    Raises TxUpgradeError for a path that does not exist.
    """
    walk = _Walk(str(cwd) if cwd is not None else os.getcwd())
    for path in paths:
        walk.add(path)
    walk.follow_links()
    return Discovered(
        files=tuple(Path(shown) for shown in sorted(walk.files)),
        errors=tuple(sorted(walk.errors, key=lambda error: error.path)),
    )


class _Walk:
    def __init__(self, cwd: str) -> None:
        self._cwd = os.path.abspath(cwd)
        self._real_cwd = os.path.realpath(cwd)
        self.files: list[str] = []
        self.errors: list[FileError] = []
        # A file is known by its folder's identity and its name, not by its inode: two hard links are two files,
        # because writing one of them (a new file under the old name) does not write the other.
        self._taken: set[tuple[int, int, str]] = set()
        self._folders: set[tuple[int, int]] = set()
        # Links wait until all real entries are in, so that a file is known by its own name where it has one.
        self._links: deque[tuple[str, bool]] = deque()

    def shown(self, path: str) -> str:
        """``path`` (absolute) as reports name it: below the current folder where that is true of its real place."""
        # A link to nothing has only its own name.
        real = os.path.realpath(path) if os.path.exists(path) else path
        for candidate, base in ((real, self._real_cwd), (os.path.normpath(path), self._cwd)):
            if candidate == base:
                return ""
            prefix = base.rstrip(os.sep) + os.sep
            if candidate.startswith(prefix):
                return candidate[len(prefix) :].replace(os.sep, "/")
        return os.path.normpath(path).replace(os.sep, "/")

    def add(self, path: str) -> None:
        if not path:
            raise TxUpgradeError("an empty path was given; name a file or a folder (`.` is the current one)")
        absolute = os.path.join(self._cwd, path)
        try:
            mode = os.stat(absolute).st_mode
        except (FileNotFoundError, NotADirectoryError):
            what = "a link to nothing" if os.path.islink(absolute) else "no such file or folder"
            raise TxUpgradeError(f"{path}: {what}") from None
        except OSError as error:
            self._fail(absolute, error)
            return
        if stat.S_ISDIR(mode):
            self._walk(os.path.realpath(absolute), self.shown(absolute))
        elif os.path.islink(absolute):
            self._links.append((absolute, True))
        else:
            self._take(absolute)

    def follow_links(self) -> None:
        while self._links:
            link, named = self._links.popleft()
            target = os.path.realpath(link)
            if not named and _is_skipped_target(link, target):
                continue
            try:
                mode = os.stat(link).st_mode
            except OSError as error:
                # Editors mark open files by links to nothing (`.#name.py`): these are no one's source code.
                if link.endswith(ENDINGS) and not os.path.basename(link).startswith(".#"):
                    self._fail(link, error)
                continue
            if stat.S_ISDIR(mode):
                self._walk(target, self.shown(link))
            elif named or (stat.S_ISREG(mode) and link.endswith(ENDINGS)):
                self._take(target, link)

    def _take(self, path: str, link: str | None = None) -> None:
        folder, name = os.path.split(path)
        try:
            identity = os.stat(folder)
        except OSError as error:
            self._fail(path, error)
            return
        key = (identity.st_dev, identity.st_ino, name)
        if key not in self._taken:
            self._taken.add(key)
            self.files.append(self.shown(link or path))

    def _fail(self, path: str, error: OSError) -> None:
        self.errors.append(FileError(self.shown(path), 1, f"cannot be read: {error.strerror or error}"))

    def _walk(self, top: str, shown: str) -> None:
        """Take what is below ``top`` (a real path), which reports call ``shown``."""
        waiting: list[tuple[str, str, tuple[IgnoreFile, ...]]] = [(top, shown, _ignores_above(top))]
        while waiting:
            folder, label, ignores = waiting.pop()
            try:
                identity = os.stat(folder)
                key = (identity.st_dev, identity.st_ino)
                if key in self._folders:
                    continue
                self._folders.add(key)
                with os.scandir(folder) as scan:
                    entries = list(scan)
            except OSError as error:
                self.errors.append(FileError(label or ".", 1, f"cannot be read: {error.strerror or error}"))
                continue
            names = {entry.name for entry in entries}
            if folder != top and any(mark in names for mark in _ENVIRONMENT_MARKS):
                continue
            ignores = _ignores_here(folder, names, ignores)
            prefix = label if not label or label.endswith("/") else label + "/"
            for entry in entries:
                name = entry.name
                is_link = entry.is_symlink()
                is_folder = not is_link and entry.is_dir(follow_symlinks=False)
                if is_folder or is_link:
                    if name in SKIPPED_FOLDERS:
                        continue
                elif not name.endswith(ENDINGS) or not entry.is_file(follow_symlinks=False):
                    continue
                if ignores and _is_ignored(ignores, entry.path, name, is_folder):
                    continue
                if is_link:
                    self._links.append((entry.path, False))
                elif is_folder:
                    waiting.append((entry.path, prefix + name, ignores))
                elif (*key, name) not in self._taken:
                    self._taken.add((*key, name))
                    self.files.append(prefix + name)


def _is_ignored(ignores: tuple[IgnoreFile, ...], path: str, name: str, is_folder: bool) -> bool:
    for ignore in reversed(ignores):
        verdict = ignore.verdict(path, name, is_folder)
        if verdict is not None:
            return verdict
    return False


def _ignores_here(folder: str, names: set[str], above: tuple[IgnoreFile, ...]) -> tuple[IgnoreFile, ...]:
    """What is ignored in ``folder``: a repository inside another one does not obey the outer one's patterns."""
    if ".git" in names:
        exclude = read_exclude(folder)
        above = () if exclude is None else (exclude,)
    if ".gitignore" in names:
        own = read_ignore_file(folder, os.path.join(folder, ".gitignore"))
        if own is not None:
            return (*above, own)
    return above


def _ignores_above(folder: str) -> tuple[IgnoreFile, ...]:
    """The patterns of the folders above, from the repository's root (or, without one, the project's) downwards."""
    chain: list[str] = []
    marked = 0
    parent = os.path.dirname(folder)
    below = folder
    if os.path.exists(os.path.join(folder, ".git")):
        return ()
    marked_here = _has_marker(folder)
    while parent != below:
        chain.append(parent)
        if os.path.exists(os.path.join(parent, ".git")):
            marked = len(chain)
            break
        if not marked and not marked_here and _has_marker(parent):
            marked = len(chain)
        below, parent = parent, os.path.dirname(parent)
    ignores: tuple[IgnoreFile, ...] = ()
    for above in reversed(chain[:marked]):
        names = {name for name in (".git", ".gitignore") if os.path.exists(os.path.join(above, name))}
        ignores = _ignores_here(above, names, ignores)
    return ignores


def _has_marker(folder: str) -> bool:
    return any(os.path.isfile(os.path.join(folder, marker)) for marker in PROJECT_MARKERS)


def _is_skipped_target(link: str, target: str) -> bool:
    """Whether a link leads into a folder that a walk would not enter (an environment, a cache)."""
    try:
        apart = os.path.relpath(target, os.path.realpath(os.path.dirname(link)))
    except ValueError:  # another drive
        apart = target
    if any(part in SKIPPED_FOLDERS for part in apart.split(os.sep)):
        return True
    return any(os.path.exists(os.path.join(target, mark)) for mark in _ENVIRONMENT_MARKS)
