"""``History``: questions about a name in a version, answered from the shipped index."""

from __future__ import annotations

import os.path

from tx_upgrade.errors import TxUpgradeError
from tx_upgrade.history.encoding import (
    CLASS,
    EXTERNAL,
    FUNCTION,
    LIBRARY,
    MEMBER_ATTRIBUTE,
    MEMBER_CLASS_METHOD,
    MEMBER_INSTANCE,
    MEMBER_METHOD,
    MEMBER_PROPERTY,
    MEMBER_STATIC_METHOD,
    REEXPORT,
    SIGNED,
    SUBMODULE,
    is_thin,
    value_at,
)
from tx_upgrade.history.external import external_members
from tx_upgrade.history.signatures import decode_signature
from tx_upgrade.history.store import StoredIndex

# A question for one name is answered sooner than typing, pathlib and re are imported.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator
    from typing import Literal

    from tx_upgrade.history.encoding import Timeline
    from tx_upgrade.history.signatures import Signature

    Kind = Literal["module", "class", "function", "constant", "external"]
    Found = tuple[Kind, str]

INDEX = os.path.join(os.path.dirname(__file__), "data", "history.bin")  # noqa: PTH118, PTH120

MODULE_DUNDERS = frozenset(
    {"__name__", "__file__", "__doc__", "__path__", "__spec__", "__loader__", "__package__", "__dict__"}
)
CONSTRUCTORS = ("__init__", "__new__")


class History:
    """What each release offers. ``versions`` are the indexed releases, oldest first.

    Every lookup takes a full version, an indexed one or another patch of an indexed minor, and raises
    TxUpgradeError for a version that is not known.
    """

    def __init__(self, index: StoredIndex) -> None:
        self._index = index
        self.versions: tuple[str, ...] = index.versions
        self._numbers = {version: number for number, version in enumerate(index.versions)}
        self._minors = {_minor(version): number for number, version in enumerate(index.versions)}
        self._definitions: dict[tuple[str, int], str | None] = {}
        self._found: dict[tuple[str, int], Found | None] = {}
        self._members: dict[tuple[str, int], dict[str, str]] = {}
        self._mros: dict[tuple[str, int], tuple[str, ...]] = {}
        self._names: dict[tuple[str, int], frozenset[str]] = {}
        self._timelines: dict[tuple[str, str], Timeline] = {}
        self._signatures: dict[tuple[str, int], Signature | None] = {}
        self._defined_in: dict[str, tuple[str, ...]] = {}

    @classmethod
    def load(cls, path: str | os.PathLike[str] | None = None) -> History:
        """The shipped history (or another index), one object a process; reads only the table of contents."""
        key = os.fspath(path or INDEX)
        if key not in _loaded:
            _loaded[key] = History(StoredIndex(key))
        return _loaded[key]

    # --- versions

    def resolve_version(self, text: str) -> str:
        """``4.30`` → ``4.30.2``, ``5`` → the last known 5.x; another patch of a known minor stays as it is.

        Raises TxUpgradeError naming the nearest known versions.
        """
        import re

        match = re.match(r"v?(\d+)(?:\.(\d+))?(?:\.(\d+))?", text.strip())
        if match is None:
            raise TxUpgradeError(
                f"{text!r} is no version of transformers; give one such as {self.versions[-1]}"
            )
        major, minor, patch = match.groups()
        if minor is None:
            known = [version for version in self.versions if version.partition(".")[0] == major]
            if known:
                return known[-1]
        else:
            number = self._minors.get((int(major), int(minor)))
            if number is not None:
                if patch is None or match.end() != len(text.strip()):
                    return self.versions[number]
                return f"{int(major)}.{int(minor)}.{int(patch)}"
        raise TxUpgradeError(self._unknown(text, (int(major), int(minor or 0))))

    def _unknown(self, text: str, wanted: tuple[int, int]) -> str:
        before = [v for v in self.versions if _minor(v) < wanted]
        after = [v for v in self.versions if _minor(v) > wanted]
        near = " and ".join([*before[-1:], *after[:1]])
        return f"version {text} of transformers is not known; the nearest known: {near}"

    def index_of(self, version: str) -> int:
        """The position in ``versions`` of the release that answers for a version.

        Raises TxUpgradeError for an unknown version.
        """
        number = self._numbers.get(version)
        if number is None:
            number = self._minors.get(_minor(self.resolve_version(version)))
            assert number is not None
            self._numbers[version] = number
        return number

    # --- names

    def exists(self, name: str, version: str) -> bool:
        """Whether a module, a module's name or a class's member (inherited ones too) can be had under that name.

        What lies inside of something from outside the library (``transformers.trainer.torch.nn``) or of a value
        counts as existing: nothing is known that would deny it.
        For members of a class with bases from outside, see ``is_open``.
        """
        return self._definition(name, self.index_of(version)) is not None

    def kind(self, name: str, version: str) -> Kind | None:
        """What a name is; methods are functions, other members constants; None when it does not exist."""
        found = self._find(name, self.index_of(version))
        return found[0] if found else None

    def definition(self, name: str, version: str) -> str | None:
        """Where it is defined, re-exports and aliases followed; a name from outside as it is called there.

        For an inherited member the member of the class that has it. None when it does not exist.
        """
        return self._definition(name, self.index_of(version))

    def names(self, module: str, version: str) -> frozenset[str]:
        """Every name of a module, imported ones and submodules included; empty for what is no module there."""
        number = self.index_of(version)
        key = (module, number)
        names = self._names.get(key)
        if names is None:
            if not self._is_module(module, number):
                found = self._find(module, number)  # a module under another name
                module = found[1] if found is not None and found[0] == "module" else ""
            names = frozenset(name for name in self._index.names(module) if self._value(module, name, number))
            self._names[key] = names
        return names

    def is_module(self, name: str, version: str) -> bool:
        """Whether ``import name`` works; ``kind`` tells what ``from … import`` gives where a package binds it, too."""
        return self._is_module(name, self.index_of(version))

    def modules(self, version: str) -> tuple[str, ...]:
        """Every module of a version that can be imported, the library itself included."""
        number = self.index_of(version)
        return tuple(
            module
            for module in self._index.modules
            if value_at(self._index.module_timeline(module), number) is not None
        )

    def signature(self, name: str, version: str) -> Signature | None:
        """What a function, a method or a class's constructor takes; None when that is unknown."""
        number = self.index_of(version)
        key = (name, number)
        if key not in self._signatures:
            self._signatures[key] = self._signature(name, number)
        return self._signatures[key]

    def intervals(self, name: str) -> tuple[tuple[str, str | None], ...]:
        """From which release to which a name exists; None as the last one means that the newest has it."""
        found: list[tuple[str, str | None]] = []
        start: int | None = None
        there = False
        owner, _, last = name.rpartition(".")
        # what a module itself says of the name changes only here
        changes = {0, *self._index.timeline(owner, last)[::2], *self._index.module_timeline(name)[::2]}
        changes.update(self._index.module_timeline(owner)[::2])
        for number in range(len(self.versions)):
            if number in changes or not self._is_module(owner, number):
                there = self._definition(name, number) is not None
            if there and start is None:
                start = number
            elif not there and start is not None:
                found.append((self.versions[start], self.versions[number - 1]))
                start = None
        if start is not None:
            found.append((self.versions[start], None))
        return tuple(found)

    # --- classes

    def bases(self, name: str, version: str) -> tuple[str, ...]:
        """Definitions of the direct bases, those from outside as they are called there (``?``: an expression)."""
        number = self.index_of(version)
        found = self._find(name, number)
        return self._bases(found[1], number) if found and found[0] == "class" else ()

    def mro(self, name: str, version: str) -> tuple[str, ...]:
        """The class itself and its bases in about the order of Python's resolution; () for what is no class."""
        number = self.index_of(version)
        found = self._find(name, number)
        return self._mro(found[1], number) if found and found[0] == "class" else ()

    def is_subclass(self, name: str, base: str, version: str) -> bool:
        """Whether a class is another one or derives from it, both under any of their paths."""
        wanted = self.definition(base, version) or base
        return wanted in self.mro(name, version)

    def members(self, name: str, version: str) -> frozenset[str]:
        """All members that the library's own classes give a class (attributes set on ``self`` included)."""
        number = self.index_of(version)
        found: set[str] = set()
        for definition in self.mro(name, version):
            found.update(self._class_members(definition, number))
        return frozenset(found - {""})

    def own_members(self, name: str, version: str) -> frozenset[str]:
        """The members that a class has of itself, without those of its bases."""
        number = self.index_of(version)
        found = self._find(name, number)
        if found is None or found[0] != "class":
            return frozenset()
        return frozenset(member for member in self._class_members(found[1], number) if member)

    def member_kind(
        self, name: str, version: str
    ) -> Literal["method", "static method", "class method", "property", "attribute", "instance"] | None:
        """What a class's member is (``transformers.Trainer.train`` → ``method``); None for what is no member.

        ``instance`` is an attribute that methods set on ``self``.
        """
        owner, _, member = name.rpartition(".")
        number = self.index_of(version)
        for definition in self.mro(owner, version):
            value = self._member(definition, member, number)
            if value is not None:
                return _MEMBER_KINDS[value[0]]  # type: ignore[return-value]
        return None

    def is_open(self, name: str, version: str) -> bool:
        """Whether a class may have members that the history does not know.

        True with a base from outside that is not known by heart or with an own ``__getattr__``.
        """
        number = self.index_of(version)
        for definition in self.mro(name, version):
            if definition.startswith(LIBRARY + "."):
                if is_thin(definition.rpartition(".")[0]):
                    return True
                if any(self._member(definition, m, number) for m in ("__getattr__", "__getattribute__")):
                    return True
            elif external_members(definition) is None:
                return True
        return False

    # --- paths

    def public_path(self, definition: str, version: str) -> str:
        """The shortest path under which a definition can be imported: the package highest up that has its name."""
        number = self.index_of(version)
        found = self._find(definition, number)
        if found is None:
            return definition
        parts = definition.split(".")
        for depth in range(1, len(parts) - 1):
            candidate = ".".join([*parts[:depth], parts[-1]])
            if self._find(candidate, number) == found:
                return candidate
        return definition

    def suggestions(self, name: str, version: str) -> tuple[str, ...]:
        """Existing names that someone who asked for ``name`` may want: the same name elsewhere, then similar ones."""
        from tx_upgrade.history.suggest import suggestions

        return suggestions(self, name, version)

    def holders(self, last: str, version: str) -> tuple[str, ...]:
        """Every ``module.last`` that exists: definitions, modules, and what is only called so there."""
        number = self.index_of(version)
        return tuple(
            f"{module}.{last}" for module in self.defined_in(last) if self._value(module, last, number)
        )

    def defined_in(self, last: str) -> tuple[str, ...]:
        """The modules that in any release define a name, or call by it what is defined under another one."""
        found = self._defined_in.get(last)
        if found is None:
            found = self._defined_in[last] = self._index.modules_that_define(last)
        return found

    def new_modules(self, version: str) -> tuple[str, ...]:
        """The modules that a release has and the one before it lacks."""
        number = self.index_of(version)
        return tuple(
            module
            for module in self._index.modules_changed(number)
            if self._is_module(module, number) and not self._is_module(module, number - 1)
        )

    def may_define(self, module: str, names: Collection[str]) -> int:
        """How many of some names a module may define in some release; what is counted too much is rare."""
        return self._index.may_define(module, names)

    def names_like(self, scope: str, version: str, wanted: Callable[[str], bool]) -> list[str]:
        """The names of a module or members of a class for which ``wanted`` holds, without looking up all others."""
        number = self.index_of(version)
        found = self._find(scope, number)
        if found is None:
            return []
        if found[0] == "class":
            return sorted(member for member in self.members(scope, version) if wanted(member))
        module = scope if self._is_module(scope, number) else found[1]
        return sorted(n for n in self._index.names(module) if wanted(n) and self._value(module, n, number))

    def classes_with(self, member: str, version: str) -> tuple[str, ...]:
        """Definitions of the classes whose own text has a member (reads the whole index once)."""
        number = self.index_of(version)
        names = (f"{module}.{name}" for module, name in self._index.classes_with(member))
        return tuple(name for name in names if self._member(name, member, number) is not None)

    def changed_classes(self, version: str) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Classes whose own text changed in a version, as they were called in the release before.

        With each come those of its methods whose signature or kind changed.
        """
        number = self.index_of(version)
        for module in self._index.modules:
            for name in self._index.names(module):
                definition = f"{module}.{name}"
                if self._value(module, name, number - 1) != CLASS:
                    continue
                before = self._class_members(definition, number - 1)
                after = self._class_members(definition, number)
                if before != after and self._find(definition, number):
                    changed = (
                        m for m, value in before.items() if value[:1] in SIGNED and after.get(m) != value
                    )
                    yield definition, tuple(m for m in changed if m)

    def changed_functions(self, version: str) -> Iterator[str]:
        """Functions of modules whose signature changed in a version, or that left, as the release before calls them."""
        number = self.index_of(version)
        for module in self._index.modules:
            for name in self._index.names(module):
                before = self._value(module, name, number - 1)
                if before and before[0] == FUNCTION and before != self._value(module, name, number):
                    yield f"{module}.{name}"

    # --- inside

    def _definition(self, name: str, number: int) -> str | None:
        """As ``_find``, without asking what kind of thing it is: a re-export leads to its definition in one step."""
        key = (name, number)
        if key not in self._definitions:
            owner, _, last = name.rpartition(".")
            value = self._value(owner, last, number) if self._is_module(owner, number) else None
            if value is not None and value[0] == REEXPORT and len(value) > 1:
                self._definitions[key] = f"{LIBRARY}.{value[1:]}"
            else:
                found = self._find(name, number)
                self._definitions[key] = found[1] if found is not None else None
        return self._definitions[key]

    def _find(self, name: str, number: int) -> Found | None:
        key = (name, number)
        if key in self._found:
            return self._found[key]
        self._found[key] = found = self._look_up(name, number)
        return found

    def _look_up(self, name: str, number: int) -> Found | None:
        owner, _, last = name.rpartition(".")
        if self._is_module(name, number):
            # A package may bind a name that one of its submodules has too: the binding is what one gets.
            if owner and self._value(owner, last, number) not in (None, SUBMODULE):
                return self._in_module(owner, last, number) or ("module", name)
            return "module", name
        if not owner:
            return None
        if self._is_module(owner, number):
            found = self._in_module(owner, last, number)
            if found is not None:
                return found
        parent = self._find(owner, number)
        if parent is None:
            return None
        kind, definition = parent
        if kind == "module":
            return self._in_module(definition, last, number) if definition != owner else None
        if kind == "external":
            return "external", f"{definition}.{last}"
        if kind == "class":
            return self._in_class(definition, last, number)
        if kind == "constant" or last.startswith("__"):
            return "constant", f"{definition}.{last}"
        return None

    def _is_module(self, name: str, number: int) -> bool:
        return value_at(self._index.module_timeline(name), number) is not None

    def _in_module(self, module: str, name: str, number: int) -> Found | None:
        value = self._value(module, name, number)
        if value is None:
            # Dummies stand for what lacks a backend; nobody keeps a history of them, nor of what scripts import.
            known = name in MODULE_DUNDERS or module.rpartition(".")[2].startswith("dummy_")
            if known or (is_thin(module) and not self._index.timeline(module, name)):
                return "constant", f"{module}.{name}"
            return None
        match value[0]:
            case "m":
                return "module", f"{module}.{name}"
            case "^":
                return "external", value[1:]
            case "=":
                return self._find(f"{LIBRARY}.{value[1:]}" if len(value) > 1 else LIBRARY, number)
            case "c":
                return "class", f"{module}.{name}"
            case "f" | "F":
                return "function", f"{module}.{name}"
        return "constant", f"{module}.{name}"

    def _in_class(self, definition: str, member: str, number: int) -> Found | None:
        for owner in self._mro(definition, number):
            if owner.startswith(LIBRARY + "."):
                value = self._member(owner, member, number)
                if value is not None:
                    return ("function" if value[0] in SIGNED else "constant"), f"{owner}.{member}"
            elif member in (external_members(owner) or ()):
                return "external", f"{owner}.{member}"
        return (
            ("constant", f"{definition}.{member}")
            if hasattr(type, member) or hasattr(object, member)
            else None
        )

    def _value(self, module: str, name: str, number: int) -> str | None:
        key = (module, name)
        timeline = self._timelines.get(key)
        if timeline is None:
            timeline = self._timelines[key] = self._index.timeline(module, name)
        return value_at(timeline, number)

    def _member(self, definition: str, member: str, number: int) -> str | None:
        module, _, name = definition.rpartition(".")
        if self._value(module, name, number) != CLASS:
            return None
        return value_at(self._index.members(module, name).timeline(member), number)

    def _class_members(self, definition: str, number: int) -> dict[str, str]:
        key = (definition, number)
        members = self._members.get(key)
        if members is None:
            module, _, name = definition.rpartition(".")
            members = {}
            if self._value(module, name, number) == CLASS:
                stored = self._index.members(module, name)
                for member in stored.texts:
                    value = value_at(stored.timeline(member), number)
                    if value is not None:
                        members[member] = value
            self._members[key] = members
        return members

    def _bases(self, definition: str, number: int) -> tuple[str, ...]:
        text = self._member(definition, "", number)
        if not text:
            return ()
        return tuple(
            base[1:] if base.startswith(EXTERNAL) else f"{LIBRARY}.{base}" for base in text.split(",")
        )

    def _mro(self, definition: str, number: int) -> tuple[str, ...]:
        key = (definition, number)
        order = self._mros.get(key)
        if order is None:
            self._mros[key] = (definition,)  # bases that go round in circles end here
            found = [definition]
            if definition.startswith(LIBRARY + "."):
                for base in self._bases(definition, number):
                    for item in self._mro(base, number):
                        # As in Python's linearisation a shared base comes after all that derive from it.
                        if item in found:
                            found.remove(item)
                        found.append(item)
            self._mros[key] = order = tuple(found)
        return order

    def _signature(self, name: str, number: int) -> Signature | None:
        found = self._find(name, number)
        if found is None:
            return None
        kind, definition = found
        owner, _, last = definition.rpartition(".")
        if kind == "class":
            return self._constructor(definition, number)
        if kind != "function":
            return None
        value = self._value(owner, last, number)
        if value is not None:
            return decode_signature(value[1:]) if value[0] == FUNCTION else None
        value = self._member(owner, last, number)
        return decode_signature(value[1:]) if value is not None else None

    def _constructor(self, definition: str, number: int) -> Signature | None:
        for owner in self._mro(definition, number):
            if is_thin(owner.rpartition(".")[0]):
                return None
            if not owner.startswith(LIBRARY + "."):
                if owner in ("builtins.object", "typing.Generic", "abc.ABC", "typing.Protocol"):
                    continue
                return decode_signature("*args|**kwargs") if owner == "torch.nn.Module" else None
            for constructor in CONSTRUCTORS:
                value = self._member(owner, constructor, number)
                if value is not None and value[0] in "fs":
                    return decode_signature(value[1:])
        return decode_signature("")


_MEMBER_KINDS = {
    MEMBER_METHOD: "method",
    MEMBER_STATIC_METHOD: "static method",
    MEMBER_CLASS_METHOD: "class method",
    MEMBER_PROPERTY: "property",
    MEMBER_ATTRIBUTE: "attribute",
    MEMBER_INSTANCE: "instance",
}


def _minor(version: str) -> tuple[int, int]:
    major, minor = version.split(".")[:2]
    return int(major), int(minor)


_loaded: dict[str, History] = {}
