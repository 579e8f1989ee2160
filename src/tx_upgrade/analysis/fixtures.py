"""What pytest passes to tests: fixtures by their names, and the values of ``parametrize``."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TYPE_CHECKING

from . import elements, rows
from .assignments import returned_values, yielded_values
from .kinds import Type
from .module import ExternalName, Module, ProjectFunction
from .scopes import FunctionNode

if TYPE_CHECKING:
    from .types import Types

_FIXTURE = frozenset({"pytest.fixture", "pytest_asyncio.fixture"})
_PARAMETRIZE = "pytest.mark.parametrize"


def passed(types: Types, module: Module, function: FunctionNode, arg: ast.arg, depth: int) -> Type | None:
    """What a parameter of a test, or of a fixture, gets; None where pytest has nothing under its name."""
    if not _may_be_test(types, module, function):
        return None
    for decorator in function.decorator_list:
        if isinstance(decorator, ast.Call) and len(decorator.args) >= 2:
            place = _place(types, module, decorator, arg.arg)
            if place is not None:
                each = elements.element(types, module, decorator.args[1], depth)
                return rows.followed(types, each, place, depth)
    for found in _fixtures(types, module, arg.arg, function):
        values = returned_values(found.node) or tuple(yielded_values(found.node))
        return types.common([types.value(found.module, v, depth + 1) for v in values])
    return None


def _may_be_test(types: Types, module: Module, function: FunctionNode) -> bool:
    return function.name.startswith("test") or any(
        _is_fixture(types, module, d) is not None for d in function.decorator_list
    )


def _is_fixture(types: Types, module: Module, decorator: ast.expr) -> str | None:
    """The name that a decorator makes a fixture of ("" for the function's own); None for any other decorator."""
    target = types.project.resolve(module, decorator.func if isinstance(decorator, ast.Call) else decorator)
    if not isinstance(target, ExternalName) or target.name not in _FIXTURE:
        return None
    named = [k.value for k in getattr(decorator, "keywords", ()) if k.arg == "name"]
    return str(named[0].value) if named and isinstance(named[0], ast.Constant) else ""


def _place(types: Types, module: Module, decorator: ast.Call, name: str) -> tuple[int, ...] | None:
    """Where the values of ``parametrize`` hold those of a parameter; () where they are it."""
    target = types.project.resolve(module, decorator.func)
    if not isinstance(target, ExternalName) or target.name != _PARAMETRIZE:
        return None
    given = decorator.args[0]
    if isinstance(given, ast.Constant):
        names = [n.strip() for n in str(given.value).split(",")]
    else:
        names = [str(getattr(e, "value", "")) for e in getattr(given, "elts", ())]
    if name not in names:
        return None
    return () if len(names) == 1 and isinstance(given, ast.Constant) else (names.index(name),)


def _fixtures(types: Types, module: Module, name: str, asking: FunctionNode) -> Iterator[ProjectFunction]:
    """The fixtures of a name that a test sees, nearest first: in its module, in the conftest.py files above it."""
    places = [module]
    folder = module.path.rpartition("/")[0]
    conftests = {p.path: p for p in types.project.peers(module) if p.path.endswith("/conftest.py")}
    while folder:
        above = conftests.get(f"{folder}/conftest.py")
        if above is not None and above is not module:
            places.append(above)
        folder = folder.rpartition("/")[0]
    for place in places:
        for function in place.scopes.functions:
            if function is not asking and function.decorator_list:
                names = [_is_fixture(types, place, d) for d in function.decorator_list]
                if any((n or function.name) == name for n in names if n is not None):
                    yield ProjectFunction(place, function)
        found = (
            types.project.resolve_bindings(place, place.scopes.module.bindings.get(name, []), 0)
            if (name in place.scopes.module.bindings)
            else None
        )
        if isinstance(found, ProjectFunction) and found.module is not place:
            yield found
