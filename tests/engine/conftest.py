from __future__ import annotations

from pathlib import Path

import pytest

pytest.register_assert_rewrite("engine_runs")

# A project that is only read: its own tests are none of ours.
collect_ignore = ["receivers/held_out_3"]

from engine_fixtures import Run  # noqa: E402

from tx_upgrade.cli.main import main  # noqa: E402


@pytest.fixture
def tx(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> Run:
    """Runs a command line in an empty folder: exit status, standard output and standard error."""
    monkeypatch.chdir(tmp_path)

    def run(*args: str) -> tuple[int, bytes, str]:
        with pytest.raises(SystemExit) as ended:
            main(list(args))
        streams = capfdbinary.readouterr()
        return int(ended.value.code or 0), streams.out, streams.err.decode()

    return run
