"""Whole statements: taken out with their line, and where they stand."""

from __future__ import annotations

import ast
import re

from ..analysis.module import Module
from .composer import Composer


def blocks(parent: ast.AST) -> list[list[ast.stmt]]:
    """The lists of statements that ``parent`` holds."""
    found: list[list[ast.stmt]] = []
    for name in ("body", "orelse", "finalbody"):
        block = getattr(parent, name, None)
        if isinstance(block, list) and block:
            found.append(block)
    return found


def indent(text: str, offset: int) -> str:
    """The white space that the line of ``offset`` begins with."""
    start = max(text.rfind("\n", 0, offset), text.rfind("\r", 0, offset)) + 1
    match = re.match(r"[ \t\f]*", text[start:offset])
    return match[0] if match else ""


def newline_of(text: str) -> str:
    """The line end that a text uses."""
    match = re.search(r"\r\n|\r|\n", text)
    return match[0] if match else "\n"


def delete_statement(module: Module, statement: ast.stmt, composer: Composer, *, keep_pass: bool) -> None:
    """Remove a statement with its line; ``pass`` stays where a block needs one or a line holds more than it."""
    text = module.document.text
    start, end = module.lines.span(statement)
    line_start = max(text.rfind("\n", 0, start), text.rfind("\r", 0, start)) + 1
    match = re.compile(r"[ \t]*(#[^\r\n]*)?(\r\n|\r|\n|\Z)").match(text, end)
    alone = text[line_start:start].strip() == "" and match is not None
    if keep_pass or not alone or match is None:
        composer.add(start, end, "pass")
        return
    stop = match.end()
    parent = module.scopes.parent.get(statement)
    first_of_block = not isinstance(parent, ast.Module) and any(
        b[0] is statement for b in blocks(parent or statement)
    )
    if line_start == 0 or first_of_block:
        stop = re.compile(r"(?:[ \t]*(?:\r\n|\r|\n))*").match(text, stop).end()  # type: ignore[union-attr]
    composer.add(line_start, stop, "")
