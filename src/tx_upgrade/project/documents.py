"""Bytes to text and back, without losing one of them; and text to a syntax tree, with errors a user understands."""

from __future__ import annotations

import codecs
import io
import re
from typing import TYPE_CHECKING

from ..model import Document

if TYPE_CHECKING:
    import ast

SIZE_LIMIT = 10 * 1024 * 1024
"""Bytes. Source files above this are data in disguise, and a syntax tree takes a hundred times their size."""

_BOM = codecs.BOM_UTF8
_LINE_END = re.compile(r"\r\n|\r|\n")


class DocumentError(Exception):
    """A file that cannot be read, parsed or written as Python source: the 1-based line, and what is wrong."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(line, message)
        self.line = line
        self.message = message

    def __str__(self) -> str:
        return f"line {self.line}: {self.message}"


def read_document(path: str, raw: bytes) -> Document:
    """Decode a file as Python does: by its BOM, its PEP 263 comment, else as UTF-8. Line ends stay as they are.

    Raises DocumentError for a null byte, an unknown or untrue encoding, and a file that is too large.
    """
    if len(raw) > SIZE_LIMIT:
        size, limit = len(raw) / 1024 / 1024, SIZE_LIMIT // 1024 // 1024
        raise DocumentError(1, f"the file is too large ({size:.0f} MB; the limit is {limit} MB)")
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise DocumentError(1, "the file is UTF-16, which Python does not read as source: save it as UTF-8")
    null = raw.find(b"\0")
    if null != -1:
        raise DocumentError(_line_at(raw, null), "the file has a null byte: this is not Python source")
    bom = raw.startswith(_BOM)
    body = raw[len(_BOM) :] if bom else raw
    encoding = _encoding(raw)
    try:
        text = body.decode(encoding)
        # Only UTF-8 and its subsets are sure to give the same bytes back; others (escapes, shift states) may not.
        faithful = encoding == "utf-8" or text.encode(encoding) == body
    except UnicodeDecodeError as error:
        raise DocumentError(_line_at(body, error.start), _untrue(encoding, body, error.start)) from None
    except (UnicodeError, LookupError, ValueError) as error:
        raise DocumentError(1, f"the file cannot be decoded as {encoding}: {error}") from None
    if not faithful:
        raise DocumentError(
            1, f"decoding as {encoding} and encoding again changes bytes: save the file as UTF-8"
        )
    return Document(path=path, raw=raw, text=text, encoding=encoding, bom=bom)


def encode(document: Document, text: str) -> bytes:
    """The bytes of ``text`` in the document's encoding, with its BOM if it had one.

    Raises DocumentError when the encoding cannot hold a character.
    """
    try:
        body = text.encode(document.encoding)
    except UnicodeEncodeError as error:
        character = text[error.start]
        line = len(_LINE_END.findall(text, 0, error.start)) + 1
        message = f"{character!r} (U+{ord(character):04X}) cannot be written in the file's encoding, {document.encoding}"
        raise DocumentError(line, message) from None
    return _BOM + body if document.bom else body


def parse(document: Document) -> ast.Module:
    """The standard library's syntax tree of a document.

    Raises DocumentError that tells Python 2, syntax newer than the running Python and plain mistakes apart.
    """
    import ast
    import warnings

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # invalid escapes and the like are the project's own business
            return ast.parse(document.text, filename=document.path)
    except SyntaxError as error:
        lines = _LINE_END.split(document.text)
        number = min(max(error.lineno or 1, 1), len(lines))
        from .syntax_errors import explain

        raise DocumentError(number, explain(error, lines[number - 1], document.text)) from None
    except (RecursionError, MemoryError):
        raise DocumentError(1, "the code is nested too deeply for Python's own parser") from None
    except (ValueError, OverflowError) as error:
        raise DocumentError(1, f"Python cannot parse the file: {error}") from None


def _line_at(raw: bytes, offset: int) -> int:
    before = raw[:offset]
    return before.count(b"\n") + before.count(b"\r") - before.count(b"\r\n") + 1


def _encoding(raw: bytes) -> str:
    head = re.split(rb"\r\n|\r|\n", raw[:4096], maxsplit=2)[:2]  # where Python looks for a declaration
    if not any(b"coding" in line for line in head):
        return "utf-8"
    import tokenize

    try:
        # The lines after these two do not matter; a line of its own for each also when line ends are bare \r.
        found, _ = tokenize.detect_encoding(io.BytesIO(b"\n".join(head) + b"\n").readline)
    except SyntaxError as error:
        declared = re.search(rb"coding[:=][ \t]*([-\w.]+)", b"\n".join(head))
        name = declared.group(1).decode("ascii", "replace") if declared else ""
        line = 2 if declared and declared.group(1) not in head[0] else 1
        if "unknown encoding" in str(error):
            raise DocumentError(
                line, f"the file declares an encoding that Python does not know: {name!r}"
            ) from None
        if raw.startswith(_BOM) and name:
            message = f"the file has a UTF-8 byte order mark but declares the encoding {name!r}"
            raise DocumentError(line, message) from None
        undecodable = next((i for i, text in enumerate(head) if not _is_utf8(text)), 0)
        raise DocumentError(undecodable + 1, _untrue("utf-8", head[undecodable], None)) from None
    return "utf-8" if found == "utf-8-sig" else found


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _untrue(encoding: str, raw: bytes, start: int | None) -> str:
    byte = "" if start is None else f" (byte 0x{raw[start]:02x})"
    if encoding == "utf-8":
        return f"the file is not valid UTF-8{byte}: save it as UTF-8, or declare its encoding as PEP 263 says"
    return f"the file declares the encoding {encoding} but is not valid in it{byte}"
