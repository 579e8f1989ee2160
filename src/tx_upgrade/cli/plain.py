"""Commands that take text, and what was left out, as it is.

From 0.29 on typer checks every value with pydantic, whose import takes as long as all the rest of a small run
together. Text needs no check. Older versions are quick by themselves and stay as they are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from typer.core import TyperCommand

if TYPE_CHECKING:
    import typer


class PlainCommand(TyperCommand):
    """A typer command that starts quickly."""

    def get_params(self, ctx: typer.Context) -> list[Any]:  # type: ignore[override]
        """The parameters, ``--help`` included, of which pydantic sees numbers and the like only."""
        return take_as_typed(super().get_params(ctx))


def take_as_typed(parameters: list[Any]) -> list[Any]:
    """Let parameters pass text and missing values on without typer's check; gives the same parameters."""
    for parameter in parameters:
        descriptor = getattr(parameter, "type_descriptor", None)
        if descriptor is not None and "process_value" not in vars(parameter):
            _skip_check(parameter, is_text=descriptor.annotation in (str, list[str]))
    return parameters


def _skip_check(parameter: Any, *, is_text: bool) -> None:
    checked = parameter.process_value

    def process_value(ctx: typer.Context, value: Any) -> Any:
        left_out = value is None and not parameter.required
        typed = is_text and (isinstance(value, str) or (isinstance(value, (list, tuple)) and len(value) > 0))
        if not (left_out or typed):
            return checked(ctx, value)
        return parameter.callback(ctx, parameter, value) if parameter.callback else value

    parameter.process_value = process_value
