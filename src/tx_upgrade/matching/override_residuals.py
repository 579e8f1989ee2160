"""Overrides in the project's classes that the target calls in another way, or no longer at all."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from ..analysis.membership import METHODS
from ..analysis.module import ProjectClass
from ..analysis.scopes import FunctionNode
from ..history.inside import CallShape
from ..history.signatures import Signature
from .context import Context
from .member_residuals import since, where_to
from .outcomes import Outcomes

RULE = "override-mismatch"


@dataclass(frozen=True, slots=True)
class _Own:
    """What a method of the project takes, without ``self``."""

    positional: tuple[str, ...]
    required: frozenset[str]
    keywords: frozenset[str]
    any_positional: bool
    any_keyword: bool

    def refuses(self, call: CallShape) -> str | None:
        """Why a call cannot work, in the words of a message; None when it does."""
        if call.positional > len(self.positional) and not self.any_positional:
            return f"with {call.positional} arguments by position"
        strange = [k for k in call.keywords if k not in self.keywords]
        if strange and not self.any_keyword:
            return f"with {strange[0]}=…"
        taken = set(self.positional[: call.positional])
        twice = [k for k in call.keywords if k in taken]
        if twice:
            return f"with {twice[0]}=… behind {call.positional} arguments by position"
        missing = self.required - taken - set(call.keywords)
        if missing and not call.more and not call.any_keywords:
            return f"without {min(missing)}"
        return None


class OverrideResiduals:
    """``override-mismatch`` for the classes of one file; rules on an override go before."""

    def __init__(self, context: Context, outcomes: Outcomes) -> None:
        self.context = context
        self.outcomes = outcomes
        self.membership = context.library.membership

    def run(self) -> None:
        """Look at every method of a class that derives from one of the library's."""
        if RULE not in self.context.plan.residuals:
            return
        for node in self.context.tree.classes:
            if not node.bases:
                continue
            cls = ProjectClass(self.context.module, node)
            bases = self.context.project.library_bases(cls)
            if not bases:
                continue
            for method in node.body:
                if isinstance(method, ast.FunctionDef | ast.AsyncFunctionDef):
                    self._method(cls, bases, method)

    def _method(self, cls: ProjectClass, bases: list[str], method: FunctionNode) -> None:
        context = self.context
        name = method.name
        if name.startswith("__") and name.endswith("__"):
            return
        if any(context.types.is_a(cls, owner) for _, owner, _ in context.plan.overrides.get(name, ())):
            return  # a rule looks after it
        library = context.library
        history = library.history
        old = next(
            (b for b in bases if history.member_kind(f"{b}.{name}", library.read_in(b)) is not None), None
        )
        if old is None or context.module.guards.of_reference(method) is not None:
            return
        new = self.outcomes.of(old).name
        if new is None or not context.is_library(new):
            return
        target = context.plan.to_version
        if any(history.exists(f"{self.outcomes.of(b).name}.{name}", target) for b in bases):
            self._compare(method, old, new)
        elif not self._knows_later(cls, old, new):
            self._dead(method, old, new)

    def _knows_later(self, cls: ProjectClass, old: str, new: str) -> bool:
        """Whether a class overrides what only a later version has, too: then it serves several versions on purpose."""
        history, plan = self.context.library.history, self.context.plan
        return any(
            isinstance(s, ast.FunctionDef | ast.AsyncFunctionDef)
            and history.member_kind(f"{new}.{s.name}", plan.to_version) is not None
            and not history.exists(f"{old}.{s.name}", self.context.library.read_in(old))
            for s in cls.node.body
        )

    # -- an override of what is gone ---------------------------------------------------------------------------------

    def _dead(self, method: FunctionNode, old: str, new: str) -> None:
        context = self.context
        gone = self.membership.gone(old, new, method.name)
        if gone is None or self.membership.calls(new, method.name, target=True):
            return
        history, target = context.library.history, context.plan.to_version
        if self.membership.looked_for(method.name) and not history.classes_with(method.name, target):
            return  # something may look for it by its name; where other classes have it, they explain that
        was = "method" if gone.kind == "method" else "property"
        text = (
            f"{gone.owner} has no {was} {gone.name!r} in transformers {context.plan.to_version} ({since(gone)}): "
            "nothing of the library calls this override any more; only the project's own calls reach it."
        )
        self._report(method, f"{gone.owner}.{gone.name}", text + where_to(context, gone))

    # -- an override that is called in another way -------------------------------------------------------------------

    def _compare(self, method: FunctionNode, old: str, new: str) -> None:
        context, name = self.context, method.name
        history = context.library.history
        before = history.member_kind(f"{old}.{name}", context.library.read_in(old))
        after = history.member_kind(f"{new}.{name}", context.plan.to_version)
        symbol = f"{new}.{name}"
        if before is None or after is None:
            return
        decorators = {
            d.attr if isinstance(d, ast.Attribute) else getattr(d, "id", "") for d in method.decorator_list
        }
        is_property = any("property" in d for d in decorators)
        if decorators & {"setter", "deleter", "getter", "overload"}:
            return
        if before in METHODS and after == "property" and not is_property:
            self._report(method, symbol, f"{symbol} is a property in transformers {context.plan.to_version}, and the "
                         "library reads it as one: make the override a property, too.")  # fmt: skip
            return
        if before == "property" and after in METHODS and is_property:
            self._report(method, symbol, f"{symbol} is a method in transformers {context.plan.to_version}, and the "
                         "library calls it: make the override a method, too.")  # fmt: skip
            return
        if before not in METHODS or after not in METHODS or is_property or self.membership.adapts(new, name):
            return
        own = _own(method, static="staticmethod" in decorators)
        why = self._failing(own, old, new, name)
        if why is not None:
            signature = self.membership.signature(symbol, target=True)
            takes = f" Its signature there: {name}{signature}." if signature is not None else ""
            self._report(method, symbol, f"transformers {context.plan.to_version} calls {symbol} {why}, which this "
                         f"override does not take.{takes}")  # fmt: skip

    def _failing(self, own: _Own, old: str, new: str, name: str) -> str | None:
        """How the target calls the method where the override cannot be called so, though the old way fits."""
        calls = self.membership.calls(new, name, target=True)
        known = self.membership.calls(old, name, target=False)
        left = self.membership.signature(f"{old}.{name}", target=False)
        right = self.membership.signature(f"{new}.{name}", target=True)
        if any(own.refuses(call) for call in known):
            return None  # it never fitted: whatever it is for, it is not what the library calls
        for call in calls:
            why = own.refuses(call)
            if why is not None and call not in known:
                return why
        if calls or left is None or right is None or left == right:
            return None
        return _new_demand(own, left, right)

    def _report(self, method: FunctionNode, symbol: str, message: str) -> None:
        context = self.context
        start = context.module.document.text.index(method.name, context.span(method)[0])
        context.report(
            None, (start, start + len(method.name)), safety="manual", fixable=False, rule_id=RULE,
            symbol=symbol, message=message,
        )  # fmt: skip


def _own(method: FunctionNode, *, static: bool) -> _Own:
    args = method.args
    positional = [*args.posonlyargs, *args.args]
    needed = [a.arg for a in positional[: len(positional) - len(args.defaults)]]
    names = [a.arg for a in positional]
    if not static:
        names, needed = names[1:], needed[1:]
    only = [a.arg for a in args.kwonlyargs]
    needed += [a.arg for a, d in zip(args.kwonlyargs, args.kw_defaults, strict=True) if d is None]
    by_position = {a.arg for a in args.posonlyargs}
    return _Own(
        tuple(names),
        frozenset(needed),
        frozenset([*names, *only]) - by_position,
        args.vararg is not None,
        args.kwarg is not None,
    )


def _new_demand(own: _Own, left: Signature, right: Signature) -> str | None:
    """A parameter that every caller has to give in the target, that is new there, and that the override does not take."""
    plain = ("positional_only", "positional_or_keyword")
    was = [p for p in left.parameters if p.kind in plain]
    now = [p for p in right.parameters if p.kind in plain]
    for position, parameter in enumerate(right.parameters):
        if parameter.default is not None or parameter.kind in ("var_positional", "var_keyword"):
            continue
        if left.parameter(parameter.name) is not None or parameter.name in own.keywords or own.any_keyword:
            continue
        if parameter.kind == "keyword_only":
            return f"with {parameter.name}=…"
        renamed = position < len(was) and right.parameter(was[position].name) is None
        if not renamed and not (own.any_positional and position >= len(own.positional)):
            return f"with {parameter.name}"
    demanded = [name for name in own.positional if name in own.required]
    if len(demanded) > len(now) and not any(
        p.kind in ("var_positional", "var_keyword") for p in right.parameters
    ):
        return f"without {demanded[-1]}"
    return None
