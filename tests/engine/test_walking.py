"""The walk over syntax trees against the standard library's."""

import ast
from pathlib import Path

import pytest

from tx_upgrade.analysis.walking import children, walk

LEFT_OUT = (ast.expr_context, ast.operator, ast.unaryop, ast.boolop, ast.cmpop)
SOURCES = sorted((Path(__file__).parents[2] / "src" / "tx_upgrade").rglob("*.py"))


@pytest.mark.parametrize("path", SOURCES[::8], ids=lambda p: p.stem)
def test_all_nodes_in_the_order_of_the_standard_library(path: Path) -> None:
    tree = ast.parse(path.read_text())
    assert walk(tree) == [n for n in ast.walk(tree) if not isinstance(n, LEFT_OUT)]


def test_children_in_the_order_of_their_fields() -> None:
    (statement,) = ast.parse("f(a + 1, *b, c=[d for d in e if not d], **g)").body
    for node in walk(statement):
        assert children(node) == [n for n in ast.iter_child_nodes(node) if not isinstance(n, LEFT_OUT)]


def test_several_roots_are_walked_together() -> None:
    first, second = ast.parse("a\nb").body
    assert walk(first, second) == [first, second, *children(first), *children(second)]
