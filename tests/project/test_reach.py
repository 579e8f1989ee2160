from __future__ import annotations

import pytest

from tx_upgrade.project.reach import find_reach, imports_library


@pytest.mark.parametrize(
    "source",
    [
        pytest.param("import transformers\n", id="import"),
        pytest.param("import torch, transformers as tf\n", id="second of two"),
        pytest.param("if x:\n\tfrom transformers.models import bert\n", id="indented from"),
        pytest.param("from \\\n    transformers import Trainer\n", id="continued line"),
        pytest.param("import os, \\\r\n  transformers\r\n", id="continued line with CRLF"),
        pytest.param("try: import transformers\nexcept ImportError: pass\n", id="after a colon"),
        pytest.param("import os; import transformers\n", id="after a semicolon"),
        pytest.param("m = importlib.import_module('transformers')\n", id="import_module"),
        pytest.param('m = import_module(name="transformers")\n', id="import_module by keyword"),
        pytest.param('@patch("transformers.Trainer")\ndef f(): ...\n', id="patch"),
        pytest.param('sys.modules["transformers"] = stub\n', id="sys.modules"),
        pytest.param("v = importlib.metadata.version('transformers')\n", id="version"),
        pytest.param("x = 'transformers'\nimport transformers\n", id="after another mention"),
    ],
)
def test_uses_of_the_library_are_seen(source: str) -> None:
    assert imports_library(source.encode())


@pytest.mark.parametrize(
    "source",
    [
        pytest.param("import sentence_transformers\n", id="another library"),
        pytest.param("from mylib.transformers_like import x\n", id="longer name"),
        pytest.param("# transformers are nice\n", id="comment"),
        pytest.param("'''Many transformers here.'''\n", id="docstring"),
        pytest.param('params = {"transformers": [list]}\n', id="key of a dictionary"),
        pytest.param('get("transformers")\n', id="argument of another function"),
        pytest.param("self.transformers = transformers\n", id="attribute and name"),
    ],
)
def test_other_mentions_are_not(source: str) -> None:
    assert not imports_library(source.encode())


def test_files_that_reach_the_library_through_others() -> None:
    reach = find_reach(
        {
            "/p/app/__init__.py": b"",
            "/p/app/base.py": b"from transformers import Trainer\nclass Mine(Trainer): ...\n",
            "/p/app/near.py": b"from .base import Mine\nMine(tokenizer=1)\n",
            "/p/app/idle.py": b"from .base import Mine\nx = 1\n",
            "/p/app/apart.py": b"tokenizer = 1\n",
            "/p/app/environment.py": b"import os\nos.environ['TRANSFORMERS_CACHE']\n",
        },
        [b"TRANSFORMERS_CACHE"],
    )
    assert reach.roots == ("/p/app/base.py",)
    assert reach.others == ("/p/app/environment.py", "/p/app/idle.py", "/p/app/near.py")
    assert reach.groups["/p/app/near.py"] == "/p"


LIBRARY = {
    "__init__.py": b'__version__ = "4.57.6"\n',
    "modeling_utils.py": b"import transformers\n",
    "configuration_utils.py": b"",
}


def test_a_copy_of_the_library_is_no_use_of_it() -> None:
    files = {f"/p/src/transformers/{name}": raw for name, raw in LIBRARY.items()}
    reach = find_reach({**files, "/p/examples/run.py": b"import transformers\n"}, [])
    assert reach.roots == ("/p/examples/run.py",)
    assert reach.copies == {"/p/src/transformers"}


@pytest.mark.parametrize(
    ("folder", "left_out"),
    [
        pytest.param("/p/mine/transformers", "nothing", id="inside a package"),
        pytest.param("/p/transformers", "configuration_utils.py", id="a package of that name"),
    ],
)
def test_what_only_bears_its_name_is(folder: str, left_out: str) -> None:
    files = {f"{folder}/{name}": raw for name, raw in LIBRARY.items() if name != left_out}
    reach = find_reach({**files, "/p/mine/__init__.py": b""}, [])
    assert reach.roots == (f"{folder}/modeling_utils.py",)
