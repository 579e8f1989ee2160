"""Which members of a library's class the target certainly lacks, and how its code calls those that others override."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Literal

from .library import ROOT, Library

if TYPE_CHECKING:
    from ..history.inside import CallShape, Inside
    from ..history.signatures import Signature

# Classes whose `__getattr__` or `__getattribute__` only serves data (keys of a dictionary, other names of fields).
SERVES_DATA = (
    "transformers.PretrainedConfig",
    "transformers.PreTrainedTokenizerBase",
    "transformers.BatchEncoding",
    "transformers.BatchFeature",
)
# Classes that stand for all that derive from them: what an Auto class loads, an attribute holds or an annotation names.
GENERIC = (
    "transformers.PreTrainedModel",
    "transformers.PreTrainedTokenizerBase",
    "transformers.PreTrainedTokenizer",
    "transformers.PreTrainedTokenizerFast",
    "transformers.PretrainedConfig",
    "transformers.ProcessorMixin",
    "transformers.FeatureExtractionMixin",
    "transformers.ImageProcessingMixin",
    "transformers.image_processing_utils.BaseImageProcessor",
    "transformers.Pipeline",
    "transformers.Cache",
    "transformers.utils.ModelOutput",
)
# Classes that keep any keyword as an attribute, where code outside of the library may read it.
KEEPS_KEYWORDS = ("transformers.PretrainedConfig", "transformers.GenerationConfig")
# Classes that hand keywords on to objects of other families of models.
HANDS_ON = ("transformers.ProcessorMixin", "transformers.Pipeline")
CONFIG = "transformers.PretrainedConfig"
TOKENIZER = "transformers.PreTrainedTokenizerBase"
# Classes that set attributes on themselves under the names of their constructor's parameters only.
DECLARES = (
    "transformers.ProcessorMixin",
    "transformers.utils.ModelOutput",
    "transformers.utils.quantization_config.QuantizationConfigMixin",
)
# What a tokenizer serves from the table of its special tokens.
_SPECIAL_TOKEN = re.compile(r"(?:(?<!_to)_token|^(?:additional|extra)_special_tokens)(?:_ids?)?$")
METHODS = frozenset({"method", "static method", "class method"})


@dataclass(frozen=True, slots=True)
class GoneMember:
    """A member that a class had and the target's does not; ``owner`` is the class as the target calls it."""

    owner: str
    name: str
    kind: Literal["method", "attribute"]
    last: str
    """The newest release that has it."""
    without: str | None
    """The first release after that."""
    loaded: bool = False
    """Whether an object may have it all the same: what it was loaded from may hold a value of that name."""
    below: str | None = None
    """The class that stands for all that derive from it, where no class below it has the member any more."""

    @property
    def of(self) -> str:
        """The class that a receiver is certainly of."""
        return self.below or self.owner


class Membership:
    """Questions about members, between the version that the code was written for and the target."""

    def __init__(self, library: Library) -> None:
        self.library = library
        self.history = library.history
        self._from = self.history.index_of(library.from_version)
        self._to = self.history.index_of(library.to_version)
        self.gone = lru_cache(maxsize=None)(self._gone)
        self.gone_below = lru_cache(maxsize=None)(self._gone_below)
        self.kept_below = lru_cache(maxsize=None)(self._kept_below)

    @cached_property
    def inside(self) -> Inside:
        from ..history.inside import Inside

        return Inside.load()

    @cached_property
    def lost(self) -> frozenset[str]:
        """Names of members that some class lost on the way: all others need not be looked at."""
        return self.inside.lost_between(self._from, self._to)

    @cached_property
    def narrowed(self) -> dict[str, frozenset[str]]:
        """For each name of a method or a class the parameters that one of that name lost on the way."""
        return self.inside.narrowed_between(self._from, self._to)

    def _gone(self, old: str, new: str, member: str, of_class: bool = False) -> GoneMember | None:
        """Whether the class that is ``old`` on the one side and ``new`` on the other certainly lost a member.

        With ``of_class`` the class itself is asked for it, not one of its objects.
        """
        library, history = self.library, self.history
        source, target = library.read_in(old), library.to_version
        first = history.index_of(source)
        if not self._from <= first <= self._to:
            return None
        if history.kind(new, target) != "class" or history.exists(f"{new}.{member}", target):
            return None
        if not history.exists(f"{old}.{member}", source):
            return None
        kind = history.member_kind(f"{old}.{member}", source)
        if kind is None or not self._decided(old, new, member, kind, of_class):
            return None
        ends = [end for _, end in history.intervals(f"{old}.{member}") if end is not None]
        last = next((e for e in ends if history.index_of(e) >= first), source)
        after = history.index_of(last) + 1
        return GoneMember(
            new,
            member,
            "method" if kind in METHODS else "attribute",
            last,
            history.versions[after] if after < len(history.versions) else None,
            loaded=kind not in METHODS and not of_class and self._derives(new, CONFIG),
        )

    def _gone_below(self, old: str, new: str, member: str) -> GoneMember | None:
        """Whether classes below one that stands for them all had a method, and in the target none has anything of that name."""
        library, history = self.library, self.history
        source, target = library.read_in(old), library.to_version
        if not self.is_generic(new) or history.exists(f"{old}.{member}", source):
            return None
        wanted = history.definition(new, target)
        for holder in history.classes_with(member, target):
            if holder.endswith("Mixin") or wanted in history.mro(holder, target):
                return None
        if self._placed(new, member, self._is_config(new)):
            return None
        wanted = history.definition(old, source)
        holders = [h for h in history.classes_with(member, source) if wanted in history.mro(h, source)]
        if not all(history.member_kind(f"{h}.{member}", source) in METHODS for h in holders):
            return None
        for holder in holders:
            gone = self.gone(holder, holder, member)
            if gone is not None:
                return replace(gone, below=new)
        return None

    def _decided(self, old: str, new: str, member: str, kind: str, of_class: bool) -> bool:
        """Whether nothing but the class's text can give it the member, files that objects are loaded from aside."""
        history, target, inside = self.history, self.library.to_version, self.inside
        serves_data = any(self._derives(new, base) for base in SERVES_DATA)
        if history.is_open(new, target) and not (serves_data and self._bases_known(new)):
            return False
        if kind in METHODS:
            return True
        config = self._is_config(new)
        placed = self._placed(new, member, config)
        if of_class and kind == "attribute":
            return not placed  # what objects load or set does not reach their class
        if config and self._derives(new, CONFIG):
            mro = history.mro(new, target)
            return not placed and not any(inside.maps(d, member, self._to) for d in mro)
        unused = not inside.mentions(member, self._to)
        if serves_data and kind == "property" and unused:
            return True
        if kind == "attribute" and unused and not self._takes(old, member, self.library.read_in(old)):
            return True  # an attribute of the class alone is not in the files that objects are loaded from
        if placed:
            return False
        if self._derives(new, TOKENIZER):
            return _SPECIAL_TOKEN.search(member) is None
        if serves_data:
            return False
        if kind == "property":
            return True  # read-only: nobody stored a value under its name
        if any(self._derives(new, base) for base in DECLARES):
            return not self._takes(new, member, target)
        return not any(inside.may_set(d, member, self._to) for d in history.mro(new, target))

    def _placed(self, new: str, member: str, config: bool) -> bool:
        """Whether the library sets an attribute of that name from outside on objects that may be of the class."""
        places = self.inside.places
        return places(member, self._to) or (config and places(member, self._to, on_config=True))

    def _is_config(self, name: str) -> bool:
        return name.endswith("Config") or self._derives(name, CONFIG)

    def _takes(self, cls: str, member: str, version: str) -> bool:
        signature = self.history.signature(cls, version)
        return signature is None or signature.parameter(member) is not None

    def _derives(self, name: str, base: str) -> bool:
        return self.history.is_subclass(name, base, self.library.to_version)

    def _bases_known(self, name: str) -> bool:
        from ..history.external import external_members

        return all(
            definition.startswith(f"{ROOT}.") or external_members(definition) is not None
            for definition in self.history.mro(name, self.library.to_version)
        )

    def _kept_below(self, new: str, member: str) -> tuple[str, ...] | None:
        """The classes below ``new`` that still have a member; None when they cannot be counted.

        That is so when a mixin has it, from which any class may derive besides.
        """
        history, target = self.history, self.library.to_version
        wanted = history.definition(new, target)
        holders = history.classes_with(member, target)
        if self.is_generic(new) and any(h.endswith("Mixin") for h in holders):
            return None
        return tuple(d for d in holders if wanted in history.mro(d, target))

    def is_generic(self, name: str) -> bool:
        """Whether a class stands for all that derive from it: nobody makes objects of just that class."""
        definition = self.history.definition(name, self.library.to_version)
        return any(definition == self.history.definition(g, self.library.to_version) for g in GENERIC)

    def calls(self, owner: str, method: str, *, target: bool) -> tuple[CallShape, ...]:
        """How the library's own code calls a method of an object of that class."""
        version = self.library.to_version if target else self.library.read_in(owner)
        number = self.history.index_of(version)
        found: dict[CallShape, None] = {}
        for definition in self.history.mro(owner, version):
            found.update(dict.fromkeys(self.inside.calls(definition, method, number)))
        return tuple(found)

    def adapts(self, owner: str, method: str) -> bool:
        """Whether the target's code looks at the signature of a method before it calls it."""
        mro = self.history.mro(owner, self.library.to_version)
        return any(self.inside.adapts(definition, method, self._to) for definition in mro)

    def signature(self, name: str, *, target: bool) -> Signature | None:
        """The signature of a member in the version that the code was written for or in the target."""
        version = self.library.to_version if target else self.library.read_in(name.rpartition(".")[0])
        return self.history.signature(name, version)

    def swallows(self, name: str, parameter: str) -> bool:
        """Whether what takes any keyword in the target takes one that nothing there can read.

        Raising an error for it counts too. ``parameter`` is one that ``name`` had.
        """
        history, target = self.history, self.library.to_version
        owner = name.rpartition(".")[0]
        constructor = history.kind(name, target) == "class"
        cls = name if constructor else owner if history.kind(owner, target) == "class" else None
        if cls is not None and any(self._derives(cls, base) for base in KEEPS_KEYWORDS):
            return False
        if constructor and not self._bases_known(cls or name):
            return False
        if not self.inside.reads(parameter, self._to):
            return True
        if cls is not None and (not constructor or any(self._derives(cls, base) for base in HANDS_ON)):
            return False  # an object may be of a class below, in another family
        parts = (history.definition(name, target) or name).split(".")
        family = parts[3] if parts[2] == "deprecated" else parts[2]
        return parts[1] == "models" and not self.inside.reads(parameter, self._to, family)

    def may_read(self, gone: GoneMember) -> bool:
        """Whether the target may look at a value that is set under the name of what its own objects lack."""
        return gone.loaded and self.inside.mentions(gone.name, self._to)

    def looked_for(self, member: str) -> bool:
        """Whether what the models share names a member in the target, as an attribute or in quotes."""
        return self.inside.mentions(member, self._to, shared=True)
