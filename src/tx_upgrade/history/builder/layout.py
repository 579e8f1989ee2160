"""Merged timelines → the file: which texts the dictionary holds and which modules share a shard."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path

from tx_upgrade.history.builder.merge import Merged
from tx_upgrade.history.encoding import (
    CLASS,
    CLASS_MARK,
    CODES_MARK,
    LIBRARY,
    MODULE_MARK,
    Codec,
    Dictionary,
    Timeline,
    base_parts,
    encode_timeline,
    first_index,
    plain,
    signature_parts,
)
from tx_upgrade.history.store import write

TOKEN_COUNT = 4
"""How often a parameter or base must occur to stand in the dictionary."""
LINE_COUNT = 5
"""How often a whole line must."""
CORE_SHARD = 60_000
"""Characters in a shard of the library's own modules, which nearly every project asks for."""
MODEL_SHARD = 130_000
"""Characters in a shard of ``transformers.models``: files of one kind lie together, for they resemble each other."""
KINDS = ("configuration", "tokenization", "processing", "image", "feature", "video", "modular", "convert")


def write_index(merged: Merged, path: Path) -> None:
    """Write everything that was merged into one index file."""
    tokens = _frequent(_tokens(merged), TOKEN_COUNT)
    codec = Codec(Dictionary.of(tokens, []))
    modules = {module: _ModuleText(merged, module, codec) for module in merged.modules}
    lines = _frequent((line for text in modules.values() for line in text.all_lines()), LINE_COUNT)
    dictionary = Dictionary.of(tokens, lines)
    shards: list[tuple[str, bool]] = []
    rows: list[tuple[str, int, str]] = []
    current: list[str] = []
    size, previous = 0, ""
    for kind, module in sorted((_kind(module), module) for module in modules):
        text = modules[module].text(dictionary)
        limit = MODEL_SHARD if kind else CORE_SHARD
        if current and (size + len(text) > limit or kind != previous or len(text) > limit // 2):
            shards.append(("\n".join(current), not previous))
            current, size = [], 0
        rows.append((module, len(shards), encode_timeline(merged.modules[module], 0, plain)))
        current.append(text)
        size += len(text)
        previous = kind
    shards.append(("\n".join(current), not previous))
    write(path, merged.versions, sorted(rows), dictionary, shards)


class _ModuleText:
    """The lines of one module before the dictionary of lines is known."""

    def __init__(self, merged: Merged, module: str, codec: Codec) -> None:
        self.module = module
        self.groups: list[str] = []
        self.classes: list[tuple[str, list[str]]] = []
        first = first_index(merged.modules[module])
        shared: defaultdict[str, list[str]] = defaultdict(list)
        for name, timeline in sorted(merged.names.get(module, {}).items()):
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
        rest, codes = _split(self.groups, dictionary)
        out.extend(rest)
        if codes:
            out.append(CODES_MARK + codes)
        for head, members in self.classes:
            rest, codes = _split(members, dictionary)
            out.append(f"{CLASS_MARK}{head}\t{codes}")
            out.extend("\t" + line for line in rest)
        return "\n".join(out)


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
