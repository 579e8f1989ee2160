"""Signatures as one short text: how the index keeps them, and how readers get them back.

Parameters are joined by ``|``; ``/`` and ``*`` stand where Python's grammar has them, so
``a|/|b=1|*args|c|d=None|**kwargs`` is a signature with every kind of parameter.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Literal, NamedTuple

    ParameterKind = Literal[
        "positional_only", "positional_or_keyword", "var_positional", "keyword_only", "var_keyword"
    ]
else:
    from tx_upgrade.records import Record as NamedTuple

SEPARATOR = "|"
LONG_DEFAULT = "…"


class Parameter(NamedTuple):
    """One parameter; ``default`` is source text (``…`` when it is long), None when it is required."""

    name: str
    kind: ParameterKind
    default: str | None


class Signature(NamedTuple):
    """What a callable takes, without ``self`` or ``cls``."""

    parameters: tuple[Parameter, ...]

    @property
    def names(self) -> frozenset[str]:
        """Names that may be given as keywords."""
        return frozenset(
            p.name for p in self.parameters if p.kind in ("positional_or_keyword", "keyword_only")
        )

    @property
    def takes_any_keyword(self) -> bool:
        """Whether there is a ``**kwargs``."""
        return any(p.kind == "var_keyword" for p in self.parameters)

    @property
    def takes_any_positional(self) -> bool:
        """Whether there is a ``*args``."""
        return any(p.kind == "var_positional" for p in self.parameters)

    def parameter(self, name: str) -> Parameter | None:
        """The parameter of that name (``*args`` and ``**kwargs`` included), or None."""
        return next((p for p in self.parameters if p.name == name), None)

    def __str__(self) -> str:
        """The signature as Python writes it, in parentheses."""
        return "(" + ", ".join(encode_signature(self).split(SEPARATOR)) + ")" if self.parameters else "()"


def encode_signature(signature: Signature) -> str:
    """The text that the index keeps for a signature."""
    parts: list[str] = []
    previous: ParameterKind | None = None
    for parameter in signature.parameters:
        if previous == "positional_only" and parameter.kind != "positional_only":
            parts.append("/")
        if parameter.kind == "keyword_only" and previous not in ("keyword_only", "var_positional"):
            parts.append("*")
        text = {"var_positional": "*", "var_keyword": "**"}.get(parameter.kind, "") + parameter.name
        parts.append(text if parameter.default is None else f"{text}={parameter.default}")
        previous = parameter.kind
    if previous == "positional_only":
        parts.append("/")
    return SEPARATOR.join(parts)


def decode_signature(text: str) -> Signature:
    """The signature that ``encode_signature`` wrote as ``text``; one object for each text."""
    found = _decoded.get(text)
    if found is None:
        found = _decoded[text] = _decode(text)
    return found


_decoded: dict[str, Signature] = {}


def _decode(text: str) -> Signature:
    if not text:
        return Signature(())
    parts = text.split(SEPARATOR)
    marker = parts.index("/") if "/" in parts else 0
    kind: ParameterKind = "positional_only" if marker else "positional_or_keyword"
    found: list[Parameter] = []
    for part in parts:
        if part == "/":
            kind = "positional_or_keyword"
        elif part == "*":
            kind = "keyword_only"
        elif part.startswith("**"):
            found.append(Parameter(part[2:], "var_keyword", None))
        elif part.startswith("*"):
            found.append(Parameter(part[1:], "var_positional", None))
            kind = "keyword_only"
        else:
            name, equals, default = part.partition("=")
            found.append(Parameter(name, kind, default if equals else None))
    return Signature(tuple(found))
