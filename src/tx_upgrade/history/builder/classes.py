"""Class bodies: methods, properties, attributes and dataclass fields."""

from __future__ import annotations

import ast

from tx_upgrade.history.builder.facts import ClassFacts, FieldFacts
from tx_upgrade.history.builder.syntax import (
    branches,
    constant_string,
    decorator_name,
    dotted,
    function_facts,
    short_source,
    without_first,
)
from tx_upgrade.history.encoding import (
    MEMBER_ATTRIBUTE,
    MEMBER_CLASS_METHOD,
    MEMBER_INSTANCE,
    MEMBER_METHOD,
    MEMBER_PROPERTY,
    MEMBER_STATIC_METHOD,
)

PROPERTY_DECORATORS = {
    "property",
    "cached_property",
    "classproperty",
    "setter",
    "getter",
    "deleter",
    "abstractproperty",
}
REGISTERS = {"register_buffer", "register_parameter", "add_module", "register_module"}


def class_facts(node: ast.ClassDef) -> ClassFacts:
    """Everything about a class that its own body says."""
    bases: list[str] = []
    for base in node.bases:
        target = base.value if isinstance(base, ast.Subscript) else base
        if isinstance(target, ast.Starred):
            continue
        bases.append(dotted(target) or "?")
    facts = ClassFacts(tuple(bases))
    for keyword in node.keywords:
        if keyword.arg == "metaclass":
            facts.metaclass = dotted(keyword.value) or "?"
    decorators: list[str] = []
    for decorator in node.decorator_list:
        name = decorator_name(decorator)
        if name is None:
            continue
        decorators.append(name)
        if name.rpartition(".")[2] == "dataclass":
            keywords = decorator.keywords if isinstance(decorator, ast.Call) else []
            facts.dataclass_arguments = {k.arg: ast.unparse(k.value) for k in keywords if k.arg}
    facts.decorators = tuple(decorators)
    keyword_only = [False]
    _body(node.body, facts, keyword_only)
    return facts


def _body(statements: list[ast.stmt], facts: ClassFacts, keyword_only: list[bool]) -> None:
    for node in statements:
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                _method(node, facts)
            case ast.ClassDef():
                facts.members[node.name] = MEMBER_ATTRIBUTE
            case ast.Assign():
                for target in node.targets:
                    names = target.elts if isinstance(target, ast.Tuple | ast.List) else [target]
                    for name in names:
                        if isinstance(name, ast.Name):
                            alias = node.value.id if isinstance(node.value, ast.Name) else ""
                            facts.members[name.id] = facts.members.get(alias, MEMBER_ATTRIBUTE)
            case ast.AnnAssign(target=ast.Name(id=name)):
                _annotated(name, node, facts, keyword_only)
            case ast.If():
                for branch in reversed(branches(node)):
                    _body(branch, facts, keyword_only)
            case ast.Try():
                for handler in node.handlers:
                    _body(handler.body, facts, keyword_only)
                _body([*node.body, *node.orelse, *node.finalbody], facts, keyword_only)
            case ast.With() | ast.For() | ast.While():
                _body(node.body, facts, keyword_only)
            case ast.Import() | ast.ImportFrom():
                for imported in node.names:
                    facts.members[imported.asname or imported.name.partition(".")[0]] = MEMBER_ATTRIBUTE
            case ast.Delete():
                for target in node.targets:
                    if isinstance(target, ast.Name):
                        facts.members.pop(target.id, None)


def _method(node: ast.FunctionDef | ast.AsyncFunctionDef, facts: ClassFacts) -> None:
    method = function_facts(node)
    last = {name.rpartition(".")[2] for name in method.decorators}
    if "overload" in last and node.name in facts.members:
        return
    if last & PROPERTY_DECORATORS:
        facts.members[node.name] = MEMBER_PROPERTY
    elif "staticmethod" in last:
        facts.members[node.name] = MEMBER_STATIC_METHOD + method.signature
    elif "classmethod" in last or node.name in ("__init_subclass__", "__class_getitem__"):
        facts.members[node.name] = MEMBER_CLASS_METHOD + without_first(method.signature)
    else:
        facts.members[node.name] = MEMBER_METHOD + without_first(method.signature)
        if method.wraps:
            facts.wraps[node.name] = method.wraps
    if node.args.args and "staticmethod" not in last:
        _instance_attributes(node, node.args.args[0].arg, facts)


def _instance_attributes(node: ast.FunctionDef | ast.AsyncFunctionDef, own: str, facts: ClassFacts) -> None:
    for inner in ast.walk(node):
        name: str | None = None
        if isinstance(inner, ast.Attribute):
            if (
                isinstance(inner.ctx, ast.Store)
                and isinstance(inner.value, ast.Name)
                and inner.value.id == own
            ):
                name = inner.attr
        elif isinstance(inner, ast.Call):
            function = inner.func
            if isinstance(function, ast.Attribute) and function.attr in REGISTERS and inner.args:
                if dotted(function.value) == own:
                    name = constant_string(inner.args[0])
            elif (
                len(inner.args) > 1
                and (dotted(function) or "").rpartition(".")[2] in ("setattr", "__setattr__")
                and dotted(inner.args[0]) == own
            ):
                name = constant_string(inner.args[1])
        if name:
            facts.members.setdefault(name, MEMBER_INSTANCE)


def _annotated(name: str, node: ast.AnnAssign, facts: ClassFacts, keyword_only: list[bool]) -> None:
    annotation = ast.unparse(node.annotation).strip("'\"")
    if annotation.rpartition(".")[2] == "KW_ONLY":
        keyword_only[0] = True
        return
    facts.members[name] = MEMBER_INSTANCE if node.value is None else MEMBER_ATTRIBUTE
    if annotation.partition("[")[0].rpartition(".")[2] == "ClassVar":
        return
    default: str | None = None if node.value is None else short_source(node.value)
    init, only = True, keyword_only[0]
    if isinstance(node.value, ast.Call) and (dotted(node.value.func) or "").rpartition(".")[2] in (
        "field",
        "interval",
        "attrib",
        "validated_field",
    ):
        arguments = {k.arg: k.value for k in node.value.keywords if k.arg}
        default = None
        if "default" in arguments:
            default = short_source(arguments["default"])
        elif "default_factory" in arguments:
            default = "<factory>"
            facts.members[name] = MEMBER_INSTANCE
        else:
            facts.members[name] = MEMBER_INSTANCE
        init = _flag(arguments.get("init"), True)
        only = _flag(arguments.get("kw_only"), only)
    elif (
        isinstance(node.value, ast.Call)
        and (dotted(node.value.func) or "").endswith("field")
        and any(k.arg == "default" for k in node.value.keywords)
    ):
        # Field helpers such as `list_field(default=[…])` hide a default factory.
        default = "<factory>"
    existing = next((f for f in facts.fields if f.name == name), None)
    if existing is None:
        facts.fields.append(FieldFacts(name, default, init, only))
    else:
        existing.default, existing.init, existing.keyword_only = default, init, only


def _flag(node: ast.expr | None, otherwise: bool) -> bool:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, bool) else otherwise
