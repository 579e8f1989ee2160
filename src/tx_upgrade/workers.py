"""Spreading files over processes, so that files that know each other meet in one of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from multiprocessing.sharedctypes import SynchronizedArray

_WORTH_HELPING = 6
"""With fewer files left than this, another process would take longer to get to know the project than it saves."""


class _Work(NamedTuple):
    do: Callable[[str], Any]
    queues: list[list[str]]
    ends: SynchronizedArray[int]
    """For each queue, where what is left of it begins and ends; all processes share it."""


_work: _Work | None = None


def shares(
    paths: Sequence[str], groups: Mapping[str, str], sizes: Mapping[str, int], count: int
) -> list[list[str]]:
    """``count`` queues of about one size; a group of files is split only where it is larger than one."""
    together: dict[str, list[str]] = {}
    for path in sorted(paths):
        together.setdefault(groups.get(path, ""), []).append(path)
    fair = sum(sizes[p] for p in paths) / count
    pieces: list[list[str]] = []
    for group in together.values():
        room = 0.0
        for path in group:
            if room <= 0:
                pieces.append([])
                room = fair
            pieces[-1].append(path)
            room -= sizes[path]
    queues: list[list[str]] = [[] for _ in range(count)]
    loads = [0] * count
    for piece in sorted(pieces, key=lambda p: -sum(sizes[f] for f in p)):
        least = loads.index(min(loads))
        queues[least] += piece
        loads[least] += sum(sizes[f] for f in piece)
    return queues


def spread(do: Callable[[str], Any], queues: list[list[str]]) -> list[Any]:
    """What ``do`` gives for every path, from one process for each queue; one that is done helps the others."""
    import multiprocessing

    # forked workers share what was read; where there is no fork, one process does it all
    if "fork" not in multiprocessing.get_all_start_methods():
        return [do(path) for queue in queues for path in queue]
    context = multiprocessing.get_context("fork")
    ends = context.Array("i", [end for queue in queues for end in (0, len(queue))])
    with context.Pool(len(queues), initializer=_start, initargs=(_Work(do, queues, ends),)) as pool:
        return [r for found in pool.imap_unordered(_drain, range(len(queues))) for r in found]


def _start(work: _Work) -> None:
    global _work
    _work = work


def _drain(own: int) -> list[Any]:
    assert _work is not None
    found: list[Any] = []
    while (path := _next(_work, own)) is not None:
        found.append(_work.do(path))
    return found


def _next(work: _Work, own: int) -> str | None:
    """The first file of one's own queue, else the last one of the longest other."""
    with work.ends.get_lock():
        left = [work.ends[2 * i + 1] - work.ends[2 * i] for i in range(len(work.queues))]
        if left[own]:
            work.ends[2 * own] += 1
            return work.queues[own][work.ends[2 * own] - 1]
        other = left.index(max(left))
        if left[other] < _WORTH_HELPING:
            return None
        work.ends[2 * other + 1] -= 1
        return work.queues[other][work.ends[2 * other + 1]]
