"""The list of names in one import statement, through libcst: order, commas and comments stay as the file has them."""

from __future__ import annotations

from collections.abc import Callable

import libcst as cst

from .composer import CannotRewrite
from .import_lines import ImportLines
from .removal import keep
from .syntax import append, code, unify_newlines


def edit_import(
    text: str,
    *,
    removed: set[int],
    replaced: dict[int, tuple[str, str | None]],
    added: list[tuple[str, str | None]],
    modules: dict[int, str],
    limit: int,
    module: str | None = None,
) -> str:
    """The source of an import statement with names removed, replaced (by place) and added.

    ``module`` is the module that a from-import brings them from instead of the one before.

    Raises:
        CannotRewrite: libcst cannot parse the statement.
    """
    plain, newline = unify_newlines(text)
    try:
        statement = cst.parse_statement(plain)
    except Exception as error:
        raise CannotRewrite(str(error)) from None
    if not isinstance(statement, cst.SimpleStatementLine) or len(statement.body) != 1:
        raise CannotRewrite("not one import")
    node = statement.body[0]
    if not isinstance(node, cst.Import | cst.ImportFrom) or isinstance(node.names, cst.ImportStar):
        raise CannotRewrite("not an import of names")
    if module is not None and isinstance(node, cst.ImportFrom):
        plain_name = module.lstrip(".")
        node = node.with_changes(
            relative=[cst.Dot()] * (len(module) - len(plain_name)),
            module=_dotted(plain_name) if plain_name else None,
        )
    names: list[cst.ImportAlias] = list(node.names)  # type: ignore[arg-type]
    order = _order(names)
    for index, module in modules.items():
        names[index] = names[index].with_changes(name=_dotted(module))
    lines = ImportLines.of(node) if isinstance(node, cst.ImportFrom) else None
    if lines is not None:
        key = None if order is None else _key(order)
        aliases = {i: cst.ImportAlias(cst.Name(n), _asname(a)) for i, (n, a) in replaced.items()}
        more = [cst.ImportAlias(cst.Name(n), _asname(a)) for n, a in dict.fromkeys(added)]
        result = code(lines.edit(removed, aliases, more, key))
        return result if newline == "\n" else result.replace("\n", newline)
    new = list(added)
    keeping = [i not in removed for i in range(len(names))]
    for index, (name, asname) in replaced.items():
        if order is None or len(names) == 1:
            names[index] = names[index].with_changes(name=cst.Name(name), asname=_asname(asname))
        else:
            keeping[index] = False
            new.append((name, asname))
    if not any(keeping):
        # everything moves within the list: build it on the first element's layout
        first, new = new[0], new[1:]
        names[0] = names[0].with_changes(name=cst.Name(first[0]), asname=_asname(first[1]))
        keeping[0] = True
    if isinstance(node, cst.ImportFrom) and node.lpar is not None and node.rpar is not None:
        kept = keep(names, keeping, node.lpar.whitespace_after, node.rpar.whitespace_before)
        node = node.with_changes(
            lpar=node.lpar.with_changes(whitespace_after=kept.head),
            rpar=node.rpar.with_changes(whitespace_before=kept.tail),
        )
        names = kept.elements
    else:
        names = keep(names, keeping).elements
    for name, asname in dict.fromkeys(new):
        alias = cst.ImportAlias(cst.Name(name), _asname(asname))
        names = _insert(names, alias, order)
    changed = node.with_changes(names=names)
    if (
        isinstance(changed, cst.ImportFrom)
        and changed.lpar is None
        and isinstance(names[-1].comma, cst.Comma)
    ):
        names[-1] = names[-1].with_changes(comma=cst.MaybeSentinel.DEFAULT)
        changed = changed.with_changes(names=names)
    result = code(changed)
    if (
        isinstance(changed, cst.ImportFrom)
        and changed.lpar is None
        and "\n" not in result
        and len(result) > limit
    ):
        result = _wrapped(result)
    return result if newline == "\n" else result.replace("\n", newline)


def _dotted(name: str) -> cst.Name | cst.Attribute:
    node: cst.Name | cst.Attribute | None = None
    for part in name.split("."):
        node = cst.Name(part) if node is None else cst.Attribute(node, cst.Name(part))
    assert node is not None
    return node


def _asname(name: str | None) -> cst.AsName | None:
    return None if name is None else cst.AsName(cst.Name(name))


def _text(alias: cst.ImportAlias) -> str:
    return code(alias.name)


def _by_type(name: str) -> tuple[int, str]:
    if name.isupper() and len(name) > 1:
        return 0, name
    return (1 if name[:1].isupper() else 2), name


_ORDERS = (_by_type, lambda n: (0, n), lambda n: (0, n.lower()))


def _order(names: list[cst.ImportAlias]) -> int | None:
    """Which order the list is in: isort's, plain or case-insensitive; None when it is in none."""
    texts = [_text(n) for n in names]
    for index, key in enumerate(_ORDERS):
        if texts == sorted(texts, key=key):
            return index
    return None


def _key(order: int) -> Callable[[cst.ImportAlias], tuple[int, str]]:
    return lambda alias: _ORDERS[order](_text(alias))


def _insert(names: list[cst.ImportAlias], alias: cst.ImportAlias, order: int | None) -> list[cst.ImportAlias]:
    if any(code(n.with_changes(comma=cst.MaybeSentinel.DEFAULT)) == code(alias) for n in names):
        return names
    if order is None:
        return append(names, alias)
    key = _ORDERS[order]
    position = next((i for i, n in enumerate(names) if key(_text(n)) > key(_text(alias))), None)
    if position is None:
        return append(names, alias)
    model = names[position - 1] if position else names[0]
    after = model.comma.whitespace_after if isinstance(model.comma, cst.Comma) else cst.SimpleWhitespace(" ")
    if isinstance(after, cst.ParenthesizedWhitespace):
        after = after.with_changes(first_line=cst.TrailingWhitespace(), empty_lines=[])
        if len(names) == 1:
            # the only element's comma closes the list: the line break before an element is not known from it
            return append(names, alias)
    result = list(names)
    result.insert(position, alias.with_changes(comma=cst.Comma(whitespace_after=after)))
    return result


def _wrapped(text: str) -> str:
    head, _, names = text.partition(" import ")
    lines = "".join(f"    {n.strip()},\n" for n in names.split(","))
    return f"{head} import (\n{lines})"
