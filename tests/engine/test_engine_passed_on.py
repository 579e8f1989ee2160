"""Names that a module stopped passing on before the module of their definition moved."""

from __future__ import annotations

from engine_runs import upgrade_project

from tx_upgrade.rules.packs import load_packs


def test_what_a_flat_module_passed_on_is_followed_to_the_new_place() -> None:
    text = "from transformers.modeling_longformer import BertPooler\nfrom transformers.modeling_roberta import BertPreTrainedModel\n"
    outcome = upgrade_project(load_packs(), {"main.py": text}, from_version="2.11", to_version="5.23")[
        "main.py"
    ]
    assert (
        outcome.text == "from transformers.models.bert.modeling_bert import BertPooler, BertPreTrainedModel\n"
    )
