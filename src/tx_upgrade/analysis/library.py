"""The library between two releases: the history's questions as the engine asks them, remembered."""

from __future__ import annotations

from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

from packaging.version import Version

if TYPE_CHECKING:
    from ..history import History, Signature
    from ..history.moves import Moves
    from .membership import Membership

ROOT = "transformers"
_CONFIG = "transformers.PretrainedConfig"


class Library:
    """What ``transformers`` offers in the version that the code was written for and in the target."""

    def __init__(self, history: History, from_version: str, to_version: str) -> None:
        self.history = history
        self.from_version = from_version
        self.to_version = to_version
        self.others: frozenset[str] = frozenset()
        """Packages beside it whose objects the run's rules speak of; of these there is no history."""
        # a bound cache per instance: these are asked tens of thousands of times
        self._version_of = lru_cache(maxsize=None)(self._search_version)
        self.canonical = lru_cache(maxsize=None)(self._canonical)
        self.same = lru_cache(maxsize=None)(self._same)
        self.kind = lru_cache(maxsize=None)(self._kind)
        self.in_target = lru_cache(maxsize=None)(self._in_target)
        self.is_subclass = lru_cache(maxsize=None)(self._is_subclass)
        self.part = lru_cache(maxsize=None)(self._part)
        self.config_of = lru_cache(maxsize=None)(self._config_of)
        self.passed_on = lru_cache(maxsize=None)(self._passed_on)
        self.moved = lru_cache(maxsize=None)(self._moved)

    def is_class_beside(self, name: str) -> bool:
        """Whether a name is a class of a package beside the library that rules speak of, by how it is written."""
        last = name.rpartition(".")[2]
        return name.partition(".")[0] in self.others and last[:1].isupper() and not last.isupper()

    @cached_property
    def membership(self) -> Membership:
        """What classes lost between the two releases."""
        from .membership import Membership

        return Membership(self)

    def _search_version(self, name: str) -> str | None:
        """The version to read ``name`` in: the old side, else the first after it that had it, else the last before."""
        if self.history.exists(name, self.from_version):
            return self.from_version
        intervals = self.history.intervals(name)
        if not intervals:
            return None
        since = Version(self.from_version)
        later = [start for start, _ in intervals if Version(start) > since]
        return later[0] if later else intervals[-1][1]

    def _canonical(self, name: str) -> str | None:
        """Where ``name`` is defined (its last known place when both sides lack it); None for a name never seen."""
        version = self._version_of(name)
        return None if version is None else self.history.definition(name, version)

    def _kind(self, name: str) -> str | None:
        version = self._version_of(name)
        return None if version is None else self.history.kind(name, version)

    def _in_target(self, name: str) -> bool:
        return self.history.exists(name, self.to_version)

    def _passed_on(self, name: str) -> tuple[str, str] | None:
        """Where a name of the target's past that only led somewhere else led, and the first release without it.

        None for what is in the target, was defined there, was never seen or led to what went with it.
        """
        from ..history.moves import last_seen

        start = self._version_of(name)
        if start is None or self._in_target(name):
            return None
        last = last_seen(self.history, name, start, self.to_version)
        if last is None or Version(last) >= Version(self.to_version):
            return None
        move = self._moves.reexport(name, last)
        return None if move is None else (move.new, move.since)

    def _moved(self, name: str, version: str) -> str | None:
        """Where a later release has what a name stood for that it lacks; None where it has the name, or nothing proves a move."""
        start = self._version_of(name)
        history = self.history
        if start is None or history.index_of(version) <= history.index_of(start):
            return None
        return None if history.exists(name, version) else self._moves.destination(name, start, version)

    def _brought_up(self, name: str, other: str) -> str | None:
        """A name as it is called where another is first known, when that is another name."""
        version = self._version_of(other)
        return None if version is None else self.moved(name, version)

    @cached_property
    def _moves(self) -> Moves:
        from ..history.moves import Moves

        return Moves(self.history)

    def read_in(self, name: str) -> str:
        """The version to read a name in: a path that was already brought up may be of a later release than the code."""
        return self._version_of(name) or self.from_version

    def known(self, name: str) -> bool:
        return self._version_of(name) is not None

    def _is_subclass(self, name: str, base: str) -> bool:
        if name == base:
            return True
        left, right = self.canonical(name), self.canonical(base)
        if left is None or right is None:
            return False
        if left == right:
            return True
        old = self.from_version
        if self.history.exists(name, old) and self.history.exists(base, old):
            # the target may have merged the two (a fast tokenizer into the slow one): the code means the old ones
            return self.history.is_subclass(name, base, old)
        for version in (self._version_of(name), self.to_version):
            if version is not None and self.history.is_subclass(name, base, version):
                return True
        moved = self._brought_up(name, base)
        return moved is not None and self.is_subclass(moved, base)

    def _part(self, name: str, attribute: str) -> str | None:
        """The class of a model's part, with ``[]`` for a list of layers; None where no table knows it."""
        from ..history.parts import part

        version = self._version_of(name)
        if version is None:
            return None
        for definition in self.history.mro(name, version):
            found = part(definition, attribute)
            if found is not None:
                return found
        moved = self.moved(name, self.to_version)
        return None if moved is None else self.part(moved, attribute)

    def _config_of(self, model: str) -> str | None:
        """The class of a model's configuration; None where the model's family has several."""
        version = self._version_of(model)
        definition = None if version is None else self.history.definition(model, version)
        module, _, _ = (definition or "").rpartition(".")
        package, _, file = module.rpartition(".")
        if version is None or not file.startswith("modeling_"):
            return None
        module = f"{package}.configuration_{file.removeprefix('modeling_')}"
        every = (f"{module}.{n}" for n in self.history.names(module, version) if n.endswith("Config"))
        found = [c for c in every if self.canonical(c) == c and self.is_subclass(c, _CONFIG)]
        return self.history.public_path(found[0], version) if len(found) == 1 else None

    def signature(self, name: str, *, target: bool = False) -> Signature | None:
        """The signature on the old side (or on the target)."""
        if target:
            return self.history.signature(name, self.to_version)
        version = self._version_of(name)
        return None if version is None else self.history.signature(name, version)

    def _same(self, left: str, right: str) -> bool:
        """Whether two paths lead to one definition."""
        if left == right:
            return True
        if left.rpartition(".")[2] != right.rpartition(".")[2] and not self._may_be_renamed(left, right):
            return False
        owners = left.rpartition(".")[0], right.rpartition(".")[0]
        if all(self.kind(owner) == "class" for owner in owners):
            # an inherited member has one definition and many classes: the class decides
            return self.is_subclass(*owners)
        canonical = self.canonical(left)
        if canonical is not None and canonical == self.canonical(right):
            return True
        # a module may have moved on the way: any release that has both decides
        for name, other in ((left, right), (right, left)):
            for start, end in self.history.intervals(name):
                for version in (end or self.to_version, start):
                    definition = self.history.definition(name, version)
                    if definition is not None and definition == self.history.definition(other, version):
                        return True
        return any(self.moved_to(one, other) for one, other in ((left, right), (right, left)))

    def moved_to(self, name: str, other: str) -> bool:
        """Whether what a name stood for is found under another where that is first known."""
        moved = self._brought_up(name, other)
        return moved is not None and self.canonical(moved) == self.canonical(other)

    @staticmethod
    def _may_be_renamed(left: str, right: str) -> bool:
        """Two last names for one definition are only an alias such as ``PretrainedConfig = PreTrainedConfig``."""
        return left.rpartition(".")[2].lower() == right.rpartition(".")[2].lower()
