"""A range of releases that code has to go on running on, and which rewrites do so on its oldest one."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple

from packaging.version import Version

from ..model import LIBRARY, SHIM_MODULE, TxUpgradeError
from .patterns import compile_expression, qualified, star_variable, variable
from .schema import (
    AddedBaseSelector,
    AttributeSelector,
    CallSelector,
    Case,
    ClassAttributeSelector,
    ClassDefaultsSelector,
    LoopSelector,
    MatchSelector,
    OverrideSelector,
    Rule,
    ShimEntry,
    UnwrapSelector,
)

if TYPE_CHECKING:
    from ..history import History

_RANGE = re.compile(r"^\d+(\.\d+)*$")


class Support(NamedTuple):
    """A range as the user wrote it, with the oldest and the newest known release in it."""

    range: str
    oldest: str
    newest: str


def read_support(text: str, history: History) -> Support:
    """What ``--support`` asks for.

    Raises:
        TxUpgradeError: the range cannot be read, or no known release lies in it.
    """
    from packaging.specifiers import InvalidSpecifier, SpecifierSet

    try:
        specifier = SpecifierSet(f"=={text}.*" if _RANGE.match(text.strip()) else text)
    except InvalidSpecifier:
        raise TxUpgradeError(f'--support {text}: not a range of versions such as ">=4.40,<6"') from None
    inside = [v for v in history.versions if specifier.contains(v, prereleases=True)]
    if not inside:
        raise TxUpgradeError(
            f"--support {text}: no release that is known here lies in it (they are {history.versions[0]} to "
            f"{history.versions[-1]})"
        )
    return Support(str(specifier), inside[0], inside[-1])


def begins(rule: Rule, *, gone: bool = False) -> str:
    """The minor from which on a rule's new form is there: who warns of the old one has the new one already."""
    return rule.available or (None if gone else rule.deprecated) or rule.broken or rule.deprecated or "0"


class OldSide:
    """Answers for the oldest release of a range what of the rules' new forms runs there."""

    def __init__(
        self, history: History, shims: Mapping[str, ShimEntry], support: Support, target: str
    ) -> None:
        self.history = history
        self.shims = shims
        self.support = support
        self.oldest = support.oldest
        self.target = target
        self.others: Mapping[str, str] = {}
        """The versions of packages beside the library that the oldest release takes, the oldest ones."""
        self._known: dict[str, bool] = {}

    def runs(self, rule: Rule) -> bool:
        """Whether a rule's rewrite also runs on the oldest release.

        True for what the rule says itself (``available``), for a break before the range, and where everything that the
        rewrite uses is there already. Rules on names and arguments are decided name by name, by ``exists`` and ``since``.
        """
        if rule.id not in self._known:
            self._known[rule.id] = self.before_range(rule) or (
                rule.library == LIBRARY and self._selector_runs(rule)
            )
        return self._known[rule.id]

    def before_range(self, rule: Rule, *, gone: bool = False) -> bool:
        """Whether the rule itself says that the new form is there on the oldest release.

        What only goes (``gone``) has no new form: it has an effect until it breaks.
        """
        oldest = self.oldest if rule.library == LIBRARY else self.others.get(rule.library, "0")
        return Version(begins(rule, gone=gone)) <= Version(oldest)

    def exists(self, name: str) -> bool:
        """Whether a qualified name is there on the oldest release; what is not of the library is."""
        if name.startswith(f"{SHIM_MODULE}."):
            from packaging.specifiers import SpecifierSet

            entry = self.shims.get(name.removeprefix(f"{SHIM_MODULE}."))
            return entry is not None and SpecifierSet(entry.serves).contains(self.oldest, prereleases=True)
        if name != LIBRARY and not name.startswith(f"{LIBRARY}."):
            return True
        return self.history.exists(name, self.oldest)

    def importable(self, name: str) -> bool:
        """Whether an import of a name does not fail on the oldest release, whatever becomes of it there."""
        return name.startswith(f"{SHIM_MODULE}.") or self.exists(name)

    def everywhere(self, name: str) -> bool:
        """Whether each release of the range up to the target has a name."""
        return all(self.history.exists(name, v) for v in self.versions())

    def versions(self) -> tuple[str, ...]:
        """The releases from the oldest one to the target."""
        versions = self.history.versions
        return versions[self.history.index_of(self.oldest) : self.history.index_of(self.target) + 1]

    def since(self, callee: str | None, argument: str, rule: Rule) -> str:
        """The first release from which on a callee takes an argument, as its minor; else what the rule says."""
        stated = begins(rule)
        first: str | None = None
        for version in reversed(self.versions()) if callee is not None else ():
            if Version(version) >= Version(rule.broken or stated) and first is None:
                first = version if self._takes(callee or "", argument, version) else None
            elif first is not None and self._takes(callee or "", argument, version):
                first = version
            elif first is not None:
                break
        return stated if first is None else first.rpartition(".")[0]

    def is_older(self, callee: str, new: str, old: str) -> bool:
        """Whether an argument was there before the one that is renamed to it now: it meant something else then."""
        for version in self.history.versions:
            signature = self.history.signature(callee, version)
            if signature is not None and signature.parameter(old) is not None:
                return False
            if signature is not None and signature.parameter(new) is not None:
                return True
        return False

    def takes(self, callee: str, argument: str) -> bool:
        """Whether a callee is known to take an argument on the oldest release."""
        return self._takes(callee, argument, self.oldest)

    def _takes(self, callee: str, argument: str, version: str) -> bool:
        signature = self.history.signature(callee, version)
        return signature is not None and signature.parameter(argument) is not None

    # -- rules whose new form is a template -------------------------------------------------------------------------

    def _selector_runs(self, rule: Rule) -> bool:
        selector = rule.selector
        if isinstance(selector, MatchSelector):
            return all(self._case_runs(c, selector.where) for c in selector.cases)
        if isinstance(selector, UnwrapSelector):
            return all(self._case_runs(c, selector.where) for c in selector.inside)
        if isinstance(selector, AttributeSelector):
            return all(self._attribute_runs(old, new) for old, new in selector.attributes.items())
        if isinstance(selector, CallSelector):
            return False
        if isinstance(selector, OverrideSelector):
            if selector.rename_parameters or selector.hand_on:
                return False
            return selector.decorate is None or self.exists(selector.decorate)
        if isinstance(selector, LoopSelector):
            return selector.whole is None or self.template_runs(selector.whole, {})
        if isinstance(selector, ClassDefaultsSelector):
            return True  # what the old base sets on an object hides it
        if isinstance(selector, AddedBaseSelector):
            return self.exists(selector.base)
        if isinstance(selector, ClassAttributeSelector):
            return False
        return False

    def _case_runs(self, case: Case, where: Mapping[str, tuple[str, ...]]) -> bool:
        return case.replace is None or self.template_runs(case.replace, where, case.match)

    def _attribute_runs(self, old: str, new: str | None) -> bool:
        return new is None or self.member_runs(old.rpartition(".")[0], new)

    def member_runs(self, owner: str, new: str) -> bool:
        """Whether what an attribute of a class becomes (a name, a path or a template) is there on the oldest release."""
        if re.fullmatch(r"[\w.]+", new):
            return self._member(owner, new.split(".")[0])
        return self.template_runs(new, {"self": (owner,)})

    def template_runs(
        self, template: str, where: Mapping[str, tuple[str, ...]], pattern: str | None = None
    ) -> bool:
        """Whether all that a template uses is there on the oldest release.

        What takes the place of a ``pattern`` may only use members of what the pattern reads a member off: an item
        (``$cache[0]``) may be taken of something else on an older release, of a tuple for one.
        """
        if pattern is not None:
            parts = ast.walk(compile_expression(pattern))
            read = {variable(n.value) for n in parts if isinstance(n, ast.Attribute)}
            where = {name: classes for name, classes in where.items() if name in read}
        return all(self._part_runs(node, where) for node in _parts(compile_expression(template)))

    def _part_runs(self, node: ast.expr, where: Mapping[str, tuple[str, ...]]) -> bool:
        if isinstance(node, ast.Call):
            names = [k.arg for k in node.keywords if k.arg is not None]
            path = qualified(node.func)
            places = [isinstance(a, ast.Starred) or star_variable(a) is not None for a in node.args].count(
                False
            )
            if path is not None:
                if not path.startswith(f"{LIBRARY}."):
                    return self.exists(path)
                return self.exists(path) and self._call_runs(path, names, places)
            callees = self._callees(node.func, where)
            return callees is not None and all(self._call_runs(c, names, places) for c in callees)
        path = qualified(node)
        if path is not None:
            return self.exists(path)
        if isinstance(node, ast.Attribute):
            receiver = variable(node.value)
            # what is read off anything else than a receiver of a known class may be new
            return receiver is not None and all(
                self._member(c, node.attr) for c in where.get(receiver, ("",))
            )
        return True

    def _call_runs(self, callee: str, names: list[str], places: int) -> bool:
        """Whether a callee takes these keywords and what is given by place, under the names that it has in the target."""
        if not all(self.takes(callee, n) for n in names):
            return False
        if not places:
            return True
        old, new = (self.history.signature(callee, v) for v in (self.oldest, self.target))
        if old is None or new is None:
            return callee.rpartition(".")[2] == "__call__"
        taken = [[p.name for p in s.parameters if p.name != "self"][:places] for s in (old, new)]
        return len(taken[0]) == places and taken[0] == taken[1]

    def _callees(self, func: ast.expr, where: Mapping[str, tuple[str, ...]]) -> list[str] | None:
        """The qualified names of a method that a template calls on its receiver; None when that is not known."""
        method = "__call__"
        if isinstance(func, ast.Attribute):
            method, func = func.attr, func.value
        elif isinstance(func, ast.Name) and variable(func) is None:
            return []  # a builtin
        receiver = variable(func)
        if receiver is None:
            return None
        return [f"{c}.{method}" for c in where.get(receiver, ()) if self.history.exists(c, self.oldest)]

    def _member(self, owner: str, name: str) -> bool:
        """Whether a class has a member on the oldest release; a class that is not there yet is not met there."""
        history = self.history
        if not history.exists(owner, self.oldest):
            return any(history.exists(owner, v) for v in self.versions())
        return history.exists(f"{owner}.{name}", self.oldest)


def _parts(node: ast.expr) -> Iterator[ast.expr]:
    """The calls, attributes and names of a template, a qualified name as one part."""
    yield node
    if qualified(node) is not None:
        return
    children: list[ast.AST] = list(ast.iter_child_nodes(node))
    if isinstance(node, ast.Call):
        if qualified(node.func) is not None:
            children.remove(node.func)
        elif isinstance(node.func, ast.Attribute) and variable(node.func.value) is not None:
            yield node.func
            children.remove(node.func)
    for child in children:
        inner = child.value if isinstance(child, ast.keyword) else child
        if isinstance(inner, ast.expr):
            yield from _parts(inner)
