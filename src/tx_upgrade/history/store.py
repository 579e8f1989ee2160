"""The index on disk: one file of compressed shards behind a small table of contents.

Layout: ``MAGIC``, the length of the table as 8 hex digits, the table (zlib), then the blobs (zlib behind a ``z``,
raw lzma behind an ``x``): the dictionary first, then the shards. The table's first line is ``versions TAB lengths of
the blobs``, each separated by spaces, the others are ``module TAB shard TAB timeline``. The text of the blobs is described in ``encoding``.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from itertools import accumulate
from pathlib import Path
from typing import Any

from tx_upgrade.history.encoding import (
    CLASS_MARK,
    CODES_MARK,
    EXTERNAL,
    MODULE_MARK,
    REEXPORT,
    Codec,
    Dictionary,
    Timeline,
    code,
    decode_target,
    decode_timeline,
    plain,
)

MAGIC = b"tx-history 3\n"
SECTION = "\n\x00\n"


def pack(text: str, *, quick: bool) -> bytes:
    """A blob; ``quick`` ones are larger and read several times as fast."""
    if quick:
        return b"z" + zlib.compress(text.encode(), 9)
    import lzma

    return b"x" + lzma.compress(text.encode(), lzma.FORMAT_RAW, filters=_filters())


def unpack(blob: bytes) -> str:
    """The text of a blob."""
    if blob[:1] == b"z":
        return zlib.decompress(blob[1:]).decode()
    import lzma

    return lzma.decompress(blob[1:], lzma.FORMAT_RAW, filters=_filters()).decode()


def _filters() -> list[dict[str, Any]]:
    import lzma  # only here: many lookups need no blob of this kind

    return [{"id": lzma.FILTER_LZMA2, "preset": 9 | lzma.PRESET_EXTREME, "lc": 4, "lp": 0, "pb": 0}]


class ModuleLines:
    """One module's part of a shard: where each name's timeline stands, not decoded yet.

    ``codes`` are lines of the dictionary that have not been added to ``names``.
    """

    __slots__ = ("classes", "codes", "names")

    def __init__(self) -> None:
        self.codes = ""
        self.names: dict[str, str] = {}
        self.classes: dict[str, list[str]] = {}


class StoredIndex:
    """Reads the table when opened, the dictionary and each shard when they are first needed."""

    def __init__(self, path: Path) -> None:
        self.path = path
        with path.open("rb") as file:
            if file.read(len(MAGIC)) != MAGIC:
                raise ValueError(f"{path} is no API history of this format")
            length = int(file.read(8), 16)
            head, _, body = zlib.decompress(file.read(length)).decode().partition("\n")
        self._base = len(MAGIC) + 8 + length
        versions, lengths = head.split("\t")
        self.versions: tuple[str, ...] = tuple(versions.split(" "))
        ends = list(accumulate(int(n) for n in lengths.split(" ")))
        self._blobs = list(zip([0, *ends], ends, strict=False))
        self.modules: dict[str, tuple[str, str]] = {}
        for line in body.split("\n"):
            module, shard, timeline = line.split("\t")
            self.modules[module] = (shard, timeline)
        self._codec: Codec | None = None
        self._shards: dict[int, str] = {}
        self._modules: dict[str, ModuleLines] = {}
        self._timelines: dict[str, Timeline] = {}

    def module_timeline(self, module: str) -> Timeline:
        """A module's existence; empty for a name that never was a module."""
        found = self._timelines.get(module)
        if found is None:
            entry = self.modules.get(module)
            found = decode_timeline(entry[1], 0, plain) if entry else []
            self._timelines[module] = found
        return found

    def names(self, module: str) -> dict[str, str]:
        """The names that a module ever had, each with its undecoded timeline; empty for an unknown module."""
        return self._complete(self._lines(module)).names

    def timeline(self, module: str, name: str) -> Timeline:
        """The timeline of a module's name; empty for a name that it never had."""
        lines = self._lines(module)
        text = lines.names.get(name)
        if text is None and lines.codes:
            text = self._complete(lines).names.get(name)
        if text is None:
            return []
        first = self.module_timeline(module)[0]
        return decode_timeline(text, first, lambda value: self._decode_name(value, module, name))

    def members(self, module: str, name: str) -> dict[str, Timeline]:
        """The timelines of a class's members, with its bases under ``""``; empty for what never was a class."""
        lines = self._lines(module).classes.get(name)
        if lines is None:
            return {}
        first = self.timeline(module, name)[0]
        found: dict[str, Timeline] = {}
        codec = self.codec
        for line in [*codec.dictionary.expand(lines[0]), *lines[1:]]:
            member, _, text = line.partition("\t")
            found[member] = decode_timeline(
                text, first, codec.decode_member if member else codec.decode_bases
            )
        return found

    def classes_with(self, member: str) -> list[tuple[str, str]]:
        """The classes (module, name) whose own text ever had a member; reads every shard, once."""
        start = f"{member}\t"
        dictionary = self.codec.dictionary
        codes = [code for line, code in dictionary.codes_of_lines() if line.startswith(start)]
        found: list[tuple[str, str]] = []
        for module in self._modules_that_say([f"\n\t{start}", *codes]):
            for name, lines in self._lines(module).classes.items():
                shared = lines[0]
                if any(code in shared for code in codes) or any(x.startswith(start) for x in lines[1:]):
                    found.append((module, name))
        return found

    def _decode_name(self, value: str, module: str, name: str) -> str:
        if value[0] in (REEXPORT, EXTERNAL):  # the dictionary is not needed
            return decode_target(value, module, name)
        return self.codec.decode_member(value) if len(value) > 1 else value

    @property
    def codec(self) -> Codec:
        """Reads values; loads the dictionary of texts that many entries share."""
        if self._codec is None:
            tokens, _, lines = unpack(self._read(0)).partition(SECTION)
            self._codec = Codec(Dictionary(tuple(tokens.split("\n")), tuple(lines.split("\n"))))
        return self._codec

    def _read(self, number: int) -> bytes:
        start, end = self._blobs[number]
        with self.path.open("rb") as file:
            file.seek(self._base + start)
            return file.read(end - start)

    def _lines(self, module: str) -> ModuleLines:
        found = self._modules.get(module)
        if found is None:
            entry = self.modules.get(module)
            if entry is None:
                return _NOTHING
            shard = self._shard(int(entry[0]))
            head = f"\n{MODULE_MARK}{module}\n"
            start = shard.index(head) + len(head)
            end = shard.index("\n" + MODULE_MARK, start - 1)
            found = self._modules[module] = _split(shard[start:end])
        return found

    def _shard(self, number: int) -> str:
        shard = self._shards.get(number)
        if shard is None:
            shard = self._shards[number] = "\n" + unpack(self._read(number)) + "\n" + MODULE_MARK
        return shard

    def modules_with(self, name: str) -> tuple[str, ...]:
        """The modules that ever had a name, found by its text: splitting every module takes ten times as long."""
        dictionary = self.codec.dictionary
        offset = len(dictionary.tokens)
        signs = [name, *(code(offset + i) for i, line in enumerate(dictionary.lines) if name in line)]
        return tuple(m for m in self._modules_that_say(signs) if name in self.names(m))

    def _modules_that_say(self, signs: Sequence[str]) -> list[str]:
        """The modules whose text holds one of ``signs``."""
        possible: set[str] = set()
        for number in range(1, len(self._blobs)):
            shard = self._shard(number)
            for sign in signs:
                at = shard.find(sign)
                while at != -1:
                    start = shard.rfind("\n" + MODULE_MARK, 0, at) + 2
                    possible.add(shard[start : shard.index("\n", start)])
                    at = shard.find(sign, shard.index("\n" + MODULE_MARK, at))
        return [m for m in self.modules if m in possible]

    def _complete(self, lines: ModuleLines) -> ModuleLines:
        if lines.codes:
            for entry in self.codec.dictionary.expand(lines.codes):
                _add_group(lines.names, entry)
            lines.codes = ""
        return lines


_NOTHING = ModuleLines()


def _split(text: str) -> ModuleLines:
    found = ModuleLines()
    members: list[str] = []
    for line in text.split("\n") if text else ():
        mark = line[:1]
        if mark == "\t":
            members.append(line[1:])
        elif mark == CLASS_MARK:
            name, timeline, codes = line[1:].split("\t")
            found.names[name] = timeline
            members = found.classes[name] = [codes]
        elif mark == CODES_MARK:
            found.codes = line[1:]
        else:
            _add_group(found.names, line)
    return found


def _add_group(names: dict[str, str], line: str) -> None:
    timeline, _, group = line.partition("\t")
    for name in group.split(" "):
        names[name] = timeline


def write(
    path: Path,
    versions: list[str],
    rows: list[tuple[str, int, str]],
    dictionary: Dictionary,
    shards: list[tuple[str, bool]],
) -> None:
    """Write an index.

    ``rows`` says for each module its shard (counted from 0) and its encoded timeline, ``shards`` their texts and
    whether they are asked for so often that they should be quick to read.
    """
    words = "\n".join(dictionary.tokens) + SECTION + "\n".join(dictionary.lines)
    blobs = [pack(words, quick=True), *(pack(text, quick=quick) for text, quick in shards)]
    head = " ".join(versions) + "\t" + " ".join(str(len(blob)) for blob in blobs)
    body = [f"{module}\t{shard + 1}\t{timeline}" for module, shard, timeline in rows]
    table = zlib.compress("\n".join([head, *body]).encode(), 9)
    path.write_bytes(MAGIC + f"{len(table):08x}".encode() + table + b"".join(blobs))
