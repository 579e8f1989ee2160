"""The rules in force, for people: a list, and one rule in full with its examples."""

from __future__ import annotations

import textwrap

from ..model import LIBRARY, TxUpgradeError
from .packs import load_packs
from .schema import Rule


def list_rules() -> str:
    """One line a rule: id, versions, safety, title; in the order in which they run."""
    rules = load_packs().rules
    width = max((len(r.id) for r in rules), default=0)
    lines = [f"{r.id:<{width}}  {_versions(r):<16} {r.safety:<7} {r.title}" for r in rules]
    return "\n".join(lines)


def _versions(rule: Rule) -> str:
    of = "" if rule.library == LIBRARY else f"{rule.library} "
    if rule.broken is None:
        return f"deprecated {of}{rule.deprecated}"
    return f"broken {of}{rule.broken}"


def show_rule(rule_id: str) -> str:
    """One rule with its message, source and examples.

    Raises:
        TxUpgradeError: no rule has this id; the nearest ones are named.
    """
    rules = {r.id: r for r in load_packs().rules}
    if rule_id not in rules:
        import difflib

        near = difflib.get_close_matches(rule_id, rules, 3)
        hint = f"; did you mean {' or '.join(near)}?" if near else " (see: tx-upgrade rules list)"
        raise TxUpgradeError(f"no rule has the id {rule_id!r}{hint}")
    rule = rules[rule_id]
    parts = [f"{rule.id}: {rule.title}", ""]
    if rule.library != LIBRARY:
        parts.append(f"{'library':<11}{rule.library}")
    parts.append(f"{'safety':<11}{rule.safety}")
    for name in ("deprecated", "broken"):
        value = getattr(rule, name)
        if value:
            parts.append(f"{name:<11}{value}")
    if rule.tags:
        parts.append(f"{'tags':<11}{', '.join(rule.tags)}")
    parts += [f"{'source':<11}{rule.source}", f"{'pack':<11}{rule.file}:{rule.line}", ""]
    parts.append(textwrap.fill(" ".join(rule.message.split()), 100))
    for example in rule.examples:
        if example.before is not None and example.after is not None:
            parts += ["", "before" + (" (with --unsafe)" if example.unsafe else ""), _block(example.before)]
            parts += ["after", _block(example.after)]
        elif example.same is not None:
            parts += ["", "stays as it is", _block(example.same)]
        elif example.finds is not None:
            parts += ["", "is reported, not rewritten", _block(example.finds)]
    return "\n".join(parts)


def _block(text: str) -> str:
    return textwrap.indent(text.rstrip("\n"), "    ")
