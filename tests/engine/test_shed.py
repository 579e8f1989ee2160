"""``tx-upgrade shed``: what ``--support`` wrote is taken out again when older releases are given up."""

from __future__ import annotations

from pathlib import Path

import pytest

from tx_upgrade.cli.main import main
from tx_upgrade.model import TxUpgradeError
from tx_upgrade.shim.shed import Shed, shed

SHIM = "_transformers_compat.py"
OLD = """
import torch
from transformers import AutoModelForVision2Seq, DynamicCache, Trainer, TrainingArguments


def train(model, tok, past):
    options = {"evaluation_strategy": "steps", "report_to": []}
    args = TrainingArguments("x", overwrite_output_dir=True, **options)
    trainer = Trainer(model=model, args=args, tokenizer=tok, train_dataset=[])
    args.evaluation_strategy = "no"
    print(trainer.tokenizer, args.evaluation_strategy, AutoModelForVision2Seq)
    return DynamicCache.from_legacy_cache(past)
"""


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("main.py").write_text(OLD)
    run("main.py", "--from", "4.40", "--support", ">=4.40", "--write")
    assert Path(SHIM).exists()


def run(*arguments: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main(list(arguments))
    return int(ended.value.code or 0)


def after(result: Shed, path: str) -> str | None:
    change = next((c for c in result.changes if c.path == path), None)
    assert change is not None
    return None if change.after is None else change.after.decode()


def test_the_result_is_what_an_upgrade_without_a_range_gives(tmp_path: Path) -> None:
    kept = Path("main.py").read_text()
    result = shed(["."], "5.0")
    direct = after(result, "main.py")
    assert after(result, SHIM) is None
    Path("main.py").write_text(OLD)
    Path(SHIM).unlink()
    run("main.py", "--from", "4.40", "--write")
    assert Path("main.py").read_text() == direct
    assert kept != direct


def test_what_older_releases_still_need_stays() -> None:
    text = Path("main.py").read_text()
    assert "EVAL_STRATEGY" in text and "PROCESSING_CLASS" in text
    result = shed(["."], "4.41")
    (gone,) = result.gone
    assert gone == (SHIM, ("EVAL_STRATEGY",))
    main_ = after(result, "main.py") or ""
    assert '{"eval_strategy": "steps"' in main_
    assert 'args.eval_strategy = "no"' in main_
    assert "**{PROCESSING_CLASS: tok}" in main_
    assert "PROCESSING_CLASS = " in (after(result, SHIM) or "")


def test_it_writes_at_once_and_rollback_brings_everything_back(
    capsysbinary: pytest.CaptureFixture[bytes],
) -> None:
    before = {p: Path(p).read_bytes() for p in ("main.py", SHIM)}
    capsysbinary.readouterr()
    assert run("shed", ".", "--min", "5.0") == 0
    printed = capsysbinary.readouterr().out
    assert b"deleted file mode" in printed and b"+++ /dev/null" in printed
    assert not Path(SHIM).exists()
    assert run("shed", ".", "--min", "5.0") == 0
    assert run("rollback", ".") == 0
    assert {p: Path(p).read_bytes() for p in before} == before


def test_nothing_is_written_when_only_asked() -> None:
    before = Path("main.py").read_bytes()
    assert run("shed", ".", "--min", "5.0", "--no-write") == 0
    assert Path("main.py").read_bytes() == before
    assert Path(SHIM).exists()


def test_entries_that_nothing_uses_go() -> None:
    Path("main.py").write_text(
        "from _transformers_compat import PROCESSING_CLASS\n\nprint(PROCESSING_CLASS)\n"
    )
    result = shed(["."], "4.40")
    assert [names for _, names in result.gone] == [
        ("AutoModelForImageTextToText", "EVAL_STRATEGY", "SINCE_5_0")
    ]
    assert [c.path for c in result.changes] == [SHIM]


def test_a_flag_with_a_use_of_its_own_stays_and_is_named() -> None:
    Path("other.py").write_text("from _transformers_compat import SINCE_5_0\n\nif SINCE_5_0:\n    print(5)\n")
    result = shed(["."], "5.0")
    assert result.kept == ("other.py:3: SINCE_5_0 stays: this use has no direct form",)
    assert "SINCE_5_0 = " in (after(result, SHIM) or "")
    assert "SINCE_5_0" not in (after(result, "main.py") or "")
    assert run("shed", ".", "--min", "5.0") == 1


def test_a_file_that_imports_the_module_as_a_whole_keeps_all() -> None:
    Path("other.py").write_text("import _transformers_compat as compat\n\nprint(compat.SINCE_5_0)\n")
    result = shed(["."], "5.0")
    assert [c.path for c in result.changes] == ["main.py"]
    assert "as a whole" in result.kept[0]


def test_names_that_are_passed_on_keep_their_name() -> None:
    Path("pkg").mkdir()
    Path("pkg/__init__.py").write_text("from .models import AutoModelForVision2Seq\n")
    Path("pkg/models.py").write_text("from transformers import AutoModelForVision2Seq\n")
    run("pkg", "--from", "4.40", "--support", ">=4.40", "--write")
    assert (
        "_transformers_compat import AutoModelForImageTextToText as AutoModelForVision2Seq"
        in Path("pkg/models.py").read_text()
    )
    result = shed(["pkg"], "4.46")
    assert after(result, "pkg/models.py") == (
        "from transformers import AutoModelForImageTextToText as AutoModelForVision2Seq\n"
    )
    assert after(result, f"pkg/{SHIM}") is None


def test_a_shim_that_waited_for_a_release_loses_its_test() -> None:
    Path("main.py").write_text(
        "from transformers import DynamicCache\n\n\ndef cut(cache: DynamicCache):\n    cache.crop(3)\n"
    )
    Path(SHIM).unlink()
    run("main.py", "--from", "4.40", "--support", ">=4.40", "--unsafe", "--write")
    assert "    crop_cache = None\n" in Path(SHIM).read_text()
    result = shed(["."], "5.20")
    assert "\ndef crop_cache(cache, length):\n    " in (after(result, SHIM) or "")
    assert "    crop_cache(cache, 3)\n" in (after(result, "main.py") or "")


def test_mistakes() -> None:
    with pytest.raises(TxUpgradeError):
        shed(["."], "9.9")
    assert run("shed", ".") == 2
    Path(SHIM).write_text(Path(SHIM).read_text() + "def (:\n")
    with pytest.raises(TxUpgradeError, match="repair"):
        shed(["."], "5.0")
