"""Expressions inside f-strings, where before Python 3.12 neither the string's own quotes nor backslashes may stand."""

from __future__ import annotations

import io
import tokenize
from typing import NamedTuple

from .composer import CannotRewrite


class Piece(NamedTuple):
    """One f-string of the source, without those that it is concatenated with."""

    start: int
    end: int
    quote: str


def fitting(text: str, quote: str) -> str:
    """The text of an expression as it can stand in an f-string with these quotes.

    Raises:
        CannotRewrite: it has quotes of both kinds, a backslash, or more lines than the string may have.
    """
    if "\\" in text or ("\n" in text and len(quote) == 1):
        raise CannotRewrite("an expression that cannot stand in an f-string")
    if quote not in text:
        return text
    other = "'" if quote[0] == '"' else '"'
    if other in text or len(quote) == 3:
        raise CannotRewrite("an expression with quotes of both kinds in an f-string")
    return text.replace(quote, other)


def pieces(source: str, offset: int) -> list[Piece]:
    """The f-strings that a literal consists of, which begins at ``offset``."""
    lines = [0]
    for line in source.splitlines(keepends=True):
        lines.append(lines[-1] + len(line))
    found: list[Piece] = []
    opened: list[tuple[int, str]] = []
    try:
        # in parentheses: strings that are concatenated may stand on several lines
        for token in tokenize.generate_tokens(io.StringIO(f"({source}\n)").readline):
            row, column = token.start
            if row > len(lines):
                break
            begin = lines[row - 1] + column - (row == 1)
            row, column = token.end
            end = lines[row - 1] + column - (row == 1) if row <= len(lines) else len(source)
            kind = tokenize.tok_name[token.type]
            if kind == "FSTRING_START":
                opened.append((begin, _quote(token.string)))
            elif kind == "FSTRING_END" and opened:
                first, quote = opened.pop()
                found.append(Piece(offset + first, offset + end, quote))
            elif kind == "STRING" and "f" in token.string[: token.string.index(_quote(token.string))].lower():
                found.append(Piece(offset + begin, offset + end, _quote(token.string)))
    except (tokenize.TokenError, SyntaxError, ValueError):
        return [Piece(offset, offset + len(source), '"'), Piece(offset, offset + len(source), "'")]
    return found


def _quote(literal: str) -> str:
    body = literal.lstrip("fFrRbBuUtT")
    return body[:3] if body[:3] in ('"""', "'''") else body[:1]
