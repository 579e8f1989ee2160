"""Where names went, by what the history proves."""

from __future__ import annotations

import pytest

from tx_upgrade.history import History
from tx_upgrade.history.difference import difference
from tx_upgrade.history.moves import Moves, fingerprint, last_seen


@pytest.fixture(scope="module")
def history() -> History:
    return History.load()


@pytest.mark.parametrize(
    ("name", "last", "new", "evidence"),
    [
        pytest.param(
            "transformers.modeling_bert",
            "3.5.1",
            "transformers.models.bert.modeling_bert",
            "whole module",
            id="module",
        ),
        pytest.param(
            "transformers.modeling_bert.BertSelfAttention",
            "3.5.1",
            "transformers.models.bert.modeling_bert.BertSelfAttention",
            "whole module",
            id="name of a module that moved",
        ),
        pytest.param(
            "transformers.utils.args_doc",
            "4.53.3",
            "transformers.utils.auto_docstring",
            "whole module",
            id="module, beside a new one of dummies",
        ),
        pytest.param(
            "transformers.modeling_utils.Conv1D",
            "4.55.4",
            "transformers.pytorch_utils.Conv1D",
            "same object",
            id="no longer passed on",
        ),
        pytest.param(
            "transformers.generation_utils.top_k_top_p_filtering",
            "4.24.0",
            "transformers.generation.utils.top_k_top_p_filtering",
            "same definition",
            id="definition elsewhere",
        ),
    ],
)
def test_a_step(history: History, name: str, last: str, new: str, evidence: str) -> None:
    move = Moves(history).step(name, last)
    assert move is not None
    assert (move.new, move.evidence, move.last) == (new, evidence, last)


@pytest.mark.parametrize(
    ("name", "last"),
    [
        pytest.param("transformers.SinkCache", "4.56.2", id="deleted"),
        pytest.param("transformers.modeling_bert.torch", "3.5.1", id="from outside"),
    ],
)
def test_what_nothing_proves_is_no_move(history: History, name: str, last: str) -> None:
    end = last_seen(history, name, last, "5.23.0")
    assert end is not None
    assert Moves(history).step(name, end) is None


def test_a_way_of_several_steps(history: History) -> None:
    moves = Moves(history)
    assert (
        moves.destination("transformers.modeling_bert.BertModel", "3.5.1", "5.23.0")
        == "transformers.BertModel"
    )
    assert moves.destination("transformers.Trainer", "4.40.2", "5.23.0") is None  # it never went
    assert moves.destination("transformers.SinkCache", "4.50.3", "5.23.0") is None


def test_fingerprints_do_not_know_the_place(history: History) -> None:
    old = fingerprint(history, "transformers.modeling_bert.BertSelfOutput", "3.5.1")
    new = fingerprint(history, "transformers.models.bert.modeling_bert.BertSelfOutput", "4.0.1")
    assert old is not None and old == new
    assert fingerprint(history, "transformers.BERT_PRETRAINED_MODEL_ARCHIVE_LIST", "3.5.1") is None


def test_the_difference_of_signatures(history: History) -> None:
    before = history.signature("transformers.Trainer", "4.45.2")
    after = history.signature("transformers.Trainer", "4.46.3")
    assert before is not None and after is not None
    change = difference("transformers.Trainer", before, after)
    assert change.gone == ("tokenizer",)
    assert set(change.new) == {"processing_class=None", "compute_loss_func=None"}
    assert not change.only_new and not change.defaults


def test_own_members_leave_inherited_ones_out(history: History) -> None:
    own = history.own_members("transformers.BertModel", "5.23.0")
    assert "forward" in own and "from_pretrained" not in own
    assert own < history.members("transformers.BertModel", "5.23.0")
    assert history.own_members("transformers.set_seed", "5.23.0") == frozenset()
