"""The version by what the code uses, where no file declares one."""

from __future__ import annotations

import pytest

from tx_upgrade.analysis.inference import Window, evidence, infer, spans
from tx_upgrade.history import History
from tx_upgrade.model import TxUpgradeError
from tx_upgrade.upgrade import Options, upgrade_text


@pytest.fixture(scope="module")
def history() -> History:
    return History.load()


def window(history: History, *sources: str) -> Window | None:
    files = {f"/p/f{n}.py": text.encode() for n, text in enumerate(sources)}
    return infer(files, {path: path.removeprefix("/p/") for path in files}, history)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        pytest.param(
            "from transformers import AdamW, DynamicCache\n", ("4.36.2", "4.49.0"), id="imported names"
        ),
        pytest.param("import transformers.modeling_bert\n", ("2.0.0", "3.5.1"), id="imported module"),
        pytest.param("from transformers.modeling_bert import *\n", ("2.0.0", "3.5.1"), id="star"),
        pytest.param(
            "import transformers as t\nt.EvaluationStrategy\n", ("3.4.0", "4.3.3"), id="attribute of a module"
        ),
        pytest.param(
            "import transformers\ntransformers.models.bert.modeling_bert.BertLayer\n",
            ("4.0.1", None),
            id="chain",
        ),
        pytest.param(
            "from transformers import TrainingArguments\n"
            "TrainingArguments('x', evaluation_strategy='no', logging_dir='y')\n",
            None,
            id="argument",
        ),
    ],
)
def test_what_bounds_a_window(source: str, expected: tuple[str, str | None] | None, history: History) -> None:
    found = window(history, source)
    assert found is not None
    if expected is not None:
        assert (found.first, found.last) == (expected[0], expected[1] or history.versions[-1])
    else:
        signature = history.signature("transformers.TrainingArguments", found.last)
        assert signature is not None and {"evaluation_strategy", "logging_dir"} <= signature.names
        (use,) = found.high
        assert use.what == "evaluation_strategy= of transformers.TrainingArguments" and use.line == 2


@pytest.mark.parametrize(
    "source",
    [
        pytest.param("from transformers import AutoModel\n", id="in every release"),
        pytest.param(
            "try:\n    from transformers import AdamW\nexcept ImportError:\n    from torch.optim import AdamW\n",
            id="guarded",
        ),
        pytest.param("from transformers import NeverThere\n", id="in no release"),
        pytest.param("from mylib import AdamW\n", id="of another library"),
        pytest.param("def f(:\n", id="no Python"),
    ],
)
def test_what_says_nothing(source: str, history: History) -> None:
    assert window(history, source) is None


def test_files_are_taken_together_and_each_end_has_its_evidence(history: History) -> None:
    found = window(
        history, "from transformers import DynamicCache\n", "\nfrom transformers import AdamW as Adam\n"
    )
    assert found is not None
    lines = [(e.path, e.line, e.text) for e in evidence(found, history)]
    assert lines == [
        ("f0.py", 1, "transformers.DynamicCache (since 4.36.2)"),
        ("f1.py", 2, f"transformers.AdamW ({found_span('transformers.AdamW', history)})"),
    ]


def found_span(name: str, history: History) -> str:
    return spans((n for n, v in enumerate(history.versions) if history.exists(name, v)), history)


def test_uses_that_exclude_each_other_are_named(history: History) -> None:
    with pytest.raises(
        TxUpgradeError, match=r"f0.py:1: transformers.EvaluationStrategy .* f0.py:2: .*DynamicCache"
    ):
        window(
            history, "from transformers import EvaluationStrategy\nfrom transformers import DynamicCache\n"
        )


def test_releases_as_people_write_them(history: History) -> None:
    assert (
        spans([0, 1, 2, 5], history)
        == f"{history.versions[0]} to {history.versions[2]}, {history.versions[5]}"
    )
    assert spans([len(history.versions) - 1], history) == f"since {history.versions[-1]}"


def run(source: bytes, to_version: str | None = None) -> tuple[str, list[str]]:
    said: list[str] = []
    _, result = upgrade_text(source, Options(to_version=to_version), warn=said.append)
    assert result.detected is not None and result.detected.version == result.from_version
    assert {e.path for e in result.detected.evidence} == {"<stdin>"}
    return result.from_version, said


def test_a_run_takes_the_newest_release_of_the_window_and_says_why(
    tmp_path: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(str(tmp_path))
    version, said = run(b"from transformers import EvaluationStrategy\n")
    assert version == "4.3.3"
    assert said[0].endswith("what the code uses is in 3.4.0 to 4.3.3 only")
    assert said[1] == "<stdin>:1: transformers.EvaluationStrategy (3.4.0 to 4.3.3)"


@pytest.mark.parametrize(
    ("source", "said"),
    [
        pytest.param(b"from transformers import AutoModel\n", "is in every release", id="every release"),
        pytest.param(
            b"from transformers import DynamicCache\n",
            r"DynamicCache \(since 4.36.2\)",
            id="up to the target",
        ),
        pytest.param(
            b"from transformers import EvaluationStrategy, DynamicCache\n", "no release .* has all", id="none"
        ),
    ],
)
def test_what_cannot_be_inferred_is_asked_for(
    source: bytes, said: str, tmp_path: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(str(tmp_path))
    with pytest.raises(TxUpgradeError, match=rf"{said}.*--from"):
        upgrade_text(source, Options(), warn=lambda line: None)


def test_both_branches_of_a_flag_of_another_file_say_nothing(history: History) -> None:
    flags = (
        "try:\n    from transformers import AdamW\n    OLD = True\nexcept ImportError:\n    OLD = False\n"
        "import transformers\nfrom packaging.version import parse\n"
        "NEW = parse(transformers.__version__) >= parse('4.36')\n"
    )
    source = (
        "from f0 import NEW, OLD\n"
        "def _load():\n    from transformers import EvaluationStrategy\n"
        "def main():\n    if OLD:\n        _load()\n    if not NEW:\n        return\n    from transformers import DynamicCache\n"
    )
    assert window(history, flags, source) is None
