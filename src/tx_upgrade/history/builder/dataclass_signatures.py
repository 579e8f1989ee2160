"""Constructors that no body spells out: dataclasses, ``NamedTuple`` and the library's configurations of 5.x."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tx_upgrade.history.builder.facts import ClassFacts, FieldFacts
from tx_upgrade.history.encoding import MEMBER_METHOD
from tx_upgrade.history.signatures import SEPARATOR

if TYPE_CHECKING:
    from tx_upgrade.history.builder.link import Linker

CONFIGURATION_BASE = {"PreTrainedConfig", "PretrainedConfig"}


def constructor_members(linker: Linker, module: str, name: str, facts: ClassFacts) -> dict[str, str]:
    """``__init__`` of a class that gets one from its fields: {} for every other class."""
    if "__init__" in facts.members:
        return {}
    bases = linker.base_names(module, facts)
    if "^typing.NamedTuple" in bases:
        return {"__new__": MEMBER_METHOD + _signature(facts.fields, any_keyword=False)}
    definition = f"{module}.{name}"
    configuration = is_field_configuration(linker, definition, facts)
    if not configuration and (
        facts.dataclass_arguments is None or facts.dataclass_arguments.get("init") == "False"
    ):
        return {}
    fields = collect_fields(linker, definition, facts)
    # `inspect.signature` does not show it, but configurations take any keyword and hand it to `__post_init__`.
    return {"__init__": MEMBER_METHOD + _signature(fields, any_keyword=configuration)}


def is_field_configuration(linker: Linker, definition: str, facts: ClassFacts) -> bool:
    """Whether the class derives from the configuration base of 5.x that turns subclasses into dataclasses."""
    seen: set[str] = set()
    todo = [(definition, facts)]
    while todo:
        current, body = todo.pop()
        if current in seen:
            continue
        seen.add(current)
        module, _, name = current.rpartition(".")
        if name in CONFIGURATION_BASE:
            return body.dataclass_arguments is not None
        todo.extend(linker.base_classes(module, body))
    return False


def collect_fields(linker: Linker, definition: str, facts: ClassFacts) -> list[FieldFacts]:
    """Fields in the order of the generated constructor, the inherited ones first."""
    found: dict[str, FieldFacts] = {}
    for current in reversed(_linearise(linker, definition, facts)):
        body = linker.class_facts(current) if current != definition else facts
        if body is None:
            continue
        configuration = is_field_configuration(linker, current, body)
        if body.dataclass_arguments is None and not configuration:
            continue
        only = configuration and body.dataclass_arguments is None
        only = only or (body.dataclass_arguments or {}).get("kw_only") == "True"
        for item in body.fields:
            found[item.name] = FieldFacts(item.name, item.default, item.init, item.keyword_only or only)
        # A plain class attribute over an inherited field becomes that field's default only when annotated.
    return list(found.values())


def _linearise(linker: Linker, definition: str, facts: ClassFacts) -> list[str]:
    order: list[str] = [definition]
    module = definition.rpartition(".")[0]
    for base, body in linker.base_classes(module, facts):
        for item in _linearise(linker, base, body):
            if item in order:
                order.remove(item)
            order.append(item)
    return order


def _signature(fields: list[FieldFacts], *, any_keyword: bool) -> str:
    taken = [f for f in fields if f.init]
    ordered = [f for f in taken if not f.keyword_only]
    only = [f for f in taken if f.keyword_only]
    parts = [_text(f) for f in ordered]
    if only:
        parts += ["*", *(_text(f) for f in only)]
    if any_keyword:
        parts.append("**kwargs")
    return SEPARATOR.join(parts)


def _text(item: FieldFacts) -> str:
    return item.name if item.default is None else f"{item.name}={item.default}"
