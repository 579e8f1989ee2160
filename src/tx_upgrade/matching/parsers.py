"""What HfArgumentParser fills: the data classes that the parsers of a project are made of."""

from __future__ import annotations

import ast

from ..analysis.knowledge import PARSER
from ..analysis.module import Module, ProjectClass
from ..analysis.types import ClassObject
from .context import Context


def parsed_classes(context: Context) -> list[str | ProjectClass]:
    """The classes that are given to the parsers in the project around a file."""
    found: list[str | ProjectClass] = []
    for module, call in context.types.callers.sites(context.module, "HfArgumentParser"):
        target = context.project.resolve(module, call.func)
        if not context.library.same(getattr(target, "name", ""), PARSER):
            continue
        for argument in [*call.args, *(k.value for k in call.keywords if k.arg == "dataclass_types")]:
            found.extend(_classes(context, module, argument))
    return found


def own_fields(context: Context, classes: list[str | ProjectClass]) -> frozenset[str]:
    """The fields that classes of the project declare, except those of the library's that a rule renames there."""
    return frozenset(
        s.target.id
        for cls in classes
        if isinstance(cls, ProjectClass)
        for owner in context.project.lineage(cls)
        for s in owner.node.body
        if isinstance(s, ast.AnnAssign)
        and isinstance(s.target, ast.Name)
        and not context.renames_field(cls, s.target.id)
    )


def _classes(context: Context, module: Module, node: ast.expr) -> list[str | ProjectClass]:
    if isinstance(node, ast.Tuple | ast.List):
        return [c for e in node.elts for c in _classes(context, module, e)]
    found = context.types.infer(module, node)
    return list(found.among or (found.of,)) if isinstance(found, ClassObject) else []
