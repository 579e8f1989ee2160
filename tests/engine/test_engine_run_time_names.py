"""Names that code looks up as it runs, statements that constructors must end with, and how an attribute is read."""

from __future__ import annotations

import pytest
from engine_runs import check_noop, check_reported, check_transformed, upgrade

NAMES = """
- id: vision2seq
  symbols: {transformers.AutoModelForVision2Seq: transformers.AutoModelForImageTextToText}
- id: conv
  symbols: {transformers.modeling_utils.Conv1D: transformers.pytorch_utils.Conv1D}
- id: lm-head
  symbols: {transformers.AutoModelWithLMHead: null}
"""
IMPORTED = 'import importlib\n\nm = importlib.import_module("transformers")\n'


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param("m.AutoModelForVision2Seq", "m.AutoModelForImageTextToText", id="attribute"),
        pytest.param(
            'getattr(m, "AutoModelForVision2Seq")', 'getattr(m, "AutoModelForImageTextToText")', id="getattr"
        ),
        pytest.param(
            'importlib.import_module("transformers").AutoModelForVision2Seq',
            'importlib.import_module("transformers").AutoModelForImageTextToText',
            id="at once",
        ),
    ],
)
def test_names_of_modules_that_a_call_imports_follow(before: str, after: str) -> None:
    check_transformed(NAMES, f"{IMPORTED}x = {before}\n", f"{IMPORTED}x = {after}\n")


def test_a_name_that_moved_is_imported_instead() -> None:
    check_transformed(
        NAMES,
        'from importlib import import_module\n\nutils = import_module("transformers.modeling_utils")\nx = utils.Conv1D\n',
        "from importlib import import_module\nfrom transformers.pytorch_utils import Conv1D\n\n"
        'utils = import_module("transformers.modeling_utils")\nx = Conv1D\n',
    )


TABLE = 'import transformers\n\nCLASSES = {{"a": "{0}"}}\n\n\ndef load(kind):\n    return getattr(transformers, CLASSES[kind])\n'


def test_names_in_a_table_are_offered() -> None:
    before, after = TABLE.format("AutoModelForVision2Seq"), TABLE.format("AutoModelForImageTextToText")
    findings = check_transformed(NAMES, before, after, unsafe=True)
    assert [(f.rule, f.safety) for f in findings] == [("vision2seq", "unsafe")]
    given, left = upgrade(NAMES, before)
    assert given == before
    assert [f.status for f in left] == ["available"]


def test_a_name_in_a_table_that_has_no_equal_is_named() -> None:
    check_reported(NAMES, TABLE.format("AutoModelWithLMHead"), lines=[3], says="by name")


@pytest.mark.parametrize(
    "source",
    [
        pytest.param(IMPORTED + "x = m.AutoModel\n", id="still there"),
        pytest.param("import mylib as m\n\nx = m.AutoModelForVision2Seq\n", id="another module"),
        pytest.param('import transformers\n\nNAME = "AutoModelForVision2Seq"\n', id="nothing is looked up"),
        pytest.param(
            "import transformers\n\n\ndef load(name):\n"
            '    if name == "AutoModelForVision2Seq":\n        raise ValueError(name)\n    return getattr(transformers, name)\n',
            id="compared",
        ),
        pytest.param(
            TABLE.format("AutoModelForVision2Seq").replace("[kind])", "[kind], None)"), id="with a default"
        ),
        pytest.param(
            'import transformers\n\nx = getattr(transformers, "AutoModel")\nNAME = "AutoModelForVision2Seq"\n',
            id="only a name that is written out is looked up",
        ),
        pytest.param(
            "import transformers\n\n\ndef load(name):\n"
            '    print(name.startswith("AutoModelForVision2Seq"))\n    return getattr(transformers, name)\n',
            id="a method of a string",
        ),
        pytest.param(
            TABLE.format("AutoModel") + '\n__all__ = ["AutoModelForVision2Seq"]\n',
            id="exported by the file itself",
        ),
        pytest.param(
            TABLE.format("AutoModel")
            + '\n__all__.append("AutoModelForVision2Seq")\n__all__ += ["AutoModelForVision2Seq"]\n',
            id="exported, one more",
        ),
    ],
)
def test_other_names_stay(source: str) -> None:
    check_noop(NAMES, source, unsafe=True)


ENDING = """
- id: record
  overrides: transformers.PreTrainedModel.__init__
  below: ["*PreTrainedModel"]
  unless_calls: [post_init]
  append: functools.partial($self)
"""
MODEL = (
    "from functools import partial\nfrom transformers import {base}\n\n\nclass Mine({base}):\n"
    "    def __init__(self, config):\n        super().__init__(config)\n        self.x = 1  # one\n{end}"
    "\n    def forward(self):\n        pass\n"
)


def test_a_constructor_gets_its_last_statement() -> None:
    check_transformed(
        ENDING,
        MODEL.format(base="PreTrainedModel", end=""),
        MODEL.format(base="PreTrainedModel", end="        partial(self)\n"),
    )


@pytest.mark.parametrize(
    ("base", "end"),
    [
        pytest.param("PreTrainedModel", "        self.post_init()\n", id="has it"),
        pytest.param("BertForMaskedLM", "", id="the base has it"),
    ],
)
def test_a_constructor_that_needs_no_statement_stays(base: str, end: str) -> None:
    check_noop(ENDING, MODEL.format(base=base, end=end))


def test_a_constructor_that_returns_is_named() -> None:
    check_reported(ENDING, MODEL.format(base="PreTrainedModel", end="        return\n"), lines=[6])


READS = """
- id: whole
  attributes: {transformers.Trainer.args: dict($self.args)}
  access: whole
- id: shown
  attributes: {transformers.Trainer.state: list($self.state)}
  access: shown
"""
TRAINER = "from transformers import Trainer\n\nt = Trainer()\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param("x = t.args", "x = dict(t.args)", id="assigned"),
        pytest.param('x = f"{t.args}"', 'x = f"{dict(t.args)}"', id="formatted"),
        pytest.param("f(**t.args)", "f(**dict(t.args))", id="unpacked"),
        pytest.param('print("x", [t.state])', 'print("x", [list(t.state)])', id="printed"),
        pytest.param("x = t.state == [1]", "x = list(t.state) == [1]", id="compared"),
        pytest.param("x = t.state + [1]", "x = list(t.state) + [1]", id="added"),
    ],
)
def test_how_an_attribute_is_read(before: str, after: str) -> None:
    check_transformed(READS, f"{TRAINER}{before}\n", f"{TRAINER}{after}\n")


@pytest.mark.parametrize(
    "source",
    [
        pytest.param('x = t.args["a"]', id="item"),
        pytest.param('x = t.args.get("a")', id="attribute"),
        pytest.param('x = "a" in t.args', id="asked"),
        pytest.param("if t.args:\n    pass", id="tested"),
        pytest.param("t.args = {}", id="set"),
        pytest.param("x = t.state", id="not shown"),
        pytest.param("x = t.state is None", id="compared with None"),
        pytest.param("f(t.state)", id="handed to another function"),
    ],
)
def test_an_attribute_that_is_read_otherwise_stays(source: str) -> None:
    check_noop(READS, f"{TRAINER}{source}\n")
