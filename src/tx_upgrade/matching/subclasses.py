"""Rules on the project's classes that derive from the library's: overrides, attributes of the body, lost defaults."""

from __future__ import annotations

import ast

from ..analysis.assignments import assigned_on_self
from ..analysis.module import LibraryName, ProjectClass
from ..rewriting.composer import Edit, Inner
from ..rules.schema import ClassAttributeSelector, Rule
from . import templates
from .added_bases import added_bases
from .both_expressions import by_release, can_switch
from .context import Context
from .overrides import override
from .pairing import paired


def own_member(context: Context, cls: ProjectClass, name: str) -> bool:
    """Whether a class of the project has a member of its own, not the library's."""
    project = context.project
    if project.own_method(cls, name) is not None:
        return True
    if context.renames_field(cls, name):
        return False
    return any(assigned_on_self(owner, name) for owner in project.lineage(cls))


class SubclassMatcher:
    """Overrides, class attributes and class defaults of one file."""

    def __init__(self, context: Context) -> None:
        self.context = context

    def run(self) -> None:
        context = self.context
        for attribute in context.tree.attributes:
            if attribute.attr in context.plan.class_attributes and isinstance(attribute.ctx, ast.Store):
                self._set_on_self(attribute)
        for node in context.tree.classes:
            if node.bases and context.plan.added_bases:
                self._added_bases(ProjectClass(context.module, node))
            self._class(node)

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
                    adds = bool(selector.add_parameters or selector.add_var_keyword)
                    if context.types.is_a(cls, owner) or (
                        selector.append is None and self._is_mixed_in(cls, owner, always=not adds)
                    ):
                        override(context, statement, rule, selector)
        for name, assigned in targets.items():
            for rule, owner, new, wanted in plan.class_attributes.get(name, ()):
                derives = context.types.is_a(cls, owner) or self._is_mixed_in(cls, owner, always=True)
                if _holds(assigned.value, wanted) and derives:
                    self._class_attribute(cls, assigned, rule, new, name, wanted)

    def _is_mixed_in(self, cls: ProjectClass, owner: str, *, always: bool) -> bool:
        """Whether a class without bases in the library overrides for those below it that derive from ``owner``.

        ``always``: only where all of them do; a parameter more, with a default, hurts nobody else.
        """
        project, types = self.context.project, self.context.types
        if project.library_bases(cls):
            return False
        below = project.below(cls)
        last = [b for b in below if not project.below(b)]
        deriving = [types.is_a(b, owner) for b in last]
        return bool(deriving) and (all(deriving) if always else any(deriving))

    def _added_bases(self, cls: ProjectClass) -> None:
        context = self.context
        for rule, selector in added_bases(context, cls):
            last = cls.node.bases[-1]
            name_start = context.module.document.text.index(cls.node.name, context.span(cls.node)[0])
            pending = context.report(
                rule, (name_start, name_start + len(cls.node.name)), safety=rule.safety,
                fixable=rule.safety != "manual", symbol=selector.of,
            )  # fmt: skip
            if pending is not None:
                span = context.span(last)
                local = context.imports.local(selector.base, cls.node)

                def produce(inner: Inner, span: tuple[int, int] = span, local: str = local) -> str:
                    return f"{inner(*span)}, {local}"

                pending.edits.append(context.composer.add(*span, produce))

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
                and not own_member(context, cls, name)
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
        self,
        cls: ProjectClass,
        node: ast.Assign | ast.AnnAssign,
        rule: Rule,
        new: str | None,
        name: str,
        selector: ClassAttributeSelector,
    ) -> None:
        context = self.context
        if node.value is None and new is None:
            return
        symbol = next(
            (f"{o}.{name}" for r, o, _, _ in context.plan.class_attributes[name] if r is rule), name
        )
        if new is None:
            self._class_value(cls, node, rule, symbol, selector)
            return
        target = node.targets[0] if isinstance(node, ast.Assign) else node.target
        pending = context.report(rule, target, safety=rule.safety, fixable=True, symbol=symbol)
        if pending is not None:
            pending.edits.append(context.composer.add(*context.span(target), new))

    def _class_value(
        self,
        cls: ProjectClass,
        node: ast.Assign | ast.AnnAssign,
        rule: Rule,
        symbol: str,
        selector: ClassAttributeSelector,
    ) -> None:
        """Another value for an attribute of the body: the list as a dictionary, or what a template makes of it."""
        context, value = self.context, node.value
        assert value is not None
        pairs = paired(context.project, cls, value, selector.paired) if selector.paired is not None else None
        fixable = rule.safety != "manual" and (pairs is not None or selector.value is not None)
        both = context.engine.both
        split = both is not None and not both.old.before_range(rule)
        pending = context.report(
            rule, node, safety=rule.safety, fixable=fixable, symbol=symbol,
            on_both=not split or can_switch(context, value, "" if pairs is not None else selector.value or ""),
        )  # fmt: skip
        if pending is None:
            return
        start, end = context.span(value)
        if pairs is not None:
            text = "{" + ", ".join(f'"{path}": "{source}"' for path, source in pairs.items()) + "}"
            edit = (
                by_release(context, value, lambda _: text, rule)
                if split
                else context.composer.add(start, end, text)
            )
            pending.edits.append(edit)
            return
        template = templates.localized(selector.value or "", lambda q: context.imports.local(q, node))

        def produce(inner: Inner) -> str:
            return templates.fill(template, {"value": (inner(start, end), value)})

        if split:
            pending.edits.append(by_release(context, value, produce, rule))
            return
        pending.edits.append(context.composer.add(start, end, produce))

    def _set_on_self(self, node: ast.Attribute) -> None:
        """``self.name = ...`` in a subclass gives the library's attribute its value as an assignment in the body does."""
        context = self.context
        found = context.tree.enclosing_class(node)
        if found is None or not (isinstance(node.value, ast.Name) and node.value.id == "self"):
            return
        cls, statement = ProjectClass(context.module, found), context.tree.parent.get(node)
        for rule, owner, new, selector in context.plan.class_attributes[node.attr]:
            value = statement.value if isinstance(statement, ast.Assign | ast.AnnAssign) else None
            if not _holds(value, selector):
                continue
            if new is None and context.types.is_a(cls, owner):
                context.report(rule, node, safety="manual", fixable=False, symbol=f"{owner}.{node.attr}")


def _holds(value: ast.expr | None, selector: ClassAttributeSelector) -> bool:
    return not selector.holding or type(value).__name__.lower() in selector.holding
