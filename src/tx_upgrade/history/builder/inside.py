"""What the files of a release do with the library's own classes: whom they call, what they set where."""

from __future__ import annotations

import ast
import hashlib
import re
import warnings
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from tx_upgrade.history.builder.wheels import python_files
from tx_upgrade.history.encoding import LIBRARY
from tx_upgrade.history.inside import ADAPTS

MENTION = re.compile(rb"\.([A-Za-z_]\w*)|[\"']([A-Za-z_]\w*)[\"']")
SET_OUTSIDE = re.compile(rb"(?m)^[ \t]*([A-Za-z_][\w.\[\]]*)\.([A-Za-z_]\w*)(?:[ \t]*:[^=\n]+)?[ \t]*=[^=]")
SET_BY_NAME = re.compile(rb"setattr\([^,\n]+,\s*[\"'](\w+)[\"']")
COMPUTED = re.compile(rb"setattr\(self|self\.__dict__|register_buffer\(|register_parameter\(|add_module\(")
ITSELF = (b"self", b"cls", b"ctx")
"""Bases that are no object from outside: the class's own, and the context of an autograd function."""
MAPPED = b"attribute_map"
CONFIG = re.compile(rb"(?:^|[._])config(?:uration)?$|^cfg$", re.I)
CONVERSION = "convert_"


@dataclass(slots=True)
class Inside:
    """What one file, or all files of a release, do; classes by their names in the file or by qualified names.

    ``calls``: for each class the methods that it calls on itself, each with the shapes of the calls;
    ``computed``: for each class the patterns of names that only a run knows and under which it sets attributes on itself;
    ``placed``: names of attributes that are set on other objects, ``configured``: on what is called a configuration;
    ``mapped``: for each configuration the names that it serves under others; ``mentioned``: every attribute's name
    and word in quotes; ``shared``: those that stand outside of the models' own modules.
    """

    calls: dict[str, dict[str, set[str]]] = field(default_factory=dict)
    computed: dict[str, set[str]] = field(default_factory=dict)
    placed: set[str] = field(default_factory=set)
    configured: set[str] = field(default_factory=set)
    mapped: dict[str, set[str]] = field(default_factory=dict)
    mentioned: set[str] = field(default_factory=set)
    shared: set[str] = field(default_factory=set)


class InsideReader:
    """Reads releases; a file that did not change is read once."""

    def __init__(self) -> None:
        self._known: dict[bytes, Inside] = {}

    def read(self, wheel: Path) -> Inside:
        """What all files of a wheel do."""
        whole = Inside()
        for path, source in python_files(wheel):
            module = path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
            shared = not module.startswith(f"{LIBRARY}.models.")
            key = hashlib.sha256(b"%d" % shared + source).digest()
            if key not in self._known:
                self._known[key] = read_file(source, calls=shared)
            found = self._known[key]
            if not path.rpartition("/")[2].startswith(CONVERSION):
                whole.placed |= found.placed
                whole.configured |= found.configured
            whole.mentioned |= found.mentioned
            if shared:
                whole.shared |= found.mentioned
            for name, patterns in found.computed.items():
                whole.computed[f"{module}.{name}"] = patterns
            for name, names in found.mapped.items():
                whole.mapped[f"{module}.{name}"] = names
            for name, calls in found.calls.items():
                whole.calls[f"{module}.{name}"] = calls
        return whole


def read_file(source: bytes, *, calls: bool) -> Inside:
    """What one file does; ``calls`` tells whether calls on ``self`` are wanted."""
    found = Inside()
    found.mentioned.update(name.decode() for name in {a or b for a, b in MENTION.findall(source)})
    for match in SET_OUTSIDE.finditer(source):
        if match[1] not in ITSELF:
            on_config = CONFIG.search(match[1]) is not None
            (found.configured if on_config else found.placed).add(match[2].decode())
    found.placed.update(match[1].decode() for match in SET_BY_NAME.finditer(source))
    if not calls and MAPPED not in source and not COMPUTED.search(source):
        return found
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(source)
    except (SyntaxError, ValueError):
        return found
    for node in tree.body:
        for cls in _classes(node):
            _read_class(cls, found, calls)
    return found


def _classes(node: ast.stmt) -> Iterable[ast.ClassDef]:
    if isinstance(node, ast.ClassDef):
        yield node
    elif isinstance(node, ast.If | ast.Try):
        for inner in ast.walk(node):
            if isinstance(inner, ast.ClassDef):
                yield inner


def _read_class(cls: ast.ClassDef, found: Inside, calls: bool) -> None:
    for statement in cls.body:
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef):
            _read_method(cls, statement, found, calls)
        elif isinstance(statement, ast.Assign | ast.AnnAssign) and isinstance(statement.value, ast.Dict):
            targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
            if any(getattr(t, "id", "") == "attribute_map" for t in targets):
                keys = {k.value for k in statement.value.keys if isinstance(k, ast.Constant)}
                found.mapped[cls.name] = {k for k in keys if isinstance(k, str)}


def _read_method(
    cls: ast.ClassDef, method: ast.FunctionDef | ast.AsyncFunctionDef, found: Inside, calls: bool
) -> None:
    known = _known_names(method)
    patterns: set[str] = set()
    for node in ast.walk(method):
        if isinstance(node, ast.Assign) and any(_is_own_dict(t) for t in node.targets):
            patterns.add("*")
        if not isinstance(node, ast.Call):
            continue
        func = node.func
        asked = _asked_signature(node) if calls else None
        if asked is not None:
            found.calls.setdefault(cls.name, {}).setdefault(asked, set()).add(ADAPTS)
        if isinstance(func, ast.Name):
            if func.id == "setattr" and len(node.args) > 1 and _is_self(node.args[0]):
                patterns |= _pattern(node.args[1], known)
        elif isinstance(func, ast.Attribute) and _is_own_dict(func.value):
            if func.attr in {"update", "setdefault"}:
                patterns.add("*")
        elif isinstance(func, ast.Attribute) and _is_self(func.value):
            if func.attr in {"register_buffer", "register_parameter", "add_module"} and node.args:
                patterns |= _pattern(node.args[0], known)
            if calls:
                found.calls.setdefault(cls.name, {}).setdefault(func.attr, set()).add(shape(node))
    if patterns:
        found.computed.setdefault(cls.name, set()).update(patterns)


def _known_names(method: ast.AST) -> set[str]:
    """Variables that only hold names which the source shows: literals, loops over displays and constants."""
    known: set[str] = set()
    other: set[str] = set()
    displays: set[str] = set()
    for node in ast.walk(method):
        if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
            name, value = node.targets[0].id, node.value
            if isinstance(value, ast.Tuple | ast.List):
                displays.add(name)
            constant = isinstance(value, ast.Constant) or (
                isinstance(value, ast.Call)
                and getattr(value.func, "id", "") == "getattr"
                and isinstance(value.args[-1], ast.Constant)
            )
            (known if constant else other).add(name)
        elif isinstance(node, ast.arg):
            other.add(node.arg)
    for node in ast.walk(method):
        if isinstance(node, ast.For | ast.comprehension):
            source = node.iter
            word = source.attr if isinstance(source, ast.Attribute) else getattr(source, "id", "")
            fixed = isinstance(source, ast.Tuple | ast.List) or word in displays or (word and word.isupper())
            names = {n.id for n in ast.walk(node.target) if isinstance(n, ast.Name)}
            if fixed:
                known |= names
            else:
                other |= names
    return known - other


def _pattern(name: ast.expr, known: set[str]) -> set[str]:
    """What is open in a name: nothing, the parts of an f-string that a run fills in, or all of it."""
    if isinstance(name, ast.Constant) or (isinstance(name, ast.Name) and name.id in known):
        return set()
    if isinstance(name, ast.JoinedStr):
        parts = [str(v.value) if isinstance(v, ast.Constant) else "*" for v in name.values]
        return {"".join(parts)}
    return {"*"}


def _asked_signature(call: ast.Call) -> str | None:
    """The own method whose signature a call asks for: ``inspect.signature(self.method)``."""
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    if name != "signature" or len(call.args) != 1:
        return None
    method = call.args[0]
    return method.attr if isinstance(method, ast.Attribute) and _is_self(method.value) else None


def _is_self(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id in ("self", "cls")


def _is_own_dict(node: ast.expr) -> bool:
    if isinstance(node, ast.Subscript):
        node = node.value
    return isinstance(node, ast.Attribute) and node.attr == "__dict__" and _is_self(node.value)


def shape(call: ast.Call) -> str:
    """A call's arguments: how many by position (``*`` behind for unpacked ones), then the keywords (``**``)."""
    plain = sum(not isinstance(a, ast.Starred) for a in call.args)
    starred = "*" if plain != len(call.args) else ""
    keywords = sorted("**" if k.arg is None else k.arg for k in call.keywords)
    return ",".join([f"{plain}{starred}", *keywords])
