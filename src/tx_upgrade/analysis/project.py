"""Names across the files of a project: from an expression to the definition it stands for."""

from __future__ import annotations

import ast
import builtins
import os
from collections.abc import Callable, Mapping

from ..model import SHIM_FILE, Document
from ..project.reach import inside
from .library import ROOT, Library
from .module import (
    ExternalName,
    Growth,
    LibraryName,
    Module,
    ProjectClass,
    ProjectFunction,
    ProjectModule,
    ProjectValue,
    Target,
)
from .scopes import Binding, FunctionNode

_MANY_MODULES = 400
_BUILTINS = frozenset(dir(builtins))


class Project:
    """The files of one run, parsed when first asked for.

    ``load`` gives the parsed file of a path, or None when it is not part of the project or cannot be parsed;
    ``groups`` names the source folder of each file that can reach the library: callers are looked for in there;
    ``copies`` are folders that hold the library itself.
    """

    def __init__(
        self,
        library: Library,
        paths: frozenset[str],
        load: Callable[[str], tuple[Document, ast.Module] | None],
        groups: Mapping[str, str] | None = None,
        copies: frozenset[str] = frozenset(),
    ) -> None:
        self.library = library
        self._copies = copies
        self._groups = dict(groups or {})
        self._paths = paths
        self._load = load
        self._modules: dict[str, Module | None] = {}
        self._found: dict[tuple[str, str], str | None] = {}
        self._members: dict[str, frozenset[str]] = {}
        self._library_bases: dict[ast.ClassDef, list[str]] = {}
        self._lineages: dict[ast.ClassDef, list[ProjectClass]] = {}
        self._defined: dict[ast.ClassDef, dict[str, FunctionNode]] = {}
        self._starred: dict[tuple[str, str], Target | None] = {}
        self._peers: dict[str, list[Module]] = {}
        self._growing: dict[str, dict[str, list[tuple[Module, Growth]]]] = {}
        self._below: dict[str, dict[ast.ClassDef, list[ProjectClass]]] = {}
        self._qualified: dict[tuple[str, str], Target | None] = {}
        self._unreached: dict[FunctionNode, bool] = {}
        self._uses: dict[str, dict[str, list[tuple[Module, ast.expr]]]] = {}

    def module(self, path: str) -> Module | None:
        """The module of an absolute path with forward slashes."""
        if path not in self._modules:
            self._modules[path] = None
            loaded = self._load(path)
            if loaded is not None:
                self._modules[path] = Module(*loaded, path, self)
        return self._modules[path]

    def peers(self, module: Module) -> list[Module]:
        """The modules of the same project that can reach the library, the module itself included."""
        group = self._groups.get(module.path)
        if group is None:
            return [module]
        if group not in self._peers:
            # what the tool wrote itself says nothing of the project: a second run would find other things than the first
            paths = [p for p, g in self._groups.items() if g == group and not p.endswith(f"/{SHIM_FILE}")]
            self._peers[group] = [m for m in map(self.module, sorted(paths)) if m is not None]
        found = self._peers[group]
        return found if self._groups.get(module.path) == group else [*found, module]

    def growing(self, module: Module) -> dict[str, list[tuple[Module, Growth]]]:
        """``Module.growing`` of all the modules of a project together."""
        key = self.group(module)
        if key not in self._growing:
            found: dict[str, list[tuple[Module, Growth]]] = {}
            self._growing[key] = found
            for peer in self.peers(module):
                for name, steps in peer.growing.items():
                    found.setdefault(name, []).extend((peer, step) for step in steps)
        return self._growing[key]

    def takes_from(self, module: Module, name: str) -> bool:
        """Whether another file of the project imports ``name`` from a module, or reaches it through the module."""
        return any(peer is not module and self._takes(peer, module, name) for peer in self.peers(module))

    def _takes(self, peer: Module, module: Module, name: str) -> bool:
        if name not in peer.words and "*" not in peer.words:
            return False
        for statement in peer.scopes.imports:
            if not isinstance(statement, ast.ImportFrom):
                continue
            names = {a.name for a in statement.names}
            if not names & {name, "*"}:
                continue
            source = "." * statement.level + (statement.module or "")
            target = self.resolve_qualified(peer, source, 0)
            found = isinstance(target, ProjectModule) and target.module is module
            if found and (name in names or any(n.id == name for n in peer.scopes.names)):
                return True
        for attribute in peer.scopes.attributes:
            if attribute.attr == name:
                base = self.resolve(peer, attribute.value)
                if isinstance(base, ProjectModule) and base.module is module:
                    return True
        for string in peer.scopes.strings:
            value = str(string.value)
            if value.endswith(f".{name}") and value.replace(".", "").isidentifier():
                target = self.resolve_qualified(peer, value.removesuffix(f".{name}"), 0)
                if isinstance(target, ProjectModule) and target.module is module:
                    return True
        return False

    def unreached(self, module: Module, function: FunctionNode) -> bool:
        """Whether a private function is used, and only where a version check keeps the target away."""
        if function not in self._unreached:
            self._unreached[function] = False  # functions that call each other end here
            uses = self._private_uses(module).get(function.name, ())
            self._unreached[function] = bool(uses) and all(
                (guard := peer.guards.of_reference(node)) is not None and guard.kind == "dead"
                for peer, node in uses
            )
        return self._unreached[function]

    def _private_uses(self, module: Module) -> dict[str, list[tuple[Module, ast.expr]]]:
        """The uses of names with an underscore in front, in a module's project; an import is none."""
        group = self.group(module)
        if group not in self._uses:
            found = self._uses[group] = {}
            for peer in self.peers(module):
                uses: list[tuple[str, ast.expr]] = [(n.id, n) for n in peer.scopes.names]
                uses += [(a.attr, a) for a in peer.scopes.attributes]
                uses += [(str(s.value), s) for s in peer.scopes.strings]
                for name, node in uses:
                    if name.startswith("_"):
                        found.setdefault(name, []).append((peer, node))
        return self._uses[group]

    def group(self, module: Module) -> str:
        """The source folder that a module belongs to."""
        return self._groups.get(module.path, module.path)

    def own_members(self, module: Module) -> frozenset[str]:
        """Methods and attributes of classes that are the project's own, in a module, its peers and what they import."""
        group = self.group(module)
        if group not in self._members:
            self._members[group] = frozenset()
            self._members[group] = self._collect_members(module)
        return self._members[group]

    def _collect_members(self, module: Module) -> frozenset[str]:
        names: set[str] = set()
        seen: set[str] = set()
        stack = list(self.peers(module))
        while stack and len(seen) < _MANY_MODULES:
            current = stack.pop()
            if current.path in seen:
                continue
            seen.add(current.path)
            own = {c for c in current.scopes.classes if not self.library_bases(ProjectClass(current, c))}
            names.update(current.members(own))
            for path in sorted(self._imported_files(current)):
                # the library's own modules are not somebody's use of it
                imported = self.module(path) if path not in seen and not inside(path, self._copies) else None
                if imported is not None:
                    stack.append(imported)
        return frozenset(names)

    def _imported_files(self, module: Module) -> set[str]:
        found: set[str] = set()
        for statement in module.scopes.imports:
            if isinstance(statement, ast.Import):
                dotted = [a.name for a in statement.names]
            elif statement.level:
                path, _ = self.find_relative(module, "." * statement.level + (statement.module or ""))
                found |= {path} if path is not None else set()
                for alias in statement.names:
                    inner, rest = self.find_relative(
                        module,
                        "." * statement.level + ".".join(p for p in (statement.module, alias.name) if p),
                    )
                    if inner is not None and not rest:
                        found.add(inner)
                continue
            else:
                dotted = [statement.module or "", *(f"{statement.module}.{a.name}" for a in statement.names)]
            for name in dotted:
                if name.split(".")[0] == ROOT:
                    continue
                target = self.find(name, module.path)
                if target is not None:
                    found.add(target)
        return found

    def package_of(self, module: Module) -> list[str]:
        """The packages that a module is in, outermost first (for an ``__init__`` its own package too)."""
        parts: list[str] = []
        folder = os.path.dirname(module.path)
        while f"{folder}/__init__.py" in self._paths or (
            not parts and os.path.exists(f"{folder}/__init__.py")
        ):
            parts.insert(0, os.path.basename(folder))
            parent = os.path.dirname(folder)
            if parent == folder:
                break
            folder = parent
        return parts

    def find(self, dotted: str, importer: str) -> str | None:
        """The project's file for an absolute module name, as seen from ``importer``; nearest folder first."""
        key = (os.path.dirname(importer), dotted)
        if key not in self._found:
            self._found[key] = self._search(dotted, key[0])
        return self._found[key]

    def _search(self, dotted: str, folder: str) -> str | None:
        tail = dotted.replace(".", "/")
        while True:
            for candidate in (f"{folder}/{tail}.py", f"{folder}/{tail}/__init__.py"):
                if candidate in self._paths:
                    return candidate
            for source in ("src", "lib"):
                for candidate in (f"{folder}/{source}/{tail}.py", f"{folder}/{source}/{tail}/__init__.py"):
                    if candidate in self._paths:
                        return candidate
            parent = os.path.dirname(folder)
            if parent == folder:
                return None
            folder = parent

    def find_relative(self, module: Module, qualified: str) -> tuple[str | None, list[str]]:
        """The file that a relative name leads to, and what remains of the name."""
        level = len(qualified) - len(qualified.lstrip("."))
        folder = os.path.dirname(module.path)
        for _ in range(level - 1):
            folder = os.path.dirname(folder)
        return self._longest(folder, [p for p in qualified.lstrip(".").split(".") if p])

    def _longest(self, folder: str, parts: list[str]) -> tuple[str | None, list[str]]:
        for cut in range(len(parts), -1, -1):
            tail = "/".join(parts[:cut])
            base = f"{folder}/{tail}" if tail else folder
            for candidate in ([f"{base}.py"] if tail else []) + [f"{base}/__init__.py"]:
                if candidate in self._paths:
                    return candidate, parts[cut:]
        return None, parts

    def star_name(self, module: Module, name: str) -> str | None:
        """The qualified name that a ``from transformers import *`` gives to ``name``."""
        for statement in module.scopes.star_imports:
            if statement.level == 0 and statement.module and statement.module.split(".")[0] == ROOT:
                qualified = f"{statement.module}.{name}"
                if self.library.known(qualified) and not name.startswith("_"):
                    return qualified
        return None

    def resolve(self, module: Module, node: ast.expr, depth: int = 0) -> Target | None:
        """What a name or an attribute chain stands for; None when that is not certain."""
        if not isinstance(node, ast.Name | ast.Attribute):
            return None
        if node in module.resolved:
            return module.resolved[node]
        if depth > 12:
            return None
        found = self._resolve(module, node, depth)
        if depth == 0 or found is not None:
            module.resolved[node] = found
        return found

    def _resolve(self, module: Module, node: ast.Name | ast.Attribute, depth: int) -> Target | None:
        if isinstance(node, ast.Attribute):
            base = self.resolve(module, node.value, depth + 1)
            return None if base is None else self._member(base, [node.attr], depth + 1)
        found = module.scope(node).lookup(node.id)
        if found is None:
            star = self.star_name(module, node.id)
            if star is not None:
                return LibraryName(star)
            return None if node.id in _BUILTINS else self._from_star(module, node.id, depth)
        return self.resolve_bindings(module, found[1], depth + 1)

    def _from_star(self, module: Module, name: str, depth: int) -> Target | None:
        """What a star import of a project's module gives, that module's own stars included."""
        if not module.scopes.star_imports:
            return None
        key = (module.path, name)
        if key not in self._starred:
            self._starred[key] = None  # stars may go round in a circle
            self._starred[key] = self._search_stars(module, name, depth)
        return self._starred[key]

    def _search_stars(self, module: Module, name: str, depth: int) -> Target | None:
        for statement in module.scopes.star_imports:
            qualified = "." * statement.level + (statement.module or "")
            target = self.resolve_qualified(module, qualified, depth + 1)
            if not isinstance(target, ProjectModule) or target.module is module:
                continue
            bindings = target.module.scopes.module.bindings.get(name)
            if bindings:
                return self.resolve_bindings(target.module, bindings, depth + 1)
            star = self.star_name(target.module, name)
            found = LibraryName(star) if star else self._from_star(target.module, name, depth + 1)
            if found is not None:
                return found
        return None

    def resolve_bindings(self, module: Module, bindings: list[Binding], depth: int) -> Target | None:
        targets: list[Target | None] = []
        for binding in bindings:
            if binding.kind == "import" and binding.qualified is not None:
                targets.append(self.resolve_qualified(module, binding.qualified, depth + 1))
            elif binding.kind == "class" and isinstance(binding.node, ast.ClassDef):
                targets.append(ProjectClass(module, binding.node))
            elif binding.kind == "function" and isinstance(
                binding.node, ast.FunctionDef | ast.AsyncFunctionDef
            ):
                targets.append(ProjectFunction(module, binding.node))
            elif (
                binding.kind == "assign"
                and len(bindings) == 1
                and isinstance(binding.value, ast.Name | ast.Attribute)
            ):
                alias = self.resolve(module, binding.value, depth + 1)
                if isinstance(alias, ProjectValue) or alias is None:
                    return ProjectValue(module, tuple(bindings))
                targets.append(alias)
            else:
                return ProjectValue(module, tuple(bindings))
        first = targets[0]
        if first is None or any(t != first for t in targets[1:]):
            return None
        return first

    def resolve_qualified(self, module: Module, qualified: str, depth: int) -> Target | None:
        if depth > 12:
            return None
        key = (module.path, qualified)
        if key not in self._qualified:
            self._qualified[key] = None  # imports may go round in a circle
            self._qualified[key] = self._search_qualified(module, qualified, depth)
        return self._qualified[key]

    def _search_qualified(self, module: Module, qualified: str, depth: int) -> Target | None:
        if qualified.startswith("."):
            path, rest = self.find_relative(module, qualified)
            if path is None:
                return None
            return self._from_file(path, rest, depth)
        parts = qualified.split(".")
        if parts[0] == ROOT:
            return LibraryName(qualified)
        for cut in range(len(parts), 0, -1):
            path = self.find(".".join(parts[:cut]), module.path)
            if path is not None and path != module.path:
                return self._from_file(path, parts[cut:], depth)
        return ExternalName(qualified)

    def _from_file(self, path: str, rest: list[str], depth: int) -> Target | None:
        if inside(path, self._copies):
            # a copy of the library in the tree is read as the library, not as a project of its own
            return ExternalName(".".join([path, *rest]))
        module = self.module(path)
        if module is None:
            return None
        return self._member(ProjectModule(module), rest, depth)

    def _member(self, base: Target, rest: list[str], depth: int) -> Target | None:
        for position, name in enumerate(rest):
            if isinstance(base, LibraryName):
                return LibraryName(".".join([base.name, *rest[position:]]))
            if isinstance(base, ExternalName):
                return ExternalName(".".join([base.name, *rest[position:]]))
            if isinstance(base, ProjectModule):
                bindings = base.module.scopes.module.bindings.get(name)
                following: Target | None
                if bindings:
                    following = self.resolve_bindings(base.module, bindings, depth + 1)
                else:
                    star = self.star_name(base.module, name)
                    if star is not None:
                        following = LibraryName(star)
                    else:
                        following = self._from_star(base.module, name, depth + 1)
                    if following is None and base.module.is_package:
                        folder = os.path.dirname(base.module.path)
                        path, left = self._longest(folder, [name])
                        inner = self.module(path) if path and not left else None
                        following = ProjectModule(inner) if inner is not None else None
                if following is None:
                    return None
                base = following
                continue
            if isinstance(base, ProjectClass):
                for statement in base.node.body:
                    if (
                        isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef)
                        and statement.name == name
                        and position == len(rest) - 1
                    ):
                        return ProjectFunction(base.module, statement)
                return None
            return None
        return base

    def bases(self, cls: ProjectClass) -> list[Target | None]:
        return [self.resolve(cls.module, base) for base in cls.node.bases]

    def library_bases(self, cls: ProjectClass) -> list[str]:
        """The library's classes that a class of the project derives from, nearest first."""
        found = self._library_bases.get(cls.node)
        if found is None:
            found = self._library_bases[cls.node] = []  # classes that derive from each other end here
            for base in self.bases(cls):
                if isinstance(base, LibraryName):
                    found.append(base.name)
                elif isinstance(base, ProjectClass):
                    found.extend(self.library_bases(base))
        return found

    def lineage(self, cls: ProjectClass) -> list[ProjectClass]:
        """A class of the project and its ancestors in the project, nearest first."""
        found = self._lineages.get(cls.node)
        if found is None:
            found = self._lineages[cls.node] = [cls]  # classes that derive from each other end here
            for base in self.bases(cls):
                if isinstance(base, ProjectClass):
                    found.extend(c for c in self.lineage(base) if c not in found)
        return found

    def below(self, cls: ProjectClass) -> list[ProjectClass]:
        """The classes of the project that derive from one of its classes."""
        group = self.group(cls.module)
        if group not in self._below:
            found: dict[ast.ClassDef, list[ProjectClass]] = {}
            for peer in self.peers(cls.module):
                for node in peer.scopes.classes:
                    own = ProjectClass(peer, node)
                    for above in self.lineage(own)[1:]:
                        found.setdefault(above.node, []).append(own)
            self._below[group] = found
        return self._below[group].get(cls.node, [])

    def own_method(self, cls: ProjectClass, name: str) -> tuple[Module, FunctionNode] | None:
        """The project's definition of a method, looked for in a class and its ancestors of the project."""
        for owner in self.lineage(cls):
            method = self._methods(owner.node).get(name)
            if method is not None:
                return owner.module, method
        return None

    def _methods(self, node: ast.ClassDef) -> dict[str, FunctionNode]:
        found = self._defined.get(node)
        if found is None:
            methods = [s for s in node.body if isinstance(s, ast.FunctionDef | ast.AsyncFunctionDef)]
            found = self._defined[node] = {m.name: m for m in reversed(methods)}
        return found
