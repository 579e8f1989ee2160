"""``tx-upgrade shed``: take out of the compatibility modules what no supported release needs any more."""

from typing import Annotated

import typer

from tx_upgrade.cli.streams import say, wants_color, warn, write_stdout


def shed(
    ctx: typer.Context,
    paths: Annotated[list[str], typer.Argument(metavar="PATH", help="Files and folders.")],
    minimum: Annotated[
        str, typer.Option("--min", metavar="V", help="The oldest version that is still supported.")
    ],
    write: Annotated[
        bool, typer.Option("--write/--no-write", "-w", help="--no-write: only print what would change.")
    ] = True,
) -> None:
    """Remove entries of _transformers_compat.py that are no longer needed, and print the patch.

    Uses become the direct form, entries that nothing uses go, and so does a module that is empty then.
    Exit status: 0 done or nothing to do, 1 an entry stays because of a use that has no direct form.
    """
    import sys

    from tx_upgrade import __version__
    from tx_upgrade.reporting.diff import render_changes
    from tx_upgrade.shim.shed import shed as work_out

    result = work_out(paths, minimum)
    run_id = None
    if write and result.changes:
        from pathlib import Path

        from tx_upgrade.journal import apply

        run_id = apply(
            result.changes,
            root=result.root,
            cwd=Path.cwd(),
            command=["tx-upgrade", *(ctx.obj or ())],
            tool_version=__version__,
            from_version=result.oldest,
            to_version=result.newest,
        )
    patch = render_changes(result.changes, color=wants_color(sys.stdout))
    write_stdout(patch.encode("utf-8", "surrogateescape"))
    for path, names in result.gone:
        say(f"{path}: {'' if write else 'would lose '}{', '.join(names)}{' gone' if write else ''}")
    for message in result.kept:
        warn(message)
    if not result.changes:
        say(f"nothing to shed for {result.oldest} and later")
    if run_id:
        say(f"undo with: tx-upgrade rollback {paths[0]} --run {run_id}")
    raise typer.Exit(1 if result.kept else 0)
