"""``python -m tx_upgrade.history.build WHEELS_DIR``: make the index from published wheels.

An index that is there already is only extended by newer releases; ``--full`` makes it anew.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from tx_upgrade.history.builder.extract import EXTRACTION
from tx_upgrade.history.builder.inside_index import extend_inside
from tx_upgrade.history.builder.layout import write_index
from tx_upgrade.history.builder.merge import Merged
from tx_upgrade.history.builder.needs import write_stack
from tx_upgrade.history.builder.wheels import FactsCache, find_wheels, read_release
from tx_upgrade.history.inside import INSIDE, Inside
from tx_upgrade.history.reader import INDEX, History
from tx_upgrade.history.stack import STACK
from tx_upgrade.history.store import StoredIndex
from tx_upgrade.model import TxUpgradeError


def build(wheels: Path, output: Path, *, full: bool, cache: Path | None) -> list[str]:
    """Write the index and give the versions that were added.

    Raises TxUpgradeError when a wheel is missing or older than what the index ends with.
    """
    found = find_wheels(wheels)
    merged = Merged() if full or not output.exists() else Merged.read(output)
    known = {version.rpartition(".")[0] for version in merged.versions}
    added = [version for version in found if version.rpartition(".")[0] not in known]
    if merged.versions and added:
        newest = _key(merged.versions[-1])
        older = [version for version in added if _key(version) < newest]
        if older:
            raise TxUpgradeError(f"{', '.join(older)}: older than the index; build it anew with --full")
        if StoredIndex(output).extraction != EXTRACTION:
            raise TxUpgradeError(f"{output}: was extracted in another way; build it anew with --full")
    facts = FactsCache(cache)
    for version in added:
        start = time.monotonic()
        merged.add(read_release(version, found[version], facts))
        print(f"{version}: {time.monotonic() - start:.1f} s", file=sys.stderr)
    if added:
        output.parent.mkdir(parents=True, exist_ok=True)
        write_index(merged, output)
        write_inside(output, found, full=full)
    stack = output.with_name(STACK.name)
    if added or not stack.exists():
        write_stack(stack, found, full=full)
    return added


def write_inside(output: Path, wheels: dict[str, Path], *, full: bool) -> None:
    """Write what goes on inside of the releases beside their index; only new ones are read unless ``full``."""
    file = output.with_name(INSIDE.name)
    inside = Inside() if full or not file.exists() else Inside.load(file)
    extend_inside(inside, History(StoredIndex(output)), wheels)
    file.write_bytes(inside.dump())


def _key(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))


def main(arguments: list[str] | None = None) -> int:
    """The command line: 0 when the index is up to date, 2 when it cannot be made."""
    parser = argparse.ArgumentParser(prog="python -m tx_upgrade.history.build", description=__doc__)
    parser.add_argument("wheels", type=Path, help="folder with transformers-X.Y.Z-….whl files")
    parser.add_argument("--output", type=Path, default=Path(INDEX))
    parser.add_argument("--full", action="store_true", help="read every wheel again")
    parser.add_argument(
        "--inside", action="store_true", help="only read again what goes on inside of the releases"
    )
    parser.add_argument("--stack", action="store_true", help="only read again what the releases need")
    parser.add_argument("--cache", type=Path, help="folder for the facts of files that were parsed")
    options = parser.parse_args(arguments)
    try:
        if options.inside:
            write_inside(options.output, find_wheels(options.wheels), full=True)
            return 0
        if options.stack:
            write_stack(options.output.with_name(STACK.name), find_wheels(options.wheels))
            return 0
        added = build(options.wheels, options.output, full=options.full, cache=options.cache)
    except TxUpgradeError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    size = options.output.stat().st_size
    print(f"{len(added)} releases added; {options.output.name} has {size:,} bytes", file=sys.stderr)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
