"""Keys that the code asks for by a variable keep their names, and a finding says why."""

from __future__ import annotations

import pytest
from engine_runs import check_reported, check_transformed

RULES = """
- id: strategy
  call: transformers.TrainingArguments
  arguments: {evaluation_strategy: {rename: eval_strategy}}
"""
HEAD = "from transformers import TrainingArguments\n\nkw = {'evaluation_strategy': 'no', 'seed': 1}\n"
CALL = "\nTrainingArguments(**kw)\n"


@pytest.mark.parametrize(
    ("between", "said"),
    [
        pytest.param(
            "for k in ('evaluation_strategy', 'seed'):\n    kw.pop(k, None)", "is read elsewhere", id="a loop"
        ),
        pytest.param(
            "NAMES = ['evaluation_strategy']\nprint([kw.get(k) for k in NAMES])",
            "is read elsewhere",
            id="a list by name",
        ),
        pytest.param(
            "for k in ('evaluation_strategy',):\n    if k in kw:\n        del kw[k]",
            "is read elsewhere",
            id="in, del",
        ),
        pytest.param(
            "for k, v in kw.items():\n    if k != 'evaluation_strategy':\n        print(v)",
            "is read elsewhere",
            id="compared",
        ),
        pytest.param(
            "print({k: v for k, v in kw.items() if k in ('evaluation_strategy', 'x')})",
            "is read elsewhere",
            id="compared with several",
        ),
        pytest.param("import sys\nkw.pop(sys.argv[1], None)", "asked for keys by a variable", id="run time"),
        pytest.param(
            "def drop(name):\n    return kw.get(name)", "asked for keys by a variable", id="a parameter"
        ),
    ],
)
def test_a_key_that_is_asked_for_by_a_variable_stays(between: str, said: str) -> None:
    check_reported(RULES, HEAD + between + CALL, lines=[3], says=said, unsafe=True)


@pytest.mark.parametrize(
    "between",
    [
        pytest.param("for k in ('seed',):\n    kw.pop(k, None)", id="others"),
        pytest.param("for k in ('seed', 'x'):\n    if k in kw:\n        print(kw.get(k))", id="others, in"),
    ],
)
def test_a_loop_over_other_keys_stands_in_no_way(between: str) -> None:
    code = HEAD + between + CALL
    check_transformed(RULES, code, code.replace("evaluation_strategy", "eval_strategy"))


def test_the_keys_that_the_dictionary_itself_gives_may_change() -> None:
    code = HEAD + "for k in list(kw):\n    if kw[k] is None:\n        kw.pop(k)" + CALL
    check_transformed(RULES, code, code.replace("evaluation_strategy", "eval_strategy"), unsafe=True)
