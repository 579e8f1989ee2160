"""``tx-upgrade run``: the main job."""

# No "from __future__ import annotations" in the commands: typer would evaluate each annotation at every start.

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tx_upgrade.cli.streams import say, wants_color, warn, write_stdout

if TYPE_CHECKING:
    from tx_upgrade.cli.choices import Choices
    from tx_upgrade.model import RunResult
    from tx_upgrade.upgrade import Options


FORMATS = ("diff", "text", "json", "github")


def _known_format(value: str | None) -> str | None:
    if value is not None and value not in FORMATS:
        raise typer.BadParameter(f"{value!r} is not one of {', '.join(FORMATS)}.")
    return value


def _count(value: str | None) -> str | None:
    # typer would load pydantic for a number, which takes longer than the rest of the start
    if value is not None and not (value.isdecimal() and int(value)):
        raise typer.BadParameter(f"{value!r} is not a number of processes.")
    return value


def run(
    ctx: typer.Context,
    paths: Annotated[
        list[str], typer.Argument(metavar="PATH", help="Files and folders; - is standard input.")
    ],
    from_version: Annotated[
        str | None,
        typer.Option(
            "--from", metavar="V", help="The version the code is written for; detected when left out."
        ),
    ] = None,
    to_version: Annotated[
        str | None, typer.Option("--to", metavar="V", help="The version to go to; the newest known.")
    ] = None,
    write: Annotated[
        bool, typer.Option("--write", "-w", help="Change the files; without it nothing on disk changes.")
    ] = False,
    unsafe: Annotated[
        bool | None,
        typer.Option(
            "--unsafe/--no-unsafe",
            help="Also make the rewrites whose receiver or meaning is inferred rather than proven.",
            show_default=False,
        ),
    ] = None,
    select: Annotated[
        list[str] | None,
        typer.Option("--select", metavar="ID,...", help="Only these rules: ids, prefixes of ids or tags."),
    ] = None,
    ignore: Annotated[
        list[str] | None,
        typer.Option("--ignore", metavar="ID,...", help="All but these rules: ids, prefixes of ids or tags."),
    ] = None,
    explain: Annotated[
        bool | None,
        typer.Option(
            "--explain/--no-explain",
            help="Say why each finding is safe, unsafe or manual, and which calls could not be typed.",
            show_default=False,
        ),
    ] = None,
    rules: Annotated[
        list[str] | None, typer.Option("--rules", metavar="DIR", help="More rule packs (repeatable).")
    ] = None,
    support: Annotated[
        str | None,
        typer.Option(
            "--support",
            metavar="RANGE",
            help='Releases that the code has to run on, such as ">=4.40,<6": rewrites keep the oldest one running.',
        ),
    ] = None,
    format: Annotated[
        str | None,
        typer.Option(
            "--format",
            metavar="|".join(FORMATS),
            callback=_known_format,
            help="What is written to standard output; diff.",
        ),
    ] = None,
    output: Annotated[
        str | None, typer.Option("--output", metavar="FILE", help="Write the report there instead.")
    ] = None,
    jobs: Annotated[
        str | None,
        typer.Option("--jobs", metavar="N", callback=_count, help="Worker processes; as many as cores."),
    ] = None,
    exit_zero: Annotated[
        bool | None,
        typer.Option(
            "--exit-zero/--no-exit-zero", help="Exit 0 though there are findings.", show_default=False
        ),
    ] = None,
) -> None:
    """Upgrade files and folders: prints a patch, or with --write changes the files.

    Exit status: 0 nothing to do, 1 there are changes or findings, 2 the run itself failed.
    """
    from tx_upgrade.cli.choices import STDIN, Given, settle

    chosen = settle(
        paths,
        Given(
            from_version=from_version,
            to_version=to_version,
            unsafe=unsafe,
            select=select,
            ignore=ignore,
            explain=explain,
            rules=rules,
            support=support,
            format=format,
            output=output,
            jobs=int(jobs) if jobs else None,
            exit_zero=exit_zero,
        ),
    )
    if paths == [STDIN]:
        raise typer.Exit(_run_on_stdin(chosen))
    raise typer.Exit(_run_on_paths(paths, chosen, write=write, command=ctx.obj or ()))


def _run_on_paths(paths: list[str], chosen: "Choices", *, write: bool, command: Sequence[str]) -> int:
    from tx_upgrade import upgrade
    from tx_upgrade.cli.choices import status

    result = upgrade.upgrade(paths, _options(chosen), warn=warn)
    format = chosen.format or "diff"
    report = _report(result, format, chosen)
    # Before the files: a report that cannot be written must not come after a project that is changed.
    if chosen.output:
        Path(chosen.output).write_bytes(report)
    wrote = write and bool(result.changes)
    run_id = upgrade.write(result, ["tx-upgrade", *command]) if wrote else None
    try:
        if not chosen.output:
            write_stdout(report)
    finally:
        _say_summary(result, chosen, wrote=wrote, details=format == "diff")
        if run_id:
            say(f"undo with: tx-upgrade rollback {_root_of(result)} --run {run_id}")
    return status(result, exit_zero=chosen.exit_zero)


def _run_on_stdin(chosen: "Choices") -> int:
    """Standard input to standard output: the rewritten source, or the report that was asked for by name."""
    from tx_upgrade import upgrade
    from tx_upgrade.cli.choices import status

    source, result = upgrade.upgrade_text(sys.stdin.buffer.read(), _options(chosen), warn=warn)
    content = _report(result, chosen.format, chosen) if chosen.format else source
    if chosen.output:
        Path(chosen.output).write_bytes(content)
    else:
        write_stdout(content)
    _say_summary(result, chosen, wrote=False, details=chosen.format in (None, "diff"))
    return status(result, exit_zero=chosen.exit_zero)


def _options(chosen: "Choices") -> "Options":
    from tx_upgrade.upgrade import Options

    return Options(
        from_version=chosen.from_version,
        to_version=chosen.to_version,
        unsafe=chosen.unsafe,
        select=chosen.select,
        ignore=chosen.ignore,
        rules=chosen.rules,
        explain=chosen.explain,
        jobs=chosen.jobs,
        support=chosen.support,
    )


def _report(result: "RunResult", format: str, chosen: "Choices") -> bytes:
    from tx_upgrade.reporting import render_bytes

    color = not chosen.output and wants_color(sys.stdout)
    return render_bytes(result, format, explain=chosen.explain, color=color)


def _say_summary(result: "RunResult", chosen: "Choices", *, wrote: bool, details: bool) -> None:
    from tx_upgrade.reporting import summary

    color = wants_color(sys.stderr)
    say(summary(result, color=color, wrote=wrote, details=details, explain=chosen.explain).rstrip("\n"))


def _root_of(result: "RunResult") -> str:
    """The project that holds all changed files, as a shell takes it: a rollback reaches what is below its path."""
    import shlex

    root = Path(result.root).resolve()
    return "." if root == Path.cwd().resolve() else shlex.quote(str(root))
