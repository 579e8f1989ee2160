"""What annotations say of the objects that they are written at."""

from __future__ import annotations

import ast
from collections.abc import Callable

from .assignments import is_none
from .kinds import ClassObject, Instance, Many, Other, Type
from .knowledge import loaded_by
from .module import LibraryName, Module, ProjectClass, ProjectModule, ProjectValue
from .project import Project

MAX_DEPTH = 14
_ANY_MODULE = frozenset({"torch.nn.Module", "torch.nn.modules.module.Module"})
"""Annotations that a class of the library satisfies too."""

_COLLECTIONS = frozenset(
    {
        "List",
        "list",
        "Sequence",
        "Iterable",
        "Iterator",
        "Collection",
        "Set",
        "set",
        "Dict",
        "dict",
        "Mapping",
    }
)
_PLAIN = frozenset({"List", "Dict", "list", "dict", "Tuple", "tuple", "Callable"})


def _element(node: ast.expr, head: str) -> ast.expr:
    """What a collection's items are: a dictionary's are its values."""
    if isinstance(node, ast.Tuple) and node.elts:
        return node.elts[-1] if head in {"Dict", "dict", "Mapping"} else node.elts[0]
    return node


def annotated(
    project: Project,
    module: Module,
    node: ast.expr,
    common: Callable[[list[Type | None]], Type | None],
    keep: list[ast.AST],
    depth: int = 0,
) -> Type | None:
    """The type that an annotation names; ``keep`` holds the trees of annotations that are strings."""

    def within(part: ast.expr) -> Type | None:
        return annotated(project, module, part, common, keep, depth + 1)

    if depth > MAX_DEPTH:
        return None
    if isinstance(node, ast.Constant):
        if not isinstance(node.value, str):
            return None
        try:
            parsed = ast.parse(node.value, mode="eval").body
        except (SyntaxError, ValueError):
            return None
        scope = module.scope(node)
        for inner in ast.walk(parsed):
            module.scopes.scope_of[inner] = scope
        keep.append(parsed)
        return within(parsed)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        sides = [s for s in (node.left, node.right) if not is_none(s)]
        return common([within(s) for s in sides])
    if isinstance(node, ast.Subscript):
        head = node.value.attr if isinstance(node.value, ast.Attribute) else getattr(node.value, "id", "")
        if head in {"Optional", "Annotated", "Final", "ClassVar"}:
            inner = node.slice.elts[0] if isinstance(node.slice, ast.Tuple) else node.slice
            return within(inner)
        if head == "Union" and isinstance(node.slice, ast.Tuple):
            elements = [e for e in node.slice.elts if not is_none(e)]
            return common([within(e) for e in elements])
        if head in _COLLECTIONS:
            element = within(_element(node.slice, head))
            if isinstance(element, Instance):
                return Many(element)
        if head in {"Type", "type"}:
            cls = within(node.slice)
            return ClassObject(cls.of) if isinstance(cls, Instance) and not cls.auto else None
        return Other() if head in _PLAIN else None
    target = project.resolve(module, node)
    if isinstance(target, LibraryName) and project.library.kind(target.name) == "class":
        # nothing is an instance of an Auto class: what it loads is meant
        loaded = loaded_by(target.name)
        return Instance(target.name) if loaded is None else Instance(loaded, auto=target.name)
    if isinstance(target, ProjectClass):
        return Instance(target)
    if isinstance(target, ProjectValue | ProjectModule) or target is None:
        if isinstance(node, ast.Name) and node.id in {"str", "int", "float", "bool", "bytes"}:
            return Other()
        return None
    if isinstance(target, LibraryName):
        return None
    name = getattr(target, "name", "")
    return None if name.startswith("typing") or name in _ANY_MODULE else Other()
