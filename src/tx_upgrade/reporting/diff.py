"""``--format diff``: a unified diff that ``git apply`` and ``patch -p1`` take as it is.

Works on bytes: lines end at ``\\n`` and nowhere else, so that form feeds, lone carriage returns, ``U+2028`` and
files that are not UTF-8 come out as they are.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from tx_upgrade.reporting.lines import Block, changed_blocks
from tx_upgrade.reporting.style import Style, paint

if TYPE_CHECKING:
    from tx_upgrade.model import FileChange, RunResult

_CONTEXT = 3
_NO_NEWLINE = b"\n\\ No newline at end of file\n"
_ESCAPES = {
    0x07: b"\\a",
    0x08: b"\\b",
    0x09: b"\\t",
    0x0A: b"\\n",
    0x0B: b"\\v",
    0x0C: b"\\f",
    0x0D: b"\\r",
    0x22: b'\\"',
    0x5C: b"\\\\",
}


def render(result: RunResult, *, color: bool = False) -> str:
    """The diff of all files of a run; bytes that are no UTF-8 are surrogate escapes."""
    return render_changes(result.changes, color=color)


def render_changes(changes: Sequence[FileChange], *, color: bool = False) -> str:
    """The diff of some files; bytes that are no UTF-8 are surrogate escapes."""
    patch = b"".join(unified_diff(change) for change in changes)
    text = patch.decode("utf-8", "surrogateescape")
    return _colored(text) if color else text


def unified_diff(change: FileChange) -> bytes:
    """The patch of one file, empty when nothing changes."""
    if change.before == change.after:
        return b""
    # A file that is not below the current folder has an absolute path: like git, without the first slash.
    path = change.path.lstrip("/").encode("utf-8", "surrogateescape")
    old_name, new_name = _quoted(b"a/" + path), _quoted(b"b/" + path)
    header = [b"diff --git ", old_name, b" ", new_name, b"\n"]
    if change.before is None:
        header.append(b"new file mode 100644\n")
        old_name = b"/dev/null"
    if change.after is None:
        header.append(b"deleted file mode 100644\n")
        new_name = b"/dev/null"
    old, new = _lines(change.before or b""), _lines(change.after or b"")
    hunks = list(_hunks(old, new))
    if hunks:
        # Like git: a tab ends a name that holds a space, for else patch takes the rest for a date.
        header += [b"--- ", old_name, b"\t" if b" " in old_name else b"", b"\n"]
        header += [b"+++ ", new_name, b"\t" if b" " in new_name else b"", b"\n"]
    return b"".join(header + hunks)


def _quoted(name: bytes) -> bytes:
    """A path as git writes it (``core.quotePath``): in C quotes when a byte of it is not plain."""
    if all(0x20 <= byte < 0x7F and byte not in _ESCAPES for byte in name):
        return name
    body = b"".join(
        _ESCAPES.get(byte) or (bytes([byte]) if 0x20 <= byte < 0x7F else b"\\%03o" % byte) for byte in name
    )
    return b'"' + body + b'"'


def _lines(data: bytes) -> list[bytes]:
    """Lines with their ends; only ``\\n`` ends a line."""
    lines = [line + b"\n" for line in data.split(b"\n")]
    last = lines.pop()[:-1]
    if last:
        lines.append(last)
    return lines


def _hunks(old: Sequence[bytes], new: Sequence[bytes]) -> Iterator[bytes]:
    for group in _grouped(changed_blocks(old, new)):
        first, last = group[0], group[-1]
        lead = min(_CONTEXT, first.old_start)
        tail = min(_CONTEXT, len(old) - last.old_end)
        start = first.old_start - lead
        old_range = _range(start, last.old_end + tail)
        new_range = _range(first.new_start - lead, last.new_end + tail)
        parts = [b"@@ -%s +%s @@\n" % (old_range, new_range)]
        for block in group:
            parts += [_line(b" ", line) for line in old[start : block.old_start]]
            parts += [_line(b"-", line) for line in old[block.old_start : block.old_end]]
            parts += [_line(b"+", line) for line in new[block.new_start : block.new_end]]
            start = block.old_end
        parts += [_line(b" ", line) for line in old[start : last.old_end + tail]]
        yield b"".join(parts)


def _grouped(blocks: Sequence[Block]) -> Iterator[list[Block]]:
    """Blocks whose context would touch share a hunk."""
    group: list[Block] = []
    for block in blocks:
        if group and block.old_start - group[-1].old_end > 2 * _CONTEXT:
            yield group
            group = []
        group.append(block)
    if group:
        yield group


def _range(start: int, end: int) -> bytes:
    length = end - start
    if length == 1:
        return b"%d" % (start + 1)
    # An empty range names the line before it.
    return b"%d,%d" % (start + 1 if length else start, length)


def _line(mark: bytes, line: bytes) -> bytes:
    return mark + line if line.endswith(b"\n") else mark + line + _NO_NEWLINE


def _colored(patch: str) -> str:
    in_hunk = False
    lines = []
    for line in patch.split("\n"):
        style: Style | None = None
        if line.startswith("diff --git "):
            in_hunk = False
        elif line.startswith("@@ "):
            in_hunk, style = True, "cyan"
        elif in_hunk and line.startswith("-"):
            style = "red"
        elif in_hunk and line.startswith("+"):
            style = "green"
        if not in_hunk and line:
            style = "bold"
        lines.append(paint(line, style, True) if style else line)
    return "\n".join(lines)
