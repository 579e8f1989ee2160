"""What goes wrong through a user's mistake."""


class TxUpgradeError(Exception):
    """The run itself cannot go on: one line for the user, exit status 2."""
