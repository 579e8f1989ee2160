"""Command lines inside the code: flags that HfArgumentParser makes of a data class's fields."""

from __future__ import annotations

import ast
import re

from ..rewriting.composer import Inner
from ..rules.schema import FlagSelector, Rule
from .context import Context, Pending
from .parsers import own_fields, parsed_classes


class FlagMatcher:
    """Lists such as ``["--no_cuda", "--seed", "1"]`` in files around a parser of the library's arguments."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self._removed: dict[ast.List | ast.Tuple, set[int]] = {}
        self._pending: dict[ast.List | ast.Tuple, list[Pending]] = {}

    def run(self) -> None:
        flags = self.context.plan.flags
        if not flags:
            return
        for string in self.context.tree.strings:
            value = str(string.value)
            if not value.startswith("--"):
                continue
            parent = self.context.tree.parent.get(string)
            found = flags.get(value.partition("=")[0])
            if found is None or not isinstance(parent, ast.List | ast.Tuple):
                continue
            rule, selector = found
            if self._parsed(value[2:].partition("=")[0], selector):
                self._flag(string, parent, rule, selector)
        for display, indexes in self._removed.items():
            self._take_out(display, indexes)

    def _parsed(self, field: str, selector: FlagSelector) -> bool:
        """Whether a parser nearby reads the flag into the library's class, and no parser of the project's own does."""
        context = self.context
        classes = parsed_classes(context)
        if field in own_fields(context, classes):
            return False
        read = any(context.types.is_a(cls, selector.parsed_into) for cls in classes)
        return read and not any(
            isinstance(a, ast.Constant) and a.value == f"--{field}"
            for _, call in context.types.callers.sites(context.module, "add_argument")
            for a in call.args[:2]
        )

    def _flag(
        self, string: ast.Constant, display: ast.List | ast.Tuple, rule: Rule, selector: FlagSelector
    ) -> None:
        context = self.context
        old, _, given = str(string.value).partition("=")
        new = selector.flags[old]
        index = display.elts.index(string)
        follower = display.elts[index + 1] if index + 1 < len(display.elts) else None
        value = follower.value if isinstance(follower, ast.Constant) else None
        alone = follower is None or (isinstance(value, str) and value.startswith("-"))
        fixable = new is not None
        message = rule.message
        if new is not None and (not new or "=" in new):
            # what the flag was given goes with it
            if follower is not None and not isinstance(follower, ast.Constant):
                fixable = False
                message += " What follows the flag may be its value: take out both."
            elif "=" in new and not _is_on(given or ("" if alone else str(value))):
                fixable = False
        elif new is not None and any(
            isinstance(e, ast.Constant) and str(e.value).partition("=")[0] == new for e in display.elts
        ):
            fixable = False
            message += f" The list already holds {new}: decide which of the two is meant."
        pending = context.report(
            rule, string, safety=rule.safety, fixable=fixable and rule.safety != "manual", message=message,
            symbol=f"{selector.parsed_into}.{old[2:]}",
        )  # fmt: skip
        if pending is None or new is None:
            return
        span = context.span(string)
        if new:
            text = context.module.document.text[slice(*span)]
            whole = re.escape(old + ("=" + given if "=" in new and given else ""))
            pending.edits.append(context.composer.add(*span, re.sub(whole, new, text, count=1)))
        if not new or "=" in new:
            gone = set() if new else {index}
            if not (alone or given):
                gone.add(index + 1)
            if gone:
                self._removed.setdefault(display, set()).update(gone)
                self._pending.setdefault(display, []).append(pending)

    def _take_out(self, display: ast.List | ast.Tuple, indexes: set[int]) -> None:
        span = self.context.span(display)

        def produce(inner: Inner) -> str:
            from ..rewriting.calls import without_items

            return without_items(inner(*span), indexes)

        made = self.context.composer.add(*span, produce)
        for pending in self._pending[display]:
            pending.edits.append(made)


def _is_on(value: str) -> bool:
    """Whether the value of a boolean flag, which may be left out, is true."""
    return value.lower() in {"", "true", "yes", "y", "t", "1"}
