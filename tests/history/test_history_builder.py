"""The builder on small made-up releases."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

from tx_upgrade.history import History
from tx_upgrade.history.build import build, main
from tx_upgrade.history.filters import encode_filters, may_hold
from tx_upgrade.history.inside import Inside
from tx_upgrade.history.signatures import decode_signature, encode_signature
from tx_upgrade.history.stack import Stack

LAZY = """
from typing import TYPE_CHECKING
from .utils import _LazyModule, OptionalDependencyNotAvailable, is_torch_available

_import_structure = {"trainer": ["Trainer"], "gone": ["Ghost"]}
try:
    if not is_torch_available():
        raise OptionalDependencyNotAvailable()
except OptionalDependencyNotAvailable:
    from .utils import dummy_pt_objects
    _import_structure["utils.dummy_pt_objects"] = [n for n in dir(dummy_pt_objects) if not n.startswith("_")]
else:
    _import_structure["modeling"] = ["Model"]
    _import_structure["modeling"].append("Other")
    _import_structure["trainer"].extend(["helper", "Dead"])
if TYPE_CHECKING:
    from .trainer import TypedOnly
else:
    import sys
    sys.modules[__name__] = _LazyModule(__name__, globals()["__file__"], _import_structure)
"""
OWN_LAZY_CLASS = """
from .trainer import Trainer
__version__ = "4.2.0"
Renamed = Trainer
_import_structure = {"modeling": ["Model"]}
class _LazyModule(_BaseLazyModule):
    def __getattr__(self, name):
        if name == "__version__":
            return __version__
        elif name == "Renamed":
            return Renamed
        return super().__getattr__(name)
import sys
sys.modules[__name__] = _LazyModule(__name__, _import_structure)
"""
TRAINER = '''
from dataclasses import dataclass, field
from functools import wraps
try:
    import numpy as np
except ImportError:
    np = None

@dataclass
class Base:
    name: str
    size: int = 3

@dataclass
class Arguments(Base):
    rate: float = 0.1
    tags: list = field(default_factory=list)
    hidden: int = field(init=False)
    size: int = 4

class Trainer:
    """A class."""
    limit = 1
    def __init__(self, model, /, *args, lr=0.1, **kwargs):
        self.model = model
    @property
    def device(self): ...
    @classmethod
    def make(cls, a, b=2): ...
    @staticmethod
    def help(x): ...
    @wraps(help)
    def wrapped(self): ...

class Sub(Trainer):
    pass

def helper(a, *, b="|"): ...
Alias = Trainer
if False:
    if "guarded":
        conditional = 1
'''
MODELING = """
from .trainer import *
from .trainer import Trainer as T
class Model(T): ...
Other = Model
__all__ = ["Model", "Other"]
"""


def wheel(folder: Path, version: str, files: dict[str, str], metadata: str | None = None) -> None:
    with zipfile.ZipFile(folder / f"transformers-{version}-py3-none-any.whl", "w") as archive:
        for path, text in files.items():
            archive.writestr(f"transformers/{path}", text)
        if metadata is not None:
            archive.writestr(f"transformers-{version}.dist-info/METADATA", metadata)


def release(**changes: str) -> dict[str, str]:
    files = {
        "__init__.py": LAZY,
        "trainer.py": TRAINER,
        "modeling.py": MODELING,
        "utils/__init__.py": "def is_torch_available(): ...\nclass _LazyModule: ...\n"
        "class OptionalDependencyNotAvailable(BaseException): ...\n",
        "utils/dummy_pt_objects.py": "class Ghost: ...\nclass Model: ...\n",
    }
    return {**files, **{name.replace("__", "/") + ".py": text for name, text in changes.items()}}


def make(tmp_path: Path, *releases: tuple[str, dict[str, str]]) -> History:
    for version, files in releases:
        wheel(tmp_path, version, files)
    output = tmp_path / "out" / "history.bin"
    build(tmp_path, output, full=True, cache=None)
    return History.load(output)


def test_lazy_module_offers_what_its_structure_names_and_its_files_have(tmp_path: Path) -> None:
    history = make(tmp_path, ("4.30.0", release()))
    assert history.names("transformers", "4.30.0") == {
        "Trainer",
        "Model",
        "Other",
        "helper",
        "trainer",
        "modeling",
        "utils",
    }
    assert history.definition("transformers.Other", "4.30.0") == "transformers.modeling.Model"
    assert not history.exists("transformers.Ghost", "4.30.0")
    assert not history.exists("transformers.TypedOnly", "4.30.0")


def test_lazy_class_of_a_package_may_serve_names_of_its_own(tmp_path: Path) -> None:
    history = make(tmp_path, ("4.2.0", {**release(), "__init__.py": OWN_LAZY_CLASS}))
    own = {"Model", "Renamed", "__version__"}
    assert history.names("transformers", "4.2.0") == own | {"trainer", "modeling", "utils"}
    assert history.definition("transformers.Renamed", "4.2.0") == "transformers.trainer.Trainer"


def test_module_level_code(tmp_path: Path) -> None:
    history = make(tmp_path, ("4.30.0", release()))
    assert history.definition("transformers.trainer.np", "4.30.0") == "numpy"
    assert history.definition("transformers.trainer.Alias", "4.30.0") == "transformers.trainer.Trainer"
    assert history.exists("transformers.trainer.conditional", "4.30.0")
    assert history.definition("transformers.modeling.helper", "4.30.0") == "transformers.trainer.helper"
    assert history.mro("transformers.Model", "4.30.0") == (
        "transformers.modeling.Model",
        "transformers.trainer.Trainer",
    )


def test_signatures(tmp_path: Path) -> None:
    history = make(tmp_path, ("4.30.0", release()))

    def shown(name: str) -> str:
        return str(history.signature(f"transformers.{name}", "4.30.0"))

    assert shown("trainer.Arguments") == "(name, size=4, rate=0.1, tags=<factory>)"
    assert shown("trainer.Sub") == "(model, /, *args, lr=0.1, **kwargs)"
    assert shown("Trainer.make") == "(a, b=2)"
    assert shown("Trainer.help") == "(x)"
    assert shown("helper") == "(a, *, b=…)"


def test_a_newer_release_extends_the_index_and_equals_a_full_build(tmp_path: Path) -> None:
    changed = TRAINER.replace("lr=0.1", "learning_rate=0.1").replace("Alias = Trainer", "")
    make(tmp_path, ("4.30.0", release()))
    output = tmp_path / "out" / "history.bin"
    wheel(tmp_path, "4.31.1", release(trainer=changed, extra="x = 1\n"))
    assert build(tmp_path, output, full=False, cache=None) == ["4.31.1"]
    extended = output.read_bytes()
    inside = output.with_name("inside.bin")
    extended_inside = inside.read_bytes()
    build(tmp_path, output, full=True, cache=None)
    assert output.read_bytes() == extended
    assert inside.read_bytes() == extended_inside
    assert main([str(tmp_path), "--output", str(output), "--inside"]) == 0
    assert inside.read_bytes() == extended_inside
    assert build(tmp_path, output, full=False, cache=None) == []

    copy = output.with_name("copy.bin")
    copy.write_bytes(extended)
    history = History.load(copy)
    assert history.versions == ("4.30.0", "4.31.1")
    assert history.intervals("transformers.trainer.Alias") == (("4.30.0", "4.30.0"),)
    assert history.intervals("transformers.extra.x") == (("4.31.1", None),)
    assert "learning_rate" in str(history.signature("transformers.Trainer", "4.31.1"))
    assert "learning_rate" not in str(history.signature("transformers.Trainer", "4.30.7"))
    assert Inside.load(inside).narrowed["Trainer"] == {"lr": [1]}


def test_what_releases_need_of_other_packages(tmp_path: Path) -> None:
    table = 'deps = {"torch": "torch>=1.9", "extra": "extra>=3", "tqdm": "tqdm>=4"}\n'
    minimums = 'ACCELERATE_MIN_VERSION = "0.21.0"\nFSDP_MIN_VERSION = "1.12.0"\n'
    metadata = "Name: transformers\nRequires-Python: >=3.8.0\nRequires-Dist: tqdm (<5,>=4.27)\n"
    metadata += (
        "Requires-Dist: old-things ; python_version < '3.7'\nRequires-Dist: torch>=1.9; extra == 'torch'\n"
    )
    files = {"dependency_versions_table.py": table, "utils/import_utils.py": minimums}
    wheel(tmp_path, "4.30.0", {**release(), **files}, metadata)
    wheel(tmp_path, "4.31.1", {**release(), **files}, metadata.replace("4.27", "4.60"))
    output = tmp_path / "out" / "history.bin"
    build(tmp_path, output, full=True, cache=None)
    written = output.with_name("stack.json").read_text()
    stack = Stack.load(output.with_name("stack.json"))
    assert stack.versions == ["4.30.0", "4.31.1"]
    assert stack.needs("4.30.2") == {
        "accelerate": ("accelerate", ">=0.21.0", False),
        "python": ("python", ">=3.8", True),
        "torch": ("torch", ">=1.9", False),
        "tqdm": ("tqdm", ">=4.27,<5", True),
    }
    assert stack.packages["tqdm"] == [("4.30.0", ">=4.27,<5", True), ("4.31.1", ">=4.60,<5", True)]
    (tmp_path / "transformers-4.30.0-py3-none-any.whl").unlink()
    assert main([str(tmp_path), "--output", str(output), "--stack"]) == 0
    assert output.with_name("stack.json").read_text() == written


def test_another_extraction_needs_a_full_build(tmp_path: Path, capsys: Any, monkeypatch: Any) -> None:
    make(tmp_path, ("4.30.0", release()))
    wheel(tmp_path, "4.31.1", release())
    output = tmp_path / "out" / "history.bin"
    monkeypatch.setattr("tx_upgrade.history.build.EXTRACTION", 99)
    assert main([str(tmp_path), "--output", str(output)]) == 2
    assert "build it anew with --full" in capsys.readouterr().err
    assert main([str(tmp_path), "--output", str(output), "--full"]) == 0


def test_an_older_release_needs_a_full_build(tmp_path: Path, capsys: object) -> None:
    make(tmp_path, ("4.30.0", release()))
    wheel(tmp_path, "4.29.0", release())
    assert main([str(tmp_path), "--output", str(tmp_path / "out" / "history.bin")]) == 2


def test_a_class_over_an_imported_base_of_its_own_name(tmp_path: Path) -> None:
    again = """
from .trainer import Trainer
from .trainer import Sub as Arguments
Sub = Arguments
class Trainer(Trainer): ...
class Sub(Sub):
    def more(self, a): ...
class Lost: ...
class Lost(Lost): ...
"""
    history = make(tmp_path, ("4.30.0", release(again=again)))
    assert history.mro("transformers.again.Trainer", "4.30.0") == (
        "transformers.again.Trainer",
        "transformers.trainer.Trainer",
    )
    assert str(history.signature("transformers.again.Trainer", "4.30.0")) == str(
        history.signature("transformers.trainer.Trainer", "4.30.0")
    )
    assert (
        history.definition("transformers.again.Trainer.make", "4.30.0") == "transformers.trainer.Trainer.make"
    )
    assert not history.is_open("transformers.again.Trainer", "4.30.0")
    assert history.bases("transformers.again.Sub", "4.30.0") == ("transformers.trainer.Sub",)
    assert history.bases("transformers.again.Lost", "4.30.0") == ("?",)
    assert history.is_open("transformers.again.Lost", "4.30.0")


PASSES_ON = """
from .models.alpha.modeling_alpha import Alpha, helper
from .models.alpha.modeling_beta import Beta
from .models.alpha.modeling_alpha import Own
"""


def test_what_follows_from_other_names_is_read_back(tmp_path: Path) -> None:
    package = "from .modeling_alpha import Alpha, helper\nfrom .modeling_beta import Beta\nfrom torch import nn as Own\n"
    files = {
        "__init__.py": PASSES_ON,
        "models/__init__.py": "",
        "models/alpha/__init__.py": package,
        "models/alpha/modeling_alpha.py": "class Alpha: ...\nclass Own: ...\ndef helper(a): ...\n",
        "models/alpha/modeling_beta.py": "class Beta: ...\n",
    }
    later = {
        **files,
        "__init__.py": PASSES_ON.replace(", helper", ""),
        "models/alpha/modeling_new.py": "x = 1\n",
    }
    history = make(tmp_path, ("4.30.0", files), ("4.31.0", later))
    alpha = "transformers.models.alpha"
    assert history.names(alpha, "4.30.0") == {
        *("Alpha", "helper", "Beta", "Own", "modeling_alpha", "modeling_beta"),
    }
    assert history.names(alpha, "4.31.0") == history.names(alpha, "4.30.0") | {"modeling_new"}
    assert history.definition(f"{alpha}.Alpha", "4.31.0") == f"{alpha}.modeling_alpha.Alpha"
    assert history.definition(f"{alpha}.Own", "4.31.0") == "torch.nn"
    assert history.definition("transformers.Own", "4.31.0") == f"{alpha}.modeling_alpha.Own"
    assert history.kind(f"{alpha}.helper", "4.31.0") == "function"  # the library itself passes it on no more
    assert not history.exists("transformers.helper", "4.31.0")
    assert not history.exists("transformers.models.Alpha", "4.31.0")
    assert history.kind(f"{alpha}.modeling_new", "4.31.0") == "module"
    assert not history.exists(f"{alpha}.modeling_new", "4.30.0")
    assert history.holders("Beta", "4.31.0") == (f"{alpha}.modeling_beta.Beta",)
    assert history.holders("modeling_new", "4.31.0") == (f"{alpha}.modeling_new",)
    assert history.new_modules("4.31.0") == (f"{alpha}.modeling_new",)


def test_scripts_deny_nothing_that_they_import(tmp_path: Path) -> None:
    script = "import torch\nfrom ..trainer import Trainer\ndef convert(a): ...\nclass Script(Trainer): ...\n"
    files = {**release(), "models/__init__.py": "", "models/convert_it.py": script}
    later = {**files, "models/convert_it.py": script.replace("convert(", "renamed(")}
    history = make(tmp_path, ("4.30.0", files), ("4.31.0", later))
    assert history.names("transformers.models.convert_it", "4.30.0") == {"convert", "Script"}
    assert history.exists("transformers.models.convert_it.torch", "4.30.0")
    assert history.exists("transformers.models.convert_it.convert", "4.30.0")
    assert not history.exists("transformers.models.convert_it.convert", "4.31.0")
    assert history.is_open("transformers.models.convert_it.Script", "4.30.0")


def test_filters_never_deny_what_is_there() -> None:
    shards = [[f"name_{shard}_{i}" for i in range(400)] for shard in range(30)]
    filters = encode_filters(shards)
    assert all(shard in may_hold(filters, name) for shard, names in enumerate(shards) for name in names)
    wrong = sum(len(may_hold(filters, f"other_{i}")) for i in range(300))
    assert wrong / (300 * 30) < 0.05
    assert may_hold(encode_filters([[], ["one"]]), "one") == [1]


def test_structure_from_all_lists_and_names_served_at_run_time(tmp_path: Path) -> None:
    top = """
from .utils import _LazyModule
from .utils.import_utils import define_import_structure
_import_structure = {"trainer": ["Trainer"]}
if False:
    pass
else:
    import sys
    _LEGACY_MODULE_ALIASES = {"tokenization_utils_fast": "tokenization_utils_tokenizers"}
    import_structure = define_import_structure("models", prefix="models")
    sys.modules[__name__] = _LazyModule(__name__, __file__, import_structure)
"""
    package = """
from ...utils.import_utils import define_import_structure
import sys
sys.modules[__name__] = _LazyModule(__name__, __file__, define_import_structure(__file__))
"""
    history = make(
        tmp_path,
        (
            "5.9.0",
            {
                **release(),
                "__init__.py": top,
                "utils/import_utils.py": "def define_import_structure(): ...\n",
                "convert_slow_tokenizer.py": "class XConverter: ...\n"
                'SLOW_TO_FAST_CONVERTERS = {"XTokenizer": XConverter, "OldTokenizer": XConverter}\n',
                "tokenization_utils_tokenizers.py": "class Backend: ...\n",
                "models/__init__.py": "",
                "models/x/__init__.py": package,
                "models/x/tokenization_x.py": 'class XTokenizer: ...\n__all__ = ["XTokenizer"]\n',
                "models/x/modeling_x.py": "@requires(backends=())\nclass XModel: ...\nclass Inner: ...\n",
            },
        ),
    )
    version = "5.9.0"
    tokenizer = "transformers.models.x.tokenization_x.XTokenizer"
    assert history.definition("transformers.XTokenizerFast", version) == tokenizer
    assert history.definition("transformers.models.x.XTokenizerFast", version) == tokenizer
    assert history.definition("transformers.OldTokenizer", version) == tokenizer
    assert history.definition("transformers.XModel", version) == "transformers.models.x.modeling_x.XModel"
    assert not history.exists("transformers.Inner", version)
    assert not history.exists("transformers.models.x.tokenization_x_fast", version)
    assert history.definition("transformers.tokenization_utils_fast.Backend", version) == (
        "transformers.tokenization_utils_tokenizers.Backend"
    )


def test_signature_encoding_round_trip() -> None:
    for text in ("", "a", "a|/|b=1", "*|a", "*args|b", "a|/|*|b=2|**kwargs", "a|/"):
        assert encode_signature(decode_signature(text)) == text
