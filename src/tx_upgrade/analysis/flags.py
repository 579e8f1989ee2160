"""Flags: what a name or a call says of the target where another file, a function or a try around imports decides it."""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator
from typing import TYPE_CHECKING

from .guards import IMPORT_ERRORS, caught
from .library import ROOT
from .version_tests import ABSENT

if TYPE_CHECKING:
    from .module import Module
    from .scopes import Binding, FunctionNode

_THERE = True


class Flags:
    """The flags that one module asks for; ``NotImplemented`` stands for what tells nothing of the library."""

    def __init__(self, module: Module) -> None:
        self.module = module
        self._known: dict[ast.AST, object] = {}

    def __call__(self, node: ast.expr) -> object:
        """What a name, an attribute or a call gives on the target; ``ABSENT`` stands for its being ``None``."""
        from .module import ProjectFunction, ProjectValue

        resolve = self.module.project.resolve
        if isinstance(node, ast.Call):
            target = resolve(self.module, node.func)
            if not isinstance(target, ProjectFunction):
                return NotImplemented
            return target.module.flags.of_call(target.node, node)
        if isinstance(node, ast.Name) and not self.module.bindings(node):
            return NotImplemented
        target = resolve(self.module, node)
        return (
            target.module.flags.of(list(target.bindings))
            if isinstance(target, ProjectValue)
            else NotImplemented
        )

    def of(self, bindings: list[Binding]) -> object:
        """What a name of this module gives by all that binds it."""
        key = bindings[0].node
        if key not in self._known:
            self._known[key] = NotImplemented  # flags may go round in a circle
            self._known[key] = self._of(bindings)
        return self._known[key]

    def of_call(self, function: FunctionNode, call: ast.Call) -> object:
        """What a function of this module gives that only returns a test."""
        body = [
            s for s in function.body if not (isinstance(s, ast.Expr) and isinstance(s.value, ast.Constant))
        ]
        returned = body[-1].value if body and isinstance(body[-1], ast.Return) else None
        if function in self._known:
            return NotImplemented
        self._known[function] = NotImplemented
        try:
            if len(body) == 1 and isinstance(body[0], ast.Try):
                return self._returned(body[0])
            if returned is None or not all(
                isinstance(s, ast.Return | ast.Assign | ast.Import | ast.ImportFrom) or _only_parses(s)
                for s in body
            ):
                return NotImplemented
            given = _given(function, call)
            if given is None:
                return NotImplemented
            if not given:
                return self.module.version_tests(returned)
            for s in body:
                if isinstance(s, ast.Assign) and len(s.targets) == 1 and isinstance(s.targets[0], ast.Name):
                    given[s.targets[0].id] = _Filled(given).visit(copy.deepcopy(s.value))
            return self.module.version_tests(_Filled(given).visit(copy.deepcopy(returned)))
        finally:
            del self._known[function]

    def _of(self, bindings: list[Binding]) -> object:
        values = [b.value for b in bindings if b.kind == "assign" and not b.index and b.value is not None]
        if len(values) == len(bindings) and len({ast.dump(v) for v in values}) == 1:
            return self.module.version_tests(values[0])
        return self._by_import(bindings)

    # -- try: import ...; flag = True ---------------------------------------------------------------------------------

    def _by_import(self, bindings: list[Binding]) -> object:
        """The value of a name that a try around imports of the library sets, beside its handlers."""
        found: dict[str, object] = {}
        tries: set[ast.Try] = set()
        parents = self.module.scopes.parent
        for binding in bindings:
            value = _value(binding)
            if value is NotImplemented or binding.statement is None:
                return NotImplemented
            around = parents.get(binding.statement)
            if isinstance(around, ast.Try) and binding.statement in (*around.body, *around.orelse):
                tries.add(around)
                found["try"] = value
            elif isinstance(around, ast.ExceptHandler) and caught(around) & IMPORT_ERRORS:
                outer = parents[around]
                assert isinstance(outer, ast.Try)
                tries.add(outer)
                found["handler"] = value
            elif "before" in found or isinstance(around, ast.Try | ast.ExceptHandler | ast.If):
                return NotImplemented
            else:
                found["before"] = value
        if len(tries) != 1:
            return NotImplemented
        served = self._served(tries.pop())
        if served is None:
            return NotImplemented
        return found.get("try" if served else "handler", found.get("before", NotImplemented))

    def _returned(self, node: ast.Try) -> object:
        """What ``try: from transformers import X; return True`` beside ``except ImportError: return False`` returns."""
        handler = next((h for h in node.handlers if caught(h) & IMPORT_ERRORS), None)
        served = self._served(node)
        block = (
            None
            if handler is None or served is None
            else (node.orelse or node.body)
            if served
            else handler.body
        )
        last = block[-1] if block else None
        if not (isinstance(last, ast.Return) and isinstance(last.value, ast.Constant)):
            return NotImplemented
        return ABSENT if last.value.value is None else last.value.value

    def _served(self, node: ast.Try) -> bool | None:
        """Whether the target has all that a try imports; None where that depends on more than the release."""
        library = self.module.project.library
        names: list[str] = []
        others = False
        for statement in node.body:
            if isinstance(statement, ast.Import | ast.ImportFrom):
                for name in _imported(statement):
                    if name.split(".")[0] == ROOT:
                        names.append(name)
                    else:
                        others = True
            elif not isinstance(statement, ast.Assign | ast.Return | ast.Pass):
                return None
        if any(library.known(name) and not library.in_target(name) for name in names):
            return False
        # what both sides have tells nothing: the flag says whether the library is installed at all
        tells = any(not library.history.exists(name, library.from_version) for name in names)
        return True if tells and not others and all(map(library.in_target, names)) else None


def _given(function: FunctionNode, call: ast.Call) -> dict[str, ast.expr] | None:
    """The constants that a call gives for the parameters, defaults included; None where it gives anything else."""
    parameters = [a.arg for a in function.args.args]
    defaults = function.args.defaults
    if len(call.args) > len(parameters) or function.args.kwonlyargs:
        return None
    found = dict(zip(parameters[len(parameters) - len(defaults) :], defaults, strict=True))
    found.update(zip(parameters, call.args, strict=False))
    found.update((k.arg, k.value) for k in call.keywords if k.arg in parameters)
    if set(found) != set(parameters) or any(k.arg not in parameters for k in call.keywords):
        return None
    return found if all(isinstance(value, ast.Constant) for value in found.values()) else None


def _only_parses(statement: ast.stmt) -> bool:
    """``if isinstance(wanted, str): wanted = version.parse(wanted)``: the same version as before."""
    if not isinstance(statement, ast.If) or statement.orelse:
        return False
    return all(
        isinstance(s, ast.Assign)
        and isinstance(s.value, ast.Call)
        and len(s.value.args) == 1
        and ast.unparse(s.targets[0]) == ast.unparse(s.value.args[0])
        for s in statement.body
    )


class _Filled(ast.NodeTransformer):
    def __init__(self, given: dict[str, ast.expr]) -> None:
        self._given = given

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return self._given.get(node.id, node)


def _value(binding: Binding) -> object:
    if binding.kind == "import":
        return _THERE
    if binding.kind != "assign" or binding.index or not isinstance(binding.value, ast.Constant):
        return NotImplemented
    return ABSENT if binding.value.value is None else binding.value.value


def _imported(statement: ast.Import | ast.ImportFrom) -> Iterator[str]:
    if isinstance(statement, ast.Import):
        yield from (a.name for a in statement.names)
    else:
        source = "." * statement.level + (statement.module or "")
        yield from (f"{source}.{a.name}" for a in statement.names)
