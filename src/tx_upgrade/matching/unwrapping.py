"""Context managers that are gone: the ``with`` goes, its body stays, and the calls inside say what it said."""

from __future__ import annotations

import ast
import re

from ..analysis.walking import walk
from ..rules.patterns import compile_expression
from ..rules.schema import Case, Rule, UnwrapSelector
from .context import Context, Pending

_REST_OF_LINE = re.compile(r"[ \t]*(#[^\r\n]*)?(\r\n|\r|\n)")


class UnwrapMatcher:
    """All ``with`` statements of one file; run before the calls, to which it hands those inside."""

    def __init__(self, context: Context) -> None:
        self.context = context

    def run(self) -> None:
        for node in self.context.tree.withs:
            for rule, selector in self.context.plan.unwraps:
                for item in node.items:
                    self._item(node, item, rule, selector)

    def _item(
        self, node: ast.With | ast.AsyncWith, item: ast.withitem, rule: Rule, selector: UnwrapSelector
    ) -> None:
        context = self.context
        captures = context.matcher.match(compile_expression(selector.match), item.context_expr)
        if captures is None:
            return
        certainty = None
        for name, bases in selector.where.items():
            certainty = context.types.receiver(context.module, captures.single[name], bases)
            if certainty is None:
                return
        if context.module.guards.of_reference(item.context_expr) is not None:
            return
        calls, leftover = self._calls_inside(node, rule, selector, captures.single)
        simple = len(node.items) == 1 and item.optional_vars is None and not leftover
        message = rule.message
        if leftover:
            line = context.lines.position(context.span(leftover)[0])[0]
            message += f" The body uses it in another way at line {line}: rewrite it by hand."
        pending = context.report(
            rule, item.context_expr, safety=rule.safety, fixable=simple and rule.safety != "manual",
            certainty=certainty or "proven", message=message,
        )  # fmt: skip
        if pending is None:
            return
        for call, case in calls:
            context.forced.setdefault(call, []).append((rule, case, pending))
        self._dedent(node, pending)

    def _calls_inside(
        self,
        node: ast.With | ast.AsyncWith,
        rule: Rule,
        selector: UnwrapSelector,
        outer: dict[str, ast.expr],
    ) -> tuple[list[tuple[ast.Call, Case]], ast.expr | None]:
        """The calls that an ``inside`` case rewrites, and the first use of the receiver that none does."""
        context = self.context
        found: list[tuple[ast.Call, Case]] = []
        for statement in node.body:
            for call in walk(statement):
                if not isinstance(call, ast.Call):
                    continue
                for case in selector.inside:
                    captures = context.matcher.match(compile_expression(case.match), call)
                    if captures is not None and all(
                        ast.dump(captures.single[n]) == ast.dump(v)
                        for n, v in outer.items()
                        if n in captures.single
                    ):
                        found.append((call, case))
                        break
                else:
                    if any(_called_on(call, receiver) for receiver in outer.values()):
                        return found, call
        return found, self._handed_on(node, outer)

    def _handed_on(self, node: ast.With | ast.AsyncWith, outer: dict[str, ast.expr]) -> ast.expr | None:
        """A use of the receiver as a value: what gets it may call it."""
        wanted = {ast.dump(receiver) for receiver in outer.values()}
        for statement in node.body:
            for part in walk(statement):
                if not isinstance(part, ast.expr) or ast.dump(part) not in wanted:
                    continue
                parent = self.context.tree.parent.get(part)
                called = isinstance(parent, ast.Call) and parent.func is part
                if not called and not isinstance(parent, ast.Attribute):
                    return part
        return None

    def _dedent(self, node: ast.With | ast.AsyncWith, pending: Pending) -> None:
        context = self.context
        text = context.module.document.text
        start = context.span(node)[0]
        line_start = max(text.rfind("\n", 0, start), text.rfind("\r", 0, start)) + 1
        first = node.body[0]
        first_start = min(
            context.span(first)[0],
            *(context.span(d)[0] - 1 for d in getattr(first, "decorator_list", [])),
            1 << 60,
        )
        header_end = text.index(":", context.span(node.items[-1].context_expr)[1]) + 1
        if context.lines.position(start)[0] == context.lines.position(first_start)[0]:
            pending.edits.append(context.composer.add(start, first_start, ""))
            return
        rest = _REST_OF_LINE.match(text, header_end)
        if rest is None:
            pending.edits.append(context.composer.add(start, first_start, ""))
            return
        if rest[1]:
            pending.edits.append(context.composer.add(start, rest.start(1), ""))
        else:
            pending.edits.append(context.composer.add(line_start, rest.end(), ""))
        body_indent = first_start - (
            max(text.rfind("\n", 0, first_start), text.rfind("\r", 0, first_start)) + 1
        )
        step = body_indent - (start - line_start)
        inside_strings = self._string_lines(node)
        first_line = context.lines.position(rest.end())[0]
        last_line = context.lines.position(context.span(node.body[-1])[1])[0]
        for line in range(first_line, last_line + 1):
            if line in inside_strings:
                continue
            offset = context.lines.line_start(line)
            margin = text[offset : offset + step]
            if len(margin) == step and not margin.strip(" \t") and not set(margin) & {"\n", "\r"}:
                pending.edits.append(context.composer.add(offset, offset + step, ""))

    def _string_lines(self, node: ast.AST) -> set[int]:
        """Lines that begin inside a string: their white space is part of it."""
        found: set[int] = set()
        for part in walk(node):
            if (
                isinstance(part, ast.Constant | ast.JoinedStr)
                and part.end_lineno
                and part.end_lineno > part.lineno
            ):
                found.update(range(part.lineno + 1, part.end_lineno + 1))
        return found


def _called_on(call: ast.Call, receiver: ast.expr) -> bool:
    wanted = ast.dump(receiver)
    func = call.func
    if ast.dump(func) == wanted:
        return True
    return isinstance(func, ast.Attribute) and ast.dump(func.value) == wanted
