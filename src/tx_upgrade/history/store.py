"""The index on disk: one file of compressed shards behind a small table of contents.

Layout: ``MAGIC``, the length of the table as 8 hex digits, the table (zlib), then the blobs: the dictionary and the
filters first, then the shards (zlib behind a ``z``, raw lzma behind an ``x``). The table's parts, separated by ``SECTION``:
the number of the extraction and the versions, the lengths of the blobs, the modules, and for each module a character for its shard and its timeline.
A filter tells which shards cannot define a name (see ``filters``). The text of the blobs is described in ``encoding``.

Two kinds of names are not written down, since they follow from others: a package's submodules that are there whenever their
module is, and, in a package of models, what the library itself re-exports from that package's files (``derived``).
"""

from __future__ import annotations

import zlib

from tx_upgrade.history.encoding import (
    CLASS_MARK,
    CODES_MARK,
    DERIVED_MARK,
    EXTERNAL,
    FIRST_RELEASE,
    GONE,
    LIBRARY,
    MODULE_MARK,
    REEXPORT,
    SEGMENT,
    Codec,
    Dictionary,
    decode_target,
    decode_timeline,
    derived,
    first_index,
    plain,
)
from tx_upgrade.history.filters import may_hold

TYPE_CHECKING = False
if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from typing import Any

    from tx_upgrade.history.encoding import Timeline

MAGIC = b"tx-history 4\n"
SECTION = "\n\x00\n"
NEVER = GONE
"""The timeline of a name that would follow from others and yet was never there."""
FIRST_SHARD = 2
"""The blob of the first shard."""
FEW = 24
"""So many names of a module are looked for in its text before all its lines are split."""


def pack(text: str, *, quick: bool) -> bytes:
    """A blob; ``quick`` ones are larger and read several times as fast."""
    if quick:
        return b"z" + zlib.compress(text.encode(), 9)
    import lzma

    return b"x" + lzma.compress(text.encode(), lzma.FORMAT_RAW, filters=_lzma_filters())


def unpack(blob: bytes) -> str:
    """The text of a blob."""
    if blob[:1] == b"z":
        return zlib.decompress(blob[1:]).decode()
    import lzma

    return lzma.decompress(blob[1:], lzma.FORMAT_RAW, filters=_lzma_filters()).decode()


def _lzma_filters() -> list[dict[str, Any]]:
    import lzma  # only here: many lookups need no blob of this kind

    return [{"id": lzma.FILTER_LZMA2, "preset": 9 | lzma.PRESET_EXTREME, "lc": 4, "lp": 0, "pb": 0}]


class ModuleText:
    """One module's part of a shard, taken apart as far as it was asked for.

    ``since`` is the release from which on names follow from the library's own.
    """

    __slots__ = ("_asked", "_classes", "_codes", "_dictionary", "_names", "since", "text")

    def __init__(self, text: str, dictionary: Callable[[], Dictionary]) -> None:
        self.text = f"\n{text}\n"
        self._dictionary = dictionary
        self._asked = 0
        self._names: dict[str, str] | None = None
        self._classes: dict[str, list[str]] = {}
        self._codes = self._line(CODES_MARK)
        since = self._line(DERIVED_MARK)
        self.since = ord(since) - FIRST_RELEASE if since else None

    def _line(self, mark: str) -> str:
        start = self.text.find("\n" + mark) + 2
        return self.text[start : self.text.index("\n", start)] if start > 1 else ""

    def timeline(self, name: str) -> str | None:
        """The text of a name's timeline; None for a name that is not written down."""
        if self._names is None and self._asked < FEW:
            self._asked += 1
            return self._find(name)
        return self.names().get(name)

    def _find(self, name: str) -> str | None:
        text = self.text
        start = text.find(f"\n{CLASS_MARK}{name}\t")
        if start >= 0:
            start += len(name) + 3
            return text[start : text.index("\t", start)]
        at = text.find(name)
        while at >= 0:
            if text[at - 1] in " \t" and text[at + len(name)] in " \n":
                line = text.rindex("\n", 0, at) + 1
                tab = text.find("\t", line, at)
                if tab > line:  # a tab at the beginning: the member of a class
                    return text[line:tab]
            at = text.find(name, at + 1)
        for line_ in self._shared():
            timeline, _, group = line_.partition("\t")
            if name in group and name in group.split(" "):
                return timeline
        return None

    def _shared(self) -> Iterable[str]:
        return self._dictionary().expand(self._codes) if self._codes else ()

    def names(self) -> dict[str, str]:
        """The timelines of all names that are written down, as text."""
        if self._names is None:
            self._names = {}
            self._split(self._names)
        return self._names

    def members(self, name: str) -> list[str] | None:
        """The codes of a class's shared members and the lines of the others; None for what never was a class."""
        if self._names is not None:
            return self._classes.get(name)
        start = self.text.find(f"\n{CLASS_MARK}{name}\t")
        if start < 0:
            return None
        end = self.text.index("\n", start + 1)
        found = [self.text[start:end].rpartition("\t")[2]]
        while self.text.startswith("\t", end + 1):
            start, end = end + 2, self.text.index("\n", end + 1)
            found.append(self.text[start:end])
        return found

    def classes(self) -> dict[str, list[str]]:
        """What ``members`` gives, for every class."""
        self.names()
        return self._classes

    def _split(self, names: dict[str, str]) -> None:
        members: list[str] = []
        groups: list[str] = []
        for line in self.text[1:-1].split("\n"):
            mark = line[:1]
            if mark == "\t":
                members.append(line[1:])
            elif mark == CLASS_MARK:
                name, timeline, codes = line[1:].split("\t")
                names[name] = timeline
                members = self._classes[name] = [codes]
            elif mark and mark not in (CODES_MARK, DERIVED_MARK):
                groups.append(line)
        for line in (*groups, *self._shared()):
            timeline, _, group = line.partition("\t")
            for name in group.split(" "):
                names[name] = timeline


class Members:
    """The members of a class, their timelines read when they are asked for."""

    __slots__ = ("_codec", "_first", "_read", "texts")

    def __init__(self, texts: dict[str, str], first: int, codec: Codec) -> None:
        self.texts = texts
        self._first = first
        self._codec = codec
        self._read: dict[str, Timeline] = {}

    def timeline(self, member: str) -> Timeline:
        """A member's timeline, the bases' for ``""``; empty for what never was one."""
        found = self._read.get(member)
        if found is None:
            text = self.texts.get(member)
            if text is None:
                return []
            decode = self._codec.decode_member if member else self._codec.decode_bases
            found = self._read[member] = decode_timeline(text, self._first, decode)
        return found

    def timelines(self) -> dict[str, Timeline]:
        """All of them."""
        return {member: self.timeline(member) for member in self.texts}


class StoredIndex:
    """Reads the table when opened, the dictionary and each shard when they are first needed."""

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = path
        with open(path, "rb") as file:  # noqa: PTH123
            if file.read(len(MAGIC)) != MAGIC:
                raise ValueError(f"{path} is no API history of this format")
            length = int(file.read(8), 16)
            head, lengths, modules, rows = zlib.decompress(file.read(length)).decode().split(SECTION)
        self._base = len(MAGIC) + 8 + length
        extraction, *versions = head.split(" ")
        self.extraction = int(extraction)
        self.versions: tuple[str, ...] = tuple(versions)
        end = 0
        self._blobs = [(end, end := end + int(n)) for n in lengths.split(" ")]
        self._rows: dict[str, str] = dict(zip(modules.split("\n"), rows.split("\n"), strict=True))
        self._codec: Codec | None = None
        self._shards: dict[int, str] = {}
        self._modules: dict[str, ModuleText] = {}
        self._timelines: dict[str, Timeline] = {}
        self._members: dict[tuple[str, str], Members] = {}
        self._filters: bytes | None = None
        self._possible: dict[str, list[int]] = {}
        self._submodules: dict[str, list[str]] | None = None

    @property
    def modules(self) -> Mapping[str, object]:
        """The modules that any release has, in the order of their names."""
        return self._rows

    def module_timeline(self, module: str) -> Timeline:
        """A module's existence; empty for a name that never was a module."""
        found = self._timelines.get(module)
        if found is None:
            row = self._rows.get(module)
            if row is None:
                return []
            found = self._timelines[module] = decode_timeline(row[1:], 0, plain)
        return found

    def modules_changed(self, release: int) -> list[str]:
        """The modules that came or went with a release."""
        sign = chr(FIRST_RELEASE + release)
        later = SEGMENT + sign
        return [module for module, row in self._rows.items() if row[1] == sign or later in row]

    def names(self, module: str) -> Sequence[str]:
        """Every name that a module ever had; empty for an unknown module."""
        text = self._text(module)
        if text is None:
            return ()
        written = text.names()
        found = [name for name, timeline in written.items() if timeline != NEVER]
        found += [name for name in self._children(module) if name not in written]
        if text.since is not None:
            known = {*written, *found}
            possible = self._passed_on(module)
            found += [name for name in possible if name not in known and self.timeline(module, name)]
        return found

    def timeline(self, module: str, name: str) -> Timeline:
        """The timeline of a module's name; empty for a name that it never had."""
        text = self._text(module)
        if text is None:
            return []
        found = text.timeline(name)
        if found == NEVER:
            return []
        if found is not None:
            first = first_index(self.module_timeline(module))
            return decode_timeline(found, first, lambda value: self._decode_name(value, module, name))
        if f"{module}.{name}" in self._rows:
            return self.module_timeline(f"{module}.{name}")
        if text.since is not None:
            return derived(self.timeline(LIBRARY, name), module, text.since, self.module_timeline(module))
        return []

    def members(self, module: str, name: str) -> Members:
        """The members of a class, with its bases under ``""``; none for what never was a class."""
        key = (module, name)
        found = self._members.get(key)
        if found is None:
            text = self._text(module)
            lines = text.members(name) if text is not None else None
            if lines is None:
                found = Members({}, 0, self.codec)
            else:
                texts: dict[str, str] = {}
                for line in (*self.codec.dictionary.expand(lines[0]), *lines[1:]):
                    member, _, timeline = line.partition("\t")
                    texts[member] = timeline
                found = Members(texts, first_index(self.timeline(module, name)), self.codec)
            self._members[key] = found
        return found

    def classes_with(self, member: str) -> list[tuple[str, str]]:
        """The classes (module, name) whose own text ever had a member; reads every shard, once."""
        start = f"{member}\t"
        dictionary = self.codec.dictionary
        codes = [c for c in dictionary.codes_of_lines(start) if next(dictionary.expand(c)).startswith(start)]
        found: list[tuple[str, str]] = []
        shards = range(FIRST_SHARD, len(self._blobs))
        for module in self._modules_that_say([f"\n\t{start}", *codes], shards):
            text = self._text(module)
            assert text is not None
            for name, lines in text.classes().items():
                shared = lines[0]
                if any(code in shared for code in codes) or any(x.startswith(start) for x in lines[1:]):
                    found.append((module, name))
        return found

    def modules_that_define(self, name: str) -> tuple[str, ...]:
        """The modules that ever defined something of a name, or passed it on under another one than it has.

        Submodules count as well. Only the shards are read that the filters do not exclude.
        """
        found = {module.rpartition(".")[0] for module in self._rows if module.endswith(f".{name}")}
        shards = self._shards_that_may_define(name)
        if shards:
            signs = [name, *self.codec.dictionary.codes_of_lines(name)]
            for module in self._modules_that_say(signs, shards):
                if any(defines(value, name) for value in self.timeline(module, name)[1::2]):
                    found.add(module)
        return tuple(module for module in self._rows if module in found)

    def may_define(self, module: str, names: Iterable[str]) -> int:
        """How many of some names a module may define, as far as that can be said without reading it."""
        shard = self._shard_of(module)
        return sum(shard in self._shards_that_may_define(name) for name in names)

    def _shards_that_may_define(self, name: str) -> list[int]:
        found = self._possible.get(name)
        if found is None:
            if self._filters is None:
                self._filters = self._read(1)
            found = self._possible[name] = [i + FIRST_SHARD for i in may_hold(self._filters, name)]
        return found

    def _shard_of(self, module: str) -> int:
        return ord(self._rows[module][0]) - FIRST_RELEASE + FIRST_SHARD

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
        with open(self.path, "rb") as file:  # noqa: PTH123
            file.seek(self._base + start)
            return file.read(end - start)

    def _text(self, module: str) -> ModuleText | None:
        found = self._modules.get(module)
        if found is None:
            if module not in self._rows:
                return None
            shard = self._shard(self._shard_of(module))
            head = f"\n{MODULE_MARK}{module}\n"
            start = shard.index(head) + len(head)
            end = shard.index("\n" + MODULE_MARK, start - 1)
            found = self._modules[module] = ModuleText(shard[start:end], lambda: self.codec.dictionary)
        return found

    def _shard(self, number: int) -> str:
        shard = self._shards.get(number)
        if shard is None:
            shard = self._shards[number] = "\n" + unpack(self._read(number)) + "\n" + MODULE_MARK
        return shard

    def _modules_that_say(self, signs: Sequence[str], shards: Sequence[int]) -> list[str]:
        """The modules whose text holds one of ``signs``: splitting every module takes ten times as long."""
        possible: set[str] = set()
        for number in shards:
            shard = self._shard(number)
            for sign in signs:
                at = shard.find(sign)
                while at != -1:
                    start = shard.rfind("\n" + MODULE_MARK, 0, at) + 2
                    possible.add(shard[start : shard.index("\n", start)])
                    at = shard.find(sign, shard.index("\n" + MODULE_MARK, at))
        return [m for m in self._rows if m in possible]

    # --- names that follow from others

    def _children(self, module: str) -> Sequence[str]:
        if self._submodules is None:
            self._submodules = {}
            for path in self._rows:
                parent, _, last = path.rpartition(".")
                self._submodules.setdefault(parent, []).append(last)
        return self._submodules.get(module, ())

    def _passed_on(self, package: str) -> Sequence[str]:
        """The library's own names that lead into a package in any release."""
        text = self._text(LIBRARY)
        sign = f"{REEXPORT}{package.removeprefix(LIBRARY + '.')}."
        return (
            [name for name, timeline in text.names().items() if sign in timeline] if text is not None else ()
        )


def defines(value: object, name: str) -> bool:
    """Whether a value is no mere re-export of that name, nor something from outside."""
    if not isinstance(value, str) or value[0] == EXTERNAL:
        return False
    return value[0] != REEXPORT or value.rpartition(".")[2] != name
