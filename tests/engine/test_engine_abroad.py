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
