"""What an expression can be known to be."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from .module import ProjectClass

Certainty = Literal["proven", "likely", "partly"]
"""``partly``: true of some of the classes that an expression may stand for."""


@dataclass(frozen=True, slots=True)
class Instance:
    """An instance of a library class (by its qualified name) or of a class of the project."""

    of: str | ProjectClass
    among: frozenset[str | ProjectClass] = frozenset()
    """Where several classes come together in their base: all that it can be."""
    auto: str | None = field(default=None, compare=False)
    """For what an Auto class loaded: that class, which says more than ``of``."""
    cache: str | None = field(default=None, compare=False)
    """For outputs of a model: the class of their cache."""

    @property
    def classes(self) -> frozenset[str | ProjectClass]:
        """Every class that it can be, as far as the code says."""
        return self.among or frozenset((self.of,))


@dataclass(frozen=True, slots=True)
class Result:
    """What a call of an instance of a library class gives, where no class is known for it."""

    of: str


@dataclass(frozen=True, slots=True)
class Hooked:
    """What a forward hook on instances of these classes is passed as their output."""

    of: frozenset[str]


@dataclass(frozen=True, slots=True)
class Other:
    """Certainly nothing of the library: a literal, a torch object, an instance of the project's own class."""


@dataclass(frozen=True, slots=True)
class Nothing:
    """Only ever None: no alternative to anything."""


@dataclass(frozen=True, slots=True)
class Itself:
    """What is asked for already: that something is made of itself says nothing new of it."""


@dataclass(frozen=True, slots=True)
class ClassObject:
    """A class itself. Where it is one of several, ``among`` holds them and ``of`` is a base that they share."""

    of: str | ProjectClass
    among: tuple[str | ProjectClass, ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """A module inside a model, whose own class no signature tells.

    ``source`` is the module that the model is defined in, None when that is not known; ``layers`` says that it is
    the list of the model's layers, and ``item`` that it is one of them.
    """

    source: str | None
    layers: bool = False
    item: bool = False


@dataclass(frozen=True, slots=True)
class Many:
    """A list, or another collection, whose items are all of one type."""

    of: Instance | ClassObject | Result | Many | Row | Maker


@dataclass(frozen=True, slots=True)
class Row:
    """A tuple whose places are known one by one; with ``keys``, a dictionary (None for an item that is not known)."""

    items: tuple[Type | None, ...]
    keys: tuple[str, ...] | None = None
    names: tuple[str, ...] = ()
    """For a named tuple: the attributes."""


@dataclass(frozen=True, slots=True)
class Maker:
    """Something that gives an object of that type when it is called: a lambda, a partial function."""

    of: Type


@dataclass(frozen=True, slots=True)
class Wrapped:
    """An object of that type inside another one, at ``module``; at times it may be the object itself."""

    of: Instance | Itself


Type = (
    Instance | ClassObject | Result | Hooked | Many | Row | Maker | Other | Nothing | Itself | Part | Wrapped
)
Useful = Instance | ClassObject | Result | Many | Row | Maker
"""What a collection may be known to hold."""

ANY_PART = "torch.nn.Module"
"""The class of what is one of several parts of models."""

MAX_DEPTH = 14
