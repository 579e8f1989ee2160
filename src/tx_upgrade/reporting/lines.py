"""Compares two lists of lines in near-linear time.

``difflib`` is quadratic, which shows on big files. Here equal ends are skipped, then lines that occur exactly
once on both sides anchor the comparison ("patience"), and only what lies between anchors is searched for a
shortest edit (Myers), in bounded rounds, after which the rest counts as replaced. The result is always a correct
difference; only its size may be larger than the smallest possible.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from typing import NamedTuple

_MAX_EDITS = 100
_MAX_ROUNDS = 50
_MAX_DEPTH = 50


class Block(NamedTuple):
    """Lines ``old_start:old_end`` are replaced by the new lines ``new_start:new_end``."""

    old_start: int
    old_end: int
    new_start: int
    new_end: int


def changed_blocks(old: Sequence[bytes], new: Sequence[bytes]) -> list[Block]:
    """The blocks in which two lists of lines differ, in order; what lies between them is equal."""
    blocks: list[Block] = []
    _compare(old, new, Block(0, len(old), 0, len(new)), blocks, 0)
    return blocks


def _compare(
    old: Sequence[bytes], new: Sequence[bytes], within: Block, blocks: list[Block], depth: int
) -> None:
    old_start, old_end, new_start, new_end = within
    while old_start < old_end and new_start < new_end and old[old_start] == new[new_start]:
        old_start += 1
        new_start += 1
    while old_start < old_end and new_start < new_end and old[old_end - 1] == new[new_end - 1]:
        old_end -= 1
        new_end -= 1
    rest = Block(old_start, old_end, new_start, new_end)
    if old_start == old_end or new_start == new_end:
        if old_start < old_end or new_start < new_end:
            _add(blocks, rest)
        return
    anchors = _anchors(old, new, rest) if depth < _MAX_DEPTH else []
    if not anchors:
        _shortest_edit(old, new, rest, blocks)
        return
    for i, j in [*anchors, (old_end, new_end)]:
        if old_start < i or new_start < j:
            _compare(old, new, Block(old_start, i, new_start, j), blocks, depth + 1)
        old_start, new_start = i + 1, j + 1


def _add(blocks: list[Block], block: Block) -> None:
    if blocks and blocks[-1].old_end == block.old_start and blocks[-1].new_end == block.new_start:
        last = blocks.pop()
        block = Block(last.old_start, block.old_end, last.new_start, block.new_end)
    blocks.append(block)


def _anchors(old: Sequence[bytes], new: Sequence[bytes], within: Block) -> list[tuple[int, int]]:
    """Pairs of equal lines, unique on both sides, that keep their order (the longest such chain)."""
    in_old = _unique_lines(old, within.old_start, within.old_end)
    in_new = _unique_lines(new, within.new_start, within.new_end)
    pairs = [(i, in_new[line]) for line, i in in_old.items() if line in in_new]
    # Longest increasing subsequence of the new positions (the pairs are in order of the old ones).
    tails: list[int] = []
    ends: list[int] = []
    previous: list[int] = []
    for index, (_, j) in enumerate(pairs):
        length = bisect_left(tails, j)
        previous.append(ends[length - 1] if length else -1)
        tails[length : length + 1] = [j]
        ends[length : length + 1] = [index]
    chain: list[tuple[int, int]] = []
    index = ends[-1] if ends else -1
    while index >= 0:
        chain.append(pairs[index])
        index = previous[index]
    return chain[::-1]


def _unique_lines(lines: Sequence[bytes], start: int, end: int) -> dict[bytes, int]:
    positions: dict[bytes, int] = {}
    for index in range(start, end):
        line = lines[index]
        positions[line] = -1 if line in positions else index
    return {line: index for line, index in positions.items() if index >= 0}


def _shortest_edit(old: Sequence[bytes], new: Sequence[bytes], within: Block, blocks: list[Block]) -> None:
    """Myers' search in rounds of ``_MAX_EDITS`` edits, each going on where the last one came furthest."""
    rest = within
    for _ in range(_MAX_ROUNDS):
        rest = _round(old, new, rest, blocks)
        if rest.old_start == rest.old_end and rest.new_start == rest.new_end:
            return
    _add(blocks, rest)


def _round(old: Sequence[bytes], new: Sequence[bytes], within: Block, blocks: list[Block]) -> Block:
    """Add the blocks of one round; gives what it did not reach."""
    old_start, old_end, new_start, new_end = within
    height, width = old_end - old_start, new_end - new_start
    furthest = {1: 0}
    trace: list[dict[int, int]] = []
    for edits in range(min(_MAX_EDITS, height + width) + 1):
        trace.append(dict(furthest))
        # Diagonals that lie outside of the rectangle are left out.
        low = -edits + 2 * max(0, edits - width)
        high = edits - 2 * max(0, edits - height)
        for k in range(low, high + 1, 2):
            x = _next_x(furthest, k)
            y = x - k
            while x < height and y < width and old[old_start + x] == new[new_start + y]:
                x += 1
                y += 1
            furthest[k] = x
            if x >= height and y >= width:
                _walk_back(trace, within, x, y, blocks)
                return Block(old_end, old_end, new_end, new_end)
    # The diagonals of the last step; those of the step before have the other parity.
    inside = [
        (x, x - k) for k, x in furthest.items() if (k - edits) % 2 == 0 and x <= height and x - k <= width
    ]
    if not inside:
        return within
    x, y = max(inside, key=sum)
    _walk_back(trace, within, x, y, blocks)
    return Block(old_start + x, old_end, new_start + y, new_end)


def _next_x(furthest: dict[int, int], k: int) -> int:
    down, right = furthest.get(k + 1, -1), furthest.get(k - 1, -1)
    return down if down > right else right + 1


def _walk_back(trace: list[dict[int, int]], within: Block, x: int, y: int, blocks: list[Block]) -> None:
    steps: list[Block] = []
    for edits in range(len(trace) - 1, 0, -1):
        furthest, k = trace[edits], x - y
        came_down = furthest.get(k + 1, -1) > furthest.get(k - 1, -1)
        from_k = k + 1 if came_down else k - 1
        from_x = furthest[from_k]
        from_y = from_x - from_k
        to_x, to_y = (from_x, from_y + 1) if came_down else (from_x + 1, from_y)
        steps.append(
            Block(
                within.old_start + from_x,
                within.old_start + to_x,
                within.new_start + from_y,
                within.new_start + to_y,
            )
        )
        x, y = from_x, from_y
    for step in reversed(steps):
        _add(blocks, step)
