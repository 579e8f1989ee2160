"""What all commands share: ``run`` as the default, and errors as one line instead of a traceback."""

from __future__ import annotations

from typing import Any

import typer
from typer.core import TyperGroup

from tx_upgrade.cli.plain import take_as_typed
from tx_upgrade.cli.streams import MistakesAsStatus

_OWN_OPTIONS = ("-h", "--help", "--version")


class Commands(TyperGroup):
    """The commands of ``tx-upgrade``; a first argument that is none of them belongs to ``run``."""

    def parse_args(self, ctx: typer.Context, args: list[str]) -> list[str]:  # type: ignore[override]
        """Insert ``run`` where it was left out. The arguments as given are kept for the journal."""
        ctx.obj = tuple(args)
        if not args:
            # Not no_args_is_help, whose exit status is 0 or 2 by the version of click.
            typer.echo(ctx.get_help(), err=True)
            raise typer.Exit(2)
        if args and args[0] not in self.commands and args[0] not in _OWN_OPTIONS:
            args = ["run", *args]
        return super().parse_args(ctx, args)

    def get_params(self, ctx: typer.Context) -> list[Any]:  # type: ignore[override]
        """The group's own options, quickly (see ``plain``)."""
        return take_as_typed(super().get_params(ctx))

    def invoke(self, ctx: typer.Context) -> object:  # type: ignore[override]
        """Run the command; a user's mistake or a full disk is one line and exit status 2."""
        with MistakesAsStatus():
            return super().invoke(ctx)
