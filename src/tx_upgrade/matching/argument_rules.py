"""Call rules: the operations of a rule on the arguments of one call."""

from __future__ import annotations

import ast
from fnmatch import fnmatchcase
from typing import Any

from ..analysis.alternatives import may_be
from ..analysis.kinds import Certainty, Instance
from ..analysis.makers import maker
from ..analysis.module import Module, ProjectValue
from ..analysis.possible import could_be
from ..model import Safety
from ..rewriting.edits import Fill
from ..rules.patterns import compile_expression, terminal
from ..rules.schema import ANY, INSTANCE, ArgumentOp, CallSelector, Like, MadeWith, Rule, Written
from . import templates, values
from .abroad import may_change
from .both_arguments import added_since, form_of, keep_earlier, named_callee
from .call_model import Added, Argument, CallModel, argument_node
from .callees import Callee, CalleeFinder
from .context import Context, weaker
from .outcomes import Outcomes
from .provenance import made_with
from .taken import read_in_parts
from .through import (
    add_where_made,
    goes_through,
    lead_through,
    made_so,
    plain_receiver,
    receiver_of,
    taken_by_place,
)
from .unpacked_files import hand_through


class ArgumentRules:
    """Applies call rules of one file."""

    def __init__(self, context: Context, callees: CalleeFinder) -> None:
        self.context = context
        self.callees = callees
        self.outcomes = Outcomes(context)

    def apply(
        self,
        model: CallModel,
        rule: Rule,
        selector: CallSelector,
        callee: Callee,
        certainty: Certainty,
        func: ast.expr,
    ) -> None:
        off = [name for name, wanted in selector.unless.items() if self._holds(model, name, wanted)]
        if not all(map(model.at_times, off)):
            return
        if self.context.written_for_target(rule, model.node):
            return
        if not all(self._holds(model, name, wanted) for name, wanted in selector.require.items()):
            return
        if selector.whole and read_in_parts(self.context, model.node):
            return
        if selector.defining and not self.callees.defines(callee, selector.defining):
            return
        doubted = self._doubted(rule, selector, model)
        model.doubted = doubted is not rule
        rule = doubted
        own = self.callees.own_parameters(callee)
        if selector.keyword_only_from is not None and own is None:
            self._keywordize(model, rule, selector.keyword_only_from, callee, certainty)
        fields = self.callees.own_fields(callee)
        if any(name in fields for name, wanted in selector.unless.items() if wanted == ANY):
            return  # the project's class says itself what it is when nothing is passed
        for name, operations in selector.arguments.items():
            if name in fields or (own is not None and name in own):
                continue
            for argument in model.find(name):
                if not model.together(argument, selector.require):
                    continue
                self._operate(model, rule, operations, argument, certainty, callee)
            for added in model.added:
                # what an earlier rule added takes part in later renames
                if added.name == name and operations[-1].rename and not model.gives(operations[-1].rename):
                    added.name = operations[-1].rename
        if selector.unpacked is not None:
            for argument in [a for a in model.arguments if a.spread and a.keyword]:
                hand_through(
                    self.context, model, argument, rule, selector.unpacked, frozenset(fields), certainty,
                    self.callees.symbol(callee),
                )  # fmt: skip
            return
        if model.changes:
            return  # what an object has stays as it is
        if selector.add and (own is None or (selector.defining and not any(n in own for n in selector.add))):
            self._add(model, rule, selector, callee, certainty)
        if selector.replace is not None:
            self._replace_callee(model, rule, selector.replace, callee, certainty, func)
        elif not selector.arguments and not selector.add and selector.keyword_only_from is None:
            self.context.report(
                rule,
                model.node.func,
                safety="manual",
                fixable=False,
                certainty=certainty,
                symbol=self.callees.symbol(callee),
            )

    @staticmethod
    def _doubted(rule: Rule, selector: CallSelector, model: CallModel) -> Rule:
        """A rule in a call that unpacks what may hold the very argument that switches the rule off."""
        if rule.safety == "manual":
            return rule
        # who passes an argument under its old name does not pass it under the new one as well
        renamed = {op.rename for ops in selector.arguments.values() for op in ops}
        unseen = [
            n
            for n in selector.unless
            if model.at_times(n) or not (model.complete or model.gives(n) or n in renamed)
        ]
        if not unseen:
            return rule
        message = f"{rule.message} Only where what is unpacked here does not hold {' or '.join(unseen)}."
        return rule._replace(safety="unsafe", message=message)

    def _holds(self, model: CallModel, name: str, wanted: object) -> bool:
        if isinstance(wanted, Written):
            return self._may_be(model, name, wanted)
        if any(a.name == name for a in model.added):
            return wanted == ANY
        found = model.find(name)
        if not found:
            return False
        if wanted == ANY:
            return True
        if wanted == INSTANCE:
            types = self.context.types
            return any(
                isinstance(types.infer(_module_of(a) or self.context.module, a.value), Instance)
                for a in found
            )
        if isinstance(wanted, MadeWith):
            context = self.context
            return any(
                made_with(context.types, _module_of(a) or context.module, a.value, wanted.argument)
                for a in found
            )
        if isinstance(wanted, Like):
            texts = [t.lower() for a in found if (t := self._text(a)) is not None]
            return any(fnmatchcase(t, p) for t in texts for p in wanted.patterns)
        assert isinstance(wanted, tuple)
        return any(values.equals(a.literal(), wanted) for a in found)

    def _text(self, argument: Argument) -> str | None:
        """The string that an argument is; ``{}`` stands for what an f-string puts in."""
        value = argument.literal()
        if value is values.NOT_LITERAL and argument.new_value is None:
            node = argument.value
            if isinstance(node, ast.JoinedStr):
                return "".join(str(p.value) if isinstance(p, ast.Constant) else "{}" for p in node.values)
            target = self.context.project.resolve(_module_of(argument) or self.context.module, node)
            if isinstance(target, ProjectValue) and len(target.bindings) == 1:
                binding = target.bindings[0]
                if binding.kind == "assign" and binding.value is not None and not binding.index:
                    value = values.literal(binding.value)
        return value if isinstance(value, str) else None

    def _may_be(self, model: CallModel, name: str, wanted: Written) -> bool:
        """Whether run time may bring a string for an argument that the project writes somewhere."""
        found = model.find(name)
        unknown = any(self._text(a) is None and a.literal() is values.NOT_LITERAL for a in found)
        if not unknown and (found or model.complete):
            return False
        return any(
            fnmatchcase(str(string.value).lower(), pattern)
            for module in self.context.project.peers(self.context.module)
            for string in module.scopes.strings
            for pattern in wanted.patterns
        )

    def choose(self, operations: tuple[ArgumentOp, ...], argument: Argument) -> ArgumentOp | None:
        """The first operation whose condition the argument's value meets."""
        value = argument.literal()
        for op in operations:
            if op.is_ is not None and not values.equals(value, op.is_):
                continue
            if op.not_ is not None and values.equals(value, op.not_):
                continue
            if op.of is not None and not self._certainly(argument, op.of):
                continue
            if op.may_be is not None and not self._possibly(argument, op):
                continue
            if op.literal is not None and op.literal is (value is values.NOT_LITERAL):
                continue
            if op.could_be is not None and not self._possible(argument, op.could_be):
                continue
            if op.read is not None and (argument.entry is not None or not self._is_read(op.read)):
                continue
            return op
        return None

    def _is_read(self, attribute: str) -> bool:
        """Whether the project reads an attribute of a class of the library."""
        owner, _, name = attribute.rpartition(".")
        types = self.context.types
        return any(
            isinstance(node.ctx, ast.Load)
            and isinstance(found := types.infer(peer, node.value), Instance)
            and types.is_a(found.of, owner)
            for peer in self.context.project.peers(self.context.module)
            for node in peer.scopes.attributes
            if node.attr == name
        )

    def _possible(self, argument: Argument, wanted: tuple[Any, ...]) -> bool:
        module = _module_of(argument) or self.context.module
        return could_be(self.context.types, module, argument.value, wanted, argument.name or "")

    def _certainly(self, argument: Argument, classes: tuple[str, ...]) -> bool:
        if argument.new_value is not None:
            return False  # an earlier rule has made something else of it
        types = self.context.types
        found = types.infer(self.context.module, argument.value)
        return isinstance(found, Instance) and types.certainly(found, classes)

    def _possibly(self, argument: Argument, op: ArgumentOp) -> bool:
        if argument.new_value is not None or argument.literal() is not values.NOT_LITERAL:
            return False
        if op.value is not None and isinstance(argument.value, ast.Call):
            made = terminal(compile_expression(op.value))
            if made is not None and made == terminal(argument.value):
                return False  # an earlier run wrote it
        return may_be(self.context.types, self.context.module, argument.value, op.may_be or ())

    def _operate(
        self,
        model: CallModel,
        rule: Rule,
        operations: tuple[ArgumentOp, ...],
        argument: Argument,
        certainty: Certainty,
        callee: Callee,
    ) -> None:
        op = self.choose(operations, argument)
        if op is None or (op.value is not None and _is_made(op.value, argument)):
            return
        context = self.context
        safety: Safety = "manual" if rule.safety == "manual" else op.safety or rule.safety
        if model.doubted:
            safety = weaker(safety, "unsafe")
        message = op.message or rule.message
        fixable = not op.reports_only and safety != "manual"
        node = argument_node(model, argument)
        if op.through is not None:
            self._lead_through(model, rule, op, argument, certainty, callee, safety, message)
            return
        explanation = ""
        drops = op.remove or (bool(op.replace) and not any("$value" in t for _, t in op.replace))
        if fixable and drops and not values.is_pure(argument.value, context.qualified):
            fixable = False
            message += " The value has a side effect, so the argument is not dropped: move it out first."
        new_names = [op.rename] if op.rename else [n for n, _ in op.replace]
        clash = [n for n in new_names if n is not None and n != argument.name and model.clashes(n, argument)]
        if fixable and clash:
            fixable = False
            message += f" The call already passes {', '.join(clash)}: decide which of the two is meant."
        if argument.entry is not None:
            change = self._change_abroad(argument, op)
            if change is not None:
                safety = weaker(safety, change)
            elif argument.entry in model.doubtful:
                safety = weaker(safety, "unsafe")
                explanation = "the dictionary is used for other things too"
            if op.hand_to is not None:
                fixable = False
                change = None
            read = model.read_elsewhere(argument.entry.name, len(op.replace) > 1)
            if fixable and change is None and read and not _keeps(argument, op):
                fixable = False
                message += read
            if argument.entry.module is not None and not _keeps(argument, op):
                document = argument.entry.module
                line = document.lines.position(document.lines.span(argument.entry.value)[0])[0]
                fixable = fixable and change is not None
                where = f" It is written in {document.document.path}:{line}"
                message += f"{where}, and changed there." if fixable else f"{where}: change it there."
            elif fixable and op.remove and argument.entry.kind == "pair":
                fixable = False
                message += " Take the pair out of the list."
        by_position = not argument.keyword and argument.entry is None
        if (
            fixable
            and by_position
            and op.rename
            and op.value is None
            and self._same_place(callee, argument, op.rename)
        ):
            argument.name = op.rename
            return
        both = context.engine.both
        form = form_of(context, both, rule, op, argument, callee) if both is not None else "both"
        if form != "both" and rule.broken is None:
            return  # the old form runs on all of them
        pending = context.report(
            rule, node, safety=safety, fixable=fixable, certainty=certainty, message=message,
            symbol=self.callees.symbol(callee), explanation=explanation, on_both=form != "new",
        )  # fmt: skip
        if pending is None:
            return
        model.findings.append(pending)
        if both is not None and form == "split":
            keep_earlier(context, both, rule, op, argument, callee)
        if not argument.keyword and argument.entry is None and (op.remove or op.replace or op.rename):
            self._from_here_keywords(model, argument)
        argument.touched = True
        if op.rename is not None:
            argument.name = op.rename
        if op.value is not None:
            self._set_value(argument, op.value, node)
        if op.remove:
            argument.removed = True
        if op.replace:
            if form == "split" and len(op.replace) == 1:
                argument.name = op.replace[0][0]
                self._set_value(argument, op.replace[0][1], node)
            elif form == "split":
                argument.replaced = [(n, self._filler(t, argument, node)) for n, t in op.replace]
                argument.removed = True
            else:
                self._replace_argument(model, argument, op.replace, node)
        if op.hand_to is not None:
            argument.removed = True
            model.handed.setdefault(context.imports.local(op.hand_to, model.node), []).append(argument)

    def _lead_through(
        self,
        model: CallModel,
        rule: Rule,
        op: ArgumentOp,
        argument: Argument,
        certainty: Certainty,
        callee: Callee,
        safety: Safety,
        message: str,
    ) -> None:
        context = self.context
        template = op.through or ""
        receiver = receiver_of(model, callee)
        made_by = (
            maker(context.types, context.module, receiver) if receiver is not None and op.made_with else None
        )
        if made_so(made_by, op.made_with) and not taken_by_place(context, model.node):
            return
        if receiver is not None and goes_through(receiver, template):
            return
        repeated = "$value" in template
        fixable = receiver is not None and safety != "manual"
        if repeated and (argument.entry is not None or not values.is_pure(argument.value, context.qualified)):
            fixable = False
        if argument.entry in model.optional or (
            argument.entry is not None and argument.entry in model.doubtful
        ):
            safety = weaker(safety, "unsafe")
        pending = context.report(
            rule, argument_node(model, argument), safety=safety, fixable=fixable, certainty=certainty,
            message=message, symbol=self.callees.symbol(callee), on_both=self._exists(rule, op.through),
        )  # fmt: skip
        if pending is not None and receiver is not None:
            added = None
            if made_by is not None and not taken_by_place(context, model.node):
                added = add_where_made(context, made_by, op.made_with)
            if added is not None:
                pending.edits.append(added)
                return
            if not argument.keyword and argument.entry is None:
                model.findings.append(pending)
                argument.touched = True
                self._from_here_keywords(model, argument)
            pending.edits.append(lead_through(context, model, receiver, template, argument.value))

    def _exists(self, rule: Rule, template: str | None) -> bool:
        """Whether the names in a template are there on all releases that the code has to run on."""
        both = self.context.engine.both
        if both is None or template is None or both.old.before_range(rule):
            return True
        return all(map(both.old.exists, templates.names_in(template)))

    def _change_abroad(self, argument: Argument, op: ArgumentOp) -> Safety | None:
        """Whether a key that another file writes can be changed there."""
        if argument.entry is None or argument.entry.module is None or len(op.replace) > 1:
            return None
        made = [t for t in (op.value, *(t for _, t in op.replace)) if t is not None]
        if any(templates.names_in(t) for t in made):
            return None  # it would need an import there
        return may_change(self.context, argument.entry)

    def _replace_argument(
        self, model: CallModel, argument: Argument, replacements: tuple[tuple[str, str], ...], node: ast.AST
    ) -> None:
        if argument.entry is not None and (argument.name, "$value") in replacements:
            for name, template in replacements:
                if name != argument.name:
                    model.added.append(Added(name, self._filler(template, None, node), None))
            return
        if argument.entry is not None:
            name, template = replacements[0]
            argument.name = name
            self._set_value(argument, template, node)
            return
        argument.removed = True
        for name, template in replacements:
            model.added.append(Added(name, self._filler(template, argument, node), argument))

    def _set_value(self, argument: Argument, template: str, node: ast.AST) -> None:
        argument.new_value = self._filler(template, argument, node)
        try:
            argument.new_literal = values.literal(compile_expression(template))
        except Exception:
            argument.new_literal = values.NOT_LITERAL

    def _filler(self, template: str, argument: Argument | None, at: ast.AST, receiver: str = "") -> Fill:
        text = templates.localized(template, lambda q: self.context.imports.local(q, at))
        previous = argument.new_value if argument is not None else None
        node = None if previous is not None or argument is None else argument.value

        def produce(value: str) -> str:
            source = previous(value) if previous is not None else value
            return templates.fill(text, {"value": (source, node), "self": (receiver, None)})

        return produce

    def _same_place(self, callee: Callee, argument: Argument, new: str) -> bool:
        name = named_callee(self.context, callee)
        if name is None:
            return False
        signature = self.context.library.signature(name, target=True)
        if signature is None or argument.index >= len(signature.parameters):
            return False
        return signature.parameters[argument.index].name == new

    @staticmethod
    def _from_here_keywords(model: CallModel, argument: Argument) -> None:
        for other in model.arguments:
            if other.index >= argument.index and not other.keyword and not other.spread and other.name:
                other.keyword = True
                other.touched = True

    def _keywordize(
        self, model: CallModel, rule: Rule, start: int, callee: Callee, certainty: Certainty
    ) -> None:
        late = [a for a in model.arguments if a.index >= start and not a.keyword and a.entry is None]
        if not late:
            return
        known = all(a.name and not a.spread for a in late)
        pending = self.context.report(
            rule,
            late[0].value,
            safety=rule.safety,
            fixable=known,
            certainty=certainty,
            symbol=self.callees.symbol(callee),
            on_both=True,
        )
        if pending is not None:
            model.findings.append(pending)
            for argument in late:
                argument.keyword = argument.touched = True

    def _add(
        self, model: CallModel, rule: Rule, selector: CallSelector, callee: Callee, certainty: Certainty
    ) -> None:
        missing = [
            (n, t)
            for n, t in selector.add.items()
            if (not model.gives(n) or model.at_times(n)) and n not in model.below
        ]
        if not missing:
            return
        # names that a positional or unpacked argument might already give make the addition a guess
        by_place = callee.project_class is not None and any(
            a.name is None and not a.keyword for a in model.arguments
        )
        able = plain_receiver(model, callee) or not any("$self" in template for _, template in missing)
        fixable = bool(model.complete and rule.safety != "manual" and not by_place and able)
        message, safety, spread = rule.message, rule.safety, None
        if not model.complete or model.doubted:
            wanted = ", ".join(f"{n}={t}" for n, t in missing)
            message += f" What is unpacked here may hold it already: add {wanted} where it does not."
            # only the argument itself may switch the rule off there: then a default below the unpacked ones is exact
            others = [n for n, c in selector.unless.items() if n not in selector.add and c == ANY]
            if model.complete:
                others = [n for n in others if model.at_times(n)]
            alone = not others and not any(map(model.renamed_alone, selector.add))
            spread = _only_spread(model) if alone and able and rule.safety != "manual" else None
            fixable = spread is not None
            safety = weaker(safety, "unsafe")
        both = self.context.engine.both
        since: dict[str, str | None] = {}
        if both is not None:
            name = named_callee(self.context, callee)
            since = {n: added_since(both, name, n, rule) for n, _ in missing}
            shared = {n: self._name_of_all(n, callee) for n, s in since.items() if s is not None}
            missing = [(shared.get(n) or n, t) for n, t in missing]
        pending = self.context.report(
            rule, model.node.func, safety=safety, fixable=fixable, certainty=certainty, message=message,
            symbol=self.callees.symbol(callee), on_both=spread is None or not any(since.values()),
        )  # fmt: skip
        if pending is None:
            return
        model.findings.append(pending)
        for name, template in missing:
            fill = self._filler(template, None, model.node, plain_receiver(model, callee))
            if spread is None:
                model.added.append(Added(name, fill, None, since.get(name)))
            else:
                spread.touched = True
                spread.new_value = _below(spread, name, fill)
                model.below.add(name)

    def _name_of_all(self, name: str, callee: Callee) -> str | None:
        """An argument's older name, where the target only warns of it: all releases take that one."""
        for rule in self.context.plan.rules:
            selector = rule.selector
            if rule.broken is None and isinstance(selector, CallSelector):
                for old, operations in selector.arguments.items():
                    if any(op.rename == name for op in operations) and any(
                        self.callees.meets(c, callee) for c in selector.callees
                    ):
                        return old
        return None

    def _replace_callee(
        self, model: CallModel, rule: Rule, new: str, callee: Callee, certainty: Certainty, func: ast.expr
    ) -> None:
        context = self.context
        direct = callee.symbol is not None and context.module.spelled(func) is not None
        if callee.symbol is not None and not context.library.same(
            self.outcomes.until(callee.symbol, rule.order), callee.symbol
        ):
            return  # an earlier rule on the name made something else of it
        pending = context.report(
            rule, func, safety=rule.safety, fixable=direct and rule.safety != "manual", certainty=certainty,
            symbol=self.callees.symbol(callee), on_both=self._exists(rule, new),
        )  # fmt: skip
        if pending is not None:
            context.replaced_callees[func] = self._followed(new, rule, func)

    def _followed(self, name: str, rule: Rule, func: ast.expr) -> str:
        """What later rules on the name make of a new callee."""
        outcome = self.outcomes.of(name, rule.order)
        for later in outcome.rules:
            if (
                self.context.report(later, func, safety=later.safety, fixable=outcome.name is not None)
                is None
            ):
                return name
        return outcome.name or name


def _is_made(template: str, argument: Argument) -> bool:
    """Whether an argument already is the call that a template would put around it."""
    value = argument.value
    made = compile_expression(template) if "($value" in template else None
    if argument.new_value is not None or not isinstance(made, ast.Call) or not isinstance(value, ast.Call):
        return False
    return terminal(made) == (getattr(value.func, "attr", None) or getattr(value.func, "id", None))


def _module_of(argument: Argument) -> Module | None:
    return argument.entry.module if argument.entry is not None else None


def _only_spread(model: CallModel) -> Argument | None:
    """The one ``**kwargs`` of a call that unpacks nothing else."""
    spread = [a for a in model.arguments if a.spread]
    return spread[0] if len(spread) == 1 and spread[0].keyword and spread[0].index >= 0 else None


def _below(spread: Argument, name: str, fill: Fill) -> Fill:
    """``{"name": value, **kwargs}``: a value for what the unpacked dictionary does not hold."""
    previous = spread.new_value
    plain = isinstance(spread.value, ast.Name | ast.Attribute | ast.Call | ast.Subscript | ast.Dict)

    def produce(value: str) -> str:
        if previous is not None:
            return f'{{"{name}": {fill("")}, {previous(value).removeprefix("{")}'
        bare = plain or value.startswith("(")
        return f'{{"{name}": {fill("")}, **{value if bare else f"({value})"}}}'

    return produce


def _keeps(argument: Argument, op: ArgumentOp) -> bool:
    """Whether a key of a dictionary stays, and the call that unpacks it only gets others beside it."""
    return any(name == argument.name and template == "$value" for name, template in op.replace) and not any(
        "$value" in template for name, template in op.replace if name != argument.name
    )
