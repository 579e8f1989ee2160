"""What a SyntaxError means: Python 2, syntax newer than the running Python, or a plain mistake."""

from __future__ import annotations

import re
import sys

# What Python says, what the line looks like, and the words for it. Both must hold: `0777` may stand in a string.
_INVALID = ("invalid syntax", "expected ':'")
_PYTHON_2: tuple[tuple[tuple[str, ...], re.Pattern[str], str], ...] = (
    (("leading zeros",), re.compile(r"\b0[0-7]+\b"), "(an octal number such as 0777)"),
    (
        ("invalid decimal", "invalid hexadecimal"),
        re.compile(r"\b(?:\d+|0[xX]\w+)[lL]\b"),
        "(a long integer such as 10L)",
    ),
    (
        ("Function parameters", "Lambda expression", *_INVALID),
        re.compile(r"^\s*def\s+\w+\s*\((?:[^=()]*,)?\s*\(\s*\w|\blambda\b[^:]*\(\s*\w"),
        "(a tuple as a parameter)",
    ),
    (_INVALID, re.compile(r"(?<![\w.'\"])[uU][rR]['\"]"), "(a ur'' string)"),
    (_INVALID, re.compile(r"(?:^|[:;])\s*raise\s+[\w.\[\]]+\s*,"), "(raise Error, value)"),
    (_INVALID, re.compile(r"`[^`]+`"), "(backticks)"),
    (_INVALID, re.compile(r"[\w\])'\"]\s*<>\s*[-\w\[('\"]"), "(the <> operator)"),
    (_INVALID, re.compile(r"(?:^|[:;])\s*exec\s+[\w'\"]"), "(the exec statement)"),
    (
        _INVALID,
        re.compile(r"(?:^|[:;])\s*print\s+(?!in\b|if\b|and\b|or\b|is\b)[\w'\"]"),
        "(the print statement)",
    ),
)
_EXCEPT = re.compile(r"^\s*except\s*(?P<types>\(?.*?)\s*,\s*(?P<last>\w+|\([\w\s,]*\))\s*:")

_NEWER = (
    ((3, 14), re.compile(r"(?<![\w'\"])(?:[tT][rR]?|[rR][tT])(?=['\"])"), "template strings"),
    (
        (3, 13),
        re.compile(r"^\s*(?:async\s+def|def|class|type)\s+\w+\s*\[[^\]]*=(?!=)"),
        "defaults of type parameters",
    ),
    ((3, 12), re.compile(r"^\s*(?:async\s+def|def|class)\s+\w+\s*\["), "type parameters"),
    ((3, 12), re.compile(r"^\s*type\s+\w+\s*(?:\[.*\])?\s*=(?!=)"), "the type statement"),
    ((3, 11), re.compile(r"^\s*except\s*\*"), "except*"),
    ((3, 11), re.compile(r"\w\[\s*(?:[^\]]*,\s*)?\*\s*\w|\*\w+\s*:\s*\*"), "unpacking in a subscript"),
    ((3, 10), re.compile(r"^\s*(?:match|case)\b.*:\s*(?:#.*)?$"), "the match statement"),
)
_F_STRING = re.compile(r"(?<![\w])(?:[fF][rR]?|[rR][fF])['\"]")


def explain(error: SyntaxError, line: str, text: str) -> str:
    """What to tell the user of the error that Python met on ``line`` of ``text``."""
    said = error.msg or "invalid syntax"
    newer = _newer_syntax(said, line, text)
    if newer is not None:
        (major, minor), what = newer
        running = f"{sys.version_info[0]}.{sys.version_info[1]}"
        return (
            f"the file needs Python {major}.{minor} or newer ({what}); this is {running}: "
            f"run tx-upgrade under a newer Python"
        )
    old = _python_2_syntax(said, line)
    if old is not None:
        return f"Python 2 syntax {old}; convert it first (2to3)"
    if re.match(r"\s*(?:%{1,2}|!)\s*[A-Za-z]", line) and said == "invalid syntax":
        return "syntax error: an IPython command (% or !), which only runs in a notebook"
    if re.search(r"\b(?:async|await)\s*=(?!=)", line) and said.startswith("invalid syntax"):
        return "syntax error: async and await are keywords since Python 3.7 and cannot be names"
    column = f" (column {error.offset})" if error.offset and error.offset > 0 else ""
    return f"syntax error: {said}{column}"


def _python_2_syntax(said: str, line: str) -> str | None:
    called = re.match(r"Missing parentheses in call to '(print|exec)'", said)
    if called:
        return f"(the {called.group(1)} statement)"
    caught = _EXCEPT.match(line)
    if caught:
        return "(except Error, name)"
    for messages, sign, what in _PYTHON_2:
        if said.startswith(messages) and sign.search(line):
            return what
    return None


def _newer_syntax(said: str, line: str, text: str) -> tuple[tuple[int, int], str] | None:
    running = sys.version_info[:2]
    caught = _EXCEPT.match(line)
    if caught:
        # `except A, B:` is 3.14's, `except Error, e:` is Python 2's: classes begin with a capital.
        both = not caught["types"].startswith("(") and caught["last"][0].isupper() and len(caught["last"]) > 1
        return ((3, 14), "except without parentheses") if both and running < (3, 14) else None
    for version, sign, what in _NEWER:
        if running < version and sign.search(line):
            return version, what
    if running < (3, 12) and _F_STRING.search(line) and _parses_elsewhere(text):
        return (3, 12), "f-strings that hold quotes, comments or backslashes of their own"
    return None


def _parses_elsewhere(text: str) -> bool:
    """Whether a parser that knows the f-strings of 3.12 takes the file. Slow, and only asked about broken files."""
    try:
        import libcst

        libcst.parse_module(text)
    except Exception:
        return False
    return True
