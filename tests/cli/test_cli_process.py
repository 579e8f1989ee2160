"""What only shows in a process of its own: pipes, signals and what is imported."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

import tx_upgrade

STAND_IN = """
    import sys, time, types
    import tx_upgrade
    from tx_upgrade.cli.main import main
    from tx_upgrade.model import FileChange, RunResult

    class Options:
        def __init__(self, **options): pass

    def upgrade(paths, options, *, warn):
        {body}
        change = FileChange("a.py", b"", b"x = 1\\n" * 500_000)
        return RunResult("4.57.6", "5.23.0", None, (change,), (), (), (), 1)

    module = types.ModuleType("tx_upgrade.upgrade")
    module.Options, module.upgrade = Options, upgrade
    sys.modules["tx_upgrade.upgrade"] = tx_upgrade.upgrade = module
"""


def start(body: str, tmp_path: Path, ending: str = "main(['a.py'])") -> subprocess.Popen[bytes]:
    program = textwrap.dedent(STAND_IN.format(body=body)) + "\n" + ending + "\n"
    # The package under test, also where the search path names it relative to another folder.
    environment = {**os.environ, "PYTHONPATH": str(Path(tx_upgrade.__file__).parents[1])}
    return subprocess.Popen(
        [sys.executable, "-c", program],
        cwd=tmp_path,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def test_a_closed_pipe_ends_quietly(tmp_path: Path) -> None:
    process = start("pass", tmp_path)
    assert process.stdout is not None and process.stderr is not None
    assert process.stdout.read(10) == b"diff --git"
    process.stdout.close()
    stderr = process.stderr.read().decode()
    assert process.wait(60) == 1
    assert "Traceback" not in stderr and "Broken" not in stderr and "Exception" not in stderr


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGINT to send")
def test_control_c(tmp_path: Path) -> None:
    process = start("print('ready', flush=True); time.sleep(60)", tmp_path)
    assert process.stdout is not None and process.stderr is not None
    assert process.stdout.readline() == b"ready\n"
    process.send_signal(signal.SIGINT)
    stderr = process.stderr.read()
    assert process.wait(60) == 130
    assert b"Traceback" not in stderr


def test_a_run_imports_nothing_heavy(tmp_path: Path) -> None:
    ending = """
try:
    main(['a.py', '--format', 'text', '--to', '5', '--select', 'a,b'])
except SystemExit:
    pass
heavy = {"rich", "pydantic", "libcst", "yaml", "tomlkit", "asyncio", "multiprocessing", "concurrent.futures"}
print("\\nHEAVY", sorted(heavy & set(sys.modules)))
"""
    process = start("pass", tmp_path, ending)
    stdout, _ = process.communicate(timeout=60)
    assert stdout.rsplit(b"HEAVY", 1)[1].decode().strip() == "[]"


def test_a_name_is_shown_without_the_library_of_the_command_line() -> None:
    code = (
        "import sys\nfrom tx_upgrade.cli.main import main\n"
        "try:\n    main(['api', 'show', 'transformers.Trainer'])\nexcept SystemExit as end:\n    assert not end.code\n"
        "print(sorted({'typer', 'click', 'lzma', 'dataclasses', 'json'} & set(sys.modules)))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]" and "2.9.1" in done.stdout
