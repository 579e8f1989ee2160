"""What goes on inside of the library: read off its files, and asked of the shipped data."""

from __future__ import annotations

import pytest

from tx_upgrade.history import History
from tx_upgrade.history.builder.inside import read_file
from tx_upgrade.history.builder.words import ReleaseWords, read_words
from tx_upgrade.history.inside import Inside, decode_shape

SOURCE = b"""
import inspect

class Trainer:
    def __init__(self, args, **kwargs):
        for old, new in (("a", "b"), ("c", "d")):
            setattr(self, old, new)
        for key, value in kwargs.items():
            setattr(self, key, value)

    def run(self, model, *rest, **more):
        self.loss(model, scale=1)
        self.loss(*rest, **more)
        if "value" in inspect.signature(self.hook).parameters:
            self.hook(1)
        model.placed = "word"
        model.config.hidden = 1

class Plan:
    attribute_map = {"hidden_size": "d_model"}

    def fill(self, kind):
        setattr(self, f"_{kind}_plan", {})

class Closed:
    def __init__(self):
        for name in ("x", "y"):
            setattr(self, name, None)
"""


def test_a_file_tells_how_classes_call_themselves_and_what_they_set() -> None:
    found = read_file(SOURCE, calls=True)
    assert found.calls["Trainer"]["loss"] == {"1,scale", "0*,**"}
    assert found.calls["Trainer"]["hook"] == {"?", "1"}
    assert found.computed == {"Trainer": {"*"}, "Plan": {"_*_plan"}}
    assert found.placed == {"placed"} and found.configured == {"hidden"}
    assert found.mapped == {"Plan": {"hidden_size"}}
    assert {"loss", "word", "value"} <= found.mentioned


def test_models_tell_what_they_set_but_not_whom_they_call() -> None:
    found = read_file(SOURCE, calls=False)
    assert found.calls == {}
    assert found.computed == {"Trainer": {"*"}, "Plan": {"_*_plan"}}


@pytest.mark.parametrize(
    ("text", "expected"),
    [("0", (0, False, (), False)), ("2*,a,b,**", (2, True, ("a", "b"), True))],
)
def test_shapes_are_read_back(text: str, expected: tuple[int, bool, tuple[str, ...], bool]) -> None:
    shape = decode_shape(text)
    assert (shape.positional, shape.more, shape.keywords, shape.any_keywords) == expected


def test_the_shipped_data_knows_every_release() -> None:
    history, inside = History.load(), Inside.load()
    assert inside.releases == len(history.versions)
    trainer = "transformers.trainer.Trainer"
    old, new = history.index_of("4.40.2"), history.index_of("5.23.0")
    assert {c.keywords for c in inside.calls(trainer, "compute_loss", old)} == {(), ("return_outputs",)}
    assert all("num_items_in_batch" in c.keywords for c in inside.calls(trainer, "compute_loss", new))
    assert inside.adapts("transformers.modeling_utils.PreTrainedModel", "_set_gradient_checkpointing", new)
    assert inside.may_set("transformers.configuration_utils.PreTrainedConfig", "anything", new)
    assert not inside.may_set("transformers.training_args.TrainingArguments", "anything", new)
    assert "prediction_loop" in inside.lost_between(old, new)
    assert "prediction_loop" not in inside.lost_between(new - 1, new)
    assert "tokenizer" in inside.narrowed_between(old, new)["Trainer"]


def test_words_of_code_and_computed_names() -> None:
    source = b'"""head_mask"""\n# layer_mask\nfrom ..llama.x import Y\nk.pop("legacy")\nk.get(f"output_{n}")\nx.mine = AutoModel\n'
    names = frozenset({"head_mask", "layer_mask", "legacy", "mine"})
    found = read_words(source, names)
    assert found.words == {"legacy", "mine"}
    assert found.patterns == {"output_*"}
    assert found.imports == {"llama"}
    assert found.any_model


def test_what_a_family_of_models_can_read() -> None:
    words = ReleaseWords(
        {"a"}, {"bert": {"b"}, "roberta": set(), "other": {"c"}}, {"output_*"}, {"roberta": {"bert"}}
    )
    assert words.unread("d")
    assert not words.unread("c") and not words.unread("output_x")
    assert words.unread_by("c", "roberta")
    assert not any(words.unread_by(name, "roberta") for name in ("a", "b", "output_x"))


def test_the_shipped_data_tells_served_keywords_from_others() -> None:
    history, inside = History.load(), Inside.load()
    new = history.index_of("5.23.0")
    assert not inside.reads("head_mask", new)
    assert all(inside.reads(name, new) for name in ("output_attentions", "return_dict", "use_cache"))
