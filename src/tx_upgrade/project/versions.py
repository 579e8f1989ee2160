"""Which version of transformers a project was written for, by what its files say."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..model import Detection, Evidence, TxUpgradeError
from .declarations import Declaration, in_folder, script_header
from .requirements import within
from .root import PROJECT_MARKERS, folder_of, is_repository


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A declaration that gives a version, and what it is worth: a smaller rank and a shorter way count for more."""

    declaration: Declaration
    rank: int
    distance: int
    version: str


_LOCK, _EXACT, _INSTALLED, _BOUND = range(4)


def detect(paths: Sequence[str], resolve: Callable[[str], str]) -> Detection | None:
    """Look for the declared version from ``paths`` upwards to the project's root.

    Lock files count for more than exact pins, these for more than what the project's virtual environment holds, and
    that for more than the lower bound of a range; of equals the nearest counts, then the lowest. The header of a
    script (PEP 723) speaks for the script before any of these. ``resolve`` turns `4.30` into a full release and
    raises TxUpgradeError for one that is not known.

    Gives None when nothing names a version. Raises TxUpgradeError when all that is named is unknown.
    """
    found = _collect(paths)
    candidates: list[_Candidate] = []
    notes: list[str] = []
    for declaration, distance in found:
        if declaration.requirement.version is None:
            continue
        version = _resolved(declaration.requirement.version, resolve)
        if version is None:
            notes.append(f"{_where(declaration)}: {declaration.text}: not a release that tx-upgrade knows")
            continue
        candidates.append(_Candidate(declaration, _rank(declaration), distance, version))
    # A requirement for another Python or system counts only when there is no other.
    applying = [candidate for candidate in candidates if candidate.declaration.requirement.applies]
    candidates = applying or candidates
    if not candidates:
        if notes:
            raise TxUpgradeError(f"{notes[0]}; name the version with --from")
        return None
    chosen = min(
        candidates, key=lambda candidate: (candidate.rank, candidate.distance, _sortable(candidate.version))
    )
    order = sorted(found, key=lambda pair: (pair[0] is not chosen.declaration, _rank(pair[0]), pair[1]))
    return Detection(
        version=chosen.version,
        evidence=tuple(
            Evidence(_shown(declaration.path), declaration.line, declaration.text) for declaration, _ in order
        ),
        contradictions=(*notes, *_contradictions(chosen, candidates, found)),
    )


def _collect(paths: Sequence[str]) -> list[tuple[Declaration, int]]:
    """Each declaration once, with the number of folders between it and the paths."""
    scripts: list[tuple[Declaration, int]] = []
    silent = False  # a path that does not speak for itself
    for path in paths:
        own = list(script_header(Path(path))) if Path(path).is_file() else []
        scripts += [(declaration, 0) for declaration in own]
        silent = silent or not any(declaration.requirement.version for declaration in own)
    if scripts and not silent:
        return scripts
    inner: dict[Path, int] = {}
    outer: dict[Path, int] = {}
    unmarked: dict[Path, int] = {}
    for path in paths or (".",):
        start = Path.cwd() if path == "-" else folder_of(Path(path))
        chain = (start, *start.parents)
        repository = next((n for n, folder in enumerate(chain) if is_repository(folder)), None)
        marked = next((n for n, folder in enumerate(chain) if _is_marked(folder)), None)
        ends = [n for n in (repository, marked) if n is not None]
        if not ends:
            _extend(unmarked, chain, 0, len(chain))
        else:
            _extend(inner, chain, 0, min(ends) + 1)
            _extend(outer, chain, min(ends) + 1, (repository or 0) + 1)
    found = scripts + [(declaration, n) for folder, n in inner.items() for declaration in in_folder(folder)]
    # Without any mark of a project, its folder is the first one upwards whose files speak of the library.
    for folder, distance in unmarked.items():
        here = [(declaration, distance) for declaration in in_folder(folder)]
        found += here
        if here:
            break
    # Above the project's own folder, in a repository of several: its lock file, or else whatever there is.
    told = any(declaration.requirement.version for declaration, _ in found)
    locked = any(declaration.kind == "lock" for declaration, _ in found)
    for folder, distance in outer.items():
        if not (told and locked):
            found += [(declaration, distance) for declaration in in_folder(folder, locks_only=told)]
    return _once(found)


def _extend(folders: dict[Path, int], chain: Sequence[Path], start: int, stop: int) -> None:
    for distance in range(start, stop):
        folders[chain[distance]] = min(distance, folders.get(chain[distance], distance))


def _once(found: Iterable[tuple[Declaration, int]]) -> list[tuple[Declaration, int]]:
    known: dict[tuple[Path, int, str], tuple[Declaration, int]] = {}
    for declaration, distance in found:
        known.setdefault(
            (declaration.path.resolve(), declaration.line, declaration.text), (declaration, distance)
        )
    return list(known.values())


def _is_marked(folder: Path) -> bool:
    return any((folder / marker).is_file() for marker in PROJECT_MARKERS)


def _rank(declaration: Declaration) -> int:
    if declaration.kind == "lock":
        return _LOCK
    if declaration.kind == "installed":
        return _INSTALLED
    return {"exact": _EXACT, "range": _BOUND, "none": _BOUND + 1}[declaration.requirement.strength]


def _resolved(version: str, resolve: Callable[[str], str]) -> str | None:
    """The release that a declared version stands for; pre-releases stand for the release that they precede."""
    plain = re.match(r"\d+(?:\.\d+)*", version)
    if plain is None:
        return None
    try:
        return resolve(plain.group())
    except TxUpgradeError:
        return None


def _contradictions(
    chosen: _Candidate, candidates: Sequence[_Candidate], found: Sequence[tuple[Declaration, int]]
) -> list[str]:
    mine = chosen.declaration
    messages = []
    disagreeing = set()
    for other in candidates:
        theirs = other.declaration
        if theirs is not mine and other.rank == chosen.rank and other.version != chosen.version:
            disagreeing.add(theirs)
            messages.append(
                f"{_where(mine)} says `{mine.text}` but {_where(theirs)} says `{theirs.text}`; "
                f"{chosen.version} is taken"
            )
    for declaration, _ in found:
        requirement = declaration.requirement
        if (
            declaration is mine
            or declaration in disagreeing
            or not requirement.applies
            or not requirement.specifier
        ):
            continue
        if not within(chosen.version, requirement.specifier) and not _same_minor(
            chosen.version, requirement.version
        ):
            messages.append(
                f"{_where(mine)} says `{mine.text}`, which lies outside `{declaration.text}` in {_where(declaration)}; "
                f"{chosen.version} is taken"
            )
    return messages


def _same_minor(version: str, declared: str | None) -> bool:
    """`==4.30` stands for the last patch of 4.30 here, so it does not contradict 4.30.2."""
    return declared is not None and declared.count(".") == 1 and version.startswith(declared + ".")


def _sortable(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".") if part.isdigit())


def _where(declaration: Declaration) -> str:
    return f"{_shown(declaration.path)}:{declaration.line}"


def _shown(path: Path) -> str:
    absolute = os.path.abspath(path)  # links stay as the user knows them
    for base in (Path.cwd(), Path(os.path.realpath(Path.cwd()))):
        if absolute.startswith(str(base).rstrip(os.sep) + os.sep):
            return Path(absolute).relative_to(base).as_posix()
    return Path(absolute).as_posix()
