"""What stands in for named tuples where ``typing`` would take too long to import."""

from __future__ import annotations

import pickle
import subprocess
import sys

import pytest

from tx_upgrade.history.signatures import Parameter, Signature, decode_signature


def test_records_behave_like_named_tuples() -> None:
    one = Parameter("a", "keyword_only", None)
    assert (
        one
        == Parameter(name="a", kind="keyword_only", default=None)
        == Parameter("a", kind="keyword_only", default=None)
    )
    assert (one.name, one.kind, one.default) == tuple(one)
    assert {one: 1}[Parameter("a", "keyword_only", None)] == 1
    assert pickle.loads(pickle.dumps(Signature((one,)))) == Signature((one,))
    assert repr(one) == "Parameter(name='a', kind='keyword_only', default=None)"
    with pytest.raises(TypeError):
        Parameter("a", "keyword_only")  # type: ignore[call-arg]
    with pytest.raises(AttributeError):
        one.name = "b"  # type: ignore[misc]


def test_one_signature_for_one_text() -> None:
    assert decode_signature("a|b=1") is decode_signature("a|b=1")


@pytest.mark.parametrize("arguments", [["--version"], ["api", "show", "transformers.Trainer"]])
def test_short_questions_import_little(arguments: list[str]) -> None:
    code = (
        "import sys\nfrom tx_upgrade.cli.main import main\n"
        f"try:\n    main({arguments})\nexcept SystemExit as end:\n    assert not end.code\n"
        "heavy = {'typing', 're', 'pathlib', 'typer', 'functools', 'collections', 'json'} & set(sys.modules)\n"
        "sys.exit(f'imported: {heavy}' if heavy - BEFORE else 0)\n"
    )
    code = "import sys\nBEFORE = set(sys.modules)\n" + code
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout
