"""Several rules that meet in one call: each works on what the one before left, and none is lost."""

from __future__ import annotations

import pytest
from engine_runs import check_noop, check_reported, check_transformed, upgrade

TOKENIZER = "from transformers import AutoTokenizer\n\ntok = AutoTokenizer.from_pretrained(name)\n"
MODEL = "from transformers import BertModel\n\nmodel = BertModel.from_pretrained(name)\n"

WRAPPED = """
- id: keywords
  call: transformers.PreTrainedTokenizerBase.encode_plus
  keyword_only_from: 1
  arguments: {pad_to_max_length: {rename: padding}}
- id: whole
  match: $tok.encode_plus($*args)
  where: {tok: transformers.PreTrainedTokenizerBase}
  replace: functools.reduce($tok($*args), 1)
"""


def test_a_rewrite_of_the_whole_call_keeps_what_was_done_to_its_arguments() -> None:
    head = f"import functools\n\n{TOKENIZER}"
    check_transformed(
        WRAPPED,
        f"{head}x = tok.encode_plus(a, b, pad_to_max_length=True)\n",
        f"{head}x = functools.reduce(tok(a, text_pair=b, padding=True), 1)\n",
    )


def test_a_value_that_was_changed_is_handed_on() -> None:
    rules = """
    - id: value
      call: transformers.PreTrainedTokenizerBase.encode_plus
      arguments: {text: {is: old, value: '"new"'}}
    - id: whole
      match: $tok.encode_plus($text)
      where: {tok: transformers.PreTrainedTokenizerBase}
      replace: $tok([$text])
    """
    check_transformed(rules, f"{TOKENIZER}tok.encode_plus('old')\n", f'{TOKENIZER}tok(["new"])\n')
    check_transformed(rules, f"{TOKENIZER}tok.encode_plus('other')\n", f"{TOKENIZER}tok(['other'])\n")


STARS = """
- id: stars
  match: $tok.encode_plus($tok.tokenize($*inner), $*args)
  where: {tok: transformers.PreTrainedTokenizerBase}
  replace: $tok($tok.tokens($*inner), $*args)
- id: twice
  match: $tok.batch_encode_plus($texts, $*args)
  where: {tok: transformers.PreTrainedTokenizerBase}
  replace: $tok.pad($tok($texts, $*args), $*args)
"""


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(
            "tok.encode_plus(tok.tokenize(a, b=1), c, d=2)",
            "tok(tok.tokens(a, b=1), c, d=2)",
            id="each in its place",
        ),
        pytest.param("tok.encode_plus(tok.tokenize(a))", "tok(tok.tokens(a))", id="the outer one empty"),
        pytest.param("tok.encode_plus(tok.tokenize(), c)", "tok(tok.tokens(), c)", id="the inner one empty"),
        pytest.param(
            "tok.batch_encode_plus(a, b, c=1)", "tok.pad(tok(a, b, c=1), b, c=1)", id="one in two places"
        ),
        pytest.param("tok.batch_encode_plus(a)", "tok.pad(tok(a))", id="one in two places, empty"),
        pytest.param(
            "tok.encode_plus(\n    tok.tokenize(\n        a,  # first\n    ),\n    c,\n)",
            "tok(tok.tokens(\n        a,  # first\n    ), \n    c,\n)",
            id="comments inside",
        ),
    ],
)
def test_several_stars(before: str, after: str) -> None:
    check_transformed(STARS, f"{TOKENIZER}x = {before}\n", f"{TOKENIZER}x = {after}\n")


def test_what_a_comment_would_swallow_is_left_to_a_person() -> None:
    rules = """
    - id: more
      match: $tok.encode_plus($*args)
      where: {tok: transformers.PreTrainedTokenizerBase}
      replace: functools.reduce($tok($*args, flag=True), 1)
    """
    source = f"import functools\n\n{TOKENIZER}x = tok.encode_plus(\n    a,\n    b,  # why\n)\n"
    check_reported(rules, source, lines=[6], says="by hand")
    plain = source.replace("  # why", "")
    text, _ = upgrade(rules, plain)
    assert "b, flag=True), 1)" in text


FUNCTION = """
- id: to-function
  match: $model.get_head_mask($*args)
  where: {model: transformers.PreTrainedModel}
  replace: functools.partial($*args)
- id: of-the-method
  call: transformers.PreTrainedModel.get_head_mask
  arguments: {is_attention_chunked: {remove: true}}
- id: of-the-method-too
  match: $model.get_head_mask($mask, $layers)
  where: {model: transformers.PreTrainedModel}
- id: attribute
  attributes: {transformers.PreTrainedModel.get_head_mask: null}
"""


def test_a_method_that_became_a_function_is_a_method_no_more() -> None:
    head = f"from functools import partial\n\n{MODEL}"
    findings = check_transformed(
        FUNCTION,
        f"{head}a = model.get_head_mask(x, y)\nb = model.get_head_mask(x, y, is_attention_chunked=True)\n",
        f"{head}a = partial(x, y)\nb = partial(x, y, is_attention_chunked=True)\n",
    )
    assert [f.rule for f in findings] == ["to-function", "to-function"]


def test_rules_on_the_method_still_meet_it_before_it_becomes_a_function() -> None:
    first, *others = FUNCTION.split("- id: ")[1:]
    swapped = "".join(f"- id: {part}" for part in (others[0], first))
    head = f"from functools import partial\n\n{MODEL}"
    findings = check_transformed(
        swapped,
        f"{head}model.get_head_mask(x, is_attention_chunked=True)\n",
        f"{head}partial(x)\n",
    )
    assert sorted(f.rule for f in findings) == ["of-the-method", "to-function"]


def test_a_later_pattern_meets_what_an_earlier_one_gave() -> None:
    rules = """
    - id: first
      match: $tok.encode_plus($*args)
      where: {tok: transformers.PreTrainedTokenizerBase}
      replace: $tok.prepare($*args)
    - id: second
      match: $tok.prepare($text, $*args)
      where: {tok: transformers.PreTrainedTokenizerBase}
      replace: $tok([$text], $*args)
    - id: gone
      match: $tok.encode_plus($*args)
      where: {tok: transformers.PreTrainedTokenizerBase}
    """
    findings = check_transformed(
        rules, f"{TOKENIZER}tok.encode_plus(a, b=1)\n", f"{TOKENIZER}tok([a], b=1)\n"
    )
    assert [f.rule for f in findings] == ["first", "second"]


UNLESS = """
- id: rename
  call: transformers.PreTrainedModel.from_pretrained
  unless: {dtype: any, revision: any}
  arguments: {torch_dtype: {rename: dtype}}
"""


@pytest.mark.parametrize(
    ("call", "status"),
    [
        pytest.param("BertModel.from_pretrained(n, torch_dtype=t)", "fixed", id="nothing unpacked"),
        pytest.param(
            "BertModel.from_pretrained(n, torch_dtype=t, **{'a': 1})", "fixed", id="all keys are known"
        ),
        pytest.param("BertModel.from_pretrained(n, torch_dtype=t, **kw)", "available", id="unknown keys"),
    ],
)
def test_what_is_unpacked_may_switch_a_rule_off(call: str, status: str) -> None:
    _, findings = upgrade(UNLESS, f"from transformers import BertModel\n\ndef f(kw):\n    {call}\n")
    assert [f.status for f in findings] == [status]


def test_an_argument_under_its_new_name_is_not_suspected_beside_the_old_one() -> None:
    rules = UNLESS.replace(", revision: any", "")
    head = "from transformers import BertModel\n\ndef f(kw):\n"
    check_transformed(
        rules,
        f"{head}    BertModel.from_pretrained(n, torch_dtype=t, **kw)\n",
        f"{head}    BertModel.from_pretrained(n, dtype=t, **kw)\n",
    )


NAMES = """
- id: symbol
  symbols: {transformers.BertModel: transformers.RobertaModel}
  changed: true
- id: call
  call: transformers.BertModel
  replace: transformers.GPT2Model
"""


def test_a_name_that_an_earlier_rule_took_is_not_replaced_by_a_later_one() -> None:
    check_transformed(
        NAMES,
        "from transformers import BertModel\n\nx = BertModel(1)\ny = BertModel\n",
        "from transformers import RobertaModel\n\nx = RobertaModel(1)\ny = RobertaModel\n",
    )


def test_a_callee_that_a_rule_gave_is_followed_through_later_rules_on_its_name() -> None:
    rules = """
    - id: call
      call: transformers.BertModel
      replace: transformers.GPT2Model
    - id: symbol
      symbols: {transformers.GPT2Model: transformers.RobertaModel}
      changed: true
    """
    head = "from transformers import {}\n\nx = {}(1)\n"
    check_transformed(rules, head.format("BertModel", "BertModel"), head.format(*["RobertaModel"] * 2))
    check_noop(rules, head.format("T5Model", "T5Model"))
