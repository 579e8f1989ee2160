"""What the rules make of a qualified name: followed from rule to rule, in their order."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import NamedTuple

from ..analysis.library import ROOT
from ..rules.schema import Rule, SymbolSelector
from .context import Context

# names that every module has
_DUNDERS = frozenset(
    {"__version__", "__file__", "__path__", "__name__", "__doc__", "__spec__", "__all__", "__dict__"}
)


class Outcome(NamedTuple):
    """What the rules make of a qualified name: its name in the target and the rules on the way.

    ``name`` is None when a rule only reports, or when nothing answers a name that the target lacks.
    """

    name: str | None
    rules: tuple[Rule, ...] = ()
    reporting: Rule | None = None
    missing: bool = False
    one_sided: bool = False
    """Whether the name is not there on all releases that the code has to run on, and no entry can bring it."""


class Outcomes:
    """Symbol and module rules as the references of one file meet them."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self._known: dict[tuple[str, int], Outcome] = {}

    def of(self, name: str, after: int = -1) -> Outcome:
        """Follow the symbol and module rules from ``name``, in their order, those after one of them only."""
        key = (name, after)
        if key not in self._known:
            self._known[key] = self._follow(name, after)
        return self._known[key]

    def until(self, name: str, order: int) -> str:
        """What the rules before one of them make of a name."""
        current, last = name, -1
        while (step := self._step(current, last)) is not None and step[0].order < order:
            rule, new = step
            if new is None or not self.context.is_library(new):
                return new or current
            current, last = self._same_module(current, new), rule.order
        return current

    def _follow(self, name: str, last: int) -> Outcome:
        context = self.context
        current = name
        used: list[Rule] = []
        path = [current]
        while context.is_library(current):
            step, passed_on = self._step(current, last), False
            if step is None or self._unheard_of(step[1]):
                further = self._passed_on(current)
                step, passed_on = (further, True) if further is not None else (step, False)
            if step is None:
                break
            rule, new = step
            if new is None:
                return Outcome(None, (*used, rule), reporting=rule)
            used.append(rule)
            checked = rule.selector.when_checked if isinstance(rule.selector, SymbolSelector) else None
            if checked is not None and context.types.is_checked(context.module, current):
                new = checked
            # a module may have stopped passing a name on long before the release that the rule stands for
            current, last = self._same_module(current, new), last if passed_on else rule.order
            path.append(current)
        missing = context.is_library(current) and not self.served(current)
        if missing:
            # that a name moved once does not explain that it is gone now
            used = [rule for rule in used if not rule.generated]
        both = context.engine.both
        if both is not None and used and not missing and current != name:
            found = both.named(list(dict.fromkeys(reversed(path))))
            return Outcome(found or current, tuple(used), one_sided=found is None)
        return Outcome(None if missing else current, tuple(used), missing=missing)

    def _unheard_of(self, name: str | None) -> bool:
        """Whether no release had a name: the module moved without it."""
        return name is not None and name.startswith(f"{ROOT}.") and not self.context.library.known(name)

    def _passed_on(self, name: str) -> tuple[Rule, str] | None:
        """Where a name is defined that the target no longer has under this path, if a rule asks for that."""
        rules = [r for r, package in self.context.plan.reexports if f"{name}.".startswith(f"{package}.")]
        found = self.context.library.passed_on(name) if rules else None
        if found is None:
            return None
        new, since = found
        library, target = self.context.library, self.context.plan.to_version
        if library.in_target(new):
            new = library.history.public_path(new, target)
        return rules[0]._replace(broken=since.rpartition(".")[0]), new

    def _same_module(self, old: str, new: str) -> str:
        """The new name in the module that the code already uses, where that has the same definition."""
        library = self.context.library
        candidate = f"{old.rpartition('.')[0]}.{new.rpartition('.')[2]}"
        if candidate in (new, old) or not self.context.is_library(new):
            return new
        target = self.context.plan.to_version
        if library.in_target(candidate):
            left, right = (library.history.definition(n, target) for n in (candidate, new))
            if left is not None and left == right == candidate:
                return candidate
        return new

    def _step(self, name: str, last: int) -> tuple[Rule, str | None] | None:
        """The first rule after ``last`` that speaks of ``name``; one that a person wrote if there is any."""
        context = self.context
        plan = context.plan
        alive = context.library.in_target(name)
        best: tuple[tuple[bool, int], Rule, str | None] | None = None
        exact: set[str] = set()
        by_pattern = False
        entries = [*plan.symbols.get(name.rsplit(".", 1)[-1], ()), *plan.symbols.get("*", ())]
        for rule, old, new in entries:
            place = (rule.generated, rule.order)
            if rule.order <= last or (best is not None and place > best[0]):
                continue
            if alive and rule.broken is not None and not getattr(rule.selector, "changed", False):
                continue
            # within a rule the path as it is written goes before other paths of the same definition
            if best is not None and best[1] is rule and (rule.id in exact or name != old):
                continue
            if "*" in old and best is not None and not by_pattern:
                continue  # a rule that says the name itself knows more than one on all names that begin like it
            if self._meets(name, old):
                best, by_pattern = (place, rule, new), "*" in old
                exact |= {rule.id} if name == old else set()
        for rule, prefix, new in plan.module_rules(name):
            place = (rule.generated, rule.order)
            if rule.order <= last or (best is not None and place >= best[0]):
                continue
            if context.library.in_target(prefix) and rule.broken is not None:
                continue
            best = (place, rule, None if new is None else new + name[len(prefix) :])
        return None if best is None else (best[1], best[2])

    def _meets(self, name: str, old: str) -> bool:
        if "*" in old:
            if name.count(".") == old.count(".") and fnmatchcase(name, old):
                return True
            canonical = self.context.library.canonical(name)
            return (
                canonical is not None
                and fnmatchcase(f"{ROOT}.{name.rsplit('.', 1)[-1]}", old)
                and old.count(".") == 1
            )
        return name == old or self.context.library.same(name, old)

    def served(self, name: str) -> bool:
        """Whether the target has a name; dunders and what lies below classes are not asked for here."""
        if name.partition(".")[0] != ROOT:
            return True  # of packages beside the library only the rules are known
        last = name.rsplit(".", 1)[-1]
        return last in _DUNDERS or name == ROOT or self.context.library.in_target(name)


def removed_message(context: Context, name: str) -> str:
    """Since when a name is gone and what comes nearest to it."""
    history = context.library.history
    intervals = history.intervals(name)
    target = context.plan.to_version
    if not intervals:
        text = f"{name} does not exist in transformers {target} nor in any release that is known here."
    else:
        last = intervals[-1][1]
        text = f"{name} does not exist in transformers {target}" + (
            f" (last seen in {last})." if last else "."
        )
    suggestions = history.suggestions(name, target)
    if suggestions:
        text += f" Nearest existing: {', '.join(suggestions[:3])}."
    return text
