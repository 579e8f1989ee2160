"""Writes ``_transformers_compat.py`` from the shim entries of the packs: only what is used, and what that needs."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterable, Mapping

from ..model import TxUpgradeError
from ..rules.schema import ShimEntry

MARKER = "Written by tx-upgrade"
_HEAD = re.compile(r"# transformers ([<>=!~][^\n]*)$")


def generate(
    names: Iterable[str], entries: Mapping[str, ShimEntry], *, existing: str | None = None, path: str = ""
) -> str:
    """The source of the module that holds ``names`` (and what an earlier run put into ``existing``).

    Raises:
        TxUpgradeError: ``existing`` was not written by this tool.
    """
    wanted = set(names)
    if existing is not None:
        held: dict[str, ShimEntry] = {}
        for entry in read(existing, path):
            own = defined(entry.source)
            held[next((n for n in own if n in entries), entry.name)] = entry
        if wanted <= {name for entry in held.values() for name in defined(entry.source)}:
            return existing
        entries = {**held, **entries}
        wanted |= held.keys()
    # in the order of all names, those that are only needed by others too: the same whichever run brought them
    ordered = _with_needs(sorted(_with_needs(sorted(wanted), entries)), entries)
    return write([entries[name] for name in ordered])


def write(entries: Iterable[ShimEntry]) -> str:
    """The source of the module that holds these entries, in their order."""
    imports: dict[str, set[str]] = {}
    plain: set[str] = set()
    bodies = [_body(entry, imports, plain) for entry in entries]
    head = [
        '"""What transformers no longer has and this code still uses.',
        "",
        f"{MARKER}: each entry says which versions it serves; remove it once nothing imports it.",
        '"""',
        "",
        "# tx-upgrade: skip-file",
        "",
        "from __future__ import annotations",
        "",
    ]
    statements = [(s.split()[1], s) for s in sorted(plain)]
    statements += [(m, f"from {m} import {', '.join(sorted(ns))}") for m, ns in sorted(imports.items())]
    standard = [s for m, s in statements if m.split(".")[0] in sys.stdlib_module_names]
    others = [s for m, s in statements if m.split(".")[0] not in sys.stdlib_module_names]
    lines = [*standard, *([""] if standard and others else []), *others]
    text = "\n".join([*head, *lines])
    return text.rstrip("\n") + "\n\n\n" + "\n\n\n".join(bodies) + "\n"


def read(existing: str, path: str = "") -> list[ShimEntry]:
    """The entries of a module that this tool wrote, each with the imports that it needs.

    Raises:
        TxUpgradeError: the tool did not write it, or what it holds is no Python any more.
    """
    if MARKER not in existing:
        raise TxUpgradeError(f"{path}: exists already and was not written by tx-upgrade; rename it first")
    try:
        tree = ast.parse(existing)
    except SyntaxError as error:
        raise TxUpgradeError(f"{path}:{error.lineno}: {error.msg}; repair the file first") from None
    lines = existing.split("\n")
    starts = [number for number, line in enumerate(lines) if _HEAD.match(line)]
    imports = [n for n in tree.body if isinstance(n, ast.Import | ast.ImportFrom)]
    imports = [n for n in imports if not starts or n.lineno <= starts[0]]
    found: list[ShimEntry] = []
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        body = "\n".join(lines[start + 1 : end]).strip("\n")
        used = {n.id for n in ast.walk(ast.parse(body)) if isinstance(n, ast.Name)}
        needed = [_only(node, used) for node in imports]
        source = "\n".join([*filter(None, needed), body]) + "\n"
        name = defined(source)[-1] if defined(source) else ""
        match = _HEAD.match(lines[start])
        assert match is not None
        found.append(ShimEntry(name, match[1], source, (), path, start + 1))
    return [_linked(entry, found) for entry in found]


def _linked(entry: ShimEntry, others: list[ShimEntry]) -> ShimEntry:
    """An entry with the others that it uses."""
    used = {n.id for n in ast.walk(ast.parse(entry.source)) if isinstance(n, ast.Name)}
    needs = tuple(o.name for o in others if o is not entry and used & set(defined(o.source)))
    return entry._replace(needs=needs)


def _only(node: ast.Import | ast.ImportFrom, used: set[str]) -> str | None:
    """An import with what a body uses of it."""
    names = [a for a in node.names if (a.asname or a.name).split(".")[0] in used]
    if not names or (isinstance(node, ast.ImportFrom) and node.module == "__future__"):
        return None
    return ast.unparse(
        ast.Import(names) if isinstance(node, ast.Import) else ast.ImportFrom(node.module, names, node.level)
    )


def defined(source: str) -> list[str]:
    """The names that an entry's source defines at its top, also in the branches of ``try`` and ``if``."""
    found: list[str] = []

    def visit(statements: list[ast.stmt], *, top: bool) -> None:
        for node in statements:
            if isinstance(node, ast.FunctionDef | ast.ClassDef):
                found.append(node.name)
            elif isinstance(node, ast.Assign):
                found.extend(t.id for t in node.targets if isinstance(t, ast.Name))
            elif isinstance(node, ast.ImportFrom) and not top:
                found.extend(a.asname or a.name for a in node.names)
            elif isinstance(node, ast.Try):
                visit(node.body, top=False)
            elif isinstance(node, ast.If):
                visit([n for n in node.body if not isinstance(n, ast.Import | ast.ImportFrom)], top=False)

    visit(ast.parse(source).body, top=True)
    return list(dict.fromkeys(found))


def _with_needs(names: list[str], entries: Mapping[str, ShimEntry]) -> list[str]:
    ordered: list[str] = []

    def visit(name: str, path: tuple[str, ...]) -> None:
        if name in ordered or name in path:
            return
        if name not in entries:
            raise TxUpgradeError(f"no rule pack defines the shim {name!r} that a rule names")
        for need in entries[name].needs:
            visit(need, (*path, name))
        ordered.append(name)

    for name in names:
        visit(name, ())
    return ordered


def _body(entry: ShimEntry, imports: dict[str, set[str]], plain: set[str]) -> str:
    """An entry's source without its imports at the top, which are collected."""
    tree = ast.parse(entry.source)
    lines = entry.source.rstrip("\n").split("\n")
    drop: set[int] = set()
    for node in tree.body:
        if isinstance(node, ast.Import):
            plain.update(f"import {a.name}" + (f" as {a.asname}" if a.asname else "") for a in node.names)
        elif isinstance(node, ast.ImportFrom):
            if node.module != "__future__":
                imports.setdefault("." * node.level + (node.module or ""), set()).update(
                    a.name + (f" as {a.asname}" if a.asname else "") for a in node.names
                )
        else:
            continue
        drop.update(range(node.lineno, (node.end_lineno or node.lineno) + 1))
    rest = "\n".join(line for number, line in enumerate(lines, 1) if number not in drop).strip("\n")
    return f"# transformers {entry.serves}\n{rest}"
