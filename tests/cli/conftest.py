from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from cli_stand_ins import Outcome, Pipeline, module_of

import tx_upgrade
from tx_upgrade.cli.main import main


@pytest.fixture
def pipeline(monkeypatch: pytest.MonkeyPatch) -> Pipeline:
    stand_in = Pipeline()
    module = module_of(monkeypatch, "upgrade")
    assert module is tx_upgrade.upgrade  # type: ignore[attr-defined]
    for name in ("upgrade", "upgrade_text", "write"):
        monkeypatch.setattr(module, name, getattr(stand_in, name), raising=False)
    return stand_in


@pytest.fixture
def tx(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> Callable[..., Outcome]:
    """Runs a command line in an empty folder, as the console script would."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("NO_COLOR", raising=False)
    (tmp_path / ".git").mkdir()

    def run(*args: str) -> Outcome:
        with pytest.raises(SystemExit) as ended:
            main(list(args))
        streams = capfdbinary.readouterr()
        return Outcome(int(ended.value.code or 0), streams.out, streams.err.decode())

    return run
