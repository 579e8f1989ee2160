"""The facts of all files of one release → what every name stands for at run time, with every backend installed."""

from __future__ import annotations

import builtins
from dataclasses import dataclass, field

from tx_upgrade.history.builder.dataclass_signatures import constructor_members
from tx_upgrade.history.builder.facts import (
    AliasFacts,
    ClassFacts,
    ConstantFacts,
    FunctionFacts,
    ImportFacts,
    ModuleFacts,
)
from tx_upgrade.history.encoding import (
    CLASS,
    CONSTANT,
    EXTERNAL,
    FUNCTION,
    LIBRARY,
    MEMBER_METHOD,
    OPAQUE_FUNCTION,
    REEXPORT,
    SUBMODULE,
    is_thin,
)

OUTSIDE_SIGNATURES = {"torch.nn.Module.cuda": "device=None"}
"""Methods from outside that the library wraps."""

Target = tuple[str, str]
"""(one of CLASS, FUNCTION, CONSTANT, SUBMODULE, EXTERNAL; qualified name of the definition)."""


@dataclass(slots=True)
class LinkedRelease:
    """A release as the merge takes it: every value is a text in the spelling of ``encoding``."""

    version: str
    modules: dict[str, str] = field(default_factory=dict)
    names: dict[str, dict[str, str]] = field(default_factory=dict)
    members: dict[str, dict[str, dict[str, str]]] = field(default_factory=dict)


class Linker:
    """Follows names between the modules of one release."""

    def __init__(self, version: str, facts: dict[str, ModuleFacts], packages: set[str]) -> None:
        self.version = version
        self.facts = facts
        self.packages = packages
        # Which fallbacks the release's lazy machinery has is read off its source by the caller.
        self.features: set[str] = set()
        self.submodules: dict[str, set[str]] = {}
        for module in facts:
            parent, _, last = module.rpartition(".")
            if parent:
                self.submodules.setdefault(parent, set()).add(last)
        self._resolved: dict[tuple[str, str], Target | None] = {}
        self._tables: dict[str, dict[str, str]] = {}
        self._exports: dict[str, list[str]] = {}

    # --- names

    def resolve(self, module: str, name: str) -> Target | None:
        """What ``module.name`` stands for, or None when asking for it fails."""
        key = (module, name)
        if key in self._resolved:
            return self._resolved[key]
        self._resolved[key] = None  # a cycle of imports leads nowhere
        self._resolved[key] = result = self._resolve(module, name)
        return result

    def _resolve(self, module: str, name: str) -> Target | None:
        facts = self.facts.get(module)
        if facts is None:
            return None
        if facts.lazy is not None:
            table = self.lazy_table(module)
            if name in facts.lazy.extra:
                return self.bound(module, name)
            if name in table:
                found = self.resolve(f"{module}.{table[name]}", name)
                if found is not None or not name.endswith("TokenizerFast"):
                    return found
                return self.resolve(module, name.removesuffix("Fast")) if self.serves_fast else None
            return self._submodule(module, name)
        found = self.bound(module, name)
        if found is not None or name in facts.bindings:
            return found or self._submodule(module, name)
        for star in reversed(facts.stars):
            source = self.absolute(module, star)
            if self._is_dummy(source):
                continue
            if not self.is_library(source):
                continue
            if source in self.facts and name in self.public_names(source):
                found = self.resolve(source, name)
                if found is not None:
                    return found
        return self._submodule(module, name)

    def bound(self, module: str, name: str) -> Target | None:
        """What a module's own code binds to ``name``."""
        own = f"{module}.{name}"
        match self.facts[module].bindings.get(name):
            case FunctionFacts():
                return FUNCTION, own
            case ClassFacts():
                return CLASS, own
            case ConstantFacts():
                return CONSTANT, own
            case ImportFacts() as imported:
                return self.imported(module, imported)
            case AliasFacts(target=target):
                found = self.expression(module, target)
                return found if found is not None and found[0] != CONSTANT else (CONSTANT, own)
        return None

    def imported(self, module: str, item: ImportFacts) -> Target | None:
        """What an import statement in ``module`` gives."""
        source = self.absolute(module, item)
        if not self.is_library(source):
            return EXTERNAL, f"{source}.{item.name}" if item.name else source
        if item.name is None:
            return (SUBMODULE, source) if source in self.facts else None
        if self._is_dummy(source) or source not in self.facts:
            return None
        if source == module:  # `from . import x` inside the package itself
            return self._submodule(source, item.name) or self.resolve(source, item.name)
        return self.resolve(source, item.name)

    def expression(self, module: str, text: str) -> Target | None:
        """What a dotted expression in ``module`` stands for."""
        first, *rest = text.split(".")
        found = self.resolve(module, first)
        if found is None:
            if hasattr(builtins, first) and not rest:
                return EXTERNAL, f"builtins.{first}"
            return None
        for part in rest:
            kind, definition = found
            if kind == EXTERNAL:
                found = EXTERNAL, f"{definition}.{part}"
            elif kind == SUBMODULE:
                inner = self.resolve(definition, part)
                if inner is None:
                    return None
                found = inner
            else:
                return CONSTANT, f"{definition}.{part}"
        return found

    def absolute(self, module: str, item: ImportFacts) -> str:
        """The absolute name of the module that an import statement names."""
        if not item.level:
            return item.module
        package = module if module in self.packages else module.rpartition(".")[0]
        for _ in range(item.level - 1):
            package = package.rpartition(".")[0]
        return ".".join(filter(None, (package, item.module)))

    @staticmethod
    def is_library(module: str) -> bool:
        return module == LIBRARY or module.startswith(LIBRARY + ".")

    @staticmethod
    def _is_dummy(module: str) -> bool:
        return module.rpartition(".")[2].startswith("dummy_")

    def _submodule(self, module: str, name: str) -> Target | None:
        return (SUBMODULE, f"{module}.{name}") if name in self.submodules.get(module, ()) else None

    def public_names(self, module: str) -> list[str]:
        """What ``from module import *`` takes."""
        if module not in self._exports:
            self._exports[module] = []
            exports = self.facts[module].exports
            self._exports[module] = (
                exports
                if exports is not None
                else [n for n in self.all_names(module) if not n.startswith("_")]
            )
        return self._exports[module]

    def all_names(self, module: str) -> set[str]:
        """Names that may exist in a module (submodules apart), before they are resolved."""
        facts = self.facts[module]
        if facts.lazy is not None:
            return {*self.lazy_table(module), *facts.lazy.extra}
        names = set(facts.bindings)
        for star in facts.stars:
            source = self.absolute(module, star)
            if source in self.facts and not self._is_dummy(source):
                names.update(self.public_names(source))
        return names

    # --- lazy modules

    def lazy_table(self, module: str) -> dict[str, str]:
        """A lazy module's names → the submodule (relative) that is asked for each."""
        if module in self._tables:
            return self._tables[module]
        lazy = self.facts[module].lazy
        table: dict[str, str] = {}
        self._tables[module] = table
        if lazy is None:
            return table
        if lazy.scans:
            folder = f"{module}.models" if module == LIBRARY else module
            for other in sorted(self.facts):
                if other.startswith(folder + ".") and other not in self.packages:
                    if other.rpartition(".")[2].startswith(("convert_", "modular_")):
                        continue
                    facts = self.facts[other]
                    for name in [*(facts.exports or ()), *facts.required]:
                        table[name] = other[len(module) + 1 :]
        for submodule, names in lazy.structure.items():
            if not self._is_dummy(submodule):
                table.update(dict.fromkeys(names, submodule))
        if module == LIBRARY:
            # No installation has every backend: what the modules of dummies import is always served with them.
            for other, facts in self.facts.items():
                if self._is_dummy(other):
                    for name, binding in facts.bindings.items():
                        if isinstance(binding, ImportFacts):
                            table.setdefault(name, other[len(module) + 1 :])
        return table

    def forget(self, module: str) -> None:
        """Drop what was resolved of a module whose facts were replaced."""
        self._resolved = {key: target for key, target in self._resolved.items() if key[0] != module}

    @property
    def serves_fast(self) -> bool:
        """Whether the lazy machinery serves ``XTokenizerFast`` from ``XTokenizer`` (5.x)."""
        return int(self.version.partition(".")[0]) >= 5

    # --- the whole release

    def release(self) -> LinkedRelease:
        """Resolve every name of every module."""
        linked = LinkedRelease(self.version)
        for module in self.facts:
            if self._is_dummy(module):
                linked.modules[module] = SUBMODULE
                linked.names[module] = {}
                continue
            linked.modules[module] = SUBMODULE
            names: dict[str, str] = {}
            for name in sorted(self.all_names(module)):
                target = self.resolve(module, name)
                if target is not None:
                    names[name] = self._encoded(module, name, target)
            for name in sorted(self.submodules.get(module, ())):
                names.setdefault(name, SUBMODULE)
            if is_thin(module):
                own = {n: v for n, v in names.items() if v[0] not in (REEXPORT, EXTERNAL)}
                names = {n: OPAQUE_FUNCTION if v[0] == FUNCTION else v for n, v in own.items()}
            linked.names[module] = names
            classes = {
                name: self._class_members(module, name) for name, value in names.items() if value == CLASS
            }
            if classes:
                linked.members[module] = classes
        return linked

    def _encoded(self, module: str, name: str, target: Target) -> str:
        kind, definition = target
        if kind == EXTERNAL:
            return EXTERNAL + definition
        if definition != f"{module}.{name}":
            return REEXPORT + definition.removeprefix(LIBRARY + ".") if definition != LIBRARY else REEXPORT
        if kind == FUNCTION:
            facts = self.facts[module].bindings[name]
            assert isinstance(facts, FunctionFacts)
            return FUNCTION + facts.signature
        return kind

    def _class_members(self, module: str, name: str) -> dict[str, str]:
        facts = self.class_facts(f"{module}.{name}")
        assert facts is not None
        members = {"": ",".join(self.base_names(module, facts))}
        if is_thin(module):
            return members
        members.update(facts.members)
        for member, original in facts.wraps.items():
            signature = self._member_signature(module, original)
            if signature is not None and member in members:
                members[member] = MEMBER_METHOD + signature
        members.update(constructor_members(self, module, name, facts))
        return members

    def _member_signature(self, module: str, text: str) -> str | None:
        """The signature of ``Class.method`` as written in a module, for ``functools.wraps``."""
        owner, _, member = text.rpartition(".")
        target = self.expression(module, owner) if owner else None
        if target is not None and target[0] == EXTERNAL:
            return OUTSIDE_SIGNATURES.get(f"{target[1]}.{member}")
        body = self.class_facts(target[1]) if target is not None and target[0] == CLASS else None
        value = body.members.get(member, "") if body is not None else ""
        return value[1:] if value.startswith(MEMBER_METHOD) else None

    def class_facts(self, definition: str) -> ClassFacts | None:
        """The class body of a definition of the library."""
        module, _, name = definition.rpartition(".")
        found = self.facts[module].bindings.get(name) if module in self.facts else None
        return found if isinstance(found, ClassFacts) else None

    def base_names(self, module: str, facts: ClassFacts) -> list[str]:
        """Definitions of the bases; the library's own without its prefix, others marked as external."""
        found: list[str] = []
        for base in facts.bases:
            if base.startswith("builtins."):
                found.append(EXTERNAL + base)
                continue
            target = self._base(module, facts, base)
            if target is None or target[0] not in (CLASS, EXTERNAL):
                found.append(EXTERNAL + "?")
            elif target[0] == EXTERNAL:
                found.append(EXTERNAL + target[1])
            else:
                found.append(target[1].removeprefix(LIBRARY + "."))
        return found

    def _base(self, module: str, facts: ClassFacts, base: str) -> Target | None:
        """What a base stands for where the class is written: its own name still means something else there."""
        target = self.expression(module, base) if base != "?" else None
        if target is None or self.class_facts(target[1]) is not facts:
            return target
        match facts.former:
            case ImportFacts() as imported:
                return self.imported(module, imported)
            case AliasFacts(target=text):
                return self.expression(module, text)
        return None

    def base_classes(self, module: str, facts: ClassFacts) -> list[tuple[str, ClassFacts]]:
        """The bases that the library itself defines, as (definition, facts)."""
        found: list[tuple[str, ClassFacts]] = []
        for base in self.base_names(module, facts):
            if not base.startswith(EXTERNAL):
                definition = f"{LIBRARY}.{base}"
                body = self.class_facts(definition)
                if body is not None:
                    found.append((definition, body))
        return found
