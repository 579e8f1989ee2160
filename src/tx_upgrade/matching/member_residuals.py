"""Members of the library's classes that the target lacks and no rule speaks of, on receivers whose class is proven."""

from __future__ import annotations

import ast

from ..analysis.assignments import is_super
from ..analysis.membership import GoneMember
from ..analysis.module import ExternalName, LibraryName, ProjectClass
from ..analysis.scopes import ScopeTree
from ..analysis.types import ClassObject, Instance
from .added_bases import added_bases
from .context import Context
from .outcomes import Outcomes

_FEW = 3
_ASKING = 3  # getattr(x, "name", default) has an answer for what is not there


class MemberResiduals:
    """``removed-method`` and ``removed-attribute`` for the attributes of one file; run after all rules."""

    def __init__(self, context: Context, outcomes: Outcomes) -> None:
        self.context = context
        self.outcomes = outcomes
        self.membership = context.library.membership

    def run(self) -> None:
        """Look at every attribute and every ``getattr`` whose name some class lost on the way."""
        context = self.context
        if not {"removed-method", "removed-attribute"} & context.plan.residuals:
            return
        lost = self.membership.lost
        for node in context.tree.attributes:
            if node.attr in lost and node not in context.consumed:
                self._use(node, node.value, node.attr)
        for call in context.tree.calls:
            if (
                isinstance(call.func, ast.Name)
                and call.func.id == "getattr"
                and len(call.args) == _ASKING - 1
            ):
                name = call.args[1]
                if isinstance(name, ast.Constant) and name.value in lost and call not in context.consumed:
                    self._use(name, call.args[0], str(name.value))

    def _use(self, node: ast.expr, receiver: ast.expr, name: str) -> None:
        found = self._gone(receiver, name)
        if found is None:
            return
        gone, keepers = found
        rule = f"removed-{gone.kind}"
        context = self.context
        if rule not in context.plan.residuals or self._answered(node):
            return
        if context.module.guards.of_reference(node) is not None:
            return
        if isinstance(node, ast.Attribute) and context.asked_before(node, name):
            return
        if context.tells_apart(receiver, certain=not self.membership.is_generic(gone.of)):
            return
        stored = isinstance(node, ast.Attribute) and not isinstance(node.ctx, ast.Load)
        if stored and gone.kind == "attribute" and (self._reads(name) or self.membership.may_read(gone)):
            return  # what the project sets and reads itself works as before
        if not stored and (self._sets(name) or (gone.loaded and self._passes(name))):
            return
        span = context.span(node)
        if isinstance(node, ast.Attribute):
            span = (span[1] - len(name), span[1])
        context.report(
            None, span, safety="manual", fixable=False, rule_id=rule, symbol=f"{gone.of}.{name}",
            message=self._message(gone, keepers, stored=stored),
        )  # fmt: skip

    # -- receivers ---------------------------------------------------------------------------------------------------

    def _gone(self, receiver: ast.expr, name: str) -> tuple[GoneMember, tuple[str, ...]] | None:
        """What the receiver's class lost, and the classes below it that still have it."""
        context = self.context
        if is_super(receiver):
            node = context.tree.enclosing_class(receiver)
            if node is None:
                return None
            cls = ProjectClass(context.module, node)
            if any(self._gives(c, name) for c in context.project.lineage(cls)[1:]):
                return None
            lost = self._of_bases(cls, name)
            return None if lost is None else (lost, ())
        found = context.types.infer(context.module, receiver)
        if not isinstance(found, Instance | ClassObject):
            return None
        exact = isinstance(found, ClassObject) or self._is_exact(receiver)
        if isinstance(found.of, ProjectClass):
            lineage = context.project.lineage(found.of)
            if any(self._gives(c, name) for c in lineage):
                return None
            gone = self._of_bases(found.of, name)
        else:
            gone = self._of_class(found.of, name, itself=isinstance(found, ClassObject))
            if gone is None and not exact and _is_called(context.tree, receiver):
                gone = self._below(found.of, name)
                return None if gone is None or self._project_gives(gone, name) else (gone, ())
        if gone is None or exact:
            return None if gone is None else (gone, ())
        if self._project_gives(gone, name):
            return None
        if isinstance(found.of, ProjectClass):
            return gone, ()
        keepers = self.membership.kept_below(gone.owner, name)
        if keepers is None or (keepers and gone.kind == "attribute"):
            return None
        return gone, keepers

    def _of_class(self, old: str, name: str, *, itself: bool = False) -> GoneMember | None:
        new = self.outcomes.of(old).name
        if new is None or not self.context.is_library(new):
            return None  # the class itself is reported, or is not the library's any more
        return self.membership.gone(old, new, name, itself)

    def _below(self, old: str, name: str) -> GoneMember | None:
        """What every class below the receiver's lost."""
        new = self.outcomes.of(old).name
        return None if new is None else self.membership.gone_below(old, new, name)

    def _of_bases(self, cls: ProjectClass, name: str) -> GoneMember | None:
        """What a class of the project lost: no base of it may give the member, those from outside included."""
        bases = self._all_bases(cls)
        if not bases:
            return None
        found: GoneMember | None = None
        target = self.context.plan.to_version
        for base in bases:
            gone = self._of_class(base, name)
            if gone is None:
                new = self.outcomes.of(base).name
                history = self.context.library.history
                if new is None or history.exists(f"{new}.{name}", target) or history.is_open(new, target):
                    return None
                if history.kind(new, target) != "class":
                    return None
            found = found or gone
        return found

    def _all_bases(self, cls: ProjectClass) -> list[str] | None:
        """The library's classes that a class derives from; None where any other base is not known."""
        from ..history.external import external_members

        project = self.context.project
        found: list[str] = []
        for owner in project.lineage(cls):
            found.extend(selector.base for _, selector in added_bases(self.context, owner))
            for base in owner.node.bases:
                target = project.resolve(
                    owner.module, base.value if isinstance(base, ast.Subscript) else base
                )
                if isinstance(target, LibraryName):
                    found.append(target.name)
                elif isinstance(target, ExternalName):
                    if external_members(target.name) is None:
                        return None
                elif not isinstance(target, ProjectClass) and getattr(base, "id", "") != "object":
                    return None
        return found

    def _gives(self, cls: ProjectClass, name: str) -> bool:
        """Whether a class of the project may have a member: by its text, or by what it works out at run time."""
        given = cls.module.given_members(cls.node)
        return given is None or name in given

    def _project_gives(self, gone: GoneMember, name: str) -> bool:
        """Whether a class of the project that derives from the receiver's has the member."""
        context = self.context
        for peer in context.project.peers(context.module):
            for node in peer.scopes.classes:
                cls = ProjectClass(peer, node)
                if self._gives(cls, name) and context.types.is_a(cls, gone.of):
                    return True
        return False

    def _is_exact(self, node: ast.expr) -> bool:
        """Whether an object is of just that class: it comes from the constructor, or its class is loaded by name."""
        context = self.context
        if isinstance(node, ast.Name):
            bindings = context.module.bindings(node)
            return bool(bindings) and all(
                b.kind == "assign" and not b.index and b.value is not None and self._is_exact(b.value)
                for b in bindings
            )
        if not isinstance(node, ast.Call):
            return False
        func = node.func
        if isinstance(func, ast.Attribute) and func.attr == "from_pretrained":
            func = func.value
        name = context.qualified(func) or ""
        return (
            context.is_library(name)
            and context.library.kind(name) == "class"
            and not name.rpartition(".")[2].startswith("Auto")
        )

    # -- what else speaks of the place -------------------------------------------------------------------------------

    def _answered(self, node: ast.expr) -> bool:
        """Whether a rule already spoke of this use: of the attribute, or of the call or pattern it begins."""
        context = self.context
        start, end = context.span(node)
        call = context.tree.parent.get(node)
        last = context.span(call)[1] if isinstance(call, ast.Call) and call.func is node else end
        return any(
            (p.span[0] >= start and p.span[1] <= last and p.span[1] >= end and p.rule is not None)
            or (p.span[0] <= start and p.span[1] >= end and (p.status == "fixed" or p.span[0] == start))
            for p in context.pending
        )

    def _sets(self, name: str) -> bool:
        """Whether the project itself gives objects an attribute of that name from outside."""
        return any(name in peer.attributes_set for peer in self.context.project.peers(self.context.module))

    def _passes(self, name: str) -> bool:
        """Whether the project hands a keyword of that name to something: a configuration keeps what it is given."""
        return any(name in peer.keywords_passed for peer in self.context.project.peers(self.context.module))

    def _reads(self, name: str) -> bool:
        return any(name in peer.attributes_read for peer in self.context.project.peers(self.context.module))

    def _message(self, gone: GoneMember, keepers: tuple[str, ...], *, stored: bool) -> str:
        version = self.context.plan.to_version
        what = "method" if gone.kind == "method" else "attribute"
        owner = f"No class below {gone.below} has a" if gone.below else f"{gone.owner} has no"
        text = f"{owner} {what} {gone.name!r} in transformers {version} ({since(gone)})."
        if stored:
            text += " Setting it there does nothing."
        elif gone.loaded:
            text += " It is only there where what the object was loaded from, or a keyword, gives it: read it with a default."
        if keepers:
            few = [keeper.rpartition(".")[2] for keeper in keepers[:_FEW]]
            more = f" and {len(keepers) - _FEW} more" if len(keepers) > _FEW else ""
            text += f" Of the classes below it only {', '.join(few)}{more} still have one."
        return text + where_to(self.context, gone)


def _is_called(tree: ScopeTree, receiver: ast.expr) -> bool:
    attribute = tree.parent.get(receiver)
    call = tree.parent.get(attribute) if isinstance(attribute, ast.Attribute) else None
    return isinstance(call, ast.Call) and call.func is attribute


def since(gone: GoneMember) -> str:
    """From which release on a member is missing."""
    return (
        f"gone since {gone.without}, last seen in {gone.last}"
        if gone.without
        else f"last seen in {gone.last}"
    )


def where_to(context: Context, gone: GoneMember) -> str:
    """A function that took the name of a member, and the members most like it."""
    history, target = context.library.history, context.plan.to_version
    text = ""
    moved = [
        h
        for h in history.holders(gone.name, target)
        if history.kind(h, target) == "function"
        and history.definition(h, target) == h
        and not history.exists(h, gone.last)
    ]
    if len(moved) == 1:
        text += f" There is a function {history.public_path(moved[0], target)} of that name since."
    near = [path.rpartition(".")[2] for path in history.suggestions(f"{gone.owner}.{gone.name}", target)]
    if near:
        text += f" Nearest existing: {', '.join(near[:3])}."
    return text
