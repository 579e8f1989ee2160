"""What functions return and are passed, and what classes set on themselves: read off the tree, nothing inferred."""

from __future__ import annotations

import ast
from functools import lru_cache

from .module import Module, ProjectClass
from .scopes import Binding, FunctionNode, ScopeTree
from .walking import children


def default_of(function: FunctionNode, arg: ast.arg) -> ast.expr | None:
    positional = [*function.args.posonlyargs, *function.args.args]
    if arg in positional:
        index = positional.index(arg) - (len(positional) - len(function.args.defaults))
        return function.args.defaults[index] if index >= 0 else None
    if arg in function.args.kwonlyargs:
        return function.args.kw_defaults[function.args.kwonlyargs.index(arg)]
    return None


def is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


@lru_cache(maxsize=4096)
def returned_values(function: FunctionNode) -> tuple[ast.expr, ...]:
    """The values that a function returns, without those of functions inside it; none of a generator."""
    found: list[ast.expr] = []
    stack: list[ast.AST] = list(function.body)
    while stack:
        node = stack.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda):
            continue
        if isinstance(node, ast.Return) and node.value is not None:
            found.append(node.value)
        if not isinstance(node, ast.expr):
            stack.extend(children(node))
    return () if found and _yields(function) else tuple(found)


@lru_cache(maxsize=4096)
def is_abstract(function: FunctionNode) -> bool:
    """Whether a method only says that classes below have it."""
    if any("abstract" in getattr(d, "id", getattr(d, "attr", "")) for d in function.decorator_list):
        return True
    body = [s for s in function.body if not (isinstance(s, ast.Expr) and isinstance(s.value, ast.Constant))]
    if not body or isinstance(body[0], ast.Pass):
        return len(body) < 2
    raised = body[0].exc if isinstance(body[0], ast.Raise) else None
    name = raised.func if isinstance(raised, ast.Call) else raised
    return getattr(name, "id", "") == "NotImplementedError"


def yielded_values(function: FunctionNode) -> list[ast.expr]:
    """The values that a generator function yields one by one, without those that it passes on of another one."""
    return [n.value for n in _yields(function) if isinstance(n, ast.Yield) and n.value is not None]


def passed_on(function: FunctionNode) -> list[ast.expr]:
    """What a generator function yields all items of: ``yield from``."""
    return [n.value for n in _yields(function) if isinstance(n, ast.YieldFrom)]


@lru_cache(maxsize=4096)
def _yields(function: FunctionNode) -> tuple[ast.Yield | ast.YieldFrom, ...]:
    found: list[ast.Yield | ast.YieldFrom] = []
    stack: list[ast.AST] = list(function.body)
    while stack:
        node = stack.pop()
        if isinstance(node, ast.Yield | ast.YieldFrom):
            found.append(node)
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda):
            stack.extend(children(node))
    return tuple(found)


def assigned_on_self(cls: ProjectClass, name: str) -> list[tuple[Module, ast.expr | None, ast.expr | None]]:
    """What ``self.name`` (and the class body) is given: value and annotation of each assignment."""
    return [(cls.module, value, annotation) for value, annotation in _assignments(cls.node).get(name, ())]


@lru_cache(maxsize=1024)
def _assignments(cls: ast.ClassDef) -> dict[str, list[tuple[ast.expr | None, ast.expr | None]]]:
    found: dict[str, list[tuple[ast.expr | None, ast.expr | None]]] = {}

    def note(target: ast.expr, value: ast.expr, in_class: bool) -> None:
        own = _self_attribute_name(target)
        if own is None and in_class and isinstance(target, ast.Name):
            own = target.id
        if own is not None:
            found.setdefault(own, []).append((value, None))
        elif isinstance(target, ast.Starred):
            note(target.value, _unknown(target), in_class)
        elif isinstance(target, ast.Tuple | ast.List):
            several = any(isinstance(e, ast.Starred) for e in target.elts)
            shown = value.elts if isinstance(value, ast.Tuple | ast.List) else []
            exact = len(shown) == len(target.elts) and not any(isinstance(e, ast.Starred) for e in shown)
            for position, element in enumerate(target.elts):
                if several:
                    note(element, _unknown(target), in_class)
                else:
                    note(element, shown[position] if exact else _Unpacked(value, position), in_class)

    stack: list[tuple[ast.AST, bool]] = [(cls, True)]
    for node, in_class in stack:
        match node:
            case ast.Assign():
                for target in node.targets:
                    note(target, node.value, in_class)
            case ast.AnnAssign():
                own = _self_attribute_name(node.target)
                if own is None and isinstance(node.target, ast.Name) and in_class:
                    own = node.target.id
                if own is not None:
                    found.setdefault(own, []).append((node.value, node.annotation))
            case ast.For() | ast.AsyncFor() | ast.AugAssign():
                note(node.target, _unknown(node), in_class)
            case ast.withitem(optional_vars=target) if target is not None:
                note(target, _unknown(node), in_class)
        if not isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign):
            inside = in_class and (
                node is cls or not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
            )
            stack.extend((n, inside) for n in children(node) if not isinstance(n, ast.expr))
    return found


def _unknown(node: ast.AST) -> ast.expr:
    """A stand-in for a value that no inference claims to know."""
    return ast.Name(id="?", ctx=ast.Load(), lineno=getattr(node, "lineno", 1), col_offset=0)


def _Unpacked(value: ast.expr, position: int) -> ast.expr:
    """A stand-in for one element of an unpacked value: a subscript that no inference claims to know."""
    node = ast.Subscript(value=value, slice=ast.Constant(position), ctx=ast.Load())
    return ast.copy_location(node, value)


def _self_attribute_name(node: ast.expr) -> str | None:
    if (
        isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id in {"self", "cls"}
    ):
        return node.attr
    return None


def is_super(node: ast.expr) -> bool:
    """Whether an expression is a call of ``super``."""
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "super"


def loop_around(tree: ScopeTree, node: ast.Name, bindings: list[Binding]) -> Binding | None:
    """The binding of the loop that a name is read in, where nothing in the loop gives it another value."""
    loops = {b.statement: b for b in bindings if b.kind == "for" and b.statement is not None}
    child: ast.AST = node
    for parent in tree.ancestors(node):
        binding = loops.get(parent) if isinstance(parent, ast.stmt) else None
        if binding is not None and isinstance(parent, ast.For | ast.AsyncFor) and child in parent.body:
            inside = any(parent in tree.ancestors(b.node) for b in bindings if b is not binding)
            return None if inside else binding
        child = parent
    return None


def ways_of(value: ast.expr) -> list[ast.expr]:
    """What an expression may give, ``None`` aside: both sides of ``a if test else b``."""
    if isinstance(value, ast.IfExp):
        return [*ways_of(value.body), *ways_of(value.orelse)]
    return [] if is_none(value) else [value]


def is_sequence(value: ast.expr) -> bool:
    """Whether an expression makes a tuple or a list of its own elements (not of those of one other object)."""
    if (
        isinstance(value, ast.Call)
        and getattr(value.func, "id", None) in {"tuple", "list"}
        and len(value.args) == 1
    ):
        value = value.args[0]
        if not isinstance(value, ast.GeneratorExp | ast.ListComp):
            return False
    if isinstance(value, ast.GeneratorExp | ast.ListComp):
        return len(value.generators) > 1 or not isinstance(value.elt, ast.Name)
    return isinstance(value, ast.Tuple | ast.List)


UNKNOWN = ast.Constant(value=...)


def passed_value(call: ast.Call, name: str, position: int | None) -> ast.expr | None:
    """What a call passes for a parameter: an expression, None (the default), or UNKNOWN behind * or **."""
    spread = False
    for keyword in call.keywords:
        if keyword.arg == name:
            return keyword.value
        spread = spread or keyword.arg is None
    starred = False
    for argument in call.args:
        starred = starred or isinstance(argument, ast.Starred)
    if position is not None and 0 <= position < len(call.args) and not starred:
        return call.args[position]
    return UNKNOWN if starred or spread else None
