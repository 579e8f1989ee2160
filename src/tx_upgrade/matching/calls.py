"""All calls of one file: who is called, which rules speak of it, and the edit that they add up to."""

from __future__ import annotations

import ast

from ..analysis.knowledge import HANDED_ON, PARSER, PARSES_DICTIONARY, hinted_name
from ..analysis.module import ExternalName, LibraryName, ProjectClass, ProjectFunction
from ..analysis.types import ClassObject, Instance
from ..history.parts import names_of_stacks
from ..rewriting.composer import Inner
from ..rules.patterns import terminal
from ..rules.schema import CallSelector, Case, Rule
from .argument_residuals import ArgumentResiduals
from .argument_rules import ArgumentRules
from .both_arguments import settle
from .both_expressions import by_release
from .call_model import CallModel
from .call_patterns import CallPatterns, Where
from .callees import Callee, CalleeFinder
from .context import Context
from .entries import Entries
from .flows import PASSED_ON, Flows
from .keys import UnseenKeys
from .parsers import own_fields, parsed_classes
from .unpacked_files import hand_through

Candidate = tuple[int, Rule, tuple[str, CallSelector] | tuple[Case, Where]]


class CallMatcher:
    """Meets the calls of one file with call rules and call patterns, in the order of the rules."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.callees = CalleeFinder(context)
        self.arguments = ArgumentRules(context, self.callees)
        self.patterns = CallPatterns(context, self.callees)
        self.flows = Flows(context.module, context.types)
        self.entries = Entries(context, self.flows)
        self.unseen = UnseenKeys(context, self.callees, self.arguments, self.flows)
        self.leftovers = ArgumentResiduals(context, self.callees)
        self._object_names = {
            a.attr for a in context.tree.attributes if isinstance(a.ctx, ast.Store)
        } | context.project.own_members(context.module)
        self._any_call_rules = "__call__" in context.plan.calls or "*" in context.plan.call_patterns

    def run(self) -> None:
        for call in self.context.tree.calls:
            if call not in self.context.consumed:
                self._call(call)
        self.unseen.report(self._call_rules, self.entries)
        self.entries.settle()

    def _call(self, node: ast.Call) -> None:
        func: ast.expr = node.func
        offset = 0
        if self.context.qualified(func) == "functools.partial" and node.args:
            func, offset = node.args[0], 1
        replaced = self._replaced(node)
        if (not replaced and not self._interesting(node, func)) or (
            isinstance(func, ast.Name) and func.id == "dict"
        ):
            return
        callee = self.callees.identify(node, func) if not replaced else Callee(symbol=replaced)
        if callee is not None and callee.method == "__init__" and isinstance(callee.owner, str):
            # Trainer.__init__(self, …) is the constructor with one argument more
            callee, offset = Callee(symbol=callee.owner), offset + 1
        spread = any(k.arg is None or k.arg in PASSED_ON for k in node.keywords)
        if (
            (callee is None or callee.symbol is None)
            and not spread
            and (callee is None or callee.method != PARSES_DICTIONARY)
            and not self._candidates(node, callee)
            and (callee is None or not self.leftovers.concern(node, callee))
        ):
            return
        if self.context.module.guards.of_call(node) is not None:
            return
        model = CallModel(node, offset, self.callees.parameters(callee) if not replaced else [], self.flows)
        model.changes = replaced is not None
        current = self._apply_rules(model, callee, func)
        if callee is not None and model.expression is None and not callee.stand_in:
            self.leftovers.check(model, callee, current)
            self._handed_on(model, callee)
            if callee.method == PARSES_DICTIONARY:
                self._parsed(model, callee)
        self.entries.remember(model)
        self.unseen.remember(model, callee)
        self._commit(model)

    def _replaced(self, node: ast.Call) -> str | None:
        """The library's class of what ``dataclasses.replace`` makes anew: its keywords are that constructor's."""
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if name != "replace" or not (node.args and node.keywords):
            return None
        if self.context.qualified(node.func) != "dataclasses.replace":
            return None
        found = self.context.types.infer(self.context.module, node.args[0])
        if not isinstance(found, Instance) or found.among:
            return None
        if isinstance(found.of, str):
            return found.of
        return next(iter(self.context.project.library_bases(found.of)), None)

    def _handed_on(self, model: CallModel, callee: Callee) -> None:
        """Rules on the call that gets a dictionary among these arguments: ``pipeline(model_kwargs={…})``."""
        for wanted, names in HANDED_ON.items():
            given = [(a, names[n]) for n in names for a in model.find(n) if a.entry is None]
            certainty = self.callees.meets(wanted, callee) if given else None
            if certainty is None:
                continue
            for argument, inner in given:
                owner, _, method = inner.rpartition(".")
                taken = CallModel.of_dictionary(model, argument.value, self.flows)
                for rule, name, selector in self._call_rules(Callee(owner=owner, method=method)):
                    meets = self.callees.meets(name, Callee(owner=owner, method=method)) is not None
                    if meets and selector.arguments_only and taken.mentions(selector.arguments):
                        target = Callee(owner=owner, method=method)
                        self.arguments.apply(taken, rule, selector, target, certainty, model.node.func)
                self.entries.remember(taken)
                self.unseen.remember(taken, Callee(owner=owner, method=method))

    def _parsed(self, model: CallModel, callee: Callee) -> None:
        """``parser.parse_dict({…})``: what the dictionary holds are arguments of the classes that the parser fills."""
        context = self.context
        if self.callees.meets(f"{PARSER}.{PARSES_DICTIONARY}", callee) is None:
            return
        classes = parsed_classes(context)
        own = own_fields(context, classes)
        for argument in [a for a in model.find("args") if a.entry is None]:
            for cls in dict.fromkeys(classes):
                target = Callee(symbol=cls) if isinstance(cls, str) else Callee(project_class=cls)
                if not self._call_rules(target):
                    continue
                taken = CallModel.of_dictionary(model, argument.value, self.flows)
                taken.arguments = [a for a in taken.arguments if a.name not in own]
                for rule, name, selector in self._call_rules(target):
                    if self.callees.meets(name, target) is None:
                        continue
                    if selector.unpacked is not None:
                        symbol = self.callees.symbol(target)
                        if not argument.touched:
                            hand_through(
                                context, model, argument, rule, selector.unpacked, own, "proven", symbol
                            )
                    elif selector.arguments_only and taken.mentions(selector.arguments):
                        self.arguments.apply(taken, rule, selector, target, "proven", model.node.func)
                self.entries.remember(taken)
                self.unseen.remember(taken, None)

    def _interesting(self, node: ast.Call, func: ast.expr) -> bool:
        plan = self.context.plan
        name = func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", None)
        if name is None:
            # TABLE[key](…), TABLE.get(key)(…), pipeline(task)(…)
            return isinstance(func, ast.Subscript | ast.Call) and isinstance(
                self.context.types.infer(self.context.module, func), ClassObject | Instance
            )
        if (
            name in plan.calls
            or name in plan.call_patterns
            or name == PARSES_DICTIONARY
            or node in self.context.forced
            or name in plan.stands_for
        ):
            return True
        if isinstance(func, ast.Attribute) and (func.attr == "__init__" or self.leftovers.named(node, name)):
            return True
        if any(k.arg in PASSED_ON for k in node.keywords):
            return True
        target = self.context.project.resolve(self.context.module, func)
        if isinstance(target, LibraryName | ProjectClass):
            return True
        if isinstance(target, ProjectFunction | ExternalName):
            return False
        alias = self.callees.alias(func)
        if alias is not None and alias.attr in plan.calls:
            return True
        if not self._any_call_rules:
            return isinstance(self.context.types.infer(self.context.module, func), ClassObject)
        # the call of an object: a variable, or an attribute that some class of the project is given
        if isinstance(func, ast.Name):
            return bool(self.context.module.bindings(func))
        return name in self._object_names or hinted_name(name) or name in names_of_stacks()

    def _candidates(
        self, node: ast.Call, callee: Callee | None, shape: ast.Call | None = None
    ) -> list[Candidate]:
        shape = shape or node
        found: list[Candidate] = []
        if callee is not None:
            for rule, wanted, selector in self._call_rules(callee):
                found.append((rule.order, rule, (wanted, selector)))
        name = terminal(shape.func)
        # patterns such as $tokenizer($*args) are about objects: not about functions, classes and methods that are known
        objects = callee is None or (
            callee.symbol is None and (callee.owner is None or callee.method == "__call__")
        )
        given = {k.arg for k in shape.keywords}
        for key in (name, "*") if objects else (name,):
            for rule, case, where in self.context.plan.call_patterns.get(key or "*", ()):
                if case.outline.keywords <= given:
                    found.append((rule.order, rule, (case, where)))
        for rule, case, _ in self.context.forced.get(node, ()):
            found.append((rule.order, rule, (case, {})))
        found.sort(key=lambda f: f[0])
        return found

    def _call_rules(self, callee: Callee) -> list[tuple[Rule, str, CallSelector]]:
        calls = self.context.plan.calls
        if callee.method is not None:
            return calls.get(callee.method, [])
        last = callee.symbol.rpartition(".")[2] if callee.symbol is not None else ""
        functions = [e for e in calls.get(last, ()) if not self.callees.is_constructor(e[1])]
        return [*self._constructor_rules(callee), *functions]

    def _constructor_rules(self, callee: Callee) -> list[tuple[Rule, str, CallSelector]]:
        """Rules on the constructor of a class or of one of its bases."""
        if callee.among:
            each = [self._constructor_rules(a) for a in callee.among]
            return list({(e[0].id, e[1]): e for rules in each for e in rules}.values())
        kept = self.context.engine.constructor_rules
        key = callee.symbol or callee.project_class
        if key not in kept:
            calls = self.context.plan.calls.values()
            rules = (e for es in calls for e in es if self.callees.is_constructor(e[1]))
            kept[key] = [e for e in rules if self.callees.meets(e[1], callee) is not None]
        return kept[key]

    def _apply_rules(self, model: CallModel, callee: Callee | None, func: ast.expr) -> Callee | None:
        """Apply the rules in their order; gives what is called in the end."""
        done: set[str] = set()
        current = callee
        last = -1
        progress = True
        while progress:
            progress = False
            for order, rule, what in self._candidates(model.node, current, model.shape):
                if order <= last or rule.id in done:
                    continue
                if isinstance(what[0], Case):
                    assert isinstance(what[1], dict)
                    changed = self.patterns.apply(model, rule, what[0], what[1], current)
                    if changed is None:
                        continue
                    done.add(rule.id)
                    if isinstance(changed, Callee):
                        current = changed
                    if model.expression is not None:
                        return current
                    if changed:
                        last, progress = order, True
                        break
                    continue
                wanted, selector = what
                assert isinstance(selector, CallSelector) and current is not None
                if selector.arguments_only and not model.mentions(selector.arguments):
                    continue
                if current.stand_in and selector.replace is not None:
                    continue
                certainty = self.callees.meets(wanted, current)
                if certainty is None:
                    continue
                if current.among and not self.callees.meets_all(selector, current):
                    certainty = "partly"
                done.add(rule.id)
                self.arguments.apply(model, rule, selector, current, certainty, func)
        return current

    def _commit(self, model: CallModel) -> None:
        """Turn the model into an edit of the call's text."""
        context = self.context
        node = model.node
        start, end = context.span(node)
        if context.engine.both is not None:
            settle(context, context.engine.both, model)
        edit = model.edit()
        function = model.function
        expression = model.expression
        if not edit and function is None and expression is None:
            return

        def produce(inner: Inner) -> str:
            from ..rewriting.calls import render_call

            model.inner = inner
            if expression is not None:
                return expression(inner)
            edit.function = (lambda: function(inner)) if function is not None else None
            text = render_call(inner(start, end), edit)
            for taking, handed in model.handed.items():
                given = [
                    f"{a.name}={inner(*context.span(a.value))}" for a in sorted(handed, key=lambda a: a.index)
                ]
                text = f"{taking}({', '.join([text, *given])})"
            return text

        if model.since is not None:
            made = by_release(context, node, produce, model.since)
            # the old call stays beside the new one: whatever else was to change is not in it
            made.failed = any(p.rule is not model.since for p in model.findings)
        else:
            made = context.composer.add(start, end, produce)
        for pending in model.findings:
            pending.edits.append(made)
