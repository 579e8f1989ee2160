"""The index on disk: one file of compressed shards behind a small table of contents.

Layout: ``MAGIC``, the length of the table as 8 hex digits, the table (zlib), then the shards (lzma). The table's
first line is JSON (versions and the shards' offsets), the others are ``module TAB shard TAB timeline``. A shard
holds whole modules: a line ``@module``, then one line ``name TAB JSON`` for each name of the module.

A *timeline* is ``[index, value, index, value, …]``: from that release on the value holds, None for "gone".
Values of names: ``c`` class, ``f…`` function and its signature, ``k`` constant, ``m`` submodule, ``=x.y`` the
library's own ``transformers.x.y``, ``^a.b`` something from outside. A class has ``[timeline, {member: timeline}]``;
the member ``""`` lists its bases, separated by commas.
"""

from __future__ import annotations

import json
import lzma
import zlib
from collections.abc import Mapping
from pathlib import Path

MAGIC = b"tx-history 1\n"
LIBRARY = "transformers"

CLASS = "c"
FUNCTION = "f"
CONSTANT = "k"
SUBMODULE = "m"
REEXPORT = "="
EXTERNAL = "^"

MEMBER_METHOD = "f"
MEMBER_STATIC_METHOD = "s"
MEMBER_CLASS_METHOD = "C"
MEMBER_PROPERTY = "p"
MEMBER_ATTRIBUTE = "a"
MEMBER_INSTANCE = "i"

Timeline = list[int | str | None]

FILTERS = [{"id": lzma.FILTER_LZMA2, "preset": 9 | lzma.PRESET_EXTREME, "lc": 4, "lp": 0, "pb": 0}]

Lines = dict[str, str]
"""A module's names, each with its undecoded JSON."""


def value_at(timeline: Timeline, index: int) -> str | None:
    """The value that holds in a release."""
    for position in range(len(timeline) - 2, -1, -2):
        start = timeline[position]
        assert isinstance(start, int)
        if start <= index:
            value = timeline[position + 1]
            assert not isinstance(value, int)
            return value
    return None


class StoredIndex:
    """Reads the table when opened and each shard when one of its modules is first asked for."""

    def __init__(self, path: Path) -> None:
        self.path = path
        with path.open("rb") as file:
            if file.read(len(MAGIC)) != MAGIC:
                raise ValueError(f"{path} is no API history of this format")
            length = int(file.read(8), 16)
            head, _, body = zlib.decompress(file.read(length)).decode().partition("\n")
        self._base = len(MAGIC) + 8 + length
        table = json.loads(head)
        self.versions: tuple[str, ...] = tuple(table["versions"])
        self._shards: list[list[int]] = table["shards"]
        self.modules: dict[str, tuple[int, str]] = {}
        for line in body.split("\n"):
            module, shard, timeline = line.split("\t")
            self.modules[module] = (int(shard), timeline)
        self._open: dict[int, dict[str, Lines]] = {}
        self._timelines: dict[str, Timeline] = {}

    def module_timeline(self, module: str) -> Timeline:
        """A module's existence; empty for a name that never was a module."""
        found = self._timelines.get(module)
        if found is None:
            entry = self.modules.get(module)
            found = json.loads(entry[1]) if entry else []
            self._timelines[module] = found
        return found

    def lines(self, module: str) -> Lines:
        """Undecoded entries of a module's names; empty for an unknown module."""
        entry = self.modules.get(module)
        if entry is None:
            return {}
        shard = self._open.get(entry[0])
        if shard is None:
            offset, length = self._shards[entry[0]]
            with self.path.open("rb") as file:
                file.seek(self._base + offset)
                packed = file.read(length)
            shard = _split(lzma.decompress(packed, lzma.FORMAT_RAW, filters=FILTERS).decode())
            self._open[entry[0]] = shard
        return shard[module]


def _split(text: str) -> dict[str, Lines]:
    shard: dict[str, Lines] = {}
    lines: Lines = {}
    for line in text.split("\n"):
        if line.startswith("@"):
            lines = {}
            shard[line[1:]] = lines
        else:
            name, _, entry = line.partition("\t")
            lines[name] = entry
    return shard


def write(
    path: Path,
    versions: list[str],
    timelines: Mapping[str, Timeline],
    shards: list[list[tuple[str, Mapping[str, str]]]],
) -> None:
    """Write an index: ``shards`` groups modules with their lines, ``timelines`` says when each module exists."""
    blobs: list[bytes] = []
    offsets: list[list[int]] = []
    rows: list[str] = []
    position = 0
    for number, modules in enumerate(shards):
        text: list[str] = []
        for module, lines in modules:
            text.append("@" + module)
            text.extend(f"{name}\t{entry}" for name, entry in lines.items())
            rows.append(f"{module}\t{number}\t{dumps(timelines[module])}")
        blob = lzma.compress("\n".join(text).encode(), lzma.FORMAT_RAW, filters=FILTERS)
        offsets.append([position, len(blob)])
        blobs.append(blob)
        position += len(blob)
    head = dumps({"versions": versions, "shards": offsets})
    table = zlib.compress("\n".join([head, *rows]).encode(), 9)
    path.write_bytes(MAGIC + f"{len(table):08x}".encode() + table + b"".join(blobs))


def dumps(value: object) -> str:
    """JSON without spaces."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
