"""One file replaced by another, as a whole or not at all."""

from __future__ import annotations

import contextlib
import os
import stat
from pathlib import Path


def replace_file(target: Path, data: bytes, *, temporary: Path, mode: int | None) -> None:
    """Put ``data`` where ``target`` is: whoever looks, also after a crash, sees the old file or the new one.

    ``mode`` are the permission bits (None: those that a new file gets); the owner and the extended attributes are
    those of the file that is replaced, where the system lets us. ``target`` must not be a link. A file with
    several hard links is replaced under this name only: writing through to the others would not be atomic, and
    they may belong to someone else (package managers share files between environments that way).

    Raises OSError; ``target`` is then as it was, and ``temporary`` (in the same folder) is gone.
    """
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o666)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if mode is not None:
            _copy_owner(target, temporary)
            temporary.chmod(mode)  # after the owner: a change of owner clears bits
        os.replace(temporary, target)  # noqa: PTH105 (the one call that tests interrupt)
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise


def write_new(path: Path, data: bytes) -> None:
    """Write a file of the journal's own, as a whole (see ``replace_file``)."""
    temporary = path.with_name(f"{path.name}.tmp")
    with contextlib.suppress(FileNotFoundError):
        temporary.unlink()
    replace_file(path, data, temporary=temporary, mode=None)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder survive a power cut, where the system can."""
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def permission_bits(path: Path) -> int:
    """The permission bits of a file."""
    return stat.S_IMODE(path.stat().st_mode)


def _copy_owner(source: Path, target: Path) -> None:
    if not source.exists():
        return
    if hasattr(os, "chown"):
        old, new = source.stat(), target.stat()
        if (old.st_uid, old.st_gid) != (new.st_uid, new.st_gid):
            with contextlib.suppress(OSError):
                os.chown(target, old.st_uid, old.st_gid)
    if hasattr(os, "listxattr"):
        with contextlib.suppress(OSError):
            for name in os.listxattr(source):
                with contextlib.suppress(OSError):
                    os.setxattr(target, name, os.getxattr(source, name))
