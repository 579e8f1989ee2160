"""Rules that the API history proves: modules and names that went on elsewhere, written as packs of their own.

python -m tx_upgrade.rules.generate                  write generated.yaml into the folder of each pack
python -m tx_upgrade.rules.generate --wheels DIR     the same, after comparing the sources of new candidates
python -m tx_upgrade.rules.generate --check          change nothing; exit status 1 when a file is not current

The history sees that a definition with the same name, bases, members and signatures appears in the release that lacks
the old one. Only the wheels can tell whether its source is the same, too: what that comparison refuted is kept in
``rules/refuted-moves.txt``, so that the files can be checked without them. Names that a rule of a person answers are
left to that rule.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from packaging.version import Version

from ..model import LIBRARY

if TYPE_CHECKING:
    from ..history import History
    from .schema import Packs

FILE = "generated.yaml"
REFUTED = "refuted-moves.txt"
FIRST = "2.0"
SOURCE = "https://github.com/huggingface/transformers/compare/v{0}...v{1}"
_HEAD = """\
# Generated from the API history by `python -m tx_upgrade.rules.generate`: do not edit. Modules whose names are found
# together in a new module, and classes and functions whose source is the same in another place, from the first release
# that lacks the old name on.
from: "{0}"
to: "{1}"
generated: true
rules:
"""


@dataclass(frozen=True, slots=True, order=True)
class Row:
    """A module or name (``old``) that is ``new`` from the release ``since`` on, which is the first without the old."""

    since: str
    is_module: bool
    old: str
    new: str
    last: str


def candidates(history: History) -> list[Row]:
    """What the history suggests: each module and each definition that left one place and came to another."""
    from ..history.changes import public_names
    from ..history.moves import Moves

    moves = Moves(history)
    rows: list[Row] = []
    start = history.index_of(history.resolve_version(FIRST))
    for last, since in zip(history.versions[start:], history.versions[start + 1 :], strict=False):
        for path, kind, definition in public_names(history, last):
            if definition != path or history.exists(path, since):
                continue
            move = moves.step(path, last)
            if move is None or not (kind == "module" or move.evidence == "same definition"):
                continue
            if kind == "module" or not (_of_other_model(path, move.new) or _for_tests(move.new)):
                rows.append(Row(since, kind == "module", path, move.new, last))
    return rows


def _of_other_model(old: str, new: str) -> bool:
    """Two models may have helpers that are alike: that one went when the other came is no move."""
    left, right = old.split("."), new.split(".")
    return left[1] == right[1] == "models" and left[2] != right[2] and "deprecated" not in (left[2], right[2])


def _for_tests(name: str) -> bool:
    """The library's helpers for its own tests import what a program has no need of."""
    return name.split(".")[1] == "testing_utils"


def unanswered(rows: Iterable[Row], packs: Packs, history: History) -> list[Row]:
    """The rows of which no rule that a person wrote speaks."""
    from .probe import Probe
    from .schema import ReexportSelector

    written = packs._replace(rules=tuple(r for r in packs.rules if not r.generated))
    found: list[Row] = []
    by_step: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        by_step.setdefault((row.last, row.since), []).append(row)
    for (last, since), mine in by_step.items():
        outcomes = Probe(written, history, last, since).outcome([row.old for row in mine])
        for row, outcome in zip(mine, outcomes, strict=True):
            speaking = [
                r for r in (*outcome.rules, outcome.reporting) if r and not isinstance(r.selector, ReexportSelector)
            ]  # fmt: skip
            if not speaking:
                found.append(row)
    return found


def pack_texts(rows: Iterable[Row], pairs: Sequence[tuple[str, str]], history: History) -> dict[str, str]:
    """The text of each generated file, by the name of its folder."""
    texts: dict[str, str] = {}
    rows = sorted(rows, key=lambda r: (Version(r.since), r))
    for first, last in pairs:
        mine = [r for r in rows if Version(first) < Version(_minor(r.since)) <= Version(last)]
        if mine:
            body = []
            for minor in dict.fromkeys(_minor(r.since) for r in mine):
                of_minor = [r for r in mine if _minor(r.since) == minor]
                body += _rule(minor, [r for r in of_minor if r.is_module], "modules", history)
                body += _rule(minor, [r for r in of_minor if not r.is_module], "symbols", history)
            texts[f"{first}-to-{last}"] = _HEAD.format(first, last) + "\n".join(body) + "\n"
    return texts


def _minor(version: str) -> str:
    return ".".join(version.split(".")[:2])


def _rule(minor: str, rows: list[Row], selector: str, history: History) -> list[str]:
    if not rows:
        return []
    what = "Modules" if selector == "modules" else "Names"
    example = min(
        (_example(row, history) for row in rows), key=lambda pair: max(len(pair[0][0]), len(pair[1][0]))
    )
    lines = [
        f"  - id: {what.lower()}-moved-in-{minor.replace('.', '-')}",
        f"    title: {what} that are elsewhere from {minor} on",
        f'    broken: "{minor}"',
        f"    {selector}:",
        *(f"      {row.old}: {row.new}" for row in rows),
        "    safety: safe",
        f"    source: {SOURCE.format(rows[0].last, rows[0].since)}",
        f"    message: The {what.lower()[:-1]} moved; what it {'holds' if selector == 'modules' else 'is'} stayed the same.",
        "    examples:",
        "      - before: |",
        *(f"          {line}" for line in example[0]),
        "        after: |",
        *(f"          {line}" for line in example[1]),
        "      - same: |",
        *(f"          {line.replace('transformers', 'ours', 1)}" for line in example[0]),
    ]
    return [line.rstrip() for line in lines]


def _example(row: Row, history: History) -> tuple[list[str], list[str]]:
    before, after = row.old, row.new
    if row.is_module:
        names = history.names(row.old, row.last) & history.names(row.new, row.since)
        own = sorted(
            n for n in names
            if n[0].isalpha() and history.definition(f"{row.old}.{n}", row.last) == f"{row.old}.{n}"
            and history.kind(f"{row.old}.{n}", row.last) in ("class", "function")
        ) or sorted(names)  # fmt: skip
        shortest = min(own, key=len)
        before, after = f"{row.old}.{shortest}", f"{row.new}.{shortest}"
    return _import(before), _import(after)


def _import(name: str) -> list[str]:
    module, _, last = name.rpartition(".")
    return [f"from {module} import {last}", "", f"print({last})"]


def refuted(rows: Iterable[Row], wheels: Path) -> list[Row]:
    """The rows whose sources differ: the one name of a symbol's row, or of a module that has another name now most.

    A module whose file only changed its folder is the same though much in it was rewritten in that release.

    Raises:
        TxUpgradeError: a wheel is missing.
    """
    from .sources import Sources

    sources = Sources(wheels)
    found: list[Row] = []
    for row in rows:
        if row.is_module and row.old.rpartition(".")[2] == row.new.rpartition(".")[2]:
            continue
        if row.is_module:
            old, new = sources.definitions(row.last, row.old), sources.definitions(row.since, row.new)
            same = sum(1 for name, text in old.items() if new.get(name) == text)
            if 2 * same < len(old):
                found.append(row)
        else:
            (left, name), (right, other) = row.old.rsplit(".", 1), row.new.rsplit(".", 1)
            text = sources.definitions(row.last, left).get(name)
            if text is None or sources.definitions(row.since, right).get(other) != text:
                found.append(row)
    return found


def main(argv: list[str] | None = None) -> int:
    """Write or check the generated packs; gives the exit status."""
    from ..history import History
    from .packs import built_in, load_packs

    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument(
        "--check", action="store_true", help="change nothing; exit 1 when a file is not current"
    )
    parser.add_argument(
        "--wheels", type=Path, help="folder of the wheels of all releases, to compare sources"
    )
    options = parser.parse_args(argv)
    folder, history, packs = built_in(), History.load(), load_packs()
    rows = unanswered(candidates(history), packs, history)
    wanted: dict[Path, str] = {}
    if options.wheels is not None:
        wrong = [f"{row.since} {row.old} {row.new}" for row in refuted(rows, options.wheels)]
        wanted[folder / REFUTED] = "".join(f"{line}\n" for line in sorted(wrong))
    else:
        wrong = (folder / REFUTED).read_text(encoding="utf-8").splitlines()
    proven = [row for row in rows if f"{row.since} {row.old} {row.new}" not in set(wrong)]
    pairs = sorted(
        {rule.pack for rule in packs.rules if rule.library == LIBRARY}, key=lambda pair: Version(pair[0])
    )
    for name, text in pack_texts(proven, pairs, history).items():
        wanted[folder / name / FILE] = text
    stale = [p for p, text in wanted.items() if not p.exists() or p.read_text(encoding="utf-8") != text]
    surplus = [p for p in folder.rglob(FILE) if p not in wanted]
    for path in [*stale, *surplus]:
        print(f"{'not current' if options.check else 'written'}: {path}", file=sys.stderr)
    if options.check:
        return 1 if stale or surplus else 0
    for path in stale:
        path.write_text(wanted[path], encoding="utf-8", newline="\n")
    for path in surplus:
        path.unlink()
    print(f"{len(proven)} rows, {len(wrong)} refuted", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
