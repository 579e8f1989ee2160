"""Going by way of other releases gives what going there at once gives."""

from __future__ import annotations

import ast
import shutil
from itertools import pairwise
from pathlib import Path

import pytest
from engine_fixtures import Fixture, content, fixtures
from packaging.version import Version
from test_real_code import download, unpack

from tx_upgrade.model import SHIM_FILE
from tx_upgrade.shim.generate import defined, read
from tx_upgrade.upgrade import Options, upgrade

STOPS = ("4.0", "4.20", "4.36", "4.40", "4.46", "4.50", "4.57", "5.0", "5.5", "5.10", "5.15", "5.20")
TARGET = "5.23.0"

# Code of its own for older releases is rewritten for the release that a step goes to: it is no older one then.
CHAINED = [f for f in fixtures() if f.name != "several-versions"]

LIBRARIES = [
    pytest.param("happytransformer==2.4.1", "4.30", id="happytransformer"),
    pytest.param("bert-score==0.3.13", "4.26", id="bert-score"),
    pytest.param("transformers-interpret==0.10.0", "4.25", id="transformers-interpret"),
]


def by_way_of(
    project: Path, folder: Path, chain: list[str], monkeypatch: pytest.MonkeyPatch
) -> dict[str, object]:
    """What a copy of a project holds after all steps of a chain."""
    shutil.copytree(project, folder, ignore=shutil.ignore_patterns(".git"))
    monkeypatch.chdir(folder)
    for start, end in pairwise(chain):
        result = upgrade(
            ["."], Options(from_version=start, to_version=end, unsafe=True, jobs=1), warn=lambda _: None
        )
        for change in result.changes:
            assert change.after is not None
            Path(change.path).write_bytes(change.after)
    return {path: told(path, raw) for path, raw in content(folder).items()}


def told(path: str, raw: bytes) -> object:
    """What a file says: code without its layout, of a compatibility module the names of its entries.

    An entry's source may be that for code of the release that the last step began with.
    """
    if path.endswith(SHIM_FILE):
        return sorted(name for entry in read(raw.decode()) for name in defined(entry.source))
    if not path.endswith((".py", ".pyi")):
        return raw
    try:
        return ast.unparse(ast.parse(raw))
    except (SyntaxError, ValueError):
        return raw


def stops(start: str) -> list[str]:
    return [v for v in STOPS if Version(start) < Version(v) and not start.startswith(f"{v}.")]


def chains(start: str) -> list[list[str]]:
    """One with every stop, and one with each of them alone."""
    between = stops(start)
    return [[start, *between, TARGET], *([start, stop, TARGET] for stop in between)]


@pytest.mark.parametrize("fixture", [pytest.param(f, id=f.name) for f in CHAINED])
def test_fixtures(fixture: Fixture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    start = fixture.from_version
    direct = by_way_of(fixture.project, tmp_path / "direct", [start, TARGET], monkeypatch)
    # all stops in one chain; the others alone are shared out among the fixtures
    some = [
        c for n, c in enumerate(chains(start)) if n == 0 or n % len(CHAINED) == CHAINED.index(fixture) % 6
    ]
    for number, chain in enumerate(some):
        assert by_way_of(fixture.project, tmp_path / str(number), chain, monkeypatch) == direct, chain


@pytest.mark.network
@pytest.mark.parametrize(("requirement", "start"), LIBRARIES)
def test_libraries(requirement: str, start: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    unpack(download(requirement), tmp_path / "project")
    project = tmp_path / "project"
    direct = by_way_of(project, tmp_path / "direct", [start, TARGET], monkeypatch)
    asked = chains(start)
    assert len(asked) >= 10
    for number, chain in enumerate(asked):
        assert by_way_of(project, tmp_path / str(number), chain, monkeypatch) == direct, chain


def test_a_call_of_a_stand_in_takes_what_later_releases_ask_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = tmp_path / "project"
    project.mkdir()
    (project / "chat.py").write_text(
        'from transformers import pipeline\n\nchat = pipeline("conversational", model="a/b", torch_dtype="auto")\n'
    )
    direct = by_way_of(project, tmp_path / "direct", ["4.40", TARGET], monkeypatch)
    assert by_way_of(project, tmp_path / "steps", ["4.40", "4.46", TARGET], monkeypatch) == direct
    assert "dtype='auto'" in str(direct["chat.py"]) and "torch_dtype" not in str(direct["chat.py"])


def test_decorators_of_later_releases_stand_in_front(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project = tmp_path / "project"
    project.mkdir()
    (project / "model.py").write_text(
        "import torch\nfrom transformers import LlamaForCausalLM\n\n\nclass Mine(LlamaForCausalLM):\n"
        "    @torch.no_grad()\n"
        "    def prepare_inputs_for_generation(self, input_ids, past_key_values=None, attention_mask=None, **kwargs):\n"
        "        if past_key_values is not None:\n            input_ids = input_ids[:, -1:]\n"
        '        return {"input_ids": input_ids, "mask": attention_mask.sum(), "past": past_key_values}\n'
    )
    direct = by_way_of(project, tmp_path / "direct", ["4.36", TARGET], monkeypatch)
    assert str(direct["model.py"]).count("    @") == 3
    assert by_way_of(project, tmp_path / "steps", ["4.36", "4.57", TARGET], monkeypatch) == direct
