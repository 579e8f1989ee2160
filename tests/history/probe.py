"""Run by ``validate.py`` inside an interpreter that has transformers: what the imported library really offers.

Reads a JSON request on standard input, writes the answer to the file that the request names.
"""

import ast
import importlib
import inspect
import json
import os
import sys
import types
import warnings
from pathlib import Path

os.environ["TRANSFORMERS_VERBOSITY"] = "critical"
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
warnings.simplefilter("ignore")


def is_dummy(value):
    if type(value).__name__ == "DummyObject" or type(type(value)).__name__ == "DummyObject":
        return True
    return ".dummy_" in (getattr(value, "__module__", None) or "")


def describe(value):
    if is_dummy(value):
        return "dummy"
    if isinstance(value, types.ModuleType):
        return "module " + value.__name__
    if inspect.isclass(value) or inspect.isfunction(value):
        kind = "class" if inspect.isclass(value) else "function"
        return f"{kind} {value.__module__}.{value.__qualname__}"
    return "other"


def get(owner, name):
    try:
        return describe(getattr(owner, name))
    except AttributeError as error:
        return f"missing {error}"
    except Exception as error:  # an optional dependency that is not installed, or a real gap
        text = str(error).replace("\n", " ")
        return f"error {type(error).__name__} {text[-300:]}"


def signature(path):
    module, _, rest = path.partition(":")
    try:
        value = importlib.import_module(module)
        owner = None
        for part in rest.split("."):
            owner, value = value, getattr(value, part)
        if is_dummy(value) or is_dummy(owner):
            return None
        found = list(inspect.signature(value).parameters.values())
    except (Exception, SystemExit):
        return None
    if inspect.isclass(owner):
        static = inspect.getattr_static(owner, rest.split(".")[-1], None)
        bound = isinstance(static, (staticmethod, classmethod))
        if not bound and found and found[0].kind.name != "VAR_POSITIONAL":
            found = found[1:]
    answer = [[p.name, p.kind.name.lower()] for p in found]
    if (
        inspect.isclass(value)
        and value.__name__.endswith("Config")
        and hasattr(value, "__dataclass_fields__")
    ):
        # Configurations of 5.x take any keyword; the wrapper around their constructor hides it.
        outer = inspect.signature(value.__init__, follow_wrapped=False).parameters.values()
        if any(p.kind.name == "VAR_KEYWORD" for p in outer) and answer[-1][1:] != ["var_keyword"]:
            answer.append(["kwargs", "var_keyword"])
    return answer


def cause(definition):
    """Why a claimed name could not be had here, or ``gone`` when nothing excuses it."""
    module, _, name = definition.rpartition(".")
    for path in (definition, module):
        try:
            loaded = importlib.import_module(path)
        except ModuleNotFoundError as error:
            if error.name != path:
                return f"not importable: no {error.name}"
        except BaseException as error:
            return f"not importable: {type(error).__name__} {str(error)[-200:]}"
        else:
            if path == definition:
                return "importable module"
            return "defined" if hasattr(loaded, name) else conditional(loaded, name)
    return "gone"


def conditional(module, name):
    """Whether no unconditional statement of the module binds the name."""
    tree = ast.parse(Path(module.__file__).read_text(encoding="utf-8"))
    for node in tree.body:
        if isinstance(node, (ast.If, ast.Try, ast.For, ast.With)):
            continue
        if name in {
            getattr(node, "name", None),
            *(getattr(t, "id", None) for t in getattr(node, "targets", ())),
        }:
            return "gone"
        if isinstance(node, (ast.Import, ast.ImportFrom)) and name in {
            a.asname or a.name for a in node.names
        }:
            return "gone"
    return "conditional"


def main():
    request = json.load(sys.stdin)
    import transformers

    answer = {"version": transformers.__version__}
    names = sorted({*dir(transformers), *getattr(transformers, "_class_to_module", ()), *request["names"]})
    answer["top"] = {name: get(transformers, name) for name in names}
    answer["modules"] = {}
    for module in request["modules"]:
        try:
            loaded = importlib.import_module(module)
        except BaseException as error:
            answer["modules"][module] = f"{type(error).__name__} {error}"
            continue
        if type(loaded).__name__ == "_LazyModule":
            answer["modules"][module] = {
                n: get(loaded, n) for n in {*loaded._class_to_module, *request["asked"].get(module, ())}
            }
        else:
            asked = {n: get(loaded, n) for n in request["asked"].get(module, ())}
            answer["modules"][module] = {**asked, **{n: describe(v) for n, v in list(vars(loaded).items())}}
    answer["signatures"] = {path: signature(path) for path in request["callables"]}
    gone = ("missing", "error")
    for owner, table in [("transformers", answer["top"]), *answer["modules"].items()]:
        for name in table if isinstance(table, dict) else ():
            if table[name].startswith(gone) and f"{owner}.{name}" in request["definitions"]:
                table[name] += " | " + cause(request["definitions"][f"{owner}.{name}"])
    Path(request["output"]).write_text(json.dumps(answer))


main()
