"""Uses of entries of the compatibility module in one file, rewritten to the direct form."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from typing import NamedTuple

from ..analysis.module import Module
from ..analysis.scopes import Binding
from ..model import SHIM_MODULE
from ..rewriting.composer import Composer, Inner
from ..rewriting.edits import ArgumentEdit, CallEdit
from ..rewriting.imports import ImportPlanner


class Direct(NamedTuple):
    """What an entry is on all releases that are left: a name of the library, or a literal (a string or True)."""

    qualified: str | None = None
    literal: str | bool | None = None


class Outcome(NamedTuple):
    """A file's new text (None: it stays), the entries that it still needs, and those that one of its uses keeps alive."""

    text: str | None
    needs: frozenset[str]
    kept: tuple[tuple[str, int], ...]


def without(module: Module, direct: Mapping[str, Direct]) -> Outcome:
    """Rewrite a file to do without the entries in ``direct``; one with a use that has no direct form is kept."""
    imported = _imported(module)
    kept = [
        (name, line)
        for name, bindings in imported.items()
        if name in direct and direct[name].qualified is None
        for line in _in_the_way(module, bindings, direct[name])
    ]
    gone = {name for name in imported if name in direct and name not in dict(kept)}
    if not gone:
        return Outcome(None, frozenset(imported), tuple(kept))
    composer, planner = Composer(module.document.text), ImportPlanner(module)
    rewriter = _Rewriter(module, composer, {n: direct[n] for n in gone})
    for name in gone:
        for binding in imported[name]:
            qualified = direct[name].qualified
            if qualified is None:
                rewriter.replace(binding)
                planner.drop(binding)
                continue
            local = planner.move(binding, qualified, keep_name=True)
            if local != binding.name:
                for use in _uses(module, binding):
                    composer.add(*module.lines.span(use), local)
    rewriter.finish()
    planner.apply(composer)
    return Outcome(composer.render(), frozenset(imported) - gone, tuple(kept))


def module_users(module: Module) -> bool:
    """Whether a file imports the compatibility module itself, so that nobody sees which entries it uses."""
    return any(
        alias.name.rpartition(".")[2] == SHIM_MODULE
        or (
            isinstance(statement, ast.ImportFrom)
            and alias.name == "*"
            and (statement.module or "").endswith(SHIM_MODULE)
        )
        for statement in module.scopes.imports
        for alias in statement.names
    )


def _imported(module: Module) -> dict[str, list[Binding]]:
    """The entries that a file imports by name."""
    found: dict[str, list[Binding]] = {}
    for scope in {*module.scopes.scope_of.values(), module.scopes.module}:
        for bindings in scope.bindings.values():
            for binding in bindings:
                owner, _, name = (binding.qualified or "").rpartition(".")
                if isinstance(binding.statement, ast.ImportFrom) and owner.rpartition(".")[2] == SHIM_MODULE:
                    found.setdefault(name, []).append(binding)
    return found


def _uses(module: Module, binding: Binding) -> list[ast.Name]:
    assert binding.statement is not None
    scope = module.scope(binding.statement)
    return [
        n
        for n in module.scopes.names
        if n.id == binding.name and (found := module.scope(n).lookup(n.id)) is not None and found[0] is scope
    ]


def _in_the_way(module: Module, bindings: list[Binding], direct: Direct) -> list[int]:
    """The lines of uses that have no direct form: a flag is only understood as the test of an expression."""
    lines = []
    for binding in bindings:
        shared = module.is_package or binding.name in module.exported
        if shared or module.project.takes_from(module, binding.name):
            lines.append(module.lines.position(module.lines.span(binding.node)[0])[0])  # type: ignore[arg-type]
        for use in _uses(module, binding):
            parent = module.scopes.parent.get(use)
            tested = isinstance(parent, ast.IfExp) and parent.test is use
            if direct.literal is True and not tested:
                lines.append(module.lines.position(module.lines.span(use)[0])[0])
    return lines


class _Rewriter:
    """The edits of one file."""

    def __init__(self, module: Module, composer: Composer, direct: Mapping[str, Direct]) -> None:
        self.module = module
        self.composer = composer
        self.direct = direct
        self._parent = module.scopes.parent
        self._removed: dict[ast.Call, set[int]] = {}
        self._values: dict[ast.AST, str | bool] = {}
        """What the names stand for."""

    def replace(self, binding: Binding) -> None:
        name = (binding.qualified or "").rpartition(".")[2]
        value = self.direct[name].literal
        assert value is not None
        for use in _uses(self.module, binding):
            self._values[use] = value

    def finish(self) -> None:
        done: set[ast.AST] = set()
        for use in self._values:
            self._use(use, done)
        for call, indexes in self._removed.items():
            span = self._span(call)

            def produce(inner: Inner, span: tuple[int, int] = span, indexes: set[int] = indexes) -> str:
                from ..rewriting.calls import render_call

                edit = CallEdit(arguments={i: ArgumentEdit(remove=True) for i in indexes})
                return render_call(inner(*span), edit)

            self.composer.add(*span, produce)

    def _span(self, node: ast.AST) -> tuple[int, int]:
        return self.module.lines.span(node)  # type: ignore[arg-type]

    def _use(self, use: ast.AST, done: set[ast.AST]) -> None:
        """Rewrite the largest expression around a use that has a form of its own."""
        parent = self._parent.get(use)
        value = self._values[use]
        if value is True:
            assert isinstance(parent, ast.IfExp)
            outer: ast.IfExp = parent
            while (
                (above := self._parent.get(outer))
                and isinstance(above, ast.IfExp)
                and above.test in self._values
            ):
                outer = above
            if outer not in done:
                done.add(outer)
                self._choice(outer)
            return
        assert isinstance(value, str)
        if isinstance(parent, ast.Call) and parent.args[1:2] == [use] and value.isidentifier():
            name = getattr(parent.func, "id", "")
            statement = self._parent.get(parent)
            receiver = self._span(parent.args[0])
            if name == "getattr" and len(parent.args) == 2:
                self.composer.add(
                    *self._span(parent), lambda inner: f"{_atom(inner(*receiver), parent.args[0])}.{value}"
                )
                return
            if name == "setattr" and len(parent.args) == 3 and isinstance(statement, ast.Expr):
                given = self._span(parent.args[2])
                self.composer.add(
                    *self._span(parent),
                    lambda inner: f"{_atom(inner(*receiver), parent.args[0])}.{value} = {inner(*given)}",
                )
                return
        if isinstance(parent, ast.Dict):
            unpacked = self._parent.get(parent)
            if isinstance(unpacked, ast.keyword) and unpacked.arg is None and unpacked not in done:
                done.add(unpacked)
                if self._spread(unpacked, parent):
                    return
        self.composer.add(*self._span(use), f'"{value}"')

    def _choice(self, node: ast.IfExp) -> None:
        """``new if FLAG else old`` becomes ``new``."""
        chosen: ast.expr = node.body
        holder = self._parent.get(node)
        if isinstance(holder, ast.keyword) and holder.arg is None and isinstance(chosen, ast.Dict):
            call = self._parent.get(holder)
            if not chosen.keys and isinstance(call, ast.Call):
                arguments: list[ast.expr | ast.keyword] = [*call.args, *call.keywords]
                arguments.sort(key=lambda n: (n.lineno, n.col_offset))
                self._removed.setdefault(call, set()).add(arguments.index(holder))
                return
            if self._spread(holder, chosen):
                return
        start, end = self._outside(node)
        inside = self._span(chosen)
        self.composer.add(start, end, lambda inner: inner(*inside))

    def _outside(self, node: ast.expr) -> tuple[int, int]:
        """The span of an expression with the parentheses that only hold it together."""
        start, end = self._span(node)
        text = self.module.document.text
        holder = self._parent.get(node)
        own = isinstance(holder, ast.Call) and (
            holder.func is node or len(holder.args) + len(holder.keywords) == 1
        )
        if not own and text[start - 1 : start] == "(" and text[end : end + 1] == ")":
            return start - 1, end + 1
        return start, end

    def _spread(self, keyword: ast.keyword, display: ast.Dict) -> bool:
        """``**{"a": x}`` becomes ``a=x``."""
        names: list[str] = []
        for key in display.keys:
            name = self._values.get(key) if key is not None else None
            if isinstance(key, ast.Constant) and isinstance(key.value, str):
                name = key.value
            if not isinstance(name, str) or not name.isidentifier():
                return False
            names.append(name)
        call = self._parent.get(keyword)
        taken = {k.arg for k in call.keywords} if isinstance(call, ast.Call) else set()
        if taken & set(names):
            return False
        spans = [self._span(v) for v in display.values]
        self.composer.add(
            *self._span(keyword),
            lambda inner: ", ".join(f"{n}={inner(*s)}" for n, s in zip(names, spans, strict=True)),
        )
        return True


def _atom(text: str, node: ast.expr) -> str:
    plain = ast.Name | ast.Attribute | ast.Call | ast.Subscript
    return text if isinstance(node, plain) else f"({text})"
