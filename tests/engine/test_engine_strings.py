"""Members that strings name, keys of what objects show of themselves, and dictionaries that come from files."""

from __future__ import annotations

from pathlib import Path

import pytest
from engine_runs import check_noop, check_reported, check_transformed, upgrade

RULES = """
- id: strategy
  attributes: {transformers.TrainingArguments.evaluation_strategy: eval_strategy}
- id: cuda
  attributes: {transformers.TrainingArguments.no_cuda: $self.use_cpu or False}
  access: read
- id: gone
  attributes: {transformers.TrainingArguments.framework: null}
- id: fields
  call: transformers.TrainingArguments
  arguments: {evaluation_strategy: {rename: eval_strategy}}
- id: default
  call: transformers.TrainingArguments
  add: {report_to: '"all"'}
  unless: {report_to: any}
- id: files
  call: transformers.TrainingArguments
  unpacked: {through: transformers.current_fields, keys: [no_cuda]}
- id: prune
  match: $model.prune_heads($x)
  where: {model: transformers.PreTrainedModel}
  replace: $model.drop_heads($x)
"""
HEAD = 'from transformers import TrainingArguments\n\nargs = TrainingArguments("out", report_to=[])\n'


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param('getattr(args, "evaluation_strategy")', 'getattr(args, "eval_strategy")', id="getattr"),
        pytest.param(
            'getattr(args, "evaluation_strategy", None)',
            'getattr(args, "eval_strategy", None)',
            id="a default",
        ),
        pytest.param(
            'setattr(args, "evaluation_strategy", "no")', 'setattr(args, "eval_strategy", "no")', id="setattr"
        ),
        pytest.param('x = getattr(args, "no_cuda")', "x = args.use_cpu or False", id="a template"),
        pytest.param(
            'for k, v in {"evaluation_strategy": "no"}.items():\n    setattr(args, k, v)',
            'for k, v in {"eval_strategy": "no"}.items():\n    setattr(args, k, v)',
            id="a loop over a dictionary",
        ),
        pytest.param('vars(args)["evaluation_strategy"]', 'vars(args)["eval_strategy"]', id="vars"),
        pytest.param(
            'd = args.to_dict()\nd.get("evaluation_strategy")',
            'd = args.to_dict()\nd.get("eval_strategy")',
            id="to_dict",
        ),
        pytest.param(
            'print(args.eval_strategy, args.to_dict()["evaluation_strategy"])',
            'print(args.eval_strategy, args.to_dict()["eval_strategy"])',
            id="another argument of a call says nothing",
        ),
        pytest.param(
            'import json\nd = json.loads(args.to_json_string())\nd["evaluation_strategy"]',
            'import json\nd = json.loads(args.to_json_string())\nd["eval_strategy"]',
            id="to_json_string",
        ),
        pytest.param(
            'import dataclasses\nnew = dataclasses.replace(args, evaluation_strategy="no")',
            'import dataclasses\nnew = dataclasses.replace(args, eval_strategy="no")',
            id="replace adds no defaults",
        ),
    ],
)
def test_strings_follow(before: str, after: str) -> None:
    check_transformed(RULES, HEAD + before + "\n", HEAD + after + "\n")


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(
            'getattr(args, "eval_strategy", None) or getattr(args, "evaluation_strategy", None)',
            id="both names",
        ),
        pytest.param('hasattr(args, "evaluation_strategy")', id="a question"),
        pytest.param('getattr(other, "evaluation_strategy", None)', id="another object"),
        pytest.param('vars(other)["evaluation_strategy"]', id="another object's fields"),
    ],
)
def test_other_strings_stay(text: str) -> None:
    check_noop(RULES, HEAD + text + "\n")


@pytest.mark.parametrize(
    ("text", "line"),
    [
        pytest.param('getattr(args, "framework", None)', 4, id="no successor"),
        pytest.param(
            'for k in ("evaluation_strategy", "seed"):\n    print(getattr(args, k))', 4, id="a tuple"
        ),
        pytest.param(
            'for k, v in {"evaluation_strategy": "no"}.items():\n    print(k)\n    setattr(args, k, v)',
            4,
            id="a name that is used for more",
        ),
    ],
)
def test_what_stays_is_named(text: str, line: int) -> None:
    check_reported(RULES, HEAD + text + "\n", lines=[line])


FILES = (
    HEAD
    + """import json

with open("{name}") as file:
    {made}
"""
)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(
            "TrainingArguments(**json.load(file))",
            'TrainingArguments(**{"report_to": "all", **current_fields(json.load(file))})',
            id="unpacked at once",
        ),
        pytest.param(
            'TrainingArguments("out", report_to=[], **json.load(file).get("training", {}))',
            'TrainingArguments("out", report_to=[], **current_fields(json.load(file).get("training", {})))',
            id="a part of it",
        ),
    ],
)
def test_a_file_goes_through_the_function(before: str, after: str) -> None:
    changed = FILES.replace(
        "import TrainingArguments\n", "import TrainingArguments, current_fields\n", 1
    ).format(name="a.json", made=after)
    check_transformed(RULES, FILES.format(name="a.json", made=before), changed, unsafe=True)


def test_the_keys_of_a_known_file_decide(tmp_path: Path) -> None:
    (tmp_path / "old.json").write_text('{\n "seed": 1,\n "no_cuda": true\n}')
    (tmp_path / "new.json").write_text('{"use_cpu": true}')
    made = "TrainingArguments(report_to=[], **json.load(file))"
    (finding,) = upgrade(RULES, FILES.format(name=tmp_path / "old.json", made=made))[1]
    assert finding.safety == "safe" and "no_cuda in line 3" in finding.message
    check_noop(RULES, FILES.format(name=tmp_path / "new.json", made=made))


PARSER = """from dataclasses import dataclass
from transformers import HfArgumentParser, TrainingArguments

@dataclass
class Own:
    own: bool = False
    {field}

parser = HfArgumentParser((Own, TrainingArguments))
values = {{"own": True, "{key}": "no"}}
parser.parse_dict(values)
"""


def test_a_parsed_dictionary_holds_arguments() -> None:
    before = PARSER.format(field="", key="evaluation_strategy")
    check_transformed(RULES, before, PARSER.format(field="", key="eval_strategy"))
    check_noop(RULES, PARSER.format(field="evaluation_strategy: str = ''", key="evaluation_strategy"))


@pytest.mark.parametrize(
    "method",
    [
        pytest.param("def compute_loss(self, net, rows):\n        net.{0}_heads(1)", id="by its place"),
        pytest.param("def log(self, values):\n        self.model.{0}_heads(1)", id="an attribute"),
    ],
)
def test_overrides_know_their_parameters(method: str) -> None:
    head = "from transformers import Trainer\n\nclass Own(Trainer):\n    "
    check_transformed(
        RULES, head + method.format("prune") + "\n", head + method.format("drop") + "\n", unsafe=True
    )


def test_callbacks_know_what_they_are_given() -> None:
    text = """from transformers import TrainerCallback

class Own(TrainerCallback):
    def on_log(self, a, state, control, **kwargs):
        net = kwargs.get("model")
        net.{0}_heads(a.{1})

class Other:
    def on_log(self, a, state, control, **kwargs):
        net = kwargs.get("model")
        net.prune_heads(a.evaluation_strategy)
"""
    check_transformed(
        RULES,
        text.format("prune", "evaluation_strategy"),
        text.format("drop", "eval_strategy"),
        unsafe=True,
    )
