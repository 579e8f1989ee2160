"""Rewrites inside f-strings: before Python 3.12 the string's own quotes cannot stand in its expressions."""

from __future__ import annotations

import ast

import pytest
from engine_runs import pack, upgrade

from tx_upgrade.rewriting.composer import CannotRewrite
from tx_upgrade.rewriting.fstrings import fitting, pieces

RULES = """
- id: gone
  attributes: {transformers.Trainer.tokenizer: 'getattr($self, "tokenizer", None)'}
- id: both
  attributes: {transformers.Trainer.model: 'f($self, "a''b")'}
"""
HEAD = "from transformers import Trainer\n\n\ndef show(trainer: Trainer):\n    return "


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(
            'f"{trainer.tokenizer}"', "f\"{getattr(trainer, 'tokenizer', None)}\"", id="the other quotes"
        ),
        pytest.param("f'{trainer.tokenizer}'", "f'{getattr(trainer, \"tokenizer\", None)}'", id="as it is"),
        pytest.param(
            'f"""{trainer.tokenizer}"""', 'f"""{getattr(trainer, "tokenizer", None)}"""', id="three quotes"
        ),
        pytest.param(
            "'a' f\"{trainer.tokenizer}\" 'b'",
            "'a' f\"{getattr(trainer, 'tokenizer', None)}\" 'b'",
            id="one of several strings",
        ),
        pytest.param(
            '(f"{trainer.args}"\n            f"{trainer.tokenizer!r:>4}")',
            '(f"{trainer.args}"\n            f"{getattr(trainer, \'tokenizer\', None)!r:>4}")',
            id="on several lines",
        ),
        pytest.param(
            '"{}".format(trainer.tokenizer)',
            '"{}".format(getattr(trainer, "tokenizer", None))',
            id="no f-string",
        ),
        pytest.param(
            'rf"{trainer.tokenizer}"', "rf\"{getattr(trainer, 'tokenizer', None)}\"", id="a raw one"
        ),
    ],
)
def test_quotes(before: str, after: str) -> None:
    text, findings = upgrade(RULES, f"{HEAD}{before}\n")
    assert text == f"{HEAD}{after}\n"
    assert [f.status for f in findings] == ["fixed"]


def test_what_cannot_stand_there_is_left_and_the_rest_is_done() -> None:
    source = f'{HEAD}f"{{trainer.model}}", trainer.tokenizer\n'
    text, findings = upgrade(RULES, source)
    assert text == f'{HEAD}f"{{trainer.model}}", getattr(trainer, "tokenizer", None)\n'
    assert sorted((f.rule, f.status) for f in findings) == [("both", "manual"), ("gone", "fixed")]
    assert pack(RULES).rules[0].id == "gone"


@pytest.mark.parametrize(
    "source", ['f"{a}"', "b'' if f'{a}' else ''", '\'x\' F\'{a}\' rf"""{a}\n{a}"""', 'f"{a!r}" "}"']
)
def test_pieces_are_the_f_strings(source: str) -> None:
    ast.parse(f"({source})")
    found = pieces(source, 10)
    assert found
    for piece in found:
        text = source[piece.start - 10 : piece.end - 10]
        assert "f" in text[:2].lower() and text.endswith(piece.quote)


def test_what_fits() -> None:
    assert fitting("a['b']", '"') == "a['b']"
    assert fitting('a["b"]', '"') == "a['b']"
    for text, quote in (("'\\n'", '"'), ("a\nb", '"'), ("\"a\" + 'b'", '"'), ('"""', '"""')):
        with pytest.raises(CannotRewrite):
            fitting(text, quote)
