"""What 5.x serves at run time only: names and modules that no file of the release defines.

``XTokenizerFast`` for ``XTokenizer``, ``XImageProcessorFast`` for ``XImageProcessor``, tokenizers that only share a
converter with another one, and whole modules under their old paths.
"""

from __future__ import annotations

from tx_upgrade.history.builder.facts import ImportFacts, LazyFacts, ModuleFacts
from tx_upgrade.history.builder.link import Linker
from tx_upgrade.history.encoding import CLASS, LIBRARY

IMPORT_UTILS = f"{LIBRARY}.utils.import_utils"


def add_runtime_aliases(linker: Linker) -> None:
    """Bind the names and modules that the lazy machinery of this release serves."""
    if not linker.serves_fast or linker.facts[LIBRARY].lazy is None:
        return
    for module in list(linker.facts):
        if linker.facts[module].lazy is not None:
            _names(linker, module)
    _modules(linker)


def _names(linker: Linker, module: str) -> None:
    facts = linker.facts[module]
    assert facts.lazy is not None
    table = linker.lazy_table(module)
    served: dict[str, tuple[str, str]] = {}
    fast_images = "fast_image_processors" in linker.features
    for name in list(table):
        if name.endswith("Tokenizer"):
            fast = name + "Fast"
            if fast not in table or linker.resolve(f"{module}.{table[fast]}", fast) is None:
                served[fast] = (f"{module}.{table[name]}", name)
        elif fast_images and name.endswith("ImageProcessor") and name + "Fast" not in table:
            served[name + "Fast"] = (f"{module}.{table[name]}", name)
    served.update(_converted(linker, module, table))
    _bind(facts, facts.lazy, {n: t for n, t in served.items() if _exists(linker, t)})


def _exists(linker: Linker, target: tuple[str, str]) -> bool:
    return linker.resolve(*target) is not None


def _converted(linker: Linker, module: str, table: dict[str, str]) -> dict[str, tuple[str, str]]:
    """Tokenizers that are gone but share a converter with one that is there."""
    converters = linker.facts[f"{LIBRARY}.convert_slow_tokenizer"].string_tables.get(
        "SLOW_TO_FAST_CONVERTERS", {}
    )
    top = linker.lazy_table(LIBRARY)
    package = module.rpartition(".")[2].replace("_", "")
    served: dict[str, tuple[str, str]] = {}
    for name, converter in converters.items():
        if module != LIBRARY and not name.lower().startswith(package):
            continue
        candidates = [converter.replace("Converter", "") + "Tokenizer"]
        candidates += [
            n for n, c in converters.items() if c == converter and n != name and n not in candidates
        ]
        for asked in (name, name + "Fast"):
            if asked in table and linker.resolve(f"{module}.{table[asked]}", asked) is not None:
                continue
            if asked in table and not asked.endswith("Fast"):
                continue
            if asked.endswith("Fast") and name in table:
                continue
            for candidate in candidates:
                if candidate in top and linker.resolve(f"{LIBRARY}.{top[candidate]}", candidate) is not None:
                    served[asked] = (f"{LIBRARY}.{top[candidate]}", candidate)
                    break
    return served


def _bind(facts: ModuleFacts, lazy: LazyFacts, served: dict[str, tuple[str, str]]) -> None:
    for name, (module, original) in served.items():
        facts.bindings[name] = ImportFacts(0, module, original)
    lazy.extra = (*lazy.extra, *served)


def _modules(linker: Linker) -> None:
    top = linker.facts[LIBRARY]
    aliases = {old: new for old, new in top.aliases.items() if not old.startswith("*")}
    aliases.update(top.string_tables.get("_LEGACY_MODULE_ALIASES", {}))
    found = {f"{LIBRARY}.{old}": f"{LIBRARY}.{new}" for old, new in aliases.items()}
    every = "*image_processing" in top.aliases
    if every or "_LEGACY_FAST_IMAGE_PROCESSOR_MODULE" in top.bindings:
        for module in linker.facts:
            package, _, last = module.rpartition(".")
            if not last.startswith("image_processing_") or not package.startswith(f"{LIBRARY}.models."):
                continue
            if last.startswith("image_processing_pil_") and not every:
                continue
            parent = package.rpartition(".")[2] if every else package.removeprefix(f"{LIBRARY}.models.")
            if "." not in parent:
                found.setdefault(f"{LIBRARY}.models.{parent}.{last}_fast", module)
    for old, new in found.items():
        if new not in linker.facts or (old in linker.facts and not every):
            continue
        module_facts = ModuleFacts()
        for name in sorted(linker.all_names(new)):
            target = linker.resolve(new, name)
            if target is None:
                continue
            module_facts.bindings[name] = ImportFacts(0, new, name)
            if (
                target[0] == CLASS
                and "image_processing_" in old
                and (every or name.endswith("ImageProcessor"))
            ):
                module_facts.bindings.setdefault(name + "Fast", ImportFacts(0, new, name))
        linker.facts[old] = module_facts
        parent, _, last = old.rpartition(".")
        linker.submodules.setdefault(parent, set()).add(last)
        linker.forget(old)
