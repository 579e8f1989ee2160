"""Dictionaries on longer ways: attributes, functions, parameters, arguments that become arguments of another call."""

from __future__ import annotations

import pytest
from engine_runs import check_noop, check_reported, check_transformed, pack, upgrade, upgrade_project

RULES = """
- id: strategy
  call: transformers.TrainingArguments
  arguments: {evaluation_strategy: {rename: eval_strategy}}
- id: overwrite
  call: transformers.TrainingArguments
  arguments: {overwrite_output_dir: {remove: true}}
- id: dtype
  call: transformers.PreTrainedModel.from_pretrained
  arguments: {torch_dtype: {rename: dtype}}
- id: limit
  call: transformers.GenerationMixin.generate
  arguments: {max_len_old: {rename: max_length}}
"""
HEAD = "from transformers import TrainingArguments, pipeline\n\n"


def _after(source: str) -> str:
    for old, new in (
        ("evaluation_strategy", "eval_strategy"), ("torch_dtype", "dtype"), ("max_len_old", "max_length")
    ):  # fmt: skip
        source = source.replace(old, new)
    return source


@pytest.mark.parametrize(
    "source",
    [
        pytest.param(
            "def f(**kw):\n    kw.setdefault('evaluation_strategy', 'no')\n    return TrainingArguments(**kw)\n",
            id="setdefault",
        ),
        pytest.param("kw = {}\nkw |= {'evaluation_strategy': 'no'}\nTrainingArguments(**kw)\n", id="|="),
        pytest.param(
            "kw = dict([('evaluation_strategy', 'no'), ('seed', 1)])\nTrainingArguments(**kw)\n", id="pairs"
        ),
        pytest.param(
            "def f(kw=None):\n    return TrainingArguments(**(kw or {'evaluation_strategy': 'no'}))\n",
            id="or",
        ),
        pytest.param(
            "def f(kw=None):\n    kw = kw or {'evaluation_strategy': 'no'}\n    return TrainingArguments(**kw)\n",
            id="or, in front",
        ),
        pytest.param(
            "class A:\n    def __init__(self, more):\n        self.kw = {'seed': 1}\n        self.kw.update(more)\n\n"
            "    def go(self):\n        self.kw['evaluation_strategy'] = 'no'\n"
            "        return TrainingArguments(**self.kw)\n",
            id="an attribute",
        ),
        pytest.param(
            "def get():\n    return {'evaluation_strategy': 'no'}\n\na = TrainingArguments(**get())\n"
            "kw = get()\nb = TrainingArguments(**kw)\n",
            id="a function's result",
        ),
        pytest.param(
            "def make(name, kw):\n    return TrainingArguments(name, **kw)\n\n"
            "make('a', {'evaluation_strategy': 'no'})\nmore = {'evaluation_strategy': 'no'}\nmake('b', kw=more)\n",
            id="a parameter",
        ),
        pytest.param(
            "C = {'train': {'evaluation_strategy': 'no'}, 'other': 1}\nTrainingArguments(**C['train'])\n",
            id="a dictionary in a dictionary",
        ),
        pytest.param(
            "pipe = pipeline('text-generation', model_kwargs={'torch_dtype': 'auto'})\n", id="an argument"
        ),
        pytest.param(
            "mk = dict(torch_dtype='auto')\npipe = pipeline('text-generation', model_kwargs=mk)\n",
            id="a variable as an argument",
        ),
        pytest.param(
            "pipe = pipeline('automatic-speech-recognition')\npipe(x, generate_kwargs={'max_len_old': 3})\n",
            id="an argument of a call of an object",
        ),
    ],
)
def test_ways_that_are_certain(source: str) -> None:
    check_transformed(RULES, HEAD + source, HEAD + _after(source))


def test_a_setdefault_that_goes() -> None:
    source = (
        "def f(**kw):\n    kw.setdefault('overwrite_output_dir', True)\n    return TrainingArguments(**kw)\n"
    )
    check_transformed(RULES, HEAD + source, HEAD + "def f(**kw):\n    return TrainingArguments(**kw)\n")


@pytest.mark.parametrize(
    ("source", "status"),
    [
        pytest.param(
            "C = {'a': {'evaluation_strategy': 'no'}}\nTrainingArguments(**C['a'])\nother(**C['a'])\n",
            "available",
            id="an inner dictionary that is read twice",
        ),
        pytest.param(
            "def get():\n    return {'evaluation_strategy': 'no'}\n\nTrainingArguments(**get())\nsave(get())\n",
            "available",
            id="a result that goes elsewhere too",
        ),
        pytest.param(
            "class A:\n    def __init__(self):\n        self.kw = {'evaluation_strategy': 'no'}\n\n"
            "    def go(self):\n        return TrainingArguments(**self.kw)\n\nprint(A().kw)\n",
            "available",
            id="an attribute that others read",
        ),
        pytest.param(
            "mk = {'torch_dtype': 'auto'}\npipeline('text-generation', model_kwargs=mk)\nmine(model_kwargs=mk)\n",
            "manual",
            id="an argument of other functions too",
        ),
        pytest.param(
            "kw = dict([('overwrite_output_dir', True)])\nTrainingArguments(**kw)\n", "manual", id="a pair that goes"
        ),
        pytest.param(
            "def f(names, values):\n    kw = dict(zip(names, values))\n    return TrainingArguments(**kw)\n\n"
            "f(['evaluation_strategy'], ['no'])\n",
            "manual",
            id="keys from elsewhere",
        ),
        pytest.param(
            "SETTINGS = {}\nSETTINGS['evaluation_strategy'] = 'no'\nTrainingArguments(**load(SETTINGS))\n",
            "manual",
            id="through a function that is not known",
        ),
    ],
)  # fmt: skip
def test_ways_that_are_not_certain_are_not_silent(source: str, status: str) -> None:
    text, findings = upgrade(RULES, HEAD + source)
    assert text == HEAD + source
    assert [f.status for f in findings] == [status]


@pytest.mark.parametrize(
    "source",
    [
        pytest.param("pipe = mine('x', model_kwargs={'torch_dtype': 'auto'})\n", id="another function's argument"),
        pytest.param("pipeline('x', other_kwargs={'torch_dtype': 'auto'})\n", id="another argument"),
        pytest.param(
            "import json\n\ndef f(kw):\n    return TrainingArguments(**kw)\n\njson.dumps({'evaluation_strategy': 1})\n",
            id="a key for another package",
        ),
        pytest.param(
            "mine(**{'evaluation_strategy': 1})\nmore = {'evaluation_strategy': 1}\nmine(**more)\n"
            "def f(kw):\n    return TrainingArguments(seed=1)\n",
            id="nothing unknown is unpacked",
        ),
        pytest.param(
            "class A:\n    def __init__(self):\n        self.kw = {'evaluation_strategy': 'no'}\n\n"
            "    def go(self):\n        return mine(**self.kw)\n",
            id="an attribute for another function",
        ),
    ],
)  # fmt: skip
def test_dictionaries_that_go_elsewhere_stay(source: str) -> None:
    check_noop(RULES, HEAD + source)


def test_a_key_in_another_file_is_reported_where_it_is_unpacked() -> None:
    files = {
        "settings.py": "SETTINGS = {'evaluation_strategy': 'no'}\n\n\ndef get():\n    return SETTINGS\n",
        "main.py": f"{HEAD}from settings import get\n\nargs = TrainingArguments(**get())\n",
    }
    outcomes = upgrade_project(pack(RULES), files)
    (finding,) = outcomes["main.py"].findings
    assert (finding.line, finding.status) == (5, "available")
    assert "settings.py:1" in finding.message
    assert outcomes["settings.py"].text is None
    changed = upgrade_project(pack(RULES), files, unsafe=True)
    assert changed["settings.py"].text == files["settings.py"].replace("evaluation_strategy", "eval_strategy")


def test_a_key_that_nobody_follows_is_said_in_the_file_that_unpacks() -> None:
    files = {
        "settings.py": "class Box:\n    values = {'evaluation_strategy': 'no'}\n",
        "main.py": f"{HEAD}from settings import Box\n\nargs = TrainingArguments(**vars(Box)['values'])\n",
    }
    (finding,) = upgrade_project(pack(RULES), files)["main.py"].findings
    assert finding.status == "manual"
    assert "settings.py:2" in finding.message


def test_functions_that_call_each_other_end() -> None:
    source = (
        "def a(kw):\n    return b(kw)\n\ndef b(kw):\n    kw = kw or a(kw)\n    return TrainingArguments(**kw)\n\n"
        "a({'evaluation_strategy': 'no'})\n"
    )
    _, findings = upgrade(RULES, HEAD + source)
    assert len(findings) == 1


def test_two_calls_that_want_the_same_report_a_key_once() -> None:
    source = (
        "def get():\n    return {'group_old': ask(), 'overwrite_output_dir': ask()}\n\n"
        "TrainingArguments(**get())\nTrainingArguments(**get())\n"
    )
    check_reported(RULES, HEAD + source, lines=[4])


def test_keywords_that_another_file_gives_back_to_the_same_variable() -> None:
    files = {
        "pkg/__init__.py": "",
        "pkg/options.py": "def prepared(**kwargs):\n    return kwargs\n",
        "pkg/main.py": "from transformers import TrainingArguments\n\nfrom .options import prepared\n\n\ndef arguments():\n"
        '    options = {"evaluation_strategy": "no"}\n    options = prepared(**options)\n    return TrainingArguments(**options)\n',
    }
    outcome = upgrade_project(pack(RULES), files)["pkg/main.py"]
    assert '{"eval_strategy": "no"}' in (outcome.text or "")
