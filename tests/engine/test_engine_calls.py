"""Calls of functions, constructors and methods: every operation on arguments, and what is never done."""

from __future__ import annotations

import pytest
from engine_runs import check_noop, check_reported, check_transformed, pack, upgrade

ARGUMENTS = """
- id: rename
  call: transformers.Trainer
  arguments: {tokenizer: {rename: processing_class}}
- id: remove
  call: transformers.TrainingArguments
  arguments: {overwrite_output_dir: {remove: true}}
- id: value
  call: transformers.TrainingArguments
  arguments:
    optim:
      - {is: [adamw_hf, adamw_old], value: '"adamw_torch"'}
      - {literal: false, message: Look at the optimizer.}
- id: inverse
  call: transformers.TrainingArguments
  arguments:
    no_cuda:
      - {is: true, rename: use_cpu}
      - {is: false, remove: true}
      - {rename: use_cpu, safety: unsafe}
- id: instead
  call: transformers.PreTrainedModel.from_pretrained
  arguments:
    load_in_8bit:
      - {is: [false, null], remove: true}
      - {replace: {quantization_config: 'transformers.BitsAndBytesConfig(load_in_8bit=$value)'}}
- id: look
  call: transformers.TrainingArguments
  arguments: {group_by_length: {message: Say it in another way.}}
- id: scaled
  call: transformers.TrainingArguments
  arguments: {warmup_ratio: {rename: warmup_steps, value: 'float($value)'}}
- id: "null"
  call: transformers.TrainingArguments
  arguments: {lr_scheduler_kwargs: {not: null, message: Other keys now.}}
"""


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param("Trainer(tokenizer=tok)", "Trainer(processing_class=tok)", id="rename"),
        pytest.param("Trainer(m, tokenizer = tok)", "Trainer(m, processing_class = tok)", id="rename keeps spaces"),
        pytest.param("Trainer(tokenizer=g(x=1))", "Trainer(processing_class=g(x=1))", id="rename keeps side effects"),
        pytest.param("hf.Trainer(tokenizer=tok)", "hf.Trainer(processing_class=tok)", id="through the package"),
        pytest.param(
            "Trainer(tokenizer=Trainer(tokenizer=a))",
            "Trainer(processing_class=Trainer(processing_class=a))",
            id="one in another",
        ),
        pytest.param("[Trainer(tokenizer=t) for t in x]", "[Trainer(processing_class=t) for t in x]", id="in a list"),
        pytest.param("TrainingArguments(o, overwrite_output_dir=True)", "TrainingArguments(o)", id="remove the last"),
        pytest.param("TrainingArguments(overwrite_output_dir=True)", "TrainingArguments()", id="remove the only"),
        pytest.param(
            "TrainingArguments(overwrite_output_dir=True, output_dir=o)", "TrainingArguments(output_dir=o)",
            id="remove the first",
        ),
        pytest.param(
            "TrainingArguments(o, overwrite_output_dir=True,)", "TrainingArguments(o,)", id="the trailing comma stays"
        ),
        pytest.param(
            "TrainingArguments(o, overwrite_output_dir=args.overwrite[0] or not x)", "TrainingArguments(o)",
            id="remove what has no side effect",
        ),
        pytest.param("TrainingArguments(o, optim='adamw_hf')", 'TrainingArguments(o, optim="adamw_torch")', id="value"),
        pytest.param("TrainingArguments(o, no_cuda=True)", "TrainingArguments(o, use_cpu=True)", id="is true"),
        pytest.param("TrainingArguments(o, no_cuda=False)", "TrainingArguments(o)", id="is false"),
        pytest.param(
            "TrainingArguments(o, warmup_ratio=0.1)", "TrainingArguments(o, warmup_steps=float(0.1))",
            id="rename with a value",
        ),
        pytest.param(
            "TrainingArguments(o, warmup_ratio=a if b else c)",
            "TrainingArguments(o, warmup_steps=float(a if b else c))",
            id="a value that needs no parentheses there",
        ),
        pytest.param(
            "BertModel.from_pretrained(n, load_in_8bit=True)",
            "BertModel.from_pretrained(n, quantization_config=BitsAndBytesConfig(load_in_8bit=True))",
            id="replace, with an import",
        ),
        pytest.param("BertModel.from_pretrained(n, load_in_8bit=None)", "BertModel.from_pretrained(n)", id="is None"),
        pytest.param(
            "TrainingArguments(o, overwrite_output_dir=True, no_cuda=True, warmup_ratio=0, optim='adamw_old')",
            'TrainingArguments(o, use_cpu=True, warmup_steps=float(0), optim="adamw_torch")',
            id="several rules on one call",
        ),
    ],
)  # fmt: skip
def test_operations(before: str, after: str) -> None:
    names = ["BertModel", "Trainer", "TrainingArguments"]
    head = f"import transformers as hf\nfrom transformers import {', '.join(names)}\n\n"
    new = head.replace("BertModel,", "BertModel, BitsAndBytesConfig,") if "BitsAndBytes" in after else head
    if "BitsAndBytes" in after:
        # the package is imported: names are spelled through it
        new, after = head, after.replace("BitsAndBytesConfig", "hf.BitsAndBytesConfig")
    check_transformed(ARGUMENTS, f"{head}x = {before}\n", f"{new}x = {after}\n")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(
            """
            from transformers import TrainingArguments

            args = TrainingArguments(
                output_dir="out",  # where
                overwrite_output_dir=True,  # again
                # which device
                no_cuda=True,
            )
            """,
            """
            from transformers import TrainingArguments

            args = TrainingArguments(
                output_dir="out",  # where
                # which device
                use_cpu=True,
            )
            """,
            id="one a line",
        ),
        pytest.param(
            """
            from transformers import TrainingArguments

            args = TrainingArguments(
                overwrite_output_dir=True,
                output_dir="out"
            )
            """,
            """
            from transformers import TrainingArguments

            args = TrainingArguments(
                output_dir="out"
            )
            """,
            id="the first line goes",
        ),
        pytest.param(
            """
            from transformers import TrainingArguments

            args = TrainingArguments(
                output_dir="out",
                overwrite_output_dir=True
            )
            """,
            """
            from transformers import TrainingArguments

            args = TrainingArguments(
                output_dir="out"
            )
            """,
            id="the last line without a comma goes",
        ),
        pytest.param(
            """
            from transformers import TrainingArguments

            args = TrainingArguments(output_dir="out",
                                     overwrite_output_dir=True,
                                     no_cuda=True)
            """,
            """
            from transformers import TrainingArguments

            args = TrainingArguments(output_dir="out",
                                     use_cpu=True)
            """,
            id="aligned with the parenthesis",
        ),
        pytest.param(
            """
            from transformers import TrainingArguments

            args = TrainingArguments(output_dir="out",
                                     no_cuda=True,
                                     overwrite_output_dir=True)
            """,
            """
            from transformers import TrainingArguments

            args = TrainingArguments(output_dir="out",
                                     use_cpu=True)
            """,
            id="aligned, the last goes",
        ),
        pytest.param(
            """
            from transformers import BertModel, BitsAndBytesConfig

            model = BertModel.from_pretrained(
                "name",
                load_in_8bit=True,  # small
                device_map="auto",
            )
            """,
            """
            from transformers import BertModel, BitsAndBytesConfig

            model = BertModel.from_pretrained(
                "name",
                quantization_config=BitsAndBytesConfig(load_in_8bit=True),  # small
                device_map="auto",
            )
            """,
            id="an argument in the place of another",
        ),
        pytest.param(
            """
            from transformers import TrainingArguments

            class Run:
                def build(self):
                    if True:
                        return TrainingArguments(
                            self.text(\"\"\"
              kept as it is
            \"\"\"),
                            overwrite_output_dir=True,
                            no_cuda=True,
                        ).to_dict()
            """,
            """
            from transformers import TrainingArguments

            class Run:
                def build(self):
                    if True:
                        return TrainingArguments(
                            self.text(\"\"\"
              kept as it is
            \"\"\"),
                            use_cpu=True,
                        ).to_dict()
            """,
            id="beside a string over several lines",
        ),
    ],
)
def test_layout(before: str, after: str) -> None:
    check_transformed(ARGUMENTS, before, after)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param("(a, REMOVED, b=c)", "(a, b=c)", id="in the middle"),
        pytest.param("( a, REMOVED )", "( a )", id="spaces in the parentheses"),
        pytest.param("(\n    REMOVED\n)", "()", id="alone on its line"),
        pytest.param("(\n    a, REMOVED,\n    b=c,\n)", "(\n    a,\n    b=c,\n)", id="at the end of a line"),
        pytest.param(
            "(\n    a,\n    REMOVED, b=c,\n)", "(\n    a,\n    b=c,\n)", id="at the start of a line"
        ),
        pytest.param("(a, REMOVED,\n  b=c)", "(a,\n  b=c)", id="before the first line break"),
        pytest.param("(REMOVED,\n  b=c)", "(b=c)", id="alone before the first line break"),
        pytest.param(
            "(\n    a,  # one\n    REMOVED,  # two\n    b=c,  # three\n)",
            "(\n    a,  # one\n    b=c,  # three\n)",
            id="comments behind",
        ),
        pytest.param(
            "(\n    a,  # one\n    REMOVED,  # two\n)", "(\n    a,  # one\n)", id="comments behind the last"
        ),
        pytest.param(
            "(\n    a,  # one\n    REMOVED  # two\n)", "(\n    a  # one\n)", id="comments behind, no comma"
        ),
        pytest.param(
            "(\n    # one\n    REMOVED,\n    # two\n    b=c,\n    # three\n)",
            "(\n    # one\n    # two\n    b=c,\n    # three\n)",
            id="comments above, the first",
        ),
        pytest.param(
            "(\n    # one\n    a,\n    # two\n    REMOVED,\n    # three\n)",
            "(\n    # one\n    a,\n    # two\n    # three\n)",
            id="comments above, the last",
        ),
        pytest.param(
            "(REMOVED,\n  # about b\n  b=c)", "(\n  # about b\n  b=c)", id="a comment above the next"
        ),
        pytest.param("(a,\n\n    REMOVED,\n\n    b=c)", "(a,\n\n    b=c)", id="empty lines are not doubled"),
        pytest.param("(a, REMOVED,)", "(a,)", id="a trailing comma"),
        pytest.param("(a, *b, REMOVED, **c)", "(a, *b, **c)", id="between stars"),
        pytest.param("(a  # one\n  , REMOVED\n  , b=c)", "(a  # one\n  , b=c)", id="commas in front"),
    ],
)
def test_removal(before: str, after: str) -> None:
    head = "from transformers import TrainingArguments\n\nx = TrainingArguments"
    source = before.replace("REMOVED", "overwrite_output_dir=True")
    check_transformed(ARGUMENTS, f"{head}{source}\n", f"{head}{after}\n")
    check_transformed(
        ARGUMENTS, f"{head}{source}\n".replace("\n", "\r\n"), f"{head}{after}\n".replace("\n", "\r\n")
    )


def test_the_import_that_a_value_needs_is_added() -> None:
    check_transformed(
        ARGUMENTS,
        """
        from transformers import BertModel

        model = BertModel.from_pretrained("name", load_in_8bit=True)
        """,
        """
        from transformers import BertModel, BitsAndBytesConfig

        model = BertModel.from_pretrained("name", quantization_config=BitsAndBytesConfig(load_in_8bit=True))
        """,
    )


@pytest.mark.parametrize(
    ("source", "line", "says"),
    [
        pytest.param("TrainingArguments(o, overwrite_output_dir=ask())", 2, "side effect", id="a call"),
        pytest.param("TrainingArguments(o, overwrite_output_dir=(x := 1))", 2, "side effect", id="an assignment"),
        pytest.param("TrainingArguments(o, overwrite_output_dir=[f(a) for a in b])", 2, "side effect", id="a loop"),
        pytest.param("TrainingArguments(o, group_by_length=True)", 2, "in another way", id="a finding only"),
        pytest.param("TrainingArguments(o, optim=name)", 2, "Look at", id="a value only known at run time"),
        pytest.param("TrainingArguments(o, lr_scheduler_kwargs={'a': 1})", 2, "Other keys", id="not null"),
        pytest.param("Trainer(tokenizer=a, processing_class=b)", 2, "processing_class", id="both names"),
        pytest.param(
            "BertModel.from_pretrained(n, load_in_8bit=True, quantization_config=c)", 2, "quantization_config",
            id="the replacement is given already",
        ),
    ],
)  # fmt: skip
def test_what_is_left_to_a_person(source: str, line: int, says: str) -> None:
    head = "from transformers import BertModel, Trainer, TrainingArguments\n"
    check_reported(ARGUMENTS, f"{head}{source}\n", lines=[line], says=says)


@pytest.mark.parametrize(
    "source",
    [
        pytest.param("from mine import Trainer\nTrainer(tokenizer=t)\n", id="of another library"),
        pytest.param("class Trainer:\n    pass\nTrainer(tokenizer=t)\n", id="an own class"),
        pytest.param(
            "from transformers import Trainer\nother.Trainer(tokenizer=t)\n", id="of another object"
        ),
        pytest.param(
            "from transformers import Trainer\ndef f(Trainer):\n    Trainer(tokenizer=t)\n", id="a parameter"
        ),
        pytest.param("from transformers import Trainer\nTrainer(model=m)\n", id="without the argument"),
        pytest.param("from transformers import pipeline\npipeline(tokenizer=t)\n", id="another function"),
        pytest.param(
            "from transformers import TrainingArguments\nTrainingArguments(o, optim='sgd')\n",
            id="another value",
        ),
        pytest.param(
            "from transformers import TrainingArguments\nTrainingArguments(o, lr_scheduler_kwargs=None)\n",
            id="the value that is excepted",
        ),
        pytest.param(
            """
            from transformers import Trainer

            class Mine(Trainer):
                def __init__(self, tokenizer):
                    super().__init__()

            Mine(tokenizer=t)
            """,
            id="a subclass with an argument of its own",
        ),
        pytest.param(
            """
            from transformers import Trainer

            try:
                t = Trainer(tokenizer=tok)
            except TypeError:
                t = Trainer(processing_class=tok)
            """,
            id="in a try that knows another way",
        ),
    ],
)
def test_what_stays(source: str) -> None:
    check_noop(ARGUMENTS, source)


def test_an_operation_may_be_less_safe_than_its_rule() -> None:
    source = "from transformers import TrainingArguments\nTrainingArguments(o, no_cuda=flag)\n"
    text, findings = upgrade(ARGUMENTS, source)
    assert (text, [(f.safety, f.status) for f in findings]) == (source, [("unsafe", "available")])
    text, findings = upgrade(ARGUMENTS, source, unsafe=True)
    assert text == source.replace("no_cuda", "use_cpu")
    assert [(f.safety, f.status) for f in findings] == [("unsafe", "fixed")]


POSITIONAL = """
- id: keywords
  call: transformers.get_cosine_schedule_with_warmup
  keyword_only_from: 1
- id: stopping
  call: transformers.PreTrainedModel.save_pretrained
  arguments: {save_config: {remove: true}}
"""


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(
            "get_cosine_schedule_with_warmup(optimizer, 10, 100)",
            "get_cosine_schedule_with_warmup(optimizer, num_warmup_steps=10, num_training_steps=100)",
            id="the names of the old signature",
        ),
        pytest.param(
            "get_cosine_schedule_with_warmup(optimizer, 10, num_training_steps=100)",
            "get_cosine_schedule_with_warmup(optimizer, num_warmup_steps=10, num_training_steps=100)",
            id="beside keywords",
        ),
    ],
)
def test_arguments_by_position_become_keywords(before: str, after: str) -> None:
    head = "from transformers import get_cosine_schedule_with_warmup\n"
    check_transformed(POSITIONAL, f"{head}x = {before}\n", f"{head}x = {after}\n")


def test_starred_arguments_have_no_known_place() -> None:
    source = "from transformers import get_cosine_schedule_with_warmup as g\ng(optimizer, *rest)\n"
    check_reported(POSITIONAL, source, lines=[2])


MORE = """
- id: add
  call: transformers.PreTrainedTokenizerBase.apply_chat_template
  add: {return_dict: "False"}
  unless: {return_dict: any, tokenize: false}
- id: need
  call: transformers.TrainingArguments
  require: {save_steps: any, save_strategy: [steps, epoch]}
  arguments: {save_steps: {remove: true}}
- id: other
  call: transformers.AdamW
  replace: torch.optim.AdamW
  arguments:
    correct_bias: {remove: true}
  add: {weight_decay: "0.0"}
- id: function
  call: transformers.pipeline
  arguments:
    task: {is: text2text-generation, value: '"any-to-any"'}
"""
TOKENIZER = "from transformers import AutoTokenizer\n\ntokenizer = AutoTokenizer.from_pretrained(n)\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(
            "tokenizer.apply_chat_template(c)",
            "tokenizer.apply_chat_template(c, return_dict=False)",
            id="add",
        ),
        pytest.param(
            "tokenizer.apply_chat_template(c, tokenize=True)",
            "tokenizer.apply_chat_template(c, tokenize=True, return_dict=False)",
            id="add unless has another value",
        ),
        pytest.param(
            "tokenizer.apply_chat_template(\n    c,\n    tools=None,  # none\n)",
            "tokenizer.apply_chat_template(\n    c,\n    tools=None,  # none\n    return_dict=False,\n)",
            id="add on a line of its own",
        ),
        pytest.param(
            "tokenizer.apply_chat_template(\n    c\n)",
            "tokenizer.apply_chat_template(\n    c, return_dict=False\n)",
            id="add to a single line",
        ),
    ],
)
def test_additions(before: str, after: str) -> None:
    check_transformed(MORE, f"{TOKENIZER}x = {before}\n", f"{TOKENIZER}x = {after}\n")


@pytest.mark.parametrize(
    "call",
    [
        pytest.param("tokenizer.apply_chat_template(c, return_dict=True)", id="given"),
        pytest.param("tokenizer.apply_chat_template(c, tokenize=False)", id="unless"),
        pytest.param("mine.apply_chat_template(c)", id="of another object"),
    ],
)
def test_additions_that_are_not_made(call: str) -> None:
    check_noop(MORE, f"{TOKENIZER}x = {call}\n")


def test_nothing_is_added_beside_unknown_keywords() -> None:
    check_reported(
        MORE,
        f"{TOKENIZER}x = tokenizer.apply_chat_template(c, **kwargs, **more)\n",
        lines=[4],
        says="return_dict=False",
    )


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(
            "save_steps=1, save_strategy='steps'", "save_strategy='steps'", id="all conditions hold"
        ),
        pytest.param("save_steps=1, save_strategy='no'", None, id="another value"),
        pytest.param("save_steps=1", None, id="absent"),
    ],
)
def test_conditions_on_other_arguments(before: str, after: str | None) -> None:
    head = "from transformers import TrainingArguments\n"
    if after is None:
        check_noop(MORE, f"{head}TrainingArguments(o, {before})\n")
    else:
        check_transformed(
            MORE, f"{head}TrainingArguments(o, {before})\n", f"{head}TrainingArguments(o, {after})\n"
        )


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(
            "from transformers import AdamW\nAdamW(p, correct_bias=False)\n",
            "from torch.optim import AdamW\nAdamW(p, weight_decay=0.0)\n",
            id="another callee, with its arguments",
        ),
        pytest.param(
            "import transformers\ntransformers.AdamW(p, weight_decay=1), transformers.BertModel\n",
            "import transformers\nfrom torch.optim import AdamW\nAdamW(p, weight_decay=1), transformers.BertModel\n",
            id="through the package",
        ),
        pytest.param(
            'from transformers import pipeline\npipeline("text2text-generation", model=m)\n',
            'from transformers import pipeline\npipeline("any-to-any", model=m)\n',
            id="a string by position",
        ),
        pytest.param(
            "from transformers import pipeline\npipeline(task='text2text-generation')\n",
            "from transformers import pipeline\npipeline(task=\"any-to-any\")\n",
            id="a string by keyword",
        ),
    ],
)  # fmt: skip
def test_callees_and_values(before: str, after: str) -> None:
    check_transformed(MORE, before, after)


def test_rules_of_several_versions_work_on_each_others_results() -> None:
    rules = """
    - id: first
      broken: "4.30"
      call: transformers.TrainingArguments
      arguments: {evaluate_during_training: {is: true, replace: {evaluation_strategy: '"steps"'}}}
    - id: second
      broken: "4.46"
      call: transformers.TrainingArguments
      arguments: {evaluation_strategy: {rename: eval_strategy}}
    - id: third
      broken: "5.0"
      call: transformers.TrainingArguments
      arguments: {eval_strategy: {is: steps, value: '"each"'}}
    """
    packs = pack(rules, "4.12", "5.0")
    head = "from transformers import TrainingArguments\n"
    text, findings = upgrade(
        packs, f"{head}TrainingArguments(o, evaluation_strategy='steps', x=1)\n", from_version="4.12"
    )
    assert text == f'{head}TrainingArguments(o, eval_strategy="each", x=1)\n'
    assert {f.rule for f in findings} == {"second", "third"}


def test_an_argument_that_the_target_does_not_take_and_no_rule_knows() -> None:
    source = (
        "from transformers import TrainingArguments\nTrainingArguments(o, no_such_argument=1, eval_steps=2)\n"
    )
    text, findings = upgrade(
        "- {id: other, symbols: {transformers.AdamW: torch.optim.AdamW}}", source, residuals=True
    )
    assert text == source
    assert [(f.rule, f.line, f.column, f.status) for f in findings] == [("unknown-argument", 2, 22, "manual")]
    assert "no_such_argument" in findings[0].message


def test_arguments_that_go_to_a_function_around_the_call() -> None:
    rules = """
    - id: handed
      call: transformers.BartConfig
      arguments:
        num_beams: &to {hand_to: functools.partial}
        max_length: *to
    """
    head = "import functools\nfrom transformers import BartConfig, BartModel\n\n"
    check_transformed(
        rules,
        f"{head}model = BartModel(BartConfig(num_beams=f(x), d_model=8, max_length=9))\n",
        f"{head}model = BartModel(functools.partial(BartConfig(d_model=8), num_beams=f(x), max_length=9))\n",
    )
    check_noop(rules, f"{head}config = BartConfig(d_model=8)\n")
    check_reported(
        rules, f"{head}settings = {{'num_beams': 2}}\nconfig = BartConfig(**settings)\n", lines=[4]
    )
