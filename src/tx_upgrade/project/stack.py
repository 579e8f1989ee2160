"""What a project asks for beside the library, compared with what the target needs."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ..history.stack import PYTHON, Need, Stack
from ..model import Finding
from .declarations import Declaration, declared_in, script_block
from .requirements import PACKAGE, Requirement
from .root import PROJECT_MARKERS, is_repository

if TYPE_CHECKING:
    from packaging.specifiers import SpecifierSet

Warn = Callable[[str], None]
RULE = "dependency-version"
_IGNORE = re.compile(r"#\s*tx-upgrade:\s*ignore(?:\s*\[([^\]]*)\])?")


def stack_findings(
    paths: Sequence[str],
    users: Mapping[str, bytes],
    from_version: str,
    to_version: str,
    *,
    support: SpecifierSet | None = None,
    rewritten: bool = False,
    warn: Warn,
) -> list[Finding]:
    """A finding for each line of the project's declarations that does not go with the target.

    Args:
        users: the files that use the library, by absolute path. Scripts among them speak for themselves.
        support: a range of releases that the project has to run on: declarations may then take older versions.
        rewritten: whether the run changes code, so that releases before the target may no longer do.
        warn: takes a line for each declaration of the library itself that does not go with the target. These are what
            the run is about, so they are no findings.
    """
    stack = Stack.load()
    packages = frozenset((*stack.packages, PACKAGE))
    found: list[Finding] = []
    for declaration in _declarations(paths, users, packages):
        if not declaration.requirement.applies or not declaration.requirement.specifier:
            continue
        if declaration.requirement.package == PACKAGE:
            message = _of_library(declaration.requirement, to_version, support, rewritten)
            if message is not None:
                warn(f"{_shown(declaration.path)}:{declaration.line}: {declaration.text}: {message}")
            continue
        finding = _compared(declaration, stack, from_version, to_version, support)
        if finding is not None:
            found.append(finding)
    return sorted(dict.fromkeys(found), key=lambda f: (f.path, f.line))


def _declarations(
    paths: Sequence[str], users: Mapping[str, bytes], packages: frozenset[str]
) -> Iterator[Declaration]:
    folders: dict[Path, None] = {}
    for path in paths:
        if not os.path.isdir(path):
            continue
        start = Path(os.path.abspath(path))
        # a file that is named alone is asked about alone; a folder is asked about with the project that it is part of
        marked = [f for f in (start, *start.parents) if _is_project(f)]
        last = marked[0] if marked else start
        for folder in (start, *start.parents):
            folders[folder] = None
            if folder == last:
                break
        inside = f"{start}{os.sep}"
        folders.update((Path(f).parent, None) for f in users if str(Path(f)).startswith(inside))
    seen: set[tuple[Path, int, str]] = set()
    for folder in folders:
        for declaration in declared_in(folder, packages):
            key = (declaration.path.resolve(), declaration.line, declaration.text)
            if key not in seen:
                seen.add(key)
                yield declaration
    for user, raw in users.items():
        if b"# /// script" in raw:
            yield from script_block(Path(user), raw.decode("utf-8", "replace"), packages)


def _is_project(folder: Path) -> bool:
    return is_repository(folder) or any((folder / marker).is_file() for marker in PROJECT_MARKERS)


def _compared(
    declaration: Declaration,
    stack: Stack,
    from_version: str,
    to_version: str,
    support: SpecifierSet | None,
) -> Finding | None:
    requirement = declaration.requirement
    package = requirement.package
    need = stack.need(package, to_version)
    if need is None:
        return None
    excluded = not _meet(requirement.specifier, need.specifier)
    if not excluded:
        before = stack.need(package, from_version)
        if support is not None or (before is not None and before.specifier == need.specifier):
            return None
        if not _starts_below(requirement, need):
            return None
        what = "allows versions that are too old"
    else:
        what = "allows none of them"
    name = "Python" if package == PYTHON else package
    action = "needs" if need.required else "works only with"
    message = f"transformers {to_version} {action} {name} {need.specifier}; `{declaration.text}` {what}."
    return _finding(declaration, message, _since(requirement, stack, from_version, to_version, excluded))


def _of_library(
    requirement: Requirement, to_version: str, support: SpecifierSet | None, rewritten: bool
) -> str | None:
    wanted = f">={to_version}" if support is None else str(support)
    if not _meet(requirement.specifier, f"=={to_version}"):
        return f"keeps transformers {to_version} out: ask for transformers{wanted} once the code is upgraded"
    lowest = requirement.version
    if support is None and rewritten and requirement.strength == "range" and lowest is not None:
        from packaging.version import Version

        if Version(lowest) < Version(to_version):
            return (
                f"takes transformers {lowest} too, and the upgraded code is written for {to_version}: ask for "
                f"transformers{wanted}, or keep both sides with --support"
            )
    return None


def _starts_below(requirement: Requirement, need: Need) -> bool:
    """Whether a range begins below what is needed; one without a lower bound promises nothing."""
    from packaging.version import Version

    lowest = next((c[2:] for c in need.specifier.split(",") if c.startswith(">=")), None)
    if lowest is None or requirement.version is None or requirement.strength != "range":
        return False
    return Version(requirement.version) < Version(lowest)


def _since(
    requirement: Requirement, stack: Stack, from_version: str, to_version: str, excluded: bool
) -> str | None:
    """The first release behind the old one whose needs the declaration does not meet, as its minor."""
    between = (
        stack.versions[stack.versions.index(from_version) + 1 :] if from_version in stack.versions else []
    )
    for version in between:
        need = stack.need(requirement.package, version)
        if need is not None and not _meet(requirement.specifier, need.specifier):
            return version.rpartition(".")[0]
        if need is not None and not excluded and _starts_below(requirement, need):
            return version.rpartition(".")[0]
        if version == to_version:
            break
    return None


def _meet(left: str, right: str) -> bool:
    """Whether some version lies in both ranges."""
    from packaging.specifiers import InvalidSpecifier, SpecifierSet

    try:
        both = SpecifierSet(f"{left},{right}")
    except InvalidSpecifier:
        return True
    return any(both.contains(candidate, prereleases=True) for candidate in _near(left, right))


def _near(*ranges: str) -> Iterator[str]:
    """Versions at, just below and just above each bound: if two ranges meet, one of these lies in both."""
    yield "0"
    for number in re.findall(r"\d+(?:\.\d+)*", ",".join(ranges)):
        parts = [int(part) for part in number.split(".")]
        yield number
        yield f"{number}.0.1"
        yield ".".join(map(str, (*parts[:-1], parts[-1] + 1)))
        if any(parts):
            last = max(i for i, part in enumerate(parts) if part)
            yield ".".join(map(str, (*parts[:last], parts[last] - 1, 99999)))


def _finding(declaration: Declaration, message: str, broken: str | None) -> Finding:
    path = _shown(declaration.path)
    try:
        lines = declaration.path.read_text(encoding="utf-8-sig", errors="replace").splitlines()
        written = lines[declaration.line - 1]
    except (OSError, IndexError):
        written = ""
    ignored = _IGNORE.search(written)
    silenced = ignored is not None and (
        ignored[1] is None or RULE in [i.strip() for i in ignored[1].split(",")]
    )
    start = written.find(declaration.text)
    column, end = (start, start + len(declaration.text)) if start >= 0 else _trimmed(written)
    return Finding(
        rule=RULE,
        path=path,
        line=declaration.line,
        column=column + 1,
        end_line=declaration.line,
        end_column=end + 1,
        safety="manual",
        status="suppressed" if silenced else "manual",
        message=message,
        symbol=declaration.requirement.package,
        broken=broken,
    )


def _trimmed(line: str) -> tuple[int, int]:
    return len(line) - len(line.lstrip()), len(line.rstrip())


def _shown(path: Path) -> str:
    relative = os.path.relpath(path)
    return path.as_posix() if relative.startswith("..") else relative.replace(os.sep, "/")
