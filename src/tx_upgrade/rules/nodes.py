"""YAML values that know their file and line, so that every mistake in a pack can be shown where it is."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NoReturn

import yaml

from ..model import TxUpgradeError

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Node:
    """A YAML value with its file and line."""

    def __init__(
        self, value: Any, line: int, file: str, children: dict[Any, Node] | list[Node] | None
    ) -> None:
        self.value = value
        self.line = line
        self.file = file
        self.children = children

    def fail(self, message: str) -> NoReturn:
        raise TxUpgradeError(f"{self.file}:{self.line}: {message}")

    def mapping(self, what: str) -> dict[Any, Node]:
        if not isinstance(self.children, dict):
            self.fail(f"{what} must be a mapping")
        return self.children

    def sequence(self, what: str) -> list[Node]:
        if not isinstance(self.children, list):
            self.fail(f"{what} must be a list")
        return self.children

    def text(self, what: str) -> str:
        if not isinstance(self.value, str):
            self.fail(f"{what} must be a string" + (" (quote it)" if self.children is None else ""))
        return self.value

    def number(self, what: str) -> int:
        if type(self.value) is not int:
            self.fail(f"{what} must be a whole number")
        return self.value

    def check_keys(self, what: str, valid: Iterable[str]) -> dict[Any, Node]:
        found = self.mapping(what)
        names = sorted(valid)
        for key, node in found.items():
            if key not in names:
                near = difflib.get_close_matches(str(key), names, 1)
                hint = f"; did you mean {near[0]!r}?" if near else f"; valid keys: {', '.join(names)}"
                raise TxUpgradeError(f"{self.file}:{node.line}: unknown key {str(key)!r} in {what}{hint}")
        return found


def _convert(node: yaml.Node, file: str, loader: Any) -> Node:
    line = node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        children: dict[Any, Node] = {}
        for key_node, value_node in node.value:
            key = loader.construct_object(key_node, deep=True)
            value = _convert(value_node, file, loader)
            value.line = key_node.start_mark.line + 1
            if key in children:
                value.fail(f"key {key!r} appears twice")
            children[key] = value
        return Node({k: v.value for k, v in children.items()}, line, file, children)
    if isinstance(node, yaml.SequenceNode):
        items = [_convert(n, file, loader) for n in node.value]
        return Node([i.value for i in items], line, file, items)
    return Node(loader.construct_object(node, deep=True), line, file, None)


def read(path: Path, display: str) -> Node:
    """The root of a YAML file; ``display`` is its name in messages.

    Raises:
        TxUpgradeError: the file cannot be read or is no YAML.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise TxUpgradeError(f"{display}: cannot read the rule pack: {error}") from None
    loader = _Loader(text)
    try:
        node = loader.get_single_node()
        if node is None:
            raise TxUpgradeError(f"{display}:1: the rule pack is empty")
        return _convert(node, display, loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise TxUpgradeError(
            f"{display}:{mark.line + 1 if mark else 1}: not valid YAML: {error.problem}"
        ) from None
    except yaml.YAMLError as error:
        raise TxUpgradeError(f"{display}:1: not valid YAML: {error}") from None
    finally:
        loader.dispose()
