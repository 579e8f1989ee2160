"""Conditions on how a value came about, and what decorators and new parameters do with overrides."""

from __future__ import annotations

import pytest
from engine_runs import check_noop, check_transformed

RULES = """
- id: tokens
  cases:
    - match: $tokenizer.encode($tokens, $*args)
      given_by: {tokens: [tokenize]}
      replace: $tokenizer.encode_ids($tokens, $*args)
    - match: $tokenizer.add_special_tokens($tokens)
      in_front: {tokens: [additional]}
      replace: $tokenizer.add_in_order($tokens)
  where: {tokenizer: transformers.PreTrainedTokenizerBase}
- id: accumulation
  call: transformers.Trainer
  require: {args: {made_with: gradient_accumulation_steps}}
  arguments: {model: {value: transformers.plain($value)}}
- id: parameters
  overrides: transformers.Trainer._maybe_log_save_evaluate
  having: [grad_norm]
  lacking: [start_time]
  add_parameters: ["start_time=None"]
  hand_on: true
- id: decorated
  overrides: transformers.Trainer.create_optimizer_and_scheduler
  decorate: transformers.called
"""
TOKENIZER = "from transformers import BertTokenizer\n\ntok = BertTokenizer.from_pretrained('x')\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(
            "t = tok.tokenize(x)\ntok.encode(t, padding=True)",
            "t = tok.tokenize(x)\ntok.encode_ids(t, padding=True)",
            id="a variable",
        ),
        pytest.param(
            "t = ['a'] + tok.tokenize(x)[:5]\ntok.encode(t[1:])",
            "t = ['a'] + tok.tokenize(x)[:5]\ntok.encode_ids(t[1:])",
            id="parts",
        ),
        pytest.param(
            "S = {'additional': [], 'bos': ''}\ntok.add_special_tokens(S)",
            "S = {'additional': [], 'bos': ''}\ntok.add_in_order(S)",
            id="a key in front",
        ),
    ],
)
def test_the_condition_holds(before: str, after: str) -> None:
    check_transformed(RULES, TOKENIZER + before + "\n", TOKENIZER + after + "\n")


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("t = x.split()\ntok.encode(t)", id="another method"),
        pytest.param("def f(t):\n    return tok.encode(t)", id="a parameter"),
        pytest.param("S = {'bos': '', 'additional': []}\ntok.add_special_tokens(S)", id="the key is last"),
        pytest.param("tok.add_special_tokens(load())", id="an unknown dictionary"),
    ],
)
def test_the_condition_does_not_hold(text: str) -> None:
    check_noop(RULES, TOKENIZER + text + "\n")


TRAINER = """from transformers import Trainer, TrainingArguments

def arguments(n):
    return TrainingArguments("out", {given})

args = arguments(4)
trainer = Trainer(model={model}, args=args)
"""


def test_the_object_is_made_with_an_argument() -> None:
    before = TRAINER.format(given="gradient_accumulation_steps=n", model="model")
    after = TRAINER.format(given="gradient_accumulation_steps=n", model="plain(model)")
    check_transformed(RULES, before, after.replace("TrainingArguments\n", "TrainingArguments, plain\n", 1))
    check_noop(RULES, TRAINER.format(given="seed=n", model="model"))
    check_noop(RULES, TRAINER.format(given="gradient_accumulation_steps=1", model="model"))


OVERRIDE = """from transformers import Trainer{imported}

class Own(Trainer):
    def _maybe_log_save_evaluate(self, loss, grad_norm{added}):
        super()._maybe_log_save_evaluate(loss, grad_norm{handed})

    {above}def create_optimizer_and_scheduler(self, steps):
        pass
"""


def test_overrides_take_and_hand_on() -> None:
    before = OVERRIDE.format(imported="", added="", handed="", above="")
    check_transformed(
        RULES,
        before,
        OVERRIDE.format(
            imported=", called",
            added=", start_time=None",
            handed=", start_time=start_time",
            above="@called\n    ",
        ),
    )
    check_noop(RULES, before.replace("(Trainer)", "").replace("grad_norm", "norm"))
