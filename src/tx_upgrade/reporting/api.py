"""What is known of the library's API, for people and for programs."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ..history.changes import Changes, Gone
    from ..history.difference import SignatureChange
    from ..history.signatures import Signature
    from ..history.symbol import Interval, Symbol

_WIDTH = 100
_SCHEMA = 1


# -- one name ------------------------------------------------------------------------------------------------------------


def symbol_text(symbol: Symbol, newest: str) -> str:
    """A name's intervals, each with its signature and what is different from the one before."""
    width = max(len(_span(i)) for i in symbol.intervals)
    lines = [symbol.name, ""]
    before: Interval | None = None
    for interval in symbol.intervals:
        defined = f", defined as {interval.definition}" if interval.definition != symbol.name else ""
        lines.append(f"{_span(interval):<{width}}  {interval.kind}{defined}")
        if interval.signature is not None:
            lines.append(_indented(str(interval.signature)))
            if before is not None and before.signature not in (None, interval.signature):
                from ..history.difference import difference

                assert before.signature is not None
                lines.append(_indented(_parts(difference(symbol.name, before.signature, interval.signature))))
        before = interval
    if symbol.intervals[-1].last is not None:
        lines += ["", f"not in {newest}{_where(symbol)}"]
    return "\n".join(lines) + "\n"


def _where(symbol: Symbol) -> str:
    if symbol.moved_to:
        return f": it is {symbol.moved_to} there"
    return f"; the nearest there: {', '.join(symbol.nearest)}" if symbol.nearest else ""


def _span(interval: Interval) -> str:
    if interval.first == interval.last:
        return interval.first
    return f"{interval.first} – {interval.last}" if interval.last else f"{interval.first} –"


def _indented(text: str) -> str:
    """Lines of limited width, broken at spaces."""
    lines: list[str] = []
    line = "   "
    for word in text.split():
        if len(line) + 1 + len(word) > _WIDTH and line.strip():
            lines.append(line)
            line = "    "
        line += f" {word}"
    return "\n".join([*lines, line])


def symbol_json(symbol: Symbol) -> str:
    """The same as one JSON object."""
    return _dump(
        {
            "schema_version": _SCHEMA,
            "name": symbol.name,
            "intervals": [
                {
                    "first": i.first,
                    "last": i.last,
                    "kind": i.kind,
                    "definition": i.definition,
                    "signature": _signature(i.signature),
                }
                for i in symbol.intervals
            ],
            "moved_to": symbol.moved_to,
            "nearest": list(symbol.nearest),
        }
    )


def _signature(signature: Signature | None) -> dict[str, object] | None:
    if signature is None:
        return None
    return {
        "text": str(signature),
        "parameters": [{"name": p.name, "kind": p.kind, "default": p.default} for p in signature.parameters],
    }


# -- two releases --------------------------------------------------------------------------------------------------------


def changes_text(changes: Changes) -> str:
    """What changed, by kind; names of a module that is gone altogether are counted, not listed."""
    lines = [f"transformers {changes.from_version} → {changes.to_version}"]
    moved = [g for g in changes.gone if g.moved_to]
    gone = [g for g in changes.gone if not g.moved_to]
    modules = {g.name for g in gone if g.kind == "module"}
    below: dict[str, int] = {}
    for item in gone:
        owner = item.name.rpartition(".")[0]
        if item.kind != "module" and owner in modules:
            below[owner] = below.get(owner, 0) + 1
    lines += _section("modules gone", [m + _count(below.get(m, 0)) for m in sorted(modules)])
    lines += _section("modules moved", _moves(g for g in moved if g.kind == "module"))
    moved_modules = {g.name: g.moved_to for g in moved if g.kind == "module"}
    left = [g for g in gone if g.kind != "module" and g.name.rpartition(".")[0] not in modules]
    lines += _section("names gone", [f"{g.name} ({g.kind})" for g in left])
    lines += _section(
        "names moved",
        _moves(g for g in moved if g.kind != "module" and not _comes_along(g, moved_modules)),
    )
    lines += _section("modules new", [n.name for n in changes.new if n.kind == "module"])
    lines += _section("names new", [f"{n.name} ({n.kind})" for n in changes.new if n.kind != "module"])
    lines += _section("signatures changed", [f"{c.name}: {_parts(c)}" for c in changes.signatures])
    if changes.paths:
        kept = sum(1 for p in changes.paths if p.moved_to)
        lines += [
            "",
            f"{len(changes.paths):,} names that modules had only imported can no longer be had there; "
            f"{kept:,} of them are still in the library (--format json lists them)",
        ]
    return "\n".join(lines) + "\n"


def _comes_along(gone: Gone, modules: dict[str, str | None]) -> bool:
    """Whether a name only went with its module."""
    owner, _, last = gone.name.rpartition(".")
    return owner in modules and gone.moved_to == f"{modules[owner]}.{last}"


def _moves(items: Iterable[Gone]) -> list[str]:
    return [f"{g.name} → {g.moved_to}" for g in items]


def _count(names: int) -> str:
    return f" ({names} name{'s' if names > 1 else ''})" if names else ""


def _section(title: str, items: Sequence[str]) -> list[str]:
    return ["", f"{title}: {len(items):,}", *(f"  {item}" for item in items)] if items else []


def _parts(change: SignatureChange) -> str:
    parts = []
    if change.gone:
        parts.append(f"gone: {', '.join(change.gone)}")
    if change.new:
        parts.append(f"new: {', '.join(change.new)}")
    if change.defaults:
        shown = (f"{name}: {old or 'required'} → {new or 'required'}" for name, old, new in change.defaults)
        parts.append(f"default of {', '.join(shown)}")
    return "; ".join(parts) or f"order: {change.after}"


def changes_json(changes: Changes) -> str:
    """The same as one JSON object, with every path."""
    return _dump(
        {
            "schema_version": _SCHEMA,
            "from": changes.from_version,
            "to": changes.to_version,
            "gone": [_gone(g) for g in changes.gone if not g.moved_to],
            "moved": [_gone(g) for g in changes.gone if g.moved_to],
            "new": [{"name": n.name, "kind": n.kind} for n in changes.new],
            "signatures": [
                {
                    "name": c.name,
                    "before": c.before,
                    "after": c.after,
                    "gone": list(c.gone),
                    "new": list(c.new),
                    "defaults": [{"name": n, "before": old, "after": new} for n, old, new in c.defaults],
                }
                for c in changes.signatures
            ],
            "paths_gone": [_gone(g) for g in changes.paths],
        }
    )


def _gone(gone: Gone) -> dict[str, str | None]:
    return {"name": gone.name, "kind": gone.kind, "moved_to": gone.moved_to}


def _dump(data: object) -> str:
    import json  # the text that most want needs it not

    return json.dumps(data, indent=2, ensure_ascii=False) + "\n"
