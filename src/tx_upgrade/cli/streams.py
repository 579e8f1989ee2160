"""Standard output and standard error: bytes as they are, colour only where it is wanted."""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import TracebackType
    from typing import TextIO


def wants_color(stream: TextIO) -> bool:
    """Whether ``stream`` is a terminal that shows colour, and the user did not object (https://no-color.org)."""
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def write_stdout(content: bytes | str) -> None:
    """Write all of it now, so that a closed pipe shows here and not when the interpreter ends.

    Raises BrokenPipeError when nobody reads it any more.
    """
    if isinstance(content, str):
        content = content.encode(sys.stdout.encoding, "backslashreplace")
    sys.stdout.flush()
    sys.stdout.buffer.write(content)
    sys.stdout.buffer.flush()


def say(text: str) -> None:
    """A line on standard error."""
    print(text, file=sys.stderr)


def warn(message: str) -> None:
    """A warning or a piece of evidence on standard error."""
    say(f"tx-upgrade: {message}")


def error(message: str) -> None:
    """Why the run failed, as one line on standard error."""
    say(f"tx-upgrade: error: {' '.join(message.split())}")


def abandon_stdout() -> None:
    """Let what is still buffered go nowhere, so that the interpreter does not stumble over it at its end."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)


class MistakesAsStatus:
    """Make of a user's mistake or a full disk one line and of both an exit status, as every command does.

    A context that raises SystemExit.
    """

    def __enter__(self) -> None:
        return None

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        from tx_upgrade.errors import TxUpgradeError

        if isinstance(problem, TxUpgradeError):
            error(str(problem))
            raise SystemExit(2) from None
        if isinstance(problem, BrokenPipeError):
            # The reader (head, less) has seen enough.
            abandon_stdout()
            raise SystemExit(1) from None
        if isinstance(problem, OSError):
            where = f"{problem.filename}: " if problem.filename else ""
            error(f"{where}{problem.strerror or problem}")
            raise SystemExit(2) from None
        if isinstance(problem, KeyboardInterrupt):
            raise SystemExit(130) from None
