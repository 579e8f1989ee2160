"""What one requirement says, in the syntaxes of pip, Poetry and conda; of transformers, if no other packages are asked for."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

PACKAGE = "transformers"
LIBRARY = frozenset({PACKAGE})
"""The packages that are asked for, by their canonical names, where nobody says otherwise."""

Strength = Literal["exact", "range", "none"]


@dataclass(frozen=True, slots=True)
class Requirement:
    """A requirement: how much it tells, the version (exact, or the lower bound) and the range as PEP 440 writes it.

    ``applies`` is False when an environment marker rules it out here.
    """

    strength: Strength
    version: str | None
    specifier: str
    applies: bool = True
    package: str = PACKAGE


_NAME = re.compile(r"^([a-z0-9](?:[\w.\-]*[a-z0-9])?)(?![\w.\-])\s*(?:\[[^\]]*\])?\s*", re.IGNORECASE)
_CLAUSE = re.compile(r"^(===|==|~=|>=|<=|!=|<|>|\^|~|=)?\s*v?(\d[\w.+!\-]*?(?:\.?\*)?|\*)$")
_GIT = re.compile(
    rf"(?:[/:]{PACKAGE}(?:\.git)?@v?)(\d+(?:\.\d+)*(?:\.?(?:rc|dev|a|b|post)\d*)*)(?=$|[#\s;])", re.IGNORECASE
)
_WHEEL = re.compile(rf"\b{PACKAGE}-(\d+(?:\.\d+)+)(?:-py\w+-\w+-\w+\.whl|\.tar\.gz|\.zip)", re.IGNORECASE)

UNKNOWN = Requirement("none", None, "")


def canonical(name: str) -> str:
    """A package's name as PEP 503 compares it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def parse_pip(text: str, packages: frozenset[str] = LIBRARY) -> Requirement | None:
    """A requirement as pip takes it (PEP 508, or an address); None when it is about none of ``packages``."""
    text = re.sub(r"\s#.*$", "", text)
    text = re.sub(r"\s--?[a-z][\w\-]*(?:=|\s).*$", "", text.strip())  # --hash and other options of the line
    text = re.sub(r"^(?:-e|--editable)[\s=]+", "", text)
    name = _NAME.match(text)
    package = canonical(name[1]) if name is not None else PACKAGE
    if name is None or package not in packages:
        address = PACKAGE in text.lower() and ("://" in text or text.endswith(".whl"))
        return _address(text) if address and PACKAGE in packages else None
    body, _, marker = text[name.end() :].partition(";")
    body = body.strip()
    if body.startswith("@"):
        body, _, marker = text[name.end() :].partition(" ;")
        found = (_address(body) if package == PACKAGE else None) or UNKNOWN
    elif body.startswith("(") and body.endswith(")"):
        found = parse_range(body[1:-1])
    elif body and body[0] not in "=~<>!":
        return None  # `transformers is ...`: prose, not a requirement
    else:
        found = parse_range(body)
    applies = not marker.strip() or _marker_holds(marker.strip())
    return replace(found, applies=applies, package=package)


def parse_conda(text: str, packages: frozenset[str] = LIBRARY) -> Requirement | None:
    """A requirement as conda takes it (`channel::name=4.30=build`, `name 4.30.*`); None when about something else."""
    text = text.strip().rpartition("::")[2]
    name = _NAME.match(text)
    if name is None or canonical(name[1]) not in packages:
        return None
    package = canonical(name[1])
    body = text[name.end() :].split("[")[0].strip()
    fuzzy = re.match(
        r"^=?\s*(\d[\w.*]*)(?:[=\s]\s*\w+)?$", body
    )  # one = is a prefix; the build string may follow
    if fuzzy:
        version = fuzzy.group(1)
        exact = version.count(".") >= 2 and "*" not in version
        prefix = f"=={version.removesuffix('.*').removesuffix('*')}.*"
        return replace(parse_range(f"=={version}" if exact else prefix), package=package)
    return replace(
        parse_range(re.split(r"\s", re.sub(r"\s*([<>=!~,|]+)\s*", r"\1", body))[0]), package=package
    )


def parse_range(text: str, *, bare_is: str = "==") -> Requirement:
    """A range: `>=4.30,<5`, Poetry's `^4.30`, `~4.30`, `4.30.*`, `^4 || ^5`. A number alone means ``bare_is`` it."""
    text = text.strip().strip("\"'")
    if "|" in text:
        ways = [parse_range(way, bare_is=bare_is) for way in re.split(r"\|\|?", text)]
        bounds = [way.version for way in ways if way.version is not None]
        if len(bounds) < len(ways) or not bounds:
            return UNKNOWN
        return Requirement("range", min(bounds, key=_key), "")
    clauses = [clause.strip() for clause in re.sub(r"(?<=[\w*])\s+(?=[<>=!~^])", ",", text).split(",")]
    bounds = []
    pins: list[str] = []
    parts: list[str] = []
    for clause in clauses:
        match = _CLAUSE.match(clause)
        if match is None or match.group(2) == "*":
            continue
        operator, version = match.group(1) or bare_is, match.group(2)
        operator = "==" if operator == "=" else operator
        number = version.removesuffix(".*").removesuffix("*")
        if operator == "^":
            parts.append(f">={number},<{_next(number, 1)}")
            bounds.append(number)
        elif operator == "~":
            parts.append(f">={number},<{_next(number, 2 if '.' in number else 1)}")
            bounds.append(number)
        else:
            parts.append(f"{operator}{number}.*" if "*" in version else f"{operator}{version}")
            if operator in ("==", "===") and (number.count(".") or "*" not in version):
                pins.append(number)
            elif operator in (">=", ">", "~=", "=="):
                bounds.append(number)
    specifier = ",".join(parts)
    if pins:
        return Requirement("exact", pins[0], specifier)
    if bounds:
        # `>=4` means 4.0, not the last 4.x that a lone `4` stands for.
        lowest = max(bounds, key=_key)
        return Requirement("range", lowest if "." in lowest else f"{lowest}.0", specifier)
    return Requirement("none", None, specifier)


def within(version: str, specifier: str) -> bool:
    """Whether a release lies in a PEP 440 range (True when the range cannot be read)."""
    from packaging.specifiers import InvalidSpecifier, SpecifierSet

    try:
        return SpecifierSet(specifier).contains(version, prereleases=True)
    except InvalidSpecifier:
        return True


def _address(text: str) -> Requirement | None:
    found = _GIT.search(text) or _WHEEL.search(text)
    if found:
        return Requirement("exact", found.group(1), f"=={found.group(1)}")
    named = re.search(rf"[/=]{PACKAGE}(?:\.git)?(?=[@#&\s]|$)", text, re.IGNORECASE)
    return UNKNOWN if named else None


def _key(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", version)[:4])


def _next(version: str, places: int) -> str:
    numbers = list(_key(version))
    kept = numbers[:places] or [0]
    if places == 1 and kept == [0] and len(numbers) > 1:  # ^0.3 stays below 0.4
        kept = numbers[:2]
    return ".".join(str(number) for number in (*kept[:-1], kept[-1] + 1))


@lru_cache(maxsize=64)
def _marker_holds(marker: str) -> bool:
    from packaging.markers import InvalidMarker, Marker, UndefinedComparison, UndefinedEnvironmentName

    try:
        return Marker(marker.split("#")[0].strip()).evaluate({"extra": ""}) or "extra" in marker
    except (InvalidMarker, UndefinedComparison, UndefinedEnvironmentName):
        return True
