"""Uses of a name of the library, wherever it can stand; and the names and guards that stay as their author meant them."""

from __future__ import annotations

import pytest
from engine_runs import check_noop, check_reported, check_transformed, pack, upgrade, upgrade_project

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
KEYWORD = (
    RENAMES
    + """
- id: tokenizer
  call: transformers.Trainer
  arguments: {tokenizer: {rename: processing_class}}
"""
)
OLD, NEW = "AutoModelForVision2Seq", "AutoModelForImageTextToText"


@pytest.mark.parametrize(
    "use",
    [
        pytest.param("model = NAME.from_pretrained('x')", id="a call of its method"),
        pytest.param("loaders = {'vision': NAME}", id="a bare reference"),
        pytest.param("class Mine(NAME):\n    pass", id="a base class"),
        pytest.param("class Mine(Generic[NAME]):\n    pass", id="an argument of a base class"),
        pytest.param("@NAME\ndef f():\n    pass", id="a decorator"),
        pytest.param("isinstance(x, NAME) or isinstance(x, (int, NAME))", id="isinstance"),
        pytest.param("def f(x: NAME, *y: NAME, z: NAME = NAME, **k: NAME) -> NAME: ...", id="annotations"),
        pytest.param("def f(x: 'NAME', y: \"list[NAME] | None\") -> 'NAME': ...", id="string annotations"),
        pytest.param("x: NAME = None\ny: 'Optional[NAME]' = None", id="annotations of variables"),
        pytest.param("x: Optional['NAME'] = None", id="a string within an annotation"),
        pytest.param("f'{NAME.__name__}'", id="a formatted string"),
        pytest.param("typing.cast('NAME', x), typing.cast('list[NAME]', x)", id="a string for cast"),
        pytest.param("f = lambda c=NAME: NAME(c)", id="a lambda"),
        pytest.param("[NAME for _ in x if NAME]", id="a comprehension"),
        pytest.param("match x:\n    case NAME():\n        pass", id="a class pattern"),
        pytest.param("try:\n    f()\nexcept NAME:\n    raise NAME from None", id="an exception"),
        pytest.param("with NAME() as n, NAME.x:\n    del NAME.y", id="with and del"),
        pytest.param("(n := NAME)", id="a named expression"),
        pytest.param("NAME.attribute = 1\nNAME.x += 1", id="assignment to its attributes"),
        pytest.param(
            "def f():\n    global g\n    g = NAME\n    def h():\n        return NAME\n    return h",
            id="nested",
        ),
        pytest.param(
            "async def f():\n    await NAME()\n    async with NAME():\n        yield NAME", id="async"
        ),
        pytest.param("x = 'ünïcode', NAME, '漢字'; y = NAME", id="behind characters of many bytes"),
    ],
)
def test_uses_follow_the_import(use: str) -> None:
    before = f"from transformers import {OLD}\n\n{use.replace('NAME', OLD)}\n"
    check_transformed(RENAMES, before, f"from transformers import {NEW}\n\n{use.replace('NAME', NEW)}\n")
    through = use.replace("NAME", f"hf.{OLD}")
    check_transformed(
        RENAMES,
        f"import transformers as hf\n\n{through}\n",
        f"import transformers as hf\n\n{through.replace(OLD, NEW)}\n",
    )


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(
            'import transformers\nmodel = getattr(transformers, "AutoModelForVision2Seq")\n',
            'import transformers\nmodel = getattr(transformers, "AutoModelForImageTextToText")\n',
            id="getattr",
        ),
        pytest.param(
            "import transformers\nmodel = getattr(transformers, 'AutoModelForVision2Seq')\n",
            "import transformers\nmodel = getattr(transformers, 'AutoModelForImageTextToText')\n",
            id="getattr keeps its quotes",
        ),
        pytest.param(
            'import importlib\nm = importlib.import_module("transformers.deepspeed")\n',
            'import importlib\nm = importlib.import_module("transformers.integrations.deepspeed")\n',
            id="import_module",
        ),
        pytest.param(
            'from importlib import import_module\nm = import_module("transformers.deepspeed").HfDeepSpeedConfig\n',
            "from importlib import import_module\n"
            'm = import_module("transformers.integrations.deepspeed").HfDeepSpeedConfig\n',
            id="import_module by its name",
        ),
        pytest.param(
            'import pytest\nds = pytest.importorskip("transformers.deepspeed")\n',
            'import pytest\nds = pytest.importorskip("transformers.integrations.deepspeed")\n',
            id="importorskip",
        ),
        pytest.param(
            "from unittest.mock import patch\n\n\n"
            '@patch("transformers.AutoModelForVision2Seq.from_pretrained")\ndef test(mock):\n'
            '    with patch("transformers.AutoModelForVision2Seq", autospec=True):\n        pass\n',
            "from unittest.mock import patch\n\n\n"
            '@patch("transformers.AutoModelForImageTextToText.from_pretrained")\ndef test(mock):\n'
            '    with patch("transformers.AutoModelForImageTextToText", autospec=True):\n        pass\n',
            id="patch",
        ),
        pytest.param(
            "from unittest import mock\n\n\ndef test():\n"
            '    with mock.patch("transformers.modeling_utils.Conv1D"), mock.patch("transformers.AdamW"):\n        pass\n',
            "from unittest import mock\n\n\ndef test():\n"
            '    with mock.patch("transformers.pytorch_utils.Conv1D"), mock.patch("torch.optim.AdamW"):\n        pass\n',
            id="mock.patch of names that moved",
        ),
        pytest.param(
            'def test(monkeypatch):\n    monkeypatch.setattr("transformers.AutoModelForVision2Seq", None)\n',
            'def test(monkeypatch):\n    monkeypatch.setattr("transformers.AutoModelForImageTextToText", None)\n',
            id="monkeypatch",
        ),
    ],
)
def test_strings_that_name_something(before: str, after: str) -> None:
    check_transformed(RENAMES, before, after)


@pytest.mark.parametrize(
    "source",
    [
        pytest.param('print("transformers.AutoModelForVision2Seq")\n', id="printed"),
        pytest.param('x = {"transformers.AutoModelForVision2Seq": 1}\n', id="a key"),
        pytest.param(
            'import mine\ngetattr(mine, "AutoModelForVision2Seq")\n', id="getattr of another module"
        ),
        pytest.param(
            'import transformers\ngetattr(transformers, "AutoModelForVision2Seq", None)\n',
            id="getattr with a default",
        ),
        pytest.param('import_module("mine.transformers.deepspeed")\n', id="a longer path"),
        pytest.param('patch("mytransformers.AdamW")\n', id="a longer name"),
        pytest.param(
            "def f(x: \"Literal['AutoModelForVision2Seq']\"): ...\n", id="a string in a string annotation"
        ),
        pytest.param(
            'import transformers\nif hasattr(transformers, "AdamW"):\n    o = transformers.AdamW(p)\n',
            id="asked for before",
        ),
        pytest.param(
            'import transformers\no = transformers.AdamW if hasattr(transformers, "AdamW") else None\n',
            id="asked for before in a line",
        ),
    ],
)
def test_strings_and_questions_that_stay(source: str) -> None:
    check_noop(RENAMES, source)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(
            """
            from transformers import AutoModelForVision2Seq

            def run(AutoModelForVision2Seq):
                return AutoModelForVision2Seq

            x = AutoModelForVision2Seq
            """,
            """
            from transformers import AutoModelForImageTextToText

            def run(AutoModelForVision2Seq):
                return AutoModelForVision2Seq

            x = AutoModelForImageTextToText
            """,
            id="a parameter",
        ),
        pytest.param(
            """
            from transformers import AutoModelForVision2Seq

            def run():
                AutoModelForVision2Seq = 1
                return [AutoModelForVision2Seq for _ in "ab"]

            x = AutoModelForVision2Seq
            """,
            """
            from transformers import AutoModelForImageTextToText

            def run():
                AutoModelForVision2Seq = 1
                return [AutoModelForVision2Seq for _ in "ab"]

            x = AutoModelForImageTextToText
            """,
            id="a local variable",
        ),
        pytest.param(
            """
            from transformers import AutoModelForVision2Seq

            x = [AutoModelForVision2Seq for AutoModelForVision2Seq in "ab"], AutoModelForVision2Seq
            """,
            """
            from transformers import AutoModelForImageTextToText

            x = [AutoModelForVision2Seq for AutoModelForVision2Seq in "ab"], AutoModelForImageTextToText
            """,
            id="a comprehension's variable",
        ),
        pytest.param(
            """
            from transformers import AutoModelForVision2Seq

            class Box:
                AutoModelForVision2Seq = None

                def get(self):
                    return self.AutoModelForVision2Seq, AutoModelForVision2Seq, other.AutoModelForVision2Seq
            """,
            """
            from transformers import AutoModelForImageTextToText

            class Box:
                AutoModelForVision2Seq = None

                def get(self):
                    return self.AutoModelForVision2Seq, AutoModelForImageTextToText, other.AutoModelForVision2Seq
            """,
            id="a class attribute and attributes of others",
        ),
    ],
)
def test_shadowed_names_stay(before: str, after: str) -> None:
    check_transformed(RENAMES, before, after)


@pytest.mark.parametrize(
    "source",
    [
        pytest.param(
            """
            import mine
            transformers = mine
            transformers.AutoModelForVision2Seq
            """,
            id="another thing of that name",
        ),
        pytest.param(
            """
            def run(transformers):
                return transformers.AutoModelForVision2Seq
            """,
            id="a parameter of that name",
        ),
        pytest.param(
            """
            import transformers
            import mine

            def run():
                transformers = mine
                return transformers.AutoModelForVision2Seq
            """,
            id="a local variable of that name",
        ),
        pytest.param(
            """
            import transformers
            transformers = wrap(transformers)
            transformers.AutoModelForVision2Seq
            """,
            id="rebound",
        ),
        pytest.param(
            """
            class AutoModelForVision2Seq:
                pass

            AutoModelForVision2Seq()
            """,
            id="an own class of that name",
        ),
    ],
)
def test_rebound_names_stay(source: str) -> None:
    check_noop(RENAMES, source)


def test_an_import_that_is_rebound_still_imports_what_exists() -> None:
    """The import itself would fail on the target; what the name means afterwards is not touched."""
    text, findings = upgrade(
        RENAMES,
        f"from transformers import {OLD}\n\nif fake:\n    {OLD} = Fake\nx = {OLD}\n",
    )
    assert text == f"from transformers import {NEW} as {OLD}\n\nif fake:\n    {OLD} = Fake\nx = {OLD}\n"
    assert [f.status for f in findings] == ["fixed"]


@pytest.mark.parametrize(
    ("comment", "status"),
    [
        pytest.param("# tx-upgrade: ignore[vision]", "suppressed", id="the rule"),
        pytest.param("# tx-upgrade: ignore[other, vision]", "suppressed", id="one of several"),
        pytest.param("# tx-upgrade: ignore", "suppressed", id="all rules"),
        pytest.param("# noqa  # tx-upgrade:ignore[ vision ]", "suppressed", id="behind another comment"),
        pytest.param("# tx-upgrade: ignore[adamw]", "fixed", id="another rule"),
    ],
)
def test_ignore_comments(comment: str, status: str) -> None:
    before = f"import transformers\nx = transformers.{OLD}  {comment}\ny = transformers.{OLD}\n"
    text, findings = upgrade(RENAMES, before)
    first = OLD if status == "suppressed" else NEW
    assert text == f"import transformers\nx = transformers.{first}  {comment}\ny = transformers.{NEW}\n"
    assert [(f.line, f.status) for f in findings] == [(2, status), (3, "fixed")]


def test_an_ignore_comment_in_a_string_is_none() -> None:
    before = f'import transformers\nx = transformers.{OLD}, "# tx-upgrade: ignore"\n'
    text, findings = upgrade(RENAMES, before)
    assert text == before.replace(OLD, NEW)
    assert [f.status for f in findings] == ["fixed"]


def test_an_ignored_import_keeps_its_uses() -> None:
    source = f"from transformers import {OLD}  # tx-upgrade: ignore[vision]\nx = {OLD}\n"
    text, findings = upgrade(RENAMES, source)
    assert text == source
    assert [f.status for f in findings] == ["suppressed"]


SHIM = """
- id: helper
  symbols: {transformers.modeling_utils.get_parameter_dtype: _transformers_compat.get_parameter_dtype}
"""


def test_a_string_cannot_name_what_only_a_shim_holds() -> None:
    """No import brings the shim there, and what the code under test uses is its own import."""
    source = 'from mock import patch\n\npatch("transformers.modeling_utils.get_parameter_dtype")\n'
    check_reported(SHIM, source, lines=[3])


def test_a_module_under_another_name_for_type_checkers() -> None:
    check_transformed(
        RENAMES,
        """
        from typing import TYPE_CHECKING

        if TYPE_CHECKING:
            import transformers.deepspeed as ds


        def run(config: "ds.HfDeepSpeedConfig | None") -> None: ...
        """,
        """
        from typing import TYPE_CHECKING

        if TYPE_CHECKING:
            import transformers.integrations.deepspeed as ds


        def run(config: "ds.HfDeepSpeedConfig | None") -> None: ...
        """,
    )


def test_stars_that_a_project_hands_on() -> None:
    outcomes = upgrade_project(
        pack(KEYWORD),
        {
            "everything.py": "from transformers import *\n",
            "run.py": "from everything import *\n\nTrainer(tokenizer=1)\n",
        },
    )
    assert outcomes["run.py"].text == "from everything import *\n\nTrainer(processing_class=1)\n"


def test_names_that_a_project_hands_on() -> None:
    """Importers of a re-export keep working, and what they use is still known to be the library's."""
    outcomes = upgrade_project(
        pack(
            RENAMES
            + "- id: tokenizer\n  call: transformers.Trainer\n  arguments: {tokenizer: {rename: processing_class}}\n"
        ),
        {
            "app/__init__.py": "from .models import AutoModelForVision2Seq, Trainer\n",
            "app/models.py": "from transformers import AutoModelForVision2Seq, Trainer\n"
            '\n__all__ = ["AutoModelForVision2Seq", "Trainer"]\n',
            "app/run.py": "from app import AutoModelForVision2Seq, Trainer\n"
            "Trainer(model=AutoModelForVision2Seq, tokenizer=None)\n",
            "other.py": "from mine import Trainer\nTrainer(tokenizer=None)\n",
        },
    )
    assert {path: outcome.text for path, outcome in outcomes.items()} == {
        "app/__init__.py": None,
        "app/models.py": "from transformers import AutoModelForImageTextToText as AutoModelForVision2Seq, Trainer\n"
        '\n__all__ = ["AutoModelForVision2Seq", "Trainer"]\n',
        "app/run.py": "from app import AutoModelForVision2Seq, Trainer\n"
        "Trainer(model=AutoModelForVision2Seq, processing_class=None)\n",
        "other.py": None,
    }


@pytest.mark.parametrize(
    "use",
    [
        pytest.param("from models import AutoModelForVision2Seq\nAutoModelForVision2Seq\n", id="from"),
        pytest.param("from models import AutoModelForVision2Seq as M\nM\n", id="from, under another name"),
        pytest.param("import models\nmodels.AutoModelForVision2Seq\n", id="through the module"),
        pytest.param("from models import *\nAutoModelForVision2Seq\n", id="star"),
        pytest.param(
            'from mock import patch\npatch("models.AutoModelForVision2Seq")\n', id="a string in a test"
        ),
    ],
)
def test_names_that_other_files_take_without_all(use: str) -> None:
    """A file may take from another what that one imported: the name is still there afterwards."""
    source = "from transformers import AutoModelForVision2Seq\n\nx = AutoModelForVision2Seq\n"
    outcomes = upgrade_project(pack(RENAMES), {"models.py": source, "run.py": use})
    models = outcomes["models.py"].text or source
    run = outcomes["run.py"].text or use
    assert " as AutoModelForVision2Seq" in models or "AutoModelForVision2Seq" not in run.replace(
        "models.", ""
    )
    assert "import AutoModelForVision2Seq" not in models
