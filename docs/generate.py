"""Write what can be generated of the documentation: the pages of the rules and the README's example.

python docs/generate.py           write the files
python docs/generate.py --check   change nothing; exit status 1 when a file is not current
"""

from __future__ import annotations

import argparse
import contextlib
import io
import os
import re
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from packaging.version import Version

from tx_upgrade.model import LIBRARY
from tx_upgrade.rules.packs import load_packs
from tx_upgrade.rules.schema import Example, Rule

DOCS = Path(__file__).resolve().parent
ROOT = DOCS.parent
RULES = DOCS / "rules"
README = ROOT / "README.md"
EXAMPLE = ROOT / "fixtures" / "readme" / "train.py"
EXAMPLE_FROM = "4.40"
_MARKED = re.compile(r"(<!-- example: begin[^\n]*-->\n).*?(<!-- example: end -->)", re.DOTALL)
_NOTE = "<!-- Generated from the rules by docs/generate.py: change the rules, then run it again. -->"
_EXAMPLES_SHOWN = 2

_WHAT_IT_DOES = {
    "safe": "Rewrites it: **safe** where the receiver is proven, offered with `--unsafe` where it is only likely.",
    "unsafe": "Rewrites it with `--unsafe`: it probably means the same, but look at the result.",
    "manual": "Reports it: **manual**, a person must decide.",
}


def main(argv: list[str] | None = None) -> int:
    """Write or check the generated files; gives the exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument(
        "--check", action="store_true", help="change nothing; exit 1 when a file is not current"
    )
    check = parser.parse_args(argv).check
    wanted = {RULES / name: text for name, text in pages().items()}
    wanted[README] = readme(README.read_text(encoding="utf-8"))
    stale = [p for p, text in wanted.items() if not p.exists() or p.read_text(encoding="utf-8") != text]
    surplus = [p for p in RULES.glob("*.md") if p not in wanted]
    for path in [*stale, *surplus]:
        print(f"{'not current' if check else 'written'}: {path.relative_to(ROOT)}", file=sys.stderr)
    if check:
        if stale or surplus:
            print("run: python docs/generate.py", file=sys.stderr)
        return 1 if stale or surplus else 0
    RULES.mkdir(exist_ok=True)
    for path in stale:
        path.write_text(wanted[path], encoding="utf-8", newline="\n")
    for path in surplus:
        path.unlink()
    return 0


def pages() -> dict[str, str]:
    """The pages of the rules in force, by file name."""
    rules = load_packs().rules
    areas: dict[tuple[str, str], list[Rule]] = {}
    for rule in rules:
        areas.setdefault((rule.pack_name, Path(rule.file).stem), []).append(rule)
    ordered = sorted(
        areas.items(), key=lambda a: (a[1][0].library != LIBRARY, Version(a[1][0].pack[1]), a[0][1])
    )
    found = {_file(pack, area): _page(area, mine) for (pack, area), mine in ordered}
    found["index.md"] = _index([(pack, area, mine) for (pack, area), mine in ordered], rules)
    return found


def _file(pack: str, area: str) -> str:
    return f"{pack}-{area}.md"


def _steps(rule: Rule) -> str:
    """The pack as it is read: ``4.57 → 5.0``, with the name of another package in front."""
    pair = f"{rule.pack[0]} → {rule.pack[1]}"
    return pair if rule.library == LIBRARY else f"{rule.library} {pair}"


def _index(areas: list[tuple[str, str, list[Rule]]], rules: Iterable[Rule]) -> str:
    lines = [
        _NOTE,
        "# Rules",
        "",
        f"{sum(len(mine) for _, _, mine in areas)} rules. "
        "*Safe* rules are applied by default, *unsafe* ones with `--unsafe`; *manual* ones only report.",
        "`tx-upgrade rules show ID` prints one of them.",
        "",
        "## By area",
        "",
        "| from → to | area | rules | safe | unsafe | manual |",
        "| --- | --- | ---: | ---: | ---: | ---: |",
    ]
    for pack, area, mine in areas:
        count = Counter(r.safety for r in mine)
        lines.append(
            f"| {_steps(mine[0])} | [{area}]({_file(pack, area)}) | {len(mine)} "
            f"| {count['safe']} | {count['unsafe']} | {count['manual']} |"
        )
    lines += ["", "## By version", ""]
    versions: dict[str, list[Rule]] = {}
    for rule in rules:
        version = rule.broken or rule.deprecated or ""
        versions.setdefault(version if rule.library == LIBRARY else f"{rule.library} {version}", []).append(
            rule
        )

    def newest_first(text: str) -> tuple[bool, Version]:
        return " " not in text, Version(text.rpartition(" ")[2])

    for version in sorted(versions, key=newest_first, reverse=True):
        lines += [f"### {version}", ""]
        for rule in versions[version]:
            place = f"{_file(rule.pack_name, Path(rule.file).stem)}#{rule.id}"
            only = "" if rule.broken else ", deprecated"
            lines.append(f"- [`{rule.id}`]({place}): {_escaped(rule.title)} ({rule.safety}{only})")
        lines.append("")
    return "\n".join(lines).rstrip("\n") + "\n"


def _page(area: str, rules: list[Rule]) -> str:
    lines = [
        _NOTE,
        f"# {area.replace('_', ' ').capitalize()}: {_steps(rules[0])}",
        "",
        "[All rules](index.md)",
        "",
    ]
    for rule in rules:
        lines += _rule(rule)
    return "\n".join(lines).rstrip("\n") + "\n"


def _rule(rule: Rule) -> list[str]:
    lines = [f"## {rule.id}", "", f"**What changed.** {_escaped(rule.title)}. {_versions(rule)}", ""]
    if rule.message != rule.title:
        lines += [f"**Why, and what to do.** {_escaped(' '.join(rule.message.split()))}", ""]
    lines += [f"**What the tool does.** {_WHAT_IT_DOES[rule.safety]}", ""]
    if rule.tags:
        lines += [f"Tags: {', '.join(f'`{t}`' for t in rule.tags)}", ""]
    rewrites = [e for e in rule.examples if e.before is not None][:_EXAMPLES_SHOWN]
    for example in rewrites:
        lines += _rewrite(example)
    if not rewrites:
        for example in [e for e in rule.examples if e.finds is not None][:1]:
            lines += ["Is reported:", "", *_code(example.finds or "")]
    for example in [e for e in rule.examples if e.same is not None][:1]:
        lines += ["Stays as it is:", "", *_code(example.same or "")]
    return [*lines, f"Source: <{rule.source}>", ""]


def _versions(rule: Rule) -> str:
    of = "" if rule.library == LIBRARY else f"{rule.library} "
    said = [f"deprecated in {of}{rule.deprecated}"] if rule.deprecated else []
    said += [f"broken in {of}{rule.broken}"] if rule.broken else []
    text = ", ".join(said)
    return f"{text[:1].upper()}{text[1:]}."


def _rewrite(example: Example) -> list[str]:
    how = " (with `--unsafe`)" if example.unsafe else ""
    return ["Before:", "", *_code(example.before or ""), f"After{how}:", "", *_code(example.after or "")]


def _code(text: str) -> list[str]:
    return ["```python", *text.rstrip("\n").split("\n"), "```", ""]


def _escaped(text: str) -> str:
    """Prose whose names with underscores and stars stay visible; what stands in backticks is code already."""
    parts = re.split(r"(`[^`]*`)", text)
    return "".join(p if p.startswith("`") else re.sub(r"([*_<>\[\]])", r"\\\1", p) for p in parts)


def readme(text: str) -> str:
    """The README with the example as the tool treats it now."""
    patch, said = example_run()
    blocks = [
        "Before:",
        "",
        *_code(EXAMPLE.read_text(encoding="utf-8")),
        f"`tx-upgrade {EXAMPLE.name} --from {EXAMPLE_FROM}` prints this patch on standard output",
        "",
        "```diff",
        *patch.rstrip("\n").split("\n"),
        "```",
        "",
        "and on standard error what it leaves to you:",
        "",
        "```text",
        *said.rstrip("\n").split("\n"),
        "```",
        "",
    ]
    return _MARKED.sub(lambda m: m[1] + "\n".join(blocks) + m[2], text)


def example_run() -> tuple[str, str]:
    """Standard output and standard error of the README's command, run in a folder that holds only its example."""
    from tx_upgrade.model import RunResult
    from tx_upgrade.reporting import render_bytes, summary
    from tx_upgrade.upgrade import Options, upgrade

    before = Path.cwd()
    with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stderr(io.StringIO()):
        shutil.copy(EXAMPLE, folder)
        os.chdir(folder)
        try:
            result: RunResult = upgrade(
                [EXAMPLE.name], Options(from_version=EXAMPLE_FROM, jobs=1), warn=lambda line: None
            )
            patch = render_bytes(result, "diff", explain=False, color=False).decode()
            said = summary(result, color=False, wrote=False, details=True, explain=False)
        finally:
            os.chdir(before)
    return patch, said


if __name__ == "__main__":
    sys.exit(main())
