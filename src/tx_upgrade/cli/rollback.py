"""``tx-upgrade rollback``: undo an applied run byte for byte."""

from pathlib import Path
from typing import Annotated

import typer

from tx_upgrade.cli.streams import say, write_stdout


def rollback(
    path: Annotated[Path, typer.Argument(metavar="PATH", help="The project, or a file or folder in it.")],
    run: Annotated[
        str | None, typer.Option("--run", metavar="ID", help="The run to undo; the last one.")
    ] = None,
) -> None:
    """Undo an applied run byte for byte.

    A file that was changed since is left alone and named. Exit status: 0 all restored, 1 some were left alone,
    2 nothing to undo.
    """
    from tx_upgrade.journal import rollback as undo

    report = undo(path, run)
    done = [f"restored {name}" for name in report.restored] + [f"removed {name}" for name in report.removed]
    write_stdout("".join(line + "\n" for line in done))
    for name, reason in report.refused:
        say(f"{name}: left alone: {reason}")
    say(
        f"run {report.run_id}: {len(report.restored)} restored, {len(report.removed)} removed, "
        f"{len(report.refused)} left alone"
    )
    if report.refused:
        raise typer.Exit(1)
