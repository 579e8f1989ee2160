"""What one source file of a release says, before names are followed from file to file.

Texts only (dotted expressions as written), so that facts of an unchanged file can be reused for every release.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True)
class FunctionFacts:
    """A function or method; ``signature`` is encoded and still holds ``self``/``cls``."""

    signature: str
    decorators: tuple[str, ...] = ()
    wraps: str | None = None
    """The argument of ``functools.wraps``: whose signature it shows."""


@dataclass(slots=True)
class FieldFacts:
    """A dataclass field in the order of its class body."""

    name: str
    default: str | None
    init: bool = True
    keyword_only: bool = False


@dataclass(slots=True)
class ClassFacts:
    """A class body. ``members`` maps a name to its encoded kind (see ``encoding``)."""

    bases: tuple[str, ...]
    members: dict[str, str] = field(default_factory=dict)
    fields: list[FieldFacts] = field(default_factory=list)
    decorators: tuple[str, ...] = ()
    dataclass_arguments: dict[str, str] | None = None
    wraps: dict[str, str] = field(default_factory=dict)
    metaclass: str | None = None
    former: Binding | None = None
    """What the class's own name stood for before, where that is a base: ``class X(X)``."""


@dataclass(slots=True)
class ConstantFacts:
    """Any other value."""


@dataclass(slots=True)
class ImportFacts:
    """``from <module> import <name>`` (``name`` set) or ``import <module> [as …]``."""

    level: int
    module: str
    name: str | None


@dataclass(slots=True)
class AliasFacts:
    """``X = a.b.c``: another name for something; a constant if it leads to no class, function or module."""

    target: str


Binding = FunctionFacts | ClassFacts | ConstantFacts | ImportFacts | AliasFacts


@dataclass(slots=True)
class LazyFacts:
    """A module that replaces itself by a lazy one.

    ``structure`` is the evaluated ``_import_structure``; ``scans`` tells that the folder's ``__all__`` lists
    count too; ``extra`` names what the module hands over ready-made.
    """

    structure: dict[str, list[str]] = field(default_factory=dict)
    scans: bool = False
    extra: tuple[str, ...] = ()


@dataclass(slots=True)
class ModuleFacts:
    """Everything that linking needs from one file."""

    bindings: dict[str, Binding] = field(default_factory=dict)
    stars: list[ImportFacts] = field(default_factory=list)
    exports: list[str] | None = None
    required: list[str] = field(default_factory=list)
    lazy: LazyFacts | None = None
    string_tables: dict[str, dict[str, str]] = field(default_factory=dict)
    aliases: dict[str, str] = field(default_factory=dict)
