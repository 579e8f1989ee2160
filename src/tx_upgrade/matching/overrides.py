"""Methods that the project's classes override: parameters that the library adds and renames."""

from __future__ import annotations

import ast

from ..analysis.assignments import is_super
from ..analysis.scopes import FunctionNode
from ..analysis.walking import walk
from ..model import SHIM_MODULE
from ..rewriting.composer import Edit, Inner
from ..rules.schema import OverrideSelector, Rule
from .context import Context
from .endings import calls, end_with

_TAKES_KEY = frozenset({"get", "pop", "setdefault"})


def override(context: Context, node: FunctionNode, rule: Rule, selector: OverrideSelector) -> None:
    """Meet one override with a rule on the method that it overrides."""
    own = {a.arg for a in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)}
    if not own.issuperset(selector.having) or own.intersection(selector.lacking):
        return
    if selector.speaks_of and not any(
        isinstance(n, ast.Constant) and n.value in selector.speaks_of for n in walk(node)
    ):
        return
    if selector.rename_parameters:
        for old, new in selector.rename_parameters.items():
            _rename(context, node, rule, selector, old, new)
        return
    if selector.append is not None:
        end_with(context, node, rule, selector, selector.append)
        return
    if selector.decorate is not None:
        _decorate(context, node, rule, selector, selector.decorate)
        return
    args = node.args
    given = {a.arg for a in (*args.posonlyargs, *args.args, *args.kwonlyargs)}
    missing = [p for p in selector.add_parameters if p.split("=")[0].split(":")[0].strip() not in given]
    adds = bool(selector.add_parameters or selector.add_var_keyword)
    if adds and args.kwarg is not None:
        return
    if selector.add_parameters and not missing and not selector.add_var_keyword:
        return
    start = context.span(node)[0]
    name_start = context.module.document.text.index(node.name, start)
    span = (name_start, name_start + len(node.name))
    var_keyword = selector.add_var_keyword
    pending = context.report(
        rule,
        span,
        safety=rule.safety,
        fixable=adds and rule.safety != "manual",
        symbol=selector.methods[0],
    )
    if pending is None:
        return
    body = node.body[0]
    header = (start, context.span(body)[0])
    decorated = getattr(body, "decorator_list", [])
    if decorated:
        header = (start, min(context.span(d)[0] - 1 for d in decorated))

    def produce(inner: Inner) -> str:
        from ..rewriting.functions import add_parameters

        return add_parameters(inner(*header), missing, var_keyword)

    pending.edits.append(context.composer.add(*header, produce))
    if var_keyword:
        _hand_on(context, node, ["**kwargs"], pending.edits)
    elif selector.hand_on:
        names = [p.split("=")[0].split(":")[0].strip() for p in missing]
        _hand_on(context, node, [f"{name}={name}" for name in names], pending.edits)


def _decorate(
    context: Context, node: FunctionNode, rule: Rule, selector: OverrideSelector, decorator: str
) -> None:
    """``@restored`` above the method, where the rule says or its own code asks for what changed."""
    asked = any(_asked(context, node, p, tests=True) for p in selector.tests) or any(
        _asked(context, node, p, tests=False) for p in selector.reads
    )
    if (selector.tests or selector.reads) and not asked:
        return
    if calls(node, selector.unless_calls):
        return
    name = decorator.rpartition(".")[2]
    if any((getattr(d, "attr", None) or getattr(d, "id", None)) == name for d in node.decorator_list):
        return
    start = context.span(node)[0]
    name_start = context.module.document.text.index(node.name, start)
    span = (name_start, name_start + len(node.name))
    before = [p.rule.selector for p in context.pending if p.span == span and p.rule is not None]
    if any(isinstance(s, OverrideSelector) and s.decorate == decorator for s in before):
        return  # a rule of an earlier release said so
    pending = context.report(
        rule, span, safety=rule.safety, fixable=rule.safety != "manual", symbol=selector.methods[0]
    )
    if pending is None:
        return
    text = context.module.document.text
    line = text.rfind("\n", 0, start) + 1
    indent = text[line:start]
    for own in reversed(node.decorator_list):
        if (context.module.spelled(own) or "").rpartition(".")[0].rpartition(".")[2] != SHIM_MODULE:
            break
        # what an earlier run put there is for a release before: it gets what this one gives
        line = text.rfind("\n", 0, context.span(own)[0]) + 1
    local = context.imports.local(decorator, node)

    def produce(inner: Inner) -> str:
        return f"{indent}@{local}\n{inner(line, line)}"  # another rule may want a decorator too

    pending.edits.append(context.composer.add(line, line, produce))


def _asked(context: Context, node: FunctionNode, parameter: str, *, tests: bool) -> bool:
    """Whether a method's own code tests what it gets as ``parameter``, or uses it in another way than passing it on."""
    places: list[ast.expr] = []
    args = node.args
    for arg in (*args.posonlyargs, *args.args, *args.kwonlyargs):
        if arg.arg == parameter:
            places.extend(_uses(context, node, arg))
    for key in _keys(context, node, args.kwarg, parameter) if args.kwarg is not None else ():
        taken = context.tree.parent[key]
        if isinstance(taken, ast.expr):
            places.append(taken)
        statement = context.tree.parent.get(taken)
        if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
            alias = statement.targets[0].id
            places.extend(n for n in walk(node) if isinstance(n, ast.Name) and n.id == alias)
    for place in places:
        parent = context.tree.parent.get(place)
        if isinstance(parent, ast.Compare | ast.BoolOp | ast.UnaryOp) or (
            isinstance(parent, ast.If | ast.IfExp | ast.While) and parent.test is place
        ):
            return True
        if not tests and isinstance(parent, ast.Attribute | ast.Subscript | ast.BinOp):
            return True
    return False


def _hand_on(context: Context, node: FunctionNode, arguments: list[str], edits: list[Edit]) -> None:
    """``super().method(...)`` inside passes the new parameters on."""
    for call in _super_calls(node):
        if not any(k.arg is None for k in call.keywords):
            end = context.span(call)[1]
            comma = ", " if call.args or call.keywords else ""
            edits.append(context.composer.add(end - 1, end - 1, comma + ", ".join(arguments)))


def _super_calls(node: FunctionNode) -> list[ast.Call]:
    return [
        call
        for call in walk(node)
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Attribute)
        and call.func.attr == node.name
        and is_super(call.func.value)
    ]


def _rename(
    context: Context, node: FunctionNode, rule: Rule, selector: OverrideSelector, old: str, new: str
) -> None:
    """The parameter, its uses, ``kwargs["old"]`` and what is handed on to ``super()``."""
    args = node.args
    parameters = {a.arg: a for a in (*args.posonlyargs, *args.args, *args.kwonlyargs)}
    if new in parameters:
        return
    parameter = parameters.get(old)
    spans: list[tuple[int, int]] = []
    blocked = False
    if parameter is not None:
        start = context.span(parameter)[0]
        spans.append((start, start + len(old)))
        spans.extend(context.span(name) for name in _uses(context, node, parameter))
        blocked = any(isinstance(n, ast.Name) and n.id == new for n in walk(node))
        for call in _super_calls(node):
            for keyword in call.keywords:
                if keyword.arg == old:
                    start = context.span(keyword)[0]
                    spans.append((start, start + len(old)))
    strings = _keys(context, node, args.kwarg, old) if args.kwarg is not None else []
    for place in ([spans[0]] if spans else []) + [context.span(s) for s in strings]:
        pending = context.report(
            rule, place, safety=rule.safety, fixable=rule.safety != "manual" and not blocked,
            symbol=selector.methods[0],
        )  # fmt: skip
        if pending is None:
            continue
        if spans and place == spans[0]:
            pending.edits.extend(context.composer.add(*span, new) for span in spans)
        else:
            text = context.module.document.text[slice(*place)]
            pending.edits.append(context.composer.add(*place, text.replace(old, new)))


def _uses(context: Context, node: FunctionNode, parameter: ast.arg) -> list[ast.Name]:
    """The names in a function that stand for its parameter."""
    found: list[ast.Name] = []
    for name in context.tree.names:
        if name.id != parameter.arg:
            continue
        owner = context.module.scope(name).lookup(name.id)
        if owner is not None and any(b.node is parameter for b in owner[1]):
            found.append(name)
    return found


def _keys(context: Context, node: FunctionNode, kwarg: ast.arg, old: str) -> list[ast.Constant]:
    """The strings that ask the function's ``**kwargs`` for the parameter."""
    found: list[ast.Constant] = []
    for name in _uses(context, node, kwarg):
        parent = context.tree.parent.get(name)
        key: ast.AST | None = None
        if isinstance(parent, ast.Subscript) and parent.value is name:
            key = parent.slice
        elif isinstance(parent, ast.Attribute) and parent.attr in _TAKES_KEY:
            call = context.tree.parent.get(parent)
            if isinstance(call, ast.Call) and call.func is parent and call.args:
                key = call.args[0]
        elif isinstance(parent, ast.Compare) and isinstance(parent.ops[0], ast.In | ast.NotIn):
            key = parent.left
        if isinstance(key, ast.Constant) and key.value == old:
            found.append(key)
    return found
