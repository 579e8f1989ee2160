"""How fast the tool is beside others, on the same files in the same run. By hand, for instance:

    python tests/benchmarks/speed.py --cache ~/.cache/tx-upgrade-bench

Needs ruff, black and libcst beside tx-upgrade in the running interpreter's environment, and PyPI for the first run:
the trees are unpacked below the cache folder once. Only the ratios mean something: the machine's load is in both sides,
because the runs of the two sides alternate.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import statistics
import subprocess
import sys
import tarfile
import tempfile
import time
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

TREE = (
    *("django==5.2.*", "sympy==1.14.0", "scikit-learn==1.7.*", "transformers==4.57.6"),
    *(
        "optimum==1.8.8",
        "ktrain==0.41.4",
        "adapters==0.1.2",
        "happytransformer==2.4.1",
        "lightning-transformers==0.2.5",
    ),
)
USERS = ("optimum", "adapters", "lightning_transformers", "ktrain", "happytransformer")
_USE = re.compile(rb"^[ \t]*(?:from|import)[ \t]+transformers\b", re.MULTILINE)
SMALL = '''"""A file that has nothing to change."""

from __future__ import annotations

from transformers import AutoConfig


def load(name: str) -> AutoConfig:
    """Load a configuration by its name."""
    return AutoConfig.from_pretrained(name)
'''


@dataclass(frozen=True)
class Comparison:
    """Two commands on the same files; ``wanted`` is the least ratio theirs / ours."""

    title: str
    ours: Sequence[str]
    theirs: Sequence[str]
    wanted: float
    runs: int
    before_theirs: Callable[[], None] | None = None


def fetch(requirements: Sequence[str], cache: Path) -> Path:
    """The unpacked Python files of some distributions, one folder each, below ``cache``."""
    tree = cache / "tree"
    archives = cache / "archives"
    archives.mkdir(parents=True, exist_ok=True)
    for requirement in requirements:
        name = re.split(r"[=<>]", requirement)[0].replace("-", "_")
        if (tree / name).is_dir():
            continue
        folder = archives / name
        subprocess.run(
            [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "-d", str(folder), requirement],
            check=True,
        )
        (archive,) = folder.iterdir()
        partial = tree / f"{name}.partial"
        shutil.rmtree(partial, ignore_errors=True)
        _unpack(archive, partial)
        partial.rename(tree / name)
    return tree


def _unpack(archive: Path, target: Path) -> None:
    if archive.suffix == ".whl":
        with zipfile.ZipFile(archive) as wheel:
            wheel.extractall(target, [n for n in wheel.namelist() if n.endswith(".py")])
        return
    with tarfile.open(archive) as source:
        for member in source.getmembers():
            if member.isfile() and member.name.endswith(".py"):
                member.name = member.name.lstrip("/")
                source.extract(member, target, **({"filter": "data"} if sys.version_info >= (3, 12) else {}))


def users(tree: Path, folder: Path, count: int) -> list[str]:
    """Copies of ``count`` files that import transformers, from projects that use it."""
    shutil.rmtree(folder, ignore_errors=True)
    found = [p for name in USERS for p in sorted((tree / name).rglob("*.py")) if _USE.search(p.read_bytes())]
    # Where the libraries have too few, the library's own scripts use it like everybody else.
    found += [p for p in sorted((tree / "transformers").rglob("convert_*.py")) if _USE.search(p.read_bytes())]
    for path in found[:count]:
        target = folder / path.relative_to(tree)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, target)
    return [str(folder / p.relative_to(tree)) for p in found[:count]]


def seconds(command: Sequence[str], cwd: Path) -> float:
    """Wall time of a command whose exit status may be 0 or 1."""
    # Compiled modules are kept, as they are wherever a tool is installed.
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    start = time.perf_counter()
    done = subprocess.run(
        command, cwd=cwd, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    taken = time.perf_counter() - start
    if done.returncode not in (0, 1):
        sys.exit(f"{' '.join(command)[:200]}: exit status {done.returncode}\n{done.stderr.decode()[-2000:]}")
    return taken


def compare(comparison: Comparison, cwd: Path) -> bool:
    """Run both sides in turns, print a line of the table; gives whether the wanted ratio is reached."""
    seconds(comparison.ours, cwd)
    ours: list[float] = []
    theirs: list[float] = []
    for _ in range(comparison.runs):
        ours.append(seconds(comparison.ours, cwd))
        if comparison.before_theirs is not None:
            comparison.before_theirs()
        theirs.append(seconds(comparison.theirs, cwd))
    mine, other = statistics.median(ours), statistics.median(theirs)
    ratio = other / mine
    print(
        f"| {comparison.title} | {mine:.2f} | {other:.2f} | {ratio:.2f} | {comparison.wanted:g} "
        f"| {'yes' if ratio >= comparison.wanted else 'NO'} |",
        flush=True,
    )
    return ratio >= comparison.wanted


def comparisons(only: Sequence[str], runs: int, cache: Path, work: Path) -> list[Comparison]:
    """The comparisons asked for, with their files in place."""
    tool = [sys.executable, "-m", "tx_upgrade.cli.main", "run"]
    report = ["--from", "4.30", "--format", "json", "--output", str(work / "report.json")]
    found: list[Comparison] = []
    if "tree" in only or "users" in only:
        tree = fetch(TREE, cache)
    if "tree" in only:
        files = sum(1 for _ in tree.rglob("*.py"))
        ruff = [
            sys.executable,
            "-m",
            "ruff",
            "check",
            "--no-cache",
            "--exit-zero",
            "--isolated",
            "-q",
            str(tree),
        ]
        found.append(Comparison(f"{files} files, ruff check", [*tool, str(tree), *report], ruff, 1, runs))
    if "users" in only:
        mine, other = work / "ours", work / "theirs"
        users(tree, mine, 200)
        files_there = users(tree, other, 200)
        rename = [
            *(sys.executable, "-m", "libcst.tool", "codemod", "--hide-progress", "rename.RenameCommand"),
            *("--old_name", "transformers.AdamW", "--new_name", "torch.optim.AdamW", *files_there),
        ]

        def renew() -> None:
            users(tree, other, 200)

        title = f"{len(files_there)} files that use transformers, libcst codemod"
        found.append(Comparison(title, [*tool, str(mine), *report], rename, 30, max(1, runs // 3), renew))
    if "small" in only:
        small = work / "small.py"
        small.write_text(SMALL)
        black = [sys.executable, "-m", "black", "--check", "-q", str(small)]
        title = "one small file, black --check"
        found.append(Comparison(title, [*tool, str(small), "--from", "4.57"], black, 1, runs * 3))
    return found


def main() -> int:
    """Compare, print a table; gives 0 when all that is wanted is reached."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--cache", type=Path, required=True, help="where the trees are kept between runs")
    parser.add_argument("--runs", type=int, default=5, help="runs of each side; medians are shown")
    parser.add_argument("--only", action="append", choices=["tree", "users", "small"], help="(repeatable)")
    given = parser.parse_args()
    # a module that is missing ends with the same status as findings do, only much faster
    with tempfile.TemporaryDirectory() as elsewhere:
        tools = ("tx_upgrade", "ruff", "black", "libcst")
        check = "import importlib.util as u, sys; sys.exit(' '.join(m for m in sys.argv[1:] if not u.find_spec(m)))"
        missing = subprocess.run(
            [sys.executable, "-c", check, *tools], cwd=elsewhere, stderr=subprocess.PIPE, text=True
        ).stderr.split()
    if missing:
        sys.exit(f"not installed beside this interpreter: {', '.join(missing)}")
    print(f"{os.cpu_count()} cores, Python {sys.version.split()[0]}\n")
    print(
        "| what | ours (s) | theirs (s) | theirs / ours | wanted | reached |\n| --- | ---: | ---: | ---: | ---: | --- |"
    )
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder).resolve()
        only = given.only or ["small", "tree", "users"]
        reached = [compare(c, work) for c in comparisons(only, given.runs, given.cache.resolve(), work)]
    return 0 if all(reached) else 1


if __name__ == "__main__":
    sys.exit(main())
