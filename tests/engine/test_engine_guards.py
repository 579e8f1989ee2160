"""Code that its author guards: try/except alternatives, version checks and flags."""

from __future__ import annotations

import pytest
from engine_runs import check_noop, check_reported, check_transformed, pack, upgrade_project

RENAMES = """
- id: vision
  symbols: {transformers.AutoModelForVision2Seq: transformers.AutoModelForImageTextToText}
- id: adamw
  symbols: {transformers.AdamW: torch.optim.AdamW}
- id: conv
  symbols: {transformers.modeling_utils.Conv1D: transformers.pytorch_utils.Conv1D}
- id: deepspeed
  modules: {transformers.deepspeed: transformers.integrations.deepspeed}
"""


@pytest.mark.parametrize(
    "source",
    [
        pytest.param(
            """
            try:
                from transformers import AdamW
            except ImportError:
                from torch.optim import AdamW
            AdamW(p)
            """,
            id="try the old, else the new",
        ),
        pytest.param(
            """
            try:
                from torch.optim import AdamW
            except ImportError:
                from transformers import AdamW
            AdamW(p)
            """,
            id="try the new, else the old",
        ),
        pytest.param(
            """
            try:
                from transformers import AutoModelForImageTextToText as Model
            except (ImportError, AttributeError):
                from transformers import AutoModelForVision2Seq as Model
            Model
            """,
            id="both of the library",
        ),
        pytest.param(
            """
            try:
                import transformers
                Model = transformers.AutoModelForVision2Seq
            except AttributeError:
                Model = transformers.AutoModelForImageTextToText
            """,
            id="attributes in a try",
        ),
        pytest.param(
            """
            import transformers
            from packaging import version

            if version.parse(transformers.__version__) >= version.parse("5.0"):
                from transformers import AutoModelForImageTextToText as Model
            else:
                from transformers import AutoModelForVision2Seq as Model
            """,
            id="a version check",
        ),
        pytest.param(
            """
            import transformers
            from packaging import version

            if version.parse(transformers.__version__) < version.parse("5.0.0"):
                model = transformers.AutoModelForVision2Seq
            """,
            id="a version check that is false on the target",
        ),
        pytest.param(
            """
            import transformers
            from packaging.version import Version as V

            NEW = V(transformers.__version__) >= V("5")
            Model = transformers.AutoModelForImageTextToText if NEW else transformers.AutoModelForVision2Seq
            """,
            id="a version check in a variable, in a line",
        ),
        pytest.param(
            """
            import transformers

            if int(transformers.__version__.split(".")[0]) >= 5:
                from transformers import AutoModelForImageTextToText as Model
            else:
                from transformers import AutoModelForVision2Seq as Model
            """,
            id="the major version",
        ),
        pytest.param(
            """
            from transformers.utils import is_transformers_version

            if is_transformers_version("<", "5.0"):
                from transformers import AutoModelForVision2Seq as Model
            else:
                from transformers import AutoModelForImageTextToText as Model
            """,
            id="a helper that asks for the version",
        ),
        pytest.param(
            """
            from importlib.metadata import version
            from packaging.version import parse

            if parse(version("transformers")) < parse("5"):
                from transformers import AutoModelForVision2Seq as Model
            else:
                from transformers import AutoModelForImageTextToText as Model
            """,
            id="the version by its metadata",
        ),
    ],
)
def test_guarded_code_stays(source: str) -> None:
    check_noop(RENAMES, source)


KEYWORD = (
    RENAMES
    + """
- id: tokenizer
  call: transformers.Trainer
  arguments: {tokenizer: {rename: processing_class}}
"""
)


@pytest.mark.parametrize(
    "source",
    [
        pytest.param(
            """
            import inspect
            import transformers

            def build(model, tokenizer):
                if "processing_class" in inspect.signature(transformers.Trainer.__init__).parameters:
                    return transformers.Trainer(model, processing_class=tokenizer)
                return transformers.Trainer(model, tokenizer=tokenizer)
            """,
            id="the signature is asked",
        ),
        pytest.param(
            """
            import inspect
            from transformers import Trainer

            if "processing_class" in inspect.signature(Trainer).parameters:
                trainer = Trainer(processing_class=tok)
            else:
                trainer = Trainer(tokenizer=tok)
            """,
            id="the signature is asked, with else",
        ),
        pytest.param(
            """
            import transformers
            from packaging import version

            def build(model, tokenizer):
                if version.parse(transformers.__version__) >= version.parse("5.0"):
                    return transformers.Trainer(model, processing_class=tokenizer)
                return transformers.Trainer(model, tokenizer=tokenizer)
            """,
            id="a version check that returns",
        ),
        pytest.param(
            """
            import transformers

            def build():
                if not hasattr(transformers, "AdamW"):
                    return None
                return transformers.AdamW
            """,
            id="a name is asked for, and what follows needs it",
        ),
    ],
)
def test_guards_that_ask_the_library(source: str) -> None:
    check_noop(KEYWORD, source)


def test_the_branch_that_runs_on_the_target_is_upgraded() -> None:
    check_transformed(
        RENAMES,
        """
        import transformers
        from packaging import version

        if version.parse(transformers.__version__) >= version.parse("4.40"):
            model = transformers.AutoModelForVision2Seq
        else:
            model = transformers.AutoModelForVision2Seq.old
        """,
        """
        import transformers
        from packaging import version

        if version.parse(transformers.__version__) >= version.parse("4.40"):
            model = transformers.AutoModelForImageTextToText
        else:
            model = transformers.AutoModelForVision2Seq.old
        """,
    )


def test_an_optional_import_that_can_no_longer_succeed_is_reported() -> None:
    check_reported(
        RENAMES,
        """
        try:
            from transformers import AdamW
            HAVE_IT = True
        except ImportError:
            HAVE_IT = False
        """,
        lines=[2],
        says="except branch",
    )


def test_a_try_whose_branches_are_both_gone_is_reported() -> None:
    check_reported(
        RENAMES,
        """
        try:
            from transformers import AutoModelForVision2Seq as Model
        except ImportError:
            from transformers import SinkCache as Model
        """,
        lines=[2],
        says="AutoModelForImageTextToText",
    )


VERSION = """
import transformers
from packaging.version import parse
"""
USE = "transformers.AutoModelForVision2Seq"


@pytest.mark.parametrize(
    "flag",
    [
        pytest.param("OLD = parse(transformers.__version__) < parse('5.0')", id="a constant"),
        pytest.param(
            "def OLD():\n    return parse(transformers.__version__) < parse('5.0')", id="a function"
        ),
        pytest.param(
            "def OLD():\n    version = parse(transformers.__version__)\n    return version < parse('5.0')",
            id="a function with a variable",
        ),
        pytest.param(
            "try:\n    from transformers.modeling_utils import Conv1D\n    OLD = True\nexcept ImportError:\n    OLD = False",
            id="a try around an import",
        ),
        pytest.param(
            "OLD = False\ntry:\n    from transformers import AdamW\nexcept ImportError:\n    pass\nelse:\n    OLD = True",
            id="a default and a try with else",
        ),
        pytest.param(
            "def OLD():\n    try:\n        from transformers import AdamW\n        return True\n"
            "    except ImportError:\n        return False",
            id="a function with a try",
        ),
    ],
)
@pytest.mark.parametrize(
    "importing", ["from .flags import OLD", "from . import flags", "from .flags import OLD as OLD"]
)
def test_flags_of_another_file(flag: str, importing: str) -> None:
    name = "flags.OLD" if importing.endswith("flags") else "OLD"
    test = f"{name}()" if "def OLD" in flag else name
    source = f"import transformers\n{importing}\n\nif {test}:\n    model = {USE}\nelse:\n    model = None\n"
    files = {"pkg/__init__.py": "", "pkg/flags.py": f"{VERSION}\n{flag}\n", "pkg/model.py": source}
    outcome = upgrade_project(pack(RENAMES), files)["pkg/model.py"]
    assert outcome.text is None
    assert outcome.findings == ()
    files["pkg/model.py"] = source.replace(f"if {test}", f"if not {test}")
    assert "AutoModelForImageTextToText" in (upgrade_project(pack(RENAMES), files)["pkg/model.py"].text or "")


@pytest.mark.parametrize(
    "source",
    [
        pytest.param(
            f"""{VERSION}
def f(kind):
    if kind:
        old = parse(transformers.__version__) < parse("5.0")
        if old:
            return {USE}
    else:
        old = parse(transformers.__version__) < parse("5.0")
        if old:
            return {USE}
""",
            id="a flag that is set alike in two places",
        ),
        pytest.param(
            f"""
from mine import compare_versions
import transformers

if compare_versions("transformers", "<", "5.0"):
    model = {USE}
""",
            id="a helper for any package",
        ),
        pytest.param(
            f"""
import operator
from lightning_utilities.core.imports import compare_version
import transformers

if compare_version("transformers", operator.lt, "5.0"):
    model = {USE}
""",
            id="a helper that takes a function",
        ),
        pytest.param(
            f"""{VERSION}
def at_least(wanted):
    return parse(transformers.__version__) >= parse(wanted)

model = None if at_least("5.0") else {USE}
""",
            id="a function that takes the version",
        ),
        pytest.param(
            f"""
import pytest
import transformers

@pytest.mark.skipif(transformers.__version__ >= "5.0", reason="old")
def test_old():
    assert {USE}
""",
            id="a test that is skipped",
        ),
        pytest.param(
            f"""{VERSION}
def _outer():
    return _load()

def _load():
    return {USE}

if parse(transformers.__version__) < parse("5.0"):
    _outer()
""",
            id="private functions that only old code calls",
        ),
    ],
)  # fmt: skip
def test_flags_in_the_file(source: str) -> None:
    check_noop(RENAMES, source)


@pytest.mark.parametrize(
    "test",
    [
        pytest.param(
            "parse(transformers.__version__) >= parse('4.40') and fast()", id="old enough, and something else"
        ),
        pytest.param(
            "parse(transformers.__version__) < parse('4.40') or fast()", id="too new, or something else"
        ),
        pytest.param("HAVE", id="whether the library is there at all"),
    ],
)
def test_tests_that_leave_both_branches_open(test: str) -> None:
    start = f"{VERSION}\ntry:\n    from transformers import Trainer\n    HAVE = True\nexcept ImportError:\n    HAVE = False\n"
    before = f"{start}\nif {test}:\n    model = {USE}\nelse:\n    other = {USE}\n"
    check_transformed(
        RENAMES, before, before.replace("AutoModelForVision2Seq", "AutoModelForImageTextToText")
    )


def test_a_private_function_with_one_live_use_is_upgraded() -> None:
    before = f"{VERSION}\ndef _load():\n    return {USE}\n\nif parse(transformers.__version__) < parse('5.0'):\n    _load()\ntable = {{1: _load}}\n"
    check_transformed(
        RENAMES, before, before.replace("AutoModelForVision2Seq", "AutoModelForImageTextToText")
    )


HELPERS = {
    "written here": "def at_least(wanted):\n    return parse(transformers.__version__) >= parse(wanted)\n",
    "a name that speaks, written here": "def is_transformers_version_gte(wanted: str) -> bool:\n"
    "    return parse(transformers.__version__) >= parse(wanted)\n",
    "a variable of its own": "from importlib.metadata import version\ndef at_least(wanted):\n"
    '    installed = version("transformers")\n    return parse(installed) >= parse(wanted)\n',
    "text or version": "def at_least(wanted):\n    import transformers\n    if isinstance(wanted, str):\n"
    "        wanted = parse(wanted)\n    return parse(transformers.__version__) >= wanted\n",
    "imported": "from elsewhere import is_transformers_version_gte\n",
    "imported, another word": "from elsewhere import check_if_transformers_greater\n",
}


@pytest.mark.parametrize("call", ["{}('5.0')", "{}(wanted='5.0')"])
@pytest.mark.parametrize("helper", HELPERS.values(), ids=HELPERS)
def test_helpers_that_compare_the_version_with_what_they_are_given(helper: str, call: str) -> None:
    names = ("is_transformers_version_gte", "check_if_transformers_greater", "at_least")
    name = next(n for n in names if n in helper)
    if "elsewhere" in helper:
        call = "{}('5.0')"
    test = call.format(name)
    dead = f"{VERSION}{helper}\nif {test}:\n    model = None\nelse:\n    model = {USE}\n"
    outcome = upgrade_project(pack(RENAMES), {"model.py": dead})["model.py"]
    assert outcome.text is None
    assert outcome.findings == ()
    live = f"{VERSION}{helper}\nif {test}:\n    model = {USE}\nelse:\n    model = None\n"
    outcome = upgrade_project(pack(RENAMES), {"model.py": live})["model.py"]
    assert "AutoModelForImageTextToText" in (outcome.text or "")


def test_what_follows_branches_that_all_leave() -> None:
    source = (
        f"{VERSION}\ndef f():\n    if parse(transformers.__version__) >= parse('5.0'):\n        return None\n"
        f"    elif parse(transformers.__version__) >= parse('4.40'):\n        return {USE}\n    return {USE}\n"
    )
    outcome = upgrade_project(pack(RENAMES), {"model.py": source})["model.py"]
    assert outcome.text is None
    assert outcome.findings == ()
