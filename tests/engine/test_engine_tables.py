"""Classes that are taken out of tables, looped over or chosen: rules reach what may be called."""

from __future__ import annotations

import pytest
from engine_runs import check_noop, check_reported, check_transformed

RULES = """
- id: vocabulary
  call: [transformers.BertTokenizer, transformers.BertTokenizerFast, transformers.RobertaTokenizer]
  arguments: {vocab_file: {rename: vocab}}
- id: call-it
  match: $tokenizer.encode_plus($*args)
  where: {tokenizer: transformers.PreTrainedTokenizerBase}
  replace: $tokenizer($*args)
"""
HEAD = "from transformers import BertTokenizer, BertTokenizerFast, RobertaTokenizer, T5Tokenizer\n\n"
PAIR = 'TABLE = {"bert": (None, BertTokenizer), "roberta": (None, RobertaTokenizer)}\n'
FLAT = 'FLAT = {"bert": BertTokenizer, "roberta": RobertaTokenizer}\n'


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(
            PAIR + "_, cls = TABLE[kind]\nthing = cls(vocab_file=path)\nthing.encode_plus(x)",
            PAIR + "_, cls = TABLE[kind]\nthing = cls(vocab=path)\nthing(x)",
            id="unpacked from a table",
        ),
        pytest.param(
            PAIR + 'thing = TABLE["bert"][1](vocab_file=path)',
            PAIR + 'thing = TABLE["bert"][1](vocab=path)',
            id="by keys",
        ),
        pytest.param(
            FLAT + "thing = FLAT[kind](vocab_file=path)\nthing.encode_plus(x)",
            FLAT + "thing = FLAT[kind](vocab=path)\nthing(x)",
            id="called where it is taken",
        ),
        pytest.param(
            FLAT + "thing = FLAT.get(kind).from_pretrained(path)\nthing.encode_plus(x)",
            FLAT + "thing = FLAT.get(kind).from_pretrained(path)\nthing(x)",
            id="get",
        ),
        pytest.param(
            FLAT + "for name, cls in FLAT.items():\n    thing = cls(vocab_file=path)",
            FLAT + "for name, cls in FLAT.items():\n    thing = cls(vocab=path)",
            id="items",
        ),
        pytest.param(
            "for cls in (BertTokenizer, BertTokenizerFast):\n    thing = cls(vocab_file=path)",
            "for cls in (BertTokenizer, BertTokenizerFast):\n    thing = cls(vocab=path)",
            id="a loop over a display",
        ),
        pytest.param(
            "cls = BertTokenizerFast if fast else BertTokenizer\nthing = cls(vocab_file=path)",
            "cls = BertTokenizerFast if fast else BertTokenizer\nthing = cls(vocab=path)",
            id="one of two",
        ),
    ],
)
def test_a_class_out_of_a_table_is_known(before: str, after: str) -> None:
    check_transformed(RULES, HEAD + before, HEAD + after)


def test_a_rule_that_speaks_of_some_of_the_classes_only_reports() -> None:
    check_reported(
        RULES,
        HEAD + 'cls = {"b": BertTokenizer, "t": T5Tokenizer}[kind]\nthing = cls(vocab_file=path)',
        lines=[4],
        says="not true of all of them",
    )


@pytest.mark.parametrize(
    "source",
    [
        pytest.param(
            FLAT + 'FLAT["own"] = mine\nthing = FLAT[kind](vocab_file=path)', id="a table that grows"
        ),
        pytest.param(
            'FLAT = {"a": BertTokenizer, **more}\nthing = FLAT[kind](vocab_file=path)', id="unknown"
        ),
        pytest.param(
            'class Own:\n    pass\n\nFLAT = {"a": BertTokenizer, "b": Own}\nthing = FLAT[kind](vocab_file=path)',
            id="a class of one's own among them",
        ),
    ],
)
def test_tables_that_hold_other_things_stay(source: str) -> None:
    check_noop(RULES, HEAD + source)


def test_what_callbacks_are_handed_is_known() -> None:
    rules = """
    - id: renamed
      attributes: {transformers.TrainingArguments.no_cuda: use_cpu}
    """
    head = "from transformers import TrainerCallback\n\nclass C(TrainerCallback):\n    def "
    for method, new in (("on_log", "use_cpu"), ("other", "no_cuda")):
        before = f"{head}{method}(self, args, state, control, **kwargs):\n        print(args.no_cuda)"
        if new == "no_cuda":
            check_noop(rules, before)
        else:
            check_transformed(rules, before, before.replace("no_cuda", new))


def test_a_call_behind_the_question_for_its_method_stays() -> None:
    body = '    if hasattr(tok, "encode_plus"):\n        return tok.encode_plus(x)\n    return tok(x)\n'
    check_noop(RULES, f"{HEAD}def f(x, tok=BertTokenizer(p)):\n{body}")
