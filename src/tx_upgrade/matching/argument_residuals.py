"""Arguments that the target does not take, or takes for something else, and no rule speaks of."""

from __future__ import annotations

import ast

from ..analysis.assignments import is_super
from ..analysis.module import ProjectClass
from ..history.signatures import Signature
from .call_model import Argument, CallModel, argument_node
from .callees import Callee, CalleeFinder
from .context import Context

RULE = "unknown-argument"
_SEVERAL = 2
"""Arguments by position from which on one may land in the place of another."""
_PLAIN = ("positional_only", "positional_or_keyword")


class ArgumentResiduals:
    """``unknown-argument`` for the calls of one file; asked after the rules of each call."""

    def __init__(self, context: Context, callees: CalleeFinder) -> None:
        self.context = context
        self.callees = callees

    def named(self, call: ast.Call, name: str) -> bool:
        """Whether some method (or class) of that name lost one of the parameters that a call may pass."""
        if not call.keywords and len(call.args) < _SEVERAL:
            return False
        if RULE not in self.context.plan.residuals:
            return False
        gone = self.context.library.membership.narrowed.get(name)
        return gone is not None and (len(call.args) >= _SEVERAL or any(k.arg in gone for k in call.keywords))

    def concern(self, call: ast.Call, callee: Callee) -> bool:
        """Whether a call of a method, or of a class of the project, has to be looked at though no rule speaks of it."""
        owner = self._owner(callee)
        if owner is None:
            return False
        method = callee.method or owner.rpartition(".")[2]
        return self.named(call, "forward" if method == "__call__" else method)

    def check(self, model: CallModel, callee: Callee, current: Callee | None) -> None:
        """Report what a call passes and the target does not take; ``current`` is the callee as the rules left it."""
        if RULE not in self.context.plan.residuals:
            return
        if callee.among:
            for one in callee.among:
                self.check(model, one, None)
            return
        found = self._callable(model, callee, current)
        if found is None:
            return
        name, old, new, inferred = found
        own = callee.project_class is not None or isinstance(callee.owner, ProjectClass)
        if not new.takes_any_keyword:
            self._keywords(model, name, old, new, inferred)
        elif old is not None:
            self._swallowed(model, name, old, new, own or _on_super(model.node))
        if old is not None:
            self._positions(model, name, old, new)

    def _callable(
        self, model: CallModel, callee: Callee, current: Callee | None
    ) -> tuple[str, Signature | None, Signature, bool] | None:
        """The callee's name in the target, its signatures on both sides, and whether a receiver's class decides."""
        context = self.context
        library = context.library
        if callee.symbol is not None:
            now = current.symbol if current is not None and current.symbol is not None else callee.symbol
            name = context.replaced_callees.get(model.node.func, now)
            if not context.is_library(name) or not library.in_target(name):
                return None
            new = library.signature(name, target=True)
            return None if new is None else (name, library.signature(callee.symbol), new, False)
        owner = self._owner(callee)
        if owner is None:
            return None
        name = owner
        if callee.method is not None:
            method = callee.method
            if method == "__call__" and library.is_subclass(owner, "transformers.PreTrainedModel"):
                method = "forward"
            name = f"{owner}.{method}"
        if not library.in_target(name) or not library.history.exists(name, library.read_in(owner)):
            return None
        old, new = library.signature(name), library.signature(name, target=True)
        return None if old is None or new is None else (name, old, new, True)

    def _owner(self, callee: Callee) -> str | None:
        """The library's class whose method or constructor is called; None where the project has its own."""
        cls = callee.owner if callee.method is not None else callee.project_class
        if not isinstance(cls, ProjectClass):
            return cls
        project = self.context.project
        own = {"__init__", "__new__"} if callee.method is None else {callee.method, "forward"}
        if any(project.own_method(cls, name) is not None for name in own):
            return None
        if callee.method is None and any(c.node.decorator_list for c in project.lineage(cls)):
            return None  # a data class of the project's has fields of its own
        bases = project.library_bases(cls)
        known = len(bases) == len(project.bases(cls)) == 1
        return bases[0] if known else None

    def _keywords(
        self, model: CallModel, name: str, old: Signature | None, new: Signature, inferred: bool
    ) -> None:
        context = self.context
        taken = {p.name for p in new.parameters}
        for argument in model.arguments:
            if argument.removed or argument.spread or not argument.keyword or argument.name is None:
                continue
            if argument.name in taken or (argument.touched and argument.entry is None):
                continue
            known = old is not None and old.parameter(argument.name) is not None
            if (inferred and not known) or self._already_found(model, argument):
                continue
            since = f" ({context.plan.from_version} did)" if known else ""
            context.report(
                None, argument_node(model, argument), safety="manual", fixable=False,
                rule_id=RULE, symbol=name,
                message=f"{name} does not take the argument {argument.name!r} in {context.plan.to_version}{since}: "
                f"remove it or pass what replaced it.{self._nearest(argument.name, taken)}",
            )  # fmt: skip

    def _swallowed(
        self, model: CallModel, name: str, old: Signature, new: Signature, own_class: bool
    ) -> None:
        """Report what the target's ``**kwargs`` take, and nothing of the target reads."""
        context = self.context
        version, before = context.plan.to_version, context.plan.from_version
        taken = {p.name for p in new.parameters}
        for argument in model.arguments:
            if not argument.keyword or argument.spread or argument.removed or argument.touched:
                continue
            if argument.name is None or argument.name in taken or argument.name not in old.names:
                continue
            parameter = old.parameter(argument.name)
            if parameter is None or _is_default(argument.value, parameter.default):
                continue
            if not context.library.membership.swallows(name, parameter.name):
                continue
            if (own_class and self._own_part_takes(model.node, parameter.name)) or self._already_found(
                model, argument
            ):
                continue
            context.report(
                None, argument_node(model, argument), safety="manual", fixable=False,
                rule_id=RULE, symbol=name,
                message=f"{name} does not know the argument {parameter.name!r} in {version} ({before} did): `**kwargs` "
                f"take it, but nothing in {version} reads it. Remove it or pass what replaced it.",
            )  # fmt: skip

    def _own_part_takes(self, call: ast.Call, name: str) -> bool:
        """Whether a part that a class of the project put in the library's place may take the keyword."""
        tree = self.context.tree
        around = tree.enclosing_function(call)
        return any(
            a.arg == name
            for f in tree.functions
            if f is not around
            for a in (*f.args.posonlyargs, *f.args.args, *f.args.kwonlyargs)
        )

    @staticmethod
    def _nearest(name: str, taken: set[str]) -> str:
        import difflib

        near = difflib.get_close_matches(name, sorted(taken), 3, 0.7)
        return f" Nearest existing: {', '.join(near)}." if near else ""

    def _positions(self, model: CallModel, name: str, old: Signature, new: Signature) -> None:
        """Arguments by position that have no place in the target any more, or the place of another parameter."""
        context = self.context
        before = [p.name for p in old.parameters if p.kind in _PLAIN]
        after = [p.name for p in new.parameters if p.kind in _PLAIN]
        position = -1
        for argument in model.arguments:
            if argument.entry is not None or (argument.keyword and argument.original is not None):
                continue
            if argument.keyword or argument.spread:
                if isinstance(argument.value, ast.Starred):
                    return
                continue
            if argument.original is None or argument.original not in before:
                return
            position = before.index(argument.original)
            if argument.touched or argument.removed:
                return  # rules already move the arguments of this call
            was = before[position]
            if position >= len(after):
                if new.takes_any_positional or old.takes_any_positional:
                    return
                text = f"takes only {len(after)} arguments by position"
            elif after[position] == was:
                continue
            elif was in after or old.parameter(after[position]) is not None or new.parameter(was) is not None:
                text = f"has {after[position]!r} in the place of {was!r}"
            else:
                continue  # only another name for the same place
            if self._already_found(model, argument):
                return
            way = (
                "pass it as a keyword"
                if new.parameter(was) is not None
                else "remove it or pass what replaced it"
            )
            context.report(
                None, argument.value, safety="manual", fixable=False, rule_id=RULE, symbol=name,
                message=f"{name} {text} in {context.plan.to_version}, and this argument is meant for {was!r}: {way}.",
            )  # fmt: skip
            return

    def _already_found(self, model: CallModel, argument: Argument) -> bool:
        span = self.context.span(argument_node(model, argument))
        return any(p.span == span for p in self.context.pending)


def _on_super(call: ast.Call) -> bool:
    return isinstance(call.func, ast.Attribute) and is_super(call.func.value)


def _is_default(value: ast.expr, default: str | None) -> bool:
    """Whether a value is written as the old signature's default: it never had an effect."""
    return default is not None and isinstance(value, ast.Constant) and ast.unparse(value) == default
