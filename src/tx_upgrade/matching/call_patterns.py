"""Patterns on calls: ``$tokenizer.encode_plus($*args)`` met in a call, and the call rewritten by the rule's template."""

from __future__ import annotations

import ast
from collections.abc import Callable
from copy import deepcopy

from ..analysis.assignments import is_super
from ..analysis.hooks import ignores_output
from ..analysis.kinds import Certainty, ClassObject, Instance
from ..analysis.module import ProjectClass
from ..analysis.walking import walk
from ..rewriting.composer import Inner
from ..rewriting.edits import Fill
from ..rules.patterns import compile_expression, qualified, star_variable, terminal, variable
from ..rules.schema import Case, Rule
from . import templates
from .both_expressions import can_switch, template_needs_both
from .call_model import Added, CallModel
from .callees import Callee, CalleeFinder
from .context import Context
from .flows import Flows
from .mentioned import holds
from .patterns import Captures
from .provenance import given_by, in_front
from .stars import star_texts

Where = dict[str, tuple[str, ...]]


class CallPatterns:
    """Applies match rules to the calls of one file."""

    def __init__(self, context: Context, callees: CalleeFinder) -> None:
        self.context = context
        self.callees = callees

    def apply(
        self,
        model: CallModel,
        rule: Rule,
        case: Case,
        where: dict[str, tuple[str, ...]],
        callee: Callee | None,
    ) -> Callee | bool | None:
        """None: no match; False: matched without a new callee; a Callee: what the call is now."""
        pattern = compile_expression(case.match)
        captures = self.context.matcher.match(pattern, model.shape)
        if captures is None or self.context.already(pattern, case.replace, model.node):
            return None
        if not captures.are_named(case.named) or not self._came_about(case, captures):
            return None
        func = model.node.func
        if isinstance(func, ast.Attribute) and self.context.asked_before(func, func.attr):
            return None
        if case.replace is not None and self._hands_on(model, case.replace, captures):
            return None
        certainty: Certainty = "proven"
        for name, bases in where.items():
            captured = captures.single.get(name)
            if captured is None:
                continue  # another case's variable
            found = self._receiver(captured, bases, callee)
            if found == "likely" and (
                self.context.types.own_look_alike(self.context.module, terminal(pattern) or "")
                or self.context.tells_apart(captured, among=bases)
            ):
                return None
            if found is None:
                word = terminal(pattern) or ""
                module, types = self.context.module, self.context.types
                unknown = types.infer(module, captured) is None
                if unknown and "_" in word and not types.own_look_alike(module, word):
                    self.context.note_untyped(captured, f"{bases[0]}.{word}")
                return None
            if found == "likely":
                certainty = "likely"
        if ignores_output(self.context.types, self.context.module, model.node):
            return None
        safety = "manual" if rule.safety == "manual" else case.safety or rule.safety
        forced = next((p for r, c, p in self.context.forced.get(model.node, ()) if c is case), None)
        if certainty == "likely" and self._said(model, case.message or rule.message):
            return False
        fixable = case.replace is not None and self._as_written(model, captures, case.replace)
        fixable = fixable and not self._calls_itself(model, case.replace or "", captures)
        fixable = fixable and not self._moves_super(case.replace or "", captures)
        split = case.replace is not None and template_needs_both(
            self.context, rule, case.replace, where, case.match
        )
        if split and rule.broken is None:
            return None  # the old form runs on all releases
        can = not split or (can_switch(self.context, model.node, case.replace or "") and not model.findings)
        pending = forced or self.context.report(
            rule, model.node, safety=safety, fixable=fixable and safety != "manual",
            certainty=certainty, message=case.message or rule.message,
            symbol=self.callees.symbol(callee) if callee is not None else None, on_both=can,
        )  # fmt: skip
        if pending is None:
            return False
        assert case.replace is not None
        model.findings.append(pending)
        if split:
            model.since = rule
        return self._rewrite(model, case.replace, captures, callee)

    def _came_about(self, case: Case, captures: Captures) -> bool:
        """Whether what the variables stand for came about as the case wants it."""
        module = self.context.module
        for name, methods in case.given_by.items():
            if name not in captures.single or not given_by(module, captures.single[name], methods):
                return False
        for name, keys in case.in_front.items():
            flows = Flows(module, self.context.types)
            node = captures.single.get(name)
            if node is None or not any(in_front(flows, node, key) for key in keys):
                return False
        return holds(self.context, case, captures.single)

    def _calls_itself(self, model: CallModel, template: str, captures: Captures) -> bool:
        """Whether the new call would be one of the method that it stands in: an override would never end."""
        head = getattr(compile_expression(template), "func", None)
        name = variable(head.value) if isinstance(head, ast.Attribute) else None
        function = self.context.tree.enclosing_function(model.node)
        if name is None or function is None or getattr(head, "attr", "") != function.name:
            return False
        arguments = [*function.args.posonlyargs, *function.args.args]
        return bool(arguments) and getattr(captures.single.get(name), "id", None) == arguments[0].arg

    def _moves_super(self, template: str, captures: Captures) -> bool:
        """Whether ``super()`` would become an argument, which is no object of its own."""
        head = getattr(compile_expression(template), "func", None)
        name = variable(head.value) if isinstance(head, ast.Attribute) else None
        return any(is_super(value) for key, value in captures.single.items() if key != name)

    def _hands_on(self, model: CallModel, template: str, captures: Captures) -> bool:
        """Whether an override only passes on what it gets: then its own caller says all that is new."""
        function = self.context.tree.enclosing_function(model.node)
        return (
            self._moves_super(template, captures)
            and function is not None
            and function.args.kwarg is not None
            and function.name == getattr(model.node.func, "attr", None)
            and any(k.arg is None for k in model.node.keywords)
        )

    def _said(self, model: CallModel, message: str) -> bool:
        """Whether another rule said the same of this call: an object of one of many classes meets many rules."""
        span = self.context.span(model.node)
        return any(p.span == span and p.message == message for p in self.context.pending)

    def _receiver(self, node: ast.expr, bases: tuple[str, ...], callee: Callee | None) -> Certainty | None:
        context = self.context
        if is_super(node):
            if callee is None or callee.owner is None:
                return None
            return "proven" if any(context.types.is_a(callee.owner, b) for b in bases) else None
        found = context.types.infer(context.module, node)
        if isinstance(found, ClassObject):
            return "proven" if any(context.types.is_a(found.of, b) for b in bases) else None
        if isinstance(found, Instance) and isinstance(found.of, ProjectClass) and callee is None:
            return None
        return context.types.receiver(context.module, node, bases)

    def _rewrite(
        self, model: CallModel, template: str, captures: Captures, callee: Callee | None
    ) -> Callee | bool:
        replacement = compile_expression(template)
        context = self.context
        local = templates.localized(template, lambda q: context.imports.local(q, model.node))
        spans = {n: context.span(v) for n, v in captures.single.items()}
        # arguments that stay where they are keep their layout; anything else is written anew
        shaped = isinstance(replacement, ast.Call) and self._keeps_arguments(
            model.node, replacement, captures
        )
        if not shaped:
            if model.since is None:
                self._vanish(model.node, captures)
            stars = star_texts(
                context, model.node, captures, lambda call: model.edit() if call is model.node else None
            )
            given = {n: a for n, v in captures.single.items() for a in model.arguments if a.value is v}

            def whole(inner: Inner) -> str:
                texts = {n: inner(*spans[n]) for n in spans}
                for name, argument in given.items():
                    if argument.new_value is not None:
                        texts[name] = argument.new_value(texts[name])
                values_of = {n: (texts[n], captures.single[n]) for n in spans}
                return templates.fill(local, values_of, stars(inner))

            model.expression = whole
            return False
        localized = ast.parse(local, mode="eval").body
        assert isinstance(localized, ast.Call) and isinstance(replacement, ast.Call)
        function_source = ast.get_source_segment(local, localized.func) or ""
        if function_source != "":
            model.function = self._part(function_source, captures, spans)
        consumed = [a for a in model.arguments if a.entry is None and a.index >= 0]
        own_star = next(star for a in replacement.args if (star := star_variable(a)) is not None)
        staying = {id(x.value) if isinstance(x, ast.keyword) else id(x) for x in captures.star[own_star]}
        for argument in consumed:
            value = argument.value
            parent = context.tree.parent.get(value)
            starred = parent if isinstance(parent, ast.Starred) else None
            if id(value) not in staying and (starred is None or id(starred) not in staying):
                argument.removed = argument.touched = True
        star_at = next(a.col_offset for a in localized.args if star_variable(a) is not None)
        if model.since is None:
            self._vanish(model.node.func, captures)
        for item in localized.args:
            if star_variable(item) is None:
                source = ast.get_source_segment(local, item) or ""
                model.prepend.append((None, self._late(model, source, captures, spans)))
        for keyword in localized.keywords:
            if keyword.arg is not None:
                source = ast.get_source_segment(local, keyword.value) or ""
                late = self._late(model, source, captures, spans)
                if keyword.value.col_offset < star_at:
                    model.prepend.append((keyword.arg, late))
                else:
                    model.added.append(Added(keyword.arg, _ignoring_value(late), None))
        model.shape = _filled(replacement, captures, model.node)
        head = replacement.func
        name = variable(head)
        if name is not None:
            return Callee(
                owner=callee.owner if callee else None, method="__call__", receiver=captures.single[name]
            )
        path = qualified(head)
        if path is not None:
            # a function now: what rules say of the method that it was does not concern it
            return Callee(symbol=path)
        if isinstance(head, ast.Attribute) and variable(head.value) is not None:
            return Callee(
                owner=callee.owner if callee else None,
                method=head.attr,
                receiver=callee.receiver if callee else None,
            )
        return False

    @staticmethod
    def _keeps_arguments(node: ast.Call, replacement: ast.Call, captures: Captures) -> bool:
        """Whether the template is a call around one ``$*name``, which are arguments of the call itself."""
        own = [s for a in replacement.args if (s := star_variable(a)) is not None]
        everywhere = [s for part in walk(replacement) if (s := star_variable(part)) is not None]
        if len(own) != 1 or own != everywhere:
            return False
        return all(i in node.args or i in node.keywords for i in captures.star[own[0]])

    def _as_written(self, model: CallModel, captures: Captures, template: str) -> bool:
        """Whether all that a pattern took stands in the source, and nothing that was added to the call is lost."""
        if model.shape is model.node:
            return True
        written = self.context.tree.parent
        taken: list[ast.AST] = [*captures.single.values()]
        taken += [i.value if isinstance(i, ast.keyword) else i for s in captures.star.values() for i in s]
        replacement = compile_expression(template)
        keeps = isinstance(replacement, ast.Call) and self._keeps_arguments(model.node, replacement, captures)
        return not model.prepend and (keeps or not model.added) and all(node in written for node in taken)

    def _vanish(self, root: ast.AST, captures: Captures) -> None:
        """Everything that no variable hands on vanishes, and with it what it refers to."""
        kept = {id(n) for v in captures.single.values() for n in walk(v)}
        kept |= {id(n) for items in captures.star.values() for item in items for n in walk(item)}
        for node in walk(root):
            if id(node) not in kept:
                self.context.consumed.add(node)

    def _part(
        self, source: str, captures: Captures, spans: dict[str, tuple[int, int]]
    ) -> Callable[[Inner], str]:
        return lambda inner: templates.fill(
            source, {n: (inner(*spans[n]), captures.single[n]) for n in spans}
        )

    def _late(
        self, model: CallModel, source: str, captures: Captures, spans: dict[str, tuple[int, int]]
    ) -> Callable[[], str]:
        def produce() -> str:
            assert model.inner is not None
            inner = model.inner
            return templates.fill(source, {n: (inner(*spans[n]), captures.single[n]) for n in spans})

        return produce


def _ignoring_value(produce: Callable[[], str]) -> Fill:
    return lambda _: produce()


def _filled(template: ast.Call, captures: Captures, at: ast.Call) -> ast.Call:
    """The call that a template gives, made of the nodes that its variables took."""

    class Filler(ast.NodeTransformer):
        def visit_Name(self, node: ast.Name) -> ast.expr:
            name = variable(node)
            return node if name is None else captures.single[name]

    args: list[ast.expr] = []
    keywords: list[ast.keyword] = []
    for argument in template.args:
        star = star_variable(argument)
        if star is None:
            args.append(Filler().visit(deepcopy(argument)))
            continue
        for item in captures.star[star]:
            if isinstance(item, ast.keyword):
                keywords.append(item)
            else:
                args.append(item)
    keywords += [Filler().visit(deepcopy(k)) for k in template.keywords]
    call = ast.Call(func=Filler().visit(deepcopy(template.func)), args=args, keywords=keywords)
    return ast.copy_location(call, at)
