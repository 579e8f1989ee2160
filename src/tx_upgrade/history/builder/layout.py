"""Merged timelines → the file: which texts the dictionary holds and which modules share a shard."""

from __future__ import annotations

import zlib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from tx_upgrade.history.builder.extract import EXTRACTION
from tx_upgrade.history.builder.merge import Merged
from tx_upgrade.history.encoding import (
    CLASS,
    CLASS_MARK,
    CODES_MARK,
    DERIVED_MARK,
    FIRST_RELEASE,
    LIBRARY,
    MODULE_MARK,
    REEXPORT,
    Codec,
    Dictionary,
    base_parts,
    derived,
    encode_timeline,
    first_index,
    plain,
    signature_parts,
)
from tx_upgrade.history.filters import encode_filters
from tx_upgrade.history.store import MAGIC, NEVER, SECTION, defines, pack

if TYPE_CHECKING:
    from tx_upgrade.history.encoding import Timeline

TOKEN_COUNT = 4
"""How often a parameter or base must occur to stand in the dictionary."""
LINE_COUNT = 5
"""How often a whole line must."""
SHORT_CODES = 0x600
"""So many codes take two bytes as text, the others three or more."""
CORE_SHARD = 60_000
"""Characters in a shard of the library's own modules, which nearly every project asks for."""
MODEL_SHARD = 200_000
"""Characters in a shard of ``transformers.models``: files of one kind lie together, for they resemble each other."""
KINDS = ("configuration", "tokenization", "processing", "image", "feature", "video", "modular", "convert")


def write_index(merged: Merged, path: Path) -> None:
    """Write everything that was merged into one index file."""
    tokens = _in_bands(_frequent(_tokens(merged), TOKEN_COUNT), 0)
    codec = Codec(Dictionary(tokens, ()))
    leading = _leading(merged)
    modules = {module: _ModuleText(merged, module, codec, leading) for module in merged.modules}
    lines = _frequent((line for text in modules.values() for line in text.all_lines()), LINE_COUNT)
    dictionary = Dictionary(tokens, _in_bands(lines, len(tokens)))
    shards: list[tuple[list[str], str, bool]] = []
    rows: list[tuple[str, int, str]] = []
    members: list[str] = []
    current: list[str] = []
    size, previous = 0, ""
    for kind, _, module in sorted((*_place(module, merged), module) for module in modules):
        text = modules[module].text(dictionary)
        limit = MODEL_SHARD if kind else CORE_SHARD
        if current and (size + len(text) > limit or kind != previous or len(text) > limit // 2):
            shards.append((members, "\n".join(current), not previous))
            members, current, size = [], [], 0
        rows.append((module, len(shards), encode_timeline(merged.modules[module], 0, plain)))
        members.append(module)
        current.append(text)
        size += len(text)
        previous = kind
    shards.append((members, "\n".join(current), not previous))
    filters = encode_filters([_definitions(merged, modules) for modules, _, _ in shards])
    write(path, merged.versions, sorted(rows), dictionary, filters, [(t, quick) for _, t, quick in shards])


def write(
    path: Path,
    versions: list[str],
    rows: list[tuple[str, int, str]],
    dictionary: Dictionary,
    filters: bytes,
    shards: list[tuple[str, bool]],
) -> None:
    """Write an index.

    ``rows`` says for each module its shard (counted from 0) and its encoded timeline, ``shards`` their texts and
    whether they are asked for so often that they should be quick to read.
    """
    words = "\n".join(dictionary.tokens) + SECTION + "\n".join(dictionary.lines)
    blobs = [pack(words, quick=True), filters, *(pack(text, quick=quick) for text, quick in shards)]
    parts = (
        " ".join([str(EXTRACTION), *versions]),
        " ".join(str(len(blob)) for blob in blobs),
        "\n".join(module for module, _, _ in rows),
        "\n".join(chr(FIRST_RELEASE + shard) + timeline for _, shard, timeline in rows),
    )
    table = zlib.compress(SECTION.join(parts).encode(), 9)
    path.write_bytes(MAGIC + f"{len(table):08x}".encode() + table + b"".join(blobs))


class _ModuleText:
    """The lines of one module before the dictionary of lines is known."""

    def __init__(self, merged: Merged, module: str, codec: Codec, leading: dict[str, list[str]]) -> None:
        self.module = module
        self.groups: list[str] = []
        self.classes: list[tuple[str, list[str]]] = []
        first = first_index(merged.modules[module])
        shared: defaultdict[str, list[str]] = defaultdict(list)
        passed_on = _PassedOn(merged, module, leading.get(module, []))
        self.since = passed_on.since
        if passed_on.exceptions:
            shared[NEVER] = passed_on.exceptions
        for name, timeline in sorted(merged.names.get(module, {}).items()):
            if timeline == merged.modules.get(f"{module}.{name}") or name in passed_on.followed:
                continue
            text = encode_timeline(timeline, first, _name_encoder(codec, module, name))
            if CLASS in timeline[1::2]:
                members = merged.members.get(module, {}).get(name, {})
                self.classes.append((f"{name}\t{text}", _members(members, first_index(timeline), codec)))
            else:
                shared[text].append(name)
        for text, names in sorted(shared.items()):
            self.groups.append(f"{text}\t{' '.join(names)}")

    def all_lines(self) -> Iterator[str]:
        yield from self.groups
        for _, members in self.classes:
            yield from members

    def text(self, dictionary: Dictionary) -> str:
        out = [MODULE_MARK + self.module]
        if self.since is not None:
            out.append(DERIVED_MARK + chr(FIRST_RELEASE + self.since))
        rest, codes = _split(self.groups, dictionary)
        out.extend(rest)
        if codes:
            out.append(CODES_MARK + codes)
        for head, members in self.classes:
            rest, codes = _split(members, dictionary)
            out.append(f"{CLASS_MARK}{head}\t{codes}")
            out.extend("\t" + line for line in rest)
        return "\n".join(out)


def _leading(merged: Merged) -> dict[str, list[str]]:
    """For each package of models the library's own names that lead into it in any release."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for name, timeline in merged.names[LIBRARY].items():
        owners: set[str] = set()
        for value in timeline[1::2]:
            if isinstance(value, str) and value.startswith(f"{REEXPORT}models."):
                owner = f"{LIBRARY}.{value[1:]}"
                while (owner := owner.rpartition(".")[0]) != LIBRARY:
                    owners.add(owner)
        for owner in owners:
            found[owner].append(name)
    return found


class _PassedOn:
    """What a package of models passes on as the library itself does, and therefore need not be written down."""

    def __init__(self, merged: Merged, module: str, leading: list[str]) -> None:
        self.since: int | None = None
        self.followed: frozenset[str] = frozenset()
        self.exceptions: list[str] = []
        names = merged.names.get(module, {})
        starts = {timeline[0] for timeline in names.values()}
        gained = 0
        for since in sorted(start for start in starts if isinstance(start, int)):
            expected = {
                name: timeline
                for name in leading
                if f"{module}.{name}" not in merged.modules
                and (timeline := derived(merged.names[LIBRARY][name], module, since, merged.modules[module]))
            }
            followed = frozenset(name for name, timeline in expected.items() if names.get(name) == timeline)
            exceptions = sorted(name for name in expected if name not in names)
            if len(followed) - len(exceptions) > gained:
                gained = len(followed) - len(exceptions)
                self.since, self.followed, self.exceptions = since, followed, exceptions


def _definitions(merged: Merged, modules: list[str]) -> Iterator[str]:
    """The names that a search for definitions must find in some modules."""
    for module in modules:
        for name, timeline in merged.names.get(module, {}).items():
            if any(defines(value, name) for value in timeline[1::2]):
                yield name


def _in_bands(texts: list[str], before: int) -> tuple[str, ...]:
    """In alphabetical order, which packs best, among those whose codes are of the same length as text."""
    short = max(0, SHORT_CODES - before)
    return (*sorted(texts[:short]), *sorted(texts[short:]))


def _place(module: str, merged: Merged) -> tuple[str, int]:
    """Where a module stands: with files of its kind, and of those with the ones of its age, which resemble it."""
    kind = _kind(module)
    return kind, first_index(merged.modules[module]) if kind else 0


def _name_encoder(codec: Codec, module: str, name: str) -> Callable[[str], str]:
    return lambda value: codec.encode_name(value, module, name)


def _members(members: dict[str, Timeline], first: int, codec: Codec) -> list[str]:
    return [
        f"{name}\t{encode_timeline(timeline, first, codec.encode_member if name else codec.encode_bases)}"
        for name, timeline in sorted(members.items())
    ]


def _split(lines: list[str], dictionary: Dictionary) -> tuple[list[str], str]:
    rest = [line for line in lines if line not in dictionary.line_codes]
    return rest, "".join(
        sorted(dictionary.line_codes[line] for line in lines if line in dictionary.line_codes)
    )


def _tokens(merged: Merged) -> Iterator[str]:
    for names in merged.names.values():
        for timeline in names.values():
            for value in timeline[1::2]:
                if isinstance(value, str):
                    yield from signature_parts(value)
    for classes in merged.members.values():
        for members in classes.values():
            for member, timeline in members.items():
                for value in timeline[1::2]:
                    if isinstance(value, str):
                        yield from signature_parts(value) if member else base_parts(value)


def _frequent(texts: Iterator[str], count: int) -> list[str]:
    found = Counter(text for text in texts if len(text) > 2)
    return sorted((text for text, times in found.items() if times >= count), key=lambda t: (-found[t], t))


def _kind(module: str) -> str:
    """Files of a kind go together; "" for modules outside of ``transformers.models``."""
    if not module.startswith(f"{LIBRARY}.models."):
        return ""
    last = module.rpartition(".")[2]
    kind = last.partition("_")[0]
    if kind == "modeling":
        return kind + ("_tf" if "_tf_" in last else "_flax" if "_flax_" in last else "")
    return kind if kind in KINDS else "other"
