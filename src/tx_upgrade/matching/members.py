"""Rules on members of library classes: attributes, patterns on expressions that are no calls, environment."""

from __future__ import annotations

import ast
from collections.abc import Collection

from ..analysis.assignments import is_super
from ..analysis.hints import hinted
from ..analysis.module import ProjectClass
from ..analysis.types import Certainty, ClassObject, Instance
from ..analysis.walking import walk
from ..rewriting.composer import Inner
from ..rules.patterns import PACKAGES, compile_expression, terminal
from ..rules.plan import Pattern
from ..rules.schema import AttributeSelector, MatchSelector, Rule
from . import templates, values
from .assigning import assign_too
from .both_expressions import by_release, can_switch, named_by_release, needs_both, template_needs_both
from .context import Context, Pending
from .mentioned import holds
from .reads import handed_on, shown
from .stars import star_texts
from .subclasses import own_member
from .unpeeling import keep_apart

_CHANGING = frozenset({"update", "pop", "setdefault", "clear", "popitem"})
_ENVIRONMENT_CALLS = frozenset(
    {"get", "setdefault", "pop", "getenv", "putenv", "unsetenv", "setenv", "delenv"}
)


class MemberMatcher:
    """Attributes, patterns on expressions and environment variables of one file."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self._covered: set[ast.AST] = set()
        self._left: list[tuple[ast.Attribute, Rule, Certainty]] = []
        """Attributes that rules leave to a person: where a pattern has an answer, that says more."""
        """Parts of expressions that a pattern already took."""

    def run(self) -> None:
        context = self.context
        for attribute in context.tree.attributes:
            if attribute in context.consumed:
                continue
            self._attribute(attribute)
        self._expressions()
        answered = {pending.span for pending in context.pending}
        for node, rule, certainty in self._left:
            if node not in self._covered and context.span(node) not in answered:
                self._apply_attribute(node, rule, certainty, None)
        if context.plan.environment:
            for string in context.tree.strings:
                self._environment(string)

    # -- attributes --------------------------------------------------------------------------------------------------

    def _attribute(self, node: ast.Attribute) -> None:
        for rule, certainty, new in self.rules_on(node):
            if new is None:
                self._left.append((node, rule, certainty))
            else:
                self._apply_attribute(node, rule, certainty, new)

    def rules_on(self, node: ast.Attribute) -> list[tuple[Rule, Certainty, str | None]]:
        """The rules that an attribute meets in their order, with what each makes of its name."""
        context = self.context
        current: str | None = node.attr
        start_name = node.attr
        pending_rules: list[tuple[Rule, Certainty, str | None]] = []
        last = -1
        progress = True
        while progress and current is not None:
            progress = False
            for rule, owner, new, access in context.plan.attributes.get(current, ()):
                if rule.order <= last or not self._accessed(node, new, access):
                    continue
                if isinstance(rule.selector, AttributeSelector) and self._given(node, rule.selector):
                    continue
                certainty = self._receiver(node, owner, self._owners(rule, start_name), start_name)
                if certainty is None or context.module.guards.of_reference(node) is not None:
                    continue
                if context.asked_before(node, start_name) or self._stands_in(node, new):
                    continue
                pending_rules.append((rule, certainty, new))
                last = rule.order
                if new is not None and is_name(new):
                    current, progress = new, True
                else:
                    current = None
                break
        if current == start_name:
            return []  # renamed there and back: the target has the name again
        return pending_rules

    def _given(self, node: ast.Attribute, selector: AttributeSelector) -> bool:
        """Whether an attribute is set to a literal that the rule does not speak of."""
        statement = self.context.tree.parent.get(node)
        return (
            bool(selector.not_given)
            and isinstance(statement, ast.Assign)
            and values.equals(values.literal(statement.value), selector.not_given)
        )

    def _accessed(self, node: ast.Attribute, new: str | None, access: str) -> bool:
        if access == "default":
            access = "read" if new is not None and not is_name(new) else "any"
        if access == "look":
            return isinstance(node.ctx, ast.Load) and not self._changed_inside(node)
        if access == "read":
            return isinstance(node.ctx, ast.Load)
        if access == "whole":
            return handed_on(self.context.tree, node) and not self._only_tested(node)
        if access == "shown":
            return shown(self.context.tree, node)
        if access == "write":
            return isinstance(node.ctx, ast.Store)
        return True

    def _changed_inside(self, node: ast.Attribute) -> bool:
        """Whether something in the attribute's value is set or taken out: ``config.rope_scaling["factor"] = 2.0``."""
        parent = self.context.tree.parent.get(node)
        if isinstance(parent, ast.Subscript) and parent.value is node:
            return not isinstance(parent.ctx, ast.Load)
        return isinstance(parent, ast.Attribute) and parent.attr in _CHANGING

    def _stands_in(self, node: ast.Attribute, new: str | None) -> bool:
        """Whether an attribute stands in what its rewrite would give: a second run must not wrap it again."""
        if new is None or "$self" not in new:
            return False
        if self._only_tested(node) and _as_true_as(compile_expression(new), node.attr):
            return True
        return self.context.already(compile_expression(f"$self.{node.attr}"), new, node)

    def _only_tested(self, node: ast.expr) -> bool:
        """Whether only the truth of an expression matters."""
        parent = self.context.tree.parent.get(node)
        if isinstance(parent, ast.If | ast.While | ast.IfExp):
            return parent.test is node
        return isinstance(parent, ast.UnaryOp) and isinstance(parent.op, ast.Not)

    def _owners(self, rule: Rule, name: str) -> list[str]:
        """The classes for which a rule speaks of an attribute."""
        return [o for r, o, _, _ in self.context.plan.attributes.get(name, ()) if r is rule]

    def _receiver(self, node: ast.Attribute, owner: str, owners: list[str], name: str) -> Certainty | None:
        context = self.context
        if (
            context.module.spelled(node) is not None
            and context.library.kind(context.module.spelled(node.value) or "") != "class"
        ):
            return None
        found = context.types.infer(context.module, node.value)
        if isinstance(found, Instance | ClassObject):
            if isinstance(found.of, ProjectClass) and own_member(context, found.of, name):
                return None
            if isinstance(found, Instance) and found.among:
                return (
                    context.types.covered(found, owners) if context.types.covered(found, (owner,)) else None
                )
            return "proven" if context.types.is_a(found.of, owner) else None
        if found is not None:
            return None
        if is_super(node.value):
            cls = context.tree.enclosing_class(node)
            bases = (
                context.project.library_bases(ProjectClass(context.module, cls)) if cls is not None else []
            )
            return "proven" if any(context.library.is_subclass(b, owner) for b in bases) else None
        if not hinted(context.types, context.module, node.value, (owner,)):
            return None
        if context.types.own_look_alike(context.module, name) or context.tells_apart(
            node.value, among=(owner,)
        ):
            return None
        return "likely"

    def _apply_attribute(
        self, node: ast.Attribute, rule: Rule, certainty: Certainty, new: str | None
    ) -> None:
        context = self.context
        span = context.span(node)
        name_span = (span[1] - len(node.attr), span[1])
        split = new is not None and needs_both(context, rule, new, self._owners(rule, node.attr))
        if split and rule.broken is None:
            return  # the old form runs on all releases
        pending = context.report(
            rule, name_span if new is not None and is_name(new) else span, safety=rule.safety,
            fixable=new is not None and rule.safety != "manual", certainty=certainty,
            symbol=f"{self._owner_name(rule, node.attr)}",
            on_both=not split or can_switch(context, node, new or ""),
        )  # fmt: skip
        if pending is None or new is None:
            return
        if split and is_name(new):
            pending.edits.append(named_by_release(context, node, new, rule))
            return
        if is_name(new):
            if context.module.document.text[slice(*name_span)] != node.attr:
                return
            pending.edits.append(context.composer.add(*name_span, new))
            return
        if isinstance(node.ctx, ast.Store):
            self._set_through(node, new, pending)
            return
        template = f"$self.{new}" if _is_path(new) else new
        text = templates.localized(template, lambda q: context.imports.local(q, node))
        value_span = context.span(node.value)
        stands_alone = self._stands_alone(node)

        def produce(inner: Inner) -> str:
            filled = templates.fill(text, {"self": (inner(*value_span), node.value)})
            return _bare(filled) if stands_alone else filled

        if split:
            pending.edits.append(by_release(context, node, produce, rule))
            return
        pending.edits.append(context.composer.add(*span, produce))

    def _set_through(self, node: ast.Attribute, template: str, pending: Pending) -> None:
        """``config.name = value`` becomes what a template makes of the two."""
        context = self.context
        statement = context.tree.parent.get(node)
        if not isinstance(statement, ast.Assign) or len(statement.targets) != 1:
            failed = context.composer.add(*context.span(node), context.source(node))
            failed.failed = True  # one of several targets: by hand
            pending.edits.append(failed)
            return
        text = templates.localized(template, lambda q: context.imports.local(q, node))
        receiver, value = node.value, statement.value

        def produce(inner: Inner) -> str:
            given = {
                "self": (inner(*context.span(receiver)), receiver),
                "value": (inner(*context.span(value)), value),
            }
            return templates.fill(text, given)

        pending.edits.append(context.composer.add(*context.span(statement), produce))

    def _stands_alone(self, node: ast.expr) -> bool:
        """Whether an expression is all of a statement's value or of an argument: it needs no parentheses there."""
        parent = self.context.tree.parent.get(node)
        if isinstance(parent, ast.Call):
            # a generator as the only argument goes without, with a second one it does not: they stay
            return node in parent.args and isinstance(node, ast.Attribute)
        if isinstance(parent, ast.keyword):
            return isinstance(node, ast.Attribute)
        if isinstance(parent, ast.If | ast.While):
            return parent.test is node
        return isinstance(parent, ast.Assign | ast.Return) and parent.value is node

    def _owner_name(self, rule: Rule, attribute: str) -> str:
        for entry, owner, _, _ in self.context.plan.attributes.get(attribute, ()):
            if entry is rule:
                return f"{owner}.{attribute}"
        return attribute

    # -- patterns that are no calls ----------------------------------------------------------------------------------

    def _expressions(self) -> None:
        context = self.context
        read = {a.attr for a in context.tree.attributes}
        patterns: dict[tuple[str, str | None], list[Pattern]] = {}
        for key, entries in context.plan.other_patterns.items():
            possible = [p for p in entries if p.case.outline.attributes <= read]
            if possible:
                patterns[key] = possible
        kinds = {kind for kind, _ in patterns}
        named = context.plan.named_patterns
        if not patterns:
            return
        imported = self._imported(named)
        for node in list(context.tree.parent):
            kind = type(node).__name__
            if kind == "Name":
                assert isinstance(node, ast.Name)
                if node.id not in imported or not isinstance(node.ctx, ast.Load):
                    continue
                # an imported name itself, not a variable that was given its value
                spelled = context.module.spelled(node)
                fitting = named.get(spelled.rpartition(".")[2], []) if spelled is not None else []
            elif kind in kinds:
                assert isinstance(node, ast.expr)
                first = node.value if isinstance(node, ast.Subscript) else getattr(node, "left", None)
                inner = [(kind, type(first).__name__)] if first is not None else []
                head = _head(node)
                fitting = [
                    p
                    for key in [(kind, None), *inner]
                    for p in patterns.get(key, ())
                    if p.case.outline.word in (None, head)
                ]
            else:
                continue
            if not fitting or node in self._covered or node in context.consumed:
                continue
            if isinstance(node, ast.Subscript):
                fitting = self._taken_of(node.value, fitting)
            fitting = sorted(fitting, key=lambda p: p.rule.order)
            for number, pattern in enumerate(fitting, 1):
                others = {(p.rule.id, p.case.match) for p in fitting[number:]}
                if self._expression(node, pattern, alone=(pattern.rule.id, pattern.case.match) not in others):
                    break

    def _imported(self, named: Collection[str]) -> set[str]:
        """The local names that an import gives to one of ``named``."""
        tree = self.context.tree
        if tree.star_imports:
            return {name.id for name in tree.names}
        aliases = [a for statement in tree.imports for a in statement.names]
        return {a.asname or a.name for a in aliases if a.name.rpartition(".")[2] in named}

    def _taken_of(self, receiver: ast.expr, patterns: list[Pattern]) -> list[Pattern]:
        """Those of the patterns on subscripts whose receiver this can be: asked once for each of its classes."""
        context = self.context
        if context.types.knows_nothing(context.module, receiver):
            return [p for p in patterns if p.case.outline.receiver not in p.where]
        possible: dict[tuple[str, ...], bool] = {}
        found: list[Pattern] = []
        for pattern in patterns:
            bases = pattern.where.get(pattern.case.outline.receiver or "")
            if bases is not None:
                if bases not in possible:
                    possible[bases] = context.types.receiver(context.module, receiver, bases) is not None
                if not possible[bases]:
                    continue
            found.append(pattern)
        return found

    def _read_off(self, node: ast.expr) -> bool:
        """Whether an attribute or an item of an expression is what the code wants, or the expression is assigned to."""
        parent = self.context.tree.parent.get(node)
        stored = not isinstance(getattr(node, "ctx", ast.Load()), ast.Load)
        return stored or (isinstance(parent, ast.Attribute | ast.Subscript) and parent.value is node)

    def _targets(self, node: ast.expr) -> int:
        """How many targets an assignment unpacks an expression into; 0 where it does not, or one takes the rest."""
        parent = self.context.tree.parent.get(node)
        if not isinstance(parent, ast.Assign) or parent.value is not node or len(parent.targets) != 1:
            return 0
        taking = getattr(parent.targets[0], "elts", [])
        return 0 if any(isinstance(e, ast.Starred) for e in taking) else len(taking)

    def _expression(self, node: ast.expr, wanted: Pattern, *, alone: bool = True) -> bool:
        """Apply a pattern to an expression; whether it meets it.

        Where it is not ``alone``, another case of its rule has the same pattern: that one is for what is assigned to.
        """
        rule, case, where = wanted
        pattern, replacement = compile_expression(case.match), case.replace
        message, case_safety = case.message, case.safety
        context = self.context
        captures = context.matcher.match(pattern, node)
        if (
            captures is None
            or context.already(pattern, replacement, node)
            or not captures.are_named(case.named)
            or (case.bare and self._read_off(node))
            or (case.unpacked_into and self._targets(node) != case.unpacked_into)
            or not holds(context, case, captures.single)
        ):
            return False
        certainty: Certainty = "proven"
        word = _head(pattern)
        for name, bases in where.items():
            if name not in captures.single:
                continue  # another case's variable
            found = context.types.receiver(context.module, captures.single[name], bases)
            if found is None or context.tells_apart(
                captures.single[name], certain=not _is_result(bases), among=bases
            ):
                return False
            if found == "likely":
                if isinstance(rule.selector, MatchSelector) and rule.selector.proven:
                    return False
                if word is not None and context.types.own_look_alike(context.module, word):
                    return False
                if context.tells_apart(captures.single[name], among=bases):
                    return False
                certainty = "likely"
        if context.module.guards.of_reference(node) is not None:
            return False
        safety = "manual" if rule.safety == "manual" else case_safety or rule.safety
        if case.also is not None:
            return assign_too(context, node, rule, case, captures, safety, certainty)
        loaded = isinstance(getattr(node, "ctx", ast.Load()), ast.Load) or _is_target(
            compile_expression(replacement or "None")
        )
        if not loaded and not alone:
            return False
        kept = {id(n) for v in captures.single.values() for n in walk(v)}
        kept |= {id(n) for items in captures.star.values() for item in items for n in walk(item)}
        self._covered.update(n for n in walk(node) if id(n) not in kept)
        split = replacement is not None and template_needs_both(context, rule, replacement, where, case.match)
        if split and rule.broken is None:
            return False
        pending = context.report(
            rule, node, safety=safety, fixable=replacement is not None and safety != "manual" and loaded,
            certainty=certainty, message=message or rule.message,
            on_both=not split or can_switch(context, node, replacement or ""),
        )  # fmt: skip
        if pending is None or replacement is None:
            return True
        if not split:
            context.consumed.update(n for n in walk(node) if id(n) not in kept)
        text = templates.localized(replacement, lambda q: context.imports.local(q, node))
        spans = {n: context.span(v) for n, v in captures.single.items()}
        stars = star_texts(context, node, captures)
        stands_alone = self._stands_alone(node)

        def produce(inner: Inner) -> str:
            values = {n: (inner(*spans[n]), captures.single[n]) for n in spans}
            filled = templates.fill(text, values, stars(inner))
            return _bare(filled) if stands_alone else filled

        if split:
            pending.edits.append(by_release(context, node, produce, rule))
            return True
        pending.edits.append(context.composer.add(*context.span(node), produce))
        pending.edits.extend(keep_apart(context, node, pattern, replacement))
        return True

    # -- environment -------------------------------------------------------------------------------------------------

    def _environment(self, node: ast.Constant) -> None:
        context = self.context
        found = context.plan.environment.get(str(node.value))
        if found is None:
            return
        parent = context.tree.parent.get(node)
        if isinstance(parent, ast.Subscript):
            known = parent.slice is node and context.qualified(parent.value) == "os.environ"
        elif isinstance(parent, ast.Call) and parent.args[:1] == [node]:
            func = parent.func
            name = func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", "")
            path = context.qualified(func) or ""
            known = name in _ENVIRONMENT_CALLS and (path.startswith("os.") or name in {"setenv", "delenv"})
        else:
            known = isinstance(parent, ast.Compare) and any(
                context.qualified(c) == "os.environ" for c in parent.comparators
            )
        if not known:
            return
        rule, new = found
        pending = context.report(
            rule,
            node,
            safety=rule.safety,
            fixable=new is not None and rule.safety != "manual",
            symbol=str(node.value),
        )
        if pending is None or new is None:
            return
        start, end = context.span(node)
        source = context.module.document.text[start:end]
        text = source.replace(str(node.value), new) if source.count(str(node.value)) == 1 else repr(new)
        pending.edits.append(context.composer.add(start, end, text))


def is_name(text: str) -> bool:
    return text.isidentifier() and text not in {"True", "False", "None"}


def _is_path(text: str) -> bool:
    """``model.language_model``: attributes that follow the receiver, not an expression of their own."""
    return all(is_name(part) for part in text.split(".")) and text.split(".")[0] not in PACKAGES


def _head(node: ast.expr) -> str | None:
    return terminal(node) if isinstance(node, ast.Attribute | ast.Subscript) else None


def _is_result(bases: tuple[str, ...]) -> bool:
    """Whether a variable stands for what a call gives, no object: asking its type is asking for the version."""
    return all(b.endswith((".__call__", ".register_forward_hook")) for b in bases)


def _as_true_as(template: ast.expr, name: str) -> bool:
    """Whether a template is ``$self.name or 0``: as true as the attribute itself."""
    if not (
        isinstance(template, ast.BoolOp) and isinstance(template.op, ast.Or) and len(template.values) == 2
    ):
        return False
    value, default = template.values
    return (
        isinstance(value, ast.Attribute)
        and value.attr == name
        and isinstance(default, ast.Constant)
        and not default.value
    )


def _is_target(template: ast.expr) -> bool:
    """Whether one can assign to what a template gives: an item of what a function just made would be lost."""
    made = template
    while isinstance(made, ast.Subscript):
        made = made.value
    return isinstance(template, ast.Attribute | ast.Subscript) and not isinstance(made, ast.Call)


def _bare(text: str) -> str:
    """An expression without the parentheses around all of it; a tuple keeps them."""
    if not (text.startswith("(") and text.endswith(")")):
        return text
    try:
        whole = ast.parse(text, mode="eval").body
        inner = ast.parse(text[1:-1], mode="eval").body
    except SyntaxError:
        return text
    return text if isinstance(whole, ast.Tuple) or ast.dump(whole) != ast.dump(inner) else text[1:-1]
