"""Writes ``_transformers_compat.py`` from the shim entries of the packs: only what is used, and what that needs."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterable, Mapping

from ..model import TxUpgradeError
from ..rules.schema import ShimEntry

MARKER = "Written by tx-upgrade"


def generate(
    names: Iterable[str], entries: Mapping[str, ShimEntry], *, existing: str | None = None, path: str = ""
) -> str:
    """The source of the module that holds ``names`` (and what an earlier run put into ``existing``).

    Raises:
        TxUpgradeError: ``existing`` was not written by this tool.
    """
    wanted = set(names)
    if existing is not None:
        if MARKER not in existing:
            raise TxUpgradeError(f"{path}: exists already and was not written by tx-upgrade; rename it first")
        held = {n.name for n in ast.parse(existing).body if isinstance(n, ast.FunctionDef | ast.ClassDef)}
        held |= {
            t.id
            for n in ast.parse(existing).body
            if isinstance(n, ast.Assign)
            for t in n.targets
            if isinstance(t, ast.Name)
        }
        earlier = held & set(entries)
        if wanted <= earlier:
            return existing
        wanted |= earlier
    ordered = _with_needs(sorted(wanted), entries)
    imports: dict[str, set[str]] = {}
    plain: set[str] = set()
    bodies = [_body(entries[name], imports, plain) for name in ordered]
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
