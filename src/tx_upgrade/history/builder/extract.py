"""One source file → ``ModuleFacts``: what its module-level code binds when every backend is installed."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tx_upgrade.history.builder.classes import class_facts
from tx_upgrade.history.builder.facts import (
    AliasFacts,
    Binding,
    ClassFacts,
    ConstantFacts,
    FunctionFacts,
    ImportFacts,
    LazyFacts,
    ModuleFacts,
)
from tx_upgrade.history.builder.syntax import (
    branches,
    constant_string,
    decorator_name,
    dotted,
    function_facts,
    handled,
    signature_text,
    string_list,
)
from tx_upgrade.history.encoding import MEMBER_ATTRIBUTE

EXTRACTION = 3
"""Raised with every change of what is extracted: facts kept from an older extraction are not used."""

STRUCTURE = "_import_structure"
UNAVAILABLE = "OptionalDependencyNotAvailable"


def extract(source: str) -> ModuleFacts:
    """Read one file.

    Raises SyntaxError when the file is no Python of this interpreter.
    """
    return _Extraction(ModuleFacts()).run(ast.parse(source))


class _Extraction:
    """Walks module-level statements in order and keeps what they bind."""

    def __init__(self, facts: ModuleFacts) -> None:
        self.facts = facts
        self.structure: dict[str, list[str]] = {}
        self.served_by_class: list[str] = []

    def run(self, tree: ast.Module) -> ModuleFacts:
        self.statements(tree.body)
        for node in tree.body:
            if isinstance(node, ast.FunctionDef) and node.name == "__getattr__":
                self._served_names(node)
        if self.facts.lazy is not None:
            self.facts.lazy.structure = self.structure
            self.facts.lazy.extra = (*self.facts.lazy.extra, *self.served_by_class)
        return self.facts

    def statements(self, nodes: list[ast.stmt]) -> None:
        for node in nodes:
            self.statement(node)

    def alternatives(self, bodies: list[list[ast.stmt]]) -> None:
        """Bodies of which one runs: the first that binds a name is the one that counts for it."""
        before = self.facts.bindings
        merged: dict[str, Binding] = {}
        for body in bodies:
            self.facts.bindings = dict(before)
            self.statements(body)
            for name, binding in self.facts.bindings.items():
                if before.get(name) is not binding:
                    merged.setdefault(name, binding)
        self.facts.bindings = {**before, **merged}

    def statement(self, node: ast.stmt) -> None:
        bindings = self.facts.bindings
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                function = function_facts(node)
                if (
                    any(d.rpartition(".")[2] == "overload" for d in function.decorators)
                    and node.name in bindings
                ):
                    return
                bindings[node.name] = function
                self._required(node)
            case ast.ClassDef():
                body = class_facts(node)
                if node.name in body.bases:
                    body.former = bindings.get(node.name)
                bindings[node.name] = body
                if node.name == "_LazyModule":
                    # 4.2 to 4.8 derive a class of their own in each package; some serve names of their own.
                    self.served_by_class.extend(_compared_names(node))
                self._required(node)
            case ast.Import():
                for alias in node.names:
                    if alias.asname:
                        bindings[alias.asname] = ImportFacts(0, alias.name, None)
                    else:
                        top = alias.name.partition(".")[0]
                        bindings[top] = ImportFacts(0, top, None)
            case ast.ImportFrom():
                for alias in node.names:
                    if alias.name == "*":
                        self.facts.stars.append(ImportFacts(node.level, node.module or "", None))
                    else:
                        name = alias.asname or alias.name
                        bindings[name] = ImportFacts(node.level, node.module or "", alias.name)
            case ast.Assign():
                for target in node.targets:
                    self._assign(target, node.value)
            case ast.AnnAssign():
                if node.value is not None:
                    self._assign(node.target, node.value)
            case ast.AugAssign():
                self._augmented(node)
            case ast.If():
                self._walrus(node.test)
                self.alternatives(branches(node))
            case ast.Try():
                self._try(node)
            case ast.With():
                for item in node.items:
                    if item.optional_vars is not None:
                        self._assign(item.optional_vars, ast.Constant(None))
                self.statements(node.body)
            case ast.For():
                self._assign(node.target, ast.Constant(None))
                self.statements([*node.body, *node.orelse])
                self._alias_modules_in_loop(node)
            case ast.While():
                self.statements(node.body)
            case ast.Delete():
                for target in node.targets:
                    if isinstance(target, ast.Name):
                        bindings.pop(target.id, None)
            case ast.Expr(value=ast.Call() as call):
                self._call(call)

    def _try(self, node: ast.Try) -> None:
        handlers = [h.body for h in node.handlers if UNAVAILABLE not in handled(h)]
        self.alternatives([[*node.body, *node.orelse], *handlers])
        self.statements(node.finalbody)

    def _walrus(self, test: ast.expr) -> None:
        for inner in ast.walk(test):
            if isinstance(inner, ast.NamedExpr):
                self.facts.bindings[inner.target.id] = ConstantFacts()

    def _required(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> None:
        for decorator in node.decorator_list:
            if isinstance(decorator, ast.Call) and decorator_name(decorator) in ("requires", "export"):
                self.facts.required.append(node.name)

    # --- assignments

    def _assign(self, target: ast.expr, value: ast.expr) -> None:
        match target:
            case ast.Name(id=name):
                self._bind(name, value)
            case ast.Tuple(elts=elements) | ast.List(elts=elements):
                values = (
                    value.elts if isinstance(value, ast.Tuple) and len(value.elts) == len(elements) else None
                )
                for index, element in enumerate(elements):
                    self._assign(element, values[index] if values else ast.Constant(None))
            case ast.Starred(value=inner):
                self._assign(inner, ast.Constant(None))
            case ast.Attribute(value=ast.Name(id=owner), attr=name):
                body = self.facts.bindings.get(owner)
                if isinstance(body, ClassFacts):
                    body.members.setdefault(name, MEMBER_ATTRIBUTE)
            case ast.Subscript(value=container, slice=key):
                whole = dotted(container)
                if whole == STRUCTURE and (text := constant_string(key)) is not None:
                    self.structure[text] = self._strings(value)
                elif whole == "sys.modules" and dotted(key) == "__name__":
                    self._lazy(value)

    def _bind(self, name: str, value: ast.expr) -> None:
        bindings = self.facts.bindings
        if name == "__all__":
            self.facts.exports = string_list(value) or self.facts.exports or []
        if name == STRUCTURE and isinstance(value, ast.Dict):
            for key, item in zip(value.keys, value.values, strict=True):
                if (text := constant_string(key)) is not None:
                    self.structure[text] = self._strings(item)
        if name == "__getattr__" and isinstance(value, ast.Call):
            self._deprecated_names(value)
        self._string_table(name, value)
        bindings[name] = self._value(name, value)

    def _value(self, name: str, value: ast.expr) -> Binding:
        current = self.facts.bindings.get(name)
        match value:
            case ast.Lambda():
                return FunctionFacts(signature_text(value.args))
            case ast.Call(func=function, args=[first, *_]):
                # `AutoModel = auto_class_update(AutoModel)` leaves the class a class.
                if isinstance(first, ast.Name) and first.id == name and current is not None:
                    return current
                if (dotted(function) or "").rpartition(".")[2] == "namedtuple" and len(value.args) > 1:
                    fields = string_list(value.args[1]) or (constant_string(value.args[1]) or "").split()
                    return ClassFacts(
                        ("builtins.tuple",), dict.fromkeys(fields, "i") | {"__new__": "f" + "|".join(fields)}
                    )
            case ast.IfExp():
                return self._value(name, value.body)
            case ast.Name() | ast.Attribute():
                if (text := dotted(value)) is not None:
                    if text == name and current is not None:
                        return current
                    if "." not in text and text in self.facts.bindings:
                        return (
                            self.facts.bindings[text]
                            if isinstance(self.facts.bindings[text], ImportFacts)
                            else AliasFacts(text)
                        )
                    return AliasFacts(text)
        return ConstantFacts()

    def _strings(self, value: ast.expr) -> list[str]:
        found = string_list(value)
        if found is not None:
            return list(found)
        if isinstance(value, ast.ListComp) and "dummy" in ast.unparse(value):
            return []
        return []

    def _string_table(self, name: str, value: ast.expr) -> None:
        """Literal tables that a module-level ``__getattr__`` may serve names from."""
        if isinstance(value, ast.Dict):
            table = {}
            for key, item in zip(value.keys, value.values, strict=True):
                if (text := constant_string(key)) is not None:
                    table[text] = constant_string(item) or ""
            if name.startswith("_") and table:
                self.facts.string_tables[name] = table
            elif name == "SLOW_TO_FAST_CONVERTERS":
                self.facts.string_tables[name] = {
                    text: dotted(item) or ""
                    for key, item in zip(value.keys, value.values, strict=True)
                    if (text := constant_string(key)) is not None
                }
        elif name.startswith("_") and name != "__all__" and (found := string_list(value)):
            self.facts.string_tables[name] = dict.fromkeys(found, "")

    def _augmented(self, node: ast.AugAssign) -> None:
        if dotted(node.target) == "__all__":
            self.facts.exports = [*(self.facts.exports or []), *(string_list(node.value) or [])]
        elif (
            isinstance(node.target, ast.Subscript)
            and dotted(node.target.value) == STRUCTURE
            and (text := constant_string(node.target.slice)) is not None
        ):
            self.structure.setdefault(text, []).extend(self._strings(node.value))

    # --- calls at module level

    def _call(self, call: ast.Call) -> None:
        function = call.func
        if isinstance(function, ast.Attribute) and isinstance(function.value, ast.Subscript):
            subscript = function.value
            if (
                dotted(subscript.value) == STRUCTURE
                and (text := constant_string(subscript.slice)) is not None
            ):
                names = self.structure.setdefault(text, [])
                if function.attr == "append" and call.args and (name := constant_string(call.args[0])):
                    names.append(name)
                elif function.attr in ("extend", "update") and call.args:
                    names.extend(self._strings(call.args[0]))
            return
        name = dotted(function) or ""
        if name == f"{STRUCTURE}.update" and call.args and isinstance(call.args[0], ast.Dict):
            for key, item in zip(call.args[0].keys, call.args[0].values, strict=True):
                if (text := constant_string(key)) is not None:
                    self.structure[text] = self._strings(item)
        elif name in ("__all__.extend", "__all__.append") and call.args:
            added = string_list(call.args[0]) or [constant_string(call.args[0]) or ""]
            self.facts.exports = [*(self.facts.exports or []), *filter(None, added)]
        elif name.startswith("_create_") and name.endswith("_alias") and len(call.args) == 2:
            alias, target = _last_text(call.args[0]), constant_string(call.args[1])
            if alias and target:
                self.facts.aliases[alias] = target.lstrip(".")

    def _alias_modules_in_loop(self, node: ast.For) -> None:
        text = ast.unparse(node)
        if "image_processing_*.py" in text and "_module_alias" in text:
            self.facts.aliases["*image_processing"] = "all"

    def _lazy(self, value: ast.expr) -> None:
        if not isinstance(value, ast.Call):
            return
        lazy = LazyFacts()
        for keyword in value.keywords:
            if keyword.arg == "extra_objects" and isinstance(keyword.value, ast.Dict):
                lazy.extra = tuple(k for k in map(constant_string, keyword.value.keys) if k)
        # The structure may be built in a line before the call: what counts is whether the folder is scanned.
        lazy.scans = "define_import_structure" in self.facts.bindings
        self.facts.lazy = lazy

    # --- module-level `__getattr__`

    def _served_names(self, node: ast.FunctionDef) -> None:
        names: dict[str, Binding] = {}
        imports = {
            (alias.asname or alias.name): ImportFacts(inner.level, inner.module or "", alias.name)
            for inner in ast.walk(node)
            if isinstance(inner, ast.ImportFrom)
            for alias in inner.names
        }
        for inner in ast.walk(node):
            if not isinstance(inner, ast.Compare) or dotted(inner.left) != node.args.args[0].arg:
                continue
            other = inner.comparators[0]
            if isinstance(inner.ops[0], ast.Eq) and (text := constant_string(other)):
                names[text] = imports.get(text, ConstantFacts())
            elif isinstance(inner.ops[0], ast.In):
                table = self.facts.string_tables.get(dotted(other) or "") or dict.fromkeys(
                    string_list(other) or [], ""
                )
                for key, module in table.items():
                    if module.startswith("transformers"):
                        names[key] = ImportFacts(0, module, key)
                    elif module.startswith("."):
                        level = len(module) - len(module.lstrip("."))
                        names[key] = ImportFacts(level, module[level:], key)
                    elif len(imports) == 1:
                        (source,) = imports.values()
                        path = f"{source.module}.{source.name}" if source.module else source.name or ""
                        names[key] = ImportFacts(source.level, path, key)
                    else:
                        names[key] = ConstantFacts()
        for name, binding in names.items():
            self.facts.bindings.setdefault(name, binding)

    def _deprecated_names(self, call: ast.Call) -> None:
        """``__getattr__ = deprecate_attr(__name__, rename={"Old": (New, "6.0")})``."""
        for keyword in call.keywords:
            if isinstance(keyword.value, ast.Dict):
                for key, item in zip(keyword.value.keys, keyword.value.values, strict=True):
                    if text := constant_string(key):
                        first = item.elts[0] if isinstance(item, ast.Tuple) and item.elts else item
                        target = dotted(first)
                        self.facts.bindings.setdefault(
                            text, AliasFacts(target) if target else ConstantFacts()
                        )


def _compared_names(node: ast.AST) -> Iterator[str]:
    """The strings that ``name`` is compared with."""
    for inner in ast.walk(node):
        if isinstance(inner, ast.Compare) and any(
            dotted(side) == "name" for side in (inner.left, *inner.comparators)
        ):
            for side in inner.comparators:
                if isinstance(inner.ops[-1], ast.Eq) and (text := constant_string(side)):
                    yield text


def _last_text(node: ast.expr) -> str | None:
    """``"tokenization_utils_fast"`` from ``f"{__name__}.tokenization_utils_fast"``."""
    if isinstance(node, ast.JoinedStr) and all(
        not isinstance(v, ast.FormattedValue) for v in node.values[1:]
    ):
        text = constant_string(node.values[-1])
        return text.lstrip(".") if text else None
    return constant_string(node)
