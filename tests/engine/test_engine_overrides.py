"""Parameters of overridden methods that the library renamed."""

from __future__ import annotations

import pytest
from engine_runs import check_noop, check_reported, check_transformed

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
