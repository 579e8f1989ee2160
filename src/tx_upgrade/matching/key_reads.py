"""Keys of a dictionary that the code asks for by a variable, or compares with what a loop over it gives."""

from __future__ import annotations

import ast

from ..analysis.module import Module
from ..analysis.walking import walk
from .bags import Bag

_VIEWS = frozenset({"items", "keys"})
_SAME_KEYS = frozenset({"list", "tuple", "set", "sorted", "reversed"})
_MAX_DEPTH = 3


def asked(module: Module, use: ast.expr, key: ast.expr, bag: Bag) -> bool:
    """Note that a dictionary is asked for a key; whether all keys that this may be are known.

    The names that a loop goes over are the keys themselves; a key that the dictionary itself gave is none of ours.
    """
    if isinstance(key, ast.Constant) and isinstance(key.value, str):
        bag.read.add(key.value)
        return True
    if not isinstance(key, ast.Name):
        bag.asked = True
        return False
    for binding in module.bindings(key):
        if binding.kind != "for" or binding.value is None:
            bag.asked = True
        elif ast.dump(_keys_of(binding.value)) == ast.dump(use):
            continue
        elif (names := _strings(module, binding.value)) is not None and not any(binding.index):
            bag.read |= names
            continue
        else:
            bag.asked = True
        return False
    return bool(module.bindings(key))


def compared(module: Module, use: ast.expr, bag: Bag) -> None:
    """Note the keys that a loop over the dictionary (or over its items) compares its keys with."""
    parents = module.scopes.parent
    iterated: ast.AST = use
    while not isinstance(parent := parents.get(iterated), ast.For | ast.comprehension):
        if not isinstance(parent, ast.Attribute | ast.Call):
            return
        iterated = parent
    if parent.iter is not iterated or _keys_of(parent.iter) is not use:
        return
    target = parent.target.elts[0] if isinstance(parent.target, ast.Tuple) else parent.target
    loop = parents[parent] if isinstance(parent, ast.comprehension) else parent
    if not isinstance(target, ast.Name):
        return
    for node in walk(loop):
        if isinstance(node, ast.Compare):
            sides = [node.left, *node.comparators]
            if any(isinstance(s, ast.Name) and s.id == target.id for s in sides):
                for side in sides:
                    bag.read |= _strings(module, side) or set()


def _keys_of(node: ast.expr) -> ast.expr:
    """The dictionary behind ``list(kw.items())``."""
    if isinstance(node, ast.Call):
        func = node.func
        if isinstance(func, ast.Name) and func.id in _SAME_KEYS and len(node.args) == 1:
            return _keys_of(node.args[0])
        if isinstance(func, ast.Attribute) and func.attr in _VIEWS and not node.args:
            return func.value
    return node


def _strings(module: Module, node: ast.expr, depth: int = 0) -> set[str] | None:
    """The strings of a literal, of a collection of literals, or of a name that is given one; None when unknown."""
    if isinstance(node, ast.Constant):
        return {node.value} if isinstance(node.value, str) else None
    if isinstance(node, ast.Tuple | ast.List | ast.Set):
        values = [e.value for e in node.elts if isinstance(e, ast.Constant) and isinstance(e.value, str)]
        return set(values) if len(values) == len(node.elts) else None
    if isinstance(node, ast.Name) and depth < _MAX_DEPTH:
        bindings = module.bindings(node)
        if len(bindings) == 1 and bindings[0].kind == "assign" and not bindings[0].index:
            value = bindings[0].value
            return _strings(module, value, depth + 1) if value is not None else None
    return None
