"""``--support``: code that goes on running on every release of a range."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from engine_runs import history

from tx_upgrade.model import RunResult, TxUpgradeError
from tx_upgrade.rules.packs import load_packs
from tx_upgrade.rules.support import OldSide, Support, read_support
from tx_upgrade.shim.generate import generate, read
from tx_upgrade.upgrade import Options, upgrade

SHIM = "_transformers_compat.py"


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def both(source: str, support: str = ">=4.40,<6", from_version: str = "4.40", **more: bool) -> RunResult:
    """What a run with a range makes of ``main.py``, which is written."""
    Path("main.py").write_text(source)
    return again(support, from_version, **more)


def again(support: str = ">=4.40,<6", from_version: str = "4.40", **more: bool) -> RunResult:
    options = Options(from_version=from_version, support=support, unsafe=more.get("unsafe", True), jobs=1)
    result = upgrade(["."], options, warn=lambda _: None)
    for change in result.changes:
        Path(change.path).write_bytes(change.after)
    return result


def text() -> str:
    return Path("main.py").read_text()


@pytest.mark.parametrize(
    ("before", "after", "entry"),
    [
        pytest.param(
            "from transformers import AutoModelForVision2Seq\n\nKINDS = [AutoModelForVision2Seq]\n",
            "from _transformers_compat import AutoModelForImageTextToText\n\nKINDS = [AutoModelForImageTextToText]\n",
            "try:\n    from transformers import AutoModelForImageTextToText\nexcept ImportError:\n"
            "    from transformers import AutoModelForVision2Seq as AutoModelForImageTextToText\n",
            id="a class with another name",
        ),
        pytest.param(
            "from transformers import Trainer\n\nTrainer(model=m, args=a, tokenizer=tok)\n",
            "from transformers import Trainer\nfrom _transformers_compat import PROCESSING_CLASS\n\n"
            "Trainer(model=m, args=a, **{PROCESSING_CLASS: tok})\n",
            'PROCESSING_CLASS = "processing_class" if Version(transformers.__version__).release >= (4, 46) else "tokenizer"\n',
            id="an argument with another name",
        ),
        pytest.param(
            'from transformers import TrainingArguments\n\nTrainingArguments("x", overwrite_output_dir=True, seed=1)\n',
            "from transformers import TrainingArguments\nfrom _transformers_compat import SINCE_5_0\n\n"
            'TrainingArguments("x", **({} if SINCE_5_0 else {"overwrite_output_dir": True}), seed=1, report_to="all")\n',
            "SINCE_5_0 = Version(transformers.__version__).release >= (5, 0)\n",
            id="an argument that is gone",
        ),
        pytest.param(
            'from transformers import TrainingArguments\n\nkw = {"evaluation_strategy": "no", "report_to": []}\n'
            'TrainingArguments("x", **kw)\n',
            "from transformers import TrainingArguments\nfrom _transformers_compat import EVAL_STRATEGY\n\n"
            'kw = {EVAL_STRATEGY: "no", "report_to": []}\nTrainingArguments("x", **kw)\n',
            'EVAL_STRATEGY = "eval_strategy" if',
            id="a key of a dictionary",
        ),
        pytest.param(
            "from transformers import Trainer\n\n\ndef show(trainer: Trainer):\n    return trainer.tokenizer.pad_token\n",
            "from transformers import Trainer\nfrom _transformers_compat import PROCESSING_CLASS\n\n\n"
            "def show(trainer: Trainer):\n    return getattr(trainer, PROCESSING_CLASS).pad_token\n",
            "PROCESSING_CLASS = ",
            id="an attribute with another name",
        ),
        pytest.param(
            'from transformers import TrainingArguments\n\nTrainingArguments("x", warmup_ratio=0.1, report_to=[])\n',
            "from transformers import TrainingArguments\nfrom _transformers_compat import WARMUP_STEPS\n\n"
            'TrainingArguments("x", **{WARMUP_STEPS: 0.1}, report_to=[])\n',
            'WARMUP_STEPS = "warmup_steps" if Version(transformers.__version__).release >= (5, 15) else "warmup_ratio"\n',
            id="a name that meant something else before",
        ),
        pytest.param(
            "from transformers import GPT2LMHeadModel\n\n\ndef length(model: GPT2LMHeadModel, ids):\n"
            "    past = model(ids).past_key_values\n    return past[0][0].shape[2]\n",
            "from transformers import GPT2LMHeadModel\nfrom _transformers_compat import SINCE_5_0\n\n\n"
            "def length(model: GPT2LMHeadModel, ids):\n    past = model(ids).past_key_values\n"
            "    return past.get_seq_length() if SINCE_5_0 else past[0][0].shape[2]\n",
            "SINCE_5_0 = ",
            id="what was a tuple",
        ),
        pytest.param(
            "from transformers import PreTrainedModel\n\n\nclass Mine(PreTrainedModel):\n    _tied_weights_keys = ['head.weight']\n\n"
            "    def get_output_embeddings(self):\n        return self.head\n\n"
            "    def get_input_embeddings(self):\n        return self.table\n",
            "from transformers import PreTrainedModel\nfrom _transformers_compat import SINCE_5_0\n\n\nclass Mine(PreTrainedModel):\n"
            '    _tied_weights_keys = {"head.weight": "table.weight"} if SINCE_5_0 else [\'head.weight\']\n\n'
            "    def get_output_embeddings(self):\n        return self.head\n\n"
            "    def get_input_embeddings(self):\n        return self.table\n",
            "SINCE_5_0 = ",
            id="an attribute of a class",
        ),
        pytest.param(
            "from transformers import DynamicCache\n\n\ndef make(past):\n    return DynamicCache.from_legacy_cache(past)\n",
            "from transformers import DynamicCache\nfrom _transformers_compat import SINCE_5_0\n\n\ndef make(past):\n"
            "    return DynamicCache(past) if SINCE_5_0 else DynamicCache.from_legacy_cache(past)\n",
            "SINCE_5_0 = ",
            id="a call that is another one now",
        ),
    ],
)
def test_what_switches_by_the_installed_release(before: str, after: str, entry: str) -> None:
    result = both(before)
    assert text() == after
    assert entry in Path(SHIM).read_text()
    assert [s.path for s in result.shims] == [SHIM]
    compile(Path(SHIM).read_text(), SHIM, "exec")
    assert not again().changes


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(
            "from transformers.modeling_utils import Conv1D\n",
            "from transformers.pytorch_utils import Conv1D\n",
            id="a place that all of them have",
        ),
        pytest.param(
            "from transformers import BertTokenizer\n\n\ndef run(tok: BertTokenizer):\n    tok.encode_plus('a')\n",
            "from transformers import BertTokenizer\n\n\ndef run(tok: BertTokenizer):\n    tok('a')\n",
            id="a call that all of them take",
        ),
        pytest.param(
            "from transformers import TrainingArguments\n\nTrainingArguments('x', no_cuda=True, report_to=[])\n",
            "from transformers import TrainingArguments\n\nTrainingArguments('x', use_cpu=True, report_to=[])\n",
            id="an argument that all of them take",
        ),
        pytest.param(
            "from transformers import AutoModel\n\nAutoModel.from_pretrained('x', torch_dtype='auto')\n",
            "from transformers import AutoModel\n\nAutoModel.from_pretrained('x', torch_dtype='auto')\n",
            id="an old form that only warns",
        ),
        pytest.param(
            "import torch\nfrom transformers import AutoModel\n\nAutoModel.from_pretrained('x')\n",
            "import torch\nfrom transformers import AutoModel\n\nAutoModel.from_pretrained('x', torch_dtype=torch.float32)\n",
            id="an old default, by the name that all of them take",
        ),
        pytest.param(
            "from transformers import Trainer\n\n\nclass Mine(Trainer):\n    def log(self, logs):\n        pass\n",
            "from transformers import Trainer\n\n\nclass Mine(Trainer):\n    def log(self, logs, start_time=None):\n        pass\n",
            id="an override that takes more",
        ),
    ],
)
def test_the_form_that_runs_on_both_sides_is_preferred(before: str, after: str) -> None:
    both(before)
    assert text() == after
    assert not Path(SHIM).exists()


def test_the_newest_form_is_enough_for_a_range_that_begins_with_it() -> None:
    both(
        "from transformers import Trainer\n\nTrainer(model=m, tokenizer=tok)\n",
        support=">=4.46",
        from_version="4.30",
    )
    assert "Trainer(model=m, processing_class=tok)" in text()


def test_three_names_of_one_argument() -> None:
    source = "from transformers import TrainingArguments\n\nTrainingArguments('x', evaluate_during_training=True, report_to=[])\n"
    both(source, support=">=3.0", from_version="3.0")
    assert (
        '{"eval_strategy": "steps"} if SINCE_4_41 else {"evaluation_strategy": "steps"} if SINCE_' in text()
    )
    assert 'else {"evaluate_during_training": True})' in text()
    assert not again(support=">=3.0", from_version="3.0").changes


def test_what_has_no_form_for_both_sides_is_left_and_named() -> None:
    source = (
        "from transformers import TrainerCallback\n\n\nclass Mine(TrainerCallback):\n"
        "    def on_step_end(self, args, state, control, tokenizer=None, **kwargs):\n        print(tokenizer)\n"
    )
    result = both(source)
    assert text() == source
    (finding,) = result.findings
    assert (finding.rule, finding.status) == ("trainer-callback-tokenizer", "manual")
    assert "4.40.2" in finding.message


def test_the_library_s_own_class_is_taken_where_it_is_there() -> None:
    both("from transformers import QuestionAnsweringPipeline\n\nprint(QuestionAnsweringPipeline)\n")
    assert text().startswith("from _transformers_compat import QuestionAnsweringPipeline\n")
    shim = Path(SHIM).read_text()
    assert (
        "try:\n    from transformers import QuestionAnsweringPipeline\nexcept ImportError:\n    import inspect\n"
        in shim
    )
    compile(shim, SHIM, "exec")
    assert not again().changes


def test_a_package_asks_its_own_module() -> None:
    Path("pkg").mkdir()
    Path("pkg/__init__.py").write_text("from . import a\n")
    Path("pkg/a.py").write_text("from transformers import Trainer\n\nTrainer(model=m, tokenizer=tok)\n")
    again()
    assert "from ._transformers_compat import PROCESSING_CLASS" in Path("pkg/a.py").read_text()
    assert Path("pkg", SHIM).exists()


def test_entries_of_an_earlier_run_stay() -> None:
    both("from transformers import Trainer\n\nTrainer(model=m, tokenizer=tok)\n")
    Path("other.py").write_text(
        "from transformers import AdamW, AutoModelForVision2Seq\n\nprint(AdamW, AutoModelForVision2Seq)\n"
    )
    again()
    held = Path(SHIM).read_text()
    for name in ("PROCESSING_CLASS = ", "class AdamW", "AutoModelForImageTextToText"):
        assert held.count(name) >= 1
    assert [e.name for e in read(held)] == ["AdamW", "AutoModelForImageTextToText", "PROCESSING_CLASS"]
    assert generate(["PROCESSING_CLASS"], {}, existing=held) == held


def test_a_shim_of_newer_releases_can_be_imported_on_older_ones(tmp_path: Path) -> None:
    both(
        "from transformers import DynamicCache\n\n\ndef cut(cache: DynamicCache):\n    cache.crop(3)\n",
        support=">=4.40",
    )
    stand_in = tmp_path / "transformers.py"
    stand_in.write_text('__version__ = "4.40.2"\n')
    code = "import _transformers_compat as c; print(c.SINCE_5_20, c.crop_cache)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=tmp_path)
    assert done.stdout.split() == ["False", "None"], done.stderr
    assert "crop_cache(cache, 3) if SINCE_5_20 else cache.crop(3)" in text()


@pytest.mark.parametrize(
    ("range_", "oldest", "newest"),
    [(">=4.40,<5", "4.40.2", "4.57.6"), ("4.57", "4.57.6", "4.57.6"), ("~=5.0", "5.0.0", "5.23.0")],
)
def test_ranges(range_: str, oldest: str, newest: str) -> None:
    assert read_support(range_, history())[1:] == (oldest, newest)


@pytest.mark.parametrize("range_", ["new", ">=9", ">4.41.9,<4.42"])
def test_ranges_that_say_nothing(range_: str) -> None:
    with pytest.raises(TxUpgradeError, match="--support"):
        read_support(range_, history())


def test_a_target_outside_of_the_range() -> None:
    Path("main.py").write_text("import transformers\n")
    options = Options(from_version="4.40", to_version="5.0", support="<5")
    with pytest.raises(TxUpgradeError, match="outside of --support"):
        upgrade(["."], options, warn=lambda _: None)


def test_every_rule_is_decided() -> None:
    """No rule makes the decision fail, and what a rule says of itself counts."""
    packs = load_packs()
    for oldest in ("4.30.2", "4.57.6"):
        old = OldSide(history(), packs.shims, Support(f">={oldest}", oldest, "5.23.0"), "5.23.0")
        decided = {rule.id: old.runs(rule) for rule in packs.rules}
        assert decided["tokenizer-encode-plus"]
        assert not decided["cache-subscript"] or oldest == "4.57.6"
        assert not decided["trainer-callback-tokenizer"] or oldest == "4.57.6"
