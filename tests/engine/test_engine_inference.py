"""Receivers that the code proves by more than one step: helpers, collections, parts of models, hooks."""

from __future__ import annotations

import pytest
from engine_runs import check_noop, check_reported, check_transformed, pack, upgrade

FEATURES = pack("""
- id: features
  match: $model.get_text_features($*args)
  where: {model: transformers.CLIPModel}
  replace: $model.get_text_features($*args).pooler_output
""")
LAYERS = pack("""
- id: layers
  cases:
    - match: $outputs[0]
      replace: $outputs
    - match: $outputs[$part]
    - match: ($state,) + $output[1:]
      replace: (($state,) + $output[1:] if isinstance($output, tuple) else $state)
    - match: $output[0]
      replace: ($output[0] if isinstance($output, tuple) else $output)
  where: {layer: [transformers.models.gpt2.modeling_gpt2.GPT2Block, transformers.models.bert.modeling_bert.BertLayer]}
  results: {outputs: layer}
  hooked: {output: layer}
""")
THETA = pack("""
- id: theta
  attributes:
    transformers.LlamaConfig.rope_theta: '$self.rope_parameters["rope_theta"]'
    transformers.Qwen2Config.rope_theta: '$self.rope_parameters["rope_theta"]'
  access: read
""")


@pytest.mark.parametrize(
    "given",
    [
        pytest.param("def fill(m, seed):\n    return m.eval()\nm = fill(CLIPModel(c), 1)", id="handed back"),
        pytest.param(
            "def fill(m: nn.Module):\n    m = m.to('cpu')\n    return m\nfill(BertModel(c))\nm = fill(CLIPModel(c))",
            id="annotated with a base of another package, for several classes",
        ),
        pytest.param("def make(cls, **kw):\n    return cls(**kw)\nm = make(CLIPModel, a=1)", id="a class as argument"),
        pytest.param("def both():\n    return CLIPModel(c), 1\nm, _ = both()", id="unpacked"),
        pytest.param("class A:\n    cls = CLIPModel\n    def __init__(self):\n        self.m = self.cls(c)\nm = A().m",
                     id="a class as attribute"),
        pytest.param("KINDS = {'a': CLIPModel}\nm = KINDS[kind](c)", id="a table of classes"),
        pytest.param("for m in [CLIPModel(c), CLIPModel(d)]:\n    pass", id="a loop over a list"),
        pytest.param("for m, n in ((CLIPModel(c), 1), (CLIPModel(d), 2)):\n    pass", id="a loop that unpacks"),
        pytest.param("models = [CLIPModel(c) for c in cs]\nfor i, m in enumerate(models[1:]):\n    pass", id="a slice"),
    ],
)  # fmt: skip
def test_receivers_through_helpers_and_collections(given: str) -> None:
    before = f"from torch import nn\nfrom transformers import BertModel, CLIPModel\n{given}\nx = m.get_text_features(i)\n"
    check_transformed(FEATURES, before, before.replace("features(i)", "features(i).pooler_output"))


@pytest.mark.parametrize(
    "given",
    [
        pytest.param(
            "def fill(m):\n    return Own(m)\nm = fill(CLIPModel(c))", id="wrapped in an object of its own"
        ),
        pytest.param(
            "KINDS = {'a': CLIPModel, 'b': Own}\nm = KINDS[kind](c)", id="a table with a class of its own"
        ),
        pytest.param("for m in [Own(), CLIPModel(c)]:\n    pass", id="a loop over a mixed list"),
    ],
)
def test_what_may_be_something_else_stays(given: str) -> None:
    own = "class Own:\n    def __init__(self, m=None):\n        pass\n    def get_text_features(self, i):\n        return i\n"
    check_noop(FEATURES, f"from transformers import CLIPModel\n{own}{given}\nx = m.get_text_features(i)\n")


def test_layers_of_a_model_and_their_outputs() -> None:
    check_transformed(
        LAYERS,
        """
        from transformers import GPT2LMHeadModel

        def run(lm: GPT2LMHeadModel, h):
            for block in lm.transformer.h[:2]:
                outputs = block(h)
                h = outputs[0]
            return block(h)[0].sum()
        """,
        """
        from transformers import GPT2LMHeadModel

        def run(lm: GPT2LMHeadModel, h):
            for block in lm.transformer.h[:2]:
                outputs = block(h)
                h = outputs
            return block(h).sum()
        """,
    )


def test_other_parts_of_an_output_are_reported() -> None:
    check_reported(
        LAYERS,
        "from transformers import GPT2Model\n\n\ndef run(m: GPT2Model, h):\n    return m.h[0](h, use_cache=True)[1]\n",
        lines=[5],
    )


def test_a_hook_serves_tuples_and_tensors() -> None:
    before = """
        from transformers import BertModel, GPT2Model

        class Probe:
            def __init__(self, layers):
                for layer in layers:
                    layer.register_forward_hook(self.steer)

            def steer(self, module, args, output):
                hidden = output[0]
                self.last = output[0].detach()
                return (hidden * 2,) + output[1:]

        a, b = GPT2Model(c), BertModel(d)
        for model, layers in ((a, a.h), (b, b.encoder.layer)):
            Probe(layers)
        """
    after = before.replace(
        "hidden = output[0]", "hidden = output[0] if isinstance(output, tuple) else output"
    ).replace("= output[0].detach()", "= (output[0] if isinstance(output, tuple) else output).detach()")
    after = after.replace(
        "return (hidden * 2,) + output[1:]",
        "return (hidden * 2,) + output[1:] if isinstance(output, tuple) else (hidden * 2)",
    )
    check_transformed(LAYERS, before, after)


def test_a_hook_that_asks_for_a_tuple_stays() -> None:
    check_noop(
        LAYERS,
        """
        from transformers import GPT2Model

        def hook(module, args, output):
            if isinstance(output, tuple):
                output = output[0]
            seen.append(output)

        def other(module, args, output):
            seen.append(output[0] if isinstance(output, tuple) else output)

        def watch(model: GPT2Model):
            for f in (hook, other):
                pass
        """,
    )


def test_a_parameter_that_gets_several_classes_is_each_of_them() -> None:
    before = """
        from transformers import LlamaConfig, Qwen2Config

        def base(config):
            return config.rope_theta

        print(base(LlamaConfig()), base(Qwen2Config()))
        """
    check_transformed(THETA, before, before.replace(".rope_theta", '.rope_parameters["rope_theta"]'))


def test_a_class_that_the_rule_does_not_name_makes_it_unsafe() -> None:
    before = """
        from transformers import GPTJConfig, LlamaConfig

        def base(config):
            return config.rope_theta

        print(base(LlamaConfig()), base(GPTJConfig()))
        """
    after = before.replace(".rope_theta", '.rope_parameters["rope_theta"]')
    assert (
        upgrade(THETA, "".join(line.removeprefix(" " * 8) for line in before[1:].splitlines(True)))[1][
            0
        ].status
        == "available"
    )
    check_transformed(THETA, before, after, unsafe=True)


@pytest.mark.parametrize(
    ("method", "found"),
    [
        pytest.param("on_log(self, args, **kwargs)", True, id="an override"),
        pytest.param("helper(self, args, **kwargs)", False, id="a method of its own"),
        pytest.param("on_log(self, args, kwargs)", False, id="a parameter of that name"),
    ],
)
def test_keys_that_the_library_hands_to_a_callback(method: str, found: bool) -> None:
    rules = """
    - id: encode-plus
      match: $tokenizer.encode_plus($*args)
      where: {tokenizer: transformers.PreTrainedTokenizerBase}
      replace: $tokenizer($*args)
    """
    source = (
        "from transformers import TrainerCallback\n\nclass Mine(TrainerCallback):\n"
        f'    def {method}:\n        return kwargs["tokenizer"].encode_plus("x")\n'
    )
    text, _ = upgrade(rules, source)
    assert (text == source.replace(".encode_plus", "")) is found
