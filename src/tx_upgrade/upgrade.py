"""The road from paths to a result: every command that upgrades code goes through here."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from .model import (
    LIBRARY,
    Detection,
    Document,
    FileChange,
    FileError,
    Finding,
    RunResult,
    Shim,
    TxUpgradeError,
)

if TYPE_CHECKING:
    import ast

    from .history import History
    from .matching.both_sides import BothSides
    from .matching.context import Wish
    from .matching.file import FileOutcome
    from .project.reach import Reach
    from .rules.plan import Plan, Window
    from .rules.schema import Packs, ShimEntry
    from .rules.support import Support

_FILES_PER_WORKER = 24


class Options(NamedTuple):
    """What the command line and pyproject.toml ask of a run."""

    from_version: str | None = None
    to_version: str | None = None
    unsafe: bool = False
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    explain: bool = False
    jobs: int | None = None
    support: str | None = None


Warn = Callable[[str], None]
Sources = Callable[[], tuple[Mapping[str, bytes], Mapping[str, str]]]


def upgrade(paths: Sequence[str], options: Options, *, warn: Warn) -> RunResult:
    """Find what breaks in ``paths`` and work out the changes; nothing on disk is touched.

    Args:
        warn: takes one line of evidence or warning at a time.

    Raises:
        TxUpgradeError: the run cannot go on (no such path, unknown version, no version found, invalid pack).
    """
    from .project.discovery import discover

    history = _history()
    discovered = discover(paths)
    detected = None
    support, to_version = _asked(options, history)
    if options.from_version is None:
        detected = _detect(paths, history, to_version, lambda: _sources(discovered.files), warn)
        from_version = detected.version
    else:
        from_version = history.resolve_version(options.from_version)
    plan = _plan(options, from_version, to_version)
    named = {os.path.abspath(p) for p in paths if os.path.isfile(p)}
    run = _Run(plan, history, options, list(discovered.files), named)
    run.support = support
    run.read()
    run.match()
    for folder in run.copies:
        warn(f"{os.path.relpath(folder)}: a copy of transformers itself, not code that uses it: left alone")
    errors = [*discovered.errors, *run.errors]
    changes, shims = run.changes()
    run.findings.extend(_stack(paths, run, bool(changes), warn))
    return RunResult(
        from_version=from_version,
        to_version=to_version,
        detected=detected,
        changes=tuple(changes),
        findings=tuple(run.findings),
        shims=tuple(shims),
        errors=tuple(sorted(errors, key=lambda e: (e.path, e.line))),
        files_scanned=len(discovered.files) - len({e.path for e in run.errors}),
        root=_root(paths),
        untyped=tuple(run.untyped),
    )


def upgrade_text(text: bytes, options: Options, *, warn: Warn) -> tuple[bytes, RunResult]:
    """Upgrade one file that is given as bytes; names that only a shim could serve stay and are reported.

    Raises:
        TxUpgradeError: as ``upgrade``, and when the text cannot be read or parsed.
    """
    history = _history()
    support, to_version = _asked(options, history)
    detected = None
    if options.from_version is None:
        detected = _detect(
            ["."], history, to_version, lambda: ({"/<stdin>": text}, {"/<stdin>": "<stdin>"}), warn
        )
        from_version = detected.version
    else:
        from_version = history.resolve_version(options.from_version)
    plan = _plan(options, from_version, to_version, shims=False)
    path = os.path.join(os.getcwd(), "<stdin>").replace(os.sep, "/")
    run = _Run(plan, history, options, [], {path})
    run.support = support
    run.contents[path] = text
    run.shown[path] = "<stdin>"
    run.match()
    if run.errors:
        error = run.errors[0]
        raise TxUpgradeError(f"<stdin>:{error.line}: {error.message}")
    changes, shims = run.changes()
    after = next((c.after for c in changes if c.path == "<stdin>"), text) or text
    result = RunResult(
        from_version,
        to_version,
        detected,
        tuple(changes),
        tuple(run.findings),
        tuple(shims),
        (),
        1,
        untyped=tuple(run.untyped),
    )
    return after, result


def write(result: RunResult, command: Sequence[str]) -> str:
    """Apply the changes of a result, with a journal that can undo them; gives the run's id.

    Raises:
        TxUpgradeError: a file changed meanwhile or cannot be written.
    """
    from . import __version__
    from .journal import apply

    return apply(
        result.changes,
        root=Path(result.root),
        cwd=Path.cwd(),
        command=command,
        tool_version=__version__,
        from_version=result.from_version,
        to_version=result.to_version,
    )


def _root(paths: Sequence[str]) -> str:
    from .project.root import common_folder, project_root

    return str(project_root(common_folder(paths)))


def _history() -> History:
    from .history import History

    return History.load()


def _sources(files: Sequence[Path]) -> tuple[dict[str, bytes], dict[str, str]]:
    """The bytes of all files that can be read, and the paths to show for them, by absolute path."""
    contents: dict[str, bytes] = {}
    shown: dict[str, str] = {}
    for file in files:
        path = os.path.abspath(file).replace(os.sep, "/")
        shown[path] = str(file).replace(os.sep, "/")
        try:
            contents[path] = file.read_bytes()
        except OSError:
            continue  # the run reports it
    return contents, shown


def _detect(
    paths: Sequence[str], history: History, to_version: str, sources: Sources, warn: Warn
) -> Detection:
    """What the project's files declare, else what the code itself shows."""
    from .project.versions import detect

    found = detect(paths, history.resolve_version) or _infer(sources, history, to_version, warn)
    for item in found.evidence:
        warn(f"{item.path}:{item.line}: {item.text}")
    for message in found.contradictions:
        warn(message)
    warn(f"written for transformers {found.version} (say otherwise with --from)")
    return found


def _infer(sources: Sources, history: History, to_version: str, warn: Warn) -> Detection:
    from .analysis.inference import evidence, infer

    unknown = "no project file says which version of transformers the code is written for"
    ask = "pass it with --from (for instance --from 4.40)"
    try:
        window = infer(*sources(), history)
    except TxUpgradeError as error:
        raise TxUpgradeError(f"{unknown}, and {error}: {ask}") from None
    if window is None:
        raise TxUpgradeError(f"{unknown}, and what the code uses is in every release: {ask}")
    proof = evidence(window, history)
    if history.index_of(window.last) >= history.index_of(to_version):
        known = "; ".join(f"{e.path}:{e.line}: {e.text}" for e in proof)
        raise TxUpgradeError(
            f"{unknown}, and all that the code uses is in {window.first} to {window.last} ({known}): {ask}"
        )
    warn(f"{unknown}: what the code uses is in {window.first} to {window.last} only")
    return Detection(window.last, proof)


def _stack(paths: Sequence[str], run: _Run, rewritten: bool, warn: Warn) -> list[Finding]:
    """What the project asks for beside the library and the target does not go with."""
    plan = run.plan
    if plan.from_version == plan.to_version or not run.users:
        return []
    users = {path: run.contents[path] for path in run.users}
    if not any(map(os.path.isdir, paths)) and not any(b"# /// script" in raw for raw in users.values()):
        return []
    from .project.stack import RULE, stack_findings

    if RULE not in plan.residuals:
        return []
    support = None
    if run.support is not None:
        from packaging.specifiers import SpecifierSet

        support = SpecifierSet(run.support.range)
    return stack_findings(
        paths, users, plan.from_version, plan.to_version, support=support, rewritten=rewritten, warn=warn
    )


def _asked(options: Options, history: History) -> tuple[Support | None, str]:
    """The range to support, if one is asked for, and the target."""
    from .rules.support import read_support

    support = read_support(options.support, history) if options.support else None
    if options.to_version is None:
        return support, support.newest if support is not None else history.versions[-1]
    target = history.resolve_version(options.to_version)
    if support is not None and history.index_of(target) > history.index_of(support.newest):
        raise TxUpgradeError(
            f"--to {target} lies outside of --support {support.range}: its newest release is {support.newest}"
        )
    return support, target


def _plan(options: Options, from_version: str, to_version: str, *, shims: bool = True) -> Plan:
    from packaging.version import Version

    from .rules.packs import load_packs
    from .rules.plan import Plan

    if Version(from_version) > Version(to_version):
        raise TxUpgradeError(
            f"--from {from_version} is newer than --to {to_version}: code is upgraded forwards only"
        )
    packs = load_packs(options.rules, examples=False)
    return Plan(
        packs,
        from_version,
        to_version,
        select=options.select,
        ignore=options.ignore,
        shims=shims,
        windows=_windows(packs, from_version, to_version),
    )


def _windows(packs: Packs, from_version: str, to_version: str) -> dict[str, Window]:
    """The versions of other packages that the two releases need, for those that have rules."""
    from .rules.plan import Window

    libraries = {rule.library for rule in packs.rules} - {LIBRARY}
    if not libraries or from_version == to_version:
        return {}
    from .history.stack import Stack

    stack = Stack.load()
    found: dict[str, Window] = {}
    for library in sorted(libraries):
        package = library.replace("_", "-")
        new = stack.need(package, to_version)
        if new is not None:
            old = stack.need(package, from_version)
            found[library] = Window(old.lowest if old is not None else "0", new.below)
    return found


class _Run:
    """One run's files on their way."""

    def __init__(
        self, plan: Plan, history: History, options: Options, files: list[Path], named: set[str]
    ) -> None:
        self.plan = plan
        self.history = history
        self.options = options
        self.files = files
        self.named = named
        self.contents: dict[str, bytes] = {}
        self.shown: dict[str, str] = {}
        self.errors: list[FileError] = []
        self.findings: list[Finding] = []
        self.untyped: list[Finding] = []
        self.outcomes: dict[str, FileOutcome] = {}
        self.copies: tuple[str, ...] = ()
        """Folders that hold the library itself."""
        self._entries: dict[str, ShimEntry] = {}
        """Entries of the compatibility module that the run made itself, for what its releases do not share."""
        self.support: Support | None = None
        self.users: tuple[str, ...] = ()
        """Files that import the library."""

    def read(self) -> None:
        for file in self.files:
            shown = str(file)
            path = os.path.abspath(shown)
            try:
                with open(path, "rb") as handle:
                    raw = handle.read()
            except OSError as error:
                self.errors.append(FileError(shown, 1, f"cannot be read: {error.strerror or error}"))
                continue
            key = path.replace(os.sep, "/")
            self.contents[key] = raw
            self.shown[key] = shown.replace(os.sep, "/")

    def match(self) -> None:
        from .project.reach import find_reach

        wanted = (*self.plan.environment, *self.plan.flags, *self.plan.others)
        tokens = [name.encode() for name in wanted]
        reach = find_reach(self.contents, tokens)
        chosen = sorted({*reach.roots, *reach.others})
        self.users = reach.roots
        odd = [
            p for p, raw in self.contents.items() if raw[:2] in (b"\xff\xfe", b"\xfe\xff") or p in self.named
        ]
        worker = _Worker(
            self.plan, self.history, self.options, self.contents, self.shown, reach, self.support
        )
        self.copies = tuple(sorted(reach.copies))
        for path in sorted(set(odd) - set(chosen)):
            worker.load(path)
        jobs = self.options.jobs or os.cpu_count() or 1
        jobs = min(jobs, len(chosen) // _FILES_PER_WORKER)
        if jobs > 1:
            from .workers import shares, spread

            sizes = {p: len(self.contents[p]) for p in chosen}
            results = sorted(
                spread(worker.match, shares(chosen, reach.groups, sizes, jobs)), key=lambda r: r[0]
            )
        else:
            results = [worker.match(p) for p in chosen]
        for path, outcome, errors in results:
            self.errors.extend(errors)
            if outcome is not None:
                self.outcomes[path] = outcome
                self.findings.extend(outcome.findings)
                self.untyped.extend(outcome.untyped)
        self._grant(worker)
        self.errors.extend(worker.errors.values())
        self.errors = list(dict.fromkeys(self.errors))

    def _grant(self, worker: _Worker) -> None:
        """Match the files once more in which others want keys changed."""
        wanted: dict[str, list[Wish]] = {}
        for outcome in self.outcomes.values():
            for wish in outcome.wishes:
                wanted.setdefault(wish.path, []).append(wish)
        for path, wishes in sorted(wanted.items()):
            _, again, _ = worker.match(path, tuple(wishes))
            if again is not None:
                self.outcomes[path] = again

    def changes(self) -> tuple[list[FileChange], list[Shim]]:
        """The changed files and the shims that they need, in the order of their paths."""
        from .project.documents import DocumentError, encode, read_document

        found: list[FileChange] = []
        needs: dict[str, set[str]] = {}
        for path, outcome in self.outcomes.items():
            if outcome.text is None:
                continue
            document = read_document(self.shown[path], self.contents[path])
            try:
                after = encode(document, outcome.text)
            except DocumentError as error:
                self.errors.append(FileError(self.shown[path], error.line, error.message))
                continue
            found.append(FileChange(self.shown[path], self.contents[path], after))
            if outcome.shim_path is not None:
                needs.setdefault(outcome.shim_path, set()).update(outcome.shim_names)
                self._entries.update((e.name, e) for e in outcome.shim_entries)
        shims: list[Shim] = []
        for path, names in sorted(needs.items()):
            change = self._shim(path, names)
            if change is not None:
                found.append(change)
            shims.append(Shim(self._relative(path), tuple(sorted(names))))
        return sorted(found, key=lambda c: c.path), shims

    def _shim(self, path: str, names: set[str]) -> FileChange | None:
        from .shim.generate import generate

        before = self.contents.get(path)
        if before is None and os.path.exists(path):
            before = Path(path).read_bytes()
        shown = self._relative(path)
        existing = before.decode("utf-8", "replace") if before is not None else None
        entries = {**self.plan.shims, **self._entries}
        if self.support is not None:
            from .matching.both_sides import guarded

            entries = {n: guarded(e, self.support.oldest) for n, e in entries.items()}
        after = generate(names, entries, existing=existing, path=shown).encode()
        return None if after == before else FileChange(shown, before, after)

    @staticmethod
    def _relative(path: str) -> str:
        relative = os.path.relpath(path)
        return path if relative.startswith("..") else relative.replace(os.sep, "/")


_Result = tuple[str, "FileOutcome | None", list[FileError]]


class _Worker:
    """Matches files; one in each process, so that what a file needs of others is parsed there once."""

    def __init__(
        self,
        plan: Plan,
        history: History,
        options: Options,
        contents: dict[str, bytes],
        shown: dict[str, str],
        reach: Reach,
        support: Support | None = None,
    ) -> None:
        from .analysis.library import Library
        from .analysis.project import Project
        from .analysis.types import Types
        from .matching.context import Engine

        self.contents = contents
        self.shown = shown
        self.groups = reach.groups
        self.errors: dict[str, FileError] = {}
        library = Library(history, plan.from_version, plan.to_version)
        library.others = plan.others
        self.project = Project(library, frozenset(contents), self.load, reach.groups, reach.copies)
        both: BothSides | None = None
        if support is not None:
            from .matching.both_sides import BothSides
            from .rules.support import OldSide

            both = BothSides(OldSide(history, plan.shims, support, plan.to_version))
            if plan.others:
                from .history.stack import Stack

                needs = Stack.load().needs(support.oldest)
                both.old.others = {n.package.replace("-", "_"): n.lowest for n in needs.values()}
        self.engine = Engine(
            plan, library, self.project, Types(self.project), options.unsafe, options.explain, both=both
        )

    def load(self, path: str) -> tuple[Document, ast.Module] | None:
        from .project.documents import DocumentError, parse, read_document

        try:
            document = read_document(self.shown.get(path, path), self.contents[path])
            return document, parse(document)
        except DocumentError as error:
            self.errors[path] = FileError(self.shown.get(path, path), error.line, error.message)
            return None

    def match(self, path: str, wishes: tuple[Wish, ...] = ()) -> _Result:
        from .matching.context import SKIP_FILE
        from .matching.file import match_file

        if SKIP_FILE.search(self.contents[path]):
            return path, None, []
        module = self.project.module(path)
        if module is None:
            return path, None, [self.errors[path]] if path in self.errors else []
        try:
            return path, match_file(self.engine, module, wishes), []
        except RecursionError:
            return path, None, [self._error(path, "the code is nested too deeply to be analysed")]
        except Exception as error:  # a mistake of ours: the other files must not suffer from it
            import traceback

            place = traceback.extract_tb(error.__traceback__)[-1]
            what = f"{type(error).__name__}: {error} ({os.path.basename(place.filename)}:{place.lineno})"
            return path, None, [self._error(path, f"a bug in tx-upgrade, please report it: {what}")]

    def _error(self, path: str, message: str) -> FileError:
        return FileError(self.shown[path], 1, message)
