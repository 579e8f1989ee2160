"""Known facts about the library, answered from the shipped index."""

from __future__ import annotations

import pytest

from tx_upgrade.history import History
from tx_upgrade.history.reader import INDEX
from tx_upgrade.history.store import StoredIndex
from tx_upgrade.model import TxUpgradeError

NEWEST = "5.23.0"


@pytest.fixture(scope="module")
def history() -> History:
    return History.load()


def test_every_minor_is_indexed_by_its_last_patch(history: History) -> None:
    assert history.versions[0] == "2.0.0"
    assert history.versions[-1] == NEWEST
    assert {"2.11.0", "3.5.1", "4.1.1", "4.30.2", "4.57.6", "5.0.0"} <= set(history.versions)
    minors = [tuple(map(int, version.split(".")[:2])) for version in history.versions]
    assert minors == sorted(set(minors))
    assert [minor for major, minor in minors if major == 4] == list(range(58))


@pytest.mark.parametrize(
    ("name", "first", "last"),
    [
        pytest.param("transformers.AdamW", "2.0.0", "4.49.0", id="optimizer removed"),
        pytest.param("transformers.modeling_bert", "2.0.0", "3.5.1", id="flat modules moved in 4.0"),
        pytest.param("transformers.models.bert.modeling_bert", "4.0.1", None, id="their new place"),
        pytest.param(
            "transformers.models.bert.tokenization_bert_fast", "4.0.1", "4.57.6", id="no alias for these"
        ),
        pytest.param("transformers.models.retribert", "4.0.1", "4.30.2", id="moved to deprecated"),
        pytest.param("transformers.models.deprecated.retribert", "4.31.0", "4.57.6", id="deprecated model"),
        pytest.param("transformers.TFBertModel", "2.0.0", "4.57.6", id="TensorFlow classes left in 5.0"),
        pytest.param("transformers.PreTrainedTokenizerBase.encode_plus", "3.0.2", "4.57.6", id="method"),
        pytest.param("transformers.PreTrainedModel.tie_weights", "2.2.2", None, id="method that stays"),
        pytest.param("transformers.BertModel.tie_weights", "2.2.2", None, id="inherited method"),
        pytest.param("transformers.Trainer.model", "2.9.1", None, id="attribute set on self"),
        pytest.param("transformers.trainer.torch", "2.9.1", None, id="imported name"),
        pytest.param("transformers.BertTokenizerFast", "2.4.1", None, id="served at run time in 5.x"),
    ],
)
def test_intervals(history: History, name: str, first: str, last: str | None) -> None:
    assert history.intervals(name) == ((first, last),)


@pytest.mark.parametrize(
    "module", ["transformers", "transformers.trainer", "transformers.models.bert.modeling_bert"]
)
def test_a_name_is_found_in_a_modules_text_as_among_all_its_lines(module: str) -> None:
    asked, split = StoredIndex(INDEX), StoredIndex(INDEX)
    for name in split.names(module)[::7]:
        asked = StoredIndex(INDEX) if module != "transformers" else asked
        members = asked.members(module, name).timelines()
        assert asked.timeline(module, name) == split.timeline(module, name)
        assert members == split.members(module, name).timelines()


def test_a_name_can_come_back(history: History) -> None:
    intervals = history.intervals("transformers.utils.is_torch_tpu_available")
    assert len(intervals) == 2
    assert intervals[0][1] == "4.50.3"
    assert intervals[1] == ("5.9.0", None)
    assert not history.exists("transformers.utils.is_torch_tpu_available", "4.57.6")


@pytest.mark.parametrize(
    ("name", "version", "definition"),
    [
        ("transformers.Trainer", "4.30.2", "transformers.trainer.Trainer"),
        ("transformers.BertModel", "3.5.1", "transformers.modeling_bert.BertModel"),
        ("transformers.BertModel", NEWEST, "transformers.models.bert.modeling_bert.BertModel"),
        ("transformers.models.bert.BertModel", "4.30.2", "transformers.models.bert.modeling_bert.BertModel"),
        ("transformers.BertModel.cuda", "4.30.2", "torch.nn.Module.cuda"),
        ("transformers.Trainer.train", "4.30.2", "transformers.trainer.Trainer.train"),
        (
            "transformers.BertModel.from_pretrained",
            "4.30.2",
            "transformers.modeling_utils.PreTrainedModel.from_pretrained",
        ),
        ("transformers.trainer.nn.Linear", "4.30.2", "torch.nn.Linear"),
        ("transformers.PretrainedConfig", NEWEST, "transformers.configuration_utils.PreTrainedConfig"),
        (
            "transformers.BertTokenizerFast",
            NEWEST,
            "transformers.models.bert.tokenization_bert.BertTokenizer",
        ),
        (
            "transformers.ViTImageProcessorFast",
            NEWEST,
            "transformers.models.vit.image_processing_vit.ViTImageProcessor",
        ),
        (
            "transformers.tokenization_utils_fast.PreTrainedTokenizerFast",
            NEWEST,
            "transformers.tokenization_utils_tokenizers.TokenizersBackend",
        ),
        (
            "transformers.models.vit.image_processing_vit_fast.ViTImageProcessorFast",
            NEWEST,
            "transformers.models.vit.image_processing_vit.ViTImageProcessor",
        ),
        ("transformers.models.bert.tokenization_bert_fast.BertTokenizerFast", NEWEST, None),
        ("transformers.TFBertModel", NEWEST, None),
        ("transformers.no_such_module.Thing", "4.30.2", None),
    ],
)
def test_definitions(history: History, name: str, version: str, definition: str | None) -> None:
    assert history.definition(name, version) == definition
    assert history.exists(name, version) == (definition is not None)


@pytest.mark.parametrize(
    ("name", "version", "kind"),
    [
        ("transformers", "4.30.2", "module"),
        ("transformers.models.bert", "4.30.2", "module"),
        ("transformers.utils.logging", "4.30.2", "module"),
        ("transformers.logging", "4.30.2", "module"),
        ("transformers.BertModel", "4.30.2", "class"),
        ("transformers.AutoModel", "4.30.2", "class"),
        ("transformers.pipeline", "4.30.2", "function"),
        ("transformers.Trainer.train", "4.30.2", "function"),
        ("transformers.WEIGHTS_NAME", "4.30.2", "constant"),
        ("transformers.PreTrainedTokenizerBase.pad_token", "4.30.2", "constant"),
        ("transformers.trainer.np", "4.30.2", "external"),
        ("transformers.AdamW", "4.50.3", None),
    ],
)
def test_kinds(history: History, name: str, version: str, kind: str | None) -> None:
    assert history.kind(name, version) == kind


def test_dataclass_constructor_has_inherited_fields(history: History) -> None:
    old = history.signature("transformers.Seq2SeqTrainingArguments", "4.40.2")
    assert old is not None
    assert {"output_dir", "evaluation_strategy", "predict_with_generate"} <= old.names
    assert old.parameters[0].name == "output_dir"
    assert old.parameters[0].default is None
    assert not old.takes_any_keyword


def test_evaluation_strategy_left_the_constructor(history: History) -> None:
    has = [
        version
        for version in history.versions
        if (found := history.signature("transformers.TrainingArguments", version)) is not None
        and "evaluation_strategy" in found.names
    ]
    assert (has[0], has[-1]) == ("3.2.0", "4.50.3")


def test_configurations_of_5_are_dataclasses_that_take_any_keyword(history: History) -> None:
    found = history.signature("transformers.BertConfig", NEWEST)
    assert found is not None
    assert {"vocab_size", "hidden_size", "id2label"} <= found.names
    assert found.takes_any_keyword
    vocabulary = found.parameter("vocab_size")
    assert vocabulary is not None
    assert (vocabulary.kind, vocabulary.default) == ("keyword_only", "30522")


def test_class_without_constructor_takes_that_of_its_bases(history: History) -> None:
    found = history.signature("transformers.TextClassificationPipeline", "3.5.1")
    assert found is not None
    assert history.signature("transformers.Seq2SeqTrainer", "4.10.3") == history.signature(
        "transformers.Trainer", "4.10.3"
    )


def test_trainer_takes_processing_class_instead_of_tokenizer(history: History) -> None:
    old = history.signature("transformers.Trainer", "4.45.2")
    new = history.signature("transformers.Trainer", NEWEST)
    assert old is not None and new is not None
    assert "tokenizer" in old.names and "processing_class" not in old.names
    assert "processing_class" in new.names and "tokenizer" not in new.names


def test_bases_and_subclasses(history: History) -> None:
    assert history.bases("transformers.BertModel", "3.5.1") == (
        "transformers.modeling_bert.BertPreTrainedModel",
    )
    mro = history.mro("transformers.BertModel", "4.30.2")
    assert mro[0] == "transformers.models.bert.modeling_bert.BertModel"
    assert mro.index("transformers.modeling_utils.PreTrainedModel") < mro.index("torch.nn.Module")
    assert history.is_subclass(
        "transformers.BertTokenizerFast", "transformers.PreTrainedTokenizerBase", NEWEST
    )
    assert history.is_subclass("transformers.BertModel", "torch.nn.Module", "4.30.2")
    assert not history.is_subclass("transformers.BertConfig", "transformers.PreTrainedModel", "4.30.2")


def test_dummies_do_not_keep_dead_names_alive(history: History) -> None:
    assert history.definition("transformers.TFBertModel", "4.30.2") == (
        "transformers.models.bert.modeling_tf_bert.TFBertModel"
    )
    assert not history.exists("transformers.top_k_top_p_filtering", "4.57.6")


def test_names_of_a_module(history: History) -> None:
    names = history.names("transformers", "4.30.2")
    assert {
        "Trainer",
        "BertModel",
        "TFBertModel",
        "FlaxBertModel",
        "logging",
        "models",
        "__version__",
    } <= names
    assert not {"sys", "TYPE_CHECKING", "_import_structure"} & names
    assert history.names("transformers.no_such", "4.30.2") == frozenset()


def test_a_package_can_bind_the_name_of_a_submodule(history: History) -> None:
    name = "transformers.utils.auto_docstring"
    assert history.kind(name, NEWEST) == "function"
    assert history.is_module(name, NEWEST)
    assert history.definition(f"{name}.ModelArgs", NEWEST) == f"{name}.ModelArgs"
    assert "ModelArgs" in history.names(name, NEWEST)
    assert not history.is_module("transformers.Trainer", NEWEST)


def test_public_path(history: History) -> None:
    assert history.public_path("transformers.trainer.Trainer", "4.30.2") == "transformers.Trainer"
    assert history.public_path("transformers.modeling_utils.no_init_weights", "4.30.2") == (
        "transformers.modeling_utils.no_init_weights"
    )


def test_suggestions_prefer_the_same_name_elsewhere(history: History) -> None:
    assert history.suggestions("transformers.modeling_bert.BertSelfAttention", NEWEST)[0] == (
        "transformers.models.bert.modeling_bert.BertSelfAttention"
    )
    assert "transformers.BertModel" in history.suggestions("transformers.BertModell", NEWEST)
    assert "transformers.Trainer.train" in history.suggestions("transformers.Trainer.trian", NEWEST)


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("4.30", "4.30.2"),
        ("4.30.2", "4.30.2"),
        ("4.30.1", "4.30.1"),
        ("5", NEWEST),
        ("4", "4.57.6"),
        ("v4.1", "4.1.1"),
    ],
)
def test_versions(history: History, text: str, version: str) -> None:
    assert history.resolve_version(text) == version
    assert history.exists("transformers.BertModel", version)


@pytest.mark.parametrize("text", ["9.9", "1.2", "newest", ""])
def test_unknown_version_is_an_error_that_says_what_is_known(history: History, text: str) -> None:
    with pytest.raises(TxUpgradeError) as caught:
        history.resolve_version(text)
    assert "\n" not in str(caught.value)
    if text == "9.9":
        assert NEWEST in str(caught.value)


def test_members_know_what_they_are(history: History) -> None:
    assert history.member_kind("transformers.Trainer.train", "4.30.2") == "method"
    assert history.member_kind("transformers.BertModel.from_pretrained", "4.30.2") == "class method"
    assert history.member_kind("transformers.TrainingArguments.device", "4.30.2") == "property"
    assert history.member_kind("transformers.Trainer.model", "4.30.2") == "instance"
    assert history.member_kind("transformers.Trainer.no_such", "4.30.2") is None


def test_open_classes_are_told(history: History) -> None:
    assert history.is_open("transformers.BatchEncoding", "4.30.2")
    assert not history.is_open("transformers.BertModel", "4.30.2")
    assert not history.is_open("transformers.Trainer", "4.30.2")
