"""How the index spells what it knows.

A *timeline* is ``[release, value, release, value, …]``: from that release on the value holds, None for "gone".
Values of names: ``c`` class, ``f…`` function and its signature, ``F`` function without it, ``k`` constant, ``m`` submodule, ``=x.y`` the
library's own ``transformers.x.y``, ``^a.b`` something from outside. Values of a class's members: ``f…`` method,
``s…`` static method, ``C…`` class method, each with its signature, ``p`` property, ``a`` attribute, ``i`` attribute
that methods set on ``self``; the member ``""`` lists the bases, separated by commas.

As text a timeline is its segments joined by ``\\x1e``; a segment is one character for the release (a space: the first
release of the module or class it belongs to) and the value (``-``: gone). A line of a module in a shard is
``timeline TAB names`` for names that share it, ``\\x03class TAB timeline TAB codes`` followed by ``TAB member TAB timeline``,
``\\x01codes`` for lines that the dictionary has, or ``\\x05release`` where names follow from the library's own from a release
on (see ``derived``). Codes are single characters from ``FIRST_CODE`` on; within values they stand for whole parameters or
bases. All other text is ASCII.
"""

from __future__ import annotations

from tx_upgrade.history.signatures import LONG_DEFAULT, SEPARATOR

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Timeline = list[int | str | None]

LIBRARY = "transformers"

CLASS = "c"
FUNCTION = "f"
OPAQUE_FUNCTION = "F"
CONSTANT = "k"
SUBMODULE = "m"
REEXPORT = "="
EXTERNAL = "^"

MEMBER_METHOD = "f"
MEMBER_STATIC_METHOD = "s"
MEMBER_CLASS_METHOD = "C"
MEMBER_PROPERTY = "p"
MEMBER_ATTRIBUTE = "a"
MEMBER_INSTANCE = "i"
SIGNED = "fsC"

THIN = ("modular_", "convert_")
"""Beginnings of modules that no project imports (sources of generated code, scripts): only names of their own are kept."""

MODULE_MARK = "\x04"
CLASS_MARK = "\x03"
CODES_MARK = "\x01"
DERIVED_MARK = "\x05"
SEGMENT = "\x1e"
GONE = "-"
INHERITED = " "
OTHER_NAME = "#"
SHORT_LONG_DEFAULT = "\x02"

FIRST_RELEASE = 33
FIRST_CODE = 0x200
SURROGATES = 0xD800
SURROGATE_COUNT = 0x800


def is_thin(module: str) -> bool:
    """Whether a module's functions have no signatures here and its classes no members."""
    return module.rpartition(".")[2].startswith(THIN)


def value_at(timeline: Timeline, index: int) -> str | None:
    """The value that holds in a release."""
    for position in range(len(timeline) - 2, -1, -2):
        if timeline[position] <= index:  # type: ignore[operator]  # a start at each even place, a value behind it
            return timeline[position + 1]  # type: ignore[return-value]
    return None


def first_index(timeline: Timeline) -> int:
    """The release in which a timeline begins."""
    start = timeline[0]
    assert isinstance(start, int)
    return start


def code(number: int) -> str:
    """The character that stands for an entry of the dictionary."""
    point = FIRST_CODE + number
    return chr(point if point < SURROGATES else point + SURROGATE_COUNT)


def number_of(character: str) -> int:
    """The entry of the dictionary that a character stands for."""
    point = ord(character)
    return (point if point < SURROGATES else point - SURROGATE_COUNT) - FIRST_CODE


class Dictionary:
    """Texts that many entries share: ``tokens`` within values, ``lines`` for whole lines (coded after the tokens)."""

    __slots__ = ("_line_codes", "_token_codes", "lines", "tokens")

    def __init__(self, tokens: tuple[str, ...], lines: tuple[str, ...]) -> None:
        self.tokens = tokens
        self.lines = lines
        self._token_codes: dict[str, str] | None = None
        self._line_codes: dict[str, str] | None = None

    @property
    def token_codes(self) -> dict[str, str]:
        """The character of each token."""
        if self._token_codes is None:
            self._token_codes = {token: code(number) for number, token in enumerate(self.tokens)}
        return self._token_codes

    @property
    def line_codes(self) -> dict[str, str]:
        """The character of each line."""
        if self._line_codes is None:
            offset = len(self.tokens)
            self._line_codes = {line: code(number + offset) for number, line in enumerate(self.lines)}
        return self._line_codes

    def expand(self, codes: str) -> Iterator[str]:
        """The lines that a run of codes stands for."""
        offset = len(self.tokens)
        for character in codes:
            yield self.lines[number_of(character) - offset]

    def codes_of_lines(self, text: str) -> list[str]:
        """The codes of the shared lines that hold a text."""
        offset = len(self.tokens)
        return [code(number + offset) for number, line in enumerate(self.lines) if text in line]

    def parts(self, text: str, separator: str) -> list[str]:
        """What an encoded list of parameters or bases holds."""
        found: list[str] = []
        literal = ""
        for character in text:
            if ord(character) >= FIRST_CODE:
                found.append(self.tokens[number_of(character)])
            elif character == separator:
                found.append(literal)
                literal = ""
            else:
                literal += character
        return found

    def coded(self, parts: list[str], separator: str) -> str:
        """The reverse of ``parts``: a code for what the dictionary has, text and separator for the rest."""
        return "".join(self.token_codes.get(part) or part + separator for part in parts)


def derived(library: Timeline, package: str, since: int, existence: Timeline) -> Timeline:
    """What a package passes on under a name whose timeline in the library itself is ``library``.

    That is what leads into the package's own files, from the release ``since`` on and as long as the package exists.
    """
    start = f"{REEXPORT}{package.removeprefix(LIBRARY + '.')}."
    if not any(isinstance(value, str) and value.startswith(start) for value in library[1::2]):
        return []
    found: Timeline = []
    current: str | None = None
    bounds = {since, *library[::2], *existence[::2]}
    for release in sorted(bound for bound in bounds if isinstance(bound, int) and bound >= since):
        value = value_at(library, release)
        if value is not None and (not value.startswith(start) or value_at(existence, release) is None):
            value = None
        if value != current:
            found += [release, value]
            current = value
    return found


def decode_timeline(text: str, inherited: int | str | None, decode: Callable[[str], str]) -> Timeline:
    """The timeline that ``encode_timeline`` wrote, its values read by one of the decoders below."""
    found: Timeline = []
    for segment in text.split(SEGMENT):
        start = segment[0]
        found.append(inherited if start == INHERITED else ord(start) - FIRST_RELEASE)
        found.append(None if segment[1:] == GONE else decode(segment[1:]))
    return found


def encode_timeline(timeline: Timeline, inherited: int, encode: Callable[[str], str]) -> str:
    """A timeline as text; ``inherited`` is the first release of the module or class around it."""
    segments: list[str] = []
    for position in range(0, len(timeline), 2):
        start, value = timeline[position : position + 2]
        assert isinstance(start, int) and not isinstance(value, int)
        mark = INHERITED if not position and start == inherited else chr(FIRST_RELEASE + start)
        segments.append(mark + (GONE if value is None else encode(value)))
    return SEGMENT.join(segments)


def plain(value: str) -> str:
    """Reads and writes values as they are."""
    return value


def signature_parts(value: str) -> list[str]:
    """The parameters of a value that has a signature, as they are stored."""
    if value[0] not in SIGNED or len(value) == 1:
        return []
    text = value[1:].replace(LONG_DEFAULT, SHORT_LONG_DEFAULT)
    return text.encode("ascii", "backslashreplace").decode().split(SEPARATOR)


def base_parts(value: str) -> list[str]:
    """The bases in a value that lists them."""
    return value.split(",") if value else []


class Codec:
    """Writes and reads values with a dictionary."""

    __slots__ = ("dictionary",)

    def __init__(self, dictionary: Dictionary) -> None:
        self.dictionary = dictionary

    def encode_member(self, value: str) -> str:
        """A member's value with its parameters as codes."""
        parts = signature_parts(value)
        return value[0] + self.dictionary.coded(parts, SEPARATOR) if parts else value

    def decode_member(self, value: str) -> str:
        """The reverse of ``encode_member``."""
        if value[0] not in SIGNED or len(value) == 1:
            return value
        text = SEPARATOR.join(self.dictionary.parts(value[1:], SEPARATOR))
        return value[0] + text.replace(SHORT_LONG_DEFAULT, LONG_DEFAULT)

    def encode_bases(self, value: str) -> str:
        """A list of bases as codes."""
        return self.dictionary.coded(base_parts(value), ",")

    def decode_bases(self, value: str) -> str:
        """The reverse of ``encode_bases``."""
        return ",".join(self.dictionary.parts(value, ","))

    def encode_name(self, value: str, module: str, name: str) -> str:
        """The value of a module's name; targets lose the name itself and the module's own path."""
        if value[0] not in (REEXPORT, EXTERNAL):
            return self.encode_member(value)
        mark, target = value[0], value[1:]
        if target.endswith("." + name):
            target = target[: -len(name) - 1]
        else:
            target += OTHER_NAME
        package = module.removeprefix(LIBRARY + ".")
        if mark == REEXPORT and target.startswith(package + "."):
            target = target[len(package) :]
        return mark + target


def decode_target(value: str, module: str, name: str) -> str:
    """The reverse of ``encode_name`` for a re-export or something from outside."""
    mark, target = value[0], value[1:]
    if mark == REEXPORT and target.startswith("."):
        target = module.removeprefix(LIBRARY + ".") + target
    return mark + (target[:-1] if target.endswith(OTHER_NAME) else f"{target}.{name}")
