from __future__ import annotations

from pathlib import Path

import pytest

from tx_upgrade.model import TxUpgradeError
from tx_upgrade.project.root import common_folder, project_root
from tx_upgrade.project.settings import Settings, load_settings


def write(folder: Path, text: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "pyproject.toml").write_text(text)
    return folder / "pyproject.toml"


def test_every_key(tmp_path: Path) -> None:
    file = write(
        tmp_path,
        """[tool.tx-upgrade]
from = "4.30"
to = "5"
unsafe = true
select = ["trainer-tokenizer", "pin"]
ignore = "adamw, torch-dtype"
rules = ["../packs", "mine"]
support = ">=4.40,<6"
format = "json"
output = "out.json"
jobs = 2
exit-zero = false
explain = true
""",
    )
    assert load_settings([str(tmp_path)]) == Settings(
        from_version="4.30",
        to_version="5",
        unsafe=True,
        select=("trainer-tokenizer", "pin"),
        ignore=("adamw", "torch-dtype"),
        rules=(tmp_path / "../packs", tmp_path / "mine"),
        support=">=4.40,<6",
        format="json",
        output="out.json",
        jobs=2,
        exit_zero=False,
        explain=True,
        source=file,
    )


def test_nothing_is_set(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    assert load_settings([str(tmp_path)]) == Settings()
    write(tmp_path, "[tool.other]\nnames = ['tx-upgrade']\n")
    assert load_settings([str(tmp_path)]) == Settings()


def test_underscores_do(tmp_path: Path) -> None:
    write(tmp_path, "[tool.tx-upgrade]\nexit_zero = true\n")
    assert load_settings([str(tmp_path)]).exit_zero is True


def test_the_nearest_table_counts(tmp_path: Path) -> None:
    (tmp_path / "repo" / ".git").mkdir(parents=True)
    write(tmp_path, "[tool.tx-upgrade]\nto = '5.0'\n")
    write(tmp_path / "repo", "[tool.tx-upgrade]\nto = '5.1'\n")
    write(tmp_path / "repo/a", "[tool.ruff]\n")
    write(tmp_path / "repo/b", "[tool.tx-upgrade]\nto = '5.2'\n")
    (tmp_path / "repo/b/x.py").touch()
    repo = str(tmp_path / "repo")
    assert load_settings([f"{repo}/a"]).to_version == "5.1"
    assert load_settings([f"{repo}/b/x.py"]).to_version == "5.2"
    assert load_settings([f"{repo}/a", f"{repo}/b"]).to_version == "5.1"
    (tmp_path / "repo/pyproject.toml").unlink()
    assert load_settings([f"{repo}/a"]).to_version is None, "not above the repository"


def test_standard_input_is_of_the_current_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, "[tool.tx-upgrade]\nto = '5.0'\n")
    monkeypatch.chdir(tmp_path)
    assert load_settings(["-"]).to_version == "5.0"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[tool.tx-upgrade]\n\nunsaef = true", "{}:3: unknown key `unsaef` in [tool.tx-upgrade]: did you mean `unsafe`?"),
        ("[tool.tx-upgrade]\nexit_zeor = true", "{}:2: unknown key `exit_zeor` in [tool.tx-upgrade]: did you mean `exit-zero`?"),
        ("[tool.tx-upgrade]\nwrite = true", "{}:2: unknown key `write` in [tool.tx-upgrade]: the keys are from, to, unsafe, select, ignore, rules, support, format, output, jobs, exit-zero, explain"),
        ("[tool.tx-upgrade]\nfrom = 4.30", "{}:2: `from` in [tool.tx-upgrade] must be a version in quotes, not 4.3"),
        ("[tool.tx-upgrade]\nunsafe = 'yes'", "{}:2: `unsafe` in [tool.tx-upgrade] must be true or false, not 'yes'"),
        ("[tool.tx-upgrade]\njobs = 0", "{}:2: `jobs` in [tool.tx-upgrade] must be a whole number above 0, not 0"),
        ("[tool.tx-upgrade]\njobs = true", "{}:2: `jobs` in [tool.tx-upgrade] must be a whole number above 0, not True"),
        ("[tool.tx-upgrade]\nselect = [1]", "{}:2: `select` in [tool.tx-upgrade] must be a list of rule ids or tags, not [1]"),
        ("[tool.tx-upgrade]\nformat = 'xml'", "{}:2: `format` in [tool.tx-upgrade] must be one of diff, text, json, github, not 'xml'"),
        ("[tool.tx-upgrade]\nexit-zero = true\nexit_zero = true", "{}:3: `exit-zero` is set twice in [tool.tx-upgrade], with - and with _"),
        ("[tool]\ntx-upgrade = 3", "{}: `tool.tx-upgrade` must be a table, [tool.tx-upgrade]"),
        ("[tool.tx-upgrade]\nto = 5.0.0", "{}: not valid TOML: "),
    ],
)  # fmt: skip
def test_mistakes(tmp_path: Path, text: str, message: str) -> None:
    file = write(tmp_path, text)
    with pytest.raises(TxUpgradeError) as caught:
        load_settings([str(tmp_path)])
    assert str(caught.value).startswith(message.format(file))
    assert message.endswith(" ") or str(caught.value) == message.format(file)


@pytest.mark.parametrize("mark", [".git", "pyproject.toml", "setup.py", "setup.cfg"])
def test_project_root(tmp_path: Path, mark: str) -> None:
    inner = tmp_path / "project" / "src" / "pkg"
    inner.mkdir(parents=True)
    (inner / "a.py").touch()
    assert project_root(inner / "a.py") == inner, "no mark anywhere above"
    (tmp_path / "project" / mark).touch()
    assert project_root(inner / "a.py") == project_root(inner) == tmp_path / "project"


def test_common_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a/b").mkdir(parents=True)
    (tmp_path / "a/c.py").touch()
    assert common_folder(["a/b", "a/c.py"]) == tmp_path / "a"
    assert common_folder(["a/c.py"]) == tmp_path / "a"
    assert common_folder([]) == common_folder(["-"]) == tmp_path
