"""Import statements: what a file needs after its references changed, in the place and style that it already has."""

from __future__ import annotations

import ast
import keyword
from collections.abc import Callable, Iterator

from ..analysis.library import ROOT
from ..analysis.module import Module
from ..analysis.scopes import Binding, Scope
from ..model import SHIM_MODULE
from .composer import Composer
from .import_places import Import, ImportPlaces
from .import_writing import ImportWriter, Wanted

_AS_MODULE = frozenset({"torch", "os", "math", "numpy", "tempfile", "contextlib", "importlib"})


class ImportPlanner:
    """The import changes of one module, collected first and written at the end."""

    def __init__(self, module: Module) -> None:
        self._module = module
        self._scopes = module.scopes
        self._places = ImportPlaces(module)
        self._wanted: dict[tuple[str, Import | None], Wanted] = {}
        self._moved: dict[ast.alias, tuple[str, str]] = {}
        self._dropped: set[ast.alias] = set()
        self._renamed_modules: dict[ast.alias, str] = {}
        self.shim_names: set[str] = set()
        self.leaves: Callable[[str], bool] = lambda _: False
        """Whether an import of a name is going to bring another one: nothing new may rely on it."""
        self._used: set[str] = set()
        """Names of existing imports that new code relies on."""
        self._every_name: set[str] | None = None

    # -- what is asked for -------------------------------------------------------------------------------------------

    def move(self, binding: Binding, qualified: str, *, keep_name: bool = False) -> str:
        """Let a from-import bring ``qualified`` instead; gives the local name that its uses must have then."""
        alias = binding.node
        assert isinstance(alias, ast.alias)
        self._note_shim(qualified)
        existing = self._direct(qualified, self._scope_of(binding), skip=alias)
        keep_name = keep_name or self._kept_name(binding)
        if existing is not None and alias.asname is None and not keep_name:
            self._dropped.add(alias)
            return existing
        short = qualified.rsplit(".", 1)[-1]
        if alias.asname is not None:
            local = alias.asname
        elif short == alias.name or keep_name or self._taken(short, qualified):
            local = alias.name
        else:
            local = short
        self._moved[alias] = (qualified, local)
        return local

    def drop(self, binding: Binding) -> None:
        """Let an import go whose name nothing uses any more (never one that the module hands on)."""
        if binding.name in self._used:
            return
        if isinstance(binding.node, ast.alias) and not self._kept_name(binding):
            self._dropped.add(binding.node)

    def rename_module(self, alias: ast.alias, module: str) -> None:
        """``import old.module`` becomes ``import module``."""
        self._renamed_modules[alias] = module

    def local(self, qualified: str, at: ast.AST) -> str:
        """Source that gives ``qualified`` at a node, importing it where nothing does yet."""
        self._note_shim(qualified)
        scope = self._module.scope(at)
        owner = qualified.rpartition(".")[0]
        if self._module.project.library.kind(owner) == "class":
            return f"{self.local(owner, at)}.{qualified.rpartition('.')[2]}"
        direct = self._direct(qualified, scope)
        if direct is not None:
            self._used.add(direct)
            return direct
        prefixed = self._through_module(qualified, scope)
        if prefixed is not None:
            self._used.add(prefixed.split(".")[0])
            return prefixed
        if self._by_star(qualified):
            return qualified.rpartition(".")[2]
        for alias, (target, local) in self._moved.items():
            if target == qualified and self._visible(local, alias, scope):
                return local
        place = self._places.beside(qualified, at)
        for beside in (None, place):
            if (qualified, beside) in self._wanted:
                return self._spell(qualified, self._wanted[qualified, beside])
        wanted = self._new(qualified, place)
        self._wanted[qualified, place] = wanted
        return self._spell(qualified, wanted)

    def _note_shim(self, qualified: str) -> None:
        if qualified.startswith(f"{SHIM_MODULE}."):
            self.shim_names.add(qualified.removeprefix(f"{SHIM_MODULE}."))

    @staticmethod
    def _spell(qualified: str, wanted: Wanted) -> str:
        if wanted.name is not None:
            return wanted.local + qualified.removeprefix(f"{wanted.module}.{wanted.name}")
        rest = qualified.removeprefix(wanted.module)
        return f"{wanted.local}{rest}"

    def _new(self, qualified: str, place: Import | None) -> Wanted:
        module, _, name = qualified.rpartition(".")
        if self._module.project.library.kind(module) == "class":
            return self._new(module, place)  # a member: the class is what can be imported
        if module in _AS_MODULE:
            free = self._means_only(module, place) or not self._taken(module, module)
            return Wanted(module, None, None if free else f"_{module}")
        asname = None
        if self._taken(name, qualified):
            root = "compat" if module == SHIM_MODULE else qualified.split(".")[0].strip("_")
            asname = f"{root.capitalize()}{name}" if name[:1].isupper() else f"{root}_{name}"
        return Wanted(module, name, asname)

    def _scope_of(self, binding: Binding) -> Scope:
        return self._module.scope(binding.statement) if binding.statement is not None else self._scopes.module

    def _kept_name(self, binding: Binding) -> bool:
        """Whether other files may import the name from here: it keeps its name then."""
        at_top = self._scope_of(binding).kind == "module"
        if not at_top:
            return False
        if binding.name in self._module.exported or self._module.is_package:
            return True
        return self._module.project.takes_from(self._module, binding.name)

    def keeps(self, binding: Binding) -> bool:
        return self._kept_name(binding)

    def _taken(self, name: str, qualified: str) -> bool:
        if keyword.iskeyword(name):
            return True
        if self._every_name is None:
            self._every_name = {n.id for n in self._scopes.names} | {
                b for s in self._all_scopes() for b in s.bindings
            }
        wanted = self._wanted.values()
        if any(w.local == name and w.qualified != qualified for w in wanted):
            return True
        return name in self._every_name and not self._left_by_star(name)

    def _means_only(self, module: str, place: Import | None) -> bool:
        """Whether a name stands for this module in every scope that binds it, and for nothing beside ``place``."""
        bound = [b for s in self._all_scopes() for b in s.bindings.get(module, [])]
        if not bound or any(b.kind != "import" or b.qualified != module for b in bound):
            return False
        if place is None:
            return True
        scope = self._module.scope(place)
        return scope.kind != "module" and not any(
            n.id == module and self._module.scope(n) is scope for n in self._scopes.names
        )

    def _by_star(self, qualified: str) -> bool:
        """Whether ``from transformers import *`` gives a name that nothing binds and no later star can give."""
        module, _, name = qualified.rpartition(".")
        if module != ROOT or name.startswith("_") or any(name in s.bindings for s in self._all_scopes()):
            return False
        library = self._module.project.library
        brought = False
        for star in self._scopes.star_imports:
            source = star.module or ""
            if star.level or source.split(".")[0] != ROOT:
                brought = False
            elif source == ROOT:
                brought = star in self._module.tree.body and library.in_target(qualified)
            elif library.in_target(f"{source}.{name}") and not self._brings(f"{source}.{name}", qualified):
                brought = False
        return brought

    def _left_by_star(self, name: str) -> bool:
        """Whether a name came with the library's star and no longer does: its uses are free for what replaces it."""
        if any(name in s.bindings for s in self._all_scopes()):
            return False
        project = self._module.project
        star = project.star_name(self._module, name)
        return star is not None and not project.library.in_target(star)

    def _all_scopes(self) -> set[Scope]:
        return set(self._scopes.scope_of.values()) | {self._scopes.module}

    def _visible_imports(self, scope: Scope) -> Iterator[tuple[str, Binding]]:
        current: Scope | None = scope
        seen: set[str] = set()
        while current is not None:
            for name, bindings in current.bindings.items():
                if name in seen:
                    continue
                seen.add(name)
                if current.kind == "class" and current is not scope:
                    continue
                binding = self._places.brings(bindings)
                if binding is not None:
                    yield name, binding
            current = current.parent

    def _direct(self, qualified: str, scope: Scope, skip: ast.alias | None = None) -> str | None:
        for name, binding in self._visible_imports(scope):
            if binding.node in self._dropped or binding.node in self._moved or binding.node is skip:
                continue
            if binding.qualified is None:
                continue
            imported = self._module.absolute(binding.qualified)
            if self._brings(imported, qualified) and not self.leaves(imported):
                return name
        return None

    def _brings(self, imported: str, qualified: str) -> bool:
        """Whether an import gives the definition that ``qualified`` is in the target."""
        if imported == qualified:
            return True
        library = self._module.project.library
        if not (imported.startswith("transformers.") and qualified.startswith("transformers.")):
            return False
        if imported.rpartition(".")[2] != qualified.rpartition(".")[2]:
            return False
        definition = library.history.definition(qualified, library.to_version)
        return definition is not None and definition == library.history.definition(
            imported, library.to_version
        )

    def _through_module(self, qualified: str, scope: Scope) -> str | None:
        best: tuple[int, str] | None = None
        for name, binding in self._visible_imports(scope):
            if binding.qualified is None or binding.node in self._dropped or binding.node in self._moved:
                continue
            base = self._module.absolute(binding.qualified)
            if not qualified.startswith(f"{base}."):
                continue
            is_module = isinstance(binding.statement, ast.Import) or base in {"torch.nn", "torch.optim"}
            # a long chain through a package is no way to write it: the name is imported instead
            is_module = is_module and qualified[len(base) + 1 :].count(".") < 2
            if is_module and (best is None or len(base) > best[0]):
                best = (len(base), f"{name}{qualified[len(base) :]}")
        return best[1] if best is not None else None

    def _visible(self, name: str, alias: ast.alias, scope: Scope) -> bool:
        owner = self._module.scope(alias)
        current: Scope | None = scope
        while current is not None:
            if current is owner:
                return True
            current = current.parent
        return False

    def apply(self, composer: Composer) -> None:
        """Turn everything that was asked for into edits."""
        ImportWriter(self._module, composer).write(
            self._dropped,
            self._renamed_modules,
            self._moved,
            [(wanted, place) for (_, place), wanted in self._wanted.items()],
        )
