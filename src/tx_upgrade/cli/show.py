"""Questions without options, answered before the command line's library would be loaded."""

from __future__ import annotations

from tx_upgrade.cli.streams import MistakesAsStatus, write_stdout


def show_symbol(name: str, *, as_json: bool = False) -> None:
    """Write what is known of a name to standard output.

    Raises TxUpgradeError when no release has it.
    """
    from tx_upgrade.history import History
    from tx_upgrade.history.symbol import symbol
    from tx_upgrade.reporting.api import symbol_json, symbol_text

    history = History.load()
    found = symbol(history, name)
    write_stdout(symbol_json(found) if as_json else symbol_text(found, history.versions[-1]))


def show_version() -> None:
    """Write which version of the tool this is to standard output."""
    from tx_upgrade import __version__

    write_stdout(f"tx-upgrade {__version__}\n")


def shown(arguments: list[str]) -> bool:
    """Whether a command line is no more than ``--version`` or ``api show NAME``, which then has been answered.

    Raises SystemExit for a user's mistake.
    """
    if arguments == ["--version"]:
        with MistakesAsStatus():
            show_version()
        return True
    if len(arguments) != 3 or arguments[:2] != ["api", "show"] or arguments[2].startswith("-"):
        return False
    with MistakesAsStatus():
        show_symbol(arguments[2])
    return True
