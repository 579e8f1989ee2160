"""Named tuples for what is answered sooner than ``typing``, and all that it needs, would be imported.

To type checkers the classes are ``typing.NamedTuple``::

    TYPE_CHECKING = False
    if TYPE_CHECKING:
        from typing import NamedTuple
    else:
        from tx_upgrade.records import Record as NamedTuple
"""

from __future__ import annotations

from operator import itemgetter


class Record(tuple):  # type: ignore[type-arg]
    """A tuple whose places have the names that a subclass annotates; no name has a default."""

    _fields: tuple[str, ...] = ()

    def __init_subclass__(cls) -> None:
        cls._fields = tuple(cls.__annotations__)
        for place, name in enumerate(cls._fields):
            setattr(cls, name, property(itemgetter(place)))

    def __new__(cls, *values: object, **named: object) -> Record:
        """Values by position or by name, as many as there are names."""
        if named:
            values = (*values, *(named.pop(name) for name in cls._fields[len(values) :]))
        if named or len(values) != len(cls._fields):
            raise TypeError(f"{cls.__name__} takes {', '.join(cls._fields)}")
        return tuple.__new__(cls, values)

    def __getnewargs__(self) -> tuple[object, ...]:
        return tuple(self)

    def __repr__(self) -> str:
        inner = ", ".join(f"{name}={value!r}" for name, value in zip(self._fields, self, strict=True))
        return f"{type(self).__name__}({inner})"
