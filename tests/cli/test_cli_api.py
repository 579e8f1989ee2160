from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from cli_stand_ins import Outcome

Tx = Callable[..., Outcome]


def test_show_gives_each_interval_with_its_signature(tx: Tx) -> None:
    outcome = tx("api", "show", "transformers.Trainer.train")
    assert (outcome.status, outcome.stderr) == (0, "")
    text = outcome.stdout.decode()
    assert "3.1.0 – 4.2.2   function, defined as transformers.trainer.Trainer.train" in text
    assert "    (model_path=None, trial=None)\n    new: trial=None\n" in text
    assert "5.0.0 –" in text and "gone: **kwargs" in text


def test_show_tells_where_a_name_went(tx: Tx) -> None:
    text = tx("api", "show", "transformers.modeling_bert.BertModel").stdout.decode()
    assert "not in 5.23.0: it is transformers.BertModel there" in text


def test_a_name_that_came_back_has_a_gap(tx: Tx) -> None:
    shown = json.loads(
        tx(
            "api", "show", "transformers.utils.is_torch_tpu_available", "--format", "json"
        ).stdout
    )  # fmt: skip
    spans = [(i["first"], i["last"]) for i in shown["intervals"]]
    assert spans[0][0] == "4.18.0" and spans[-1] == ("5.9.0", None)
    assert any(last == "4.50.3" for _, last in spans)


def test_show_takes_a_name_without_its_package(tx: Tx) -> None:
    shown = json.loads(tx("api", "show", "TrainingArguments", "--format", "json").stdout)
    assert shown["name"] == "transformers.TrainingArguments"
    (first, *_) = shown["intervals"]
    parameters = {p["name"]: p["default"] for p in first["signature"]["parameters"]}
    assert parameters["do_train"] == "False"
    assert shown["moved_to"] is None and shown["nearest"] == []


def test_show_of_an_unknown_name_is_one_line_with_the_nearest(tx: Tx) -> None:
    outcome = tx("api", "show", "transformers.Trainr")
    assert outcome.status == 2 and outcome.stdout == b""
    (line,) = outcome.stderr.splitlines()
    assert "'transformers.Trainr' is in no release" in line and "transformers.Trainer" in line


def test_diff_names_what_went_came_and_moved(tx: Tx) -> None:
    outcome = tx("api", "diff", "4.24", "4.25")
    assert (outcome.status, outcome.stderr) == (0, "")
    text = outcome.stdout.decode()
    assert text.startswith("transformers 4.24.0 → 4.25.1\n")
    assert "  transformers.generation_beam_search → transformers.generation.beam_search\n" in text
    assert "\nnames new: " in text and "\nsignatures changed: " in text


def test_diff_as_json_has_every_path(tx: Tx) -> None:
    diff = json.loads(tx("api", "diff", "3.5", "4.0", "--format", "json").stdout)
    assert (diff["from"], diff["to"]) == ("3.5.1", "4.0.1")
    moved = {m["name"]: m["moved_to"] for m in diff["moved"]}
    assert (
        moved["transformers.modeling_bert.BertSelfAttention"]
        == "transformers.models.bert.modeling_bert.BertSelfAttention"
    )
    paths = {p["name"]: p["moved_to"] for p in diff["paths_gone"]}
    assert paths["transformers.modeling_bert.PreTrainedModel"] == "transformers.PreTrainedModel"
    train = next(c for c in diff["signatures"] if c["name"] == "transformers.BatchEncoding.char_to_word")
    assert train["new"] == ["sequence_index=0"] and train["gone"] == []


@pytest.mark.parametrize("arguments", [("diff", "4.57", "9.9"), ("diff", "four", "5")])
def test_diff_of_an_unknown_release_is_one_line(tx: Tx, arguments: tuple[str, ...]) -> None:
    outcome = tx("api", *arguments)
    assert outcome.status == 2 and len(outcome.stderr.splitlines()) == 1


def test_an_unknown_format_is_a_usage_error(tx: Tx) -> None:
    assert tx("api", "show", "Trainer", "--format", "yaml").status == 2


def test_show_answers_alike_with_and_without_options(tx: Tx) -> None:
    assert tx("api", "show", "SinkCache") == tx("api", "show", "SinkCache", "--format", "text")
    assert tx("api", "show", "NeverThere") == tx("api", "show", "NeverThere", "--format", "text")
