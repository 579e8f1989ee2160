"""Call rules and patterns on calls: each call as a list of arguments that the rules change in their order."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from ..analysis.project import LibraryName, ProjectClass, ProjectFunction
from ..analysis.types import Certainty, ClassObject, Instance
from ..model import Safety
from ..rewriting.calls import ArgumentEdit, CallEdit, Fill
from ..rewriting.composer import Inner
from ..rules.schema import ANY, INSTANCE, ArgumentOp, CallSelector, Case, Rule
from . import templates, values
from .context import Context, Pending, weaker
from .flows import Entry, Flows
from .patterns import Captures, compile_expression, star_variable, terminal, variable


@dataclass(frozen=True, slots=True)
class Callee:
    """What is called: a symbol of the library, a class of the project that derives from one, or a method.

    ``owner`` is the class of the receiver, None when only the method's name is known.
    """

    symbol: str | None = None
    project_class: ProjectClass | None = None
    owner: str | ProjectClass | None = None
    method: str | None = None
    receiver: ast.expr | None = None


@dataclass(slots=True, eq=False)
class Argument:
    """One argument of a call, or one key of a dictionary that is unpacked into it."""

    index: int
    name: str | None
    value: ast.expr
    keyword: bool
    entry: Entry | None = None
    spread: bool = False
    original: str | None = None
    new_value: Fill | None = None
    new_literal: object = None
    removed: bool = False
    touched: bool = False

    def literal(self) -> object:
        return self.new_literal if self.new_value is not None else values.literal(self.value)


@dataclass(slots=True)
class Added:
    name: str
    fill: Fill
    source: Argument | None


class CallModel:
    """A call and what the rules made of it so far."""

    def __init__(self, node: ast.Call, offset: int, parameters: list[str], flows: Flows) -> None:
        self.node = node
        self.arguments: list[Argument] = []
        self.added: list[Added] = []
        self.complete = True
        self.doubtful: set[Entry] = set()
        self.read_keys: set[str] = set()
        self.prepend: list[tuple[str | None, Callable[[], str]]] = []
        self.function: Callable[[Inner], str] | None = None
        self.expression: Callable[[Inner], str] | None = None
        self.findings: list[Pending] = []
        ordered: list[ast.expr | ast.keyword] = [*node.args, *node.keywords]
        ordered.sort(key=lambda n: (n.lineno, n.col_offset))
        position = -offset
        known = True
        for index, item in enumerate(ordered):
            if isinstance(item, ast.keyword):
                if item.arg is None:
                    self._unpack(item.value, flows)
                    self.arguments.append(Argument(index, None, item.value, True, spread=True))
                else:
                    self.arguments.append(Argument(index, item.arg, item.value, True, original=item.arg))
            elif isinstance(item, ast.Starred):
                known = False
                self.complete = False
                self.arguments.append(Argument(index, None, item.value, False, spread=True))
            else:
                name = parameters[position] if known and 0 <= position < len(parameters) else None
                self.arguments.append(Argument(index, name, item, False, original=name))
                position += 1

    def _unpack(self, node: ast.expr, flows: Flows) -> None:
        bag = flows.bag(node)
        self.complete &= bag.complete
        self.doubtful |= bag.doubtful
        self.read_keys |= bag.read
        for entry in bag.entries:
            self.arguments.append(
                Argument(-1, entry.name, entry.value, True, entry=entry, original=entry.name)
            )

    def find(self, name: str) -> list[Argument]:
        return [a for a in self.arguments if a.name == name and not a.removed and not a.spread]

    def gives(self, name: str) -> bool:
        return bool(self.find(name)) or any(a.name == name for a in self.added)


class CallMatcher:
    """All calls of one file."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.flows = Flows(context.module)
        self._entry_states: dict[Entry, list[tuple[ast.Call, Argument, list[Pending]]]] = {}
        self._entry_consumers: dict[Entry, set[ast.Call]] = {}
        self._patterns = self._pattern_index()
        self._any_call_rules = any(
            c.rsplit(".", 1)[-1] == "__call__"
            for entries in context.plan.calls.values()
            for _, c, _ in entries
        )
        self._classify = lru_cache(maxsize=None)(self._classify_name)

    def _pattern_index(self) -> dict[str, list[tuple[Rule, Case, dict[str, tuple[str, ...]]]]]:
        index: dict[str, list[tuple[Rule, Case, dict[str, tuple[str, ...]]]]] = {}
        for rule, selector in self.context.plan.matches:
            for case in selector.cases:
                pattern = compile_expression(case.match)
                if isinstance(pattern, ast.Call):
                    key = terminal(pattern) or "*"
                    index.setdefault(key, []).append((rule, case, selector.where))
        return index

    def run(self) -> None:
        for call in self.context.tree.calls:
            if call not in self.context.consumed:
                self._call(call)
        self._settle_entries()

    # -- who is called -----------------------------------------------------------------------------------------------

    def identify(self, call: ast.Call, func: ast.expr) -> Callee | None:
        """What ``func`` stands for, as far as rules on calls ask."""
        context = self.context
        if isinstance(func, ast.Attribute) and _is_super(func.value):
            return self._super(func)
        target = context.project.resolve(context.module, func)
        if isinstance(target, LibraryName):
            return self._library(target.name, func)
        if isinstance(target, ProjectClass):
            return Callee(project_class=target) if context.project.library_bases(target) else None
        if isinstance(target, ProjectFunction) and not isinstance(func, ast.Attribute):
            return None
        if isinstance(func, ast.Attribute):
            if isinstance(target, ProjectFunction):
                return None
            receiver = context.types.infer(context.module, func.value)
            if isinstance(receiver, Instance | ClassObject):
                if isinstance(receiver.of, ProjectClass) and context.project.own_method(
                    receiver.of, func.attr
                ):
                    return None
                member = context.types.infer(context.module, func)
                if isinstance(member, Instance) and isinstance(receiver, Instance):
                    return Callee(owner=member.of, method="__call__", receiver=func)
                return Callee(owner=receiver.of, method=func.attr, receiver=func.value)
            if receiver is not None:
                return None
            own = context.types.infer(context.module, func)
            if isinstance(own, Instance):
                return Callee(owner=own.of, method="__call__", receiver=func)
            if own is not None and not isinstance(own, ClassObject):
                return None
            if isinstance(own, ClassObject):
                return self._of_class(own)
            return Callee(method=func.attr, receiver=func.value)
        found = context.types.infer(context.module, func)
        if isinstance(found, Instance):
            return Callee(owner=found.of, method="__call__", receiver=func)
        if isinstance(found, ClassObject):
            return self._of_class(found)
        if found is None and isinstance(func, ast.Name) and context.module.bindings(func):
            return Callee(method="__call__", receiver=func)
        return None

    @staticmethod
    def _of_class(found: ClassObject) -> Callee:
        return Callee(symbol=found.of) if isinstance(found.of, str) else Callee(project_class=found.of)

    def _library(self, name: str, func: ast.expr) -> Callee:
        owner, _, method = name.rpartition(".")
        if self.context.library.kind(owner) == "class":
            receiver = func.value if isinstance(func, ast.Attribute) else None
            return Callee(owner=owner, method=method, receiver=receiver)
        return Callee(symbol=name)

    def _super(self, func: ast.Attribute) -> Callee | None:
        node = self.context.tree.enclosing_class(func)
        if node is None:
            return None
        cls = ProjectClass(self.context.module, node)
        bases = self.context.project.library_bases(cls)
        if not bases:
            return None
        own = [c for c in self.context.project.lineage(cls)[1:] if _defines(c.node, func.attr)]
        if own:
            return None
        if func.attr == "__init__":
            return Callee(symbol=bases[0])
        return Callee(owner=bases[0], method=func.attr, receiver=func.value)

    def _classify_name(self, name: str) -> tuple[str, str, str]:
        library = self.context.library
        if library.kind(name) == "class":
            return "constructor", name, ""
        owner, _, method = name.rpartition(".")
        if library.kind(owner) == "class":
            return "method", owner, method
        if not library.known(name) and owner.rsplit(".", 1)[-1][:1].isupper():
            return "method", owner, method
        return "function", name, ""

    def meets(self, wanted: str, callee: Callee) -> Certainty | None:
        """Whether a rule's callee is the one that is called, and how certain that is."""
        kind, name, method = self._classify(wanted)
        library, types = self.context.library, self.context.types
        if kind == "method":
            if callee.method != method:
                return None
            if callee.owner is not None:
                return "proven" if types.is_a(callee.owner, name) else None
            receiver = callee.receiver
            if receiver is None or not types.hinted(self.context.module, receiver, (name,)):
                return None
            if types.own_look_alike(self.context.module, method) or self.context.tells_apart(receiver):
                return None
            return "likely"
        if kind == "constructor":
            if callee.symbol is not None:
                return "proven" if library.is_subclass(callee.symbol, name) else None
            if callee.project_class is not None:
                return "proven" if types.is_a(callee.project_class, name) else None
            return None
        if callee.symbol is None:
            return None
        return "proven" if callee.symbol == name or library.same(callee.symbol, name) else None

    # -- one call ----------------------------------------------------------------------------------------------------

    def _call(self, node: ast.Call) -> None:
        func: ast.expr = node.func
        offset = 0
        if self.context.qualified(func) == "functools.partial" and node.args:
            func, offset = node.args[0], 1
        if not self._interesting(node, func):
            return
        callee = self.identify(node, func)
        if self.context.module.guards.of_call(node) is not None:
            return
        model = CallModel(node, offset, self._parameters(callee), self.flows)
        self._apply_rules(model, callee, func, offset)
        if callee is not None:
            self._unknown_arguments(model, callee)
        self._remember_entries(model, callee)
        self._commit(model)

    def _interesting(self, node: ast.Call, func: ast.expr) -> bool:
        plan = self.context.plan
        name = func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", None)
        if name is None:
            return False
        if name in plan.calls or name in self._patterns or node in self.context.forced:
            return True
        if isinstance(func, ast.Attribute) and func.attr == "__init__":
            return True
        target = self.context.project.resolve(self.context.module, func)
        if isinstance(target, LibraryName | ProjectClass):
            return True
        if target is not None and not isinstance(func, ast.Name | ast.Attribute):
            return False
        return self._any_call_rules and not isinstance(target, ProjectFunction)

    def _parameters(self, callee: Callee | None) -> list[str]:
        """Names of the parameters that arguments by position go to, on the old side."""
        if callee is None:
            return []
        library = self.context.library
        name: str | None = callee.symbol
        if callee.project_class is not None:
            if self.context.project.own_method(callee.project_class, "__init__"):
                return []
            bases = self.context.project.library_bases(callee.project_class)
            name = bases[0] if bases else None
        if callee.owner is not None and callee.method is not None:
            owner = callee.owner
            if isinstance(owner, ProjectClass):
                bases = self.context.project.library_bases(owner)
                owner = bases[0] if bases else ""
            method = callee.method
            if method == "__call__" and library.is_subclass(owner, "transformers.PreTrainedModel"):
                method = "forward"
            name = f"{owner}.{method}"
        if name is None:
            return []
        signature = library.signature(name)
        if signature is None:
            return []
        return [
            p.name for p in signature.parameters if p.kind in ("positional_only", "positional_or_keyword")
        ]

    def _candidates(
        self, node: ast.Call, callee: Callee | None
    ) -> list[tuple[int, Rule, tuple[str, CallSelector] | tuple[Case, dict[str, tuple[str, ...]]]]]:
        found: list[tuple[int, Rule, tuple[str, CallSelector] | tuple[Case, dict[str, tuple[str, ...]]]]] = []
        if callee is not None:
            for rule, wanted, selector in self._call_rules(callee):
                found.append((rule.order, rule, (wanted, selector)))
        name = terminal(node.func)
        for key in {name, "*"} if name is not None else {"*"}:
            for rule, case, where in self._patterns.get(key or "*", ()):
                found.append((rule.order, rule, (case, where)))
        for rule, case, _ in self.context.forced.get(node, ()):
            found.append((rule.order, rule, (case, {})))
        found.sort(key=lambda f: f[0])
        return found

    def _call_rules(self, callee: Callee) -> list[tuple[Rule, str, CallSelector]]:
        calls = self.context.plan.calls
        if callee.method is not None:
            return calls.get(callee.method, [])
        # constructors: the rule may name a base class, so all rules on classes and functions are asked
        return [
            e
            for name, entries in calls.items()
            for e in entries
            if name not in ("__call__", "from_pretrained")
        ]

    def _apply_rules(self, model: CallModel, callee: Callee | None, func: ast.expr, offset: int) -> None:
        done: set[str] = set()
        current = callee
        last = -1
        progress = True
        while progress:
            progress = False
            for order, rule, what in self._candidates(model.node, current):
                if order <= last or rule.id in done:
                    continue
                if isinstance(what[0], Case):
                    assert isinstance(what[1], dict)
                    changed = self._pattern(model, rule, what[0], what[1], current)
                    if changed is None:
                        continue
                    done.add(rule.id)
                    if isinstance(changed, Callee):
                        current = changed
                    if model.expression is not None:
                        return
                    if changed:
                        last, progress = order, True
                        break
                    continue
                wanted, selector = what
                assert isinstance(selector, CallSelector) and current is not None
                certainty = self.meets(wanted, current)
                if certainty is None:
                    continue
                done.add(rule.id)
                self._call_rule(model, rule, selector, current, certainty, func, offset)

    # -- call rules --------------------------------------------------------------------------------------------------

    def _call_rule(
        self,
        model: CallModel,
        rule: Rule,
        selector: CallSelector,
        callee: Callee,
        certainty: Certainty,
        func: ast.expr,
        offset: int,
    ) -> None:
        if any(self._holds(model, name, wanted) for name, wanted in selector.unless.items()):
            return
        if not all(self._holds(model, name, wanted) for name, wanted in selector.require.items()):
            return
        own = self._own_parameters(callee)
        if selector.keyword_only_from is not None:
            self._keywordize(model, rule, selector.keyword_only_from, callee, certainty)
        for name, operations in selector.arguments.items():
            if own is not None and name in own:
                continue
            for argument in model.find(name):
                self._operate(model, rule, operations, argument, certainty, callee)
            for added in model.added:
                # what an earlier rule added takes part in later renames
                if added.name == name and operations[-1].rename and not model.gives(operations[-1].rename):
                    added.name = operations[-1].rename
        if selector.add and own is None:
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
                symbol=self._symbol(callee),
            )

    def _own_parameters(self, callee: Callee) -> set[str] | None:
        """The parameters of a project class's own ``__init__``: those never go to the library by themselves."""
        if callee.project_class is None:
            return None
        found = self.context.project.own_method(callee.project_class, "__init__")
        if found is None:
            return None
        args = found[1].args
        names = {a.arg for a in (*args.posonlyargs, *args.args, *args.kwonlyargs)}
        if args.kwarg is None or not _hands_on(found[1], args.kwarg.arg):
            return _Everything()
        return names

    def _holds(self, model: CallModel, name: str, wanted: object) -> bool:
        if any(a.name == name for a in model.added):
            return wanted == ANY
        found = model.find(name)
        if not found:
            return False
        if wanted == ANY:
            return True
        if wanted == INSTANCE:
            types = self.context.types
            return any(isinstance(types.infer(self.context.module, a.value), Instance) for a in found)
        assert isinstance(wanted, tuple)
        return any(values.equals(a.literal(), wanted) for a in found)

    def _choose(self, operations: tuple[ArgumentOp, ...], argument: Argument) -> ArgumentOp | None:
        value = argument.literal()
        for op in operations:
            if op.is_ is not None and not values.equals(value, op.is_):
                continue
            if op.not_ is not None and values.equals(value, op.not_):
                continue
            if op.literal is not None and op.literal is (value is values.NOT_LITERAL):
                continue
            return op
        return None

    def _operate(
        self,
        model: CallModel,
        rule: Rule,
        operations: tuple[ArgumentOp, ...],
        argument: Argument,
        certainty: Certainty,
        callee: Callee,
    ) -> None:
        op = self._choose(operations, argument)
        if op is None:
            return
        context = self.context
        safety: Safety = op.safety or rule.safety
        message = op.message or rule.message
        fixable = not op.reports_only and safety != "manual"
        node = self._argument_node(model, argument)
        explanation = ""
        if fixable and (op.remove or (op.replace and not any("$value" in t for _, t in op.replace))):
            if not values.is_pure(argument.value, context.qualified):
                fixable = False
                message += " The value has a side effect, so the argument is not dropped: move it out first."
        new_names = [op.rename] if op.rename else [n for n, _ in op.replace]
        clash = [n for n in new_names if n is not None and n != argument.name and model.gives(n)]
        if fixable and clash:
            fixable = False
            message += f" The call already passes {', '.join(clash)}: decide which of the two is meant."
        if argument.entry is not None:
            if argument.entry in model.doubtful:
                safety = weaker(safety, "unsafe")
                explanation = "the dictionary is used for other things too"
            if fixable and (argument.entry.name in model.read_keys or len(op.replace) > 1):
                fixable = False
                message += " The dictionary's key is read elsewhere: change both places."
        if fixable and not argument.keyword and argument.entry is None and op.rename and op.value is None:
            if self._same_place(callee, argument, op.rename):
                argument.name = op.rename
                return
        pending = context.report(
            rule, node, safety=safety, fixable=fixable, certainty=certainty, message=message,
            symbol=self._symbol(callee), explanation=explanation,
        )  # fmt: skip
        if pending is None:
            return
        model.findings.append(pending)
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
            self._replace_argument(model, argument, op.replace, node)

    def _replace_argument(
        self, model: CallModel, argument: Argument, replacements: tuple[tuple[str, str], ...], node: ast.AST
    ) -> None:
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

    def _filler(self, template: str, argument: Argument | None, at: ast.AST) -> Fill:
        text = templates.localized(template, lambda q: self.context.imports.local(q, at))
        previous = argument.new_value if argument is not None else None
        node = None if previous is not None or argument is None else argument.value

        def produce(value: str) -> str:
            source = previous(value) if previous is not None else value
            return templates.fill(text, {"value": (source, node)})

        return produce

    def _same_place(self, callee: Callee, argument: Argument, new: str) -> bool:
        name = callee.symbol
        if callee.project_class is not None:
            bases = self.context.project.library_bases(callee.project_class)
            name = bases[0] if bases else None
        if callee.owner is not None and callee.method is not None:
            owner = callee.owner
            if isinstance(owner, ProjectClass):
                bases = self.context.project.library_bases(owner)
                owner = bases[0] if bases else ""
            name = f"{owner}.{callee.method}"
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
            symbol=self._symbol(callee),
        )
        if pending is not None:
            model.findings.append(pending)
            for argument in late:
                argument.keyword = argument.touched = True

    def _add(
        self, model: CallModel, rule: Rule, selector: CallSelector, callee: Callee, certainty: Certainty
    ) -> None:
        missing = [(n, t) for n, t in selector.add.items() if not model.gives(n)]
        if not missing:
            return
        # names that a positional or unpacked argument might already give make the addition a guess
        fixable = model.complete and rule.safety != "manual"
        message = rule.message
        if not model.complete:
            wanted = ", ".join(f"{n}={t}" for n, t in missing)
            message += f" What is unpacked here may hold it already: add {wanted} where it does not."
        pending = self.context.report(
            rule, model.node.func, safety=rule.safety, fixable=fixable, certainty=certainty, message=message,
            symbol=self._symbol(callee),
        )  # fmt: skip
        if pending is None:
            return
        model.findings.append(pending)
        for name, template in missing:
            model.added.append(Added(name, self._filler(template, None, model.node), None))

    def _replace_callee(
        self, model: CallModel, rule: Rule, new: str, callee: Callee, certainty: Certainty, func: ast.expr
    ) -> None:
        direct = callee.symbol is not None and self.context.module.spelled(func) is not None
        pending = self.context.report(
            rule, func, safety=rule.safety, fixable=direct and rule.safety != "manual", certainty=certainty,
            symbol=self._symbol(callee),
        )  # fmt: skip
        if pending is not None:
            self.context.replaced_callees[func] = new

    def _symbol(self, callee: Callee) -> str | None:
        if callee.symbol is not None:
            return callee.symbol
        cls = callee.project_class or callee.owner
        if isinstance(cls, ProjectClass):
            bases = self.context.project.library_bases(cls)
            cls = bases[0] if bases else None
        if cls is None:
            return callee.method
        return f"{cls}.{callee.method}" if callee.method else cls

    @staticmethod
    def _argument_node(model: CallModel, argument: Argument) -> ast.AST:
        if argument.entry is not None:
            return argument.entry.key
        for keyword in model.node.keywords:
            if keyword.value is argument.value:
                return keyword
        return argument.value

    # -- patterns ----------------------------------------------------------------------------------------------------

    def _pattern(
        self,
        model: CallModel,
        rule: Rule,
        case: Case,
        where: dict[str, tuple[str, ...]],
        callee: Callee | None,
    ) -> Callee | bool | None:
        """None: no match; False: matched without a new callee; a Callee: what the call is now."""
        pattern = compile_expression(case.match)
        captures = self.context.matcher.match(pattern, model.node)
        if captures is None or self.context.already(pattern, case.replace, model.node):
            return None
        certainty: Certainty = "proven"
        for name, bases in where.items():
            captured = captures.single.get(name)
            if captured is None:
                return None
            found = self._receiver(captured, bases, callee)
            if found == "likely" and (
                self.context.types.own_look_alike(self.context.module, terminal(pattern) or "")
                or self.context.tells_apart(captured)
            ):
                return None
            if found is None:
                return None
            if found == "likely":
                certainty = "likely"
        safety = case.safety or rule.safety
        forced = next((p for r, c, p in self.context.forced.get(model.node, ()) if c is case), None)
        pending = forced or self.context.report(
            rule, model.node, safety=safety, fixable=case.replace is not None and safety != "manual",
            certainty=certainty, message=case.message or rule.message,
            symbol=self._symbol(callee) if callee is not None else None,
        )  # fmt: skip
        if pending is None:
            return False
        assert case.replace is not None
        model.findings.append(pending)
        return self._rewrite(model, case.replace, captures, callee)

    def _receiver(self, node: ast.expr, bases: tuple[str, ...], callee: Callee | None) -> Certainty | None:
        context = self.context
        if _is_super(node):
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
        kept_star = next((s for s in captures.star), None)
        shaped = (
            isinstance(replacement, ast.Call)
            and kept_star is not None
            and sum(star_variable(a) is not None for a in replacement.args) == 1
        )
        if not shaped:
            self._vanish(model.node, captures)
            star_text = self._star_text(model, captures, kept_star)

            def whole(inner: Inner) -> str:
                values_of = {n: (inner(*spans[n]), captures.single[n]) for n in spans}
                return templates.fill(local, values_of, star_text(inner) if star_text is not None else None)

            model.expression = whole
            return False
        localized = ast.parse(local, mode="eval").body
        assert isinstance(localized, ast.Call) and isinstance(replacement, ast.Call)
        function_source = ast.get_source_segment(local, localized.func) or ""
        if function_source != "":
            model.function = self._part(function_source, captures, spans)
        consumed = [a for a in model.arguments if a.entry is None and a.index >= 0]
        staying = {
            id(x.value) if isinstance(x, ast.keyword) else id(x) for x in captures.star[kept_star or ""]
        }
        for argument in consumed:
            value = argument.value
            parent = context.tree.parent.get(value)
            starred = parent if isinstance(parent, ast.Starred) else None
            if id(value) not in staying and (starred is None or id(starred) not in staying):
                argument.removed = argument.touched = True
        star_at = next(a.col_offset for a in localized.args if star_variable(a) is not None)
        self._vanish(model.node.func, captures)
        for item in localized.args:
            if star_variable(item) is None:
                source = ast.get_source_segment(local, item) or ""
                model.prepend.append((None, self._late(source, captures, spans)))
        for keyword in localized.keywords:
            if keyword.arg is not None:
                source = ast.get_source_segment(local, keyword.value) or ""
                late = self._late(source, captures, spans)
                if keyword.value.col_offset < star_at:
                    model.prepend.append((keyword.arg, late))
                else:
                    model.added.append(Added(keyword.arg, _ignoring_value(late), None))
        head = replacement.func
        name = variable(head)
        if name is not None:
            return Callee(
                owner=callee.owner if callee else None, method="__call__", receiver=captures.single[name]
            )
        if isinstance(head, ast.Attribute) and variable(head.value) is not None:
            return Callee(
                owner=callee.owner if callee else None,
                method=head.attr,
                receiver=callee.receiver if callee else None,
            )
        return False

    def _vanish(self, root: ast.AST, captures: Captures) -> None:
        """Everything that no variable hands on vanishes, and with it what it refers to."""
        kept = {id(n) for v in captures.single.values() for n in ast.walk(v)}
        kept |= {id(n) for items in captures.star.values() for item in items for n in ast.walk(item)}
        for node in ast.walk(root):
            if id(node) not in kept:
                self.context.consumed.add(node)

    def _star_text(
        self, model: CallModel, captures: Captures, star: str | None
    ) -> Callable[[Inner], str] | None:
        """The text of the arguments that ``$*args`` took, as they stand between the others."""
        if star is None:
            return None
        end = self.context.span(model.node)[1]
        first = self.context.span(model.node.func)[1]
        staying = {id(x.value) if isinstance(x, ast.keyword) else id(x) for x in captures.star[star]}
        ordered: list[ast.expr | ast.keyword] = [*model.node.args, *model.node.keywords]
        ordered.sort(key=lambda n: (n.lineno, n.col_offset))
        gone = {
            i
            for i, item in enumerate(ordered)
            if (id(item.value) if isinstance(item, ast.keyword) else id(item)) not in staying
        }

        def text(inner: Inner) -> str:
            from ..rewriting.calls import render_call

            edit = CallEdit(arguments={i: ArgumentEdit(remove=True) for i in gone}, function=lambda: "_")
            call = render_call("_" + inner(first, end), edit) if gone else "_" + inner(first, end)
            return call[call.index("(") + 1 : call.rindex(")")]

        return text

    def _part(
        self, source: str, captures: Captures, spans: dict[str, tuple[int, int]]
    ) -> Callable[[Inner], str]:
        return lambda inner: templates.fill(
            source, {n: (inner(*spans[n]), captures.single[n]) for n in spans}
        )

    def _late(self, source: str, captures: Captures, spans: dict[str, tuple[int, int]]) -> Callable[[], str]:
        def produce() -> str:
            assert self._inner is not None
            inner = self._inner
            return templates.fill(source, {n: (inner(*spans[n]), captures.single[n]) for n in spans})

        return produce

    _inner: Inner | None = None

    # -- residual arguments ------------------------------------------------------------------------------------------

    def _unknown_arguments(self, model: CallModel, callee: Callee) -> None:
        context = self.context
        if "unknown-argument" not in context.plan.residuals or callee.symbol is None:
            return
        name = context.replaced_callees.get(model.node.func, callee.symbol)
        if not context.is_library(name) or not context.library.in_target(name):
            return
        signature = context.library.signature(name, target=True)
        if signature is None or any(p.kind == "var_keyword" for p in signature.parameters):
            return
        taken = {p.name for p in signature.parameters}
        old = context.library.signature(callee.symbol)
        for argument in model.arguments:
            if argument.removed or argument.spread or not argument.keyword or argument.name is None:
                continue
            if argument.name in taken or (argument.touched and argument.entry is None):
                continue
            if self._already_found(model, argument):
                continue
            known = old is not None and any(p.name == argument.name for p in old.parameters)
            since = f" ({context.plan.from_version} did)" if known else ""
            context.report(
                None, self._argument_node(model, argument), safety="manual", fixable=False,
                rule_id="unknown-argument", symbol=name,
                message=f"{name} does not take the argument {argument.name!r} in {context.plan.to_version}{since}: "
                "remove it or pass what replaced it.",
            )  # fmt: skip

    def _already_found(self, model: CallModel, argument: Argument) -> bool:
        span = self.context.span(self._argument_node(model, argument))
        return any(p.span == span for p in self.context.pending)

    # -- edits -------------------------------------------------------------------------------------------------------

    def _remember_entries(self, model: CallModel, callee: Callee | None) -> None:
        for argument in model.arguments:
            if argument.entry is not None:
                states = self._entry_states.setdefault(argument.entry, [])
                mine = [p for p in model.findings if p.span == self.context.span(argument.entry.key)]
                states.append((model.node, argument, mine))
        for keyword in model.node.keywords:
            if keyword.arg is None:
                bag = self.flows.bag(keyword.value)
                for entry in bag.entries:
                    self._entry_consumers.setdefault(entry, set()).update(bag.reached.get(entry, ()))

    def _commit(self, model: CallModel) -> None:
        """Turn the model into an edit of the call's text."""
        context = self.context
        node = model.node
        start, end = context.span(node)
        edit = CallEdit()
        for argument in model.arguments:
            if argument.entry is not None or argument.index < 0 or not argument.touched:
                continue
            named = argument.keyword and (
                argument.name != argument.original or not _was_keyword(node, argument.value)
            )
            edit.arguments[argument.index] = ArgumentEdit(
                remove=argument.removed, name=argument.name if named else None, value=argument.new_value
            )
        for added in model.added:
            edit.add.append(
                (added.name, added.fill, added.source.index if added.source is not None else None)
            )
        edit.prepend = model.prepend
        function = model.function
        expression = model.expression
        if not edit and function is None and expression is None:
            return

        def produce(inner: Inner) -> str:
            from ..rewriting.calls import render_call

            self._inner = inner
            if expression is not None:
                return expression(inner)
            edit.function = (lambda: function(inner)) if function is not None else None
            return render_call(inner(start, end), edit)

        made = context.composer.add(start, end, produce)
        for pending in model.findings:
            pending.edits.append(made)

    def _settle_entries(self) -> None:
        """Dictionary keys change only when every call that they reach wants the same change."""
        removed: dict[ast.AST, set[int]] = {}
        made: dict[ast.AST, list[Pending]] = {}
        seen: dict[int, Pending] = {}
        for entry, states in self._entry_states.items():
            wanted = {(a.name, a.removed, a.new_value is not None) for _, a, _ in states}
            pendings = [p for _, _, found in states for p in found]
            if not any(a.touched for _, a, _ in states):
                continue
            calls = {call for call, _, _ in states}
            others = self._entry_consumers.get(entry, set()) - calls
            if len(wanted) > 1 or others:
                for pending in pendings:
                    pending.safety = pending.status = "manual"
                    pending.message += (
                        " The dictionary goes to other calls too, which want the old key: split it."
                    )
                self._only_one(pendings, seen)
                continue
            argument = states[0][1]
            self._only_one(pendings, seen)
            self._edit_entry(entry, argument, removed, made, pendings[:1])
        for container, indexes in removed.items():
            self._remove_entries(container, indexes, made[container])

    def _only_one(self, pendings: list[Pending], seen: dict[int, Pending]) -> None:
        """One finding a key, though several calls met it."""
        kept: set[str] = set()
        for pending in pendings:
            if pending.rule_id in kept and pending in self.context.pending:
                self.context.pending.remove(pending)
            kept.add(pending.rule_id)
        del seen

    def _edit_entry(
        self,
        entry: Entry,
        argument: Argument,
        removed: dict[ast.AST, set[int]],
        made: dict[ast.AST, list[Pending]],
        pendings: list[Pending],
    ) -> None:
        context = self.context
        if argument.removed:
            removed.setdefault(entry.container, set()).add(entry.index)
            made.setdefault(entry.container, []).extend(pendings)
            return
        if argument.name != entry.name and argument.name is not None:
            if isinstance(entry.key, ast.Constant):
                start, end = context.span(entry.key)
                old = context.module.document.text[start:end]
                new = old.replace(entry.name, argument.name) if entry.name in old else repr(argument.name)
                made_edit = context.composer.add(start, end, new)
            else:
                start = context.span(entry.key)[0]
                made_edit = context.composer.add(start, start + len(entry.name), argument.name)
            for pending in pendings:
                pending.edits.append(made_edit)
        if argument.new_value is not None:
            start, end = context.span(entry.value)
            fill = argument.new_value
            made_edit = context.composer.add(start, end, lambda inner: fill(inner(start, end)))
            for pending in pendings:
                pending.edits.append(made_edit)

    def _remove_entries(self, container: ast.AST, indexes: set[int], pendings: list[Pending]) -> None:
        context = self.context
        start, end = context.span(container)
        if isinstance(container, ast.stmt):
            from ..rewriting.imports import delete_statement

            parent = context.tree.parent[container]
            alone = any(
                block == [container]
                for name in ("body", "orelse", "finalbody")
                if isinstance(block := getattr(parent, name, None), list)
            )
            delete_statement(context.module, container, context.composer, keep_pass=alone)
            return

        def produce(inner: Inner) -> str:
            from ..rewriting.calls import render_call, render_dict

            if isinstance(container, ast.Dict):
                return render_dict(inner(start, end), indexes)
            return render_call(
                inner(start, end), CallEdit(arguments={i: ArgumentEdit(remove=True) for i in indexes})
            )

        made = context.composer.add(start, end, produce)
        for pending in pendings:
            pending.edits.append(made)


class _Everything(set[str]):
    """A set that holds every name: nothing of a call reaches the library as it stands."""

    def __contains__(self, item: object) -> bool:
        return True


def _ignoring_value(produce: Callable[[], str]) -> Fill:
    return lambda _: produce()


def _was_keyword(node: ast.Call, value: ast.expr) -> bool:
    return any(k.value is value for k in node.keywords)


def _is_super(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "super"


def _defines(node: ast.ClassDef, name: str) -> bool:
    return any(isinstance(s, ast.FunctionDef | ast.AsyncFunctionDef) and s.name == name for s in node.body)


def _hands_on(function: ast.FunctionDef | ast.AsyncFunctionDef, kwargs: str) -> bool:
    """Whether ``**kwargs`` goes to ``super().__init__`` as it is."""
    for node in ast.walk(function):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr == "__init__"
        ):
            for keyword in node.keywords:
                if keyword.arg is None and isinstance(keyword.value, ast.Name) and keyword.value.id == kwargs:
                    return True
    return False
