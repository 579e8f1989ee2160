"""Import lists with one name a line: each name with the comments above it and behind it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import libcst as cst

_NO_COMMENT = cst.TrailingWhitespace()


@dataclass(frozen=True, slots=True)
class Line:
    """One name; ``above`` are the lines of comments over it, ``behind`` is what its own line ends with."""

    alias: cst.ImportAlias
    above: tuple[cst.EmptyLine, ...] = ()
    behind: cst.TrailingWhitespace = _NO_COMMENT

    @property
    def commented(self) -> bool:
        return any(line.comment is not None for line in self.above)


class ImportLines:
    """The names of a parenthesised import in which every name has its own line."""

    def __init__(self, node: cst.ImportFrom, gaps: Sequence[cst.ParenthesizedWhitespace]) -> None:
        names = _names(node)
        self._node = node
        self._gaps = gaps
        self._comma = isinstance(names[-1].comma, cst.Comma)
        self.lines = [
            Line(n, tuple(gaps[i].empty_lines), gaps[i + 1].first_line) for i, n in enumerate(names)
        ]

    @classmethod
    def of(cls, node: cst.ImportFrom) -> ImportLines | None:
        """The lines of ``node``, or None where names share a line."""
        names = _names(node)
        if node.lpar is None or node.rpar is None or not names:
            return None
        commas = [n.comma for n in names]
        closing = commas[-1] if isinstance(commas[-1], cst.Comma) else None
        found: list[object] = [
            node.lpar.whitespace_after,
            *(c.whitespace_after if isinstance(c, cst.Comma) else None for c in commas[:-1]),
            closing.whitespace_after if closing is not None else node.rpar.whitespace_before,
        ]
        gaps = [g for g in found if isinstance(g, cst.ParenthesizedWhitespace)]
        return cls(node, gaps) if len(gaps) == len(found) else None

    def edit(
        self,
        removed: set[int],
        replaced: dict[int, cst.ImportAlias],
        added: Sequence[cst.ImportAlias],
        key: Callable[[cst.ImportAlias], object] | None,
    ) -> cst.ImportFrom:
        """The statement with names removed, replaced and added; ``key`` gives the order in which the list is."""
        # comments on lines of their own often head a group of names: such a list is not sorted anew
        grouped = any(line.commented for line in self.lines)
        lines: list[Line] = []
        orphans: tuple[cst.EmptyLine, ...] = ()
        moving: list[Line] = []
        for index, line in enumerate(self.lines):
            if index in removed:
                orphans += line.above
                continue
            changed = replace(line, alias=replaced.get(index, line.alias), above=orphans + line.above)
            orphans = ()
            if index in replaced and key is not None and not grouped:
                moving.append(changed)
            else:
                lines.append(changed)
        for line in (*moving, *(Line(alias) for alias in added)):
            if not any(_same(line.alias, other.alias) for other in lines):
                lines.insert(_position(line, lines, key), line)
        return self._rebuilt(lines, orphans)

    def _rebuilt(self, lines: list[Line], orphans: tuple[cst.EmptyLine, ...]) -> cst.ImportFrom:
        first, last = self._gaps[0], self._gaps[-1]
        aliases: list[cst.ImportAlias] = []
        for index, line in enumerate(lines):
            final = index + 1 == len(lines)
            if final:
                gap = last.with_changes(first_line=line.behind, empty_lines=[*orphans, *last.empty_lines])
            else:
                gap = first.with_changes(first_line=line.behind, empty_lines=lines[index + 1].above)
            comma: cst.Comma | cst.MaybeSentinel = cst.Comma(whitespace_after=gap)
            if final and not self._comma:
                comma = cst.MaybeSentinel.DEFAULT
            aliases.append(line.alias.with_changes(comma=comma))
            last = gap if final else last
        lpar, rpar = self._node.lpar, self._node.rpar
        assert lpar is not None and rpar is not None
        changes: dict[str, object] = {
            "names": aliases,
            "lpar": lpar.with_changes(whitespace_after=first.with_changes(empty_lines=lines[0].above)),
        }
        if not self._comma:
            changes["rpar"] = rpar.with_changes(whitespace_before=last)
        return self._node.with_changes(**changes)


def _names(node: cst.ImportFrom) -> list[cst.ImportAlias]:
    return [] if isinstance(node.names, cst.ImportStar) else list(node.names)


def _same(left: cst.ImportAlias, right: cst.ImportAlias) -> bool:
    plain = cst.MaybeSentinel.DEFAULT
    return left.with_changes(comma=plain).deep_equals(right.with_changes(comma=plain))


def _position(line: Line, lines: Sequence[Line], key: Callable[[cst.ImportAlias], object] | None) -> int:
    if key is None:
        return len(lines)
    own = key(line.alias)
    return next((i for i, other in enumerate(lines) if key(other.alias) > own), len(lines))  # type: ignore[operator]
