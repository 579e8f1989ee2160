"""Layers inside models: known by the lists that they come from, however the code hands these on."""

from __future__ import annotations

import pytest
from engine_runs import check_noop, check_reported, pack, upgrade, upgrade_project

RULES = """
- id: layers
  cases:
    - match: $layer($*args)[0]
      replace: $layer($*args)
    - {match: $layer.register_forward_hook($*args), safety: manual, message: It gets a tensor.}
  where:
    layer:
      - transformers.models.llama.modeling_llama.LlamaDecoderLayer
      - transformers.models.bert.modeling_bert.BertLayer
- id: others
  match: $layer.register_forward_hook($*args)
  message: It gets a tensor.
  where: {layer: transformers.models.gpt2.modeling_gpt2.GPT2Block}
"""
HEAD = """\
from torch import nn
from transformers import AutoModel, BertModel, GPT2Model, LlamaForCausalLM
from transformers.models.llama.modeling_llama import LlamaDecoderLayer

llama = LlamaForCausalLM.from_pretrained(name)
bert = BertModel.from_pretrained(name)
gpt2 = GPT2Model.from_pretrained(name)
auto = AutoModel.from_pretrained(name)

"""
FIRST = HEAD.count("\n") + 1


@pytest.mark.parametrize(
    ("source", "line"),
    [
        pytest.param("llama.model.layers[0].register_forward_hook(f)", 0, id="a layer"),
        pytest.param("llama.model.layers[-1].register_forward_hook(f)", 0, id="the last layer"),
        pytest.param("bert.encoder.layer[i].register_forward_hook(f)", 0, id="by a variable"),
        pytest.param("gpt2.h[0].register_forward_hook(f)", 0, id="of another rule"),
        pytest.param("auto.encoder.layer[0].register_forward_hook(f)", 0, id="of an Auto class's model"),
        pytest.param("for x in llama.model.layers:\n    x.register_forward_hook(f)", 1, id="a loop"),
        pytest.param("[x.register_forward_hook(f) for x in bert.encoder.layer]", 0, id="a comprehension"),
        pytest.param(
            "for i, x in enumerate(llama.model.layers[4:]):\n    x.register_forward_hook(f)",
            1,
            id="enumerate and a slice",
        ),
        pytest.param(
            "for x, n in zip(reversed(gpt2.h), names):\n    x.register_forward_hook(n)", 1, id="zip, reversed"
        ),
        pytest.param(
            "for m, xs in ((llama, llama.model.layers), (gpt2, gpt2.h)):\n    xs[0].register_forward_hook(f)",
            1,
            id="a table of models",
        ),
        pytest.param("layers = llama.model.layers\nlayers[0].register_forward_hook(f)", 1, id="a variable"),
        pytest.param(
            "picked = [llama.model.layers[i] for i in (1, 2)]\nfor x in picked:\n    x.register_forward_hook(f)",
            2,
            id="a list of some",
        ),
        pytest.param(
            "pair = [bert.encoder.layer[0], bert.encoder.layer[5]]\npair[0].register_forward_hook(f)",
            1,
            id="a display of some",
        ),
        pytest.param(
            "def attach(x):\n    x.register_forward_hook(f)\n\nattach(gpt2.h[0])", 1, id="a parameter"
        ),
        pytest.param(
            "def layers_of(model):\n    return model.encoder.layer\n\n"
            "for x in layers_of(bert):\n    x.register_forward_hook(f)",
            4,
            id="a function that returns them",
        ),
        pytest.param(
            "class Watch:\n    def __init__(self, layers):\n        self.layers = layers\n\n    def go(self):\n"
            "        return [x.register_forward_hook(f) for x in self.layers]\n\nWatch(llama.model.layers)",
            5,
            id="kept on an object",
        ),
        pytest.param(
            "for n, x in llama.named_modules():\n    if n.endswith('.3'):\n        x.register_forward_hook(f)",
            2,
            id="named_modules",
        ),
        pytest.param(
            "for n, x in llama.named_modules():\n    if isinstance(x, LlamaDecoderLayer):\n"
            "        x.register_forward_hook(f)",
            2,
            id="isinstance names the class",
        ),
        pytest.param(
            "for x in nn.Sequential(a):\n    print(x)\nfor x in gpt2.h:\n    x.register_forward_hook(f)",
            3,
            id="another loop over other things before",
        ),
        pytest.param(
            "def untyped(model):\n    model.encoder.layer[0].register_forward_hook(f)",
            1,
            id="a model by its name alone",
        ),
    ],
)
def test_hooks_on_layers_are_reported_once(source: str, line: int) -> None:
    check_reported(RULES, f"{HEAD}{source}\n", lines=[FIRST + line], says="It gets a tensor.")


@pytest.mark.parametrize(
    "source",
    [
        pytest.param("llama.model.embed_tokens.register_forward_hook(f)", id="no layer"),
        pytest.param("llama.model.layers[0].mlp.register_forward_hook(f)", id="a part of a layer"),
        pytest.param("llama.model.layers.register_forward_hook(f)", id="the list itself"),
        pytest.param("llama.register_forward_hook(f)", id="the model"),
        pytest.param(
            "for x in nn.ModuleList([nn.Linear(1, 1)]):\n    x.register_forward_hook(f)", id="others' modules"
        ),
        pytest.param(
            "class Own(nn.Module):\n    def __init__(self):\n        self.layers = nn.ModuleList([nn.Linear(1, 1)])\n\n"
            "    def go(self):\n        for x in self.layers:\n            x.register_forward_hook(f)\n\n"
            "def untyped(model):\n    model.layers[0].register_forward_hook(f)",
            id="the project's own layers",
        ),
        pytest.param(
            "for n, x in llama.named_modules():\n    if isinstance(x, nn.Linear):\n        x.register_forward_hook(f)",
            id="isinstance names another class",
        ),
        pytest.param(
            "for n, x in llama.named_modules():\n    n.register_forward_hook(f)", id="the name of a module"
        ),
    ],
)
def test_hooks_on_other_modules_stay_unsaid(source: str) -> None:
    check_noop(RULES, f"{HEAD}{source}\n")


def test_the_output_of_a_layer_that_is_only_likely_needs_unsafe() -> None:
    source = f"{HEAD}hidden = auto.encoder.layer[0](hidden)[0]\n"
    text, findings = upgrade(RULES, source)
    assert text == source
    assert [f.status for f in findings] == ["available"]
    text, _ = upgrade(RULES, source, unsafe=True)
    assert text == f"{HEAD}hidden = auto.encoder.layer[0](hidden)\n"


def test_layers_of_a_model_whose_rule_is_about_another_one_stay() -> None:
    only_bert = RULES.replace("- transformers.models.llama.modeling_llama.LlamaDecoderLayer\n", "")
    check_noop(only_bert, f"{HEAD}llama.model.layers[0].register_forward_hook(f)\n")


def test_layers_go_from_file_to_file() -> None:
    outcomes = upgrade_project(
        pack(RULES),
        {
            "main.py": "from transformers import BertModel\n\nfrom probe import Probe\n\n"
            "model = BertModel.from_pretrained(name)\nProbe(model.encoder.layer).start()\n",
            "probe.py": "class Probe:\n    def __init__(self, layers):\n        self.layers = layers\n\n"
            "    def start(self):\n        for layer in self.layers:\n"
            "            layer.register_forward_hook(self.see)\n",
        },
    )
    assert [f.line for f in outcomes["probe.py"].findings] == [7]
    assert outcomes["main.py"].findings == ()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param("y = layer(x)[0][0]", "y = layer(x)[0, ...]", id="at once"),
        pytest.param("y = layer(x)[0]\nz = y[0], y[1]", "y = layer(x)\nz = y[0, ...], y[1]", id="a variable"),
    ],
)
def test_an_item_of_what_was_an_item_stays_at_a_second_run(before: str, after: str) -> None:
    rules = RULES.replace(
        "    - {match: $layer.reg",
        "    - {match: '$outputs[0]', replace: $outputs}\n    - {match: $layer.reg",
        1,
    ).replace("  where:\n", "  results: {outputs: layer}\n  where:\n", 1)
    head = HEAD + "layer = llama.model.layers[0]\n"
    assert upgrade(rules, head + before)[0].strip() == (head + after).strip()
    assert upgrade(rules, head + after)[0].strip() == (head + after).strip()


@pytest.mark.parametrize(
    ("hook", "found"),
    [
        pytest.param("lambda *args: print()", False, id="takes it and leaves it"),
        pytest.param("lambda *args: print(args)", True, id="passes all on"),
        pytest.param("lambda module, args, output: print(args)", False, id="looks at the input"),
        pytest.param("lambda module, args, output: print(output)", True, id="looks at the output"),
        pytest.param("counts", False, id="a function that only counts"),
        pytest.param("keeps", True, id="a function that keeps it"),
    ],
)
def test_hooks_that_do_not_look_at_the_output_stay(hook: str, found: bool) -> None:
    functions = "def counts(module, args, output):\n    print(module)\n\ndef keeps(module, args, output):\n    x.append(output)\n\n"
    source = f"{HEAD}{functions}llama.model.layers[0].register_forward_hook({hook})\n"
    if found:
        check_reported(RULES, source, lines=[source.count("\n")])
    else:
        check_noop(RULES, source)
