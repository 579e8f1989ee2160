"""Classes of modules that moved: rules that name the new place meet code that was written for the old one."""

from __future__ import annotations

from tx_upgrade.analysis.library import Library
from tx_upgrade.history import History

OLD = "transformers.modeling_bert.BertEncoder"
NEW = "transformers.models.bert.modeling_bert.BertEncoder"


def test_a_class_is_known_under_its_new_place() -> None:
    library = Library(History.load(), "3.5.1", "5.23.0")
    assert library.is_subclass(OLD, NEW) and library.same(OLD, NEW)
    assert not library.is_subclass(OLD, NEW.replace("Encoder", "Pooler"))
    assert library.moved(OLD, "5.23.0") == NEW
    assert library.moved("transformers.BertModel", "5.23.0") is None
    assert library.part("transformers.modeling_bert.BertLayer", "attention") == OLD.replace(
        "Encoder", "Attention"
    )
