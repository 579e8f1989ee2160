from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
from cli_stand_ins import Outcome, module_of

from tx_upgrade import __version__
from tx_upgrade.model import TxUpgradeError

Tx = Callable[..., Outcome]


def test_version(tx: Tx) -> None:
    assert tx("--version") == Outcome(0, f"tx-upgrade {__version__}\n".encode(), "")


@pytest.mark.parametrize("flag", ["--help", "-h"])
def test_help_names_the_commands(flag: str, tx: Tx) -> None:
    outcome = tx(flag)
    assert outcome.status == 0 and outcome.stderr == ""
    for command in ("run", "rules", "api", "rollback", "log"):
        assert f"\n  {command} ".encode() in outcome.stdout


def test_help_of_run_after_its_options(tx: Tx) -> None:
    outcome = tx("--to", "5", "--help")
    assert outcome.status == 0
    for option in (
        *("--from", "--to", "--write", "-w", "--unsafe", "--select", "--ignore", "--explain"),
        *("--rules", "--support", "--format", "--output", "--jobs", "--exit-zero"),
    ):
        assert option.encode() in outcome.stdout
    assert b"sarif" not in outcome.stdout


def undo(monkeypatch: pytest.MonkeyPatch, answer: Callable[[Path, str | None], object]) -> None:
    monkeypatch.setattr(module_of(monkeypatch, "journal"), "rollback", answer, raising=False)


def test_rollback(tx: Tx, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[Path, str | None]] = []

    def answer(path: Path, run_id: str | None) -> object:
        asked.append((path, run_id))
        return SimpleNamespace(run_id="r1", restored=("a.py",), removed=("shim.py",), refused=())

    undo(monkeypatch, answer)
    assert tx("rollback", ".") == Outcome(
        0, b"restored a.py\nremoved shim.py\n", "run r1: 1 restored, 1 removed, 0 left alone\n"
    )
    assert tx("rollback", "src", "--run", "r1").status == 0
    assert asked == [(Path(), None), (Path("src"), "r1")]


def test_rollback_names_what_it_left_alone(tx: Tx, monkeypatch: pytest.MonkeyPatch) -> None:
    report = SimpleNamespace(run_id="r1", restored=("a.py",), removed=(), refused=(("b.py", "was edited"),))
    undo(monkeypatch, lambda path, run_id: report)
    outcome = tx("rollback", ".")
    assert outcome.status == 1
    assert (outcome.stdout, outcome.stderr) == (
        b"restored a.py\n",
        "b.py: left alone: was edited\nrun r1: 1 restored, 0 removed, 1 left alone\n",
    )


def test_rollback_of_nothing(tx: Tx, monkeypatch: pytest.MonkeyPatch) -> None:
    def answer(path: Path, run_id: str | None) -> object:
        raise TxUpgradeError("no run r9")

    undo(monkeypatch, answer)
    assert tx("rollback", ".", "--run", "r9") == Outcome(2, b"", "tx-upgrade: error: no run r9\n")


def test_log(tx: Tx, monkeypatch: pytest.MonkeyPatch) -> None:
    record = SimpleNamespace(
        id="r1",
        when="2026-01-01 12:00:00",
        command=("tx-upgrade", "my src", "-w"),
        from_version="4.57.6",
        to_version="5.23.0",
        files=2,
        state="applied",
    )
    module = module_of(monkeypatch, "journal")
    monkeypatch.setattr(module, "runs", lambda path: (record,), raising=False)
    outcome = tx("log", ".")
    assert outcome.status == 0
    assert outcome.stdout == (
        b"r1  2026-01-01 12:00:00  4.57.6 to 5.23.0  2 files  applied  tx-upgrade 'my src' -w\n"
    )
    monkeypatch.setattr(module, "runs", lambda path: (), raising=False)
    assert tx("log", ".") == Outcome(0, b"", "tx-upgrade: no applied runs in .\n")


def test_rules_list_and_show(tx: Tx, monkeypatch: pytest.MonkeyPatch) -> None:
    catalog = module_of(monkeypatch, "rules.catalog")
    monkeypatch.setattr(catalog, "list_rules", lambda: "a  first\nb  second", raising=False)
    monkeypatch.setattr(catalog, "show_rule", lambda rule: f"# {rule}\n", raising=False)
    assert tx("rules", "list") == Outcome(0, b"a  first\nb  second\n", "")
    assert tx("rules", "show", "a") == Outcome(0, b"# a\n", "")


def test_rules_check(tx: Tx, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[list[str]] = []
    problems = {"bad": ["bad/a.yaml:3: no examples"]}

    def check(folders: list[str]) -> list[str]:
        asked.append(list(folders))
        return [problem for folder in folders for problem in problems.get(folder, [])]

    monkeypatch.setattr(module_of(monkeypatch, "rules.check"), "check", check, raising=False)
    assert tx("rules", "check") == Outcome(0, b"", "")
    assert tx("rules", "check", "good", "bad") == Outcome(
        1, b"bad/a.yaml:3: no examples\n", "tx-upgrade: 1 problem\n"
    )
    assert asked == [[], ["good", "bad"]]


def test_rules_without_a_command(tx: Tx) -> None:
    outcome = tx("rules")
    assert outcome.status == 2 and outcome.stdout == b"" and "Missing command" in outcome.stderr


def test_nothing_at_all_shows_help_as_an_error(tx: Tx) -> None:
    outcome = tx()
    assert outcome.status == 2 and outcome.stdout == b"" and "rollback" in outcome.stderr
