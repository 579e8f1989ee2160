"""Upgrade the programs of ``support/`` for a range of releases and run them, by hand: ``python tests/engine/run_support.py PYTHON…``.

Each PYTHON is an interpreter with some transformers and torch. The programs are written for the oldest of them; what they
print there has to be what the result of ``--support`` prints there and on every other one. ``-v`` shows the results.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from run_examples import version_of

from tx_upgrade.model import FileChange
from tx_upgrade.upgrade import Options, upgrade

PROGRAMS = Path(__file__).with_name("support")
_QUIET = {
    "HF_HUB_OFFLINE": "1", "CUDA_VISIBLE_DEVICES": "", "WANDB_DISABLED": "true", "TOKENIZERS_PARALLELISM": "false",
    "PYTHONWARNINGS": "ignore", "TRANSFORMERS_VERBOSITY": "error",
}  # fmt: skip


def run(python: str, program: Path) -> str:
    """What a program prints, or the last line of its traceback."""
    done = subprocess.run(
        [python, program.name],
        cwd=program.parent,
        env={**os.environ, **_QUIET},
        capture_output=True,
        text=True,
    )
    lines = [line for line in done.stdout.splitlines() if not line.startswith("{")]  # what the Trainer logs
    return "\n".join(lines if not done.returncode else [*lines, done.stderr.strip().splitlines()[-1]])


def changed(
    program: Path, oldest: str, newest: str, unsafe: bool
) -> tuple[tuple[FileChange, ...], list[str]]:
    """What the tool makes of a program for all releases between two, and the findings that are left."""
    options = Options(from_version=oldest, to_version=newest, support=f">={oldest}", unsafe=unsafe)
    result = upgrade([str(program)], options, warn=lambda _: None)
    left = [f"{f.line}: {f.rule}: {f.message}" for f in result.findings if f.status != "fixed"]
    return result.changes, left


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("python", nargs="+")
    parser.add_argument("-v", action="store_true")
    parser.add_argument("--only", default="")
    options = parser.parse_args(arguments)
    pythons = {version_of(python): python for python in options.python}
    oldest, newest = min(pythons), max(pythons)
    failed = 0
    for source in sorted(p for p in PROGRAMS.glob("*.py") if options.only in p.stem):
        with tempfile.TemporaryDirectory() as folder:
            program = Path(folder) / source.name
            program.write_bytes(source.read_bytes())
            wanted = run(pythons[oldest], program)
            changes, left = changed(program, str(oldest), str(newest), unsafe=True)
            for change in changes:
                Path(change.path).write_bytes(change.after)
            again, _ = changed(program, str(oldest), str(newest), unsafe=True)
            results = {version: run(pythons[version], program) for version in sorted(pythons)}
            if options.v:
                print(program.read_text(), *left, sep="\n")
        for version, result in results.items():
            same = result == wanted
            failed += not same
            print(
                f"{source.stem} on {version}: {'the same' if same else f'{result!r} instead of {wanted!r}'}"
            )
        if again:
            failed += 1
            print(f"{source.stem}: a second run changes it again")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
