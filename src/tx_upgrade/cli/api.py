"""``tx-upgrade api``: what is known of the library's API."""

from typing import Annotated

import typer

from tx_upgrade.cli.plain import PlainCommand
from tx_upgrade.cli.show import show_symbol
from tx_upgrade.cli.streams import write_stdout

app = typer.Typer(help="Ask what each release of transformers offers.", rich_markup_mode=None)

FORMATS = ("text", "json")


def _known_format(value: str) -> str:
    if value not in FORMATS:
        raise typer.BadParameter(f"{value!r} is not one of {', '.join(FORMATS)}.")
    return value


Format = Annotated[
    str,
    typer.Option("--format", metavar="|".join(FORMATS), callback=_known_format, help="How it is written."),
]


@app.command("show", cls=PlainCommand)
def show(
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="A qualified name such as transformers.Trainer.train.")
    ],
    format: Format = "text",
) -> None:
    """Show in which releases a name exists, and its signature in each."""
    show_symbol(name, as_json=format == "json")


@app.command("diff", cls=PlainCommand)
def diff(
    from_version: Annotated[str, typer.Argument(metavar="FROM", help="A release, such as 4.57.")],
    to_version: Annotated[str, typer.Argument(metavar="TO", help="Another one, such as 5.")],
    format: Format = "text",
) -> None:
    """Show what changed between two releases: names gone, moved and new, and signatures."""
    from tx_upgrade.history import History
    from tx_upgrade.history.changes import compare
    from tx_upgrade.reporting.api import changes_json, changes_text

    history = History.load()
    changes = compare(history, history.resolve_version(from_version), history.resolve_version(to_version))
    write_stdout(changes_json(changes) if format == "json" else changes_text(changes))
