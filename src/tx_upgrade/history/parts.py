"""What the parts of the library's models are, read from a table that ``builder.parts`` writes."""

from __future__ import annotations

from functools import cache
from pathlib import Path

_TABLE = Path(__file__).parent / "data" / "parts.txt"


@cache
def _table() -> dict[tuple[str, str], str]:
    found: dict[tuple[str, str], str] = {}
    module = ""
    for line in _TABLE.read_text(encoding="utf-8").splitlines():
        cls, _, attributes = line.partition("\t")
        if attributes:
            found[module, cls] = attributes
        else:
            module = cls
    return found


@cache
def names_of_stacks() -> frozenset[str]:
    """The attributes under which models hold other models, encoders and decoders."""
    found = set()
    for attributes in _table().values():
        for entry in attributes.split():
            name, _, of = entry.partition("=")
            if of.endswith(("Model", "Encoder", "Decoder", "Stack", "Transformer")):
                found.add(name)
    return frozenset(found)


def part(definition: str, attribute: str) -> str | None:
    """The qualified name of the class that an attribute of a model's class holds; with ``[]`` for a list of layers."""
    path, _, cls = definition.rpartition(".")
    module = path.rpartition(".")[2]
    if not module.startswith("modeling_"):
        return None
    for entry in _table().get((module, cls), "").split():
        name, _, found = entry.partition("=")
        if name == attribute:
            return f"{path}.{found}"
    return None
