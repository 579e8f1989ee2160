"""Undoing a run."""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass, replace
from pathlib import Path

from ..model import TxUpgradeError
from .files import replace_file, sync_folder
from .store import FOLDER, Entry, Manifest, State, digest, load_all

_OPEN: tuple[State, ...] = ("applying", "applied", "partly rolled back")


@dataclass(frozen=True, slots=True)
class RollbackReport:
    """What a rollback did: paths relative to the current folder where they are below it, else absolute.

    ``refused`` are (path, reason); these files are as they were found.
    """

    run_id: str
    restored: tuple[str, ...]
    removed: tuple[str, ...]
    refused: tuple[tuple[str, str], ...]


def rollback(path: Path, run_id: str | None = None) -> RollbackReport:
    """Undo a run of the project that ``path`` belongs to: the one named, else the last that is not undone yet.

    A file, or a folder below the project's root, limits it to that file or to what is below. Files come back byte
    for byte, with their permission bits; files that the run created go. A file that was changed since is refused
    and the rest goes on; the run can then be rolled back again.

    Raises TxUpgradeError when there is no such run.
    """
    manifests = load_all(path)
    scope = path.resolve()
    manifest = _choose(manifests, run_id, scope, path)
    if manifest.state == "damaged":
        raise TxUpgradeError(
            f"{manifest.folder / 'manifest.json'}: the journal of this run is damaged; "
            f"another one can be named with --run"
        )
    if run_id is not None and manifest.state == "rolled back":
        raise TxUpgradeError(f"run {run_id} is rolled back already")

    restored: list[str] = []
    removed: list[str] = []
    refused: list[tuple[str, str]] = []
    files: list[Entry] = []
    later = [other for other in manifests if other.run > manifest.run]
    for entry in manifest.files:
        if entry.undone or not _is_within(manifest, entry, scope):
            files.append(entry)
            continue
        target = manifest.target(entry)
        _sweep(manifest, entry)
        try:
            outcome = _undo(manifest, entry, target)
        except OSError as error:
            outcome = f"cannot be written: {error.strerror or error}"
        if outcome == "restored":
            restored.append(_shown(target))
        elif outcome == "removed":
            removed.append(_shown(target))
        elif outcome is not None:
            refused.append((_shown(target), _with_later_run(outcome, target, later)))
        files.append(replace(entry, undone=outcome in (None, "restored", "removed")))
    for folder in {manifest.target(entry).parent for entry in manifest.files}:
        sync_folder(folder)
    state: State = "rolled back" if all(entry.undone for entry in files) else "partly rolled back"
    try:
        manifest.with_files(tuple(files), state).save()
    except OSError as error:
        raise TxUpgradeError(
            f"{manifest.folder}: the files are rolled back, but the journal could not be written: "
            f"{error.strerror or error}"
        ) from None
    return RollbackReport(manifest.run, tuple(restored), tuple(removed), tuple(refused))


def _choose(manifests: list[Manifest], run_id: str | None, scope: Path, path: Path) -> Manifest:
    if run_id is not None:
        for manifest in manifests:
            if manifest.run == run_id:
                return manifest
        known = ", ".join(manifest.run for manifest in reversed(manifests)) or "none"
        raise TxUpgradeError(f"there is no run {run_id!r} here; the runs are: {known}")
    for manifest in reversed(manifests):
        if manifest.state == "damaged":
            return manifest  # not an older one in its place: its files may be what was asked for
        left = (entry for entry in manifest.files if not entry.undone)
        if manifest.state in _OPEN and any(_is_within(manifest, entry, scope) for entry in left):
            return manifest
    if not manifests:
        raise TxUpgradeError(f"{path}: no run was applied here (there is no {FOLDER}/ in it or above it)")
    raise TxUpgradeError(f"{path}: nothing to roll back: no applied run is left that changed it")


def _undo(manifest: Manifest, entry: Entry, target: Path) -> str | None:
    """Undo one file: ``restored``, ``removed``, None where it already is as before, else the reason to refuse."""
    try:
        current: str | None = digest(target.read_bytes())
    except FileNotFoundError:
        current = None
    if current == entry.before:
        return None
    if current != entry.after:
        return "was deleted since the run" if current is None else "was edited since the run"
    if entry.before is None:
        target.unlink()
        return "removed"
    data = manifest.bytes_before(entry)
    if data is None:
        return "the journal's copy of it is damaged"
    replace_file(target, data, temporary=manifest.temporary(entry), mode=entry.mode)
    return "restored"


def _sweep(manifest: Manifest, entry: Entry) -> None:
    """Remove what a killed run left beside the file."""
    with contextlib.suppress(OSError):
        manifest.temporary(entry).unlink()


def _with_later_run(reason: str, target: Path, later: list[Manifest]) -> str:
    if reason != "was edited since the run":
        return reason
    for manifest in reversed(later):
        for entry in manifest.files:
            if manifest.target(entry) == target and not entry.undone:
                return f"was changed by the later run {manifest.run}: roll that one back first"
    return reason


def _is_within(manifest: Manifest, entry: Entry, scope: Path) -> bool:
    """Whether a file is one that ``scope`` asks for; the root and folders above it ask for the whole run."""
    if scope == manifest.root or scope in manifest.root.parents:
        return True
    target = manifest.target(entry)
    return target == scope or scope in target.parents


def _shown(target: Path) -> str:
    for base in (Path.cwd(), Path(os.path.realpath(Path.cwd()))):
        if base in target.parents:
            return target.relative_to(base).as_posix()
    return target.as_posix()
