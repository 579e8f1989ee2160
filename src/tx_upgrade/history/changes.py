"""What changed between two releases: names and modules that went, came or moved, and signatures."""

from __future__ import annotations

from collections.abc import Iterator
from keyword import iskeyword
from typing import TYPE_CHECKING, NamedTuple

from tx_upgrade.history.difference import SignatureChange, difference
from tx_upgrade.history.moves import Moves

if TYPE_CHECKING:
    from tx_upgrade.history.reader import History, Kind


class Gone(NamedTuple):
    """A module or name that the newer release lacks; ``moved_to`` is where the history proves it went."""

    name: str
    kind: Kind
    moved_to: str | None


class New(NamedTuple):
    """A module or name that only the newer release has."""

    name: str
    kind: Kind


class Changes(NamedTuple):
    """All that differs between two releases; public names only, each definition once under its shortest path."""

    from_version: str
    to_version: str
    gone: tuple[Gone, ...]
    new: tuple[New, ...]
    signatures: tuple[SignatureChange, ...]
    paths: tuple[Gone, ...]
    """Further paths that went: names that a module only imported and no longer passes on."""


def is_public(name: str) -> bool:
    """Whether no part of a dotted name begins with an underscore, or is a word that no code can write there.

    A few releases of 2.x and 3.0 shipped a module called ``try``.
    """
    return not any(part.startswith("_") or iskeyword(part) for part in name.split("."))


def public_names(history: History, version: str) -> Iterator[tuple[str, Kind, str]]:
    """Every public path of a release below its modules, with kind and definition; not what comes from outside.

    Modules are given once, under their own name.
    """
    for module in history.modules(version):
        if not is_public(module):
            continue
        yield module, "module", module
        for name in history.names(module, version):
            path = f"{module}.{name}"
            if name.startswith("_") or history.is_module(path, version):
                continue
            kind, definition = history.kind(path, version), history.definition(path, version)
            if kind is not None and definition is not None and kind not in ("external", "module"):
                yield path, kind, definition


def compare(history: History, from_version: str, to_version: str) -> Changes:
    """What changed between two releases (full versions).

    Raises:
        TxUpgradeError: a version is not known.
    """
    moves = Moves(history)
    gone: dict[str, Gone] = {}
    paths: dict[str, Gone] = {}
    signatures: dict[str, SignatureChange] = {}
    for path, kind, definition in public_names(history, from_version):
        if not history.exists(path, to_version):
            owns = definition == path
            shown = history.public_path(path, from_version) if owns and kind != "module" else path
            if owns and not history.exists(shown, to_version):
                gone[shown] = Gone(shown, kind, moves.destination(shown, from_version, to_version))
            else:
                paths[path] = Gone(path, kind, moves.destination(path, from_version, to_version))
        elif definition == path and kind in ("class", "function"):
            for change in _signatures(history, path, kind, from_version, to_version):
                signatures[change.name] = change
    for moved in [g for g in gone.values() if g.moved_to is not None and g.kind in ("class", "function")]:
        assert moved.moved_to is not None
        found = signature_change(history, moved.name, from_version, moved.moved_to, to_version)
        if found is not None:
            signatures[found.name] = found
    destinations = {g.moved_to for g in (*gone.values(), *paths.values())}
    new: dict[str, New] = {}
    for path, kind, definition in public_names(history, to_version):
        if definition != path or history.exists(path, from_version):
            continue
        shown = path if kind == "module" else history.public_path(path, to_version)
        if not {path, shown} & destinations and not history.exists(shown, from_version):
            new[shown] = New(shown, kind)
    return Changes(
        from_version,
        to_version,
        tuple(gone[name] for name in sorted(gone)),
        tuple(new[name] for name in sorted(new)),
        tuple(signatures[name] for name in sorted(signatures)),
        tuple(paths[name] for name in sorted(paths)),
    )


def _signatures(
    history: History, path: str, kind: Kind, from_version: str, to_version: str
) -> Iterator[SignatureChange]:
    """The changes of a function, or of a class's constructor and the public methods that it defines itself."""
    shown = history.public_path(path, from_version)
    if not history.exists(shown, to_version):
        shown = path
    change = signature_change(history, shown, from_version, shown, to_version)
    if change is not None:
        yield change
    if kind != "class" or history.kind(shown, to_version) != "class":
        return
    for member in sorted(history.own_members(path, from_version)):
        if not member.startswith("_"):
            name = f"{shown}.{member}"
            if (found := signature_change(history, name, from_version, name, to_version)) is not None:
                yield found


def signature_change(
    history: History, old: str, from_version: str, new: str, to_version: str
) -> SignatureChange | None:
    """How the parameters of ``new`` differ from those of ``old``; None where they do not or are not known."""
    before, after = history.signature(old, from_version), history.signature(new, to_version)
    if before is None or after is None or before == after:
        return None
    return difference(old, before, after)
