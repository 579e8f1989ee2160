"""Dictionaries that are unpacked into calls: changed where their way is certain, reported where it is not."""

from __future__ import annotations

import ast

import pytest
from engine_runs import check_noop, check_reported, check_transformed, upgrade

from tx_upgrade.analysis.handed_on import handed_on

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
- id: look
  call: transformers.TrainingArguments
  arguments: {group_by_length: {message: Say it in another way.}}
- id: object
  call: transformers.PreTrainedModel.__call__
  arguments: {past: {remove: true}}
- id: bits
  call: transformers.PreTrainedModel.from_pretrained
  arguments:
    load_in_8bit: {replace: {quantization_config: 'transformers.BitsAndBytesConfig(load_in_8bit=$value)'}}
"""
HEAD = "from transformers import TrainingArguments\n\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(
            'kw = {"evaluation_strategy": "no"}\nTrainingArguments(**kw)',
            'kw = {"eval_strategy": "no"}\nTrainingArguments(**kw)',
            id="a display",
        ),
        pytest.param(
            "kw = {'evaluation_strategy': 'no'}\nTrainingArguments(**kw)",
            "kw = {'eval_strategy': 'no'}\nTrainingArguments(**kw)",
            id="quotes stay",
        ),
        pytest.param(
            'kw = dict(evaluation_strategy="no")\nTrainingArguments(**kw)',
            'kw = dict(eval_strategy="no")\nTrainingArguments(**kw)',
            id="dict()",
        ),
        pytest.param(
            'TrainingArguments(**{"evaluation_strategy": "no"})',
            'TrainingArguments(**{"eval_strategy": "no"})',
            id="a display in the call",
        ),
        pytest.param(
            'TrainingArguments("out", **dict(evaluation_strategy="no"))',
            'TrainingArguments("out", **dict(eval_strategy="no"))',
            id="dict() in the call",
        ),
        pytest.param(
            'kw = {}\nkw["evaluation_strategy"] = "no"\nTrainingArguments(**kw)',
            'kw = {}\nkw["eval_strategy"] = "no"\nTrainingArguments(**kw)',
            id="a store",
        ),
        pytest.param(
            'kw = {}\nif x:\n    kw["evaluation_strategy"] = "no"\nelse:\n    kw["evaluation_strategy"] = "steps"\n'
            "TrainingArguments(**kw)",
            'kw = {}\nif x:\n    kw["eval_strategy"] = "no"\nelse:\n    kw["eval_strategy"] = "steps"\n'
            "TrainingArguments(**kw)",
            id="a store in each branch",
        ),
        pytest.param(
            'kw = {"evaluation_strategy": "no"}\nif x:\n    kw["evaluation_strategy"] = "steps"\n'
            "TrainingArguments(**kw)",
            'kw = {"eval_strategy": "no"}\nif x:\n    kw["eval_strategy"] = "steps"\nTrainingArguments(**kw)',
            id="a display and a store",
        ),
        pytest.param(
            'kw = {}\nkw.update(evaluation_strategy="no")\nkw.update({"seed": 1})\nTrainingArguments(**kw)',
            'kw = {}\nkw.update(eval_strategy="no")\nkw.update({"seed": 1})\nTrainingArguments(**kw)',
            id="update",
        ),
        pytest.param(
            'base = {"seed": 1}\nkw = {**base, "evaluation_strategy": "no"}\nTrainingArguments(**kw)',
            'base = {"seed": 1}\nkw = {**base, "eval_strategy": "no"}\nTrainingArguments(**kw)',
            id="beside another dictionary",
        ),
        pytest.param(
            'base = {"evaluation_strategy": "no"}\nkw = {**base, "seed": 1}\nTrainingArguments(**kw)',
            'base = {"eval_strategy": "no"}\nkw = {**base, "seed": 1}\nTrainingArguments(**kw)',
            id="in another dictionary",
        ),
        pytest.param(
            'BASE = {"evaluation_strategy": "no"}\n\ndef f():\n    kw = dict(seed=1, **BASE)\n'
            '    kw["x"] = 1\n    kw.update(y=2)\n    return TrainingArguments(**kw)',
            'BASE = {"eval_strategy": "no"}\n\ndef f():\n    kw = dict(seed=1, **BASE)\n'
            '    kw["x"] = 1\n    kw.update(y=2)\n    return TrainingArguments(**kw)',
            id="in dict()",
        ),
        pytest.param(
            'base = {"evaluation_strategy": "no"}\nkw = base.copy()\nTrainingArguments(**kw)',
            'base = {"eval_strategy": "no"}\nkw = base.copy()\nTrainingArguments(**kw)',
            id="a copy",
        ),
        pytest.param(
            'kw = {"evaluation_strategy": "no"}\na = TrainingArguments(**kw)\nb = TrainingArguments("x", **kw)',
            'kw = {"eval_strategy": "no"}\na = TrainingArguments(**kw)\nb = TrainingArguments("x", **kw)',
            id="into two calls that want the same",
        ),
        pytest.param(
            'KW = {"evaluation_strategy": "no"}\n\ndef run():\n    return TrainingArguments(**KW)',
            'KW = {"eval_strategy": "no"}\n\ndef run():\n    return TrainingArguments(**KW)',
            id="a global",
        ),
        pytest.param(
            'def run():\n    kw = {\n        "seed": 1,\n        "evaluation_strategy": "no",  # never\n    }\n'
            "    return TrainingArguments(**kw)",
            'def run():\n    kw = {\n        "seed": 1,\n        "eval_strategy": "no",  # never\n    }\n'
            "    return TrainingArguments(**kw)",
            id="in a function",
        ),
        pytest.param(
            'kw = {"seed": 1, "overwrite_output_dir": True}\nTrainingArguments(**kw)',
            'kw = {"seed": 1}\nTrainingArguments(**kw)',
            id="a key that goes",
        ),
        pytest.param(
            'kw = {\n    # sure\n    "overwrite_output_dir": True,\n    # a number\n    "seed": 1,\n}\n'
            "TrainingArguments(**kw)",
            'kw = {\n    # sure\n    # a number\n    "seed": 1,\n}\nTrainingArguments(**kw)',
            id="a key that goes, one a line",
        ),
        pytest.param(
            'kw = {"overwrite_output_dir": True}\nTrainingArguments(**kw)',
            "kw = {}\nTrainingArguments(**kw)",
            id="the only key goes",
        ),
        pytest.param(
            'kw = dict(overwrite_output_dir=True, seed=1)\nTrainingArguments(**kw)',
            "kw = dict(seed=1)\nTrainingArguments(**kw)",
            id="a keyword of dict() goes",
        ),
        pytest.param(
            'kw = {}\nkw["overwrite_output_dir"] = True  # sure\nkw["seed"] = 1\nTrainingArguments(**kw)',
            'kw = {}\nkw["seed"] = 1\nTrainingArguments(**kw)',
            id="a store goes",
        ),
        pytest.param(
            'kw = {}\nif x:\n    kw["overwrite_output_dir"] = True\nTrainingArguments(**kw)',
            "kw = {}\nif x:\n    pass\nTrainingArguments(**kw)",
            id="a store goes and its block stays",
        ),
        pytest.param(
            'kw = {"optim": "adamw_hf"}\nTrainingArguments(**kw)',
            'kw = {"optim": "adamw_torch"}\nTrainingArguments(**kw)',
            id="a value",
        ),
        pytest.param(
            'kw = {"overwrite_output_dir": True, "optim": "adamw_hf", "evaluation_strategy": "no"}\n'
            "TrainingArguments(**kw)",
            'kw = {"optim": "adamw_torch", "eval_strategy": "no"}\nTrainingArguments(**kw)',
            id="several keys",
        ),
        pytest.param(
            'import functools\n\nkw = {"evaluation_strategy": "no"}\n'
            "make = functools.partial(TrainingArguments, **kw)",
            'import functools\n\nkw = {"eval_strategy": "no"}\nmake = functools.partial(TrainingArguments, **kw)',
            id="into functools.partial",
        ),
    ],
)  # fmt: skip
def test_certain_ways(before: str, after: str) -> None:
    check_transformed(RULES, f"{HEAD}{before}\n", f"{HEAD}{after}\n")


def test_a_value_that_needs_an_import() -> None:
    check_transformed(
        RULES,
        """
        from transformers import BertModel

        kw = {"load_in_8bit": True, "device_map": "auto"}
        model = BertModel.from_pretrained("name", **kw)
        """,
        """
        from transformers import BertModel, BitsAndBytesConfig

        kw = {"quantization_config": BitsAndBytesConfig(load_in_8bit=True), "device_map": "auto"}
        model = BertModel.from_pretrained("name", **kw)
        """,
    )


@pytest.mark.parametrize(
    ("source", "lines"),
    [
        pytest.param(
            'kw = {"evaluation_strategy": "no"}\nTrainingArguments(**kw)\nother(**kw)\n',
            [3],
            id="other calls",
        ),
        pytest.param(
            'kw = {"evaluation_strategy": "no"}\nTrainingArguments(**kw)\nprint(kw["evaluation_strategy"])\n',
            [3],
            id="the key is read",
        ),
        pytest.param(
            'kw = {"evaluation_strategy": "no"}\nTrainingArguments(**kw)\nkw.pop("evaluation_strategy")\n',
            [3],
            id="the key is taken out",
        ),
        pytest.param(
            'kw = {"evaluation_strategy": "no"}\nif "evaluation_strategy" in kw:\n    TrainingArguments(**kw)\n',
            [3],
            id="the key is asked for",
        ),
        pytest.param(
            'kw = {"overwrite_output_dir": ask()}\nTrainingArguments(**kw)\n',
            [3],
            id="a side effect would go",
        ),
        pytest.param('kw = {"group_by_length": True}\nTrainingArguments(**kw)\n', [3], id="a finding only"),
        pytest.param(
            'kw = {"evaluation_strategy": "no", "eval_strategy": "no"}\nTrainingArguments(**kw)\n',
            [3],
            id="both names",
        ),
    ],
)
def test_ways_that_are_left_to_a_person(source: str, lines: list[int]) -> None:
    check_reported(RULES, HEAD + source, lines=lines)


@pytest.mark.parametrize(
    "use",
    [
        pytest.param("save(kw)", id="handed to a function"),
        pytest.param("box.kw = kw", id="kept elsewhere"),
        pytest.param("for key in kw:\n    print(key)", id="looped over"),
        pytest.param("print(kw[name])", id="read by a key that is not known"),
        pytest.param("both = [kw]", id="in a list"),
        pytest.param("json.dump(kw, f)", id="written to a file"),
        pytest.param("def get():\n    return kw", id="returned"),
        pytest.param("kw.items()", id="its items"),
    ],
)
def test_a_dictionary_that_is_used_otherwise_is_not_changed_by_default(use: str) -> None:
    source = f'{HEAD}kw = {{"evaluation_strategy": "no"}}\nTrainingArguments(**kw)\n{use}\n'
    text, findings = upgrade(RULES, source)
    assert text == source
    assert [(f.line, f.status) for f in findings] in ([(3, "available")], [(3, "manual")])


@pytest.mark.parametrize(
    "source",
    [
        pytest.param('kw = {"evaluation_strategy": "no"}\nmine(**kw)\n', id="into another function"),
        pytest.param('kw = {"evaluation_strategy": "no"}\n', id="into nothing"),
        pytest.param('kw = {"seed": 1}\nTrainingArguments(**kw)\n', id="without the key"),
        pytest.param("TrainingArguments(**kw)\n", id="of unknown origin"),
        pytest.param("def run(kw):\n    TrainingArguments(**kw)\n", id="a parameter"),
        pytest.param(
            'kw = {"nested": {"evaluation_strategy": 1}}\nTrainingArguments(**kw)\n', id="a deeper key"
        ),
        pytest.param(
            'kw = {"nested": {"evaluation_strategy": 1}}\nTrainingArguments(**kw["nested2"])\n',
            id="an element of it",
        ),
        pytest.param(
            'def a():\n    kw = {"evaluation_strategy": "no"}\n    mine(**kw)\n\n'
            "def b():\n    kw = {}\n    TrainingArguments(**kw)\n",
            id="another variable of that name",
        ),
    ],
)
def test_dictionaries_that_stay(source: str) -> None:
    check_noop(RULES, HEAD + source)


def test_no_key_is_left_over_beside_its_new_name() -> None:
    """A dictionary in which one place changes and another does not would break what ran before."""
    text, _ = upgrade(
        RULES,
        HEAD + 'kw = dict(evaluation_strategy="no")\nkw["evaluation_strategy"] = "steps"\n'
        'kw.update(evaluation_strategy="epoch")\nTrainingArguments(**kw)\n',
        unsafe=True,
    )
    names = {n.value for n in ast.walk(ast.parse(text)) if isinstance(n, ast.Constant)} | {
        k.arg for n in ast.walk(ast.parse(text)) if isinstance(n, ast.Call) for k in n.keywords
    }
    assert len(names & {"evaluation_strategy", "eval_strategy"}) == 1


def test_keywords_that_a_function_of_the_project_hands_on() -> None:
    """A key that one call of a function in the same file hands in is not silent."""
    source = (
        HEAD + "def build(**kw):\n    return TrainingArguments(**kw)\n\nbuild(evaluation_strategy='no')\n"
    )
    _, findings = upgrade(RULES, source, residuals=True)
    assert [f.line for f in findings] == [6]


DEFAULT = """
- id: template
  call: transformers.PreTrainedTokenizerBase.apply_chat_template
  unless: {return_dict: any, tokenize: false}
  add: {return_dict: "False"}
- id: reports
  call: transformers.TrainingArguments
  unless: {report_to: any}
  add: {report_to: '"all"', seed: "1"}
- id: other
  call: transformers.AutoModel.from_pretrained
  unless: {dtype: any, torch_dtype: any}
  add: {dtype: '"auto"'}
"""


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(
            "def f(tokenizer: AutoTokenizer, chat, **kw):\n    return tokenizer.apply_chat_template(chat, **kw)",
            "def f(tokenizer: AutoTokenizer, chat, **kw):\n"
            '    return tokenizer.apply_chat_template(chat, **{"return_dict": False, **kw})',
            id="below the unpacked ones",
        ),
        pytest.param(
            'def f(**kw):\n    return TrainingArguments("out", **(kw or {}))',
            'def f(**kw):\n    return TrainingArguments("out", **{"seed": 1, "report_to": "all", **(kw or {})})',
            id="two of them",
        ),
    ],
)
def test_an_argument_is_added_below_what_is_unpacked(before: str, after: str) -> None:
    head = "from transformers import AutoTokenizer, TrainingArguments\n\n"
    findings = check_transformed(DEFAULT, head + before, head + after, unsafe=True)
    assert all(f.safety == "unsafe" for f in findings)


def test_an_argument_that_others_switch_off_is_not_added_below() -> None:
    source = (
        "from transformers import AutoModel\n\ndef f(**kw):\n    return AutoModel.from_pretrained('x', **kw)"
    )
    check_reported(DEFAULT, source, lines=[4], unsafe=True)


def test_keywords_reach_the_library_through_a_class() -> None:
    head = (
        HEAD
        + "class Tuner:\n    def __init__(self, model, **kw):\n        self.args = TrainingArguments(**kw)\n\n"
    )
    check_transformed(
        RULES,
        head + 'Tuner(None, evaluation_strategy="no", seed=1)',
        head + 'Tuner(None, eval_strategy="no", seed=1)',
    )


def test_a_default_of_ones_own_is_not_asked_for_again() -> None:
    source = "class Mine(TrainingArguments):\n    report_to: str = 'none'\n\ndef f(**kw):\n    return Mine('x', **kw)"
    check_noop(DEFAULT, HEAD + source, unsafe=True)


def test_a_method_under_another_name_is_the_method() -> None:
    head = "from transformers import AutoTokenizer\n\ntok = AutoTokenizer.from_pretrained(n)\n"
    check_transformed(
        DEFAULT,
        head + "template = tok.apply_chat_template\ntemplate(chat)",
        head + "template = tok.apply_chat_template\ntemplate(chat, return_dict=False)",
    )


HALF = "from transformers import AutoModel\n\ndef f(half, four):\n    kw = {}\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(
            "    if half:\n        kw['dtype'] = 'half'\n    return AutoModel.from_pretrained('x', **kw)",
            "    if half:\n        kw['dtype'] = 'half'\n"
            '    return AutoModel.from_pretrained(\'x\', **{"dtype": "auto", **kw})',
            id="one branch",
        ),
        pytest.param(
            "    kw = dict(dtype='half') if half else {}\n    return AutoModel.from_pretrained('x', **kw)",
            "    kw = dict(dtype='half') if half else {}\n"
            '    return AutoModel.from_pretrained(\'x\', **{"dtype": "auto", **kw})',
            id="an empty alternative",
        ),
    ],
)
def test_a_key_that_is_there_at_times_only_is_no_reason_to_leave_a_default_out(
    before: str, after: str
) -> None:
    check_transformed(DEFAULT, HALF + before, HALF + after, unsafe=True)


def test_a_key_of_every_way_switches_a_rule_off() -> None:
    branches = "    if half:\n        kw['dtype'] = 'half'\n    else:\n        kw['dtype'] = 'more'\n"
    check_noop(DEFAULT, HALF + branches + "    return AutoModel.from_pretrained('x', **kw)", unsafe=True)


def test_another_argument_that_is_there_at_times_is_for_a_person() -> None:
    source = "    if four:\n        kw['torch_dtype'] = four\n    return AutoModel.from_pretrained('x', **kw)"
    check_reported(DEFAULT, HALF + source, lines=[7], unsafe=True)


def test_keywords_of_one_caller_are_not_those_of_all() -> None:
    source = (
        "def f(name, **kw):\n    return AutoModel.from_pretrained(name, **kw)\n\nf('x', dtype='half')\nf('x')"
    )
    check_reported(DEFAULT, "from transformers import AutoModel\n\n" + source, lines=[4], unsafe=True)


@pytest.mark.parametrize(
    "source",
    ["partial(f, 1, a=2)", "Thread(target=f, kwargs={'a': 1})", "pool.apply_async(f, (1,), kwds={'a': 1})"],
)
def test_what_a_call_hands_on_stands_somewhere(source: str) -> None:
    call = ast.parse(source, mode="eval").body
    assert isinstance(call, ast.Call)
    made = handed_on(call)
    assert made is not None and made.keywords
    assert all(isinstance(k.lineno, int) and isinstance(k.value.lineno, int) for k in made.keywords)


def test_a_key_that_stays_brings_another_argument_to_the_call() -> None:
    rules = """
    - id: groups
      call: transformers.GenerationMixin.generate
      unless: {custom_generate: any}
      arguments:
        num_beam_groups:
          - not: [1, null]
            replace: {num_beam_groups: $value, custom_generate: functools.reduce}
    """
    head = "import functools\nfrom transformers import GPT2LMHeadModel\n\nmodel = GPT2LMHeadModel.from_pretrained(name)\n"
    kept = 'settings = {"num_beams": 4, "num_beam_groups": n}\n'
    check_transformed(
        rules,
        f"{head}{kept}model.generate(ids, **settings)\n",
        f"{head}{kept}model.generate(ids, **settings, custom_generate=functools.reduce)\n",
    )
    check_noop(rules, f'{head}settings = {{"num_beam_groups": 1}}\nmodel.generate(ids, **settings)\n')


TABLE = 'TABLE = {{"a": {{"{0}": "no"}}, "b": dict({0}="yes")}}\n\n\ndef make(task):\n    return {1}\n'


@pytest.mark.parametrize(
    "call",
    [
        pytest.param("TrainingArguments(**TABLE[task])", id="unpacked"),
        pytest.param("TrainingArguments(**dict(TABLE[task]))", id="copied"),
        pytest.param('TrainingArguments(**TABLE[task]), TABLE["a"]["x"]', id="another key is read"),
    ],
)
def test_all_dictionaries_of_a_table_follow(call: str) -> None:
    check_transformed(
        RULES, HEAD + TABLE.format("evaluation_strategy", call), HEAD + TABLE.format("eval_strategy", call)
    )


@pytest.mark.parametrize(
    "call",
    [
        pytest.param("TrainingArguments(**TABLE[task]), other(**TABLE[task])", id="used twice"),
        pytest.param(
            'TrainingArguments(**TABLE[task]), TABLE["a"]["evaluation_strategy"]', id="the key is read"
        ),
        pytest.param("TrainingArguments(**TABLE[task]), other(TABLE)", id="handed on"),
    ],
)
def test_a_table_that_is_used_otherwise_is_named(call: str) -> None:
    source = HEAD + TABLE.format("evaluation_strategy", call)
    given, findings = upgrade(RULES, source)
    assert given == source
    assert findings
    assert {f.status for f in findings} <= {"manual", "available"}


def test_two_rules_give_a_default_below_what_is_unpacked_once() -> None:
    rules = "".join(
        f"- id: {name}\n  call: transformers.TrainingArguments\n  add: {{report_to: '\"all\"'}}\n  unless: {{report_to: any}}\n"
        for name in ("first", "second")
    )
    given, _ = upgrade(rules, f"{HEAD}def f(**kw):\n    return TrainingArguments(**kw)\n", unsafe=True)
    assert given.count("report_to") == 1
