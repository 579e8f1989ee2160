"""What annotations say of the objects that they are written at."""

from __future__ import annotations

import ast
from collections.abc import Callable

from .assignments import is_none
from .kinds import ClassObject, Instance, Maker, Many, Other, Row, Type, Useful
from .knowledge import loaded_by
from .module import ExternalName, LibraryName, Module, ProjectClass, ProjectModule, ProjectValue
from .project import Project
from .walking import walk

MAX_DEPTH = 14
_ANY_MODULE = frozenset({"torch.nn.Module", "torch.nn.modules.module.Module"})
"""Annotations that a class of the library satisfies too."""

_MAPPINGS = frozenset(
    {"Dict", "dict", "Mapping", "MutableMapping", "OrderedDict", "DefaultDict", "defaultdict", "ModuleDict"}
)
_COLLECTIONS = _MAPPINGS | frozenset(
    {
        *(
            "List",
            "list",
            "Sequence",
            "MutableSequence",
            "Collection",
            "Set",
            "set",
            "FrozenSet",
            "frozenset",
        ),
        *("Iterable", "Iterator", "Generator", "AsyncIterable", "AsyncIterator", "AsyncGenerator"),
        *("Deque", "deque", "KeysView", "ValuesView", "Reversible"),
    }
)
_GIVES_LATER = frozenset({"Awaitable", "Coroutine"})
"""What an ``await`` gives is their last argument."""
_PLAIN = _COLLECTIONS | {"Tuple", "tuple", "Callable"}
_SCALARS = frozenset({"str", "int", "float", "bool", "bytes", "Path", "typing", "Optional", "Union"})


def _plain(node: ast.Subscript) -> Other | None:
    """What holds texts and numbers is nothing of the library's.

    Where an annotation says that it holds tensors, an old release's tuple may be an object of the library's by now.
    """
    words = {n.id for n in walk(node) if isinstance(n, ast.Name)}
    words |= {n.attr for n in walk(node) if isinstance(n, ast.Attribute)}
    return Other() if words <= _PLAIN | _SCALARS else None


def _element(node: ast.expr, head: str) -> ast.expr:
    """What a collection's items are: a dictionary's are its values."""
    if isinstance(node, ast.Tuple) and node.elts:
        return node.elts[-1] if head in _MAPPINGS else node.elts[0]
    return node


def _aliased(target: ProjectValue) -> ast.expr | None:
    """The annotation that a name stands for: ``AnyTokenizer = Union[A, B]``."""
    value = target.bindings[0].value if len(target.bindings) == 1 else None
    return value if isinstance(value, ast.Subscript | ast.BinOp) else None


def _bound(target: ProjectValue) -> list[ast.expr]:
    """What a type variable stands for at least: its bound, or one of its constraints."""
    value = target.bindings[0].value if len(target.bindings) == 1 else None
    called = getattr(value, "func", None)
    if (
        not isinstance(value, ast.Call)
        or (getattr(called, "id", "") or getattr(called, "attr", "")) != "TypeVar"
    ):
        return []
    bound = [k.value for k in value.keywords if k.arg == "bound"]
    return bound or value.args[1:]


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
        for inner in walk(parsed):
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
            if isinstance(element, Useful):
                return Many(element)
        if head in {"Tuple", "tuple"} and isinstance(node.slice, ast.Tuple):
            places = node.slice.elts
            if len(places) == 2 and isinstance(places[1], ast.Constant) and places[1].value is ...:
                element = within(places[0])
                return Many(element) if isinstance(element, Useful) else _plain(node)
            items = tuple(within(p) for p in places)
            return Row(items) if any(isinstance(i, Useful) for i in items) else _plain(node)
        if head == "Callable" and isinstance(node.slice, ast.Tuple):
            given = within(node.slice.elts[-1])
            return Maker(given) if isinstance(given, Useful) else Other()
        if head in _GIVES_LATER:
            return within(node.slice.elts[-1] if isinstance(node.slice, ast.Tuple) else node.slice)
        if head in {"Type", "type"}:
            cls = within(node.slice)
            return ClassObject(cls.of) if isinstance(cls, Instance) and not cls.auto else None
        if head in _PLAIN:
            return _plain(node)
        generic = project.resolve(module, node.value)
        return Instance(generic) if isinstance(generic, ProjectClass) else None
    target = project.resolve(module, node)
    if isinstance(target, LibraryName) and project.library.kind(target.name) == "class":
        # nothing is an instance of an Auto class: what it loads is meant
        loaded = loaded_by(target.name)
        return Instance(target.name) if loaded is None else Instance(loaded, auto=target.name)
    if isinstance(target, ProjectClass):
        return Instance(target)
    if isinstance(target, ProjectValue):
        aliased = _aliased(target)
        if aliased is not None:
            return annotated(project, target.module, aliased, common, keep, depth + 1)
        bounds = [annotated(project, target.module, b, common, keep, depth + 1) for b in _bound(target)]
        if bounds:
            return common(bounds)
    if isinstance(target, ProjectValue | ProjectModule) or target is None:
        if isinstance(node, ast.Name) and node.id in {"str", "int", "float", "bool", "bytes"}:
            return Other()
        return None
    if isinstance(target, LibraryName):
        return None
    name = target.name if isinstance(target, ExternalName) else ""
    if project.library.is_class_beside(name):
        return Instance(name)
    return None if name.startswith("typing") or name in _ANY_MODULE else Other()
