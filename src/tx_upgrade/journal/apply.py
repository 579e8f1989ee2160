"""Writing a run's changes."""

from __future__ import annotations

import os
import shutil
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ..model import FileChange, TxUpgradeError
from .files import permission_bits, replace_file, sync_folder
from .store import Entry, Manifest, digest, new_run


@dataclass(frozen=True, slots=True)
class _Planned:
    change: FileChange
    target: Path
    mode: int


def apply(
    changes: Sequence[FileChange],
    *,
    root: Path,
    cwd: Path,
    command: Sequence[str],
    tool_version: str,
    from_version: str,
    to_version: str,
) -> str:
    """Write ``changes`` (their paths are relative to ``cwd``) and give the run's id.

    The journal in ``root/.tx-upgrade`` is safe on disk before the first file is touched; then each file is replaced
    as a whole. Links are followed: the file they lead to is replaced, the link stays.

    Raises TxUpgradeError before anything is written when a file is not as ``before`` says, or cannot be written;
    and, with the list of the files that are written by then, when the disk fails on the way.
    """
    if not changes:
        raise ValueError("no changes to apply")
    planned = _check(changes, cwd)
    root = root.resolve()
    try:
        manifest = _write_ahead(planned, root, command, tool_version, from_version, to_version)
    except OSError as error:
        raise TxUpgradeError(f"{_place(error, root)}: the journal cannot be written, so no file was changed: "
                             f"{error.strerror or error}") from None  # fmt: skip
    written: list[str] = []
    for plan, entry in zip(planned, manifest.files, strict=True):
        try:
            _refuse_if_edited(plan)
            mode = None if plan.change.before is None else plan.mode
            if plan.change.after is None:
                plan.target.unlink()
            else:
                replace_file(plan.target, plan.change.after, temporary=manifest.temporary(entry), mode=mode)
        except (OSError, TxUpgradeError) as error:
            if isinstance(error, TxUpgradeError):
                message = str(error)
            else:
                message = f"{plan.change.path}: cannot be written: {error.strerror or error}"
            if not written:
                shutil.rmtree(manifest.folder, ignore_errors=True)
                raise TxUpgradeError(f"{message}; no file was changed") from None
            raise TxUpgradeError(
                f"{message}; already written, and undone by `tx-upgrade rollback` (run {manifest.run}): "
                + ", ".join(written)
            ) from None
        written.append(plan.change.path)
    for folder in {plan.target.parent for plan in planned}:
        sync_folder(folder)
    try:
        manifest.with_files(manifest.files, "applied").save()
    except OSError as error:
        raise TxUpgradeError(
            f"all files were written, but the journal of run {manifest.run} could not be closed: "
            f"{error.strerror or error}; `tx-upgrade rollback` can still undo it"
        ) from None
    return manifest.run


def _check(changes: Sequence[FileChange], cwd: Path) -> list[_Planned]:
    """Find each change's file, and refuse the whole run when one of them is not as it was read."""
    planned: dict[Path, _Planned] = {}
    for change in changes:
        target = (cwd / change.path).resolve()
        twin = planned.get(target)
        if twin is not None:
            if twin.change.after != change.after:
                raise TxUpgradeError(f"{change.path}: is the same file as {twin.change.path}, but changed otherwise; "
                                     "no file was changed")  # fmt: skip
            continue
        try:
            mode = 0 if change.before is None else permission_bits(target)
        except OSError as error:
            raise TxUpgradeError(f"{change.path}: cannot be read any more: {error.strerror or error}; "
                                 "no file was changed") from None  # fmt: skip
        plan = planned[target] = _Planned(change, target, mode)
        try:
            _refuse_if_edited(plan)
        except TxUpgradeError as error:
            raise TxUpgradeError(f"{error}; no file was changed") from None
        if change.before is not None and not os.access(target, os.W_OK):
            raise TxUpgradeError(f"{change.path}: is read-only; no file was changed")
        if not os.access(target.parent, os.W_OK | os.X_OK):
            raise TxUpgradeError(f"{change.path}: its folder is read-only or missing; no file was changed")
    return list(planned.values())


def _refuse_if_edited(plan: _Planned) -> None:
    path, before = plan.change.path, plan.change.before
    try:
        current = plan.target.read_bytes()
    except FileNotFoundError:
        if before is not None:
            raise TxUpgradeError(f"{path}: was deleted while tx-upgrade ran; run it again") from None
        return
    except OSError as error:
        raise TxUpgradeError(f"{path}: cannot be read any more: {error.strerror or error}") from None
    if before is None:
        raise TxUpgradeError(f"{path}: was to be created but exists by now; run tx-upgrade again")
    if current != before:
        raise TxUpgradeError(f"{path}: was edited while tx-upgrade ran; run it again")


def _write_ahead(
    planned: list[_Planned],
    root: Path,
    command: Sequence[str],
    tool_version: str,
    from_version: str,
    to_version: str,
) -> Manifest:
    run, when, folder = new_run(root)
    try:
        entries: list[Entry] = []
        with (folder / "before.bin").open("wb") as store:
            for plan in planned:
                before = plan.change.before
                data = b"" if before is None else zlib.compress(before)
                entry = Entry(
                    path=_relative(plan.target, root),
                    before=None if before is None else digest(before),
                    after=None if plan.change.after is None else digest(plan.change.after),
                    mode=plan.mode,
                    offset=store.tell(),
                    length=len(data),
                )
                store.write(data)
                entries.append(entry)
            store.flush()
            os.fsync(store.fileno())
        manifest = Manifest(
            run=run,
            when=when,
            command=tuple(command),
            tool_version=tool_version,
            from_version=from_version,
            to_version=to_version,
            state="applying",
            files=tuple(entries),
            folder=folder,
            root=root,
        )
        manifest.save()
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return manifest


def _relative(target: Path, root: Path) -> str:
    try:
        return Path(os.path.relpath(target, root)).as_posix()
    except ValueError:  # another drive
        return target.as_posix()


def _place(error: OSError, root: Path) -> str:
    return str(error.filename) if error.filename else str(root)
