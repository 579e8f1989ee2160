"""Calls that are known by what they are called: casts, collections, executors, parsers of arguments."""

from __future__ import annotations

import ast
from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING

from ..model import SHIM_FILE, SHIM_MODULE
from . import attributes, elements, parts, rows, wrappers
from .assignments import assigned_on_self, is_none
from .handed_on import LATER, handed_on
from .kinds import ClassObject, Instance, Maker, Many, Row, Type, Useful
from .module import ExternalName, LibraryName, Module, ProjectClass, ProjectFunction

if TYPE_CHECKING:
    from .types import Types

_PARSER = "transformers.HfArgumentParser"
_GENERATES = "transformers.GenerationMixin"
_TUPLES = Instance("builtins.tuple")
_WITH_TUPLES = Instance("transformers.utils.ModelOutput", cache="builtins.tuple")
_PLAIN_MODELS = {"merge_and_unload", "unload", "get_base_model", "merge_adapter"}


def known(types: Types, module: Module, node: ast.Call, depth: int) -> Type | None:
    """What a call gives that a table knows by its last name; None for any other."""
    func = node.func
    name = func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", "")
    handler = _HANDLERS.get(name)
    return None if handler is None else handler(types, module, node, depth)


def _cast(types: Types, module: Module, node: ast.Call, depth: int) -> Type | None:
    target = types.project.resolve(module, node.func)
    if not isinstance(target, ExternalName) or target.name != "typing.cast" or len(node.args) != 2:
        return None
    return types.annotation(module, node.args[0])


def _handed(types: Types, module: Module, node: ast.Call, depth: int) -> Type | None:
    """``map(f, xs)``, ``partial(f, x)``, ``await loop.run_in_executor(None, f, x)``."""
    call = handed_on(node)
    if call is None or isinstance(types.project.resolve(module, node.func), ProjectFunction):
        return None
    given = types.typed(module, call, depth + 1)
    if not isinstance(given, Useful):
        return None
    name = getattr(node.func, "attr", None) or getattr(node.func, "id", "")
    if name in ("map", "imap", "imap_unordered", "thread_map", "process_map"):
        return Many(given)
    return Maker(given) if name in LATER else given


def _later(types: Types, module: Module, node: ast.Call, depth: int) -> Type | None:
    """``future.result()``."""
    source = types.typed(module, node.func.value, depth + 1) if isinstance(node.func, ast.Attribute) else None
    return source.of if isinstance(source, Maker) else None


def _gather(types: Types, module: Module, node: ast.Call, depth: int) -> Type | None:
    if len(node.args) == 1 and isinstance(node.args[0], ast.Starred):
        each = elements.element(types, module, node.args[0].value, depth)
        return Many(each) if isinstance(each, Useful) else None
    if any(isinstance(a, ast.Starred) for a in node.args):
        return None
    return rows.made(tuple(types.typed(module, a, depth + 1) for a in node.args))


def _table(types: Types, module: Module, node: ast.Call, depth: int) -> Type | None:
    """``dict(a=…)``, and collections that hold what another one holds at the same places."""
    target = types.project.resolve(module, node.func)
    outside = isinstance(target, ExternalName) and target.name in elements.SAME_ITEMS_OUTSIDE
    if not outside and (
        target is not None or not isinstance(node.func, ast.Name) or module.bindings(node.func)
    ):
        return None
    if not node.args:
        return rows.display(types, module, node, depth)
    if len(node.args) > 1 or node.keywords:
        return None
    found = types.typed(module, node.args[0], depth + 1)
    pairs = found.of if isinstance(found, Many) else None
    if isinstance(pairs, Row) and len(pairs.items) == 2 and getattr(node.func, "id", "") == "dict":
        return Many(pairs.items[1]) if isinstance(pairs.items[1], Useful) else None
    return found if isinstance(found, Row | Many) else None


def _items(types: Types, module: Module, node: ast.Call, depth: int) -> Type | None:
    """``table.items()`` that is kept, not gone over at once."""
    if node.args or not isinstance(node.func, ast.Attribute):
        return None
    source = types.typed(module, node.func.value, depth + 1)
    return _many((None, rows.element(types, source))) if isinstance(source, Many | Row) else None


def _zip(types: Types, module: Module, node: ast.Call, depth: int) -> Type | None:
    """``zip(a, b)`` and ``enumerate(a)`` that are kept."""
    func = node.func
    if not isinstance(func, ast.Name) or not node.args or module.bindings(func):
        return None
    if any(isinstance(a, ast.Starred) for a in node.args):
        return None
    if func.id == "enumerate":
        return _many((None, elements.element(types, module, node.args[0], depth + 1)))
    return _many(tuple(elements.element(types, module, a, depth + 1) for a in node.args))


def _many(items: tuple[Type | None, ...]) -> Type | None:
    row = rows.made(items)
    return None if row is None else Many(row)


def _read_by_name(types: Types, module: Module, node: ast.Call, depth: int) -> Type | None:
    """``getattr(trainer, "tokenizer", None)``."""
    read = attribute_of(node)
    if (
        read is None
        or module.bindings(node.func)  # type: ignore[arg-type]
        or isinstance(types.project.resolve(module, read.value), LibraryName)
    ):
        return None
    found = wrappers.taken_by_name(types, module, node) or attributes.of_node(types, module, read, depth)
    otherwise = [types.typed(module, a, depth + 1) for a in node.args[2:] if not is_none(a)]
    return types.common([found, *otherwise])


@lru_cache(maxsize=2048)
def attribute_of(call: ast.Call) -> ast.Attribute | None:
    """The attribute that ``getattr`` with a constant name reads, as an expression."""
    if not isinstance(call.func, ast.Name) or not 2 <= len(call.args) <= 3:
        return None
    name = call.args[1]
    if not isinstance(name, ast.Constant) or type(name.value) is not str:
        return None
    return ast.copy_location(ast.Attribute(value=call.args[0], attr=name.value, ctx=ast.Load()), call)


def _fields(types: Types, module: Module, node: ast.Call, depth: int) -> Type | None:
    """What a parser of arguments makes of data classes: one object of each."""
    parser = node.func.value if isinstance(node.func, ast.Attribute) else None
    made = None if parser is None else _maker(types, module, parser)
    if made is None or not made.args:
        return None
    target = types.project.resolve(module, made.func)
    if not (
        (isinstance(target, LibraryName) and types.library.same(target.name, _PARSER))
        or (isinstance(target, ExternalName) and target.name == "trl.TrlParser")
    ):
        return None
    given = types.typed(module, made.args[0], depth + 1)
    if isinstance(given, ClassObject):
        return rows.made((_of(given),))
    if isinstance(given, Row) and given.keys is None:
        return rows.made(tuple(_of(i) for i in given.items))
    if isinstance(given, Many) and isinstance(given.of, ClassObject):
        made_of = _of(given.of)
        return Many(made_of) if isinstance(made_of, Instance) else None
    return None


def _of(cls: Type | None) -> Type | None:
    return Instance(cls.of) if isinstance(cls, ClassObject) and not cls.among else None


def _maker(types: Types, module: Module, node: ast.expr) -> ast.Call | None:
    """The call that an object comes from, where that is the only one."""
    if isinstance(node, ast.Call):
        return node
    given: list[ast.expr | None] = []
    if isinstance(node, ast.Name):
        given = [b.value for b in module.bindings(node)]
    elif isinstance(node, ast.Attribute) and getattr(node.value, "id", "") == "self":
        cls = module.scopes.enclosing_class(node)
        given = [v for _, v, _ in assigned_on_self(ProjectClass(module, cls), node.attr)] if cls else []
    return given[0] if len(given) == 1 and isinstance(given[0], ast.Call) else None


def _loaded(types: Types, module: Module, node: ast.Call, depth: int) -> Type | None:
    """``OwnModule.load_from_checkpoint(path)`` of a base from another package."""
    owner = types.typed(module, node.func.value, depth + 1) if isinstance(node.func, ast.Attribute) else None
    if not isinstance(owner, ClassObject) or not isinstance(owner.of, ProjectClass) or owner.among:
        return None
    own = types.project.own_method(owner.of, "load_from_checkpoint")
    return Instance(owner.of) if own is None else None


def _entered(types: Types, module: Module, node: ast.Call, depth: int) -> Type | None:
    return wrappers.entered(types, module, node.args[0], depth) if len(node.args) == 1 else None


def _unwrapped(types: Types, module: Module, node: ast.Call, depth: int) -> Type | None:
    found = types.typed(module, node.func.value, depth + 1) if isinstance(node.func, ast.Attribute) else None
    return found if isinstance(found, Instance) and types.is_a(found.of, parts.MODEL) else None


def _generated(types: Types, module: Module, node: ast.Call, depth: int) -> Type | None:
    """``generate`` that is told to give a cache as tuples."""
    asked = {k.arg for k in node.keywords if isinstance(k.value, ast.Constant) and k.value.value is True}
    if not {"return_dict_in_generate", "return_legacy_cache"} <= asked or not isinstance(
        node.func, ast.Attribute
    ):
        return None
    model = types.typed(module, node.func.value, depth + 1)
    return _WITH_TUPLES if isinstance(model, Instance) and types.is_a(model.of, _GENERATES) else None


def _as_tuples(types: Types, module: Module, node: ast.Call, depth: int) -> Type | None:
    """A cache as tuples: by its method, or by the compatibility module; and an output that holds one."""
    target = types.project.resolve(module, node.func)
    if isinstance(target, ProjectFunction):
        from_shim = target.module.document.path.endswith(SHIM_FILE)
    else:
        from_shim = isinstance(target, ExternalName) and target.name.startswith(f"{SHIM_MODULE}.")
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    if from_shim:
        return _WITH_TUPLES if name == "legacy_generated" else _TUPLES
    if not isinstance(node.func, ast.Attribute) or name == "legacy_generated":
        return None
    cache = types.typed(module, node.func.value, depth + 1)
    return _TUPLES if isinstance(cache, Instance) and types.is_a(cache.of, "transformers.Cache") else None


_HANDLERS: dict[str, Callable[[Types, Module, ast.Call, int], Type | None]] = {
    "cast": _cast,
    **dict.fromkeys(
        ("partial", "map", "imap", "imap_unordered", "thread_map", "submit", "to_thread", "run_in_executor"),
        _handed,
    ),
    "result": _later,
    "gather": _gather,
    **dict.fromkeys(("dict", "OrderedDict", "ModuleDict", "copy", "deepcopy"), _table),
    **dict.fromkeys(
        (
            "parse_args_into_dataclasses",
            "parse_dict",
            "parse_json_file",
            "parse_yaml_file",
            "parse_args_and_config",
        ),
        _fields,
    ),
    "load_from_checkpoint": _loaded,
    "generate": _generated,
    **dict.fromkeys(("to_legacy_cache", "legacy_generated"), _as_tuples),
    "SimpleNamespace": rows.record,
    "items": _items,
    "zip": _zip,
    "enumerate": _zip,
    "getattr": _read_by_name,
    **dict.fromkeys(("enter_context", "enter_async_context"), _entered),
    **dict.fromkeys(_PLAIN_MODELS, _unwrapped),
    **dict.fromkeys(("get", "pop", "popleft", "setdefault", "next", "max", "min", "choice"), elements.taken),
}
