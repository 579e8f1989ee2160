"""Calls that call a function for the code: ``partial(f, x)``, ``map(f, xs)``, ``pool.submit(f, x)``, ``Thread(target=f)``."""

from __future__ import annotations

import ast
from functools import lru_cache

_FIRST = {
    **dict.fromkeys(("partial", "submit", "to_thread", "run_sync", "delayed", "spawn", "start_soon"), 1),
    "run_in_executor": 2,
}
"""Where the arguments begin behind the function that a call hands on."""
_EACH = frozenset({"map", "imap", "imap_unordered", "thread_map", "process_map"})
"""What calls a function with each item of collections."""
_STARTS = frozenset({"Thread", "Process", "Timer"})
HANDS_ON = frozenset({*_FIRST, *_EACH, *_STARTS, "apply_async"})
LATER = frozenset({"partial", "submit", "apply_async"})
"""Calls that give something which gives the function's result."""


@lru_cache(maxsize=8192)
def handed_on(call: ast.Call) -> ast.Call | None:
    """The call of a function that another call stands for; None when it hands no function on."""
    name = getattr(call.func, "attr", None) or getattr(call.func, "id", None)
    if name in _EACH and len(call.args) > 1:
        return _made(call, call.args[0], [_item(a) for a in call.args[1:]], [])
    if name in _FIRST and len(call.args) >= _FIRST[name]:
        start = _FIRST[name]
        # a partial function is called with more than that
        more = (
            [ast.copy_location(ast.keyword(arg=None, value=ast.Constant(...)), call)]
            if name == "partial"
            else []
        )
        return _made(call, call.args[start - 1], call.args[start:], [*call.keywords, *more])
    if name == "apply_async" and call.args:
        packed = call.args[1] if len(call.args) > 1 else _keyword(call, "args")
        return _packed(call, call.args[0], packed, _keyword(call, "kwds"))
    if name in _STARTS:
        target = _keyword(call, "target")
        return _packed(call, target, _keyword(call, "args"), _keyword(call, "kwargs")) if target else None
    return None


def _keyword(call: ast.Call, name: str) -> ast.expr | None:
    return next((k.value for k in call.keywords if k.arg == name), None)


def _packed(
    call: ast.Call, func: ast.expr, args: ast.expr | None, keywords: ast.expr | None
) -> ast.Call | None:
    if args is not None and not isinstance(args, ast.Tuple | ast.List):
        return None
    if keywords is not None and not isinstance(keywords, ast.Dict):
        return None
    named = [
        ast.keyword(arg=str(k.value) if isinstance(k, ast.Constant) else None, value=v)
        for k, v in (zip(keywords.keys, keywords.values, strict=True) if keywords is not None else ())
    ]
    return _made(call, func, list(args.elts) if args is not None else [], named)


def _item(collection: ast.expr) -> ast.expr:
    """Any item of a collection."""
    return ast.copy_location(
        ast.Subscript(value=collection, slice=ast.Constant(...), ctx=ast.Load()), collection
    )


def _made(
    call: ast.Call, func: ast.expr, args: list[ast.expr], keywords: list[ast.keyword]
) -> ast.Call | None:
    if not isinstance(func, ast.Name | ast.Attribute | ast.Lambda | ast.Call):
        return None
    made = ast.copy_location(ast.Call(func=func, args=args, keywords=keywords), call)
    return ast.fix_missing_locations(made)  # keywords are put in order by where they stand
