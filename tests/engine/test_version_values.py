"""Tests on the version, as they come out for a target."""

from __future__ import annotations

import ast

import pytest

from tx_upgrade.analysis.version_values import VersionValues


def truth(test: str, **constants: str) -> bool | None:
    """What a test gives on 5.23.0, with names that are assigned once."""

    def qualified(node: ast.expr) -> str | None:
        text = ast.unparse(node)
        return text if text == "transformers.__version__" else None

    parsed = {name: ast.parse(value, mode="eval").body for name, value in constants.items()}
    values = VersionValues("5.23.0", qualified, lambda name: parsed.get(name.id), lambda node: None)
    return values.truth(ast.parse(test, mode="eval").body)


@pytest.mark.parametrize(
    ("test", "expected"),
    [
        ('int(transformers.__version__.split(".")[0]) >= 5', True),
        ('int(transformers.__version__.split(".")[1]) < 23', False),
        ('tuple(map(int, transformers.__version__.split(".")[:2])) >= (5, 23)', True),
        ('tuple(int(p) for p in transformers.__version__.split(".")[:2]) < (4, 56)', False),
        ('[int(p) for p in transformers.__version__.split(".")] == [5, 23, 0]', True),
        ("version.parse(transformers.__version__).release[:1] == (4,)", False),
        ("Version(transformers.__version__).major == 5", True),
        ('parse(transformers.__version__) >= "4.46"', True),
        ('"4.46" > parse(transformers.__version__)', False),
        ('Version(importlib.metadata.version("transformers")) < Version("5")', False),
        ('transformers.__version__ in ("4.30.0", "4.30.1")', False),
        # text is compared as text
        ('transformers.__version__ >= "10"', True),
    ],
)
def test_what_the_target_gives(test: str, expected: bool) -> None:
    assert truth(test) is expected


def test_names_are_followed() -> None:
    assert truth("NEW", NEW="MAJOR >= 5", MAJOR='int(transformers.__version__.split(".")[0])') is True
    assert truth("A", A="B", B="A") is None


@pytest.mark.parametrize(
    "test",
    [
        "3 >= 2",
        "torch.__version__ >= '2'",
        "transformers.__version__ >= wanted",
        'int(transformers.__version__.split(".")[9]) > 1',
        'parse(transformers.__version__) >= parse("no version")',
        "check(transformers.__version__)",
    ],
)
def test_what_is_not_known(test: str) -> None:
    assert truth(test) is None
