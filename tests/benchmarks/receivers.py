"""The receivers of tests/engine/receivers, typed by this project's inference and by jedi, pyrefly and ty. By hand:

    python tests/benchmarks/receivers.py --tools DIR [--library SITE_PACKAGES]

``--tools`` is the prefix that jedi, pyrefly and ty are installed below; ``--library`` a folder that the real library is
installed in (5.x or 4.57). Each of the others is asked twice: with the real library, and with a stub that is written from
the API history and from what the inference itself knows of the library. A folder of receivers is copied, ``use(x)`` in it
becomes what makes the tool say its type, and what it says is judged as the tests judge the inference.
"""

from __future__ import annotations

import argparse
import ast
import importlib
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "engine"))

from receivers.measure import BASES, ROOT, Receiver, measure  # noqa: E402

from tx_upgrade.analysis.knowledge import (  # noqa: E402
    ATTRIBUTES,
    KEEPS_TYPE,
    RETURNS,
    RETURNS_OF_METHODS,
    loaded_by,
)
from tx_upgrade.analysis.library import Library  # noqa: E402
from tx_upgrade.history import History  # noqa: E402

VERSION = "4.57.6"
FOLDERS = ("app", "held_out", "held_out_2")
"""Those without packages inside."""
Said = dict[tuple[str, int], str]
"""What a tool says of the receiver on a line."""


def main() -> int:
    """Print a row for each tool."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--tools", type=Path, required=True)
    parser.add_argument("--library", type=Path)
    parser.add_argument("--tool", action="append", choices=sorted(TOOLS), help="only this one (repeatable)")
    parser.add_argument("folders", nargs="*", default=FOLDERS)
    options = parser.parse_args()
    library = Library(History.load(), VERSION, "5.23.0")
    sys.path.insert(0, str(next(options.tools.glob("lib/python3*/site-packages"))))
    print(f"{'':28}proven  less  unknown  wrong   own wrong   ms a file")
    for folder in options.folders:
        files = len(list((ROOT / folder).glob("*.py")))
        measure(folder)  # the history's first look-ups are made once in a run
        start = time.perf_counter()
        receivers = measure(folder)
        taken = time.perf_counter() - start
        verdicts = Counter((r.expected is None, r.verdict) for r in receivers)
        print(_row(f"{folder}: own inference", verdicts, taken / files))
        with tempfile.TemporaryDirectory() as temporary:
            root = Path(temporary)
            stub = _stub(root / "stub", library)
            for kind, packages in (("stub", stub), ("library", options.library)):
                for tool in options.tool or TOOLS:
                    if packages is None:
                        continue
                    place = _copied(folder, root / f"{kind}-{tool}", tool)
                    start = time.perf_counter()
                    said = TOOLS[tool](place, packages, options.tools)
                    taken = time.perf_counter() - start
                    found = Counter(
                        (r.expected is None, _judged(r, said.get((Path(r.path).name, r.line)), library))
                        for r in receivers
                    )
                    print(_row(f"{folder}: {tool}, {kind}", found, taken / files), flush=True)
    return 0


def _row(name: str, verdicts: Counter[tuple[bool, str]], seconds: float) -> str:
    likely = verdicts[False, "likely"] + verdicts[False, "less"]
    proven, unknown, wrong = (verdicts[False, v] for v in ("proven", "unknown", "wrong"))
    return (
        f"{name:28}{proven:6}{likely:6}{unknown:9}{wrong:7}{verdicts[True, 'wrong']:12}{seconds * 1000:12.0f}"
    )


def _copied(folder: str, place: Path, tool: str) -> Path:
    target = place / folder
    shutil.copytree(ROOT / folder, target)
    for path in target.glob("*.py"):
        text = re.sub(r"^def use\(.*$", "", path.read_text(), flags=re.MULTILINE)
        text = re.sub(r"^(from \.\w+ import .*)$", _without_use, text, flags=re.MULTILINE)
        if tool == "jedi":
            numbers = iter(range(100000))
            # it says the types of names only; what stands within a larger expression is left out
            text = re.sub(
                r"^(\s*)use\((.*)\)(\s*#.*)$",
                lambda m, numbers=numbers: f"{m[1]}receiver_{next(numbers)} = {m[2]}{m[3]}",
                text,
                flags=re.MULTILINE,
            )
        else:
            text = re.sub(r"\buse\(", "reveal_type(", text)
        path.write_text(text)
    return target


def _without_use(statement: re.Match[str]) -> str:
    head, _, names = statement[1].partition(" import ")
    kept = [n for n in names.split(", ") if n != "use"]
    return f"{head} import {', '.join(kept)}" if kept else "pass"


def _jedi(place: Path, packages: Path, tools: Path) -> Said:
    jedi = importlib.import_module("jedi")
    project = jedi.Project(str(place.parent), added_sys_path=[str(packages)], smart_sys_path=False)
    said: Said = {}
    for path in place.glob("*.py"):
        script = jedi.Script(path=str(path), project=project)
        for number, line in enumerate(path.read_text().splitlines(), 1):
            at = line.find("receiver_")
            if at >= 0:
                try:
                    names = script.infer(number, at + 1)
                except Exception:  # jedi raises what it likes on code that it does not know
                    names = []
                said[path.name, number] = " | ".join(
                    sorted({n.name for n in names if n.type in {"instance", "class"}})
                )
    return said


def _pyrefly(place: Path, packages: Path, tools: Path) -> Said:
    command = [
        *(str(tools / "bin" / "pyrefly"), "check", "--preset", "strict", "--output-format", "min-text"),
        *("--site-package-path", str(packages), "--search-path", str(place.parent), str(place)),
    ]
    return dict(
        _revealed(command, re.compile(r"(\w+\.py):(\d+):.*revealed type: (.*?)(?: \[reveal-type\])?$"))
    )


def _ty(place: Path, packages: Path, tools: Path) -> Said:
    command = [
        *(
            str(tools / "bin" / "ty"),
            "check",
            "--output-format",
            "concise",
            "--extra-search-path",
            str(packages),
        ),
        *("--project", str(place.parent), str(place)),
    ]
    return dict(_revealed(command, re.compile(r"(\w+\.py):(\d+):.*[Rr]evealed type: `(.*)`")))


def _revealed(command: list[str], pattern: re.Pattern[str]) -> Iterator[tuple[tuple[str, int], str]]:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    for line in (done.stdout + done.stderr).splitlines():
        match = pattern.search(line)
        if match is not None:
            yield (match[1], int(match[2])), match[3]


TOOLS = {"jedi": _jedi, "pyrefly": _pyrefly, "ty": _ty}


def _judged(receiver: Receiver, said: str | None, library: Library) -> str:
    """What a tool's answer is worth; a type of which it says nothing, or that is the project's own, is no answer."""
    names = [] if said is None else re.findall(r"[\w.]+", said)
    names = [n.rpartition(".")[2] for n in names if n != "None"]
    known = [f"transformers.{n}" for n in names if library.kind(f"transformers.{n}") == "class"]
    if not names or len(known) != len(names):
        return "left alone" if receiver.expected is None else "unknown"
    if receiver.expected is None:
        return "wrong" if any(library.is_subclass(k, b) for k in known for b in BASES) else "left alone"
    if all(library.is_subclass(k, receiver.expected) for k in known):
        return "proven"
    return "less" if all(library.is_subclass(receiver.expected, k) for k in known) else "wrong"


def _stub(root: Path, library: Library) -> Path:
    """A package of stubs that knows of the library what the inference does."""
    used: set[str] = set()
    for folder in FOLDERS:
        for path in (ROOT / folder).glob("*.py"):
            used.update(re.findall(r"\b[A-Z]\w+", path.read_text()))
    wanted = [f"transformers.{n}" for n in sorted(used) if library.kind(f"transformers.{n}") == "class"]
    wanted += [owner for owner in (*ATTRIBUTES, *RETURNS_OF_METHODS, *BASES) if owner not in wanted]
    names: dict[str, str] = {}
    for name in wanted:
        for definition in (name, *library.history.mro(name, VERSION)):
            names.setdefault(definition.rpartition(".")[2], definition)
    given = dict(ATTRIBUTES), dict(RETURNS_OF_METHODS)
    written: list[str] = []
    done: set[str] = set()

    def write(short: str) -> None:
        if short in done or short not in names:
            return
        done.add(short)
        name = names[short]
        above = [d.rpartition(".")[2] for d in library.history.mro(name, VERSION)[1:]]
        bases = [b for b in above if b in names and b != short][:1]
        for base in bases:
            write(base)
        loaded = (loaded_by(short) or "Self").rpartition(".")[2]
        body = ["    def __init__(self, *args: Any, **kwargs: Any) -> None: ..."]
        body += [
            f"    @classmethod\n    def {m}(cls, *args: Any, **kwargs: Any) -> {loaded}: ..."
            for m in ("from_pretrained", "from_config")
        ]
        for owner, members in given[0].items():
            if owner.rpartition(".")[2] == short:
                body += [f"    {m}: {of.rpartition('.')[2]}" for m, of in members.items()]
        for owner, methods in given[1].items():
            if owner.rpartition(".")[2] == short:
                body += [
                    f"    def {m}(self, *args: Any, **kwargs: Any) -> {of.rpartition('.')[2]}: ..."
                    for m, of in methods.items()
                ]
        if short in ("PreTrainedModel", "BatchEncoding"):
            body += [f"    def {m}(self, *args: Any, **kwargs: Any) -> Self: ..." for m in sorted(KEEPS_TYPE)]
        written.append(f"class {short}({', '.join(bases)}):\n" + "\n".join(body))

    for short in sorted(names):
        write(short)
    functions = [
        f"def {n.rpartition('.')[2]}(*args: Any, **kwargs: Any) -> {of.rpartition('.')[2]}: ..."
        for n, of in RETURNS.items()
        if n.count(".") == 1
    ]
    text = "\n".join(["from typing import Any, Self", *written, *functions]) + "\n"
    ast.parse(text)
    package = root / "transformers"
    package.mkdir(parents=True)
    (package / "__init__.pyi").write_text(text)
    (package / "__init__.py").write_text("")
    for inner in ("trainer", "models/bert"):
        (package / inner).mkdir(parents=True)
        (package / inner / "__init__.pyi").write_text("from transformers import *\n")
    (package / "models" / "__init__.pyi").write_text("")
    return root


if __name__ == "__main__":
    sys.exit(main())
