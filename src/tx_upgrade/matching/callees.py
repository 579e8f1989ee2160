"""Who is called: symbols of the library, classes of the project that derive from them, methods of receivers."""

from __future__ import annotations

import ast
from functools import lru_cache
from itertools import takewhile
from typing import NamedTuple

from ..analysis.assignments import is_super
from ..analysis.hints import hinted
from ..analysis.knowledge import OBJECTS
from ..analysis.module import ExternalName, LibraryName, ProjectClass, ProjectFunction
from ..analysis.types import Certainty, ClassObject, Instance
from ..analysis.walking import walk
from ..model import SHIM_MODULE
from ..rules.schema import CallSelector
from .context import Context


class Callee(NamedTuple):
    """What is called: a symbol of the library, a class of the project that derives from one, or a method.

    ``owner`` is the class of the receiver, None when only the method's name is known.
    """

    symbol: str | None = None
    project_class: ProjectClass | None = None
    owner: str | ProjectClass | None = None
    method: str | None = None
    receiver: ast.expr | None = None
    among: tuple[Callee, ...] = ()
    """Where one of several classes is called: what that is for each of them."""
    stand_in: bool = False
    """Whether a function of the compatibility module is called, in the place of the symbol."""


class CalleeFinder:
    """Says what the calls of one file call, and whether that is what a rule speaks of."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self._classify = lru_cache(maxsize=None)(self._classify_name)

    def identify(self, call: ast.Call, func: ast.expr) -> Callee | None:
        """What ``func`` stands for, as far as rules on calls ask."""
        context = self.context
        if isinstance(func, ast.Attribute) and is_super(func.value):
            return self._super(func)
        stood_for = self.stood_for(func)
        if stood_for is not None:
            return Callee(symbol=stood_for, stand_in=True)
        target = context.project.resolve(context.module, func)
        if isinstance(target, LibraryName):
            if context.types.stores.is_patched(context.module, target.name, call):
                return None  # something of the project's own stands in its place
            return self._library(target.name, func)
        if isinstance(target, ExternalName) and target.name.startswith("torch.nn."):
            return None
        if isinstance(target, ExternalName) and context.is_library(target.name):
            kind, owner, method = self._classify(target.name)
            if kind != "method":
                return Callee(symbol=target.name)
            return Callee(owner=owner, method=method, receiver=getattr(func, "value", None))
        if isinstance(target, ProjectClass):
            return Callee(project_class=target) if context.project.library_bases(target) else None
        if isinstance(target, ProjectFunction) and not isinstance(func, ast.Attribute):
            return None
        if isinstance(func, ast.Attribute):
            if isinstance(target, ProjectFunction):
                return None
            receiver = context.types.infer(context.module, func.value)
            if isinstance(receiver, Instance | ClassObject):
                if isinstance(receiver.of, ProjectClass) and context.project.own_method(
                    receiver.of, func.attr
                ):
                    return None
                member = context.types.infer(context.module, func)
                if isinstance(member, Instance) and isinstance(receiver, Instance):
                    return self._of_instance(member, func)
                if isinstance(receiver, ClassObject) and receiver.among:
                    return self._method_of_one(receiver, func)
                return Callee(owner=receiver.of, method=func.attr, receiver=func.value)
            if receiver is not None:
                return None
            own = context.types.infer(context.module, func)
            if isinstance(own, Instance):
                return self._of_instance(own, func)
            if own is not None and not isinstance(own, ClassObject):
                return None
            if isinstance(own, ClassObject):
                return self._of_class(own)
            return Callee(method=func.attr, receiver=func.value)
        found = context.types.infer(context.module, func)
        if isinstance(found, Instance):
            return self._of_instance(found, func)
        if isinstance(found, ClassObject):
            return self._of_class(found)
        alias = self.alias(func)
        bound = self.identify(call, alias) if found is None and alias is not None else None
        if bound is not None and bound.method is not None:
            return bound
        if found is None and isinstance(func, ast.Name) and context.module.bindings(func):
            return Callee(method="__call__", receiver=func)
        return None

    def stood_for(self, func: ast.expr) -> str | None:
        """The callee in whose place an earlier run called a function of the compatibility module: it passes all on."""
        stands_for = self.context.plan.stands_for
        last = func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", "")
        if last not in stands_for:
            return None
        owner, _, name = (self.context.module.spelled(func) or "").rpartition(".")
        return stands_for.get(name) if owner.rpartition(".")[2] == SHIM_MODULE else None

    def alias(self, func: ast.expr) -> ast.Attribute | None:
        """The method that a variable is another name of: ``encode = tokenizer.encode``."""
        bindings = self.context.module.bindings(func) if isinstance(func, ast.Name) else []
        value = bindings[0].value if len(bindings) == 1 and not bindings[0].index else None
        return value if isinstance(value, ast.Attribute) and bindings[0].kind == "assign" else None

    def _of_instance(self, found: Instance, func: ast.expr) -> Callee | None:
        """The call of an object; what a class of the project itself defines is not the library's."""
        if isinstance(found.of, ProjectClass) and any(
            self.context.project.own_method(found.of, name) for name in ("__call__", "forward")
        ):
            return None
        return Callee(owner=found.of, method="__call__", receiver=func)

    def _of_class(self, found: ClassObject) -> Callee | None:
        if not found.among:
            return Callee(symbol=found.of) if isinstance(found.of, str) else Callee(project_class=found.of)
        names = [c for c in found.among if isinstance(c, str)]
        if len(names) != len(found.among):
            return None  # a class of the project among them may take its arguments as it likes
        return Callee(symbol=names[0], among=tuple(Callee(symbol=n) for n in names))

    def _method_of_one(self, found: ClassObject, func: ast.Attribute) -> Callee | None:
        if any(
            isinstance(c, ProjectClass) and self.context.project.own_method(c, func.attr) for c in found.among
        ):
            return None
        each = tuple(Callee(owner=c, method=func.attr, receiver=func.value) for c in found.among)
        return Callee(owner=found.of, method=func.attr, receiver=func.value, among=each)

    def _library(self, name: str, func: ast.expr) -> Callee:
        owner, _, method = name.rpartition(".")
        receiver = func.value if isinstance(func, ast.Attribute) else None
        if self.context.library.kind(owner) == "class":
            return Callee(owner=owner, method=method, receiver=receiver)
        if owner in OBJECTS:
            return Callee(owner=OBJECTS[owner], method=method, receiver=receiver)
        return Callee(symbol=name)

    def _super(self, func: ast.Attribute) -> Callee | None:
        node = self.context.tree.enclosing_class(func)
        if node is None:
            return None
        cls = ProjectClass(self.context.module, node)
        bases = self.context.project.library_bases(cls)
        if not bases:
            return None
        own = [c for c in self.context.project.lineage(cls)[1:] if _defines(c.node, func.attr)]
        if own:
            return None
        if func.attr == "__init__":
            return Callee(symbol=bases[0])
        return Callee(owner=bases[0], method=func.attr, receiver=func.value)

    def is_constructor(self, wanted: str) -> bool:
        """Whether a rule's callee is a class: its rules reach the constructors of subclasses too."""
        return self._classify(wanted)[0] == "constructor"

    @staticmethod
    def _classify_name(name: str) -> tuple[str, str, str]:
        """What a rule's callee is, by the library's own convention for names: no look-up is that cheap."""
        owner, _, last = name.rpartition(".")
        if _is_class_name(last):
            return "constructor", name, ""
        if _is_class_name(owner.rpartition(".")[2]):
            return "method", owner, last
        return "function", name, ""

    def meets(self, wanted: str, callee: Callee) -> Certainty | None:
        """Whether a rule's callee is the one that is called, and how certain that is.

        Where one of several classes is called, it is enough that the rule speaks of one of them.
        """
        if callee.among:
            return next((c for a in callee.among if (c := self.meets(wanted, a)) is not None), None)
        kind, name, method = self._classify(wanted)
        library, types = self.context.library, self.context.types
        if kind == "method":
            if callee.method != method:
                return None
            if callee.owner is not None:
                return "proven" if types.is_a(callee.owner, name) else None
            receiver = callee.receiver
            if receiver is None:
                return None
            likely = hinted(types, self.context.module, receiver, (name,))
            notable = self.context.engine.explain and "_" in method.strip("_")
            if not (likely or notable) or types.own_look_alike(self.context.module, method):
                return None
            if not likely:
                self.context.note_untyped(receiver, wanted)
                return None
            return None if self.context.tells_apart(receiver) else "likely"
        if kind == "constructor":
            if callee.symbol is not None:
                return "proven" if library.is_subclass(callee.symbol, name) else None
            if callee.project_class is not None:
                return "proven" if types.is_a(callee.project_class, name) else None
            return None
        if callee.symbol is None:
            return None
        return "proven" if callee.symbol == name or library.same(callee.symbol, name) else None

    def meets_all(self, selector: CallSelector, callee: Callee) -> bool:
        """Whether a rule speaks of each class that may be called."""
        return all(any(self.meets(w, a) is not None for w in selector.callees) for a in callee.among)

    def parameters(self, callee: Callee | None) -> list[str]:
        """Names of the parameters that arguments by position go to, on the old side."""
        if callee is None:
            return []
        if callee.among:
            first, *others = (self.parameters(a) for a in callee.among)
            agreed = zip(first, *others, strict=False)
            return [names[0] for names in takewhile(lambda names: len(set(names)) == 1, agreed)]
        library = self.context.library
        name: str | None = callee.symbol
        if callee.project_class is not None:
            if self.context.project.own_method(callee.project_class, "__init__"):
                return []
            bases = self.context.project.library_bases(callee.project_class)
            name = bases[0] if bases else None
        if callee.owner is not None and callee.method is not None:
            owner = callee.owner
            if isinstance(owner, ProjectClass):
                bases = self.context.project.library_bases(owner)
                owner = bases[0] if bases else ""
            method = callee.method
            if method == "__call__" and (
                library.is_subclass(owner, "transformers.PreTrainedModel")
                or library.signature(f"{owner}.__call__") is None
            ):
                method = "forward"
            name = f"{owner}.{method}"
        if name is None:
            return []
        signature = library.signature(name)
        if signature is None:
            return []
        return [
            p.name for p in signature.parameters if p.kind in ("positional_only", "positional_or_keyword")
        ]

    def defines(self, callee: Callee, methods: tuple[str, ...]) -> bool:
        """Whether a class of the project is called that has one of these methods of its own."""
        cls = callee.project_class
        return cls is not None and any(self.context.project.own_method(cls, m) for m in methods)

    def own_fields(self, callee: Callee) -> set[str]:
        """The fields that a project's data class declares itself, except those of the library's that are renamed there."""
        cls = callee.project_class
        if cls is None:
            return set()
        declared = {
            s.target.id
            for owner in self.context.project.lineage(cls)
            for s in owner.node.body
            if isinstance(s, ast.AnnAssign) and isinstance(s.target, ast.Name)
        }
        return {name for name in declared if not self.context.renames_field(cls, name)}

    def own_parameters(self, callee: Callee) -> set[str] | None:
        """The parameters of a project class's own ``__init__``: those never go to the library by themselves."""
        if callee.project_class is None:
            return None
        found = self.context.project.own_method(callee.project_class, "__init__")
        if found is None:
            return None
        args = found[1].args
        names = {a.arg for a in (*args.posonlyargs, *args.args, *args.kwonlyargs)}
        if args.kwarg is None or not _hands_on(found[1], args.kwarg.arg):
            return _Everything()
        return names

    def symbol(self, callee: Callee) -> str | None:
        if callee.symbol is not None:
            return callee.symbol
        cls = callee.project_class or callee.owner
        if isinstance(cls, ProjectClass):
            bases = self.context.project.library_bases(cls)
            cls = bases[0] if bases else None
        if cls is None:
            return callee.method
        return f"{cls}.{callee.method}" if callee.method else cls


class _Everything(set[str]):
    """A set that holds every name: nothing of a call reaches the library as it stands."""

    def __contains__(self, item: object) -> bool:
        return True


def _defines(node: ast.ClassDef, name: str) -> bool:
    return any(isinstance(s, ast.FunctionDef | ast.AsyncFunctionDef) and s.name == name for s in node.body)


def _hands_on(function: ast.FunctionDef | ast.AsyncFunctionDef, kwargs: str) -> bool:
    """Whether ``**kwargs`` goes to ``super().__init__`` as it is."""
    for node in walk(function):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr == "__init__"
        ):
            for keyword in node.keywords:
                if keyword.arg is None and isinstance(keyword.value, ast.Name) and keyword.value.id == kwargs:
                    return True
    return False


def _is_class_name(name: str) -> bool:
    return name.lstrip("_")[:1].isupper()
