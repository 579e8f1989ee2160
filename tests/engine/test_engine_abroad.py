"""Keys of dictionaries and arguments that one file of a project writes and another hands to the library."""

from __future__ import annotations

import pytest
from engine_runs import pack, upgrade_project

RULES = """
- id: strategy
  call: transformers.TrainingArguments
  arguments: {evaluation_strategy: {rename: eval_strategy}}
- id: overwrite
  call: transformers.TrainingArguments
  arguments: {overwrite_output_dir: {remove: true}}
- id: optim
  call: transformers.TrainingArguments
  arguments: {optim: {is: adamw_hf, value: '"adamw_torch"'}}
- id: config
  call: transformers.TrainingArguments
  arguments: {fsdp: {replace: {fsdp_config: 'transformers.Config($value)'}}}
"""
MAIN = "from transformers import TrainingArguments\n"
MAKE = MAIN + "\n\ndef make(folder, **options):\n    return TrainingArguments(folder, **options)\n"


def changed(files: dict[str, str], *, unsafe: bool = False) -> dict[str, str]:
    """The files as a run leaves them; what it says is fixed, and a second run finds nothing more to do."""
    outcomes = upgrade_project(pack(RULES), files, unsafe=unsafe)
    after = {path: outcomes[path].text or text for path, text in files.items()}
    assert all(f.status == "fixed" for o in outcomes.values() for f in o.findings)
    again = upgrade_project(pack(RULES), after, unsafe=unsafe)
    assert not any(o.text for o in again.values())
    return after


@pytest.mark.parametrize(
    ("settings", "after", "main"),
    [
        pytest.param(
            "S = {'evaluation_strategy': 'no', 'overwrite_output_dir': True, 'seed': 1}\n",
            "S = {'eval_strategy': 'no', 'seed': 1}\n",
            MAIN + "from settings import S\n\nTrainingArguments('out', **S)\n",
            id="an imported dictionary",
        ),
        pytest.param(
            "S = dict(evaluation_strategy='no', optim='adamw_hf')\n",
            "S = dict(eval_strategy='no', optim=\"adamw_torch\")\n",
            MAIN + "import settings\n\nTrainingArguments('out', seed=settings.S['seed'], **settings.S)\n",
            id="an attribute of its module",
        ),
        pytest.param(
            "from main import make\n\nmake('out', evaluation_strategy='no', overwrite_output_dir=True)\n",
            "from main import make\n\nmake('out', eval_strategy='no')\n",
            MAKE,
            id="arguments of a function that hands them on",
        ),
        pytest.param(
            "from main import make\n\nS = {'evaluation_strategy': 'no'}\nmake('out', **S)\n",
            "from main import make\n\nS = {'eval_strategy': 'no'}\nmake('out', **S)\n",
            MAKE,
            id="a dictionary that is unpacked into such a function",
        ),
    ],
)
def test_the_other_file_is_changed(settings: str, after: str, main: str) -> None:
    files = {"settings.py": settings, "main.py": main}
    assert changed(files) == {"settings.py": after, "main.py": main}


@pytest.mark.parametrize(
    ("settings", "main"),
    [
        pytest.param(
            "S = {'evaluation_strategy': 'no'}\n",
            MAIN
            + "from settings import S\n\nprint(S['evaluation_strategy'])\nTrainingArguments('out', **S)\n",
            id="the key is read",
        ),
        pytest.param(
            "S = {'fsdp': 'full'}\n",
            MAIN + "from settings import S\n\nTrainingArguments('out', **S)\n",
            id="the value needs an import",
        ),
        pytest.param(
            "# tx-upgrade: skip-file\nS = {'evaluation_strategy': 'no'}\n",
            MAIN + "from settings import S\n\nTrainingArguments('out', **S)\n",
            id="the file is to be left alone",
        ),
    ],
)
def test_it_is_left_and_named(settings: str, main: str) -> None:
    outcomes = upgrade_project(pack(RULES), {"settings.py": settings, "main.py": main}, unsafe=True)
    (finding,) = outcomes["main.py"].findings
    assert finding.status == "manual" and "settings.py" in finding.message
    assert outcomes["settings.py"].text is None


def test_a_dictionary_with_other_uses_needs_unsafe() -> None:
    settings = "S = {'evaluation_strategy': 'no'}\n"
    main = MAIN + "from settings import S\n\nsave(S)\nTrainingArguments('out', **S)\n"
    files = {"settings.py": settings, "main.py": main}
    (finding,) = upgrade_project(pack(RULES), files)["main.py"].findings
    assert finding.status == "available"
    assert changed(files, unsafe=True)["settings.py"] == "S = {'eval_strategy': 'no'}\n"


LOADED = (
    MAIN
    + """import copy
{more}

def section(name):
    return merged({settings})[name]


args = TrainingArguments("out", **section("train"))
"""
)
TABLE = 'S = {"train": {"evaluation_strategy": "no", "overwrite_output_dir": True, "seed": 1}}\n'


def test_a_dictionary_of_nothing_but_arguments_is_meant_for_the_call() -> None:
    files = {"settings.py": TABLE, "main.py": LOADED.format(more="from settings import S", settings="S")}
    assert changed(files, unsafe=True) == {
        **files,
        "settings.py": 'S = {"train": {"eval_strategy": "no", "seed": 1}}\n',
    }
    (alone,) = changed({"main.py": LOADED.format(more=TABLE, settings="S")}, unsafe=True).values()
    assert '{"eval_strategy": "no", "seed": 1}' in alone


@pytest.mark.parametrize(
    "more",
    [
        pytest.param('print(S["train"]["evaluation_strategy"])', id="the key is looked up"),
        pytest.param(
            "class Own:\n    evaluation_strategy: str = 'no'", id="a class of the project has such a field"
        ),
        pytest.param("def own(evaluation_strategy):\n    return 1", id="a function of the project takes it"),
        pytest.param(
            "def own(thing):\n    return thing.evaluation_strategy", id="it is read of something else"
        ),
    ],
)
def test_a_key_that_may_mean_something_else_is_only_named(more: str) -> None:
    files = {
        "settings.py": TABLE,
        "main.py": LOADED.format(more=f"from settings import S\n\n{more}", settings="S"),
    }
    outcomes = upgrade_project(pack(RULES), files, unsafe=True)
    assert not any(o.text for o in outcomes.values())
    assert ("strategy", "manual") in {(f.rule, f.status) for o in outcomes.values() for f in o.findings}


def test_a_dictionary_with_other_keys_too_is_only_named() -> None:
    table = TABLE.replace('"seed"', '"rounds"')
    files = {"settings.py": table, "main.py": LOADED.format(more="from settings import S", settings="S")}
    outcomes = upgrade_project(pack(RULES), files, unsafe=True)
    assert not any(o.text for o in outcomes.values())
    assert {f.status for o in outcomes.values() for f in o.findings} == {"manual"}


FLAGS = (
    MAIN
    + """import argparse

parser = argparse.ArgumentParser()
parser.add_argument("--evaluation-strategy", default="no")
values = vars(parser.parse_args())
args = TrainingArguments("out", **{k: v for k, v in values.items() if k != "mine"})
"""
)


def test_a_flag_whose_value_may_reach_the_call_is_named() -> None:
    (outcome,) = upgrade_project(pack(RULES), {"main.py": FLAGS}, unsafe=True).values()
    assert [(f.rule, f.line, f.status) for f in outcome.findings] == [("strategy", 5, "manual")]
    by_name = FLAGS.replace("vars(parser.parse_args())", "load()")
    (outcome,) = upgrade_project(pack(RULES), {"main.py": by_name}, unsafe=True).values()
    assert not outcome.findings
