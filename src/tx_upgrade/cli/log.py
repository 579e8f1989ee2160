"""``tx-upgrade log``: list the applied runs."""

from pathlib import Path
from typing import Annotated

import typer

from tx_upgrade.cli.streams import say, write_stdout


def log(
    path: Annotated[Path, typer.Argument(metavar="PATH", help="The project, or a file or folder in it.")],
) -> None:
    """List the applied runs of a project."""
    from shlex import join

    from tx_upgrade.journal import runs

    records = runs(path)
    for record in records:
        files = f"{record.files} file{'' if record.files == 1 else 's'}"
        versions = f"{record.from_version} to {record.to_version}"
        write_stdout(
            f"{record.id}  {record.when}  {versions}  {files}  {record.state}  {join(record.command)}\n"
        )
    if not records:
        say(f"tx-upgrade: no applied runs in {path}")
