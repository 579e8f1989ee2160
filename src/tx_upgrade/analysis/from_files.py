"""Dictionaries that the code reads from a file: ``json.load(f)`` and the like, and the file where the code names it."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from .assignments import UNKNOWN, assigned_on_self, default_of, passed_value, returned_values
from .module import ExternalName, Module, ProjectClass, ProjectFunction
from .scopes import FunctionNode
from .walking import walk

if TYPE_CHECKING:
    from .types import Types

_READERS = frozenset(
    {
        "json",
        "json5",
        "hjson",
        "ujson",
        "orjson",
        "simplejson",
        "yaml",
        "toml",
        "tomli",
        "tomllib",
        "omegaconf",
    }
)
_READS = frozenset({"load", "loads", "safe_load", "full_load", "unsafe_load"})
_HANDS_ON = frozenset({"get", "pop", "copy", "setdefault"})
_COPIES = frozenset({"dict", "copy", "deepcopy"})
_SUFFIXES = (".json", ".yaml", ".yml")
_MAX_DEPTH = 8
_MAX_BYTES = 1_000_000


class FileSource(NamedTuple):
    """Where a dictionary is read; ``name`` is the file's path as the code writes it, None when it is not written there."""

    module: Module
    call: ast.Call
    name: str | None


class FileKey(NamedTuple):
    """A key in a file of the project."""

    path: str
    line: int
    name: str


def read_from(types: Types, module: Module, node: ast.expr, depth: int = 0) -> FileSource | None:
    """The call that read a dictionary from a file; None when that is not how it came about, or not known."""
    if depth > _MAX_DEPTH:
        return None

    def follow(value: ast.expr | None, owner: Module = module) -> FileSource | None:
        return read_from(types, owner, value, depth + 1) if value is not None else None

    match node:
        case ast.Call():
            return _called(types, module, node, depth)
        case ast.Subscript():
            return follow(node.value)
        case ast.BoolOp():
            return _first(follow(v) for v in node.values)
        case ast.BinOp(op=ast.BitOr()):
            return follow(node.left) or follow(node.right)
        case ast.IfExp():
            return follow(node.body) or follow(node.orelse)
        case ast.Dict():
            return _first(follow(v) for k, v in zip(node.keys, node.values, strict=True) if k is None)
        case ast.Attribute(value=ast.Name(id="self")):
            cls = module.scopes.enclosing_class(node)
            given = assigned_on_self(ProjectClass(module, cls), node.attr) if cls is not None else []
            return _first(follow(value, owner) for owner, value, _ in given)
        case ast.Name():
            bindings = module.bindings(node)
            found = _first(
                _passed(types, module, b.node, depth) if isinstance(b.node, ast.arg) else follow(b.value)
                for b in bindings
                if b.kind in {"assign", "param", "with"} and not b.index
            )
            return found or _first(follow(value) for value in _taken_in(module, node))
        case _:
            return None


def _taken_in(module: Module, node: ast.Name) -> list[ast.expr]:
    """What ``values.update(...)`` adds to a variable."""
    owner = module.scope(node).lookup(node.id)
    return [
        call.args[0]
        for call in module.scopes.calls
        if isinstance(call.func, ast.Attribute)
        and call.func.attr == "update"
        and isinstance(call.func.value, ast.Name)
        and call.func.value.id == node.id
        and len(call.args) == 1
        and module.scope(call.func.value).lookup(node.id) == owner
    ]


def _first(found: object) -> FileSource | None:
    return next((f for f in found if f is not None), None)  # type: ignore[attr-defined]


def _called(types: Types, module: Module, node: ast.Call, depth: int) -> FileSource | None:
    func = node.func
    target = types.project.resolve(module, func)
    if isinstance(target, ExternalName):
        package, _, last = target.name.partition(".")[0], "", target.name.rpartition(".")[2]
        if package in _READERS and last in _READS:
            return FileSource(module, node, _file_name(module, node, 0))
        if package in {"copy", "omegaconf"} and node.args:
            return read_from(types, module, node.args[0], depth + 1)
        return None
    if isinstance(target, ProjectFunction):
        for value in returned_values(target.node):
            found = read_from(types, target.module, value, depth + 1)
            if found is not None:
                return found if found.name is not None else found._replace(name=_file_name(module, node, 0))
        return None
    if isinstance(func, ast.Name) and func.id in _COPIES and node.args:
        return read_from(types, module, node.args[0], depth + 1)
    if isinstance(func, ast.Attribute) and func.attr in _HANDS_ON:
        return read_from(types, module, func.value, depth + 1)
    return None


def _passed(types: Types, module: Module, arg: ast.arg, depth: int) -> FileSource | None:
    function = module.scopes.parent[module.scopes.parent[arg]]
    if not isinstance(function, FunctionNode):
        return None
    for caller, call, position in types.callers.of(module, function, arg):
        value = passed_value(call, arg.arg, position)
        if value is None:
            value = default_of(function, arg)
        if value is not None and value is not UNKNOWN:
            found = read_from(types, caller, value, depth + 1)
            if found is not None:
                return found
    return None


def _file_name(module: Module, node: ast.AST, depth: int) -> str | None:
    """The last path with a known suffix among the literals that an expression is made of."""
    found: str | None = None
    for part in walk(node):
        if isinstance(part, ast.Constant) and isinstance(part.value, str) and part.value.endswith(_SUFFIXES):
            found = part.value
        elif isinstance(part, ast.Name) and depth < _MAX_DEPTH and found is None:
            for binding in module.bindings(part):
                if binding.value is not None and binding.kind in {"assign", "with"}:
                    found = found or _file_name(module, binding.value, depth + 1)
    return found


def keys_in(source: FileSource) -> list[FileKey] | None:
    """The keys in the file that a dictionary comes from; None when there is no such file beside the code."""
    if source.name is None:
        return None
    here = Path(source.module.document.path).parent
    for folder in (here, *here.parents):
        path = folder / source.name
        try:
            if path.is_file() and path.stat().st_size <= _MAX_BYTES:
                return _keys(path)
        except OSError:
            continue
    return None


def _keys(path: Path) -> list[FileKey] | None:
    """The keys of a JSON or YAML file, at whatever depth; None when it cannot be read."""
    try:
        text = path.read_text(encoding="utf-8")
        if path.suffix == ".json":
            import json

            json.loads(text)
        else:
            import yaml

            yaml.safe_load(text)
    except Exception:
        return None
    return [
        FileKey(path.as_posix(), number, match[1])
        for number, line in enumerate(text.splitlines(), 1)
        for match in re.finditer(r"""["']?(\w+)["']?\s*:""", line)
    ]
