"""Keys that another file of the project writes: whether they may be changed there, and the change itself."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ..analysis.module import Module, ProjectValue
from ..model import Safety
from .bags import Bag, Entry
from .context import SKIP_FILE, Context, Wish
from .entries import take_out
from .flows import Flows

_TAKES_KEY = frozenset({"get", "pop", "setdefault"})


def may_change(context: Context, entry: Entry) -> Safety | None:
    """Whether a key of another file may be changed for a call in this one; None when others may want the old key."""
    module = entry.module
    if module is None or entry.kind == "pair" or SKIP_FILE.search(module.document.raw):
        return None
    if entry.kind == "keyword" and not _makes_dictionary(entry.container):
        return "safe"  # the argument of a call of the function that hands it on
    if looked_up(context, module, entry.name):
        return None
    name = _holder(module, entry)
    if name is None:
        return "unsafe"
    for peer, use in _uses(context, module, name):
        seen = Bag()
        Flows(peer, context.types)._use(use, seen, 0)
        if not seen.certain or entry.name in seen.read:
            return "unsafe"
    return "safe"


def _makes_dictionary(node: ast.AST) -> bool:
    func = node.func if isinstance(node, ast.Call) else None
    return getattr(func, "id", "") == "dict" or getattr(func, "attr", "") in {"update", "copy"}


def _holder(module: Module, entry: Entry) -> str | None:
    """The variable of a file's top level that the dictionary of an entry is given to."""
    node = entry.container
    target: ast.AST | None = None
    if entry.kind == "store" and isinstance(node, ast.Assign):
        stored = node.targets[0]
        target = stored.value if isinstance(stored, ast.Subscript) else None
    else:
        holder = module.scopes.parent.get(node)
        if isinstance(holder, ast.Assign) and len(holder.targets) == 1:
            target = holder.targets[0]
        elif isinstance(holder, ast.AnnAssign):
            target = holder.target
    if not isinstance(target, ast.Name):
        return None
    found = module.scope(target).lookup(target.id)
    return target.id if found is not None and found[0] is module.scopes.module else None


def _uses(context: Context, module: Module, name: str) -> Iterator[tuple[Module, ast.expr]]:
    """Where the project reads a variable of one of its files."""
    project = context.project
    for peer in project.peers(module):
        if peer is module:
            for node in peer.scopes.names:
                found = peer.scope(node).lookup(name) if node.id == name else None
                if found is not None and isinstance(node.ctx, ast.Load) and found[0] is module.scopes.module:
                    yield peer, node
            continue
        read: list[ast.Name | ast.Attribute] = [n for n in peer.scopes.names if n.id == name]
        read += [a for a in peer.scopes.attributes if a.attr == name]
        for use in read:
            target = project.resolve(peer, use) if isinstance(use.ctx, ast.Load) else None
            if isinstance(target, ProjectValue) and target.module is module:
                yield peer, use


def looked_up(context: Context, module: Module, name: str) -> bool:
    """Whether the project looks a key of this name up anywhere."""
    for peer in context.project.peers(module):
        for string in peer.scopes.strings:
            if string.value != name:
                continue
            parent = peer.scopes.parent.get(string)
            if isinstance(parent, ast.Subscript) and isinstance(parent.ctx, ast.Load):
                return True
            if isinstance(parent, ast.Compare):
                return True
            if isinstance(parent, ast.Call) and getattr(parent.func, "attr", "") in _TAKES_KEY:
                return True
    return False


def grant(context: Context, wishes: tuple[Wish, ...]) -> None:
    """Make the changes that other files want of the keys in this one; those that do not agree are not made."""
    wanted: dict[tuple[int, int], set[Wish]] = {}
    for wish in wishes:
        wanted.setdefault(wish.span, set()).add(wish)
    gone: dict[ast.AST, set[int]] = {}
    for node in context.tree.parent:
        if isinstance(node, ast.Dict):
            parts: list[tuple[ast.AST, ast.expr]] = [
                (k, v) for k, v in zip(node.keys, node.values, strict=True) if k is not None
            ]
        elif isinstance(node, ast.Call):
            ordered: list[ast.expr | ast.keyword] = [*node.args, *node.keywords]
            ordered.sort(key=lambda n: (n.lineno, n.col_offset))
            parts = [(k, k.value if isinstance(k, ast.keyword) else k) for k in ordered]
        elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Subscript):
            parts = [(node.targets[0].slice, node.value)]
        else:
            continue
        for index, (key, value) in enumerate(parts):
            found = wanted.get(context.span(key), set())
            if len(found) != 1 or not isinstance(key, ast.Constant | ast.keyword):
                continue
            (wish,) = found
            if wish.removed:
                gone.setdefault(node, set()).add(index)
            else:
                _change(context, key, value, wish)
    for container, indexes in gone.items():
        # a display that an edit of this file's own touches loses the entries already
        if not (isinstance(container, ast.Dict) and context.composer.has(*context.span(container))):
            take_out(context, container, indexes)


def _change(context: Context, key: ast.Constant | ast.keyword, value: ast.expr, wish: Wish) -> None:
    start, end = context.span(key)
    old = str(key.value) if isinstance(key, ast.Constant) else str(key.arg)
    if context.composer.has(start, end) or context.composer.has(start, start + len(old)):
        return  # a call in this file wants the same
    if wish.name != old:
        if isinstance(key, ast.keyword):
            context.composer.add(start, start + len(old), wish.name)
        else:
            text = context.module.document.text[start:end]
            context.composer.add(start, end, text.replace(old, wish.name) if old in text else repr(wish.name))
    if wish.value is not None:
        context.composer.add(*context.span(value), wish.value)
