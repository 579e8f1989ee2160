"""What holds for every program, with the rules that are shipped."""

from __future__ import annotations

import io
import itertools
import tempfile
import tokenize
import warnings
from collections import Counter
from functools import cache
from pathlib import Path

import pytest
from engine_fixtures import content, fixtures
from engine_runs import upgrade_project
from engine_sources import program
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tx_upgrade.rules.loader import Packs
from tx_upgrade.rules.packs import load_packs
from tx_upgrade.upgrade import Options, upgrade, write

some = settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
few = settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.too_slow])
seeds = st.integers(min_value=0, max_value=10_000_000)
OLD, NEW = "4.40", "5.23"


@cache
def packs() -> Packs:
    return load_packs()


def run(text: str, *, old: str = OLD, new: str = NEW, unsafe: bool = True) -> str:
    outcome = upgrade_project(
        packs(), {"p.py": text}, unsafe=unsafe, residuals=True, from_version=old, to_version=new
    )["p.py"]
    return text if outcome.text is None else outcome.text


def compiles(text: str) -> None:
    """``compile`` also sees what the parser alone lets pass, such as a keyword that is given twice."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        compile(text, "p.py", "exec", dont_inherit=True)


def comments_of(text: str) -> Counter[str]:
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    return Counter(t.string for t in tokens if t.type == tokenize.COMMENT)


@some
@given(seeds, st.booleans())
def test_the_result_is_python_and_final(seed: int, unsafe: bool) -> None:
    source = program(seed).text
    compiles(source)
    result = run(source, unsafe=unsafe)
    compiles(result)
    assert run(result, unsafe=unsafe) == result


@some
@given(seeds)
def test_what_no_rule_speaks_of_keeps_its_bytes(seed: int) -> None:
    source = program(seed)
    result = run(source.text)
    position = 0
    for part in source.untouched:
        position = result.index(part, position) + len(part)


@some
@given(seeds)
def test_comments_on_lines_of_their_own_stay(seed: int) -> None:
    source = program(seed)
    left = comments_of(run(source.text))
    assert [c for c in source.comments if not left[c]] == []


@some
@given(seeds)
def test_line_ends_make_no_difference(seed: int) -> None:
    source = program(seed).text
    assert run(source.replace("\n", "\r\n")) == run(source).replace("\n", "\r\n")


@some
@given(seeds)
def test_one_way_in_two_steps(seed: int) -> None:
    source = program(seed).text
    halfway = run(source, old="4.40", new="4.57")
    assert run(halfway, old="4.57", new="5.23") == run(source, old="4.40", new="5.23")


@pytest.mark.parametrize(
    "chain",
    [
        pytest.param(["4.30.2", "4.57.6", "5.23.0"], id="over the last of 4.x"),
        pytest.param(["4.40.2", "5.0.0", "5.23.0"], id="over the first of 5.x"),
        pytest.param(["4.30.2", "4.40.2", "4.57.6", "5.0.0", "5.14.1", "5.23.0"], id="over many"),
    ],
)
@pytest.mark.parametrize("name", ["bert-finetuning", "tokenizer-dataset", "argparse-trainer", "hub-loader"])
def test_fixtures_in_steps(name: str, chain: list[str]) -> None:
    fixture = next(f for f in fixtures() if f.name == name)
    for file in fixture.project.rglob("*.py"):
        source = file.read_text(encoding="utf-8")
        stepwise = source
        for old, new in itertools.pairwise(chain):
            stepwise = run(stepwise, old=old, new=new)
        assert stepwise == run(source, old=chain[0], new=chain[-1])


@few
@given(st.lists(seeds, min_size=1, max_size=3), st.booleans())
def test_a_written_run_can_be_undone(several: list[int], windows: bool) -> None:
    from tx_upgrade.journal import rollback

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / ".git").mkdir()
        for number, seed in enumerate(several):
            text = program(seed).text.replace("\n", "\r\n" if windows else "\n")
            (folder / f"p{number}.py").write_bytes(text.encode())
        before = content(folder)
        with pytest.MonkeyPatch.context() as patch:
            patch.chdir(folder)
            result = upgrade(["."], Options(from_version=OLD, to_version=NEW, unsafe=True), warn=print)
            if not result.changes:
                return
            write(result, ["run"])
            after = content(folder)
            assert after == before | {c.path: c.after for c in result.changes}
            rollback(folder)
            assert content(folder) == before
