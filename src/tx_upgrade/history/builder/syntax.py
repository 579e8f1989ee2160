"""Small readings of syntax trees that the extraction shares."""

from __future__ import annotations

import ast

from tx_upgrade.history.builder.facts import FunctionFacts
from tx_upgrade.history.signatures import LONG_DEFAULT, SEPARATOR

DEFAULT_LENGTH = 40


def dotted(node: ast.expr) -> str | None:
    """``a.b.c`` as text, or None for any other expression."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        return None
    parts.append(node.id)
    return ".".join(reversed(parts))


def short_source(node: ast.expr) -> str:
    """The source of a default on one line; ``…`` when it is long or would break the encoding."""
    if isinstance(node, ast.Constant) and not isinstance(node.value, str):
        return repr(node.value) if node.value is not ... else "..."
    text = ast.unparse(node).encode("ascii", "backslashreplace").decode()
    if len(text) > DEFAULT_LENGTH or SEPARATOR in text or "\n" in text or "\t" in text:
        return LONG_DEFAULT
    return text


def function_facts(node: ast.FunctionDef | ast.AsyncFunctionDef) -> FunctionFacts:
    """A function's signature and decorators."""
    decorators = tuple(d for d in (decorator_name(item) for item in node.decorator_list) if d)
    wraps = None
    for item in node.decorator_list:
        if (
            isinstance(item, ast.Call)
            and item.args
            and (dotted(item.func) or "").rpartition(".")[2] == "wraps"
        ):
            wraps = dotted(item.args[0])
    return FunctionFacts(signature_text(node.args), decorators, wraps)


def decorator_name(node: ast.expr) -> str | None:
    """The dotted name of a decorator, called or not."""
    return dotted(node.func if isinstance(node, ast.Call) else node)


def signature_text(arguments: ast.arguments) -> str:
    """An encoded signature, ``self`` included."""
    parts: list[str] = []
    positional = [*arguments.posonlyargs, *arguments.args]
    first_default = len(positional) - len(arguments.defaults)
    for index, argument in enumerate(positional):
        text = argument.arg
        if index >= first_default:
            text += "=" + short_source(arguments.defaults[index - first_default])
        parts.append(text)
        if arguments.posonlyargs and index == len(arguments.posonlyargs) - 1:
            parts.append("/")
    if arguments.vararg:
        parts.append("*" + arguments.vararg.arg)
    elif arguments.kwonlyargs:
        parts.append("*")
    for argument, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
        parts.append(argument.arg if default is None else f"{argument.arg}={short_source(default)}")
    if arguments.kwarg:
        parts.append("**" + arguments.kwarg.arg)
    return SEPARATOR.join(parts)


def without_first(signature: str) -> str:
    """A method's encoded signature without its ``self`` or ``cls``."""
    parts = signature.split(SEPARATOR) if signature else []
    if not parts or parts[0].startswith("*"):
        return signature
    rest = parts[1:]
    if rest[:1] == ["/"]:
        rest = rest[1:]
    return SEPARATOR.join(rest)


def string_list(node: ast.expr) -> list[str] | None:
    """The strings of a list, tuple or set display (sums of them included), or None."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        left, right = string_list(node.left), string_list(node.right)
        return None if left is None and right is None else [*(left or []), *(right or [])]
    if isinstance(node, ast.List | ast.Tuple | ast.Set):
        return [e.value for e in node.elts if isinstance(e, ast.Constant) and isinstance(e.value, str)]
    return None


def constant_string(node: ast.expr | None) -> str | None:
    """The value of a string literal, or None."""
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def is_type_checking(test: ast.expr) -> bool:
    """Whether a test is ``TYPE_CHECKING`` (never true at run time)."""
    return (dotted(test) or "").rpartition(".")[2] == "TYPE_CHECKING" or (
        isinstance(test, ast.BoolOp)
        and isinstance(test.op, ast.And)
        and any(is_type_checking(value) for value in test.values)
    )


def branches(node: ast.If) -> list[list[ast.stmt]]:
    """The branches of an ``if`` that can run, the one with every backend installed first."""
    test = node.test
    if is_type_checking(test):
        return [node.orelse]
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        return [node.body] if is_type_checking(test.operand) else [node.orelse, node.body]
    if isinstance(test, ast.Compare) and dotted(test.left) == "__name__":
        return [node.orelse]
    return [node.body, node.orelse]


def handled(handler: ast.ExceptHandler) -> set[str]:
    """The last components of the exception names that a handler takes."""
    if handler.type is None:
        return set()
    types = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return {(dotted(t) or "").rpartition(".")[2] for t in types}
