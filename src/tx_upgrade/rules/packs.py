"""Where rule packs are, and how to read them fast: what was compiled once is kept until a pack file changes."""

from __future__ import annotations

import os
import pickle
import sys
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from .. import __version__
from ..model import TxUpgradeError

if TYPE_CHECKING:
    from .schema import Example, Packs

_KEPT = 8
"""Compiled packs that stay in the cache, so that projects with packs of their own do not drive each other's out."""


def built_in() -> Path:
    """The folder of the packs that come with the tool: in the wheel, or beside ``src/`` in a checkout."""
    package = Path(__file__).resolve().parent.parent
    shipped = package / "packs"
    return shipped if shipped.is_dir() else package.parent.parent / "rules"


def pack_files(folder: Path) -> list[tuple[Path, str]]:
    """The pack files below a folder with the names to show for them, in a stable order."""
    root = folder.parent
    return [
        (p, os.path.relpath(p, root)) for p in sorted(folder.rglob("*.y*ml")) if p.suffix in {".yaml", ".yml"}
    ]


def load_packs(extra: Sequence[str] = (), *, examples: bool = True) -> Packs:
    """The packs that come with the tool and those of ``extra`` folders; a run needs no ``examples``.

    Raises:
        TxUpgradeError: a folder does not exist or holds no pack, or a pack is invalid.
    """
    files = pack_files(built_in())
    for name in extra:
        folder = Path(name)
        if not folder.is_dir():
            raise TxUpgradeError(f"{name}: no such folder of rule packs")
        found = [(p, p.as_posix()) for p, _ in pack_files(folder)]
        if not found:
            raise TxUpgradeError(f"{name}: holds no rule pack (*.yaml)")
        known = {p.resolve() for p, _ in files}
        files.extend((p, display) for p, display in found if p.resolve() not in known)
    return _cached(files, examples)


def _cached(files: list[tuple[Path, str]], examples: bool) -> Packs:
    stamps = [__version__, sys.version, _code_stamp()]
    for path, display in files:
        try:
            found = path.stat()
        except OSError as error:
            raise TxUpgradeError(f"{display}: cannot read the rule pack: {error}") from None
        stamps.append(f"{display} {path} {found.st_size} {found.st_mtime_ns}")
    stamp = "\0".join(stamps).encode()
    target = _cache_folder() / f"packs-{zlib.crc32(stamp):08x}{zlib.adler32(stamp):08x}.pickle"
    try:
        with target.open("rb") as handle:
            mine = os.name != "posix" or os.fstat(handle.fileno()).st_uid == os.getuid()
            if mine and handle.read(len(stamp)) == stamp:
                packs: Packs = pickle.load(handle)
                return _with_examples(packs, pickle.load(handle)) if examples else packs
    except Exception:
        # no cache, or one that another version wrote: it is only there to save time
        pass
    from .loader import load_files

    packs = load_files(files)
    _store(target, stamp, packs)
    return packs


def _with_examples(packs: Packs, examples: list[tuple[Example, ...]]) -> Packs:
    rules = (r._replace(examples=e) for r, e in zip(packs.rules, examples, strict=True))
    return packs._replace(rules=tuple(rules))


def _code_stamp() -> str:
    """Changes when the schema's own code does, so that a checkout never reads what older code compiled."""
    folder = Path(__file__).parent
    return " ".join(str((folder / f"{m}.py").stat().st_mtime_ns) for m in ("schema", "loader", "patterns"))


def _cache_folder() -> Path:
    base = os.environ.get("XDG_CACHE_HOME") or (os.environ.get("LOCALAPPDATA") if os.name == "nt" else None)
    return (Path(base) if base else Path.home() / ".cache") / "tx-upgrade"


def _store(target: Path, stamp: bytes, packs: Packs) -> None:
    try:
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        kept = sorted(target.parent.glob("packs-*.pickle"), key=lambda p: p.stat().st_mtime, reverse=True)
        for old in kept[_KEPT - 1 :]:
            old.unlink(missing_ok=True)
        temporary = target.with_suffix(f".{os.getpid()}")
        # most of what a pack holds are examples: they come last, and a run does not read them
        bare = packs._replace(rules=tuple(r._replace(examples=()) for r in packs.rules))
        parts = (pickle.dumps(p, pickle.HIGHEST_PROTOCOL) for p in (bare, [r.examples for r in packs.rules]))
        temporary.write_bytes(stamp + b"".join(parts))
        temporary.replace(target)
    except (OSError, RuntimeError):
        pass
