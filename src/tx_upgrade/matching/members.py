"""Rules on members of library classes: attributes, patterns on expressions that are no calls, overrides, environment."""

from __future__ import annotations

import ast
from collections.abc import Collection

from ..analysis.assignments import assigned_on_self, is_super
from ..analysis.module import LibraryName, ProjectClass
from ..analysis.types import Certainty, ClassObject, Instance
from ..rewriting.composer import Edit, Inner
from ..rules.patterns import PACKAGES, compile_expression, terminal
from ..rules.plan import Pattern
from ..rules.schema import MatchSelector, Rule
from . import templates
from .context import Context
from .overrides import override
from .stars import star_texts
from .unpeeling import keep_apart

_ENVIRONMENT_CALLS = frozenset(
    {"get", "setdefault", "pop", "getenv", "putenv", "unsetenv", "setenv", "delenv"}
)


class MemberMatcher:
    """Attributes, overrides, class attributes and environment variables of one file."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self._covered: set[ast.AST] = set()
        """Parts of expressions that a pattern already took."""

    def run(self) -> None:
        context = self.context
        for attribute in context.tree.attributes:
            if attribute in context.consumed:
                continue
            self._attribute(attribute)
            if attribute.attr in context.plan.class_attributes and isinstance(attribute.ctx, ast.Store):
                self._set_on_self(attribute)
        self._expressions()
        for node in context.tree.classes:
            self._class(node)
        if context.plan.environment:
            for string in context.tree.strings:
                self._environment(string)

    # -- attributes --------------------------------------------------------------------------------------------------

    def _attribute(self, node: ast.Attribute) -> None:
        for rule, certainty, new in self.rules_on(node):
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

    @staticmethod
    def _accessed(node: ast.Attribute, new: str | None, access: str) -> bool:
        if access == "default":
            access = "read" if new is not None and not is_name(new) else "any"
        if access == "read":
            return isinstance(node.ctx, ast.Load)
        if access == "write":
            return isinstance(node.ctx, ast.Store)
        return True

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
            if isinstance(found.of, ProjectClass) and self._own_member(found.of, name):
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
        if not context.types.hinted(context.module, node.value, (owner,)):
            return None
        if context.types.own_look_alike(context.module, name) or context.tells_apart(node.value):
            return None
        return "likely"

    def _own_member(self, cls: ProjectClass, name: str) -> bool:
        project = self.context.project
        if project.own_method(cls, name) is not None:
            return True
        if self.context.renames_field(cls, name):
            return False
        return any(assigned_on_self(owner, name) for owner in project.lineage(cls))

    def _apply_attribute(
        self, node: ast.Attribute, rule: Rule, certainty: Certainty, new: str | None
    ) -> None:
        context = self.context
        span = context.span(node)
        name_span = (span[1] - len(node.attr), span[1])
        pending = context.report(
            rule, name_span if new is not None and is_name(new) else span, safety=rule.safety,
            fixable=new is not None and rule.safety != "manual", certainty=certainty,
            symbol=f"{self._owner_name(rule, node.attr)}",
        )  # fmt: skip
        if pending is None or new is None:
            return
        if is_name(new):
            if context.module.document.text[slice(*name_span)] != node.attr:
                return
            pending.edits.append(context.composer.add(*name_span, new))
            return
        template = f"$self.{new}" if _is_path(new) else new
        text = templates.localized(template, lambda q: context.imports.local(q, node))
        value_span = context.span(node.value)
        stands_alone = self._stands_alone(node)

        def produce(inner: Inner) -> str:
            filled = templates.fill(text, {"self": (inner(*value_span), node.value)})
            return _bare(filled) if stands_alone else filled

        pending.edits.append(context.composer.add(*span, produce))

    def _stands_alone(self, node: ast.expr) -> bool:
        """Whether an expression is all of a statement's value or of an argument: it needs no parentheses there."""
        parent = self.context.tree.parent.get(node)
        if isinstance(parent, ast.Call):
            # a generator as the only argument goes without, with a second one it does not: they stay
            return node in parent.args and isinstance(node, ast.Attribute)
        if isinstance(parent, ast.keyword):
            return isinstance(node, ast.Attribute)
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
        ):
            return False
        certainty: Certainty = "proven"
        word = _head(pattern)
        for name, bases in where.items():
            if name not in captures.single:
                continue  # another case's variable
            found = context.types.receiver(context.module, captures.single[name], bases)
            if found is None or context.tells_apart(captures.single[name], certain=not _is_result(bases)):
                return False
            if found == "likely":
                if isinstance(rule.selector, MatchSelector) and rule.selector.proven:
                    return False
                if word is not None and context.types.own_look_alike(context.module, word):
                    return False
                if context.tells_apart(captures.single[name]):
                    return False
                certainty = "likely"
        if context.module.guards.of_reference(node) is not None:
            return False
        safety = "manual" if rule.safety == "manual" else case_safety or rule.safety
        loaded = isinstance(getattr(node, "ctx", ast.Load()), ast.Load) or isinstance(
            compile_expression(replacement or "None"), ast.Attribute | ast.Subscript
        )
        if not loaded and not alone:
            return False
        kept = {id(n) for v in captures.single.values() for n in ast.walk(v)}
        kept |= {id(n) for items in captures.star.values() for item in items for n in ast.walk(item)}
        self._covered.update(n for n in ast.walk(node) if id(n) not in kept)
        pending = context.report(
            rule, node, safety=safety, fixable=replacement is not None and safety != "manual" and loaded,
            certainty=certainty, message=message or rule.message,
        )  # fmt: skip
        if pending is None or replacement is None:
            return True
        context.consumed.update(n for n in ast.walk(node) if id(n) not in kept)
        text = templates.localized(replacement, lambda q: context.imports.local(q, node))
        spans = {n: context.span(v) for n, v in captures.single.items()}
        stars = star_texts(context, node, captures)
        stands_alone = self._stands_alone(node)

        def produce(inner: Inner) -> str:
            values = {n: (inner(*spans[n]), captures.single[n]) for n in spans}
            filled = templates.fill(text, values, stars(inner))
            return _bare(filled) if stands_alone else filled

        pending.edits.append(context.composer.add(*context.span(node), produce))
        pending.edits.extend(keep_apart(context, node, pattern, replacement))
        return True

    # -- subclasses --------------------------------------------------------------------------------------------------

    def _class(self, node: ast.ClassDef) -> None:
        context = self.context
        plan = context.plan
        names = {s.name for s in node.body if isinstance(s, ast.FunctionDef | ast.AsyncFunctionDef)}
        targets = {
            t.id: s
            for s in node.body
            if isinstance(s, ast.Assign | ast.AnnAssign)
            for t in (s.targets if isinstance(s, ast.Assign) else [s.target])
            if isinstance(t, ast.Name)
        }
        cls = ProjectClass(context.module, node)
        if plan.class_defaults and node.bases:
            self._class_defaults(cls)
        if not (names & plan.overrides.keys() or targets.keys() & plan.class_attributes.keys()):
            return
        for statement in node.body:
            if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef):
                for rule, owner, selector in plan.overrides.get(statement.name, ()):
                    if context.types.is_a(cls, owner):
                        override(context, statement, rule, selector)
        for name, assigned in targets.items():
            for rule, owner, new, holding in plan.class_attributes.get(name, ()):
                if holding and type(assigned.value).__name__.lower() not in holding:
                    continue
                if context.types.is_a(cls, owner):
                    self._class_attribute(assigned, rule, new, name)

    def _class_defaults(self, cls: ProjectClass) -> None:
        """Write down the defaults that a direct base no longer gives and the project relies on."""
        context = self.context
        direct = [b.name for b in context.project.bases(cls) if isinstance(b, LibraryName)]
        for rule, selector in context.plan.class_defaults:
            if not any(context.library.same(b, selector.base) for b in direct):
                continue
            read = context.types.read_on(context.module, selector.base)
            missing = [
                name
                for name in selector.defaults
                if (name in read or not read.isdisjoint(selector.also_for.get(name, ())))
                and not self._own_member(cls, name)
            ]
            if not missing:
                continue
            name_start = context.module.document.text.index(cls.node.name, context.span(cls.node)[0])
            pending = context.report(
                rule, (name_start, name_start + len(cls.node.name)), safety=rule.safety,
                fixable=rule.safety != "manual", symbol=selector.base,
                message=f"{rule.message} Here: {', '.join(missing)}.",
            )  # fmt: skip
            if pending is not None:
                lines = [f"{name} = {selector.defaults[name]}" for name in missing]
                pending.edits.append(self._insert_in_class(cls.node, lines))

    def _insert_in_class(self, node: ast.ClassDef, lines: list[str]) -> Edit:
        """Assignments behind the docstring and the plain assignments at the top of a class."""
        context = self.context
        text = context.module.document.text
        last: ast.stmt | None = None
        for position, statement in enumerate(node.body):
            plain = isinstance(statement, ast.Assign | ast.AnnAssign)
            docstring = (
                position == 0
                and isinstance(statement, ast.Expr)
                and isinstance(statement.value, ast.Constant)
            )
            if not (plain or docstring):
                break
            last = statement
        start = context.span(last or node.body[0])[0]
        if last is None and getattr(node.body[0], "decorator_list", []):
            start = context.span(node.body[0].decorator_list[0])[0] - 1  # type: ignore[attr-defined]
        line_start = max(text.rfind("\n", 0, start), text.rfind("\r", 0, start)) + 1
        indent = text[line_start:start]
        newline = "\r\n" if "\r\n" in text else "\n"
        if indent.strip():
            failed = context.composer.add(start, start, "")
            failed.failed = True  # a body on the line of its header: by hand
            return failed
        if last is None:
            block = (newline + indent).join(lines)
            return context.composer.add(start, start, f"{block}{newline}{newline}{indent}")
        line = context.lines.position(context.span(last)[1])[0]
        stop = context.lines.line_start(line) + len(context.lines.line_text(line).rstrip("\r\n"))
        return context.composer.add(stop, stop, "".join(f"{newline}{indent}{item}" for item in lines))

    def _class_attribute(
        self, node: ast.Assign | ast.AnnAssign, rule: Rule, new: str | None, name: str
    ) -> None:
        context = self.context
        if node.value is None and new is None:
            return
        symbol = next(
            (f"{o}.{name}" for r, o, _, _ in context.plan.class_attributes[name] if r is rule), name
        )
        if new is None:
            context.report(rule, node, safety="manual", fixable=False, symbol=symbol)
            return
        target = node.targets[0] if isinstance(node, ast.Assign) else node.target
        pending = context.report(rule, target, safety=rule.safety, fixable=True, symbol=symbol)
        if pending is not None:
            pending.edits.append(context.composer.add(*context.span(target), new))

    def _set_on_self(self, node: ast.Attribute) -> None:
        """``self.name = ...`` in a subclass gives the library's attribute its value as an assignment in the body does."""
        context = self.context
        found = context.tree.enclosing_class(node)
        if found is None or not (isinstance(node.value, ast.Name) and node.value.id == "self"):
            return
        cls, statement = ProjectClass(context.module, found), context.tree.parent.get(node)
        for rule, owner, new, holding in context.plan.class_attributes[node.attr]:
            value = statement.value if isinstance(statement, ast.Assign | ast.AnnAssign) else None
            if holding and type(value).__name__.lower() not in holding:
                continue
            if new is None and context.types.is_a(cls, owner):
                context.report(rule, node, safety="manual", fixable=False, symbol=f"{owner}.{node.attr}")

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
