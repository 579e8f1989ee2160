"""Who is called: subclasses, methods, aliases, partial functions, and what a call or a list gives."""

from __future__ import annotations

import pytest
from engine_runs import check_noop, check_transformed, pack, upgrade_project

TRAINER = """
- id: rename
  call: transformers.Trainer
  arguments: {tokenizer: {rename: processing_class}}
"""


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(
            """
            from transformers import Trainer

            class Mine(Trainer):
                def compute_loss(self):
                    pass

            Mine(tokenizer=t)
            """,
            """
            from transformers import Trainer

            class Mine(Trainer):
                def compute_loss(self):
                    pass

            Mine(processing_class=t)
            """,
            id="a subclass",
        ),
        pytest.param(
            """
            from transformers import Trainer

            class Mine(Trainer):
                def __init__(self, extra, **kwargs):
                    super().__init__(tokenizer=extra.tokenizer, **kwargs)

            Mine(1, model=t)
            """,
            """
            from transformers import Trainer

            class Mine(Trainer):
                def __init__(self, extra, **kwargs):
                    super().__init__(processing_class=extra.tokenizer, **kwargs)

            Mine(1, model=t)
            """,
            id="the constructor of the base class",
        ),
        pytest.param(
            """
            from transformers import Trainer

            class Mine(Trainer):
                def __init__(self, extra, **kwargs):
                    super().__init__(**kwargs)

            Mine(1, tokenizer=t)
            """,
            """
            from transformers import Trainer

            class Mine(Trainer):
                def __init__(self, extra, **kwargs):
                    super().__init__(**kwargs)

            Mine(1, processing_class=t)
            """,
            id="a subclass that hands its keywords on",
        ),
        pytest.param(
            """
            from transformers import Trainer

            class Mine(Trainer):
                def __init__(self, model):
                    Trainer.__init__(self, model, tokenizer=None)
            """,
            """
            from transformers import Trainer

            class Mine(Trainer):
                def __init__(self, model):
                    Trainer.__init__(self, model, processing_class=None)
            """,
            id="the constructor through the class",
        ),
        pytest.param(
            """
            from transformers import Trainer

            make = Trainer
            make(tokenizer=t)
            """,
            """
            from transformers import Trainer

            make = Trainer
            make(processing_class=t)
            """,
            id="an alias",
        ),
        pytest.param(
            """
            from transformers import Seq2SeqTrainer

            cls = Seq2SeqTrainer if seq else Trainer
            Seq2SeqTrainer(tokenizer=t)
            """,
            """
            from transformers import Seq2SeqTrainer

            cls = Seq2SeqTrainer if seq else Trainer
            Seq2SeqTrainer(processing_class=t)
            """,
            id="a subclass of the library",
        ),
        pytest.param(
            """
            import functools
            from transformers import Trainer

            make = functools.partial(Trainer, tokenizer=t)
            """,
            """
            import functools
            from transformers import Trainer

            make = functools.partial(Trainer, processing_class=t)
            """,
            id="functools.partial",
        ),
        pytest.param(
            """
            import transformers

            def test():
                return transformers.Trainer(
                    tokenizer=t
                )
            """,
            """
            import transformers

            def test():
                return transformers.Trainer(
                    processing_class=t
                )
            """,
            id="through the package",
        ),
    ],
)
def test_who_is_called(before: str, after: str) -> None:
    check_transformed(TRAINER, before, after)


def test_subclasses_in_other_files() -> None:
    outcomes = upgrade_project(
        pack(TRAINER),
        {
            "app/__init__.py": "",
            "app/base.py": "from transformers import Trainer\n\n\nclass Base(Trainer):\n    pass\n",
            "app/mine.py": "from .base import Base\n\n\nclass Mine(Base):\n    pass\n",
            "app/run.py": "from app import mine\n\nmine.Mine(tokenizer=t)\n",
            "app/other.py": "from .nothing import Mine\n\nMine(tokenizer=t)\n",
        },
    )
    changed = {path: outcome.text for path, outcome in outcomes.items() if outcome.text is not None}
    assert changed == {"app/run.py": "from app import mine\n\nmine.Mine(processing_class=t)\n"}


DIRECT = """
- id: scores
  call: [transformers.TextClassificationPipeline.__call__, transformers.PreTrainedTokenizerBase.__call__]
  arguments: {return_all_scores: {rename: top_k}, pad_to_max_length: {rename: padding}}
"""


@pytest.mark.parametrize(
    "callee",
    [
        "pipeline('text-classification')",
        "pipeline(task='sentiment-analysis')",
        "AutoTokenizer.from_pretrained(d)",
        "[AutoTokenizer.from_pretrained(n) for n in names][0]",
    ],
)
def test_what_a_call_or_a_list_gives_is_called_at_once(callee: str) -> None:
    keyword, new = ("return_all_scores", "top_k") if "pipe" in callee else ("pad_to_max_length", "padding")
    head = "from transformers import AutoTokenizer, pipeline\n"
    check_transformed(DIRECT, f"{head}{callee}(x, {keyword}=True)\n", f"{head}{callee}(x, {new}=True)\n")


@pytest.mark.parametrize(
    "callee",
    [
        "pipeline('ner')",
        "pipeline('text-classification', pipeline_class=Mine)",
        "make('text-classification')",
    ],
)
def test_pipelines_of_other_classes_are_no_text_classification(callee: str) -> None:
    source = f"from transformers import pipeline\nfrom mine import Mine, make\n{callee}(x, return_all_scores=True)\n"
    check_noop(DIRECT, source)
