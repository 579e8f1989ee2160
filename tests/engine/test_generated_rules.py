"""Rules that the API history proves, and what the engine makes of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tx_upgrade.history import History
from tx_upgrade.model import TxUpgradeError
from tx_upgrade.rules.check import check
from tx_upgrade.rules.generate import Row, pack_texts, refuted
from tx_upgrade.rules.loader import load_files
from tx_upgrade.rules.packs import load_packs
from tx_upgrade.rules.probe import Probe


@pytest.fixture(scope="module")
def history() -> History:
    return History.load()


def test_every_module_that_moved_in_4_0_has_one_row() -> None:
    rules = {r.id: r for r in load_packs().rules}
    rows = rules["modules-moved-in-4-0"].selector.modules  # type: ignore[union-attr]
    assert rules["modules-moved-in-4-0"].generated
    assert rows["transformers.modeling_bert"] == "transformers.models.bert.modeling_bert"
    assert len(rows) == 197


def outcome(
    name: str, from_version: str, to_version: str, history: History
) -> tuple[str | None, list[str], str | None]:
    (found,) = Probe(load_packs(), history, from_version, to_version).outcome([name])
    broken = found.rules[-1].broken if found.rules else None
    return found.name, [r.id for r in found.rules], broken


def test_a_name_that_is_no_longer_passed_on_is_taken_from_where_it_is_defined(history: History) -> None:
    name, rules, broken = outcome(
        "transformers.models.bert.tokenization_bert.PreTrainedTokenizer", "4.30.2", "5.23.0", history
    )
    assert (name, rules, broken) == ("transformers.PreTrainedTokenizer", ["passed-on-names"], "5.0")


def test_a_rule_of_a_person_goes_before_a_generated_one(history: History, tmp_path: Path) -> None:
    text = """\
from: "4.0"
to: "4.57"
generated: {}
rules:
  - id: {}
    title: Somewhere else
    broken: "{}"
    symbols: {{transformers.generation_utils.top_k_top_p_filtering: {}}}
    safety: safe
    source: https://example.org
    examples: []
"""
    (tmp_path / "a.yaml").write_text(text.format("true", "machine", "4.25", "transformers.set_seed"))
    (tmp_path / "b.yaml").write_text(text.format("false", "person", "4.40", "transformers.pipeline"))
    packs = load_files([(tmp_path / "a.yaml", "a.yaml"), (tmp_path / "b.yaml", "b.yaml")])
    name = "transformers.generation_utils.top_k_top_p_filtering"
    for target, expected in (("4.57.6", "transformers.pipeline"), ("4.30.2", "transformers.set_seed")):
        (found,) = Probe(packs, history, "4.20.1", target).outcome([name])
        assert found.name == expected


def test_that_a_name_moved_once_does_not_explain_that_it_is_gone(history: History) -> None:
    name = "transformers.generation_utils.top_k_top_p_filtering"
    assert (
        outcome(name, "4.20.1", "4.30.2", history)[0] == "transformers.generation.utils.top_k_top_p_filtering"
    )
    only_generated = load_packs()._replace(rules=tuple(r for r in load_packs().rules if r.generated))
    (found,) = Probe(only_generated, history, "4.20.1", "5.23.0").outcome([name])
    assert found.name is None and found.missing and found.rules == ()


def wheel(folder: Path, version: str, files: dict[str, str]) -> None:
    import zipfile

    with zipfile.ZipFile(folder / f"transformers-{version}-py3-none-any.whl", "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)


def test_the_sources_decide(tmp_path: Path) -> None:
    wheel(
        tmp_path,
        "1.0.0",
        {"transformers/a.py": 'def f(x):\n    """Old words."""\n    return x\ndef g(x):\n    return x + 1\n'},
    )
    wheel(
        tmp_path,
        "1.1.0",
        {"transformers/b.py": "def f(x):\n    return x\ndef g(x):\n    return x - 1\n"},
    )
    rows = [Row("1.1.0", False, f"transformers.a.{name}", f"transformers.b.{name}", "1.0.0") for name in "fg"]
    assert [row.old for row in refuted(rows, tmp_path)] == ["transformers.a.g"]
    module = Row("1.1.0", True, "transformers.a", "transformers.b", "1.0.0")
    assert refuted([module], tmp_path) == []
    with pytest.raises(TxUpgradeError, match=r"1\.2\.0.*no such wheel"):
        refuted([Row("1.2.0", False, "transformers.b.f", "transformers.c.f", "1.1.0")], tmp_path)


def test_a_generated_pack_is_a_valid_pack(history: History, tmp_path: Path) -> None:
    rows = [
        Row(
            "4.25.1", False, "transformers.generation_utils.top_k_top_p_filtering",
            "transformers.generation.utils.top_k_top_p_filtering", "4.24.0",
        )
    ]  # fmt: skip
    (text,) = pack_texts(rows, [("3.5", "4.0"), ("4.0", "4.57")], history).values()
    path = tmp_path / "generated.yaml"
    path.write_text(text)
    (rule,) = load_files([(path, "generated.yaml")]).rules
    assert (rule.id, rule.broken, rule.generated) == ("names-moved-in-4-25", "4.25", True)


PACK = """\
from: "4.57"
to: "5.0"
rules:
  - id: mine
    title: Something else
    broken: "5.0"
    {}
    safety: safe
    source: https://example.org
    examples:
      - before: |
          {}
        after: |
          {}
      - same: |
          print()
"""


@pytest.mark.parametrize(
    ("selector", "said"),
    [
        pytest.param(
            "symbols: {transformers.Trainer: transformers.Seq2SeqTrainer}", "still exists", id="still there"
        ),
        pytest.param("symbols: {transformers.Never: null}", "exists in no release", id="never there"),
        pytest.param(
            "symbols: {transformers.SinkCache: transformers.Never}", "Never does not exist", id="no new side"
        ),
        pytest.param(
            "symbols: {transformers.SinkCache: transformers.SinkCache}", "does nothing", id="old is new"
        ),
        pytest.param("symbols: {}", "names nothing", id="empty"),
        pytest.param('symbols: {"transformers.Neverland*": null}', "meets no name", id="pattern"),
        pytest.param(
            "call: transformers.Trainer.train\n    arguments: {never: {remove: true}}", None, id="any keyword"
        ),
        pytest.param(
            "call: transformers.set_seed\n    arguments: {never: {remove: true}}",
            "took no argument 'never'",
            id="argument",
        ),
        pytest.param("call: transformers.Trainer.never", "did not exist before", id="callee"),
        pytest.param("attributes: {transformers.Never.x: y}", "was no class", id="class"),
        pytest.param("attributes: {transformers.Trainer.never: y}", "did not exist before", id="member"),
        pytest.param("overrides: transformers.Trainer.never", "did not exist before", id="override"),
        pytest.param(
            "overrides: transformers.Trainer.compute_loss\n    add_parameters: [never=None]",
            "take no 'never'",
            id="parameter",
        ),
        pytest.param(
            "match: $t.never()\n    where: {t: transformers.Trainer}\n    replace: $t.train()",
            "had no never",
            id="pattern's method",
        ),
    ],
)
def test_names_are_compared_with_the_history(selector: str, said: str | None, tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text(PACK.format(selector, "print(1)", "print(2)"))
    problems = "\n".join(check([str(tmp_path)]))
    assert (said in problems) if said else "took no" not in problems and "did not exist" not in problems


def test_names_of_examples_are_compared_with_the_history(tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text(
        PACK.format(
            "symbols: {transformers.SinkCache: transformers.DynamicCache}",
            "from transformers import NeverThere",
            "from transformers import NorThere",
        )
    )
    problems = "\n".join(check([str(tmp_path)]))
    assert "transformers.NeverThere exists in no release up to 5.0.0" in problems
    assert "imports transformers.NorThere, which does not exist in 5.0.0" in problems


def test_a_pack_without_rules_is_a_mistake(tmp_path: Path) -> None:
    (tmp_path / "empty.yaml").write_text('from: "4.57"\nto: "5.0"\nrules: []\n')
    (problem,) = check([str(tmp_path)])
    assert problem.endswith("empty.yaml:1: holds no rule and no shim: the pack does nothing")
