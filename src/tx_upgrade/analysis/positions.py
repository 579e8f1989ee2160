"""From ``ast`` positions (lines, UTF-8 byte columns) to offsets in the text, and back to what people count."""

from __future__ import annotations

import ast
import re
from bisect import bisect_right

_LINE_END = re.compile(r"\r\n|\r|\n")


class LineIndex:
    """Line starts of one text; ``ast`` counts ``\\n``, ``\\r\\n`` and ``\\r`` as line ends and nothing else."""

    __slots__ = ("_ascii", "_starts", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self._starts = [0, *(m.end() for m in _LINE_END.finditer(text))]
        self._ascii = text.isascii()

    def offset(self, line: int, byte_column: int) -> int:
        """Offset of a 1-based line and 0-based UTF-8 byte column."""
        start = self._starts[line - 1]
        if self._ascii:
            return start + byte_column
        end = self._starts[line] if line < len(self._starts) else len(self.text)
        prefix = self.text[start:end].encode("utf-8", "surrogatepass")[:byte_column]
        return start + len(prefix.decode("utf-8", "surrogatepass"))

    def span(
        self, node: ast.expr | ast.stmt | ast.alias | ast.keyword | ast.arg | ast.excepthandler
    ) -> tuple[int, int]:
        """Start and end offset of a node."""
        assert node.end_lineno is not None and node.end_col_offset is not None
        return (
            self.offset(node.lineno, node.col_offset),
            self.offset(node.end_lineno, node.end_col_offset),
        )

    def position(self, offset: int) -> tuple[int, int]:
        """1-based line and column (in characters) of an offset."""
        line = bisect_right(self._starts, offset) - 1
        return line + 1, offset - self._starts[line] + 1

    def line_start(self, line: int) -> int:
        return self._starts[line - 1]

    def line_text(self, line: int) -> str:
        """The text of a 1-based line, its end included."""
        end = self._starts[line] if line < len(self._starts) else len(self.text)
        return self.text[self._starts[line - 1] : end]

    @property
    def lines(self) -> int:
        return len(self._starts)
