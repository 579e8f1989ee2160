from __future__ import annotations

import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tx_upgrade.reporting import lines as lines_module
from tx_upgrade.reporting.lines import Block, changed_blocks

few_lines = st.lists(st.sampled_from([b"a\n", b"b\n", b"c\n", b"d\n"]), max_size=30)


def check(old: list[bytes], new: list[bytes]) -> list[Block]:
    """Between the blocks both sides are equal, so the blocks are a correct difference."""
    blocks = changed_blocks(old, new)
    old_at = new_at = 0
    for block in blocks:
        assert old[old_at : block.old_start] == new[new_at : block.new_start]
        assert block.old_start < block.old_end or block.new_start < block.new_end
        old_at, new_at = block.old_end, block.new_end
    assert old[old_at:] == new[new_at:]
    for left, right in pairwise(blocks):
        assert left.old_end < right.old_start and left.new_end < right.new_start
    return blocks


@given(few_lines, few_lines)
def test_blocks_are_a_correct_difference(old: list[bytes], new: list[bytes]) -> None:
    check(old, new)


@given(few_lines, few_lines)
def test_blocks_stay_correct_past_the_bound(old: list[bytes], new: list[bytes]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lines_module, "_MAX_EDITS", 3)
        check(old, new)
        patch.setattr(lines_module, "_MAX_ROUNDS", 2)
        check(old, new)


@given(few_lines)
def test_equal_lines_have_no_blocks(old: list[bytes]) -> None:
    assert changed_blocks(old, list(old)) == []


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        pytest.param("abc", "abXc", [Block(2, 2, 2, 3)], id="inserted"),
        pytest.param("abc", "ac", [Block(1, 2, 1, 1)], id="deleted"),
        pytest.param("abc", "aXc", [Block(1, 2, 1, 2)], id="replaced"),
        pytest.param("", "ab", [Block(0, 0, 0, 2)], id="from nothing"),
        pytest.param("xaaaay", "zaaaaw", [Block(0, 1, 0, 1), Block(5, 6, 5, 6)], id="no unique line between"),
    ],
)
def test_smallest_difference(old: str, new: str, expected: list[Block]) -> None:
    assert check([c.encode() for c in old], [c.encode() for c in new]) == expected


def test_big_files_are_fast() -> None:
    old = [b"    value_%d = compute(%d)\n" % (i % 7000, i % 11) for i in range(100_000)]
    new = [line.replace(b"compute", b"calculate") if i % 500 == 3 else line for i, line in enumerate(old)]
    start = time.process_time()
    blocks = check(old, new)
    assert len(blocks) == 200
    assert time.process_time() - start < 5


def test_many_edits_without_a_unique_line_stay_local() -> None:
    old = [b"x%d = %d\n" % (i % 13, i % 17) if i % 3 else b"    pass\n" for i in range(20_000)]
    new = [b"y" + line if i % 100 == 3 else line for i, line in enumerate(old)]
    start = time.process_time()
    blocks = check(old, new)
    assert sum(block.old_end - block.old_start for block in blocks) < 1000
    assert time.process_time() - start < 5


def test_files_with_nothing_in_common_are_fast() -> None:
    start = time.process_time()
    check([b"%d\n" % (i % 9) for i in range(20_000)], [b"-%d\n" % (i % 9) for i in range(20_000)])
    assert time.process_time() - start < 5
