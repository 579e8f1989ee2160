"""Strings that hold what the library called something: names of parameters in a model, which no import shows."""

from __future__ import annotations

import ast
import re

from .context import Context


class StringTexts:
    """Rules on the text of strings, in projects that use the classes that they are about."""

    def __init__(self, context: Context) -> None:
        self.context = context

    def run(self) -> None:
        """Look at every string of the file that may be meant."""
        context = self.context
        for rule, selector in context.plan.strings:
            if not any(text in context.module.document.text for text in selector.texts):
                continue
            if not context.speaks_of(selector.used_with):
                continue
            for string in context.tree.strings:
                text = next((t for t in selector.texts if t in str(string.value)), None)
                if text is not None and self._is_name(string):
                    context.report(rule, string, safety="manual", fixable=False, symbol=text)

    def _is_name(self, string: ast.Constant) -> bool:
        """Whether a string is one path or a pattern of one, no sentence and no documentation."""
        return not re.search(r"\s", str(string.value)) and not isinstance(
            self.context.tree.parent.get(string), ast.Expr
        )
