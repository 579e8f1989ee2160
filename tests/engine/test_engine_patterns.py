"""Patterns, attributes, overrides, class attributes, context managers and environment variables."""

from __future__ import annotations

import pytest
from engine_runs import check_noop, check_reported, check_transformed, pack, upgrade, upgrade_project

PATTERNS = """
- id: encode-plus
  match: $tokenizer.encode_plus($*args)
  where: {tokenizer: transformers.PreTrainedTokenizerBase}
  replace: $tokenizer($*args)
- id: seq2seq
  match: $tokenizer.prepare_seq2seq_batch($sources, tgt_texts=$targets)
  where: {tokenizer: transformers.PreTrainedTokenizerBase}
  replace: $tokenizer($sources, text_target=$targets)
- id: length
  match: $tokenizer.max_len
  where: {tokenizer: transformers.PreTrainedTokenizerBase}
  replace: $tokenizer.model_max_length
- id: torch
  cases:
    - match: transformers.pytorch_utils.torch_int_div($a, $b)
      replace: torch.div($a, $b, rounding_mode="floor")
    - match: transformers.modeling_utils.get_parameter_dtype($m)
      replace: $m.dtype
      safety: unsafe
    - {match: transformers.logging.enable_default_handler(), message: Set the handler yourself.}
"""
HEAD = "from transformers import AutoTokenizer\n\ntokenizer = AutoTokenizer.from_pretrained(name)\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param("tokenizer.encode_plus(text)", "tokenizer(text)", id="one argument"),
        pytest.param(
            "tokenizer.encode_plus(text, pair, *rest, max_length=8, **kw)",
            "tokenizer(text, pair, *rest, max_length=8, **kw)",
            id="all kinds of arguments",
        ),
        pytest.param(
            "tokenizer.encode_plus(\n    text,  # what\n    # how\n    max_length=8,\n)",
            "tokenizer(\n    text,  # what\n    # how\n    max_length=8,\n)",
            id="layout and comments",
        ),
        pytest.param("tokenizer.encode_plus()", "tokenizer()", id="no argument"),
        pytest.param(
            "tokenizer.encode_plus(tokenizer.encode_plus(a))['x']",
            "tokenizer(tokenizer(a))['x']",
            id="nested",
        ),
        pytest.param(
            "(tokenizer\n     .encode_plus(text)\n     .to('cuda'))",
            "(tokenizer(text)\n     .to('cuda'))",
            id="a chain",
        ),
        pytest.param(
            "tokenizer.prepare_seq2seq_batch(a, tgt_texts=b)",
            "tokenizer(a, text_target=b)",
            id="named variables",
        ),
        pytest.param("tokenizer.max_len", "tokenizer.model_max_length", id="no call"),
        pytest.param(
            "tokenizer.max_len + 1", "tokenizer.model_max_length + 1", id="no call, in an expression"
        ),
    ],
)
def test_patterns(before: str, after: str) -> None:
    check_transformed(PATTERNS, f"{HEAD}x = {before}\n", f"{HEAD}x = {after}\n")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(
            "from transformers.pytorch_utils import torch_int_div\nx = torch_int_div(a + b, c)\n",
            'import torch\nx = torch.div(a + b, c, rounding_mode="floor")\n',
            id="an import is exchanged",
        ),
        pytest.param(
            "import torch\nfrom transformers.pytorch_utils import Conv1D, torch_int_div\nx = torch_int_div(Conv1D, c)\n",
            "import torch\nfrom transformers.pytorch_utils import Conv1D\n"
            'x = torch.div(Conv1D, c, rounding_mode="floor")\n',
            id="an import loses a name",
        ),
    ],
)
def test_patterns_with_qualified_names(before: str, after: str) -> None:
    check_transformed(PATTERNS, before, after)


@pytest.mark.parametrize(
    ("argument", "filled"),
    [
        pytest.param("m", "m.dtype", id="a name"),
        pytest.param("self.m[0]", "self.m[0].dtype", id="an atom"),
        pytest.param("a or b", "(a or b).dtype", id="parentheses where they are needed"),
        pytest.param("await m", "(await m).dtype", id="await"),
        pytest.param("lambda: 1", "(lambda: 1).dtype", id="lambda"),
        pytest.param("(a)", "(a).dtype", id="parentheses as written"),
    ],
)
def test_variables_in_templates(argument: str, filled: str) -> None:
    head = "from transformers.modeling_utils import get_parameter_dtype\n"
    wrap = "async def f(self):\n    return {}\n"
    text, _ = upgrade(PATTERNS, head + wrap.format(f"get_parameter_dtype({argument})"), unsafe=True)
    assert text in (wrap.format(filled), wrap.format(filled).replace("(a).dtype", "a.dtype"))


def test_a_case_can_be_less_safe() -> None:
    source = "from transformers.modeling_utils import get_parameter_dtype\nx = get_parameter_dtype(m)\n"
    text, findings = upgrade(PATTERNS, source)
    assert (text, [f.status for f in findings]) == (source, ["available"])


def test_a_case_without_a_replacement() -> None:
    source = "from transformers import logging\nlogging.enable_default_handler()\n"
    check_reported(PATTERNS, source, lines=[2], says="Set the handler yourself.")


@pytest.mark.parametrize(
    "source",
    [
        pytest.param("mine.encode_plus(text)\n", id="an unknown object"),
        pytest.param("class T:\n    def encode_plus(self): ...\nT().encode_plus(text)\n", id="an own class"),
        pytest.param("import tokenizers\ntokenizers.Tokenizer(m).encode_plus(t)\n", id="of another library"),
        pytest.param(HEAD + "tokenizer.encode_plus\n", id="without a call"),
        pytest.param(HEAD + "tokenizer.prepare_seq2seq_batch(a, b, c)\n", id="other arguments"),
        pytest.param(
            "class Encoder:\n    def encode_plus(self, t): ...\n\n"
            "def run(tokenizer: Encoder):\n    tokenizer.encode_plus(1)\n",
            id="a parameter of an own class",
        ),
    ],
)
def test_patterns_that_do_not_match(source: str) -> None:
    check_noop(PATTERNS, source, unsafe=True)


@pytest.mark.parametrize(
    "source",
    [
        pytest.param(HEAD + "x = tokenizer.encode_plus(t)\n", id="a variable"),
        pytest.param(
            "from transformers import BertTokenizer\nx = BertTokenizer.from_pretrained(n).encode_plus(t)\n",
            id="an expression",
        ),
        pytest.param(
            "from transformers import PreTrainedTokenizerBase\n"
            "def f(tok: PreTrainedTokenizerBase):\n    return tok.encode_plus(t)\n",
            id="an annotation",
        ),
        pytest.param(
            "from transformers import PreTrainedTokenizerFast\n"
            "def f(tok: 'PreTrainedTokenizerFast | None' = None):\n    return tok.encode_plus(t)\n",
            id="an optional annotation in a string",
        ),
        pytest.param(
            "import transformers\nclass D:\n    def __init__(self):\n"
            "        self.tok = transformers.AutoTokenizer.from_pretrained(n)\n"
            "    def get(self):\n        return self.tok.encode_plus(t)\n",
            id="an attribute of self",
        ),
        pytest.param(
            "from transformers import BertTokenizer as B, GPT2Tokenizer\n"
            "if x:\n    tok = B.from_pretrained(n)\nelse:\n    tok = GPT2Tokenizer.from_pretrained(n)\n"
            "tok.encode_plus(t)\n",
            id="one of two",
        ),
        pytest.param(
            "from transformers import AutoTokenizer\ndef load():\n    return AutoTokenizer.from_pretrained(n)\n"
            "load().encode_plus(t)\n",
            id="what a function returns",
        ),
        pytest.param(
            "from transformers import BertTokenizer\nclass Mine(BertTokenizer):\n"
            "    def go(self):\n        return self.encode_plus(t)\n",
            id="self of a subclass",
        ),
    ],
)
def test_receivers_that_are_proven(source: str) -> None:
    text, findings = upgrade(PATTERNS, source)
    assert ".encode_plus" not in text
    assert [(f.safety, f.status) for f in findings] == [("safe", "fixed")]


@pytest.mark.parametrize(
    "source",
    [
        pytest.param(
            "from transformers import AutoTokenizer\ntok = AutoTokenizer.from_pretrained(n)\n"
            "x = [t.encode_plus('a') for t in (tok,)]\n",
            id="a loop over a tuple",
        ),
        pytest.param(
            "from transformers import BertTokenizer as B, GPT2Tokenizer as G\n"
            "tok = B.from_pretrained(n) if x else G.from_pretrained(n)\ntok.encode_plus(t)\n",
            id="one of two in a line",
        ),
    ],
)
def test_receivers_that_are_at_least_found(source: str) -> None:
    _, findings = upgrade(PATTERNS, source)
    assert [f.status for f in findings] in (["fixed"], ["available"])


def test_receivers_that_only_their_name_tells() -> None:
    source = "def encode(tokenizer, text):\n    return tokenizer.encode_plus(text)\n"
    source = f"import transformers\n{source}"
    text, findings = upgrade(PATTERNS, source)
    assert (text, [(f.safety, f.status) for f in findings]) == (source, [("unsafe", "available")])
    text, findings = upgrade(PATTERNS, source, unsafe=True)
    assert text == source.replace(".encode_plus", "")
    assert [(f.safety, f.status) for f in findings] == [("unsafe", "fixed")]


PIPELINES = """
- id: constructor
  call: transformers.pipeline
  arguments:
    return_all_scores: {is: true, replace: {return_all_scores: "True", pipeline_class: transformers.Pipeline}}
- id: call
  match: $pipe($inputs, return_all_scores=$flag, $*args)
  where: {pipe: transformers.Pipeline}
  replace: functools.partial($pipe, $inputs, return_all_scores=$flag, $*args)
"""


def test_a_function_of_the_library_is_no_object_of_a_like_named_class() -> None:
    check_transformed(
        PIPELINES,
        "from transformers import Pipeline, pipeline\nclassify = pipeline('x', return_all_scores=True), Pipeline\n",
        "from transformers import Pipeline, pipeline\n"
        "classify = pipeline('x', return_all_scores=True, pipeline_class=Pipeline), Pipeline\n",
        unsafe=True,
    )


TWICE = """
- id: one
  call: transformers.pipeline
  arguments: {framework: {replace: {device: "1"}}}
- id: two
  match: transformers.pipeline($task, $*args)
  replace: transformers.pipeline($task, device=2, $*args)
"""


def test_no_argument_is_ever_given_twice() -> None:
    """The parser alone lets such a call pass; the program would not start."""
    text, _ = upgrade(TWICE, "from transformers import pipeline\nx = pipeline('ner', framework='pt')\n")
    compile(text, "example.py", "exec")


def test_an_edit_that_cannot_be_made_leaves_nothing_behind() -> None:
    """Neither the import that it would have needed nor a word that it was done."""
    rules = """
    - id: one
      call: transformers.pipeline
      arguments: {framework: {replace: {device: transformers.BertModel}}}
    """
    source = "from transformers import pipeline\r\nx = pipeline('ner',\r\n  framework='pt',\n)\r\n"
    text, findings = upgrade(rules, source)
    assert text == source
    assert [f.status for f in findings] == ["manual"]


ATTRIBUTES = """
- id: trainer-tokenizer
  attributes: {transformers.Trainer.tokenizer: processing_class}
- id: seen-tokens
  attributes: {transformers.Cache.seen_tokens: $self.get_seq_length()}
- id: pruning
  attributes: {transformers.PreTrainedModel.prune_heads: null}
"""
TRAINER = "from transformers import Trainer\n\ntrainer = Trainer(m)\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(
            f"{TRAINER}x = trainer.tokenizer\n", f"{TRAINER}x = trainer.processing_class\n", id="read"
        ),
        pytest.param(
            f"{TRAINER}trainer.tokenizer = 1\n", f"{TRAINER}trainer.processing_class = 1\n", id="written"
        ),
        pytest.param(
            f"{TRAINER}trainer.tokenizer.save(x)\n",
            f"{TRAINER}trainer.processing_class.save(x)\n",
            id="in a chain",
        ),
        pytest.param(
            "from transformers import Trainer\nclass Mine(Trainer):\n    def go(self):\n"
            "        return self.tokenizer, other.tokenizer\n",
            "from transformers import Trainer\nclass Mine(Trainer):\n    def go(self):\n"
            "        return self.processing_class, other.tokenizer\n",
            id="self in a subclass",
        ),
        pytest.param(
            "from transformers import DynamicCache\ncache = DynamicCache()\nn = cache.seen_tokens + 1\n",
            "from transformers import DynamicCache\ncache = DynamicCache()\nn = cache.get_seq_length() + 1\n",
            id="a template",
        ),
    ],
)
def test_attributes(before: str, after: str) -> None:
    check_transformed(ATTRIBUTES, before, after)


@pytest.mark.parametrize(
    "source",
    [
        pytest.param("from mine import Trainer\nTrainer().tokenizer\n", id="of another class"),
        pytest.param("import transformers\nargs.tokenizer\n", id="of an unknown object"),
        pytest.param(
            "from transformers import Trainer\nclass Mine(Trainer):\n    def __init__(self):\n"
            "        self.tokenizer = 1\n    def go(self):\n        return self.tokenizer\n",
            id="an attribute that the subclass has itself",
        ),
        pytest.param(
            f"{TRAINER}if hasattr(trainer, 'tokenizer'):\n    x = trainer.tokenizer\n", id="asked for before"
        ),
        pytest.param(
            "from transformers import DynamicCache\ncache = DynamicCache()\ncache.seen_tokens = 1\n",
            id="a template is for reading",
        ),
    ],
)
def test_attributes_that_stay(source: str) -> None:
    check_noop(ATTRIBUTES, source)


def test_an_attribute_without_a_successor_is_reported() -> None:
    source = "from transformers import BertModel\nm = BertModel.from_pretrained(n)\nm.prune_heads({})\n"
    findings = check_reported(ATTRIBUTES, source, lines=[3])
    assert findings[0].symbol == "transformers.PreTrainedModel.prune_heads"


@pytest.mark.parametrize(
    "source",
    [
        pytest.param(
            "from other import Trainer\ntrainer = Trainer(m)\ntrainer.tokenizer\n", id="another library"
        ),
        pytest.param(
            "import other\ntrainer = other.Trainer(m)\ntrainer.tokenizer\n", id="through its module"
        ),
        pytest.param(
            "from other import Trainer\n\ndef go():\n    trainer = Trainer(m)\n    return trainer.tokenizer\n",
            id="in a function",
        ),
        pytest.param(
            "from other import Trainer\n\ndef go(trainer: Trainer):\n    return trainer.tokenizer\n",
            id="annotated",
        ),
        pytest.param(
            "from other import Trainer\n\nclass A:\n    def __init__(self):\n        self.trainer = Trainer(m)\n"
            "    def go(self):\n        return self.trainer.tokenizer\n",
            id="an attribute",
        ),
    ],
)
def test_what_another_library_made_is_none_of_ours(source: str) -> None:
    """A name that looks like the library's says nothing where the code tells what it holds."""
    check_noop(ATTRIBUTES, f"import transformers\n{source}", unsafe=True)


OVERRIDES = """
- id: loss
  overrides: transformers.Trainer.compute_loss
  add_parameters: ["num_items_in_batch=None"]
- id: step
  overrides: transformers.Trainer.prediction_step
  add_var_keyword: true
- id: gone
  overrides: transformers.Trainer.evaluation_loop
- id: tied
  class_attributes: {transformers.PreTrainedModel._tied_weights_keys: null}
  holding: [list]
- id: prefix
  class_attributes: {transformers.PreTrainedModel.old_prefix: base_model_prefix}
"""
MINE = "from transformers import Trainer\n\n\nclass Mine(Trainer):\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(
            "    def compute_loss(self, model, inputs, return_outputs=False):\n        pass\n",
            "    def compute_loss(self, model, inputs, return_outputs=False, num_items_in_batch=None):\n        pass\n",
            id="behind the last parameter",
        ),
        pytest.param(
            "    def compute_loss(self, model, inputs):  # mine\n        # body\n        pass\n",
            "    def compute_loss(self, model, inputs, num_items_in_batch=None):  # mine\n        # body\n        pass\n",
            id="comments stay",
        ),
        pytest.param(
            "    def compute_loss(\n        self,\n        model,\n        inputs: dict,  # all\n    ) -> float:\n"
            '        """What it does."""\n',
            "    def compute_loss(\n        self,\n        model,\n        inputs: dict,  # all\n"
            '        num_items_in_batch=None,\n    ) -> float:\n        """What it does."""\n',
            id="one a line",
        ),
        pytest.param(
            "    def compute_loss(self, *args):\n        pass\n",
            "    def compute_loss(self, *args, num_items_in_batch=None):\n        pass\n",
            id="behind a star",
        ),
        pytest.param(
            "    @torch.no_grad()\n    def compute_loss(self, model): return 1\n",
            "    @torch.no_grad()\n    def compute_loss(self, model, num_items_in_batch=None): return 1\n",
            id="decorated, in one line",
        ),
        pytest.param(
            "    def prediction_step(self, model):\n        return super().prediction_step(model)\n",
            "    def prediction_step(self, model, **kwargs):\n"
            "        return super().prediction_step(model, **kwargs)\n",
            id="keywords that are handed on",
        ),
    ],
)
def test_overrides(before: str, after: str) -> None:
    check_transformed(OVERRIDES, MINE + before, MINE + after)


@pytest.mark.parametrize(
    "source",
    [
        pytest.param(MINE + "    def compute_loss(self, model, **kwargs): ...\n", id="keywords are taken"),
        pytest.param(
            MINE + "    def compute_loss(self, model, num_items_in_batch=None): ...\n", id="is there"
        ),
        pytest.param("class Mine(Other):\n    def compute_loss(self, model): ...\n", id="another base"),
        pytest.param("def compute_loss(self, model): ...\n", id="a function"),
        pytest.param(
            "from transformers import BertModel\nclass M(BertModel):\n    _tied_weights_keys = {'a': 'b'}\n",
            id="an attribute that holds something else",
        ),
        pytest.param("class M:\n    _tied_weights_keys = ['a']\n", id="an attribute of another class"),
    ],
)
def test_overrides_that_stay(source: str) -> None:
    check_noop(OVERRIDES, source)


def test_members_of_subclasses_that_are_only_reported() -> None:
    check_reported(OVERRIDES, MINE + "    def evaluation_loop(self): ...\n", lines=[5])
    source = "from transformers import BertModel\nclass M(BertModel):\n    _tied_weights_keys = ['a']\n"
    check_reported(OVERRIDES, source, lines=[3])


def test_subclasses_of_subclasses_in_other_files() -> None:
    outcomes = upgrade_project(
        pack(OVERRIDES),
        {
            "base.py": "import transformers\n\n\nclass Base(transformers.Trainer):\n    pass\n",
            "mine.py": "from base import Base\n\n\nclass Mine(Base):\n    def compute_loss(self, model): ...\n",
        },
    )
    assert outcomes["base.py"].text is None
    assert outcomes["mine.py"].text == (
        "from base import Base\n\n\nclass Mine(Base):\n    def compute_loss(self, model, num_items_in_batch=None): ...\n"
    )


UNWRAP = """
- id: target
  unwrap_with: $tokenizer.as_target_tokenizer()
  where: {tokenizer: transformers.PreTrainedTokenizerBase}
  message: Pass text_target.
  inside:
    - match: $tokenizer($text, $*args)
      replace: $tokenizer(text_target=$text, $*args)
"""


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(
            "with tokenizer.as_target_tokenizer():\n    labels = tokenizer(text, max_length=8)\n",
            "labels = tokenizer(text_target=text, max_length=8)\n",
            id="one call",
        ),
        pytest.param(
            "def f(text):\n    with tokenizer.as_target_tokenizer():  # targets\n"
            "        # all of them\n        labels = tokenizer(\n            text,  # this\n            max_length=8,\n"
            "        )\n\n        other = 1\n    return labels\n",
            "def f(text):\n    # targets\n    # all of them\n    labels = tokenizer(\n        text_target=text,  # this\n"
            "        max_length=8,\n    )\n\n    other = 1\n    return labels\n",
            id="comments and several lines",
        ),
        pytest.param(
            "with tokenizer.as_target_tokenizer(): labels = tokenizer(text)\n",
            "labels = tokenizer(text_target=text)\n",
            id="in one line",
        ),
        pytest.param(
            'with tokenizer.as_target_tokenizer():\n    text = """a\n    b\n"""\n    labels = tokenizer(text)\n',
            'text = """a\n    b\n"""\nlabels = tokenizer(text_target=text)\n',
            id="a string over several lines",
        ),
    ],
)
def test_unwrapping(before: str, after: str) -> None:
    check_transformed(UNWRAP, HEAD + before, HEAD + after)


@pytest.mark.parametrize(
    "source",
    [
        pytest.param(
            "with tokenizer.as_target_tokenizer():\n    labels = encode(tokenizer, text)\n", id="handed on"
        ),
        pytest.param(
            "with tokenizer.as_target_tokenizer():\n    labels = tokenizer.encode(text)\n",
            id="another method",
        ),
        pytest.param(
            "with tokenizer.as_target_tokenizer(), other():\n    labels = tokenizer(text)\n",
            id="beside another",
        ),
        pytest.param(
            "with tokenizer.as_target_tokenizer() as t:\n    labels = tokenizer(text)\n", id="with a name"
        ),
    ],
)
def test_context_managers_that_are_left_to_a_person(source: str) -> None:
    check_reported(UNWRAP, HEAD + source, lines=[4])


def test_a_context_manager_of_others_stays() -> None:
    check_noop(UNWRAP, "with mine.as_target_tokenizer():\n    labels = mine(text)\n")


ENVIRONMENT = """
- id: cache
  environment: {TRANSFORMERS_CACHE: HF_HUB_CACHE, USE_TF: null}
"""


@pytest.mark.parametrize(
    "use",
    [
        pytest.param('os.environ["TRANSFORMERS_CACHE"] = x', id="set"),
        pytest.param("os.environ['TRANSFORMERS_CACHE']", id="read"),
        pytest.param('os.environ.get("TRANSFORMERS_CACHE", d)', id="get"),
        pytest.param('os.environ.setdefault("TRANSFORMERS_CACHE", d)', id="setdefault"),
        pytest.param('os.environ.pop("TRANSFORMERS_CACHE")', id="pop"),
        pytest.param('os.getenv("TRANSFORMERS_CACHE")', id="getenv"),
        pytest.param('os.putenv("TRANSFORMERS_CACHE", x)', id="putenv"),
        pytest.param('if "TRANSFORMERS_CACHE" in os.environ:\n    pass', id="in"),
        pytest.param('monkeypatch.setenv("TRANSFORMERS_CACHE", x)', id="monkeypatch"),
        pytest.param('del os.environ["TRANSFORMERS_CACHE"]', id="del"),
    ],
)
def test_environment(use: str) -> None:
    before = f"import os\n{use}\n"
    check_transformed(ENVIRONMENT, before, before.replace("TRANSFORMERS_CACHE", "HF_HUB_CACHE"))


@pytest.mark.parametrize(
    "source",
    [
        pytest.param('x = "TRANSFORMERS_CACHE"\n', id="a string"),
        pytest.param('config["TRANSFORMERS_CACHE"] = 1\n', id="another mapping"),
        pytest.param('config.get("TRANSFORMERS_CACHE")\n', id="get of another object"),
        pytest.param('import os\nos.environ["MY_TRANSFORMERS_CACHE"] = "1"\n', id="a longer name"),
    ],
)
def test_environment_of_others(source: str) -> None:
    check_noop(ENVIRONMENT, source)


def test_a_variable_without_a_successor_is_reported() -> None:
    check_reported(ENVIRONMENT, 'import os\nos.environ["USE_TF"] = "0"\n', lines=[2])
