"""The journal on disk: ``.tx-upgrade/journal/<run>/`` with a manifest and the bytes from before.

``manifest.json`` says which files a run changes and how far it came; ``before.bin`` holds their old bytes, each
compressed, one after the other. A folder without a manifest is a run that stopped before it touched anything.
"""

from __future__ import annotations

import hashlib
import json
import os
import zlib
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, Literal

from ..model import TxUpgradeError
from .files import sync_folder, write_new

FOLDER = ".tx-upgrade"
SCHEMA = 1

State = Literal["applying", "applied", "partly rolled back", "rolled back", "damaged"]
"""``applying`` stays when a run was killed or failed on its way; rollback takes it as it takes ``applied``."""


@dataclass(frozen=True, slots=True)
class RunRecord:
    """One applied run, as ``log`` shows it. Ids sort by time; ``when`` is ISO 8601 in UTC."""

    id: str
    when: str
    command: tuple[str, ...]
    from_version: str
    to_version: str
    files: int
    state: State


@dataclass(frozen=True, slots=True)
class Entry:
    """One file of a run: where it is (from the root), its bytes before (None: created) and after (None: gone), and its mode."""

    path: str
    before: str | None
    after: str | None
    mode: int
    offset: int = 0
    length: int = 0
    undone: bool = False


@dataclass(frozen=True, slots=True)
class Manifest:
    """All that a run's journal says. Hashes are SHA-256 in hex; paths are relative to the root, with slashes."""

    run: str
    when: str
    command: tuple[str, ...]
    tool_version: str
    from_version: str
    to_version: str
    state: State
    files: tuple[Entry, ...]
    folder: Path
    root: Path

    def target(self, entry: Entry) -> Path:
        """Where the entry's file is now."""
        return Path(os.path.normpath(self.root / entry.path))

    def temporary(self, entry: Entry) -> Path:
        """The name beside it under which its new bytes are written; the same each time, so that it can be swept up."""
        name = f".tx-upgrade-{self.run}-{digest(os.fsencode(entry.path))[:8]}.tmp"
        return self.target(entry).with_name(name)

    def with_files(self, files: tuple[Entry, ...], state: State) -> Manifest:
        return replace(self, files=files, state=state)

    def record(self) -> RunRecord:
        return RunRecord(
            self.run, self.when, self.command, self.from_version, self.to_version, len(self.files), self.state
        )

    def save(self) -> None:
        """Write the manifest, as a whole. Raises OSError."""
        content: dict[str, Any] = {"schema_version": SCHEMA, **asdict(self)}
        for known_from_the_place in ("folder", "root"):
            del content[known_from_the_place]
        write_new(self.folder / "manifest.json", json.dumps(content, indent=1).encode("ascii"))

    def bytes_before(self, entry: Entry) -> bytes | None:
        """The old bytes of a file; None when the journal does not hold them unharmed."""
        try:
            with (self.folder / "before.bin").open("rb") as file:
                file.seek(entry.offset)
                data = zlib.decompress(file.read(entry.length))
        except (OSError, zlib.error):
            return None
        return data if digest(data) == entry.before else None


def digest(data: bytes) -> str:
    """SHA-256 in hex."""
    return hashlib.sha256(data).hexdigest()


def new_run(root: Path) -> tuple[str, str, Path]:
    """Make the folder of a new run. Gives its id, the time, and the folder. Raises OSError."""
    journal = root / FOLDER / "journal"
    journal.mkdir(parents=True, exist_ok=True)
    own_ignore = root / FOLDER / ".gitignore"
    if not own_ignore.is_file():
        write_new(own_ignore, b"*\n")
    while True:
        now = datetime.now(timezone.utc)
        # The last part counts 1/65536 of the second: ids sort by time, also when a script makes several a second.
        run = f"{now:%Y%m%d-%H%M%S}-{now.microsecond * 65536 // 1_000_000:04x}"
        try:
            (journal / run).mkdir()
        except FileExistsError:
            continue
        for folder in (journal, root / FOLDER, root):
            sync_folder(folder)
        return run, now.isoformat(), journal / run


def find_roots(path: Path) -> tuple[Path, ...]:
    """The folders whose journals may speak of ``path``: all above it, else the only one below; none if nothing is.

    Raises TxUpgradeError when there are several below.
    """
    # Also above the place where a link stands: what it leads to may lie in another project.
    starts = (Path(os.path.abspath(path)), path.resolve())  # noqa: PTH100
    above = dict.fromkeys(folder.resolve() for start in starts for folder in (start, *start.parents))
    found = tuple(folder for folder in above if (folder / FOLDER / "journal").is_dir())
    if found:
        return found
    below = tuple(Path(top) for top, folders in _walk(path.resolve()) if FOLDER in folders)
    below = tuple(folder for folder in below if (folder / FOLDER / "journal").is_dir())
    if len(below) > 1:
        names = ", ".join(str(folder) for folder in sorted(below))
        raise TxUpgradeError(f"{path}: several projects below it have applied runs; name one of {names}")
    return below


def _walk(start: Path) -> Iterator[tuple[str, tuple[str, ...]]]:
    for top, folders, _ in os.walk(start):
        yield top, tuple(folders)
        folders[:] = [name for name in folders if not name.startswith(".") and name != "node_modules"]


def load_all(path: Path) -> list[Manifest]:
    """The runs that may concern ``path``, oldest first; one whose manifest cannot be read is ``damaged``, without files.

    Raises TxUpgradeError as ``find_roots`` does.
    """
    manifests = [
        _load(folder, root)
        for root in find_roots(path)
        for folder in (root / FOLDER / "journal").iterdir()
        if (folder / "manifest.json").is_file()
    ]
    return sorted(manifests, key=lambda manifest: manifest.run)


def _load(folder: Path, root: Path) -> Manifest:
    try:
        content = json.loads((folder / "manifest.json").read_text(encoding="ascii"))
        if content.pop("schema_version") != SCHEMA:
            raise ValueError("written by a newer tx-upgrade")
        content["files"] = tuple(Entry(**entry) for entry in content["files"])
        content["command"] = tuple(content["command"])
        return Manifest(**content, folder=folder, root=root)
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return Manifest(folder.name, "", (), "", "", "", "damaged", (), folder, root)


def runs(path: Path) -> tuple[RunRecord, ...]:
    """The applied runs of the project that ``path`` belongs to, oldest first; none when nothing was ever applied.

    Raises TxUpgradeError when several projects below ``path`` have applied runs.
    """
    return tuple(manifest.record() for manifest in load_all(path))
