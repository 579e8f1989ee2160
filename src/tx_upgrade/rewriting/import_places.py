"""Where a new import may stand: what a file imports only where it is needed, or in a try, is no requirement of it."""

from __future__ import annotations

import ast
import sys

from ..analysis.library import ROOT
from ..analysis.module import Module
from ..analysis.scopes import Binding, Scope
from ..analysis.walking import walk

Import = ast.Import | ast.ImportFrom


class ImportPlaces:
    """Which imports of one module new code can rely on, and beside which of them a new one goes."""

    def __init__(self, module: Module) -> None:
        self._module = module

    def brings(self, bindings: list[Binding]) -> Binding | None:
        """The import behind a name whose code runs only with what it brings; None where the name may be something else.

        ``try: import torch`` whose handler goes on without counts: what needs the package cannot run there either.
        """
        imports = [b for b in bindings if b.kind == "import"]
        if not imports or len({b.qualified for b in imports}) != 1:
            return None
        binding = imports[0]
        if binding.statement is None or self._only_for_types(binding.statement):
            return None
        guard = self._module.guards.of_import(binding.statement)
        if guard is None:
            return binding if len(imports) == len(bindings) else None
        nothing = all(
            isinstance(b.value, ast.Constant) and b.value.value is None for b in bindings if b not in imports
        )
        if guard.kind == "optional" and nothing and self._tried_first(binding.statement, guard.node):
            return binding
        return None

    def beside(self, qualified: str, at: ast.AST) -> Import | None:
        """The import beside which one of ``qualified`` for ``at`` has to stand; None for the top of the file."""
        roots = {ROOT, qualified.split(".")[0]}
        if roots & sys.stdlib_module_names or self._required(roots):
            return None
        scope = self._module.scope(at)
        for node in walk(at):
            if isinstance(node, ast.Name):
                statement = self._import_of(node.id, scope, roots)
                if statement is not None:
                    return statement
        return self._in_function(at, roots)

    def _required(self, roots: set[str]) -> bool:
        """Whether the file cannot be imported without one of the packages."""
        return any(
            isinstance(s, ast.Import | ast.ImportFrom) and _roots(s) & roots for s in self._module.tree.body
        )

    def _import_of(self, name: str, scope: Scope, roots: set[str]) -> Import | None:
        current: Scope | None = scope
        while current is not None:
            if name in current.bindings and (current.kind != "class" or current is scope):
                for binding in current.bindings[name]:
                    statement = binding.statement
                    if isinstance(statement, ast.Import | ast.ImportFrom) and _roots(statement) & roots:
                        return None if self._only_for_types(statement) else statement
                return None
            current = current.parent
        return None

    def _in_function(self, at: ast.AST, roots: set[str]) -> Import | None:
        """An import that has run before ``at``, in a function around it."""
        for parent in self._module.scopes.ancestors(at):
            if isinstance(parent, ast.FunctionDef | ast.AsyncFunctionDef):
                for statement in parent.body:
                    if statement.lineno >= getattr(at, "lineno", 0):
                        break
                    if isinstance(statement, ast.Import | ast.ImportFrom) and _roots(statement) & roots:
                        return statement
        return None

    def _only_for_types(self, statement: ast.stmt) -> bool:
        for parent in self._module.scopes.ancestors(statement):
            if isinstance(parent, ast.If) and ast.unparse(parent.test).endswith("TYPE_CHECKING"):
                return True
        return False

    @staticmethod
    def _tried_first(statement: ast.stmt, node: ast.AST) -> bool:
        """Whether nothing in front of an ``import package`` can keep it from being tried where the package is there."""
        if not isinstance(statement, ast.Import) or not isinstance(node, ast.Try):
            return False
        allowed = {alias.name.split(".")[0] for alias in statement.names}
        if len(allowed) != 1 or statement not in node.body:
            return False
        before = node.body[: node.body.index(statement)]
        return all(
            isinstance(s, ast.Import | ast.ImportFrom) and _roots(s) <= allowed | sys.stdlib_module_names
            for s in before
        )


def _roots(statement: Import) -> set[str]:
    if isinstance(statement, ast.Import):
        return {alias.name.split(".")[0] for alias in statement.names}
    return {"." if statement.level else (statement.module or "").split(".")[0]}
