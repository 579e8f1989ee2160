"""The commands of ``tx-upgrade`` and what they have in common."""

from typing import Annotated

import typer

from tx_upgrade.cli import api, log, rollback, rules, run, shed
from tx_upgrade.cli.group import Commands
from tx_upgrade.cli.plain import PlainCommand
from tx_upgrade.cli.show import show_version

# Without rich's markup, help and errors are plain text and rich is never imported.
app = typer.Typer(
    name="tx-upgrade",
    cls=Commands,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("run", cls=PlainCommand)(run.run)
app.add_typer(rules.app, name="rules")
app.add_typer(api.app, name="api")
app.command("rollback")(rollback.rollback)
app.command("log")(log.log)
app.command("shed", cls=PlainCommand)(shed.shed)


def _show_version(wanted: bool) -> None:
    if wanted:
        show_version()
        raise typer.Exit


@app.callback()
def tx_upgrade(
    version: Annotated[
        bool,
        typer.Option("--version", is_eager=True, callback=_show_version, help="Show the version and exit."),
    ] = False,
) -> None:
    """Upgrade code that uses Hugging Face transformers from one release to another.

    "tx-upgrade PATH..." is the same as "tx-upgrade run PATH...", with the same options ("tx-upgrade run --help").
    A folder that bears a command's name is given as ./rules.
    """
