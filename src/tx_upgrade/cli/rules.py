"""``tx-upgrade rules``: list, show and check rules."""

from typing import Annotated

import typer

from tx_upgrade.cli.streams import say, write_stdout

app = typer.Typer(help="List, show and check rules.", rich_markup_mode=None)


@app.command("list")
def list_rules() -> None:
    """List the rules in force."""
    from tx_upgrade.rules import catalog

    write_stdout(_ended(catalog.list_rules()))


@app.command("show")
def show_rule(rule: Annotated[str, typer.Argument(metavar="ID", help="The rule's id.")]) -> None:
    """Show one rule in full, with its examples."""
    from tx_upgrade.rules import catalog

    write_stdout(_ended(catalog.show_rule(rule)))


@app.command("check")
def check_packs(
    folders: Annotated[
        list[str] | None,
        typer.Argument(metavar="DIR", help="Folders of packs; the ones that come along."),
    ] = None,
) -> None:
    """Validate packs: their schema, their examples and the history of the API.

    Exit status: 0 all is well, 1 there are problems.
    """
    from tx_upgrade.rules.check import check

    problems = check(folders or [])
    write_stdout("".join(_ended(problem) for problem in problems))
    if problems:
        say(f"tx-upgrade: {len(problems)} problem{'s' if len(problems) > 1 else ''}")
        raise typer.Exit(1)


def _ended(text: str) -> str:
    return text if not text or text.endswith("\n") else text + "\n"
