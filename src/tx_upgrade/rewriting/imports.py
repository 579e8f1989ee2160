"""Import statements: what a file needs after its references changed, in the place and style that it already has."""

from __future__ import annotations

import ast
import keyword
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from ..analysis.project import Module
from ..analysis.scopes import Binding, Scope
from .composer import CannotRewrite, Composer
from .shim_place import shim_import

SHIM_MODULE = "_transformers_compat"
_AS_MODULE = frozenset({"torch", "os", "math", "numpy", "tempfile", "contextlib", "importlib"})
_LONG_LINE = 110


@dataclass(frozen=True, slots=True)
class Wanted:
    """One name that an import statement has to bring: ``from module import name as asname``, or ``import module``."""

    module: str
    name: str | None
    asname: str | None = None

    @property
    def local(self) -> str:
        return self.asname or self.name or self.module.split(".")[0]


@dataclass(slots=True)
class _StatementChange:
    removed: set[int] = field(default_factory=set)
    replaced: dict[int, tuple[str, str | None]] = field(default_factory=dict)
    added: list[tuple[str, str | None]] = field(default_factory=list)
    beside: list[Wanted] = field(default_factory=list)
    modules: dict[int, str] = field(default_factory=dict)


class ImportPlanner:
    """The import changes of one module, collected first and written at the end."""

    def __init__(self, module: Module) -> None:
        self._module = module
        self._scopes = module.scopes
        self._wanted: dict[str, Wanted] = {}
        self._moved: dict[ast.alias, tuple[str, str]] = {}
        self._dropped: set[ast.alias] = set()
        self._renamed_modules: dict[ast.alias, str] = {}
        self.shim_names: set[str] = set()
        self._used: set[str] = set()
        """Names of existing imports that new code relies on."""
        self._every_name: set[str] | None = None

    # -- what is asked for -------------------------------------------------------------------------------------------

    def move(self, binding: Binding, qualified: str) -> str:
        """Let a from-import bring ``qualified`` instead; gives the local name that its uses must have then."""
        alias = binding.node
        assert isinstance(alias, ast.alias)
        self._note_shim(qualified)
        existing = self._direct(qualified, self._scope_of(binding), skip=alias)
        if existing is not None and alias.asname is None and not self._kept_name(binding):
            self._dropped.add(alias)
            return existing
        short = qualified.rsplit(".", 1)[-1]
        if alias.asname is not None:
            local = alias.asname
        elif short == alias.name or self._kept_name(binding) or self._taken(short, qualified):
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
        for alias, (target, local) in self._moved.items():
            if target == qualified and self._visible(local, alias, scope):
                return local
        if qualified in self._wanted:
            return self._spell(qualified, self._wanted[qualified])
        wanted = self._new(qualified)
        self._wanted[qualified] = wanted
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

    def _new(self, qualified: str) -> Wanted:
        module, _, name = qualified.rpartition(".")
        if self._module.project.library.kind(module) == "class":
            return self._new(module)  # a member: the class is what can be imported
        if module in _AS_MODULE:
            return Wanted(module, None, f"_{module}" if self._taken(module, module) else None)
        asname = None
        if self._taken(name, qualified):
            root = qualified.split(".")[0].strip("_")
            asname = f"{root.capitalize()}{name}" if name[:1].isupper() else f"{root}_{name}"
        return Wanted(module, name, asname)

    def _scope_of(self, binding: Binding) -> Scope:
        return self._module.scope(binding.statement) if binding.statement is not None else self._scopes.module

    def _kept_name(self, binding: Binding) -> bool:
        """Whether other files may import the name from here: it keeps its name then."""
        at_top = self._scope_of(binding).kind == "module"
        return at_top and (binding.name in self._module.exported or self._module.is_package)

    def keeps(self, binding: Binding) -> bool:
        return self._kept_name(binding)

    def _taken(self, name: str, qualified: str) -> bool:
        if keyword.iskeyword(name):
            return True
        if self._every_name is None:
            self._every_name = {n.id for n in self._scopes.names} | {
                b for s in self._all_scopes() for b in s.bindings
            }
        if any(w.local == name and f"{w.module}.{w.name}" != qualified for w in self._wanted.values()):
            return True
        return name in self._every_name

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
                if len({b.qualified for b in bindings}) == 1 and all(b.kind == "import" for b in bindings):
                    binding = bindings[0]
                    if (
                        binding.statement is not None
                        and self._module.guards.of_import(binding.statement) is None
                    ):
                        yield name, binding
            current = current.parent

    def _direct(self, qualified: str, scope: Scope, skip: ast.alias | None = None) -> str | None:
        for name, binding in self._visible_imports(scope):
            if binding.node in self._dropped or binding.node in self._moved or binding.node is skip:
                continue
            if binding.qualified is not None and self._brings(
                self._module.absolute(binding.qualified), qualified
            ):
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

    # -- writing it down ---------------------------------------------------------------------------------------------

    def apply(self, composer: Composer) -> None:
        """Turn everything that was asked for into edits."""
        changes: dict[ast.Import | ast.ImportFrom, _StatementChange] = {}
        for alias in self._dropped:
            statement, index = self._place(alias)
            changes.setdefault(statement, _StatementChange()).removed.add(index)
        for alias, name in self._renamed_modules.items():
            statement, index = self._place(alias)
            changes.setdefault(statement, _StatementChange()).modules[index] = name
        for alias, (qualified, local) in self._moved.items():
            self._apply_move(changes, alias, qualified, local)
        for wanted in self._wanted.values():
            self._apply_wanted(changes, wanted)
        self._write(changes, composer)

    def _place(self, alias: ast.alias) -> tuple[ast.Import | ast.ImportFrom, int]:
        statement = self._scopes.parent[alias]
        assert isinstance(statement, ast.Import | ast.ImportFrom)
        return statement, statement.names.index(alias)

    def _spelled_module(self, module: str, statement: ast.stmt | None) -> str:
        return shim_import(self._module) if module == SHIM_MODULE else module

    def _apply_move(
        self,
        changes: dict[ast.Import | ast.ImportFrom, _StatementChange],
        alias: ast.alias,
        qualified: str,
        local: str,
    ) -> None:
        statement, index = self._place(alias)
        change = changes.setdefault(statement, _StatementChange())
        module, _, name = qualified.rpartition(".")
        module = self._spelled_module(module, statement)
        asname = local if local != name else None
        if isinstance(statement, ast.ImportFrom) and _from_name(statement) == module:
            if any(a.name == name and a.asname == asname for a in statement.names):
                change.removed.add(index)
            else:
                change.replaced[index] = (name, asname)
            return
        change.removed.add(index)
        other = self._sibling(statement, module)
        if other is not None:
            if not any(a.name == name and (a.asname or a.name) == local for a in other.names):
                changes.setdefault(other, _StatementChange()).added.append((name, asname))
        else:
            change.beside.append(Wanted(module, name, asname))

    def _sibling(self, statement: ast.stmt, module: str) -> ast.ImportFrom | None:
        """A from-import of ``module`` in the same block."""
        block = _block(self._scopes.parent[statement], statement)
        for other in block:
            if isinstance(other, ast.ImportFrom) and _from_name(other) == module and other is not statement:
                if not any(a.name == "*" for a in other.names):
                    return other
        return None

    def _apply_wanted(
        self, changes: dict[ast.Import | ast.ImportFrom, _StatementChange], wanted: Wanted
    ) -> None:
        module = self._spelled_module(wanted.module, None)
        top = [s for s in self._module.tree.body if isinstance(s, ast.Import | ast.ImportFrom)]
        if wanted.name is not None:
            for statement in top:
                if isinstance(statement, ast.ImportFrom) and _from_name(statement) == module:
                    if not any(a.name == "*" for a in statement.names):
                        changes.setdefault(statement, _StatementChange()).added.append(
                            (wanted.name, wanted.asname)
                        )
                        return
        anchor = self._anchor(top, module)
        if anchor is None:
            changes.setdefault(_TOP, _StatementChange()).beside.append(
                Wanted(module, wanted.name, wanted.asname)
            )
        else:
            changes.setdefault(anchor, _StatementChange()).beside.append(
                Wanted(module, wanted.name, wanted.asname)
            )

    def _anchor(
        self, top: Sequence[ast.Import | ast.ImportFrom], module: str
    ) -> ast.Import | ast.ImportFrom | None:
        """The import that a new one goes beside: of the same package, else of the same kind, else the library's."""
        real = [s for s in top if _module_name(s) != "__future__"]
        if not real:
            return None
        # only the block at the top counts: later imports may be where they are for a reason
        first = self._module.tree.body.index(real[0])
        block: list[ast.Import | ast.ImportFrom] = []
        for statement in self._module.tree.body[first:]:
            if not isinstance(statement, ast.Import | ast.ImportFrom):
                break
            block.append(statement)
        rank = _rank(module)
        same_root = [s for s in block if _module_name(s).split(".")[0] == module.split(".")[0]]
        if same_root:
            return same_root[-1]
        same_rank = [s for s in block if _rank(_module_name(s)) == rank]
        if same_rank:
            before = [s for s in same_rank if _sort_name(s) <= module]
            return before[-1] if before else same_rank[0]
        lower = [s for s in block if _rank(_module_name(s)) < rank]
        return lower[-1] if lower else block[0]

    def _write(
        self, changes: dict[ast.Import | ast.ImportFrom, _StatementChange], composer: Composer
    ) -> None:
        emptied: dict[ast.AST, list[ast.stmt]] = {}
        for statement, change in changes.items():
            if statement is _TOP:
                self._write_top(change, composer)
                continue
            gone = len(change.removed) == len(statement.names) and not change.added and not change.replaced
            before, after = self._beside(statement, change, gone)
            start, end = self._module.lines.span(statement)
            if gone and not before and not after:
                emptied.setdefault(self._scopes.parent[statement], []).append(statement)
                continue
            indent = _indent(self._module.document.text, start)
            lines: list[str] = list(before)
            if not gone:
                lines.append(self._edited(statement, change, self._module.document.text[start:end]))
            lines.extend(after)
            newline = _newline(self._module.document.text)
            composer.add(start, end, f"{newline}{indent}".join(lines))
        for parent, statements in emptied.items():
            for block in _blocks(parent):
                mine = [s for s in statements if s in block]
                whole = len(mine) == len(block) and not isinstance(parent, ast.Module)
                for position, gone_statement in enumerate(mine):
                    delete_statement(
                        self._module, gone_statement, composer, keep_pass=whole and position == 0
                    )

    def _beside(
        self, statement: ast.Import | ast.ImportFrom, change: _StatementChange, gone: bool
    ) -> tuple[list[str], list[str]]:
        grouped: dict[str, list[Wanted]] = {}
        plain: list[Wanted] = []
        for wanted in change.beside:
            if wanted.name is None:
                plain.append(wanted)
            else:
                grouped.setdefault(wanted.module, []).append(wanted)
        texts: list[tuple[str, str]] = []
        for wanted in plain:
            texts.append(
                (wanted.module, f"import {wanted.module}" + (f" as {wanted.asname}" if wanted.asname else ""))
            )
        for module, group in grouped.items():
            names = sorted({_name_text(w.name or "", w.asname) for w in group}, key=_isort_key)
            texts.append((module, f"from {module} import {', '.join(names)}"))
        own = _module_name(statement)
        before = [t for m, t in sorted(texts) if not gone and _order(m) < _order(own)]
        after = [t for m, t in sorted(texts) if gone or _order(m) >= _order(own)]
        return before, after

    def _edited(self, statement: ast.Import | ast.ImportFrom, change: _StatementChange, text: str) -> str:
        from .import_lists import edit_import

        try:
            return edit_import(
                text,
                removed=change.removed,
                replaced=change.replaced,
                added=change.added,
                modules=change.modules,
                limit=_LONG_LINE,
            )
        except CannotRewrite:
            return _rebuilt(statement, change)

    def _write_top(self, change: _StatementChange, composer: Composer) -> None:
        """New imports in a file without any: behind the docstring and ``__future__`` imports."""
        text = self._module.document.text
        newline = _newline(text)
        body = self._module.tree.body
        position = 0
        for statement in body:
            is_docstring = (
                statement is body[0]
                and isinstance(statement, ast.Expr)
                and isinstance(statement.value, ast.Constant)
                and isinstance(statement.value.value, str)
            )
            if is_docstring or _is_future(statement):
                position = self._module.lines.span(statement)[1]
            else:
                break
        lines = [
            f"from {w.module} import {_name_text(w.name, w.asname)}" if w.name else f"import {w.module}"
            for w in change.beside
        ]
        block = newline.join(lines)
        if position:
            composer.add(position, position, f"{newline}{newline}{block}")
        else:
            first = body[0] if body else None
            start = self._module.lines.span(first)[0] if first is not None else 0
            decorators = getattr(first, "decorator_list", [])
            if decorators:
                start = min(start, *(self._module.lines.span(d)[0] - 1 for d in decorators))
            composer.add(start, start, f"{block}{newline}{newline}")


_TOP = ast.ImportFrom(module="", names=[], level=0)


def _from_name(statement: ast.ImportFrom) -> str:
    return "." * statement.level + (statement.module or "")


def _module_name(statement: ast.Import | ast.ImportFrom) -> str:
    return _from_name(statement) if isinstance(statement, ast.ImportFrom) else statement.names[0].name


def _sort_name(statement: ast.Import | ast.ImportFrom) -> str:
    return _module_name(statement)


def _rank(module: str) -> int:
    """isort's sections: standard library, others, the shim as first party, relative."""
    if module.startswith("."):
        return 3
    root = module.split(".")[0]
    if root in sys.stdlib_module_names:
        return 0
    return 2 if SHIM_MODULE in module else 1


def _order(module: str) -> tuple[int, str]:
    return _rank(module), module


def _isort_key(name: str) -> tuple[int, str]:
    if name.isupper() and len(name) > 1:
        return 0, name
    return (1 if name[:1].isupper() else 2), name


def _name_text(name: str, asname: str | None) -> str:
    return f"{name} as {asname}" if asname and asname != name else name


def _rebuilt(statement: ast.Import | ast.ImportFrom, change: _StatementChange) -> str:
    names: list[str] = []
    for index, alias in enumerate(statement.names):
        if index in change.removed:
            continue
        name, asname = change.replaced.get(index, (change.modules.get(index, alias.name), alias.asname))
        names.append(_name_text(name, asname))
    names.extend(_name_text(n, a) for n, a in change.added)
    head = f"from {_from_name(statement)} import " if isinstance(statement, ast.ImportFrom) else "import "
    return head + ", ".join(names)


def _is_future(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.ImportFrom) and statement.module == "__future__"


def _blocks(parent: ast.AST) -> list[list[ast.stmt]]:
    found: list[list[ast.stmt]] = []
    for name in ("body", "orelse", "finalbody"):
        block = getattr(parent, name, None)
        if isinstance(block, list) and block:
            found.append(block)
    return found


def _block(parent: ast.AST, statement: ast.stmt) -> list[ast.stmt]:
    for block in _blocks(parent):
        if statement in block:
            return block
    return []


def _indent(text: str, offset: int) -> str:
    start = max(text.rfind("\n", 0, offset), text.rfind("\r", 0, offset)) + 1
    match = re.match(r"[ \t\f]*", text[start:offset])
    return match[0] if match else ""


def _newline(text: str) -> str:
    match = re.search(r"\r\n|\r|\n", text)
    return match[0] if match else "\n"


def delete_statement(module: Module, statement: ast.stmt, composer: Composer, *, keep_pass: bool) -> None:
    """Remove a statement with its line; ``pass`` stays where a block needs one or a line holds more than it."""
    text = module.document.text
    start, end = module.lines.span(statement)
    line_start = max(text.rfind("\n", 0, start), text.rfind("\r", 0, start)) + 1
    match = re.compile(r"[ \t]*(#[^\r\n]*)?(\r\n|\r|\n|\Z)").match(text, end)
    alone = text[line_start:start].strip() == "" and match is not None
    if keep_pass or not alone or match is None:
        composer.add(start, end, "pass")
        return
    stop = match.end()
    parent = module.scopes.parent.get(statement)
    first_of_block = not isinstance(parent, ast.Module) and any(
        b[0] is statement for b in _blocks(parent or statement)
    )
    if line_start == 0 or first_of_block:
        stop = re.compile(r"(?:[ \t]*(?:\r\n|\r|\n))*").match(text, stop).end()  # type: ignore[union-attr]
    composer.add(line_start, stop, "")
