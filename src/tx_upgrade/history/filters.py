"""Which shards cannot hold a name: a Bloom filter for each, so that a search reads one or two instead of all."""

from __future__ import annotations

from zlib import crc32

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

BITS = 8
"""Bits for each name: about one of fifty names is taken to be in a shard that it is not in."""
PROBES = 5
_LENGTH = 3


def encode_filters(shards: Iterable[Iterable[str]]) -> bytes:
    """The filters of all shards, from the names that each of them holds."""
    found: list[bytes] = []
    for names in shards:
        wanted = set(names)
        bits = bytearray(max(1, len(wanted) * BITS // 8))
        for name in wanted:
            for place in _places(name, len(bits) * 8):
                bits[place >> 3] |= 1 << (place & 7)
        found.append(len(bits).to_bytes(_LENGTH, "big") + bits)
    return b"".join(found)


def may_hold(filters: bytes, name: str) -> list[int]:
    """The numbers of the shards that may hold a name; all that do are among them."""
    found: list[int] = []
    start = number = 0
    while start < len(filters):
        size = int.from_bytes(filters[start : start + _LENGTH], "big")
        start += _LENGTH
        if all(filters[start + (place >> 3)] >> (place & 7) & 1 for place in _places(name, size * 8)):
            found.append(number)
        start += size
        number += 1
    return found


def _places(name: str, bits: int) -> Iterator[int]:
    text = name.encode()
    place, step = crc32(text), crc32(text, 1) | 1
    for _ in range(PROBES):
        yield place % bits
        place += step
