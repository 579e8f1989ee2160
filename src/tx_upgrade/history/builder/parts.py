"""Which classes the parts of models are: ``GPT2Model.h`` is a list of ``GPT2Block``.

``python -m tx_upgrade.history.builder.parts WHEEL... > parts.txt`` reads the constructors in the model files of the
wheels. A line is ``Class TAB attribute=Part attribute=Part[]`` under the name of its module; ``[]`` marks a list of layers. Attributes
that mean different classes in different wheels are left out, and so is what leads to no layer.
"""

from __future__ import annotations

import ast
import re
import sys
import zipfile
from collections.abc import Iterator

_MODELING = re.compile(r"transformers/(?:models/\w+/)?modeling_(?!tf_|flax_|utils|outputs)\w+\.py")
_PARTS = re.compile(r"\w+(?:Model|Transformer|Encoder|Decoder|Stack|Layer|Block|Attention|LayerGroup|Stage)")
_LEAVES = re.compile(r"\w+(?:Layer|Block|Encoder|Decoder|Stack|Attention)")

Parts = dict[tuple[str, str], dict[str, str]]


def of_module(tree: ast.Module) -> Iterator[tuple[str, str, str]]:
    """Class, attribute and part of every ``self.attribute = Part(...)`` in a module's constructors."""
    known = {s.name for s in tree.body if isinstance(s, ast.ClassDef)}
    for cls in tree.body:
        if not isinstance(cls, ast.ClassDef):
            continue
        for function in cls.body:
            if not (isinstance(function, ast.FunctionDef) and function.name == "__init__"):
                continue
            for node in ast.walk(function):
                if not (isinstance(node, ast.Assign) and len(node.targets) == 1):
                    continue
                target = node.targets[0]
                if not (isinstance(target, ast.Attribute) and getattr(target.value, "id", "") == "self"):
                    continue
                part = _part(node.value)
                if (
                    part is not None
                    and part.removesuffix("[]") in known
                    and _PARTS.fullmatch(part.removesuffix("[]"))
                ):
                    yield cls.name, target.attr, part


def _part(value: ast.expr) -> str | None:
    """The class that an expression makes an object of, with ``[]`` for a list of such objects."""
    if not isinstance(value, ast.Call):
        return None
    called = getattr(value.func, "attr", None) or getattr(value.func, "id", None)
    if called != "ModuleList" or not value.args:
        return called if isinstance(value.func, ast.Name) else None
    items = value.args[0]
    if isinstance(items, ast.ListComp | ast.GeneratorExp):
        parts = {_part(items.elt)}
    elif isinstance(items, ast.List):
        parts = {_part(e) for e in items.elts}
    else:
        return None
    (part,) = parts if len(parts) == 1 else (None,)
    return None if part is None else f"{part}[]"


def collect(wheels: list[str]) -> Parts:
    """The parts that all wheels agree on."""
    found: dict[tuple[str, str, str], set[str]] = {}
    for wheel in wheels:
        with zipfile.ZipFile(wheel) as archive:
            for path in archive.namelist():
                if _MODELING.fullmatch(path):
                    module = path.removesuffix(".py").rpartition("/")[2]
                    for cls, attribute, part in of_module(ast.parse(archive.read(path))):
                        found.setdefault((module, cls, attribute), set()).add(part)
    parts: Parts = {}
    for (module, cls, attribute), classes in sorted(found.items()):
        if len(classes) == 1:
            parts.setdefault((module, cls), {})[attribute] = classes.pop()
    return parts


def leading_to_layers(parts: Parts) -> Parts:
    """The parts without those that lead to no layer."""

    def leads(module: str, part: str, depth: int = 0) -> bool:
        cls = part.removesuffix("[]")
        if part.endswith("[]") or _LEAVES.fullmatch(cls):
            return True
        inner = parts.get((module, cls), {})
        return depth < 6 and any(leads(module, p, depth + 1) for p in inner.values())

    kept = {
        key: {attribute: part for attribute, part in attributes.items() if leads(key[0], part)}
        for key, attributes in parts.items()
    }
    return {key: attributes for key, attributes in kept.items() if attributes}


def main() -> None:
    """Write the table of the wheels that are named on the command line to standard output."""
    last = ""
    for (module, cls), attributes in leading_to_layers(collect(sys.argv[1:])).items():
        if module != last:
            print(module)
            last = module
        print(cls, " ".join(f"{a}={p}" for a, p in attributes.items()), sep="\t")


if __name__ == "__main__":
    main()
