"""Code that runs on both sides of a break: entries of the compatibility module that switch by the installed release."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from textwrap import indent

from ..model import SHIM_MODULE
from ..rules.schema import Rule, ShimEntry
from ..rules.support import OldSide, begins

_INSTALLED = "Version(transformers.__version__).release"
_IMPORTS = "import transformers\nfrom packaging.version import Version\n\n"


class BothSides:
    """What one run makes for a range of releases: the entries, by their names, and what the oldest release has."""

    def __init__(self, old: OldSide) -> None:
        self.old = old
        self.made: dict[str, ShimEntry] = {}

    def named(self, forms: Sequence[str]) -> str | None:
        """A name that each release of the range has under one of ``forms``, the newest form first.

        Gives the newest form itself where all releases have it, else an entry that imports what there is; None when
        some release has none of them, or they are no names that can be imported.
        """
        newest = forms[0]
        own = newest.startswith(f"{SHIM_MODULE}.") or not newest.startswith("transformers")
        if self.old.exists(newest) and (own or self.old.everywhere(newest)):
            return newest
        entry = self.old.shims.get(newest.removeprefix(f"{SHIM_MODULE}.")) if own else None
        taken: list[str] = []
        history = self.old.history
        for version in reversed(self.old.versions()):
            fitting = next((f for f in forms if "." in f and history.exists(f, version)), None)
            if fitting is None and entry is not None and not taken:
                continue  # the shim's own source serves there
            if fitting is None or history.kind(fitting.rpartition(".")[0], version) == "class":
                return None
            if fitting not in taken:
                taken.append(fitting)
        name = newest.rpartition(".")[2]
        if own and (entry is None or not taken):
            return None
        return self._entry(name, self._imported(taken, name, entry), entry.needs if entry is not None else ())

    @staticmethod
    def _imported(taken: list[str], name: str, fallback: ShimEntry | None) -> str:
        """``try`` around the imports of one name, the first that is there counts."""
        blocks = []
        for qualified in taken:
            module, _, old = qualified.rpartition(".")
            blocks.append(f"from {module} import {old}" + (f" as {name}" if old != name else ""))
        if fallback is not None:
            blocks.append(fallback.source.rstrip("\n"))
        text = blocks.pop()
        while blocks:
            text = f"try:\n{indent(blocks.pop(), '    ')}\nexcept ImportError:\n{indent(text, '    ')}"
        return text + "\n"

    def flag(self, since: str) -> str:
        """An entry that is true from a release on."""
        name = "SINCE_" + "_".join(_release(since))
        return self._entry(name, f"{_IMPORTS}{name} = {_INSTALLED} >= {_tuple(since)}\n") or name

    def argument(self, forms: Sequence[tuple[str, str]]) -> str:
        """An entry that is the name that an argument (or a member) has in the installed release.

        Args:
            forms: each name with the release that it begins in, the newest first; the last one's begin is not asked for.
        """
        newest = forms[0][0]
        text = repr(forms[-1][0]).replace("'", '"')
        for name, since in reversed(forms[:-1]):
            text = f'"{name}" if {_INSTALLED} >= {_tuple(since)} else {text}'
        constant = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", newest.strip("_")).upper()
        made = self._entry(constant, f"{_IMPORTS}{constant} = {text}\n")
        if made is None:  # another argument has that name since another release
            old = forms[-1][0].strip("_").upper()
            made = self._entry(f"{constant}_OR_{old}", f"{_IMPORTS}{constant}_OR_{old} = {text}\n")
        return made or f"{SHIM_MODULE}.{constant}"

    def _entry(self, name: str, source: str, needs: tuple[str, ...] = ()) -> str | None:
        """Keep an entry; its qualified name, or None where another one bears the name."""
        known = self.made.get(name)
        if known is not None and known.source != source:
            return None
        if known is None:
            serves = f">={'.'.join(_release(self.old.oldest))}"
            self.made[name] = ShimEntry(name, serves, source, needs, "", 0)
        return f"{SHIM_MODULE}.{name}"

    def switch(self, rule: Rule) -> str:
        """The flag from which on a rule's new form is used."""
        return self.flag(begins(rule, gone=True))


def guarded(entry: ShimEntry, oldest: str) -> ShimEntry:
    """An entry of a pack as it can be imported on a release that it does not serve: there it is None."""
    from packaging.specifiers import SpecifierSet

    if SpecifierSet(entry.serves).contains(oldest, prereleases=True):
        return entry
    since = entry.serves.removeprefix(">=").split(",")[0]
    names = [n.name for n in ast.parse(entry.source).body if isinstance(n, ast.FunctionDef | ast.ClassDef)]
    absent = " = ".join(dict.fromkeys([*names, entry.name]))
    body = indent(entry.source.rstrip("\n"), "    ")
    source = f"{_IMPORTS}if {_INSTALLED} >= {_tuple(since)}:\n{body}\nelse:\n    {absent} = None\n"
    return entry._replace(source=source)


def whole(text: str, node: ast.expr, parent: ast.AST | None) -> str:
    """A conditional expression, in parentheses where it does not stand alone."""
    alone = isinstance(parent, ast.Assign | ast.Return | ast.Expr) and parent.value is node
    alone = alone or isinstance(parent, ast.keyword)
    alone = alone or (isinstance(parent, ast.Call) and parent.func is not node)
    return text if alone and "\n" not in text else f"({text})"


def _release(version: str) -> list[str]:
    return version.split(".")[:2]


def _tuple(version: str) -> str:
    return f"({', '.join(_release(version))})"
