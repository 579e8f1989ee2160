"""Fields of the library's data classes that subclasses give another value: renamed wherever the library renamed them."""

from __future__ import annotations

import pytest
from engine_runs import check_noop, check_reported, check_transformed, pack, upgrade, upgrade_project

RULES = """
- id: field
  class_attributes: {transformers.TrainingArguments.evaluation_strategy: eval_strategy}
- id: argument
  call: transformers.TrainingArguments
  arguments: {evaluation_strategy: {rename: eval_strategy}}
- id: attribute
  attributes: {transformers.TrainingArguments.evaluation_strategy: eval_strategy}
- id: gone
  class_attributes: {transformers.TrainingArguments.save_safetensors: null}
"""
HEAD = "from dataclasses import dataclass\nfrom transformers import TrainingArguments\n\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(
            '@dataclass\nclass A(TrainingArguments):\n    evaluation_strategy: str = "epoch"\n',
            '@dataclass\nclass A(TrainingArguments):\n    eval_strategy: str = "epoch"\n',
            id="a default",
        ),
        pytest.param(
            "@dataclass\nclass A(TrainingArguments):\n    evaluation_strategy: str\n",
            "@dataclass\nclass A(TrainingArguments):\n    eval_strategy: str\n",
            id="without a value",
        ),
        pytest.param(
            'class A(TrainingArguments):\n    evaluation_strategy = "epoch"\n\nA(evaluation_strategy="no")\n',
            'class A(TrainingArguments):\n    eval_strategy = "epoch"\n\nA(eval_strategy="no")\n',
            id="and calls of the class",
        ),
        pytest.param(
            "class A(TrainingArguments):\n    def __post_init__(self):\n        super().__post_init__()\n"
            '        self.evaluation_strategy = "no"\n        print(self.evaluation_strategy)\n',
            "class A(TrainingArguments):\n    def __post_init__(self):\n        super().__post_init__()\n"
            '        self.eval_strategy = "no"\n        print(self.eval_strategy)\n',
            id="set on self",
        ),
        pytest.param(
            'class A(TrainingArguments):\n    evaluation_strategy: str = "no"\n\nclass B(A):\n    pass\n\n'
            "b = B()\nprint(b.evaluation_strategy)\n",
            'class A(TrainingArguments):\n    eval_strategy: str = "no"\n\nclass B(A):\n    pass\n\n'
            "b = B()\nprint(b.eval_strategy)\n",
            id="read on an object of a class below",
        ),
    ],
)
def test_the_field_keeps_being_the_librarys(before: str, after: str) -> None:
    check_transformed(RULES, HEAD + before, HEAD + after)


def test_the_class_and_its_use_lie_in_two_files() -> None:
    files = {
        "settings.py": f'{HEAD}class Mine(TrainingArguments):\n    evaluation_strategy: str = "epoch"\n',
        "main.py": 'from settings import Mine\n\nargs = Mine(evaluation_strategy="no")\nprint(args.evaluation_strategy)\n',
    }
    outcomes = upgrade_project(pack(RULES), files)
    assert outcomes["settings.py"].text == files["settings.py"].replace(
        "evaluation_strategy", "eval_strategy"
    )
    assert outcomes["main.py"].text == files["main.py"].replace("evaluation_strategy", "eval_strategy")


@pytest.mark.parametrize(
    ("source", "line"),
    [
        pytest.param("    save_safetensors: bool = False\n", 5, id="in the body"),
        pytest.param(
            "    def __post_init__(self):\n        self.save_safetensors = False\n", 6, id="on self"
        ),
    ],
)
def test_a_field_that_is_gone_is_reported(source: str, line: int) -> None:
    check_reported(RULES, f"{HEAD}class A(TrainingArguments):\n{source}", lines=[line])


@pytest.mark.parametrize(
    "source",
    [
        pytest.param("class A:\n    evaluation_strategy: str = 'no'\n\nA(evaluation_strategy='no')\n", id="own class"),
        pytest.param(
            "class A:\n    def __init__(self):\n        self.save_safetensors = True\n"
            "        self.evaluation_strategy = 'no'\n",
            id="own attributes",
        ),
        pytest.param(
            "class A(TrainingArguments):\n    @property\n    def evaluation_strategy(self):\n        return 1\n\n"
            "print(A().evaluation_strategy)\n",
            id="own property",
        ),
    ],
)  # fmt: skip
def test_fields_of_the_project_stay(source: str) -> None:
    check_noop(RULES, HEAD + source)


def test_a_field_that_is_not_renamed_stays_the_projects_own_in_calls_too() -> None:
    unsafe = RULES.replace("eval_strategy}", "eval_strategy}\n  safety: unsafe", 1)
    source = f'{HEAD}class A(TrainingArguments):\n    evaluation_strategy: str = "no"\n\nA(evaluation_strategy="x")\n'
    text, findings = upgrade(unsafe, source)
    assert text == source
    assert [f.status for f in findings] == ["available"]
    text, _ = upgrade(unsafe, source, unsafe=True)
    assert text == source.replace("evaluation_strategy", "eval_strategy")


def test_what_the_tool_wrote_itself_says_nothing_of_the_project() -> None:
    rules = pack(
        "[{id: r, class_defaults: transformers.PretrainedConfig, defaults: {is_decoder: 'False', prefix: 'None'}}]"
    )
    own = "from transformers import PretrainedConfig\n\n\nclass Mine(PretrainedConfig):\n    pass\n\n\nprint(Mine().is_decoder)\n"
    shim = "def task(config):\n    return getattr(config, 'prefix', None)\n"
    outcomes = upgrade_project(rules, {"mine.py": own, "_transformers_compat.py": shim})
    text = outcomes["mine.py"].text
    assert text is not None and "is_decoder = False" in text and "prefix" not in text
