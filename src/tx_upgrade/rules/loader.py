"""Reads rule packs: YAML with line numbers, every key checked, the nearest valid one named in the error."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from packaging.version import InvalidVersion, Version

from ..model import LIBRARY, Safety, TxUpgradeError
from .nodes import Node, read
from .patterns import outline
from .schema import (
    ANY,
    INSTANCE,
    AddedBaseSelector,
    ArgumentOp,
    AttributeSelector,
    CallSelector,
    Case,
    ClassAttributeSelector,
    ClassDefaultsSelector,
    EnvironmentSelector,
    Example,
    FlagSelector,
    Like,
    LoopSelector,
    MadeWith,
    MatchSelector,
    ModuleSelector,
    Outline,
    OverrideSelector,
    Packs,
    Pairing,
    ReexportSelector,
    Rule,
    Selector,
    ShimEntry,
    StringSelector,
    SymbolSelector,
    Unpacked,
    UnwrapSelector,
    Written,
)

COMMON_KEYS = frozenset(
    {"id", "title", "deprecated", "broken", "available", "safety", "source", "message", "tags", "examples"}
    | {"since"}
)
SELECTOR_KEYS: dict[str, frozenset[str]] = {
    "symbols": frozenset({"changed", "when_checked"}),
    "modules": frozenset(),
    "reexports": frozenset(),
    "call": frozenset(
        {
            "replace",
            "arguments",
            "add",
            "unless",
            "require",
            "keyword_only_from",
            "taken",
            "unpacked",
            "defining",
        }
    ),
    "match": frozenset({"where", "proven", "replace", "results", "hooked"}),
    "cases": frozenset({"where", "proven", "results", "hooked"}),
    "attributes": frozenset({"access", "not_given"}),
    "overrides": frozenset(
        {
            "add_parameters",
            "add_var_keyword",
            "rename_parameters",
            "having",
            "lacking",
            "hand_on",
            "decorate",
            "tests",
            "reads",
            "unless_calls",
            "append",
            "below",
            "speaks_of",
        }
    ),
    "class_attributes": frozenset({"holding", "paired", "value"}),
    "class_defaults": frozenset({"defaults", "also_for"}),
    "subclasses": frozenset({"add_base", "defining", "calling"}),
    "unwrap_with": frozenset({"where", "inside"}),
    "loops_over": frozenset({"items", "whole"}),
    "strings": frozenset({"used_with"}),
    "environment": frozenset(),
    "flags": frozenset({"parsed_into"}),
}
_OPERATION_KEYS = frozenset(
    {
        "is",
        "not",
        "literal",
        "of",
        "may_be",
        "could_be",
        "read",
        "rename",
        "value",
        "remove",
        "replace",
        "through",
        "made_with",
        "hand_to",
    }
    | {"safety", "message"}
)
_EXAMPLE_KEYS = frozenset({"before", "after", "same", "finds", "unsafe", "runnable"})
_CASE_KEYS = frozenset(
    {
        "match",
        "replace",
        "safety",
        "message",
        "bare",
        "named",
        "given_by",
        "in_front",
        "mentions",
        "also",
        "able",
        "not_given",
        "at_least",
        "unpacked_into",
        "used_with",
    }
)
_VARIABLE = re.compile(r"\$\w+")
_ID = re.compile(r"[a-z0-9]+(?:[.-][a-z0-9]+)*")


def load_files(files: Sequence[tuple[Path, str]]) -> Packs:
    """Read pack files (path and the name to show in messages).

    Raises:
        TxUpgradeError: a file cannot be read or says something that rules cannot say; file, line and the nearest
            valid key are named.
    """
    rules: list[Rule] = []
    shims: dict[str, ShimEntry] = {}
    seen: dict[str, Rule] = {}
    for path, display in files:
        root = read(path, display)
        keys = root.check_keys("a rule pack", {"library", "from", "to", "generated", "rules", "shims"})
        for key in ("from", "to", "rules"):
            if key not in keys:
                root.fail(f"a rule pack needs the key {key!r}")
        pack = (_version(keys["from"], "from"), _version(keys["to"], "to"))
        library = keys["library"].text("library") if "library" in keys else LIBRARY
        if not library.isidentifier():
            keys["library"].fail(f"library is the name that a package is imported by, not {library!r}")
        generated = "generated" in keys and bool(keys["generated"].value)
        for node in keys["rules"].sequence("rules"):
            rule = _rule(node, pack)._replace(generated=generated, library=library)
            if library != LIBRARY:
                rule = rule._replace(tags=(*rule.tags, library))
            if rule.id in seen:
                other = seen[rule.id]
                node.fail(f"rule id {rule.id!r} is already used at {other.file}:{other.line}")
            seen[rule.id] = rule
            rules.append(rule._replace(order=len(rules)))
        for node in keys["shims"].sequence("shims") if "shims" in keys else []:
            entry = _shim(node)
            if entry.name in shims:
                node.fail(
                    f"shim {entry.name!r} is already defined at {shims[entry.name].file}:{shims[entry.name].line}"
                )
            shims[entry.name] = entry
    rules.sort(key=_sort_key)
    return Packs(tuple(rule._replace(order=i) for i, rule in enumerate(rules)), shims)


def _sort_key(rule: Rule) -> tuple[str, Version, Version, bool, int]:
    """The library's own rules first: what they lead to in others is then met by the rules of those."""
    broken = Version(rule.broken or rule.deprecated or "0")
    library = "" if rule.library == LIBRARY else rule.library
    return library, broken, Version(rule.deprecated or rule.broken or "0"), rule.generated, rule.order


def _version(node: Node, what: str) -> str:
    text = node.text(what)
    try:
        Version(text)
    except InvalidVersion:
        node.fail(f"{what}: {text!r} is not a version")
    return text


def _outline(node: Node, pattern: str) -> Outline:
    try:
        return outline(pattern)
    except TxUpgradeError as error:
        node.fail(str(error))


def _strings(node: Node, what: str) -> tuple[str, ...]:
    if isinstance(node.children, list):
        return tuple(n.text(what) for n in node.children)
    return (node.text(what),)


def _string_map(node: Node, what: str) -> dict[str, str]:
    return {str(k): v.text(f"{what}.{k}") for k, v in node.mapping(what).items()}


def _optional_map(node: Node, what: str) -> dict[str, str | None]:
    found: dict[str, str | None] = {}
    for key, value in node.mapping(what).items():
        if not isinstance(key, str):
            value.fail(f"{what}: the name {key!r} must be a string")
        found[key] = None if value.value is None else value.text(f"{what}.{key}")
    return found


def _literals(node: Node) -> tuple[Any, ...]:
    return tuple(node.value) if isinstance(node.children, list) else (node.value,)


def _conditions(node: Node, what: str) -> dict[str, Any]:
    return {str(k): _condition(v, f"{what}.{k}") for k, v in node.mapping(what).items()}


def _condition(node: Node, what: str) -> Any:
    if isinstance(node.children, dict):
        keys = node.check_keys(what, {"like", "made_with", "written"})
        if len(keys) != 1:
            node.fail(f"{what} is one of like, made_with and written")
        ((kind, wanted),) = keys.items()
        if kind == "made_with":
            return MadeWith(wanted.text(kind))
        lower = tuple(p.lower() for p in _strings(wanted, kind))
        return Like(lower) if kind == "like" else Written(lower)
    if node.value in (ANY, INSTANCE):
        return node.value
    return tuple(node.value) if isinstance(node.value, list) else (node.value,)


def _safety(node: Node) -> Safety:
    value = node.value
    if value == "safe":
        return "safe"
    if value == "unsafe":
        return "unsafe"
    if value == "manual":
        return "manual"
    return node.fail(f"safety must be safe, unsafe or manual, not {value!r}")


def _operation(node: Node, name: str) -> ArgumentOp:
    keys = node.check_keys(f"the operation on {name}", _OPERATION_KEYS)
    get = keys.get
    op = ArgumentOp(
        is_=_literals(keys["is"]) if "is" in keys else None,
        not_=_literals(keys["not"]) if "not" in keys else None,
        literal=keys["literal"].value if "literal" in keys else None,
        of=_strings(keys["of"], "of") if "of" in keys else None,
        may_be=_strings(keys["may_be"], "may_be") if "may_be" in keys else None,
        rename=keys["rename"].text("rename") if "rename" in keys else None,
        value=_source(keys["value"], "value") if "value" in keys else None,
        remove=bool(keys["remove"].value) if "remove" in keys else False,
        replace=tuple((str(k), _source(v, str(k))) for k, v in keys["replace"].mapping("replace").items())
        if "replace" in keys
        else (),
        through=keys["through"].text("through") if "through" in keys else None,
        made_with=tuple(_string_map(keys["made_with"], "made_with").items()) if "made_with" in keys else (),
        hand_to=keys["hand_to"].text("hand_to") if "hand_to" in keys else None,
        could_be=_literals(keys["could_be"]) if "could_be" in keys else None,
        read=keys["read"].text("read") if "read" in keys else None,
        safety=_safety(keys["safety"]) if "safety" in keys else None,
        message=keys["message"].text("message") if get("message") else None,
    )
    if sum(
        [op.value is not None, op.remove, bool(op.replace), op.through is not None, bool(op.hand_to)]
    ) > 1 or (op.rename and (op.remove or op.replace)):
        node.fail(
            f"the operation on {name} must be one of rename (with or without value), value, remove, replace, through and hand_to"
        )
    return op


def _source(node: Node, what: str) -> str:
    """A template; YAML scalars such as true and 0 are taken as Python source."""
    if isinstance(node.value, str):
        return node.value
    if node.value is None or isinstance(node.value, bool | int | float):
        return repr(node.value)
    return node.fail(f"{what} must be Python source as a string")


def _operations(node: Node) -> dict[str, tuple[ArgumentOp, ...]]:
    found: dict[str, tuple[ArgumentOp, ...]] = {}
    for name, value in node.mapping("arguments").items():
        if isinstance(value.children, list):
            found[str(name)] = tuple(_operation(n, name) for n in value.children)
        elif value.value is None:
            found[str(name)] = (ArgumentOp(),)
        else:
            found[str(name)] = (_operation(value, name),)
    return found


def _case(node: Node) -> Case:
    keys = node.check_keys("a case", _CASE_KEYS)
    if "match" not in keys:
        node.fail("a case needs the key 'match'")
    match = keys["match"].text("match")
    return Case(
        match=match,
        outline=_outline(keys["match"], match),
        replace=keys["replace"].text("replace")
        if "replace" in keys and keys["replace"].value is not None
        else None,
        safety=_safety(keys["safety"]) if "safety" in keys else None,
        message=keys["message"].text("message") if "message" in keys else None,
        bare=bool(keys["bare"].value) if "bare" in keys else False,
        named=_names_of(keys, "named"),
        given_by=_names_of(keys, "given_by"),
        in_front=_names_of(keys, "in_front"),
        mentions=_names_of(keys, "mentions"),
        also=_source(keys["also"], "also") if "also" in keys else None,
        able=_names_of(keys, "able"),
        not_given={str(k): _literals(v) for k, v in keys["not_given"].mapping("not_given").items()}
        if "not_given" in keys
        else {},
        at_least={str(k): v.number(f"at_least.{k}") for k, v in keys["at_least"].mapping("at_least").items()}
        if "at_least" in keys
        else {},
        unpacked_into=keys["unpacked_into"].number("unpacked_into") if "unpacked_into" in keys else 0,
        used_with=keys["used_with"].text("used_with") if "used_with" in keys else "",
    )


def _names_of(keys: dict[Any, Node], key: str) -> dict[str, tuple[str, ...]]:
    if key not in keys:
        return {}
    return {str(k): _strings(v, f"{key}.{k}") for k, v in keys[key].mapping(key).items()}


def _where(keys: dict[Any, Node]) -> dict[str, tuple[str, ...]]:
    if "where" not in keys:
        return {}
    found = {str(k): _strings(v, f"where.{k}") for k, v in keys["where"].mapping("where").items()}
    for key, method in (("results", "__call__"), ("hooked", "register_forward_hook")):
        if key in keys:
            for name, source in keys[key].mapping(key).items():
                classes = found.get(source.text(f"{key}.{name}"))
                if classes is None:
                    source.fail(f"{key}.{name} names no variable of where")
                found[str(name)] = tuple(f"{c}.{method}" for c in classes)
    return found


def _match(keys: dict[Any, Node]) -> MatchSelector:
    template = (
        keys["replace"].text("replace") if "replace" in keys and keys["replace"].value is not None else None
    )
    return MatchSelector(
        tuple(Case(m, _outline(keys["match"], m), template) for m in _strings(keys["match"], "match")),
        _where(keys),
        bool(keys["proven"].value) if "proven" in keys else False,
    )


def _loops(keys: dict[Any, Node]) -> LoopSelector:
    items: dict[int, str] = {}
    for names, becomes in keys["items"].mapping("items").items() if "items" in keys else ():
        old, new = _VARIABLE.findall(str(names)), becomes.text(f"items.{names}")
        if not old or _VARIABLE.findall(new) != old:
            becomes.fail(f"items.{names}: the same variables in the same order are needed on both sides")
        items[len(old)] = new
    if not items:
        keys["loops_over"].fail("loops_over needs the key 'items'")
    whole = keys["whole"].text("whole") if "whole" in keys else None
    return LoopSelector(_strings(keys["loops_over"], "loops_over"), items, whole)


def _call(keys: dict[Any, Node]) -> CallSelector:
    return CallSelector(
        callees=_strings(keys["call"], "call"),
        replace=keys["replace"].text("replace") if "replace" in keys else None,
        arguments=_operations(keys["arguments"]) if "arguments" in keys else {},
        add={k: _source(v, str(k)) for k, v in keys["add"].mapping("add").items()} if "add" in keys else {},
        unless=_conditions(keys["unless"], "unless") if "unless" in keys else {},
        require=_conditions(keys["require"], "require") if "require" in keys else {},
        keyword_only_from=keys["keyword_only_from"].value if "keyword_only_from" in keys else None,
        unpacked=_unpacked(keys["unpacked"]) if "unpacked" in keys else None,
        whole=_whole(keys["taken"]) if "taken" in keys else False,
        defining=_strings(keys["defining"], "defining") if "defining" in keys else (),
    )


def _whole(node: Node) -> bool:
    if node.text("taken") != "whole":
        node.fail("taken is 'whole', or is left out")
    return True


def _unpacked(node: Node) -> Unpacked:
    fields = node.check_keys("unpacked", {"through", "keys"})
    for key in ("through", "keys"):
        if key not in fields:
            node.fail(f"unpacked needs the key {key!r}")
    return Unpacked(fields["through"].text("through"), frozenset(_strings(fields["keys"], "keys")))


def _added_base(keys: dict[Any, Node]) -> AddedBaseSelector:
    if "add_base" not in keys:
        keys["subclasses"].fail("subclasses needs the key 'add_base'")
    return AddedBaseSelector(
        keys["subclasses"].text("subclasses"),
        keys["add_base"].text("add_base"),
        _strings(keys["defining"], "defining") if "defining" in keys else (),
        _strings(keys["calling"], "calling") if "calling" in keys else (),
    )


def _pairing(node: Node) -> Pairing:
    keys = node.check_keys("paired", {"assigned_in", "calls", "returned", "overridden"})
    returned = (
        [_strings(n, "paired.returned") for n in keys["returned"].sequence("paired.returned")]
        if "returned" in keys
        else []
    )
    for methods in returned:
        if len(methods) != 3:
            node.fail("an entry of paired.returned is two methods and a member")
    return Pairing(
        _strings(keys["assigned_in"], "paired.assigned_in") if "assigned_in" in keys else (),
        _string_map(keys["calls"], "paired.calls") if "calls" in keys else {},
        tuple((m[0], m[1], m[2]) for m in returned),
        keys["overridden"].text("paired.overridden") if "overridden" in keys else "",
    )


_SELECTORS: dict[str, Callable[[dict[Any, Node]], Selector]] = {
    "symbols": lambda k: SymbolSelector(
        _optional_map(k["symbols"], "symbols"),
        bool(k["changed"].value) if "changed" in k else False,
        k["when_checked"].text("when_checked") if "when_checked" in k else None,
    ),
    "modules": lambda k: ModuleSelector(_optional_map(k["modules"], "modules")),
    "reexports": lambda k: ReexportSelector(k["reexports"].text("reexports")),
    "call": _call,
    "match": _match,
    "cases": lambda k: MatchSelector(
        tuple(_case(n) for n in k["cases"].sequence("cases")),
        _where(k),
        bool(k["proven"].value) if "proven" in k else False,
    ),
    "attributes": lambda k: AttributeSelector(
        _optional_map(k["attributes"], "attributes"),
        k["access"].text("access") if "access" in k else "default",
        _literals(k["not_given"]) if "not_given" in k else (),
    ),
    "overrides": lambda k: OverrideSelector(
        _strings(k["overrides"], "overrides"),
        _strings(k["add_parameters"], "add_parameters") if "add_parameters" in k else (),
        bool(k["add_var_keyword"].value) if "add_var_keyword" in k else False,
        _string_map(k["rename_parameters"], "rename_parameters") if "rename_parameters" in k else {},
        _strings(k["having"], "having") if "having" in k else (),
        _strings(k["lacking"], "lacking") if "lacking" in k else (),
        bool(k["hand_on"].value) if "hand_on" in k else False,
        k["decorate"].text("decorate") if "decorate" in k else None,
        _strings(k["tests"], "tests") if "tests" in k else (),
        _strings(k["reads"], "reads") if "reads" in k else (),
        _strings(k["unless_calls"], "unless_calls") if "unless_calls" in k else (),
        _source(k["append"], "append") if "append" in k else None,
        _strings(k["below"], "below") if "below" in k else (),
        _strings(k["speaks_of"], "speaks_of") if "speaks_of" in k else (),
    ),
    "class_attributes": lambda k: ClassAttributeSelector(
        _optional_map(k["class_attributes"], "class_attributes"),
        _strings(k["holding"], "holding") if "holding" in k else (),
        _pairing(k["paired"]) if "paired" in k else None,
        _source(k["value"], "value") if "value" in k else None,
    ),
    "class_defaults": lambda k: ClassDefaultsSelector(
        k["class_defaults"].text("class_defaults"),
        {n: _source(v, n) for n, v in k["defaults"].mapping("defaults").items()} if "defaults" in k else {},
        {str(n): _strings(v, f"also_for.{n}") for n, v in k["also_for"].mapping("also_for").items()}
        if "also_for" in k
        else {},
    ),
    "subclasses": _added_base,
    "unwrap_with": lambda k: UnwrapSelector(
        k["unwrap_with"].text("unwrap_with"),
        _where(k),
        tuple(_case(n) for n in k["inside"].sequence("inside")) if "inside" in k else (),
    ),
    "loops_over": _loops,
    "strings": lambda k: StringSelector(
        _strings(k["strings"], "strings"),
        k["used_with"].text("used_with") if "used_with" in k else "transformers",
    ),
    "environment": lambda k: EnvironmentSelector(_optional_map(k["environment"], "environment")),
    "flags": lambda k: FlagSelector(
        _optional_map(k["flags"], "flags"),
        k["parsed_into"].text("parsed_into")
        if "parsed_into" in k
        else k["flags"].fail("needs 'parsed_into', the class whose fields the flags are"),
    ),
}


def _rule(node: Node, pack: tuple[str, str]) -> Rule:
    present = node.mapping("a rule")
    selectors = [s for s in SELECTOR_KEYS if s in present]
    name = present["id"].value if "id" in present else "?"
    extra: set[str] = set().union(*(SELECTOR_KEYS[s] for s in selectors)) if selectors else set()
    keys = node.check_keys(f"rule {name!r}", COMMON_KEYS | set(SELECTOR_KEYS) | extra)
    if len(selectors) != 1:
        node.fail(
            f"rule {name!r} needs exactly one of {', '.join(SELECTOR_KEYS)}"
            + (f"; it has {' and '.join(selectors)}" if selectors else "")
        )
    for key in ("id", "title", "safety", "source", "examples"):
        if key not in keys:
            node.fail(f"rule {name!r} needs the key {key!r}")
    rule_id = keys["id"].text("id")
    if not _ID.fullmatch(rule_id):
        keys["id"].fail(f"rule id {rule_id!r} must be lower case words joined by '-'")
    deprecated = _version(keys["deprecated"], "deprecated") if _given(keys, "deprecated") else None
    broken = _version(keys["broken"], "broken") if _given(keys, "broken") else None
    decisive = broken or deprecated
    if decisive is None:
        node.fail(f"rule {rule_id!r} needs 'broken' or 'deprecated'")
    if not Version(pack[0]) < Version(decisive) <= Version(pack[1]):
        node.fail(f"rule {rule_id!r}: {decisive} does not lie in this pack's ({pack[0]}, {pack[1]}]")
    return Rule(
        id=rule_id,
        title=keys["title"].text("title"),
        selector=_SELECTORS[selectors[0]](keys),
        safety=_safety(keys["safety"]),
        message=keys["message"].text("message").strip()
        if _given(keys, "message")
        else keys["title"].text("title"),
        source=keys["source"].text("source"),
        deprecated=deprecated,
        broken=broken,
        since=_version(keys["since"], "since") if _given(keys, "since") else None,
        available=_version(keys["available"], "available") if _given(keys, "available") else None,
        tags=_strings(keys["tags"], "tags") if "tags" in keys else (),
        examples=tuple(_example(n) for n in keys["examples"].sequence("examples")),
        pack=pack,
        file=node.file,
        line=node.line,
    )


def _given(keys: dict[Any, Node], name: str) -> bool:
    return name in keys and keys[name].value is not None


def _example(node: Node) -> Example:
    keys = node.check_keys("an example", _EXAMPLE_KEYS)
    texts = {k: keys[k].text(k) for k in ("before", "after", "same", "finds") if k in keys}
    if set(texts) not in ({"before", "after"}, {"same"}, {"finds"}):
        node.fail("an example is before and after, or same, or finds")
    return Example(
        **texts,
        unsafe=bool(keys["unsafe"].value) if "unsafe" in keys else False,
        runnable=bool(keys["runnable"].value) if "runnable" in keys else False,
    )


def _shim(node: Node) -> ShimEntry:
    keys = node.check_keys("a shim", {"name", "serves", "source", "needs", "written_before"})
    for key in ("name", "serves", "source"):
        if key not in keys:
            node.fail(f"a shim needs the key {key!r}")
    return ShimEntry(
        name=keys["name"].text("name"),
        serves=keys["serves"].text("serves"),
        source=keys["source"].text("source"),
        needs=_strings(keys["needs"], "needs") if "needs" in keys else (),
        file=node.file,
        line=node.line,
        written_before=_earlier_sources(keys["written_before"]) if "written_before" in keys else (),
    )


def _earlier_sources(node: Node) -> tuple[tuple[str, str], ...]:
    """Sources by the version that the code was written before, the lowest first."""
    sources = node.mapping("written_before")
    for version in sources:
        if not isinstance(version, str) or not re.fullmatch(r"\d+\.\d+", version):
            node.fail(f'written_before names versions like "4.52" (quote them), not {version!r}')
    return tuple((v, sources[v].text(v)) for v in sorted(sources, key=Version))
