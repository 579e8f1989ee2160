"""Function headers with parameters added, through libcst."""

from __future__ import annotations

import libcst as cst

from .composer import CannotRewrite
from .syntax import append, code, unify_newlines


def add_parameters(header: str, parameters: list[str], var_keyword: bool) -> str:
    """``def …:`` (with anything up to the body's first statement) with parameters added.

    Args:
        header: the source from ``def`` to the body's first statement, without that.
        parameters: such as ``num_items_in_batch=None``; added behind the last parameter that is not ``**``.
        var_keyword: whether to add ``**kwargs``.

    Raises:
        CannotRewrite: libcst cannot parse the header.
    """
    plain, newline = unify_newlines(header)
    try:
        statement = cst.parse_statement(plain + "pass\n")
    except Exception as error:
        raise CannotRewrite(str(error)) from None
    if not isinstance(statement, cst.FunctionDef):
        raise CannotRewrite("not a function")
    params = statement.params
    for text in parameters:
        function = cst.parse_statement(f"def f({text}): pass")
        assert isinstance(function, cst.FunctionDef)
        new = (*function.params.params, *function.params.kwonly_params)[0]
        if params.kwonly_params or isinstance(params.star_arg, cst.Param | cst.ParamStar):
            target = params.kwonly_params
            if not target and isinstance(params.star_arg, cst.Param):
                params = params.with_changes(
                    star_arg=params.star_arg.with_changes(
                        comma=cst.Comma(whitespace_after=cst.SimpleWhitespace(" "))
                    ),
                    kwonly_params=[new.with_changes(star="")],
                )
                continue
            params = params.with_changes(kwonly_params=append(target, new))
        else:
            params = params.with_changes(params=append(params.params, new))
    if var_keyword and params.star_kwarg is None:
        params = _with_var_keyword(params)
    old, new_head = _head(statement), _head(statement.with_changes(params=params))
    if not plain.startswith(old):
        raise CannotRewrite("the header is not where it was")
    result = new_head + plain[len(old) :]
    return result if newline == "\n" else result.replace("\n", newline)


def _head(function: cst.FunctionDef) -> str:
    """``def …:`` alone; what follows keeps its own white space and comments."""
    bare = function.with_changes(
        body=cst.SimpleStatementSuite([cst.Pass()], leading_whitespace=cst.SimpleWhitespace("")),
        leading_lines=[],
    )
    return code(bare).removesuffix("\n").removesuffix("pass")


def _with_var_keyword(params: cst.Parameters) -> cst.Parameters:
    kwargs = cst.Param(cst.Name("kwargs"), star="**")
    for group in ("kwonly_params", "params", "posonly_params"):
        elements = getattr(params, group)
        if elements:
            *rest, old, new = append(elements, kwargs)
            return params.with_changes(**{group: [*rest, old]}, star_kwarg=new)
    if isinstance(params.star_arg, cst.Param):
        star = params.star_arg.with_changes(comma=cst.Comma(whitespace_after=cst.SimpleWhitespace(" ")))
        return params.with_changes(star_arg=star, star_kwarg=kwargs)
    return params.with_changes(star_kwarg=kwargs)
