"""Parameters of overridden methods that the library renamed."""

from __future__ import annotations

import pytest
from engine_runs import check_noop, check_reported, check_transformed, pack, upgrade_project

RULES = """
- id: callback
  overrides: [transformers.TrainerCallback.on_log, transformers.TrainerCallback.on_save]
  rename_parameters: {tokenizer: processing_class}
"""
HEAD = "from transformers import TrainerCallback\n\nclass C(TrainerCallback):\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(
            "def on_log(self, args, state, control, tokenizer=None, **kwargs):\n        print(tokenizer)",
            "def on_log(self, args, state, control, processing_class=None, **kwargs):\n        print(processing_class)",
            id="with its uses",
        ),
        pytest.param(
            "def on_log(self, args, *rest, tokenizer: object, **kwargs):\n        f = lambda: tokenizer\n",
            "def on_log(self, args, *rest, processing_class: object, **kwargs):\n        f = lambda: processing_class\n",
            id="keyword only, used in a function inside",
        ),
        pytest.param(
            "def on_save(self, args, **kwargs):\n        return kwargs['tokenizer'], kwargs.get(\"tokenizer\", 1)",
            "def on_save(self, args, **kwargs):\n        return kwargs['processing_class'], "
            'kwargs.get("processing_class", 1)',
            id="out of the keyword arguments",
        ),
        pytest.param(
            "def on_log(self, args, tokenizer=None, **kw):\n        super().on_log(args, tokenizer=tokenizer, **kw)",
            "def on_log(self, args, processing_class=None, **kw):\n"
            "        super().on_log(args, processing_class=processing_class, **kw)",
            id="handed on",
        ),
    ],
)
def test_renamed_parameters_follow(before: str, after: str) -> None:
    check_transformed(RULES, f"{HEAD}    {before}", f"{HEAD}    {after}")


def test_a_name_that_is_taken_is_left_to_a_person() -> None:
    source = "    def on_log(self, args, tokenizer=None, **kw):\n        processing_class = tokenizer\n"
    check_reported(RULES, HEAD + source, lines=[4])


@pytest.mark.parametrize(
    "source",
    [
        pytest.param("    def on_log(self, args, processing_class=None):\n        pass\n", id="already so"),
        pytest.param("    def other(self, tokenizer=None):\n        print(tokenizer)\n", id="another method"),
        pytest.param(
            "    def on_log(self, args, **kwargs):\n        tokenizer = self.tokenizer\n        print(tokenizer)\n",
            id="a name of its own",
        ),
    ],
)
def test_other_parameters_stay(source: str) -> None:
    check_noop(RULES, HEAD + source)


DECORATE = """
- id: cache
  overrides: transformers.GenerationMixin.prepare_inputs_for_generation
  decorate: functools.cache
  tests: past_key_values
- id: mask
  overrides: transformers.GenerationMixin.prepare_inputs_for_generation
  decorate: functools.lru_cache
  reads: attention_mask
- id: keywords
  overrides: transformers.GenerationMixin.prepare_inputs_for_generation
  add_var_keyword: true
"""
MINE = "from functools import cache, lru_cache\nfrom transformers import GPT2LMHeadModel\n\nclass Mine(GPT2LMHeadModel):\n"
PREPARE = (
    "    def prepare_inputs_for_generation(self, ids, past_key_values=None, attention_mask=None{more}):\n"
)


def test_overrides_that_ask_get_decorators_that_give_what_they_got() -> None:
    body = "        if past_key_values is not None:\n            ids = ids[:, -1:]\n        return ids, attention_mask.sum()"
    before = MINE + PREPARE.format(more="") + body
    after = MINE + "    @lru_cache\n    @cache\n" + PREPARE.format(more=", **kwargs") + body
    check_transformed(DECORATE, before, after)
    check_noop(DECORATE, after)


@pytest.mark.parametrize(
    "body",
    [
        pytest.param("return {'past_key_values': past_key_values, 'mask': attention_mask}", id="passed on"),
        pytest.param(
            "return super().prepare_inputs_for_generation(ids, attention_mask=attention_mask, **kw)",
            id="to super",
        ),
    ],
)
def test_overrides_that_pass_it_on_need_no_decorator(body: str) -> None:
    check_noop(DECORATE, MINE + PREPARE.format(more=", **kw") + "        " + body)


def test_a_decorator_without_conditions_and_the_calls_that_speak_against_it() -> None:
    rules = """
    - id: reordered
      overrides: transformers.PreTrainedModel.get_input_embeddings
      decorate: functools.cache
      unless_calls: reorder
    """
    head = "import functools\nfrom transformers import PreTrainedModel\n\nclass Mine(PreTrainedModel):\n"
    plain = "    def get_input_embeddings(self):\n        return self.table\n"
    check_transformed(rules, head + plain, f"{head}    @functools.cache\n{plain}")
    check_noop(rules, f"{head}    def get_input_embeddings(self):\n        return self.table.reorder(3)\n")


def test_super_becomes_no_argument() -> None:
    rules = """
    - id: prepared
      match: $model.get_input_embeddings($*rest)
      where: {model: transformers.PreTrainedModel}
      replace: functools.partial($model, $*rest)
    """
    head = "import functools\nfrom transformers import PreTrainedModel\n\nclass Mine(PreTrainedModel):\n"
    passed = "    def get_input_embeddings(self, **kwargs):\n        return super().get_input_embeddings(**kwargs)\n"
    check_noop(rules, head + passed)
    check_reported(
        rules, f"{head}    def other(self):\n        return super().get_input_embeddings()\n", lines=[6]
    )


COMPUTE_LOSS = """
- id: loss
  overrides: [transformers.Trainer.compute_loss]
  add_parameters: [num_items_in_batch=None]
"""
MIXIN = "class Scaled:\n    def compute_loss(self, model, inputs):\n        return 2\n"


def test_a_mixin_overrides_for_the_classes_that_it_is_mixed_into() -> None:
    files = {
        "mixins.py": MIXIN,
        "train.py": "from transformers import Trainer\nfrom mixins import Scaled\nclass Mine(Scaled, Trainer): ...\n"
        "class Deep(Mine): ...\n",
    }
    outcomes = upgrade_project(pack(COMPUTE_LOSS), files)
    assert outcomes["mixins.py"].text == MIXIN.replace("inputs)", "inputs, num_items_in_batch=None)")
    assert outcomes["train.py"].text is None


@pytest.mark.parametrize(
    "bases",
    [
        pytest.param("Scaled", id="mixed into nothing of the library"),
        pytest.param("Scaled, TrainerCallback", id="mixed into another class of the library"),
    ],
)
def test_a_mixin_of_other_classes_stays(bases: str) -> None:
    files = {
        "mixins.py": MIXIN,
        "train.py": f"from transformers import Trainer, TrainerCallback\nfrom mixins import Scaled\nclass Mine({bases}): ...\n",
    }
    outcomes = upgrade_project(pack(COMPUTE_LOSS), files)
    assert [o.text for o in outcomes.values()] == [None, None]
    assert [f for o in outcomes.values() for f in o.findings] == []


def test_parameters_of_a_mixin_keep_their_names_where_not_all_classes_below_are_of_the_library() -> None:
    rules = """
    - id: head
      overrides: [transformers.Trainer.evaluate]
      rename_parameters: {old: new}
    """
    mixin = "class M:\n    def evaluate(self, old=None):\n        return old\n"
    for classes, changed in (
        ("class A(M, Trainer): ...\n", True),
        ("class A(M, Trainer): ...\nclass B(M): ...\n", False),
    ):
        files = {"m.py": mixin, "t.py": f"from transformers import Trainer\nfrom m import M\n{classes}"}
        assert (upgrade_project(pack(rules), files)["m.py"].text is not None) is changed
