"""References into the library by name: imports, attribute chains, strings; renamed, moved, reported, or left over."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, field

from ..analysis.library import ROOT
from ..analysis.scopes import Binding
from ..analysis.walking import children, walk
from ..analysis.wrappers import imported_by_call
from ..model import SHIM_MODULE, Safety
from ..rules.patterns import dotted
from .context import Context, weaker
from .outcomes import Outcome, Outcomes, removed_message

_DOTTED = re.compile(r"transformers(?:\.[A-Za-z_]\w*)+")
_STRING_CALLS = frozenset(
    {
        "patch",
        "import_module",
        "__import__",
        "import_string",
        "find_spec",
        "setattr",
        "delattr",
        "importorskip",
        "locate",
    }
)
_CASTS = frozenset({"typing.cast", "typing_extensions.cast", "cast"})


@dataclass(slots=True, eq=False)
class Reference:
    """One use of a library name in code. ``binding`` is the import of exactly that name, when it is used bare."""

    node: ast.expr
    name: str
    bindings: list[Binding] | None
    span: tuple[int, int]
    text_only: bool = False


@dataclass(slots=True, eq=False)
class _Group:
    """All uses of one imported name."""

    bindings: list[Binding]
    name: str
    references: list[Reference] = field(default_factory=list)


class ReferenceMatcher:
    """All references of one file; run after the calls, which may already have replaced some."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.outcomes = Outcomes(context)
        context.imports.leaves = self._leaves
        self._groups: dict[int, _Group] = {}
        self._module_uses_gone: dict[int, tuple[list[Binding], int]] = {}

    def _leaves(self, name: str) -> bool:
        """Whether the import of a name is going to bring another one."""
        outcome = self.outcomes.of(name)
        return outcome.name is not None and outcome.name != name

    def run(self) -> None:
        self._collect()
        for group in self._groups.values():
            self._group(group)
        for statement in self.context.tree.imports:
            self._module_import(statement)
        for string in self.context.tree.strings:
            self._string(string)
        self._unused_modules()

    def _unused_modules(self) -> None:
        """``import transformers`` goes when every use of it went."""
        context = self.context
        for bindings, gone in self._module_uses_gone.values():
            total = sum(
                1
                for node in context.tree.names
                if isinstance(node.ctx, ast.Load)
                and (found := context.module.scope(node).lookup(node.id)) is not None
                and found[1] is bindings
            )
            if gone == total and len(bindings) == 1 and isinstance(bindings[0].statement, ast.Import):
                context.imports.drop(bindings[0])

    def _base_gone(self, node: ast.expr) -> None:
        base = node
        while isinstance(base, ast.Attribute):
            base = base.value
        if isinstance(base, ast.Name):
            found = self.context.module.scope(base).lookup(base.id)
            if found is not None:
                bindings, count = self._module_uses_gone.get(id(found[1]), (found[1], 0))
                self._module_uses_gone[id(found[1])] = (bindings, count + 1)

    # -- collecting --------------------------------------------------------------------------------------------------

    def _collect(self) -> None:
        context = self.context
        imported: set[str] = set()
        for scope in {*context.tree.scope_of.values(), context.tree.module}:
            for name, bindings in scope.bindings.items():
                if any(b.kind == "import" for b in bindings):
                    imported.add(name)
                    self._bindings(bindings)
        for node in context.tree.names:
            if (node.id in imported or context.tree.star_imports) and isinstance(node.ctx, ast.Load):
                self._name(node)
        for string in context.tree.strings:
            self._annotation(string)

    def _bindings(self, bindings: list[Binding]) -> None:
        context = self.context
        for binding in bindings:
            if binding.kind != "import" or not isinstance(binding.statement, ast.ImportFrom):
                continue
            assert binding.qualified is not None
            if binding.qualified.startswith("."):
                continue
            if context.is_library(binding.qualified) and id(bindings) not in self._groups:
                self._groups[id(bindings)] = _Group(bindings, binding.qualified)

    def _name(self, node: ast.Name, offset: tuple[int, int] | None = None) -> None:
        context = self.context
        qualified = context.module.spelled(node)
        if qualified is None or not context.is_library(qualified):
            return
        found = context.module.scope(node).lookup(node.id)
        expression: ast.expr = node
        library = context.library
        others = context.plan.other_modules
        while (
            qualified == ROOT
            or qualified in others
            or library.kind(qualified) == "module"
            or self._is_dead_module(qualified)
        ):
            parent = context.tree.parent.get(expression)
            if not isinstance(parent, ast.Attribute) or parent.value is not expression:
                break
            if not isinstance(parent.ctx, ast.Load):
                break  # an attribute that is set: what must exist is the module it is set on
            qualified = f"{qualified}.{parent.attr}"
            expression = parent
        span = offset if offset is not None and expression is node else context.span(expression)
        if expression is node and found is not None:
            group = self._groups.get(id(found[1]))
            reference = Reference(node, qualified, found[1], span, text_only=offset is not None)
            if group is not None:
                group.references.append(reference)
            return
        if expression is not node or found is None:
            self._chain(Reference(expression, qualified, None, span))

    def _is_dead_module(self, name: str) -> bool:
        """A module of old that a module rule names, whether or not the history knows it."""
        if self.context.library.known(name):
            return False
        return any(prefix == name for _, prefix, _ in self.context.plan.module_rules(name))

    def _annotation(self, string: ast.Constant) -> None:
        """Names in a string annotation."""
        context = self.context
        if not self._in_annotation(string):
            return
        start, end = context.span(string)
        source = context.module.document.text[start:end]
        quote = 3 if source[:3] in ('"""', "'''") else 1
        if source[quote:-quote] != string.value or not string.value.strip():
            return
        try:
            parsed = ast.parse(string.value, mode="eval")
        except (SyntaxError, ValueError):
            return
        scope = context.module.scope(string)
        stack: list[tuple[ast.AST, ast.AST]] = [(parsed.body, string)]
        while stack:
            node, parent = stack.pop()
            context.tree.parent.setdefault(node, parent)
            context.tree.scope_of.setdefault(node, scope)
            stack.extend((child, node) for child in children(node))
        if not string.value.isascii() or "\n" in string.value:
            return
        base = start + quote
        for node in walk(parsed.body):
            if isinstance(node, ast.Name):
                outer: ast.expr = node
                while isinstance(above := context.tree.parent.get(outer), ast.Attribute):
                    outer = above
                assert outer.end_col_offset is not None and node.end_col_offset is not None
                self._annotation_name(node, outer, base)

    def _annotation_name(self, node: ast.Name, outer: ast.expr, base: int) -> None:
        context = self.context
        qualified = context.module.spelled(node)
        if qualified is None or not context.is_library(qualified):
            return
        found = context.module.scope(node).lookup(node.id)
        if outer is node and found is not None and id(found[1]) in self._groups:
            span = (base + node.col_offset, base + (node.end_col_offset or 0))
            self._groups[id(found[1])].references.append(
                Reference(node, qualified, found[1], span, text_only=True)
            )
        elif outer is not node:
            name = context.module.spelled(outer)
            if name is not None:
                span = (base + outer.col_offset, base + (outer.end_col_offset or 0))
                self._chain(Reference(outer, name, None, span, text_only=True))

    def _in_annotation(self, node: ast.AST) -> bool:
        child = node
        for parent in self.context.tree.ancestors(node):
            if isinstance(parent, ast.arg):
                return child is parent.annotation
            if isinstance(parent, ast.AnnAssign):
                return child is parent.annotation
            if isinstance(parent, ast.FunctionDef | ast.AsyncFunctionDef):
                return child is parent.returns
            if isinstance(parent, ast.Call):
                return parent.args[:1] == [child] and self._is_cast(parent.func)
            if isinstance(parent, ast.stmt):
                return False
            child = parent
        return False

    def _is_cast(self, func: ast.expr) -> bool:
        return (self.context.qualified(func) or dotted(func)) in _CASTS

    # -- imported names ----------------------------------------------------------------------------------------------

    def _group(self, group: _Group) -> None:
        context = self.context
        mine = [b for b in group.bindings if b.kind == "import" and b.qualified is not None]
        names = {context.module.absolute(b.qualified) for b in mine if b.qualified}
        sole = len(names) == 1 and len(mine) == len(group.bindings)
        for binding in mine:
            assert binding.statement is not None and binding.qualified is not None
            if not context.is_library(context.module.absolute(binding.qualified)):
                continue
            guard = context.module.guards.of_import(binding.statement)
            if guard is not None:
                self._guarded(binding, guard.kind)
                continue
            self._import(binding, group.references if sole and binding is mine[0] else [], sole)

    def _guarded(self, binding: Binding, kind: str) -> None:
        """An import that its author guards stays; it is named where nothing else serves the target."""
        context = self.context
        assert binding.qualified is not None and binding.statement is not None
        name = binding.qualified
        if self.outcomes.served(name):
            return
        outcome = self.outcomes.of(name)
        if kind == "optional":
            hint = f" It is {outcome.name} now." if outcome.name else ""
            context.report(
                outcome.rules[-1] if outcome.rules else None, binding.node, rule_id="removed-symbol",
                safety="manual", fixable=False, symbol=name,
                message=f"{name} does not exist in {context.plan.to_version}, so the except branch runs there. "
                f"The guard stays as it is: decide whether that is meant.{hint}",
            )  # fmt: skip
        elif kind == "alternative" and self._no_branch_serves(binding):
            context.report(
                outcome.rules[-1] if outcome.rules else None, binding.node, rule_id="removed-symbol",
                safety="manual", fixable=False, symbol=name,
                message=f"Neither branch of this try serves {context.plan.to_version}: {name} is gone and so is "
                "what the handler imports. Import what replaced it"
                + (f" ({outcome.name})." if outcome.name else "."),
            )  # fmt: skip

    def _no_branch_serves(self, binding: Binding) -> bool:
        """Whether every other import of the same name is of the library and gone from the target too."""
        context = self.context
        assert binding.statement is not None
        found = context.module.scope(binding.statement).bindings.get(binding.name, [])
        others = [b for b in found if b is not binding]
        if not others:
            return False
        return all(
            b.kind == "import"
            and b.qualified is not None
            and context.is_library(b.qualified)
            and not self.outcomes.served(b.qualified)
            for b in others
        )

    def _import(self, binding: Binding, references: list[Reference], sole: bool) -> None:
        context = self.context
        assert binding.qualified is not None
        outcome = self.outcomes.of(binding.qualified)
        live = [r for r in references if r.node not in context.consumed]
        replaced = {
            r.node: context.replaced_callees[r.node] for r in live if r.node in context.replaced_callees
        }
        vanished = len(references) - len(live)
        if not outcome.rules and not outcome.missing and not replaced:
            if vanished and not live and sole:
                context.imports.drop(binding)
            return
        rest = [r for r in live if r.node not in replaced]
        handled = bool(replaced) or bool(vanished)
        needed = bool(rest) or not handled or context.imports.keeps(binding) or not sole
        # a module that only a package without a parent replaces (`transformers`) cannot be imported from anything
        fixable = outcome.name is None or "." in outcome.name
        target = self.report(binding.node, binding.qualified, outcome, fixable=fixable) if needed else None
        if target is not None:
            self._move(binding, target, rest, keep_name=not sole)
            self._replace(replaced)
        elif replaced and not needed and len(set(replaced.values())) == 1 and not vanished:
            # every use wants the same other name: the import itself brings it
            local = context.imports.move(binding, next(iter(replaced.values())))
            for reference in live:
                if local != self._text(reference):
                    context.composer.add(*reference.span, local)
        else:
            if not needed:
                context.imports.drop(binding)
            self._replace(replaced)

    def _text(self, reference: Reference) -> str:
        return self.context.module.document.text[slice(*reference.span)]

    def _replace(self, replaced: dict[ast.expr, str]) -> None:
        for node, name in replaced.items():
            start, end = self.context.span(node)
            local = self.context.imports.local(name, node)
            if local != self.context.module.document.text[start:end]:
                self.context.composer.add(start, end, local)

    def report(
        self, node: ast.AST | tuple[int, int], name: str, outcome: Outcome, *, fixable: bool = True
    ) -> str | None:
        context = self.context
        if outcome.reporting is not None:
            context.report(outcome.reporting, node, safety="manual", fixable=False, symbol=name)
            return None
        if outcome.missing:
            if outcome.rules:
                context.report(outcome.rules[-1], node, safety="manual", fixable=False, symbol=name)
                return None
            self._residual(node, name)
            return None
        if outcome.name is None or outcome.name == name:
            return None
        if isinstance(node, ast.AST) and any(context.written_for_target(r, node) for r in outcome.rules):
            return None
        safety: Safety = "safe"
        for rule in outcome.rules:
            safety = weaker(safety, rule.safety)
        accepted = True
        for rule in outcome.rules:
            found = context.report(
                rule, node, safety=safety, fixable=fixable and safety != "manual", symbol=name,
                message=None if fixable else f"{rule.message} It is {outcome.name} now.",
                on_both=not outcome.one_sided,
            )  # fmt: skip
            accepted = accepted and found is not None
        return outcome.name if accepted else None

    def _residual(self, node: ast.AST | tuple[int, int], name: str) -> None:
        context = self.context
        if "removed-symbol" not in context.plan.residuals:
            return
        context.report(
            None, node, safety="manual", fixable=False, rule_id="removed-symbol", symbol=name,
            message=removed_message(context, name),
        )  # fmt: skip

    def _move(self, binding: Binding, target: str, references: list[Reference], *, keep_name: bool) -> None:
        context = self.context
        local = context.imports.move(binding, target, keep_name=keep_name)
        for reference in references:
            if local != self._text(reference):
                context.composer.add(*reference.span, local)

    # -- attribute chains --------------------------------------------------------------------------------------------

    def _chain(self, reference: Reference) -> None:
        context = self.context
        if reference.node in context.consumed:
            self._base_gone(reference.node)
            return
        if reference.node in context.replaced_callees:
            new = context.replaced_callees[reference.node]
            context.composer.add(*reference.span, self._spell(reference, new))
            return
        if not self._chain_rewritten(reference):
            self._keep_base(reference)

    def _chain_rewritten(self, reference: Reference) -> bool:
        """Report what the rules say of a chain; whether it has new text then."""
        context = self.context
        if not isinstance(getattr(reference.node, "ctx", ast.Load()), ast.Load):
            return False
        outcome = self.outcomes.of(reference.name)
        if not outcome.rules and not outcome.missing:
            return False
        if self._comes_along(reference, outcome):
            return False
        guard = None if reference.text_only else context.module.guards.of_reference(reference.node)
        if guard is not None or self._has_own_guard(reference):
            return False
        if reference.name == ROOT or reference.name in context.plan.others:
            return False
        if any(context.written_for_target(r, reference.node) for r in outcome.rules):
            return False
        target = self.report(reference.span, reference.name, outcome)
        if target is None:
            return False
        edit = context.composer.add(*reference.span, self._spell(reference, target))
        self.attach(reference.span, edit)
        return True

    def _base(self, reference: Reference) -> tuple[ast.Name, list[Binding]] | None:
        """The name that a chain begins with, and what binds it."""
        base = reference.node
        while isinstance(base, ast.Attribute):
            base = base.value
        if not isinstance(base, ast.Name):
            return None
        found = self.context.module.scope(base).lookup(base.id)
        return None if found is None else (base, found[1])

    def _comes_along(self, reference: Reference, outcome: Outcome) -> bool:
        """Whether a chain on ``import old.module as m`` or ``from old import module`` is right once that import is."""
        found = self._base(reference)
        if found is None or outcome.name is None or not all(b.kind == "import" for b in found[1]):
            return False
        names = {self.context.module.absolute(b.qualified) for b in found[1] if b.qualified}
        name = names.pop() if len(names) == 1 else ROOT
        if name == ROOT or not reference.name.startswith(f"{name}."):
            return False
        guards = self.context.module.guards
        if any(b.statement is None or guards.of_import(b.statement) is not None for b in found[1]):
            return False
        module = self.outcomes.of(name).name
        return module not in (None, name) and outcome.name == module + reference.name[len(name) :]

    def _keep_base(self, reference: Reference) -> None:
        """The name that a chain begins with is used on: it follows its import."""
        found = self._base(reference)
        group = None if found is None else self._groups.get(id(found[1]))
        if found is None or group is None:
            return
        base, bindings = found
        start = reference.span[0] if reference.text_only else self.context.span(base)[0]
        span = (start, start + len(base.id))
        group.references.append(Reference(base, group.name, bindings, span, text_only=reference.text_only))

    def _has_own_guard(self, reference: Reference) -> bool:
        """``hasattr(transformers, "X")`` around the use, or ``getattr(transformers, "X", None) or transformers.Y``."""
        name = reference.name.rsplit(".", 1)[-1]
        child: ast.AST = reference.node
        for parent in self.context.tree.ancestors(reference.node):
            test = None
            if isinstance(parent, ast.If | ast.IfExp | ast.While) and child is not parent.test:
                test = parent.test
            elif isinstance(parent, ast.BoolOp) and child is not parent.values[0]:
                test = parent.values[0]
                if isinstance(parent.op, ast.Or) and _getattr_name(test) is not None:
                    return True
            if test is not None and any(_hasattr_name(n) == name for n in walk(test)):
                return True
            child = parent
        return False

    def attach(self, span: tuple[int, int], edit: object) -> None:
        for pending in self.context.pending:
            if pending.span == span and pending.status == "fixed":
                pending.edits.append(edit)  # type: ignore[arg-type]

    def _spell(self, reference: Reference, target: str) -> str:
        """The target as an attribute chain on the same base where that is possible."""
        context = self.context
        base = reference.node
        while isinstance(base, ast.Attribute):
            base = base.value
        if isinstance(base, ast.Name) and target.startswith(f"{ROOT}."):
            bound = context.module.spelled(base)
            if bound == ROOT:
                return f"{base.id}{target[len(ROOT) :]}"
        local = context.imports.local(target, reference.node)
        if not local.startswith(f"{getattr(base, 'id', '')}."):
            self._base_gone(reference.node)
        return local

    # -- import statements of modules, strings -----------------------------------------------------------------------

    def _module_import(self, statement: ast.Import | ast.ImportFrom) -> None:
        context = self.context
        if isinstance(statement, ast.ImportFrom):
            if any(a.name == "*" for a in statement.names) and statement.level == 0 and statement.module:
                self._star(statement)
            return
        for alias in statement.names:
            if not alias.name.startswith(f"{ROOT}."):
                continue
            outcome = self.outcomes.of(alias.name)
            if not outcome.rules and not outcome.missing:
                continue
            if context.module.guards.of_import(statement) is not None:
                continue
            target = self.report(alias, alias.name, outcome)
            if target is not None:
                context.imports.rename_module(alias, target)

    def _star(self, statement: ast.ImportFrom) -> None:
        context = self.context
        assert statement.module is not None
        if not context.is_library(statement.module) or context.module.guards.of_import(statement) is not None:
            return
        if statement.module != ROOT:
            outcome = self.outcomes.of(statement.module)
            if outcome.rules or outcome.missing:
                target = self.report(statement, statement.module, outcome, fixable=False)
                assert target is None

    def _string(self, node: ast.Constant) -> None:
        context = self.context
        parent = context.tree.parent.get(node)
        if not isinstance(parent, ast.Call):
            return
        name = getattr(parent.func, "attr", getattr(parent.func, "id", ""))
        if name == "getattr" and len(parent.args) >= 2 and parent.args[1] is node:
            self._getattr(parent, node)
            return
        if name not in _STRING_CALLS or parent.args[:1] != [node]:
            return
        assert isinstance(node.value, str)
        if not _DOTTED.fullmatch(node.value):
            return
        qualified = self._string_target(node.value)
        outcome = self.outcomes.of(qualified)
        if not (outcome.rules or outcome.missing) or context.module.guards.of_reference(node) is not None:
            return
        # a string cannot name the shim: nothing would write it, and it has another name in each package
        writable = outcome.name is None or not outcome.name.startswith(f"{SHIM_MODULE}.")
        target = self.report(node, qualified, outcome, fixable=writable)
        if target is not None:
            self._edit_string(node, node.value, target + node.value[len(qualified) :])

    def _string_target(self, value: str) -> str:
        """The part of a dotted string that is a module or a symbol; attributes of classes lie behind it."""
        parts = value.split(".")
        for cut in range(2, len(parts) + 1):
            name = ".".join(parts[:cut])
            kind = self.context.library.kind(name)
            if kind != "module" and not self._is_dead_module(name):
                return name
        return value

    def _getattr(self, call: ast.Call, node: ast.Constant) -> None:
        context = self.context
        owner = call.args[0]
        base = context.qualified(owner) or imported_by_call(context.types, context.module, owner)
        if base is None or not context.is_library(base) or len(call.args) > 2 or call.keywords:
            return
        if base != ROOT and context.library.kind(base) != "module":
            return
        name = f"{base}.{node.value!s}"
        outcome = self.outcomes.of(name)
        if not (outcome.rules or outcome.missing) or context.module.guards.of_reference(node) is not None:
            return
        same_module = outcome.name is not None and outcome.name.rpartition(".")[0] == base
        target = self.report(node, name, outcome)
        if target is not None and not same_module:
            span = context.span(call)
            self.attach(context.span(node), context.composer.add(*span, context.imports.local(target, call)))
        elif target is not None:
            assert isinstance(node.value, str)
            self._edit_string(node, node.value, target.rpartition(".")[2])

    def _edit_string(self, node: ast.Constant, old: str, new: str) -> None:
        start, end = self.context.span(node)
        source = self.context.module.document.text[start:end]
        text = source.replace(old, new) if source.count(old) == 1 else repr(new)
        edit = self.context.composer.add(start, end, text)
        self.attach((start, end), edit)


def _hasattr_name(node: ast.AST) -> str | None:
    if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "hasattr" and len(node.args) == 2:
        value = node.args[1]
        return value.value if isinstance(value, ast.Constant) and isinstance(value.value, str) else None
    return None


def _getattr_name(node: ast.AST) -> str | None:
    if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "getattr" and len(node.args) == 3:
        value = node.args[1]
        return value.value if isinstance(value, ast.Constant) and isinstance(value.value, str) else None
    return None
