"""Scopes and bindings of one module: which statement gives a name its value."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from .walking import children, walk

ScopeKind = Literal["module", "class", "function", "lambda", "comprehension"]
FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef
BindingKind = Literal[
    "import", "assign", "param", "function", "class", "for", "with", "except", "unpack", "augmented", "other"
]


@dataclass(frozen=True, slots=True, eq=False)
class Binding:
    """One place that binds ``name``. ``value`` is what it is bound to, where an expression says so."""

    name: str
    kind: BindingKind
    node: ast.AST
    statement: ast.stmt | None
    value: ast.expr | None = None
    qualified: str | None = None
    """For imports: the absolute qualified name (relative imports keep their leading dots)."""
    index: tuple[int, ...] = ()
    """For unpacked targets: the position in the tuple, behind a starred name from the end."""
    annotation: ast.expr | None = None


@dataclass(slots=True, eq=False)
class Scope:
    kind: ScopeKind
    node: ast.AST
    parent: Scope | None
    bindings: dict[str, list[Binding]] = field(default_factory=dict)
    globals: set[str] = field(default_factory=set)
    nonlocals: set[str] = field(default_factory=set)

    def module(self) -> Scope:
        scope = self
        while scope.parent is not None:
            scope = scope.parent
        return scope

    def lookup(self, name: str) -> tuple[Scope, list[Binding]] | None:
        """The scope that ``name`` belongs to when it is read here, with all its bindings there."""
        scope: Scope | None = self
        first = True
        while scope is not None:
            if name in scope.globals:
                top = scope.module()
                found = top.bindings.get(name)
                return (top, found) if found else None
            if (scope.kind != "class" or first) and name not in scope.nonlocals:
                found = scope.bindings.get(name)
                if found:
                    return scope, found
            # a comprehension in a class body sees the class's names only for its first iterable; close enough
            first = first and scope.kind == "comprehension"
            scope = scope.parent
        return None


@dataclass(slots=True)
class ScopeTree:
    """All scopes of a module, with the parent and the scope of every node that the stages ask about."""

    module: Scope
    parent: dict[ast.AST, ast.AST]
    scope_of: dict[ast.AST, Scope]
    calls: list[ast.Call] = field(default_factory=list)
    names: list[ast.Name] = field(default_factory=list)
    attributes: list[ast.Attribute] = field(default_factory=list)
    imports: list[ast.Import | ast.ImportFrom] = field(default_factory=list)
    classes: list[ast.ClassDef] = field(default_factory=list)
    functions: list[FunctionNode] = field(default_factory=list)
    loops: list[ast.For | ast.AsyncFor | ast.comprehension] = field(default_factory=list)
    others: list[ast.expr] = field(default_factory=list)
    """Expressions of every kind that has no list of its own and makes no scope: subscripts, comparisons, …"""
    withs: list[ast.With | ast.AsyncWith] = field(default_factory=list)
    matches: list[ast.Match] = field(default_factory=list)
    tries: list[ast.Try] = field(default_factory=list)
    strings: list[ast.Constant] = field(default_factory=list)
    star_imports: list[ast.ImportFrom] = field(default_factory=list)

    def ancestors(self, node: ast.AST) -> Iterator[ast.AST]:
        parent = self.parent.get(node)
        while parent is not None:
            yield parent
            parent = self.parent.get(parent)

    def statement(self, node: ast.AST) -> ast.stmt:
        """The statement that ``node`` is a part of (or is)."""
        current: ast.AST = node
        while not isinstance(current, ast.stmt):
            current = self.parent[current]
        return current

    def enclosing_class(self, node: ast.AST) -> ast.ClassDef | None:
        """The class whose method (or body) ``node`` is in, through nested functions."""
        for ancestor in self.ancestors(node):
            if isinstance(ancestor, ast.ClassDef):
                return ancestor
        return None

    def enclosing_function(self, node: ast.AST) -> FunctionNode | None:
        for ancestor in self.ancestors(node):
            if isinstance(ancestor, ast.FunctionDef | ast.AsyncFunctionDef):
                return ancestor
        return None


def build(tree: ast.Module, *, declares: bool = True) -> ScopeTree:
    """Scopes and bindings of ``tree`` in one walk.

    ``declares`` says whether a ``global`` or ``nonlocal`` statement may be in it at all.
    """
    builder = _Builder(tree, declares)
    for statement in tree.body:
        builder.statement(statement, tree, builder.result.module)
    return builder.result


class _Builder:
    def __init__(self, tree: ast.Module, declares: bool) -> None:
        self.declares = declares
        module = Scope("module", tree, None)
        self.result = ScopeTree(module, {}, {tree: module})

    def bind(self, scope: Scope, binding: Binding) -> None:
        target = scope
        if binding.name in scope.globals:
            target = scope.module()
        elif binding.name in scope.nonlocals and scope.parent is not None:
            outer = scope.parent
            while outer is not None and (outer.kind == "class" or binding.name not in outer.bindings):
                if outer.parent is None:
                    break
                outer = outer.parent
            target = outer
        target.bindings.setdefault(binding.name, []).append(binding)

    def statement(self, node: ast.stmt, parent: ast.AST, scope: Scope) -> None:
        result = self.result
        result.parent[node] = parent
        result.scope_of[node] = scope
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                result.functions.append(node)
                self.bind(scope, Binding(node.name, "function", node, node))
                self._function(node, scope)
            case ast.ClassDef():
                result.classes.append(node)
                self.bind(scope, Binding(node.name, "class", node, node))
                for decorator in node.decorator_list:
                    self.expression(decorator, node, scope)
                inner = Scope("class", node, scope)
                for base in node.bases:
                    self.expression(base, node, scope)
                for keyword in node.keywords:
                    result.parent[keyword] = node
                    self.expression(keyword.value, keyword, scope)
                result.scope_of[node] = scope
                for child in node.body:
                    self.statement(child, node, inner)
            case ast.Import():
                result.imports.append(node)
                for alias in node.names:
                    result.parent[alias] = node
                    bound = alias.asname or alias.name.split(".")[0]
                    qualified = alias.name if alias.asname else bound
                    self.bind(scope, Binding(bound, "import", alias, node, qualified=qualified))
            case ast.ImportFrom():
                result.imports.append(node)
                module = "." * node.level + (node.module or "")
                for alias in node.names:
                    result.parent[alias] = node
                    if alias.name == "*":
                        result.star_imports.append(node)
                        continue
                    separator = "" if module.endswith(".") else "."
                    self.bind(
                        scope,
                        Binding(
                            alias.asname or alias.name,
                            "import",
                            alias,
                            node,
                            qualified=f"{module}{separator}{alias.name}",
                        ),
                    )
            case ast.Assign():
                self.expression(node.value, node, scope)
                for target in node.targets:
                    self.target(target, node, scope, node, node.value)
            case ast.AnnAssign():
                self.expression(node.annotation, node, scope)
                if node.value is not None:
                    self.expression(node.value, node, scope)
                self.target(node.target, node, scope, node, node.value, annotation=node.annotation)
            case ast.AugAssign():
                self.expression(node.value, node, scope)
                self.target(node.target, node, scope, node, None, kind="augmented")
            case ast.For() | ast.AsyncFor():
                result.loops.append(node)
                self.expression(node.iter, node, scope)
                self.target(node.target, node, scope, node, node.iter, kind="for")
                for child in [*node.body, *node.orelse]:
                    self.statement(child, node, scope)
            case ast.With() | ast.AsyncWith():
                result.withs.append(node)
                for item in node.items:
                    result.parent[item] = node
                    self.expression(item.context_expr, item, scope)
                    if item.optional_vars is not None:
                        self.target(item.optional_vars, item, scope, node, item.context_expr, kind="with")
                for child in node.body:
                    self.statement(child, node, scope)
            case ast.Global():
                scope.globals.update(node.names)
            case ast.Nonlocal():
                scope.nonlocals.update(node.names)
            case ast.Try():
                result.tries.append(node)
                self._try(node, scope)
            case ast.Match():
                result.matches.append(node)
                self.expression(node.subject, node, scope)
                for case in node.cases:
                    result.parent[case] = node
                    self._pattern(case.pattern, case, scope, node)
                    if case.guard is not None:
                        self.expression(case.guard, case, scope)
                    for child in case.body:
                        self.statement(child, case, scope)
            case _ if node.__class__.__name__ == "TryStar":
                self._try(node, scope)  # type: ignore[arg-type]
            case _:
                for child_node in children(node):
                    if isinstance(child_node, ast.stmt):
                        self.statement(child_node, node, scope)
                    elif isinstance(child_node, ast.expr):
                        self.expression(child_node, node, scope)

    def _try(self, node: ast.Try, scope: Scope) -> None:
        for child in node.body:
            self.statement(child, node, scope)
        for handler in node.handlers:
            self.result.parent[handler] = node
            if handler.type is not None:
                self.expression(handler.type, handler, scope)
            if handler.name:
                self.bind(scope, Binding(handler.name, "except", handler, node))
            for child in handler.body:
                self.statement(child, handler, scope)
        for child in [*node.orelse, *node.finalbody]:
            self.statement(child, node, scope)

    def _function(self, node: FunctionNode, scope: Scope) -> None:
        for decorator in node.decorator_list:
            self.expression(decorator, node, scope)
        inner = Scope("function", node, scope)
        self._arguments(node.args, node, scope, inner)
        if node.returns is not None:
            self.expression(node.returns, node, scope)
        # a name that is declared global anywhere in the body is global in all of it
        if self.declares:
            for child in walk(node):
                if isinstance(child, ast.Global):
                    inner.globals.update(child.names)
                elif isinstance(child, ast.Nonlocal):
                    inner.nonlocals.update(child.names)
        for statement in node.body:
            self.statement(statement, node, inner)

    def _arguments(self, args: ast.arguments, owner: ast.AST, outer: Scope, inner: Scope) -> None:
        self.result.parent[args] = owner
        for default in [*args.defaults, *(d for d in args.kw_defaults if d is not None)]:
            self.expression(default, args, outer)
        every = [*args.posonlyargs, *args.args, *args.kwonlyargs]
        every += [a for a in (args.vararg, args.kwarg) if a is not None]
        positional = [*args.posonlyargs, *args.args]
        defaults: dict[ast.arg, ast.expr] = dict(
            zip(positional[len(positional) - len(args.defaults) :], args.defaults, strict=True)
        )
        defaults.update(
            {a: d for a, d in zip(args.kwonlyargs, args.kw_defaults, strict=True) if d is not None}
        )
        for arg in every:
            self.result.parent[arg] = args
            if arg.annotation is not None:
                self.expression(arg.annotation, arg, outer)
            kind: BindingKind = "other" if arg in (args.vararg, args.kwarg) else "param"
            inner.bindings.setdefault(arg.arg, []).append(
                Binding(arg.arg, kind, arg, None, value=defaults.get(arg), annotation=arg.annotation)
            )

    def target(
        self,
        node: ast.expr,
        parent: ast.AST,
        scope: Scope,
        statement: ast.stmt | None,
        value: ast.expr | None,
        *,
        kind: BindingKind = "assign",
        index: tuple[int, ...] = (),
        annotation: ast.expr | None = None,
    ) -> None:
        self.result.parent[node] = parent
        self.result.scope_of[node] = scope
        match node:
            case ast.Name():
                self.result.names.append(node)
                self.bind(
                    scope,
                    Binding(
                        node.id,
                        "unpack" if index and kind == "assign" else kind,
                        node,
                        statement,
                        value=value,
                        index=index,
                        annotation=annotation,
                    ),
                )
            case ast.Tuple() | ast.List():
                starred = False
                for position, element in enumerate(node.elts):
                    # what stands behind a starred name is counted from the end
                    place = position - len(node.elts) if starred else position
                    starred = starred or isinstance(element, ast.Starred)
                    self.target(element, node, scope, statement, value, kind=kind, index=(*index, place))
            case ast.Starred():
                self.target(node.value, node, scope, statement, None, kind=kind, index=(*index, 0))
            case _:
                self.expression(node, parent, scope)

    def _pattern(self, pattern: ast.pattern, parent: ast.AST, scope: Scope, statement: ast.stmt) -> None:
        self.result.parent[pattern] = parent
        name = getattr(pattern, "name", None) or getattr(pattern, "rest", None)
        if name:
            self.bind(scope, Binding(name, "other", pattern, statement))
        for child in children(pattern):
            if isinstance(child, ast.pattern):
                self._pattern(child, pattern, scope, statement)
            elif isinstance(child, ast.expr):
                self.expression(child, pattern, scope)

    def expression(self, node: ast.expr, parent: ast.AST, scope: Scope) -> None:
        result = self.result
        result.parent[node] = parent
        result.scope_of[node] = scope
        kind = type(node)
        if kind is ast.Name:
            result.names.append(node)  # type: ignore[arg-type]
            return
        if kind is ast.Constant:
            if type(node.value) is str:  # type: ignore[attr-defined]
                result.strings.append(node)  # type: ignore[arg-type]
            return
        if kind is ast.Attribute:
            result.attributes.append(node)  # type: ignore[arg-type]
            self.expression(node.value, node, scope)  # type: ignore[attr-defined]
            return
        if kind is ast.Call:
            assert isinstance(node, ast.Call)
            result.calls.append(node)
            self.expression(node.func, node, scope)
            for argument in node.args:
                self.expression(argument, node, scope)
            for keyword in node.keywords:
                result.parent[keyword] = node
                self.expression(keyword.value, keyword, scope)
            return
        if isinstance(node, ast.Lambda):
            inner = Scope("lambda", node, scope)
            self._arguments(node.args, node, scope, inner)
            self.expression(node.body, node, inner)
            return
        if isinstance(node, ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp):
            inner = Scope("comprehension", node, scope)
            for position, generator in enumerate(node.generators):
                result.loops.append(generator)
                result.parent[generator] = node
                self.expression(generator.iter, generator, inner if position else scope)
                self.target(generator.target, generator, inner, None, generator.iter, kind="for")
                for condition in generator.ifs:
                    self.expression(condition, generator, inner)
            if isinstance(node, ast.DictComp):
                self.expression(node.key, node, inner)
                self.expression(node.value, node, inner)
            else:
                self.expression(node.elt, node, inner)
            return
        if isinstance(node, ast.NamedExpr):
            self.expression(node.value, node, scope)
            target_scope = scope
            while target_scope.kind == "comprehension" and target_scope.parent is not None:
                target_scope = target_scope.parent
            self.target(node.target, node, target_scope, None, node.value)
            return
        result.others.append(node)
        for child in children(node):
            if isinstance(child, ast.expr):
                self.expression(child, node, scope)
