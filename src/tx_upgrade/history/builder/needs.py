"""Wheels → what each release needs of other packages (``data/stack.json``)."""

from __future__ import annotations

import ast
import json
import re
import zipfile
from pathlib import Path

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from tx_upgrade.history.encoding import LIBRARY
from tx_upgrade.history.stack import PYTHON, Stack

_CHECKED = ("torch", "accelerate", "peft", "deepspeed")
"""Packages that the library refuses at run time when they are too old, in all releases that speak of a version."""
_MINIMUM = re.compile(r"^(?:MIN_(\w+)_VERSION|(\w+)_MIN_VERSION)$")
_FEATURES = frozenset({"FSDP", "XLA_FSDPV2"})
"""Minimums of something that is no package."""
_PLACES = ("utils/import_utils.py", "integrations/peft.py")


def write_stack(output: Path, wheels: dict[str, Path], *, full: bool = False) -> None:
    """Write the needs of the releases in ``wheels``, for each package only where they change.

    Releases that the file holds already and that are not in ``wheels`` stay, unless ``full``.
    """
    releases: dict[str, dict[str, tuple[str, bool]]] = {}
    if output.exists() and not full:
        old = Stack.load(output)
        for version in old.versions:
            releases[version] = {n.package: (n.specifier, n.required) for n in old.needs(version).values()}
    releases |= {version: read_needs(wheel) for version, wheel in wheels.items()}
    order = sorted(releases, key=Version)
    packages: dict[str, list[tuple[str, str | None, bool]]] = {}
    previous: dict[str, tuple[str, bool]] = {}
    for version in order:
        current = releases[version]
        for package in sorted(previous.keys() | current.keys()):
            before, now = previous.get(package), current.get(package)
            if before != now:
                specifier, required = now or (None, False)
                packages.setdefault(package, []).append((version, specifier, required))
        previous = current
    rows = ",\n".join(f"  {json.dumps(name)}: {json.dumps(packages[name])}" for name in sorted(packages))
    versions = json.dumps(order)
    output.write_text(f'{{"versions": {versions},\n "packages": {{\n{rows}\n}}}}\n', encoding="utf-8")


def read_needs(wheel: Path) -> dict[str, tuple[str, bool]]:
    """What one wheel needs: by package the range, and whether it is installed with the library."""
    needs: dict[str, tuple[str, bool]] = {}
    with zipfile.ZipFile(wheel) as archive:
        files = set(archive.namelist())
        text = "".join(archive.read(n).decode() for n in files if n.endswith(".dist-info/METADATA"))
        sources = {p: archive.read(f"{LIBRARY}/{p}").decode() for p in _PLACES if f"{LIBRARY}/{p}" in files}
        table = f"{LIBRARY}/dependency_versions_table.py"
        known = _table(archive.read(table).decode()) if table in files else {}
    for package in (*_CHECKED, *_minimums(sources)):
        if known.get(package):
            needs[package] = (known[package], False)
    for package, minimum in _minimums(sources).items():
        needs.setdefault(package, (f">={minimum}", False))
    for line in re.findall(r"^Requires-Dist: (.*)$", text, re.MULTILINE):
        requirement = _requirement(line)
        if requirement is not None and requirement.marker is None:
            needs[canonicalize_name(requirement.name)] = (_ordered(requirement), True)
    for python in re.findall(r"^Requires-Python: (.*)$", text, re.MULTILINE):
        needs[PYTHON] = (re.sub(r"(\d+\.\d+)\.0\b", r"\1", python.strip()), True)
    return {package: need for package, need in needs.items() if need[0]}


def _requirement(line: str) -> Requirement | None:
    try:
        return Requirement(line)
    except InvalidRequirement:
        return None


def _ordered(requirement: Requirement) -> str:
    """The range with its lower bound in front."""
    clauses = sorted(requirement.specifier, key=lambda s: (">=<!".find(s.operator[0]), s.version))
    return ",".join(map(str, clauses))


def _table(source: str) -> dict[str, str]:
    """``dependency_versions_table.deps``: ranges by package."""
    found: dict[str, str] = {}
    for node in ast.parse(source).body:
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Dict):
            for value in node.value.values:
                requirement = _requirement(str(ast.literal_eval(value)))
                if requirement is not None:
                    found[canonicalize_name(requirement.name)] = _ordered(requirement)
    return found


def _minimums(sources: dict[str, str]) -> dict[str, str]:
    """Constants such as ``ACCELERATE_MIN_VERSION = "1.1.0"``: minimums by package."""
    found: dict[str, str] = {}
    for source in sources.values():
        for node in ast.parse(source).body:
            if not (isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)):
                continue
            name = getattr(node.targets[0], "id", "")
            match = _MINIMUM.match(name)
            word = (match[1] or match[2]) if match else None
            if word and word not in _FEATURES and isinstance(node.value.value, str):
                package = {"AUTOROUND": "auto-round"}.get(word, word)
                found[canonicalize_name(package)] = node.value.value
    return found
