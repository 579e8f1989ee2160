"""What a rule can say. ``docs/writing-rules.md`` explains each selector; this module holds them once they are read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from ..model import LIBRARY, Safety

ANY = "any"
"""Stands for ``any`` in conditions: the argument is given, whatever its value."""


@dataclass(frozen=True, slots=True)
class Like:
    """A condition on a literal string: it matches one of these patterns, upper and lower case alike."""

    patterns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MadeWith:
    """A condition on an object: the call that made it passes this argument, and not as 1 or None."""

    argument: str


@dataclass(frozen=True, slots=True)
class Written:
    """A condition on a value that only run time knows: the project writes a string like one of these somewhere."""

    patterns: tuple[str, ...]


INSTANCE = "instance"
"""Stands for ``instance`` in conditions: the argument is certainly an object, not a name or a path of one."""


_NOTHING: Mapping[str, Any] = {}


class ArgumentOp(NamedTuple):
    """One operation on an argument; without ``rename``, ``value``, ``remove`` or ``replace`` it only reports."""

    is_: tuple[Any, ...] | None = None
    not_: tuple[Any, ...] | None = None
    literal: bool | None = None
    of: tuple[str, ...] | None = None
    """Condition: the value is certainly an instance of one of these classes."""
    may_be: tuple[str, ...] | None = None
    """Condition: the value is such an instance in one of the cases that the code knows."""
    rename: str | None = None
    value: str | None = None
    remove: bool = False
    replace: tuple[tuple[str, str], ...] = ()
    through: str | None = None
    """What the call goes through: a template of its receiver (``$self``) and of the value (``$value``)."""
    made_with: tuple[tuple[str, str], ...] = ()
    """Arguments that the call which loads the receiver (or makes its configuration) gets instead, where the file shows it."""
    could_be: tuple[Any, ...] | None = None
    """Condition: the value may be one of these, as far as the project shows what is passed."""
    read: str | None = None
    """Condition: the project reads this attribute of a class, and the argument is written in the call."""
    hand_to: str | None = None
    """A function that is given what the call makes, and the argument in its place."""
    safety: Safety | None = None
    message: str | None = None

    @property
    def reports_only(self) -> bool:
        changes = self.rename or self.value is not None or self.remove or self.replace
        return not (changes or self.through or self.hand_to)


class SymbolSelector(NamedTuple):
    symbols: dict[str, str | None]
    changed: bool = False
    """The old names still exist in the target but stand for something else there."""
    when_checked: str | None = None
    """The name to take where the project asks ``isinstance`` or ``issubclass`` with the old one."""


class ModuleSelector(NamedTuple):
    modules: dict[str, str | None]


class ReexportSelector(NamedTuple):
    """Names that a module had only imported and no longer passes on; the API history says where they are defined."""

    package: str
    """The modules that it is about: those of this package."""


class Unpacked(NamedTuple):
    """What is done to a dictionary that the code reads from a file and unpacks into the call."""

    through: str
    """A function that makes the target's arguments of it."""
    keys: frozenset[str]
    """The arguments that this is about; where the file is known, it must hold one of them."""


class CallSelector(NamedTuple):
    callees: tuple[str, ...]
    replace: str | None = None
    arguments: Mapping[str, tuple[ArgumentOp, ...]] = _NOTHING
    add: Mapping[str, str] = _NOTHING
    unless: Mapping[str, Any] = _NOTHING
    require: Mapping[str, Any] = _NOTHING
    keyword_only_from: int | None = None
    unpacked: Unpacked | None = None
    whole: bool = False
    """Only for calls of which more than items and attributes are used."""
    defining: tuple[str, ...] = ()
    """Only constructors of classes of the project that define one of these methods."""

    @property
    def arguments_only(self) -> bool:
        """Whether the rule says nothing of calls that pass none of its arguments."""
        return (
            bool(self.arguments) and not self.add and self.replace is None and self.keyword_only_from is None
        )


class Outline(NamedTuple):
    """What code must look like to match a pattern: enough to leave out most of it without a comparison."""

    kind: str
    """The type of the expression, as ``ast`` calls it."""
    inner: str | None
    """The type of what a subscript is taken of, or of an operation's left side; None where that may be anything."""
    word: str | None
    """The attribute or name at its head."""
    path: str | None
    """The qualified name that it is."""
    keywords: frozenset[str]
    """Keywords that a call must pass."""
    attributes: frozenset[str]
    """Attributes that must be read; those of a qualified name need not be, it may be imported."""
    receiver: str | None
    """The variable that a subscript is taken of."""


class Case(NamedTuple):
    match: str
    outline: Outline
    replace: str | None = None
    safety: Safety | None = None
    message: str | None = None
    bare: bool = False
    """Only where nothing is read off the expression itself: no attribute, no item."""
    named: Mapping[str, tuple[str, ...]] = _NOTHING
    """Only where what a variable stands for is written as one of these names (``self.x`` has the name ``x``)."""
    given_by: Mapping[str, tuple[str, ...]] = _NOTHING
    """Only where what a variable stands for is what a method of one of these names gave."""
    in_front: Mapping[str, tuple[str, ...]] = _NOTHING
    """Only where a dictionary that is written out holds one of these keys in front of another key."""
    mentions: Mapping[str, tuple[str, ...]] = _NOTHING
    """Only where a variable's expression, with what the names in it were given, holds one of these strings or names."""
    also: str | None = None
    """Only where the expression is assigned to: another place that gets the value, too."""
    able: Mapping[str, tuple[str, ...]] = _NOTHING
    """Only where the class of what a variable stands for has these methods in the target, or the project calls one of them."""
    not_given: Mapping[str, tuple[Any, ...]] = _NOTHING
    """Not where what a variable stands for is one of these literals."""
    at_least: Mapping[str, int] = _NOTHING
    """Not where what a variable stands for is a literal number below this."""
    unpacked_into: int = 0
    """Only where the expression is unpacked into so many targets by an assignment."""
    used_with: str = ""
    """Only in projects that speak of what this regular expression names."""


class MatchSelector(NamedTuple):
    cases: tuple[Case, ...]
    where: dict[str, tuple[str, ...]]
    proven: bool = False
    """Only for receivers whose class is certain; a rule behind it speaks of the others."""


class AttributeSelector(NamedTuple):
    attributes: dict[str, str | None]
    access: str = "default"
    not_given: tuple[Any, ...] = ()
    """For ``access: write``: not where one of these literals is assigned."""


class OverrideSelector(NamedTuple):
    methods: tuple[str, ...]
    add_parameters: tuple[str, ...] = ()
    add_var_keyword: bool = False
    rename_parameters: Mapping[str, str] = _NOTHING
    having: tuple[str, ...] = ()
    """Only for overrides that have all of these parameters."""
    lacking: tuple[str, ...] = ()
    """Only for overrides that have none of these parameters."""
    hand_on: bool = False
    """Whether calls of the same method through ``super()`` pass the added parameters on."""
    decorate: str | None = None
    """A decorator that hands the override what it used to get."""
    tests: tuple[str, ...] = ()
    """Only for overrides that test one of these parameters (``is None``, truth)."""
    reads: tuple[str, ...] = ()
    """Only for overrides that do more with one of these parameters than pass it on."""
    unless_calls: tuple[str, ...] = ()
    """Not for overrides that call a method of one of these names."""
    append: str | None = None
    """A statement behind the last one, as a template of ``$self``; not where an ancestor's method calls ``unless_calls``."""
    below: tuple[str, ...] = ()
    """For ``append``: only in classes whose bases in the library have names like these."""
    speaks_of: tuple[str, ...] = ()
    """Only for overrides that hold one of these strings."""


class Pairing(NamedTuple):
    """How the paths in a list are paired with others, to make a dictionary of it."""

    assigned_in: tuple[str, ...] = ()
    """Methods whose ``self.a.b = self.c.d`` pairs the two paths."""
    calls: Mapping[str, str] = _NOTHING
    """Methods called there with two parts of ``self``, and the member of both that they pair."""
    returned: tuple[tuple[str, str, str], ...] = ()
    """Two methods that give the parts, and the member of both that is paired."""
    overridden: str = ""
    """The method that pairs what ``returned`` says, unless the class overrides it."""


class ClassAttributeSelector(NamedTuple):
    attributes: dict[str, str | None]
    holding: tuple[str, ...] = ()
    """Only for displays of these types (``list``, ``dict``, …); any value when empty."""
    paired: Pairing | None = None
    value: str | None = None
    """What the value becomes where pairing gives nothing, as a template of ``$value``."""


class ClassDefaultsSelector(NamedTuple):
    """Defaults that a base class no longer gives, written into the project's classes that derive from it directly."""

    base: str
    defaults: dict[str, str]
    also_for: Mapping[str, tuple[str, ...]] = _NOTHING
    """Other members of the project's classes that need a default as well."""


class AddedBaseSelector(NamedTuple):
    """A base that classes of the library lost, and that the project's classes below them need."""

    of: str
    base: str
    defining: tuple[str, ...] = ()
    """Methods that only make sense with it."""
    calling: tuple[str, ...] = ()
    """Its methods: a class whose objects are called with one needs it."""


class UnwrapSelector(NamedTuple):
    match: str
    where: dict[str, tuple[str, ...]]
    inside: tuple[Case, ...]


class LoopSelector(NamedTuple):
    """Loops over objects of these classes, whose items hold more than they did."""

    classes: tuple[str, ...]
    items: dict[int, str]
    """By the number of names that took an item: what takes it now (``$key, $value, *_``)."""
    whole: str | None = None
    """What the loop goes over where an item is used as a whole; its variable is the object."""


class StringSelector(NamedTuple):
    """Texts in strings that name parts of the library's objects; findings only."""

    texts: tuple[str, ...]
    used_with: str
    """A regular expression for the classes that the project must speak of."""


class EnvironmentSelector(NamedTuple):
    variables: dict[str, str | None]


class FlagSelector(NamedTuple):
    """Flags of command lines that the code holds as lists, where HfArgumentParser makes them of a class's fields."""

    flags: Mapping[str, str | None]
    """To each flag the new one; "" takes it out with its value, and ``--new=value`` stands for a boolean flag."""
    parsed_into: str


Selector = (
    SymbolSelector
    | ModuleSelector
    | ReexportSelector
    | CallSelector
    | MatchSelector
    | AttributeSelector
    | OverrideSelector
    | ClassAttributeSelector
    | ClassDefaultsSelector
    | AddedBaseSelector
    | UnwrapSelector
    | LoopSelector
    | StringSelector
    | EnvironmentSelector
    | FlagSelector
)


class Example(NamedTuple):
    """``after`` for a rewrite; ``same`` for code that stays; ``finds`` for code that stays and is reported."""

    before: str | None = None
    after: str | None = None
    same: str | None = None
    finds: str | None = None
    unsafe: bool = False
    runnable: bool = False


class Rule(NamedTuple):
    id: str
    title: str
    selector: Selector
    safety: Safety
    message: str
    source: str
    deprecated: str | None
    broken: str | None
    tags: tuple[str, ...]
    examples: tuple[Example, ...]
    pack: tuple[str, str]
    file: str
    line: int
    order: int = 0
    generated: bool = False
    """Proven by the API history, not written by a person: rules that a person wrote go before it."""
    available: str | None = None
    """First minor that has the new form, where that is not the one that lost the old one."""
    since: str | None = None
    """First minor that behaves in the old way: code that was written for an older one never met it."""
    library: str = LIBRARY
    """The package that the rule is about, as it is imported; its versions are those of this package."""

    @property
    def pack_name(self) -> str:
        """The pack as files and pages are called after it: ``4.57-to-5.0``, ``huggingface_hub-0.14-to-1.0``."""
        pair = f"{self.pack[0]}-to-{self.pack[1]}"
        return pair if self.library == LIBRARY else f"{self.library}-{pair}"

    @property
    def kind(self) -> str:
        return type(self.selector).__name__.removesuffix("Selector").lower()


class ShimEntry(NamedTuple):
    """The source of one name of the compatibility module."""

    name: str
    serves: str
    source: str
    needs: tuple[str, ...]
    file: str
    line: int
    written_before: tuple[tuple[str, str], ...] = ()
    """Other sources, each for code that was written before this version; the lowest version that fits is taken."""


class Packs(NamedTuple):
    """All rules and shim entries that were read, rules in their order."""

    rules: tuple[Rule, ...]
    shims: dict[str, ShimEntry]
