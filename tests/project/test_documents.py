from __future__ import annotations

import ast
import codecs
import sys
import warnings

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tx_upgrade.project import documents
from tx_upgrade.project.documents import DocumentError, encode, parse, read_document


@pytest.mark.parametrize(
    ("raw", "encoding", "text"),
    [
        pytest.param(b"x = 1\n", "utf-8", "x = 1\n", id="plain"),
        pytest.param("x = 'é'\n".encode(), "utf-8", "x = 'é'\n", id="utf-8 without a declaration"),
        pytest.param(b"# -*- coding: latin-1 -*-\nx = '\xe9'\n", "iso-8859-1", "# -*- coding: latin-1 -*-\nx = 'é'\n", id="latin-1"),
        pytest.param(b"#!/bin/x\n# vim: set fileencoding=cp1252 :\n'\x80'", "cp1252", "#!/bin/x\n# vim: set fileencoding=cp1252 :\n'€'", id="cp1252 in line 2"),
        pytest.param(b"#\r\n# coding: cp1252\r\n'\x80'\r\n", "cp1252", "#\r\n# coding: cp1252\r\n'€'\r\n", id="declared, CRLF"),
        pytest.param(b"#\r# coding: cp1252\r'\x80'\r", "cp1252", "#\r# coding: cp1252\r'€'\r", id="declared, CR"),
        pytest.param(b"#\n\n# coding: cp1252\n", "utf-8", "#\n\n# coding: cp1252\n", id="line 3 declares nothing"),
        pytest.param(b"#\r\r# coding: nonsense\r", "utf-8", "#\r\r# coding: nonsense\r", id="line 3 declares nothing, CR"),
        pytest.param(b"x = 1\n# coding: cp1252\n", "utf-8", "x = 1\n# coding: cp1252\n", id="code comes first"),
        pytest.param(b"coding = 'x: latin-1'\n", "utf-8", "coding = 'x: latin-1'\n", id="not a comment"),
        pytest.param(b"# coding: UTF-8\nx", "utf-8", "# coding: UTF-8\nx", id="utf-8 declared"),
        pytest.param(b"# coding: shift_jis\n'\x82\xa0'\n", "shift_jis", "# coding: shift_jis\n'あ'\n", id="shift_jis"),
        pytest.param(b"a\r\nb\nc\rd\x0c\ne", "utf-8", "a\r\nb\nc\rd\x0c\ne", id="mixed line ends, none at the end"),
        pytest.param(b"", "utf-8", "", id="empty"),
    ],
)  # fmt: skip
def test_reading_and_writing(raw: bytes, encoding: str, text: str) -> None:
    document = read_document("a.py", raw)
    assert (document.encoding, document.text, document.bom, document.raw) == (encoding, text, False, raw)
    assert encode(document, document.text) == raw


def test_byte_order_mark() -> None:
    raw = codecs.BOM_UTF8 + "# coding: utf-8\nx = 'é'".encode()
    document = read_document("a.py", raw)
    assert document.bom and document.encoding == "utf-8" and document.text.startswith("# coding")
    assert encode(document, document.text) == raw
    assert encode(document, "y\n") == codecs.BOM_UTF8 + b"y\n"


HEADS = st.sampled_from([b"", codecs.BOM_UTF8, b"# coding: latin-1\n", b"# coding: cp1252\r\n", b"# coding: utf-7\n",
                         b"# coding: gbk\n", b"# coding: iso2022_jp\n", b"# coding: unicode_escape\n"])  # fmt: skip
BODIES = st.binary(max_size=60) | st.text(max_size=40).map(lambda text: text.encode("utf-8", "surrogatepass"))


@settings(deadline=None)
@given(HEADS, BODIES)
def test_what_is_read_is_written_back(head: bytes, body: bytes) -> None:
    try:
        document = read_document("a.py", head + body)
    except DocumentError as error:
        assert error.line >= 1 and error.message and "\n" not in error.message
        return
    assert encode(document, document.text) == head + body


@settings(deadline=None)
@given(
    st.sampled_from(["# coding: latin-1\n", "#\n# coding: cp1252\n", "# coding: koi8-r\n", ""]),
    st.text(max_size=30),
)
def test_text_is_read_as_python_reads_it(head: str, body: str) -> None:
    text = head + body
    declared = read_document("a.py", head.encode()).encoding
    try:
        raw = text.encode(declared)
    except UnicodeEncodeError:
        return
    if b"\0" in raw or "coding" in body:
        return
    assert read_document("a.py", raw).text == text.removeprefix("\ufeff" if declared == "utf-8" else "")


@pytest.mark.parametrize(
    ("raw", "line", "message"),
    [
        (b"x\r\ny\0", 2, "the file has a null byte: this is not Python source"),
        ("x = 1".encode("utf-16"), 1, "the file is UTF-16, which Python does not read as source: save it as UTF-8"),
        (b"a\nb = '\xe9'\n", 2, "the file is not valid UTF-8 (byte 0xe9): save it as UTF-8, or declare its encoding as PEP 263 says"),
        (b"# coding: x\xe9\n", 1, "the file is not valid UTF-8: save it as UTF-8, or declare its encoding as PEP 263 says"),
        (b"#\n# coding: klingon\n", 2, "the file declares an encoding that Python does not know: 'klingon'"),
        (b"# coding: ascii\n\n'\xe9'", 3, "the file declares the encoding ascii but is not valid in it (byte 0xe9)"),
        (b"# coding: cp1252\n'\x81'", 2, "the file declares the encoding cp1252 but is not valid in it (byte 0x81)"),
        (codecs.BOM_UTF8 + b"# coding: latin-1\n", 1, "the file has a UTF-8 byte order mark but declares the encoding 'latin-1'"),
        (b"# coding: rot13\nx", 1, "the file cannot be decoded as rot13: 'rot13' is not a text encoding; use codecs.decode() to handle arbitrary codecs"),
        (b"# coding: utf-7\n'+AGE-'", 1, "decoding as utf-7 and encoding again changes bytes: save the file as UTF-8"),
    ],
)  # fmt: skip
def test_unreadable(raw: bytes, line: int, message: str) -> None:
    with pytest.raises(DocumentError) as caught:
        read_document("a.py", raw)
    assert (caught.value.line, caught.value.message) == (line, message)
    assert str(caught.value) == f"line {line}: {message}"


def test_too_large() -> None:
    with pytest.raises(DocumentError) as caught:
        read_document("a.py", b"#" * (50 * 1024 * 1024))
    assert caught.value.message == "the file is too large (50 MB; the limit is 10 MB)"
    assert read_document("a.py", b"#" * documents.SIZE_LIMIT).text[0] == "#"


def test_a_character_that_the_encoding_cannot_hold() -> None:
    document = read_document("a.py", b"# coding: latin-1\n")
    with pytest.raises(DocumentError) as caught:
        encode(document, "# coding: latin-1\r\n\r'€'\n")
    assert caught.value.line == 3
    assert caught.value.message == "'€' (U+20AC) cannot be written in the file's encoding, iso-8859-1"


def parse_text(text: str) -> ast.Module:
    return parse(read_document("a.py", text.encode()))


def problem(text: str) -> tuple[int, str]:
    with pytest.raises(DocumentError) as caught:
        parse_text(text)
    return caught.value.line, caught.value.message


def test_parse_gives_the_tree_and_no_warnings() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        tree = parse_text("x = '\\d'\nassert (x, 1)\nx is 1\n")
    assert isinstance(tree, ast.Module) and len(tree.body) == 3


PYTHON_2 = [
    ('\nprint "x"\n', 2, "(the print statement)"),
    ("if x:\n    print x, y\n", 2, "(the print statement)"),
    ("if x: print y\n", 1, "(the print statement)"),
    ("exec code in ns\n", 1, "(the exec statement)"),
    ("x = `a`\n", 1, "(backticks)"),
    ("x = ur'a'\n", 1, "(a ur'' string)"),
    ("if a <> b:\n    pass\n", 1, "(the <> operator)"),
    ("os.chmod(x, 0644)\n", 1, "(an octal number such as 0777)"),
    ("x = 10L\n", 1, "(a long integer such as 10L)"),
    ("x = 0xFFL\n", 1, "(a long integer such as 10L)"),
    ('raise Error, "x"\n', 1, "(raise Error, value)"),
    ('if x: raise Error, "x"\n', 1, "(raise Error, value)"),
    ("try:\n    pass\nexcept A, (b, c):\n    pass\n", 3, "(except Error, name)"),
    ("def f(a, (b, c)):\n    pass\n", 1, "(a tuple as a parameter)"),
    ("x = lambda (a, b): a\n", 1, "(a tuple as a parameter)"),
    ("try:\n    pass\nexcept (A, B), e:\n    pass\n", 3, "(except Error, name)"),
]


@pytest.mark.parametrize(("text", "line", "what"), PYTHON_2)
def test_python_2(text: str, line: int, what: str) -> None:
    assert problem(text) == (line, f"Python 2 syntax {what}; convert it first (2to3)")


@pytest.mark.skipif(sys.version_info >= (3, 14), reason="a syntax of 3.14 too")
def test_python_2_except() -> None:
    text = "try:\n    pass\nexcept os.error, e:\n    pass\n"
    assert problem(text) == (3, "Python 2 syntax (except Error, name); convert it first (2to3)")


NEWER = [
    ((3, 11), "try:\n    pass\nexcept* E:\n    pass\n", 3, "except*"),
    ((3, 11), "x: A[*Ts]\n", 1, "unpacking in a subscript"),
    ((3, 11), "def f(*args: *Ts): pass\n", 1, "unpacking in a subscript"),
    ((3, 12), "type X = int\n", 1, "the type statement"),
    ((3, 12), "type X[T] = list[T]\n", 1, "the type statement"),
    ((3, 12), "\nasync def f[T](x: T): pass\n", 2, "type parameters"),
    ((3, 12), "class A[T]: pass\n", 1, "type parameters"),
    (
        (3, 12),
        'x = 1\ny = f"{d["x"]}"\n',
        2,
        "f-strings that hold quotes, comments or backslashes of their own",
    ),
    (
        (3, 12),
        "y = f'{'\\n'.join(x)}'\n",
        1,
        "f-strings that hold quotes, comments or backslashes of their own",
    ),
    ((3, 12), 'y = f"{x!r:{"a"}}"\n', 1, "f-strings that hold quotes, comments or backslashes of their own"),
    ((3, 13), "class A[T = int]: pass\n", 1, "defaults of type parameters"),
    ((3, 14), 'x = t"a{b}"\n', 1, "template strings"),
    ((3, 14), "try:\n    pass\nexcept KeyError, ValueError:\n    pass\n", 3, "except without parentheses"),
]


@pytest.mark.parametrize(("version", "text", "line", "what"), NEWER)
def test_syntax_newer_than_the_running_python(
    version: tuple[int, int], text: str, line: int, what: str
) -> None:
    if sys.version_info >= version:
        assert parse_text(text).body
        return
    running = f"{sys.version_info[0]}.{sys.version_info[1]}"
    assert problem(text) == (
        line,
        f"the file needs Python {version[0]}.{version[1]} or newer ({what}); this is {running}: "
        "run tx-upgrade under a newer Python",
    )


@pytest.mark.parametrize(
    ("text", "line", "beginning"),
    [
        ("x = 1\ny = = 2\n", 2, "syntax error: invalid syntax (column 5)"),
        ("def f(:\n    pass\n", 1, "syntax error: "),
        ("if x:\ny = 1\n", 2, "syntax error: expected an indented block after 'if' statement on line 1 (column 1)"),
        ("x = 1\n\n\n(", 4, "syntax error: '(' was never closed"),
        ("x = 'abc\n", 1, "syntax error: unterminated string literal"),
        ("x = '0777 10L <> `a`\n", 1, "syntax error: unterminated string literal"),
        ('y = f"{a b}"\n', 1, "syntax error: "),
        ("import a\r%matplotlib inline\r", 2, "syntax error: an IPython command (% or !), which only runs in a notebook"),
        ("x = x.cuda(async=True)\n", 1, "syntax error: async and await are keywords since Python 3.7 and cannot be names"),
        ("!pip install transformers\n", 1, "syntax error: an IPython command (% or !), which only runs in a notebook"),
    ],
)  # fmt: skip
def test_plain_mistakes(text: str, line: int, beginning: str) -> None:
    found_line, message = problem(text)
    assert found_line == line
    assert message.startswith(beginning)


def test_code_that_is_nested_too_deeply() -> None:
    text = "x = " + "-" * 200_000 + "1\n"
    assert problem(text) == (1, "the code is nested too deeply for Python's own parser")


@pytest.mark.parametrize(
    "error", [RecursionError("deep"), MemoryError(), ValueError("odd"), OverflowError("odd")]
)
def test_other_errors_of_the_parser(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    def fail(*args: object, **kwargs: object) -> None:
        raise error

    monkeypatch.setattr(ast, "parse", fail)
    line, message = problem("x = 1\n")
    assert line == 1
    assert message in (
        "the code is nested too deeply for Python's own parser",
        "Python cannot parse the file: odd",
    )
