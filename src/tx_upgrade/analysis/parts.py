"""Modules inside models: layers by the names that the library gives to the lists of them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable

from .assignments import loop_around
from .kinds import Instance, Part, Type
from .knowledge import ATTRIBUTES, OBJECTS
from .library import Library
from .module import Module

MODEL = "transformers.PreTrainedModel"
ANY_LAYER = Part(None, layers=True, item=True)
_LISTS = re.compile(r"(.*_)?(layers?|h|blocks?)")
_LAYER_CLASS = re.compile(r".*(Layer|Block)")
_GIVES_PART = frozenset({"get_encoder", "get_decoder", "get_submodule"})
_GIVES_MODULES = frozenset({"modules", "children"})
_GIVES_NAMED_MODULES = frozenset({"named_modules", "named_children"})
_SHARED = frozenset({"modeling_utils", "modeling_auto", "modeling_outputs", "modeling_layers"})
_WRAPPERS = frozenset({"list", "tuple", "reversed", "iter", "sorted", "tqdm", "islice"})


def of_model(library: Library, name: str) -> Part | None:
    """The inside of a model of the library; None when ``name`` is no model."""
    if not library.is_subclass(name, MODEL):
        return None
    return Part(_file(library, name))


def _file(library: Library, name: str) -> str | None:
    """The file of one kind of model that a class is defined in, wherever it lies; None for what all models share."""
    file = (library.canonical(name) or name).split(".")[-2]
    return file if file.startswith("modeling_") and file not in _SHARED else None


def attribute(part: Part, name: str) -> Part | None:
    """What an attribute of a part is; parts of single layers are no layers."""
    if part.layers:
        return None
    return Part(part.source, layers=_LISTS.fullmatch(name) is not None)


def method(part: Part, name: str) -> Part | None:
    """What a method of a part gives; the modules that it lists may all be layers."""
    if name in _GIVES_PART:
        return Part(part.source)
    if name in _GIVES_MODULES | _GIVES_NAMED_MODULES:
        return Part(part.source, layers=True)
    return None


def element(part: Type | None) -> Part | None:
    """One of the layers in a list of them."""
    if isinstance(part, Part) and part.layers and not part.item:
        return Part(part.source, layers=True, item=True)
    return None


def collected(part: Type | None) -> Part | None:
    """A list that is made of layers."""
    return Part(part.source, layers=True) if isinstance(part, Part) and part.item else None


def common(found: list[Type | None]) -> Part | None:
    """One part for parts of several models."""
    parts = [f for f in found if isinstance(f, Part)]
    if not parts or len(parts) != len(found):
        return None
    first = parts[0]
    if any((p.layers, p.item) != (first.layers, first.item) for p in parts):
        return None
    source = first.source if all(p.source == first.source for p in parts) else None
    return Part(source, first.layers, first.item)


def may_be(library: Library, part: Part, base: str) -> bool:
    """Whether a part may be of a library class: a layer, out of the module that its model is defined in."""
    if not part.item or not _LAYER_CLASS.fullmatch(base):
        return False
    return part.source is None or _file(library, base) == part.source


def named_path(module: Module, node: ast.expr) -> tuple[ast.expr, str] | None:
    """For a layer by its path alone (``model.encoder.layer[0]``): what the path begins with, and the list's name."""
    if isinstance(node, ast.Name):
        bindings = module.bindings(node)
        binding = bindings[0] if len(bindings) == 1 else loop_around(module.scopes, node, bindings)
        if binding is None or binding.kind != "for" or binding.value is None:
            return None
        over = iterated(binding.value, binding.index)
        if over is None or over[1]:
            return None
        node = over[0]
    elif isinstance(node, ast.Subscript):
        node = node.value
    else:
        return None
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Slice):
        node = node.value
    if not isinstance(node, ast.Attribute) or not _LISTS.fullmatch(node.attr):
        return None
    name, root = node.attr, node.value
    while isinstance(root, ast.Attribute) and not (
        isinstance(root.value, ast.Name) and root.value.id in ("self", "cls")
    ):
        root = root.value
    return root, name


def iterated(node: ast.expr, index: tuple[int, ...]) -> tuple[ast.expr, tuple[int, ...]] | None:
    """What a loop really goes over, and where in its items a target stands: through ``enumerate``, ``zip``, …"""
    while isinstance(node, ast.Call):
        func = node.func
        name = func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", "")
        if isinstance(func, ast.Attribute) and name in _GIVES_NAMED_MODULES:
            return (node, index[1:]) if index[:1] == (1,) else None
        if name == "enumerate" and node.args:
            if index[:1] != (1,):
                return None
            node, index = node.args[0], index[1:]
        elif name == "zip" and index and index[0] < len(node.args):
            node, index = node.args[index[0]], index[1:]
        elif name in _WRAPPERS and node.args:
            node = node.args[0]
        else:
            break
    return node, index


def picked(node: ast.expr, index: tuple[int, ...]) -> ast.expr | None:
    """The element of nested displays at an index."""
    for place in index:
        if not isinstance(node, ast.Tuple | ast.List) or not -len(node.elts) <= place < len(node.elts):
            return None
        if any(isinstance(e, ast.Starred) for e in node.elts):
            return None
        node = node.elts[place]
    return node


def cache_class(library: Library, model: Instance) -> str:
    """The class of the cache that a model's outputs hold."""
    if model.auto is not None or not isinstance(model.of, str):
        name = (model.auto or "").rpartition(".")[2]
        if re.fullmatch(r"AutoModelFor(Seq2SeqLM|SpeechSeq2Seq)", name):
            return "transformers.EncoderDecoderCache"
        return "transformers.DynamicCache" if name == "AutoModelForCausalLM" else "transformers.Cache"
    signature = library.signature(f"{model.of}.forward")
    names = {p.name for p in signature.parameters} if signature is not None else set()
    if "decoder_input_ids" in names:
        return "transformers.EncoderDecoderCache"
    return "transformers.DynamicCache" if "past_key_values" in names else "transformers.Cache"


def names_of(classes: Iterable[str]) -> set[str]:
    """Words without one of which no code has an object of these classes: their names and the attributes that hold one."""
    short = {name.rpartition(".")[2] for name in classes}
    for attributes in ATTRIBUTES.values():
        short.update(name for name, of in attributes.items() if of in classes)
    short.update(name.rpartition(".")[2] for name, of in OBJECTS.items() if of in classes)
    return short
