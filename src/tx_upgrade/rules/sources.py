"""The source of definitions in published wheels, in a form that can be compared."""

from __future__ import annotations

import ast
import warnings
import zipfile
from pathlib import Path

from ..model import TxUpgradeError


class Sources:
    """Reads modules out of the wheels in a folder, without importing anything."""

    def __init__(self, wheels: Path) -> None:
        self._wheels = wheels
        self._open: dict[str, zipfile.ZipFile] = {}
        self._read: dict[tuple[str, str], dict[str, str]] = {}

    def definitions(self, version: str, module: str) -> dict[str, str]:
        """The syntax of a module's top-level definitions and assignments, docstrings left out; none for no module.

        Raises:
            TxUpgradeError: the wheel of that version is not there.
        """
        key = (version, module)
        found = self._read.get(key)
        if found is None:
            found = self._read[key] = self._definitions(version, module)
        return found

    def _definitions(self, version: str, module: str) -> dict[str, str]:
        archive = self._wheel(version)
        base = module.replace(".", "/")
        for name in (f"{base}.py", f"{base}/__init__.py"):
            try:
                text = archive.read(name)
            except KeyError:
                continue
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                tree = ast.parse(text)
            return {name: ast.dump(node) for node in _statements(tree) for name in _names(node)}
        return {}

    def _wheel(self, version: str) -> zipfile.ZipFile:
        found = self._open.get(version)
        if found is None:
            path = self._wheels / f"transformers-{version}-py3-none-any.whl"
            if not path.is_file():
                raise TxUpgradeError(
                    f"{path}: no such wheel (pip download --no-deps transformers=={version})"
                )
            found = self._open[version] = zipfile.ZipFile(path)
        return found


def _statements(tree: ast.Module) -> list[ast.stmt]:
    """Definitions and assignments, those under conditions included, without their docstrings."""
    found: list[ast.stmt] = []
    for node in ast.walk(tree):
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            continue
        if ast.get_docstring(node, clean=False) is not None:
            node.body = node.body[1:] or [ast.Pass()]
    stack: list[ast.stmt] = list(tree.body)
    while stack:
        node = stack.pop(0)
        if isinstance(node, ast.If | ast.Try | ast.With):
            stack[:0] = [s for s in ast.iter_child_nodes(node) if isinstance(s, ast.stmt)]
        found.append(node)
    return found


def _names(node: ast.stmt) -> list[str]:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return [node.name]
    if isinstance(node, ast.Assign):
        return [t.id for t in node.targets if isinstance(t, ast.Name)]
    return []
