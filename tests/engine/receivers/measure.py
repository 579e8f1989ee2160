"""How many receivers of the project beside this file are typed, and how many wrongly. By hand:

    python tests/engine/receivers/measure.py [FOLDER...]

Each ``use(x)  # is CLASS`` is a receiver that a person can type; ``# own`` is one that is not the library's for certain.
"""

from __future__ import annotations

import ast
import re
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Literal, NamedTuple

from tx_upgrade.analysis.library import Library
from tx_upgrade.analysis.module import Module
from tx_upgrade.analysis.project import Project
from tx_upgrade.analysis.types import Types
from tx_upgrade.history import History
from tx_upgrade.project.documents import parse, read_document

ROOT = Path(__file__).resolve().parent
FOLDERS = ("app", "held_out", "held_out_2", "held_out_3", "held_out_4")
BASES = (
    "transformers.PreTrainedTokenizerBase",
    "transformers.PreTrainedModel",
    "transformers.PretrainedConfig",
    "transformers.GenerationConfig",
    "transformers.ProcessorMixin",
    "transformers.Trainer",
    "transformers.TrainingArguments",
    "transformers.Pipeline",
    "transformers.BatchEncoding",
    "transformers.utils.ModelOutput",
)
_SAID = re.compile(r"#\s*(?:is (?P<cls>[\w.]+)|(?P<own>own))\s*$")
Verdict = Literal["proven", "likely", "unknown", "wrong", "left alone"]


class Receiver(NamedTuple):
    """One ``use(x)``; ``expected`` is None for what is the project's own."""

    path: str
    line: int
    text: str
    expected: str | None
    verdict: Verdict


def measure(*folders: str) -> list[Receiver]:
    """Every receiver of these folders beside this file, with what the inference says of it."""
    paths = sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))
    files = {str(p): read_document(str(p), p.read_bytes()) for p in paths}
    library = Library(History.load(), "4.57.6", "5.23.0")
    groups = dict.fromkeys(files, str(ROOT))
    project = Project(
        library, frozenset(files), lambda p: (files[p], parse(files[p])) if p in files else None, groups
    )
    types = Types(project)
    found: list[Receiver] = []
    for path in files:
        module = project.module(path)
        assert module is not None
        found += [_judged(types, module, call) for call in module.scopes.calls if _is_use(call)]
    return sorted(found)


def _is_use(call: ast.Call) -> bool:
    return isinstance(call.func, ast.Name) and call.func.id == "use" and len(call.args) == 1


def _judged(types: Types, module: Module, call: ast.Call) -> Receiver:
    said = _SAID.search(module.lines.line_text(call.lineno).rstrip("\r\n"))
    assert said is not None, f"{module.path}:{call.lineno}: what is it?"
    receiver = call.args[0]
    expected = said["cls"]
    verdict: Verdict
    if expected is None:
        verdict = "wrong" if types.receiver(module, receiver, BASES) == "proven" else "left alone"
    elif types.receiver(module, receiver, (expected,)) == "proven":
        verdict = "proven"
    elif types.receiver(module, receiver, BASES) == "proven":
        verdict = "unknown" if _is_above(types, module, receiver, expected) else "wrong"
    else:
        verdict = "likely" if types.receiver(module, receiver, (expected,)) == "likely" else "unknown"
    return Receiver(
        "/".join(Path(module.path).parts[-2:]), call.lineno, ast.unparse(receiver), expected, verdict
    )


def _is_above(types: Types, module: Module, receiver: ast.expr, expected: str) -> bool:
    """Whether what is proven is only a base of what is expected, or one of several classes with it: less than a
    person knows, but true."""
    found = types.infer(module, receiver)
    classes = getattr(found, "classes", ())
    return any(isinstance(c, str) and types.library.is_subclass(expected, c) for c in classes)


def main() -> int:
    """Print the table; exit status 1 when one is wrong."""
    start = time.perf_counter()
    found = measure(*(sys.argv[1:] or FOLDERS))
    taken = time.perf_counter() - start
    for receiver in found:
        if receiver.verdict not in ("proven", "left alone"):
            print(f"{receiver.path}:{receiver.line}: {receiver.verdict}: {receiver.text}")
    counts = Counter(r.verdict for r in found if r.expected is not None)
    total = sum(counts.values())
    print(
        f"\n{total} receivers: "
        + ", ".join(f"{counts[v]} {v}" for v in ("proven", "likely", "unknown", "wrong"))
    )
    own = [r for r in found if r.expected is None]
    wrong = sum(r.verdict == "wrong" for r in own)
    print(f"{len(own)} of the project's own: {len(own) - wrong} left alone, {wrong} wrong")
    files = len({r.path for r in found})
    print(
        f"{counts['proven'] / total:.0%} proven, {taken / files * 1000:.0f} ms a file with the history's first look-ups"
    )
    return 1 if any(r.verdict == "wrong" for r in found) else 0


if __name__ == "__main__":
    sys.exit(main())
