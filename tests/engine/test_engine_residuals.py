"""What no rule speaks of and the target cannot serve: members, overrides and arguments of the library's classes."""

from __future__ import annotations

from textwrap import dedent
from typing import Any

import pytest
from engine_runs import check_noop, pack, upgrade, upgrade_project

NOTHING = "- {id: other, symbols: {transformers.AdamW: torch.optim.AdamW}}"
LONG = {"residuals": True, "from_version": "4.30", "to_version": "5.23"}


def left(source: str, **options: Any) -> list[tuple[str, int, str | None]]:
    """The findings of a file that only residuals speak of."""
    text, findings = upgrade(NOTHING, dedent(source), **{**LONG, **options})
    assert text == dedent(source)
    assert all(f.status == "manual" for f in findings)
    return [(f.rule, f.line, f.symbol) for f in findings]


def message(source: str, **options: Any) -> str:
    """The message of the only finding."""
    _, findings = upgrade(NOTHING, dedent(source), **{**LONG, **options})
    (finding,) = findings
    return finding.message


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        pytest.param(
            """
            from transformers import Trainer
            trainer = Trainer(model=m)
            trainer.prediction_loop(loader, "x")
            """,
            ("removed-method", 4, "transformers.Trainer.prediction_loop"),
            id="of a constructed object",
        ),
        pytest.param(
            """
            from transformers import AutoModel
            def f():
                model = AutoModel.from_pretrained("x")
                model.add_memory_hooks()
            """,
            ("removed-method", 5, "transformers.PreTrainedModel.add_memory_hooks"),
            id="of what an Auto class loads",
        ),
        pytest.param(
            """
            from transformers import AutoModelForCTC
            model = AutoModelForCTC.from_pretrained("x")
            model.freeze_feature_extractor()
            """,
            ("removed-method", 4, "transformers.PreTrainedModel.freeze_feature_extractor"),
            id="that every class below the one an Auto class stands for lost",
        ),
        pytest.param(
            """
            from transformers import Trainer
            class Mine(Trainer):
                def step(self):
                    return self._gather_and_numpify(1, "x")
            """,
            ("removed-method", 5, "transformers.Trainer._gather_and_numpify"),
            id="of self",
        ),
        pytest.param(
            """
            from transformers import Trainer
            class Mine(Trainer):
                def _nested_gather(self, tensors, name=None):
                    return super()._nested_gather(tensors, name)
            """,
            ("removed-method", 5, "transformers.Trainer._nested_gather"),
            id="of super",
        ),
        pytest.param(
            """
            from transformers import BertModel
            def f(model: BertModel):
                return getattr(model, "get_head_mask")(None, 2)
            """,
            ("removed-method", 4, "transformers.BertModel.get_head_mask"),
            id="by getattr",
        ),
        pytest.param(
            """
            from transformers import TrainingArguments
            def f(args: TrainingArguments):
                return args.fp16_backend
            """,
            ("removed-attribute", 4, "transformers.TrainingArguments.fp16_backend"),
            id="a field of a data class",
        ),
        pytest.param(
            """
            from transformers import TensorType
            kind = TensorType.TENSORFLOW
            """,
            ("removed-attribute", 3, "transformers.TensorType.TENSORFLOW"),
            id="a value of an enum",
        ),
        pytest.param(
            """
            from transformers import BertConfig
            BertConfig.dict_torch_dtype_to_str
            """,
            ("removed-method", 3, "transformers.BertConfig.dict_torch_dtype_to_str"),
            id="a method of a class that serves data",
        ),
        pytest.param(
            """
            from transformers import BertTokenizer
            tok = BertTokenizer("v.txt")
            tok.sanitize_special_tokens()
            """,
            ("removed-method", 4, "transformers.BertTokenizer.sanitize_special_tokens"),
            id="a method of a class with special tokens",
        ),
    ],
)
def test_member_is_gone(source: str, expected: tuple[str, int, str]) -> None:
    assert expected in left(source)


@pytest.mark.parametrize(
    "source",
    [
        pytest.param("from transformers import Trainer\nTrainer(model=m).train()\n", id="still there"),
        pytest.param("def f(trainer):\n    trainer.prediction_loop(1)\n", id="unknown receiver"),
        pytest.param(
            "from transformers import Trainer\nclass Mine(Trainer):\n    def __init__(self):\n"
            "        self.use_apex = False\n    def f(self):\n        return self.use_apex\n",
            id="set in __init__",
        ),
        pytest.param(
            "from transformers import Trainer\nclass Mine(Trainer):\n    def __getattr__(self, name):\n"
            "        return 1\n    def f(self):\n        return self.use_apex\n",
            id="own __getattr__",
        ),
        pytest.param(
            "from transformers import Trainer\nfrom other import Mixin\nclass Mine(Mixin, Trainer):\n"
            "    def f(self):\n        return self.use_apex\n",
            id="a base from outside",
        ),
        pytest.param(
            "from transformers import Trainer\nclass Mine(Trainer):\n    def f(self):\n"
            "        setattr(self, 'use_apex', 1)\n        return self.use_apex\n",
            id="setattr by a literal",
        ),
        pytest.param(
            "from transformers import Trainer\ndef f(t: Trainer):\n    t.use_apex = 1\n    return t.use_apex\n",
            id="set by the project itself",
        ),
        pytest.param(
            "from transformers import BertConfig\ndef f(config: BertConfig):\n    return config.num_beams\n",
            id="a value of a configuration",
        ),
        pytest.param(
            "from transformers import AutoTokenizer\ntok = AutoTokenizer.from_pretrained('x')\n"
            "print(tok.pad_token_id, tok.mask_token)\n",
            id="special tokens",
        ),
        pytest.param(
            "from transformers import AutoModelForCausalLM\nmodel = AutoModelForCausalLM.from_pretrained('x')\n"
            "model.generate(1)\n",
            id="of a mixin that its subclasses still have",
        ),
        pytest.param(
            "from transformers import BertModel\nmodel = BertModel.from_pretrained('x')\n"
            "model.to('cpu').half().register_buffer('x', None)\nmodel.zero_grad()\n",
            id="of torch's modules",
        ),
        pytest.param(
            "from transformers import BatchEncoding\ndef f(enc: BatchEncoding):\n    return enc.anything\n",
            id="keys of an encoding",
        ),
        pytest.param(
            "from transformers import Trainer\ndef f(t: Trainer):\n    if hasattr(t, 'use_apex'):\n"
            "        return t.use_apex\n    return getattr(t, 'use_apex', False)\n",
            id="asked before",
        ),
        pytest.param(
            "import transformers\nfrom packaging import version\nfrom transformers import Trainer\n"
            "def f(t: Trainer):\n    if version.parse(transformers.__version__) < version.parse('5.0'):\n"
            "        return t.use_apex\n",
            id="behind a version check",
        ),
        pytest.param(
            "from transformers import Trainer\ndef f(t: Trainer):\n    try:\n        x = t.use_apex\n"
            "    except AttributeError:\n        x = None\n    return x\n",
            id="in a try",
        ),
    ],
)
def test_member_is_served_or_asked_for(source: str) -> None:
    check_noop(NOTHING, source, **LONG)


def test_member_that_a_subclass_of_the_project_has() -> None:
    files = {
        "base.py": "from transformers import PreTrainedModel\ndef f(model: PreTrainedModel):\n"
        "    return model.get_head_mask(None, 2)\n",
        "own.py": "from transformers import PreTrainedModel\nclass Own(PreTrainedModel):\n"
        "    def get_head_mask(self, mask, n):\n        return mask\n",
    }
    outcomes = upgrade_project(pack(NOTHING), files, **LONG)
    assert [f.rule for f in outcomes["base.py"].findings] == []


def test_a_rule_goes_before_a_residual() -> None:
    rule = "- {id: loop, attributes: {transformers.Trainer.prediction_loop: evaluation_loop}}"
    source = "from transformers import Trainer\nTrainer(model=m).prediction_loop(1)\n"
    text, findings = upgrade(rule, source, residuals=True)
    assert text.endswith(".evaluation_loop(1)\n")
    assert [f.rule for f in findings] == ["loop"]


def test_a_method_that_is_set_is_passed_over() -> None:
    source = "from transformers import Trainer\nt = Trainer(model=m)\nt.prediction_loop = mine\n"
    assert left(source) == [("removed-method", 3, "transformers.Trainer.prediction_loop")]
    assert "Setting it there does nothing" in message(source)


def test_message_tells_since_when_and_what_is_near() -> None:
    source = "from transformers import Trainer\nTrainer(model=m).prediction_loop(1)\n"
    text = message(source, from_version="4.57")
    assert "no method 'prediction_loop' in transformers 5.23.0" in text
    assert "gone since" in text and "last seen in" in text
    assert "Nearest existing: prediction_step" in text or "evaluation_loop" in text


def test_message_names_the_classes_that_keep_a_method() -> None:
    text = message(
        "from transformers import PreTrainedTokenizerBase\ndef f(t: PreTrainedTokenizerBase):\n    t.truncate_sequences([])\n"
    )
    assert "only" in text and "PythonBackend" in text


@pytest.mark.parametrize(
    ("source", "says"),
    [
        pytest.param(
            """
            from transformers import Trainer
            class Mine(Trainer):
                def compute_loss(self, model, inputs, return_outputs=False):
                    return 0
            """,
            "with num_items_in_batch=…",
            id="a keyword more",
        ),
        pytest.param(
            """
            from transformers import Trainer
            class Mine(Trainer):
                def log(self, logs):
                    print(logs)
            """,
            "with 2 arguments by position",
            id="an argument by position more",
        ),
        pytest.param(
            """
            from transformers import PreTrainedModel
            class Mine(PreTrainedModel):
                def _initialize_missing_keys(self, missing_keys, is_quantized):
                    pass
            """,
            "without",
            id="an argument less",
        ),
    ],
)
def test_override_that_the_target_calls_otherwise(source: str, says: str) -> None:
    version = "4.57" if "missing_keys" in source else "4.30"
    assert left(source, from_version=version)[0][:2] == ("override-mismatch", 4)
    assert says in message(source, from_version=version)


def test_override_of_what_is_gone() -> None:
    source = """
    from transformers import PreTrainedModel
    class Mine(PreTrainedModel):
        def prune_heads(self, heads):
            pass
    """
    assert left(source) == [("override-mismatch", 4, "transformers.PreTrainedModel.prune_heads")]
    assert "nothing of the library calls this override" in message(source)


def test_override_of_what_only_other_classes_still_have() -> None:
    source = """
    from transformers import BertTokenizer, PreTrainedTokenizer
    class Fast(BertTokenizer):
        def _tokenize(self, text):
            return text.split()
    class Slow(PreTrainedTokenizer):
        def _tokenize(self, text):
            return text.split()
    """
    assert left(source) == [("override-mismatch", 4, "transformers.BertTokenizer._tokenize")]


@pytest.mark.parametrize(
    "source",
    [
        pytest.param(
            "from transformers import Trainer\nclass Mine(Trainer):\n"
            "    def compute_loss(self, model, inputs, return_outputs=False, **kwargs):\n        return 0\n",
            id="takes any keyword",
        ),
        pytest.param(
            "from transformers import Trainer\nclass Mine(Trainer):\n"
            "    def compute_loss(self, model, inputs, return_outputs=False, num_items_in_batch=None):\n"
            "        return 0\n    def log(self, logs, start_time=None):\n        pass\n",
            id="written for the target",
        ),
        pytest.param(
            "from transformers import Trainer\nclass Mine(Trainer):\n    def log(self, a, b, c):\n        pass\n",
            id="never what the library calls",
        ),
        pytest.param(
            "from other import Trainer\nclass Mine(Trainer):\n    def compute_loss(self, model, inputs):\n        pass\n",
            id="another library's class",
        ),
        pytest.param(
            "from transformers import DynamicCache\nclass Mine(DynamicCache):\n"
            "    def get_max_cache_shape(self):\n        return self.get_max_length()\n"
            "    def get_max_length(self):\n        return 1\n",
            id="for several versions at once",
        ),
        pytest.param(
            "from transformers import PreTrainedModel\nclass Mine(PreTrainedModel):\n"
            "    def _set_gradient_checkpointing(self, module, value=False):\n        pass\n",
            id="the library asks for its signature",
        ),
        pytest.param(
            "from transformers import TrainerCallback\nclass Mine(TrainerCallback):\n"
            "    def on_log(self, args, state, control, logs=None, **kwargs):\n        pass\n",
            id="a callback",
        ),
        pytest.param(
            "from transformers import Trainer\nclass Mine(Trainer):\n    def my_hook(self):\n        pass\n",
            id="a method of its own",
        ),
    ],
)
def test_override_that_fits(source: str) -> None:
    check_noop(NOTHING, source, **LONG | {"from_version": "4.57" if "DynamicCache" in source else "4.30"})


def test_a_rule_on_an_override_goes_before() -> None:
    rule = "- {id: loss, overrides: transformers.Trainer.compute_loss, add_parameters: [num_items_in_batch=None]}"
    source = "from transformers import Trainer\nclass M(Trainer):\n    def compute_loss(self, model, inputs):\n        pass\n"
    _, findings = upgrade(rule, source, residuals=True)
    assert [f.rule for f in findings] == ["loss"]


@pytest.mark.parametrize(
    ("source", "line", "says"),
    [
        pytest.param(
            "from transformers import Trainer\nt = Trainer(model=m)\nt.train(resume_from_checkpoint=1, model_path='x')\n",
            3,
            "'model_path'",
            id="a method's keyword",
        ),
        pytest.param(
            "from transformers import Trainer\nclass Mine(Trainer):\n    pass\nMine(model=m, tokenizer=t)\n",
            4,
            "'tokenizer'",
            id="a subclass's constructor",
        ),
        pytest.param(
            "from transformers import TrainingArguments\nTrainingArguments('out', True)\n",
            2,
            "in the place of 'overwrite_output_dir'",
            id="another parameter's place",
        ),
    ],
)
def test_argument_that_the_target_does_not_take(source: str, line: int, says: str) -> None:
    version = "4.0" if "model_path" in source else "4.30"
    _, findings = upgrade(NOTHING, source, **{**LONG, "from_version": version})
    assert [(f.rule, f.line) for f in findings] == [("unknown-argument", line)]
    assert says in findings[0].message


@pytest.mark.parametrize(
    "source",
    [
        pytest.param(
            "from transformers import Trainer\nclass Mine(Trainer):\n    def __init__(self, model, tokenizer):\n"
            "        super().__init__(model=model)\nMine(model=m, tokenizer=t)\n",
            id="own constructor",
        ),
        pytest.param(
            "from transformers import Trainer\nclass Mine(Trainer):\n    def train(self, model_path):\n        pass\n"
            "Mine(model=m).train(model_path='x')\n",
            id="own method",
        ),
        pytest.param(
            "from transformers import BertModel\nm = BertModel.from_pretrained('x')\nm(input_ids=1, attention_mask=2)\n",
            id="known keywords",
        ),
    ],
)
def test_argument_that_is_taken(source: str) -> None:
    check_noop(NOTHING, source, **LONG)


@pytest.mark.parametrize("version", ["3.0", "4.21", "4.30"])
def test_what_a_mixin_took_over_is_served(version: str) -> None:
    source = "from transformers import AutoModel\nm = AutoModel.from_pretrained('x')\nm.generate(1)\n"
    check_noop(NOTHING, source, **LONG | {"from_version": version})


@pytest.mark.parametrize(
    "source",
    [
        pytest.param(
            """
            from transformers import AutoModelForCTC, PreTrainedModel
            class Mine(PreTrainedModel):
                def freeze_feature_extractor(self): ...
            AutoModelForCTC.from_pretrained("x").freeze_feature_extractor()
            """,
            id="a class of the project has it",
        ),
        pytest.param(
            """
            from transformers import AutoModel
            AutoModel.from_pretrained("x").freeze_feature_encoder()
            """,
            id="some classes below have it",
        ),
        pytest.param(
            """
            from transformers import AutoModel
            AutoModel.from_pretrained("x").chat("hello")
            """,
            id="no class of the library ever had it",
        ),
    ],
)
def test_methods_of_what_an_auto_class_loads_that_may_be_there(source: str) -> None:
    _, findings = upgrade(NOTHING, dedent(source), **LONG)
    assert findings == ()


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        pytest.param(
            """
            from transformers import BertTokenizer
            BertTokenizer.max_model_input_sizes.update(mine)
            """,
            ("removed-attribute", 3, "transformers.BertTokenizer.max_model_input_sizes"),
            id="of the class, though objects may hold data of that name",
        ),
        pytest.param(
            """
            from transformers.models.bert.tokenization_bert import BertTokenizer
            BertTokenizer.pretrained_init_configuration.update(mine)
            """,
            (
                "removed-attribute",
                3,
                "transformers.models.bert.tokenization_bert.BertTokenizer.pretrained_init_configuration",
            ),
            id="under a path that only a later release has",
        ),
        pytest.param(
            """
            from transformers.models.bert.tokenization_bert import BertTokenizer
            tokenizer = BertTokenizer.from_pretrained("x")
            tokenizer.prepare_for_model(ids)
            """,
            (
                "removed-method",
                4,
                "transformers.models.bert.tokenization_bert.BertTokenizer.prepare_for_model",
            ),
            id="of an object of a class under a later path",
        ),
    ],
)
def test_code_that_was_brought_up_is_looked_at_again(source: str, expected: tuple[str, int, str]) -> None:
    """A second run begins at the old version, too, and meets names that the first run wrote."""
    assert left(source, from_version="3.3") == [expected]


def test_attributes_of_a_class_that_are_there() -> None:
    source = """
        from transformers import BertTokenizer
        from transformers.models.bert.tokenization_bert import BertTokenizer as Same
        names = BertTokenizer.model_input_names + Same.vocab_files_names
        """
    assert left(source, from_version="3.3") == []


SWALLOWED = "from transformers import BertModel\ndef f(m: BertModel, x, mask):\n    m.forward(x, {})\n"


def test_a_keyword_that_nothing_in_the_target_reads() -> None:
    assert left(SWALLOWED.format("head_mask=mask"), from_version="4.57") == [
        ("unknown-argument", 3, "transformers.BertModel.forward")
    ]
    assert "nothing in 5.23.0 reads it" in message(SWALLOWED.format("head_mask=mask"), from_version="4.57")


@pytest.mark.parametrize(
    "argument", ["head_mask=None", "output_attentions=True", "return_dict=mask", "other=1"]
)
def test_a_keyword_that_is_served_or_never_had_an_effect(argument: str) -> None:
    assert left(SWALLOWED.format(argument), from_version="4.57") == []


def test_a_configuration_keeps_any_keyword() -> None:
    source = "from transformers import BertConfig\nBertConfig(position_embedding_type=x)\n"
    assert left(source, from_version="4.57") == []


@pytest.mark.parametrize(("takes", "lines"), [("head_mask", []), ("mask", [7])])
def test_a_part_of_the_projects_own_may_take_the_keyword(takes: str, lines: list[int]) -> None:
    source = f"""
    from transformers import BertModel
    class Mine(BertModel):
        def part(self, {takes}=None): ...

        def forward(self, ids, head_mask=None):
            return super().forward(ids, head_mask=head_mask)
    """
    found = left(source, from_version="4.57", to_version="5.23")
    assert [line for rule, line, _ in found if rule == "unknown-argument"] == lines
