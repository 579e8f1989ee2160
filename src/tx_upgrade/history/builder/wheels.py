"""Wheels on disk → linked releases."""

from __future__ import annotations

import hashlib
import pickle
import re
import sys
import warnings
import zipfile
from collections.abc import Iterator
from pathlib import Path

from tx_upgrade.history.builder.aliases import add_runtime_aliases
from tx_upgrade.history.builder.extract import EXTRACTION, extract
from tx_upgrade.history.builder.facts import ModuleFacts
from tx_upgrade.history.builder.link import LinkedRelease, Linker
from tx_upgrade.history.encoding import LIBRARY
from tx_upgrade.model import TxUpgradeError

WHEEL = re.compile(r"transformers-(\d+)\.(\d+)\.(\d+)-.*\.whl")


def find_wheels(folder: Path) -> dict[str, Path]:
    """The wheels of a folder by version, oldest first, the last patch of each minor only.

    Raises TxUpgradeError when there are none.
    """
    newest: dict[tuple[int, int], tuple[int, Path]] = {}
    for path in folder.glob("*.whl"):
        match = WHEEL.fullmatch(path.name)
        if match:
            major, minor, patch = map(int, match.groups())
            if patch >= newest.get((major, minor), (-1, path))[0]:
                newest[major, minor] = (patch, path)
    if not newest:
        raise TxUpgradeError(
            f"{folder}: no wheels of transformers here; `pip download --no-deps transformers==X`"
        )
    return {f"{major}.{minor}.{patch}": path for (major, minor), (patch, path) in sorted(newest.items())}


class FactsCache:
    """Facts of files by content, so that a file that did not change is parsed once."""

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder
        self._memory: dict[bytes, bytes] = {}
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)

    def get(self, source: bytes, where: str) -> ModuleFacts:
        """The facts of one file (a private copy)."""
        key = hashlib.sha256(b"%d\0" % EXTRACTION + source).digest()
        packed = self._memory.get(key)
        stored = self.folder / key.hex() if self.folder is not None else None
        if packed is None and stored is not None and stored.exists():
            packed = stored.read_bytes()
        if packed is None:
            try:
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    facts = extract(source.decode("utf-8-sig"))
            except (SyntaxError, UnicodeDecodeError) as error:
                print(f"{where}: {error}", file=sys.stderr)
                facts = ModuleFacts()
            packed = pickle.dumps(facts)
            if stored is not None:
                stored.write_bytes(packed)
        self._memory[key] = packed
        facts = pickle.loads(packed)
        assert isinstance(facts, ModuleFacts)
        return facts


def read_release(version: str, wheel: Path, cache: FactsCache) -> LinkedRelease:
    """Read and link one wheel."""
    facts: dict[str, ModuleFacts] = {}
    packages: set[str] = set()
    machinery = b""
    for path, source in python_files(wheel):
        parts = path.removesuffix(".py").split("/")
        if parts[-1] == "__init__":
            parts.pop()
            packages.add(".".join(parts))
        if path == f"{LIBRARY}/utils/import_utils.py":
            machinery = source
        facts[".".join(parts)] = cache.get(source, f"{wheel.name}:{path}")
    for module in list(facts):  # folders without an __init__ are packages too
        parent = module.rpartition(".")[0]
        while parent and parent not in facts:
            facts[parent] = ModuleFacts()
            packages.add(parent)
            parent = parent.rpartition(".")[0]
    linker = Linker(version, facts, packages)
    if machinery and b'endswith("ImageProcessorFast")' in machinery:
        linker.features.add("fast_image_processors")
    add_runtime_aliases(linker)
    return linker.release()


def python_files(wheel: Path) -> Iterator[tuple[str, bytes]]:
    """The library's files that can be imported, as (path, content)."""
    with zipfile.ZipFile(wheel) as archive:
        for path in sorted(archive.namelist()):
            parts = path.removesuffix(".py").split("/")
            if path.endswith(".py") and parts[0] == LIBRARY and all(part.isidentifier() for part in parts):
                yield path, archive.read(path)
