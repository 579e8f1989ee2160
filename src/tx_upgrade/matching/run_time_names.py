"""Names of the library that code looks up as it runs: on modules that a call imported, and by strings from a table."""

from __future__ import annotations

import ast
import re

from ..analysis.library import ROOT
from ..analysis.wrappers import imported_by_call
from ..model import SHIM_MODULE
from .context import Context
from .references import ReferenceMatcher

_CLASS = re.compile(r"[A-Z][A-Za-z0-9]{7,}")


class RunTimeNames:
    """``import_module("transformers.x").Name`` and the strings of ``getattr(transformers, name)`` in one file."""

    def __init__(self, context: Context, references: ReferenceMatcher) -> None:
        self.context = context
        self.references = references

    def run(self) -> None:
        """Look at the file's attributes where a call imports a module, and at its strings where names are looked up."""
        context = self.context
        if context.module.imports_by_name:
            for attribute in context.tree.attributes:
                if isinstance(attribute.ctx, ast.Load):
                    self._attribute(attribute)
        if context.tree.strings and any(
            peer.looks_names_up for peer in context.project.peers(context.module)
        ):
            for string in context.tree.strings:
                self._string(string)

    def _attribute(self, node: ast.Attribute) -> None:
        context = self.context
        owner = imported_by_call(context.types, context.module, node.value)
        if owner is None or node in context.consumed or context.module.guards.of_reference(node) is not None:
            return
        name = f"{owner}.{node.attr}"
        outcome = self.references.outcomes.of(name)
        module = self.references.outcomes.of(owner).name
        comes_along = module not in (None, owner) and outcome.name == f"{module}.{node.attr}"
        if comes_along or not (outcome.rules or outcome.missing):
            return
        end = context.span(node)[1]
        stays = outcome.name is not None and outcome.name.rpartition(".")[0] == owner
        span = (end - len(node.attr), end) if stays else context.span(node)
        target = self.references.report(span, name, outcome)
        if target is None:
            return
        text = target.rpartition(".")[2] if stays else context.imports.local(target, node)
        self.references.attach(span, context.composer.add(*span, text))

    def _exported(self, node: ast.Constant) -> bool:
        """Whether a string stands in ``__all__``: it names what the file itself has."""
        statement = self.context.tree.statement(node)
        targets = (
            statement.targets if isinstance(statement, ast.Assign) else [getattr(statement, "target", None)]
        )
        call = statement.value if isinstance(statement, ast.Expr) else None
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute):
            targets = [call.func.value]
        return any(isinstance(t, ast.Name) and t.id == "__all__" for t in targets)

    def _string(self, node: ast.Constant) -> None:
        context = self.context
        value = str(node.value)
        if not _CLASS.fullmatch(value):
            return
        parent = context.tree.parent.get(node)
        if isinstance(parent, ast.Expr | ast.Compare | ast.Subscript | ast.JoinedStr):
            return
        if isinstance(parent, ast.Call) and (
            isinstance(parent.func, ast.Attribute) or getattr(parent.func, "id", "") in ("getattr", "hasattr")
        ):
            return  # it is asked for, or `name.startswith("…")`
        name = f"{ROOT}.{value}"
        gone = context.library.kind(name) == "class" and not self.references.outcomes.served(name)
        if not gone or self._exported(node):
            return
        outcome = self.references.outcomes.of(name)
        if not outcome.rules and not outcome.missing:
            return
        stays = outcome.name is not None and outcome.name.rpartition(".")[0] == ROOT
        hint = f" It is {outcome.name} now." if outcome.name and SHIM_MODULE not in outcome.name else ""
        for rule in outcome.rules[-1:] or (None,):
            pending = context.report(
                rule, node, rule_id=None if rule is not None else "removed-symbol",
                safety="unsafe" if stays else "manual", fixable=stays, symbol=name,
                message=f"The project looks classes of transformers up by name; {value} is gone.{hint}",
            )  # fmt: skip
            if pending is not None and stays and outcome.name is not None:
                start, end = context.span(node)
                source = context.module.document.text[start:end]
                new = outcome.name.rpartition(".")[2]
                text = source.replace(value, new) if source.count(value) == 1 else repr(new)
                pending.edits.append(context.composer.add(start, end, text))
