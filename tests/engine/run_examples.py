"""Run the examples that are marked ``runnable`` on real releases, by hand: ``python tests/engine/run_examples.py PYTHON…``.

Each PYTHON is an interpreter with some transformers and torch. What stands in ``before`` runs on the newest of them that
is older than the break, what stands in ``after`` on the oldest that is not; both must run, print the same, and leave the
same plain values in the variables that both have. ``--rule ID`` (a prefix) picks rules, ``--all`` also takes examples
that are not marked. ``--support`` asks another question: what does the rule make of ``before`` for a range that begins
with the oldest release? That has to run there and on the newest one, and to give what ``before`` gave there.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from packaging.version import Version

from tx_upgrade.history import History
from tx_upgrade.matching.both_sides import BothSides, guarded
from tx_upgrade.matching.file import match_file
from tx_upgrade.model import LIBRARY, SHIM_MODULE
from tx_upgrade.rules.check import last_version
from tx_upgrade.rules.packs import load_packs
from tx_upgrade.rules.plan import Plan
from tx_upgrade.rules.probe import engine_for
from tx_upgrade.rules.schema import Packs, Rule
from tx_upgrade.rules.support import OldSide, read_support
from tx_upgrade.shim.generate import generate

RUNNER = Path(__file__).with_name("example_runner.py")


class Side(NamedTuple):
    """One text of an example, and the interpreter that it runs on."""

    version: Version
    text: str
    shim: str | None


class Pair(NamedTuple):
    """An example with both of its sides."""

    name: str
    old: Side
    new: Side


def version_of(python: str) -> Version:
    """The release of transformers that an interpreter has."""
    code = "from importlib.metadata import version; print(version('transformers'))"
    found = subprocess.run([python, "-c", code], capture_output=True, text=True, check=True)
    return Version(found.stdout.strip())


def pairs(packs: Packs, versions: list[Version], prefix: str, unmarked: bool) -> Iterator[Pair]:
    """The examples that can be run with these releases."""
    history = History.load()
    for rule in packs.rules:
        if not rule.id.startswith(prefix) or rule.broken is None or rule.library != LIBRARY:
            continue
        start, broken = Version(rule.pack[0]), Version(rule.broken)
        older = [v for v in versions if start <= v < broken]
        newer = [v for v in versions if v >= broken]
        if not older or not newer:
            continue
        for number, example in enumerate(rule.examples, 1):
            if example.before is None or example.after is None or not (example.runnable or unmarked):
                continue
            old = Side(older[-1], example.before, None)
            new = Side(newer[0], example.after, _shim(packs, rule, example.after, history))
            yield Pair(f"{rule.id} {number}", old, new)


def supported(packs: Packs, versions: list[Version], prefix: str, unmarked: bool) -> Iterator[Pair]:
    """The examples as ``--support`` leaves them, on the older release and on the newest."""
    history = History.load()
    for rule in packs.rules:
        if not rule.id.startswith(prefix) or rule.broken is None or rule.library != LIBRARY:
            continue
        older = [v for v in versions if v < Version(rule.broken)][:1]
        for number, example in enumerate(rule.examples, 1):
            if not older or versions[-1] < Version(rule.broken):
                break
            if example.before is None or example.after is None or not (example.runnable or unmarked):
                continue
            made = _for_both(packs, rule, example.before, history, str(older[-1]))
            if made is None:
                continue
            before = Side(older[-1], example.before, None)
            for version in (older[-1], versions[-1]):
                yield Pair(f"{rule.id} {number} on {version}", before, Side(version, *made))


def _for_both(
    packs: Packs, rule: Rule, text: str, history: History, oldest: str
) -> tuple[str, str | None] | None:
    """An example upgraded for a range, and the compatibility module; None where the rule leaves it as it is."""
    support = read_support(f">={oldest}", history)
    plan = Plan(Packs((rule,), packs.shims), support.oldest, support.newest)
    plan.residuals = frozenset()
    engine, module = engine_for(plan, text, history, unsafe=True)
    engine.both = BothSides(OldSide(history, plan.shims, support, support.newest))
    outcome = match_file(engine, module)
    if outcome.text is None:
        return None
    entries = {**plan.shims, **{e.name: e for e in outcome.shim_entries}}
    entries = {name: guarded(entry, support.oldest) for name, entry in entries.items()}
    return outcome.text, generate(outcome.shim_names, entries) if outcome.shim_names else None


def _shim(packs: Packs, rule: Rule, text: str, history: History) -> str | None:
    """The compatibility module for an example that imports from it."""
    if SHIM_MODULE not in text:
        return None
    plan = Plan(packs, history.resolve_version(rule.pack[0]), last_version(rule, history))
    names = [name for name in plan.shims if name in text]
    return generate(names, plan.shims)


def run(python: str, sides: list[Side]) -> list[dict[str, Any]]:
    """What each text prints and leaves behind, all run in one process."""
    with tempfile.TemporaryDirectory() as folder:
        request, answer = Path(folder) / "request.json", Path(folder) / "answer.json"
        request.write_text(json.dumps([{"text": s.text, "shim": s.shim} for s in sides]), encoding="utf-8")
        command = [python, str(RUNNER), str(request), str(answer)]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode:
            sys.exit(f"{python}: {done.stderr.strip().splitlines()[-1]}")
        results: list[dict[str, Any]] = json.loads(answer.read_text(encoding="utf-8"))
    return results


def difference(old: dict[str, Any], new: dict[str, Any]) -> str | None:
    """What the two sides of an example do not have in common."""
    for name, side in (("before", old), ("after", new)):
        if side["error"]:
            return f"{name} does not run: {side['error'].splitlines()[0]}"
    if old["printed"] != new["printed"]:
        return f"prints {new['printed']!r} instead of {old['printed']!r}"
    for name in sorted(old["values"].keys() & new["values"].keys()):
        if old["values"][name] != new["values"][name]:
            return f"{name} is {new['values'][name]!r} instead of {old['values'][name]!r}"
    return None


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("python", nargs="+")
    parser.add_argument("--rule", default="")
    parser.add_argument("--all", action="store_true")
    parser.add_argument("--support", action="store_true")
    options = parser.parse_args(arguments)
    pythons = {version_of(python): python for python in options.python}
    select = supported if options.support else pairs
    chosen = list(select(load_packs(()), sorted(pythons), options.rule, options.all))
    sides = list(dict.fromkeys(side for pair in chosen for side in (pair.old, pair.new)))
    results: dict[Side, dict[str, Any]] = {}
    for version, python in pythons.items():
        mine = [side for side in sides if side.version == version]
        results.update(zip(mine, run(python, mine) if mine else [], strict=True))
    failed = 0
    for pair in chosen:
        problem = difference(results[pair.old], results[pair.new])
        failed += problem is not None
        print(f"{pair.name} ({pair.old.version} -> {pair.new.version}): {problem or 'the same'}")
    print(f"{len(chosen)} examples, {failed} differ")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
