"""What all matchers of one file share: the module, the plan, the findings so far and the edits."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import NamedTuple

from ..analysis.library import ROOT, Library
from ..analysis.module import ExternalName, LibraryName, Module, ProjectClass
from ..analysis.project import Project
from ..analysis.types import Certainty, Types
from ..analysis.walking import children, walk
from ..model import LIBRARY, Finding, Safety, Status
from ..rewriting.composer import Composer, Edit
from ..rewriting.fstrings import fitting, pieces
from ..rewriting.imports import ImportPlanner
from ..rules.patterns import compile_expression
from ..rules.plan import Plan
from ..rules.schema import AddedBaseSelector, CallSelector, Case, Rule
from .both_sides import BothSides
from .patterns import Matcher

_IGNORE = re.compile(r"#\s*tx-upgrade:\s*ignore(?:\s*\[([^\]]*)\])?")
SKIP_FILE = re.compile(rb"#\s*tx-upgrade:\s*skip-file")

_FEW = 3


class Wish(NamedTuple):
    """What one file wants of a key that another one writes; ``value`` is source text."""

    path: str
    span: tuple[int, int]
    name: str
    removed: bool = False
    value: str | None = None


Place = tuple[str, tuple[int, int]]
"""A rule and the span of what it met."""

RANK: dict[Safety, int] = {"safe": 0, "unsafe": 1, "manual": 2}


def weaker(left: Safety, right: Safety) -> Safety:
    """The less safe of two."""
    return left if RANK[left] >= RANK[right] else right


@dataclass(slots=True, eq=False)
class Pending:
    """A finding whose edits are not made yet; it falls back to ``manual`` when they cannot be."""

    rule_id: str
    span: tuple[int, int]
    safety: Safety
    status: Status
    message: str
    symbol: str | None
    rule: Rule | None
    explanation: str
    edits: list[Edit] = field(default_factory=list)
    fallback: str | None = None


@dataclass(slots=True)
class Engine:
    """What one run shares between its files."""

    plan: Plan
    library: Library
    project: Project
    types: Types
    unsafe: bool
    explain: bool = False
    constructor_rules: dict[str | ProjectClass | None, list[tuple[Rule, str, CallSelector]]] = field(
        default_factory=dict
    )
    both: BothSides | None = None
    """What code needs that has to go on running on older releases as well."""
    added_bases: dict[ast.ClassDef, list[tuple[Rule, AddedBaseSelector]]] = field(default_factory=dict)


class Context:
    """One file in the middle of being matched."""

    def __init__(self, engine: Engine, module: Module, refused: frozenset[Place] = frozenset()) -> None:
        self.engine = engine
        self.plan = engine.plan
        self.library = engine.library
        self.project = engine.project
        self.types = engine.types
        self.module = module
        self.tree = module.scopes
        self.lines = module.lines
        self.composer = Composer(module.document.text, self._fitting)
        self._f_strings: list[tuple[int, int]] | None = None
        self.imports = ImportPlanner(module)
        self.refused = refused
        """Findings whose edits turned out to be impossible: they are left to a person from the start."""
        self.pending: list[Pending] = []
        self.untyped: list[Pending] = []
        self._said: set[tuple[tuple[int, int], str]] = set()
        self._candidates: dict[tuple[int, int], list[str]] = {}
        """For each receiver in ``untyped``: the classes whose rules speak of the call."""
        self.matcher = Matcher(self.qualified, self.library.same)
        self.replaced_callees: dict[ast.AST, str] = {}
        """Callee expressions that a call rule gave another qualified name."""
        self.consumed: set[ast.AST] = set()
        """Nodes that vanish in a rewrite around them: their own references need no import any more."""
        self.forced: dict[ast.Call, list[tuple[Rule, Case, Pending]]] = {}
        """Calls inside an unwrapped ``with`` and the rewrite that it asks of them."""
        self.wishes: list[Wish] = []
        """What this file wants of keys that other files write (see ``matching.abroad``)."""
        self._asked: dict[ast.AST, list[ast.Call]] = {}
        self.added_where_made: dict[tuple[ast.Call, str], Edit] = {}
        """Arguments that a rule on another call added to the one that made the object."""
        self._suppressions = self._read_suppressions()

    def _fitting(self, start: int, end: int, text: str) -> str:
        """New text as it can stand where it is to stand: in an f-string it must not hold that string's quotes."""
        if self._f_strings is None:
            self._f_strings = [self.span(n) for n in self.tree.parent if isinstance(n, ast.JoinedStr)]
        for span in self._f_strings:
            if span[0] < start and end < span[1]:
                for piece in pieces(self.module.document.text[slice(*span)], span[0]):
                    if piece.start < start and end < piece.end:
                        text = fitting(text, piece.quote)
        return text

    def _read_suppressions(self) -> dict[int, frozenset[str] | None]:
        found: dict[int, frozenset[str] | None] = {}
        if "tx-upgrade" not in self.module.document.text:
            return found
        numbers = range(1, self.lines.lines + 1)
        if not any(_IGNORE.search(self.lines.line_text(line)) for line in numbers):
            return found
        for line, comment in _comments(self.module.document.text):
            match = _IGNORE.search(comment)
            if match:
                ids = match[1]
                found[line] = frozenset(i.strip() for i in ids.split(",")) if ids else None
        return found

    def span(self, node: ast.AST) -> tuple[int, int]:
        return self.lines.span(node)  # type: ignore[arg-type]

    def source(self, node: ast.AST) -> str:
        start, end = self.span(node)
        return self.module.document.text[start:end]

    def qualified(self, node: ast.expr) -> str | None:
        """The qualified name of an expression, through the project's own re-exports."""
        target = self.project.resolve(self.module, node)
        return target.name if isinstance(target, LibraryName | ExternalName) else None

    def renames_field(self, cls: ProjectClass, name: str) -> bool:
        """Whether a class only gives the library's own field ``name`` another value, and a rule renames it there."""
        return any(
            new is not None and (rule.safety == "safe" or self.engine.unsafe) and self.types.is_a(cls, owner)
            for rule, owner, new, _ in self.plan.class_attributes.get(name, ())
        )

    def written_for_target(self, rule: Rule, node: ast.AST) -> bool:
        """Whether a rule on a silent change meets code that a version check already reserves for the target."""
        silent = "pin" in rule.tags or getattr(rule.selector, "changed", False)
        return silent and self.module.guards.is_live(node)

    def suppressed(self, rule_id: str, span: tuple[int, int]) -> bool:
        if not self._suppressions:
            return False
        first, last = self.lines.position(span[0])[0], self.lines.position(span[1])[0]
        for line in {first, last}:
            if line in self._suppressions:
                ids = self._suppressions[line]
                if ids is None or rule_id in ids:
                    return True
        return False

    def report(
        self,
        rule: Rule | None,
        node: ast.AST | tuple[int, int],
        *,
        safety: Safety,
        fixable: bool,
        certainty: Certainty = "proven",
        message: str | None = None,
        symbol: str | None = None,
        rule_id: str | None = None,
        explanation: str = "",
        on_both: bool | None = None,
    ) -> Pending | None:
        """Note a finding; gives it when its fix is to be made in this run, else None.

        ``on_both`` says whether the fix runs on all releases that code has to go on running on; by default the rule's
        own facts decide.
        """
        identifier = rule.id if rule is not None else rule_id
        assert identifier is not None
        span = node if isinstance(node, tuple) else self.span(node)
        level: Safety = safety
        if certainty == "likely":
            level = weaker(level, "unsafe")
            explanation = (
                explanation + "; " if explanation else ""
            ) + "the receiver's class is inferred from its name"
        text = message or (rule.message if rule is not None else "")
        both = self.engine.both
        if fixable and both is not None and rule is not None:
            if rule.library != LIBRARY:
                on_both = both.old.before_range(rule)  # its names are in no history
            fixable = both.old.runs(rule) if on_both is None else on_both
            if not fixable and rule.broken is None:
                return None  # the old form runs on all of them
            if not fixable:
                text = f"{text} (the new form does not run on {both.old.oldest}, which is to be supported: tell the two apart)"
        if (identifier, span) in self.refused:
            fixable = False
            text = f"{text} (the tool could not rewrite this place: do it by hand)"
        if certainty == "partly":
            fixable = False
            text = f"{text} (one of several classes is called here, and this is not true of all of them)"
        if not fixable:
            level = "manual"
        status: Status
        if self.suppressed(identifier, span):
            status = "suppressed"
        elif level == "safe" or (level == "unsafe" and self.engine.unsafe):
            status = "fixed"
        elif level == "unsafe":
            status = "available"
        else:
            status = "manual"
        pending = Pending(identifier, span, level, status, text, symbol, rule, explanation)
        said = (span, text)
        if status == "fixed" or said not in self._said:
            # several calls may meet the same key of a dictionary, and rules that share their message one place
            self.pending.append(pending)
            self._said.add(said)
        return pending if status == "fixed" else None

    def note_untyped(self, receiver: ast.expr, what: str) -> None:
        """For ``--explain``: a call that would meet a rule if its receiver were known."""
        if not self.engine.explain:
            return
        span = self.span(receiver)
        known = next((p for p in self.untyped if p.span == span), None)
        candidates = self._candidates.setdefault(span, [])
        owner, _, method = what.rpartition(".")
        candidates.append(owner.rpartition(".")[2])
        candidates[:] = dict.fromkeys(candidates)
        message = (
            f"the class of {self.source(receiver)!r} is not known; if it is a "
            f"{_either(list(candidates))}, see the rules on {what if len(candidates) == 1 else method}"
        )
        if known is not None:
            known.message = message
            return
        self.untyped.append(Pending("untyped-receiver", span, "manual", "manual", message, what, None, ""))

    def failed(self) -> frozenset[Place]:
        """The findings whose edits could not be made when the text was rendered."""
        return frozenset(
            (p.rule_id, p.span)
            for p in self.pending
            if p.status == "fixed" and any(e.failed for e in p.edits)
        )

    def findings(self) -> list[Finding]:
        """All findings with their final status, in the order of the file."""
        return [self.finding(p) for p in sorted(self.pending, key=lambda p: (p.span, p.rule_id))]

    def finding(self, pending: Pending) -> Finding:
        line, column = self.lines.position(pending.span[0])
        end_line, end_column = self.lines.position(pending.span[1])
        rule = pending.rule
        return Finding(
            rule=pending.rule_id,
            path=self.module.document.path,
            line=line,
            column=column,
            end_line=end_line,
            end_column=end_column,
            safety=pending.safety,
            status=pending.status,
            message=" ".join(pending.message.split()),
            symbol=pending.symbol,
            deprecated=rule.deprecated if rule else None,
            broken=rule.broken if rule else None,
            url=rule.source if rule else None,
            explanation=(pending.explanation or None) if self.engine.explain else None,
        )

    def tells_apart(self, receiver: ast.expr, *, certain: bool = False, among: tuple[str, ...] = ()) -> bool:
        """Whether the function around ``receiver`` asks what it is: objects of several kinds come here then.

        With a ``certain`` class only ``hasattr`` counts: the code serves several versions of the library. A question
        that only tells classes below one of ``among`` from each other says nothing.
        """
        function = self.tree.enclosing_function(receiver)
        if function is None:
            return False
        if function not in self._asked:
            self._asked[function] = [
                node
                for node in walk(function)
                if isinstance(node, ast.Call)
                and isinstance(node.func, ast.Name)
                and node.func.id in {"hasattr", "isinstance"}
                and len(node.args) == 2
            ]
        asked = self._asked[function]
        if not asked:
            return False
        dumped = ast.dump(receiver)
        of_it = [call for call in asked if ast.dump(call.args[0]) == dumped]
        return any(
            getattr(call.func, "id", "") == "hasattr"
            or (not certain and not self._is_kin(call.args[1], among))
            for call in of_it
        )

    def _is_kin(self, asked: ast.expr, among: tuple[str, ...]) -> bool:
        """Whether ``isinstance`` asks only for classes of the library below one of ``among``."""
        for node in asked.elts if isinstance(asked, ast.Tuple) else [asked]:
            name = self.qualified(node)
            if name is None or not any(self.library.is_subclass(name, base) for base in among):
                return False
        return bool(among)

    def asked_before(self, node: ast.Attribute, name: str) -> bool:
        """Whether ``hasattr(x, "name")`` stands in front of the use."""
        receiver = ast.dump(node.value)
        child: ast.AST = node
        for parent in self.tree.ancestors(node):
            test: ast.AST | None = None
            if isinstance(parent, ast.If | ast.IfExp) and child is not parent.test:
                test = parent.test
            elif isinstance(parent, ast.BoolOp) and child is not parent.values[0]:
                test = parent.values[0]
            if test is not None:
                for part in walk(test):
                    if (
                        isinstance(part, ast.Call)
                        and getattr(part.func, "id", "") == "hasattr"
                        and len(part.args) == 2
                        and isinstance(part.args[1], ast.Constant)
                        and part.args[1].value == name
                        and ast.dump(part.args[0]).replace("Store()", "Load()") == receiver
                    ):
                        return True
            child = parent
        return False

    def speaks_of(self, words: str) -> bool:
        """Whether the project around the file holds a word that the regular expression ``words`` describes."""
        pattern = re.compile(rf"\b(?:{words})\b")
        return any(pattern.search(peer.document.text) for peer in self.project.peers(self.module))

    def already(self, pattern: ast.expr, replacement: str | None, node: ast.expr) -> bool:
        """Whether ``node`` stands in what its rewrite would give: a second run must not wrap it again."""
        if replacement is None:
            return False
        template = compile_expression(replacement)
        for depth in _depths_of(replacement, pattern):
            outer: ast.AST | None = node
            for _ in range(depth):
                outer = self.tree.parent.get(outer) if outer is not None else None
            if depth and isinstance(outer, ast.expr) and self.matcher.match(template, outer) is not None:
                return True
        return False

    def is_library(self, qualified: str) -> bool:
        """Whether a name is the library's, or one of a package beside it that rules of the run speak of."""
        root = qualified.partition(".")[0]
        return root == ROOT or root in self.plan.others


def _either(names: list[str]) -> str:
    """``A``, ``A or B``, ``A, B or C``; only the first few of many."""
    few = names[:_FEW] + [f"{len(names) - _FEW} more"] * (len(names) > _FEW)
    return " or ".join(filter(None, (", ".join(few[:-1]), few[-1])))


def _comments(text: str) -> Iterator[tuple[int, str]]:
    """The comments of a file with their lines; what looks like one in a string is none."""
    import io
    import tokenize

    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    try:
        for token in tokenize.generate_tokens(io.StringIO(plain, newline="\n").readline):
            if token.type == tokenize.COMMENT:
                yield token.start[0], token.string
    except (tokenize.TokenError, SyntaxError):
        # rather obey a marker too many than overlook one
        yield from enumerate(plain.split("\n"), 1)


@cache
def _depths_of(replacement: str, pattern: ast.expr) -> tuple[int, ...]:
    """How deep in a template the pattern itself stands, for each place where it does."""
    dumped = ast.dump(pattern)
    found: list[int] = []

    def visit(node: ast.AST, depth: int) -> None:
        if isinstance(node, ast.expr) and ast.dump(node) == dumped:
            found.append(depth)
        for child in children(node):
            visit(child, depth + 1)

    visit(compile_expression(replacement), 0)
    return tuple(found)
