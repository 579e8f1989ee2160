"""What left the library between releases, and what a run says about it: each name is put to the engine itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from typing import TYPE_CHECKING, Literal, NamedTuple

from packaging.version import Version

from ..model import LIBRARY

if TYPE_CHECKING:
    from ..history import History
    from .schema import Packs, Rule

Kind = Literal["module", "name", "parameter", "method", "method parameter", "attribute"]
Answer = Literal["rule", "generated", "residual", "swallowed", "kwargs", "nothing"]

KINDS: tuple[Kind, ...] = ("module", "name", "parameter", "method", "method parameter", "attribute")
PROMISED: tuple[Kind, ...] = ("module", "name", "parameter", "method")
"""Kinds of which nothing may stay without an answer."""
FIRST = "2.0"


class Gone(NamedTuple):
    """Something public that a release has and the next one lacks, and code that uses it.

    ``open_ended``: a parameter of something that takes any keyword in the newer release.
    """

    kind: Kind
    name: str
    code: str
    open_ended: bool = False


class Answered(NamedTuple):
    """What the engine says of it: the rule's id (a reserved one for residuals), if it says anything."""

    gone: Gone
    by: Answer
    rule: str | None


class Step(NamedTuple):
    """Two neighbouring releases."""

    last: str
    since: str
    answers: tuple[Answered, ...]

    def tally(self, kind: Kind) -> Counter[Answer]:
        """How many of a kind each sort of answer has."""
        return Counter(a.by for a in self.answers if a.gone.kind == kind)


def steps(history: History) -> list[tuple[str, str]]:
    """The neighbouring releases that rules speak of."""
    versions = history.versions[history.index_of(history.resolve_version(FIRST)) :]
    return list(pairwise(versions))


def cover(packs: Packs, history: History, last: str, since: str) -> Step:
    """Put all that went between two releases to the engine."""
    from .plan import RESERVED
    from .probe import Probe

    rules: dict[str, Rule] = {rule.id: rule for rule in packs.rules}
    gone = list(_gone(history, last, since))
    probe = Probe(packs, history, last, since)
    answers: list[Answered] = []
    # apart: a keyword that the code passes anywhere lets an attribute of a configuration be there
    gone = [g for g in gone if "parameter" in g.kind] + [g for g in gone if "parameter" not in g.kind]
    parameters = [g.code for g in gone if "parameter" in g.kind]
    found = probe.findings(parameters) + probe.findings([g.code for g in gone[len(parameters) :]])
    for item, finding in zip(gone, found, strict=True):
        by: Answer
        if finding is None:
            by = "kwargs" if item.open_ended else "nothing"
        elif finding.rule in RESERVED or finding.rule not in rules:
            by = "swallowed" if item.open_ended else "residual"
        else:
            by = "generated" if rules[finding.rule].generated else "rule"
        answers.append(Answered(item, by, finding.rule if finding is not None else None))
    return Step(last, since, tuple(answers))


def pack_of(step: tuple[str, str], packs: Packs) -> tuple[str, str] | None:
    """The pack pair that a step belongs to."""
    minor = Version(".".join(step[1].split(".")[:2]))
    for pair in dict.fromkeys(r.pack for r in packs.rules if r.library == LIBRARY):
        if Version(pair[0]) < minor <= Version(pair[1]):
            return pair
    return None


def _gone(history: History, last: str, since: str) -> Iterator[Gone]:
    from ..history.changes import public_names

    for number, (path, kind, definition) in enumerate(public_names(history, last), 1):
        module, _, name = path.rpartition(".")
        if kind == "module":
            if not history.is_module(path, since):
                yield Gone("module", path, f"import {path} as x{number}")
        elif not history.exists(path, since):
            yield Gone("name", path, f"from {module} import {name} as x{number}")
        elif definition == path and kind in ("class", "function"):
            importing = f"from {module} import {name} as x{number}\n"
            yield from _parameters(history, "parameter", path, last, since, importing, f"x{number}")
            if kind == "class" and history.kind(path, since) == "class":
                yield from _members(history, path, last, since, importing, number)


def _parameters(
    history: History, kind: Kind, path: str, last: str, since: str, before: str, callee: str
) -> Iterator[Gone]:
    old, new = history.signature(path, last), history.signature(path, since)
    if old is None or new is None:
        return
    for parameter in sorted(old.names - new.names):
        if not parameter.startswith("_"):
            code = f"{before}{callee}({parameter}=print)"
            yield Gone(kind, f"{path}({parameter})", code, new.takes_any_keyword)


def _is_settled(history: History, path: str, member: str, since: str) -> bool:
    """Whether a class that lacks a member cannot have it by other ways than those that every object of its kind has."""
    from ..analysis.membership import SERVES_DATA
    from ..history.inside import Inside

    if not history.is_open(path, since):
        return True
    if not any(history.is_subclass(path, base, since) for base in SERVES_DATA):
        return False
    inside, number = Inside.load(), history.index_of(since)
    return not any(inside.maps(definition, member, number) for definition in history.mro(path, since))


def _members(
    history: History, path: str, last: str, since: str, importing: str, number: int
) -> Iterator[Gone]:
    receiver = f"{importing}def f{number}(o: x{number}): o"
    for member in sorted(history.own_members(path, last)):
        name = f"{path}.{member}"
        if member.startswith("_"):
            continue
        is_method = history.kind(name, last) == "function"
        if history.exists(name, since):
            if is_method:
                start, _, end = receiver.rpartition(" ")
                yield from _parameters(
                    history, "method parameter", name, last, since, f"{start} ", f"{end}.{member}"
                )
        elif _is_settled(history, path, member, since):
            yield Gone(
                "method" if is_method else "attribute",
                name,
                f"{receiver}.{member}{'()' if is_method else ''}",
            )
