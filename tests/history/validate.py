"""Hold the index against really imported releases, by hand: ``python tests/history/validate.py PYTHON…``.

Each PYTHON is an interpreter with some transformers and torch; ``-v`` lists every difference.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from tx_upgrade.history import History

SAMPLE = 1000
MODULES = 200
DUNDERS = {
    "__name__",
    "__file__",
    "__doc__",
    "__path__",
    "__spec__",
    "__loader__",
    "__package__",
    "__builtins__",
}


def probe(python: str, request: dict[str, Any]) -> dict[str, Any]:
    """What the imported library answers."""
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder) / "answer.json"
        subprocess.run(
            [python, str(Path(__file__).with_name("probe.py"))],
            input=json.dumps({**request, "output": str(output)}),
            text=True,
            check=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        answer: dict[str, Any] = json.loads(output.read_text())
        return answer


def version_of(python: str) -> str:
    """The release that an interpreter has."""
    code = "from importlib.metadata import version; print(version('transformers'))"
    return subprocess.run([python, "-c", code], capture_output=True, text=True, check=True).stdout.strip()


def callables(history: History, version: str, modules: list[str]) -> list[str]:
    """``module:qualname`` of functions, classes and methods that the library defines."""
    found: list[str] = []
    for module in modules:
        for name in sorted(history.names(module, version)):
            path = f"{module}.{name}"
            if history.definition(path, version) != path:
                continue
            kind = history.kind(path, version)
            if kind in ("class", "function"):
                found.append(f"{module}:{name}")
            if kind == "class":
                methods = (m for m in history.members(path, version) if not m.startswith("__"))
                found.extend(
                    f"{module}:{name}.{member}"
                    for member in sorted(methods)
                    if history.kind(f"{path}.{member}", version) == "function"
                )
    return found


def validate(history: History, python: str, verbose: bool) -> None:
    """Print what was measured for one interpreter."""
    version = version_of(python)
    draw = random.Random(version)
    claimed = set(history.names("transformers", version))
    every = sorted(
        module
        for module in history.modules(version)
        if not any(part.startswith(("convert_", "dummy_", "__main__")) for part in module.split("."))
    )
    library = [m for m in every if "_tf_" not in m and "_flax_" not in m and "modular_" not in m]
    modules = sorted(draw.sample([m for m in library if m != "transformers"], MODULES))
    pool = callables(history, version, library)
    chosen = draw.sample(pool, min(len(pool), SAMPLE * 6 // 5))
    request = {
        # Names of other releases too: 5.x serves some that no list of its own has.
        "names": sorted({n for v in history.versions for n in history.names("transformers", v)}),
        "modules": modules,
        "asked": {m: sorted(history.names(m, version)) for m in modules},
        "callables": chosen,
        "definitions": {
            f"{module}.{name}": history.definition(f"{module}.{name}", version)
            for module in ["transformers", *modules]
            for name in history.names(module, version)
        },
    }
    answer = probe(python, request)
    print(f"== {version}")
    _top(history, version, claimed, answer["top"], verbose)
    _modules(history, version, answer["modules"], verbose)
    _signatures(history, version, answer["signatures"], verbose)


def _top(history: History, version: str, claimed: set[str], top: dict[str, str], verbose: bool) -> None:
    real = {n for n, what in top.items() if what.split(" ")[0] in ("module", "class", "function", "other")}
    real = {n for n in real if (not n.startswith("_") or n in claimed) and "." not in n}
    undecided = {
        n for n in claimed - real if _undecided(history, version, f"transformers.{n}", top.get(n, ""))
    }
    wrong = claimed - real - undecided
    missing = real - claimed
    right = len(real & claimed)
    moved = {}
    for name in real & claimed:
        what, _, path = top[name].partition(" ")
        if what in ("class", "function", "module"):
            known = history.definition(f"transformers.{name}", version)
            if path.startswith("transformers") and "<" not in path and known != path:
                moved[name] = (path, known)
    print(
        f"top level: {len(real)} names, precision {right / (right + len(wrong)):.4f}, "
        f"recall {right / len(real):.4f}, not decidable here {len(undecided)}, "
        f"definition differs {len(moved)}"
    )
    if verbose:
        print("  claimed but not there:", {n: top[n] for n in sorted(wrong)})
        print("  there but not claimed:", {n: top[n] for n in sorted(missing)})
        print("  definitions:", moved)


def _undecided(history: History, version: str, name: str, what: str) -> bool:
    """Whether this installation cannot tell: a package is missing that the name needs."""
    if what == "dummy" or history.kind(name, version) == "external":
        return True
    cause = what.rpartition(" | ")[2]
    return cause in ("importable module", "defined", "conditional") or cause.startswith("not importable")


def _modules(history: History, version: str, modules: dict[str, Any], verbose: bool) -> None:
    right = wrong = missed = read = 0
    for module, names in modules.items():
        if isinstance(names, str):
            if verbose:
                print(f"  not imported: {module}: {names[:150]}")
            continue
        read += 1
        real = {
            n for n, what in names.items() if not what.startswith(("missing", "error", "dummy"))
        } - DUNDERS
        claimed = set(history.names(module, version))
        submodules = {n for n in claimed | real if history.kind(f"{module}.{n}", version) == "module"}
        claimed, real = claimed - submodules, real - submodules
        real = {n for n in real if not n.startswith("__") or n in claimed}
        gone = {
            n for n in claimed - real if not _undecided(history, version, f"{module}.{n}", names.get(n, ""))
        }
        right += len(claimed & real)
        wrong += len(gone)
        missed += len(real - claimed)
        if verbose and (gone or real - claimed):
            print(f"  {module}: claimed {sorted(gone)}, not claimed {sorted(real - claimed)}")
    print(
        f"names of {read} modules: {right + missed}, precision {right / (right + wrong):.4f}, "
        f"recall {right / (right + missed):.4f}"
    )


def _signatures(history: History, version: str, signatures: dict[str, Any], verbose: bool) -> None:
    compared = equal = unknown = 0
    for path, real in signatures.items():
        if real is None or compared == SAMPLE:
            continue
        compared += 1
        module, _, name = path.partition(":")
        found = history.signature(f"{module}.{name}", version)
        mine = None if found is None else [[p.name, p.kind] for p in found.parameters]
        if mine == real:
            equal += 1
        else:
            unknown += found is None
            if verbose:
                print(f"  {path}: real {_show(real)} known {None if mine is None else _show(mine)}")
    print(f"signatures: {compared} compared, {equal} equal, {unknown} of the others unknown to the index")


def _show(parameters: list[list[str]]) -> str:
    mark = {"var_positional": "*", "var_keyword": "**", "keyword_only": "!", "positional_only": "/"}
    return ", ".join(mark.get(kind, "") + name for name, kind in parameters)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pythons", nargs="+")
    parser.add_argument("--index", type=Path, help="another index than the shipped one")
    parser.add_argument("-v", "--verbose", action="store_true")
    options = parser.parse_args()
    for python in options.pythons:
        validate(History.load(options.index), python, options.verbose)


if __name__ == "__main__":
    main()
