"""Packs of packages beside the library: their own versions, taken from what the releases need."""

from __future__ import annotations

import ast
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from packaging.version import Version

from tx_upgrade.history.stack import Stack
from tx_upgrade.model import Finding, TxUpgradeError
from tx_upgrade.rules.loader import load_files
from tx_upgrade.rules.packs import load_packs
from tx_upgrade.rules.plan import Window, applies
from tx_upgrade.rules.schema import SymbolSelector
from tx_upgrade.upgrade import Options, upgrade

HUB = "huggingface_hub"


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def run(
    source: str, from_version: str = "4.30", to_version: str = "5.23", **options: object
) -> tuple[str, list[Finding]]:
    Path("main.py").write_text(source)
    chosen = Options(from_version=from_version, to_version=to_version, jobs=1, **options)  # type: ignore[arg-type]
    result = upgrade(["."], chosen, warn=lambda _: None)
    after = next((c.after for c in result.changes if c.path == "main.py"), None)
    return (after.decode() if after else source), list(result.findings)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(
            "from huggingface_hub import HfFolder\n\nprint(HfFolder.get_token())\n",
            "from huggingface_hub import get_token\n\nprint(get_token())\n",
            id="a name",
        ),
        pytest.param(
            "import huggingface_hub as hub\n\nhub.hf_hub_download('a/b', 'c', use_auth_token=True)\n",
            "import huggingface_hub as hub\n\nhub.hf_hub_download('a/b', 'c', token=True)\n",
            id="through the module",
        ),
        pytest.param(
            "from huggingface_hub import HfApi\n\n\ndef make(api: HfApi):\n    api.create_repo('a/b', use_auth_token='t')\n",
            "from huggingface_hub import HfApi\n\n\ndef make(api: HfApi):\n    api.create_repo('a/b', token='t')\n",
            id="a method of an annotated object",
        ),
        pytest.param(
            "from huggingface_hub import snapshot_download\n\nkw = {'resume_download': True}\nsnapshot_download('a/b', **kw)\n",
            "from huggingface_hub import snapshot_download\n\nkw = {}\nsnapshot_download('a/b', **kw)\n",
            id="what is unpacked",
        ),
    ],
)
def test_code_of_the_hub_goes_along(before: str, after: str) -> None:
    assert run(before)[0] == after
    assert run(after) == (after, [])


@pytest.mark.parametrize(
    "source",
    [
        pytest.param("from mine import HfFolder\n\nHfFolder.get_token()\n", id="of the project"),
        pytest.param(
            "class HfApi:\n    def create_repo(self, use_auth_token): ...\n\n\nHfApi().create_repo(use_auth_token=1)\n",
            id="a class with the same name",
        ),
        pytest.param("import huggingface_hub\n\nhuggingface_hub.hf_hub_download('a', 'b')\n", id="as ever"),
    ],
)
def test_code_that_stays(source: str) -> None:
    assert run(source) == (source, [])


def test_the_versions_are_those_that_the_releases_need() -> None:
    source = (
        "from huggingface_hub import HfFolder, cached_download\n\nprint(HfFolder(), cached_download('x'))\n"
    )
    assert {f.rule for f in run(source, "4.30", "4.57")[1]} == {"hub-cached-download"}
    assert {f.rule for f in run(source, "4.57", "5.0")[1]} == {"hub-hf-folder"}
    assert run(source, "5.0", "5.23")[1] == []
    space = "from huggingface_hub import duplicate_space\n\nduplicate_space('a')\n"
    (finding,) = run(space, "5.0", "5.23")[1]
    assert (finding.rule, finding.broken) == ("hub-two-functions", "2.0")
    need = Stack.load().needs("4.57.6")["huggingface-hub"]
    assert (need.lowest, need.below) == ("0.34.0", "1.0")


def test_rules_are_chosen_by_the_name_of_their_package() -> None:
    source = "from huggingface_hub import HfFolder\n\nprint(HfFolder.get_token())\n"
    assert run(source, ignore=(HUB,)) == (source, [])
    assert run(source, select=(HUB,))[0] != source


def test_a_range_keeps_the_oldest_version_of_the_package_running() -> None:
    source = "from huggingface_hub import HfFolder\n\nprint(HfFolder.get_token())\n"
    text, findings = run(source, "4.30", support=">=4.30")
    assert text == source
    assert {f.status for f in findings} == {"manual"}
    assert "get_token()" in run(source, "4.30", support=">=4.57")[0]


def test_a_window_of_versions() -> None:
    packs = load_packs(examples=False)
    rules = {r.id: r for r in packs.rules if r.library == HUB}
    folder, large = rules["hub-hf-folder"], rules["hub-two-functions"]
    assert not applies(folder, "4.30.2", "5.23.0")
    assert applies(folder, "4.30.2", "5.23.0", {HUB: Window("0.14", "2.0")})
    assert not applies(folder, "4.30.2", "5.23.0", {HUB: Window("1.0", None)})
    assert not applies(large, "4.30.2", "5.23.0", {HUB: Window("0.14", "2.0")})
    assert applies(large, "4.30.2", "5.23.0", {HUB: Window("0.14", None)})


def test_a_pack_of_any_package(tmp_path: Path) -> None:
    pack = tmp_path / "pack.yaml"
    pack.write_text(
        'library: accelerate\nfrom: "0.20"\nto: "1.0"\nrules:\n  - id: far-away\n    title: Moved\n    broken: "1.0"\n'
        "    symbols: {accelerate.far: accelerate.utils.near}\n    safety: safe\n    source: https://example.org\n"
        '    examples: [{same: "pass"}]\n'
    )
    (tmp_path / "packs").mkdir()
    pack.rename(tmp_path / "packs" / "pack.yaml")
    text, _ = run("import accelerate\n\naccelerate.far()\n", rules=("packs",))
    assert text == "import accelerate\n\naccelerate.utils.near()\n"
    (tmp_path / "packs" / "pack.yaml").write_text('library: "not a name"\nfrom: "1"\nto: "2"\nrules: []\n')
    with pytest.raises(TxUpgradeError, match="library is the name"):
        load_files([(tmp_path / "packs" / "pack.yaml", "pack.yaml")])


# Releases on both sides of each break of a name at the top of the package.
RELEASES = (
    "0.13.4",
    "0.14.1",
    "0.19.4",
    "0.23.5",
    "0.24.7",
    "0.25.2",
    "0.26.5",
    "0.36.2",
    "1.0.1",
    "1.33.0",
    "2.0.0",
)


def names_of(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        tree = ast.parse(archive.read(f"{HUB}/__init__.py"))
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "_SUBMOD_ATTRS":
            found |= {name for names in ast.literal_eval(node.value).values() for name in names}
    return found


@pytest.mark.network
def test_the_names_went_in_the_versions_that_the_pack_says(tmp_path: Path) -> None:
    wanted = [f"{HUB}=={v}" for v in RELEASES]
    for requirement in wanted:
        command = [
            sys.executable,
            "-m",
            "pip",
            "download",
            "-q",
            "--no-deps",
            "-d",
            str(tmp_path),
            requirement,
        ]
        subprocess.run(command, check=True)
    names = {Version(w.name.split("-")[1]): names_of(w) for w in tmp_path.glob("*.whl")}
    assert len(names) == len(RELEASES)
    asked = 0
    for rule in load_packs(examples=False).rules:
        if rule.library != HUB or not isinstance(rule.selector, SymbolSelector):
            continue
        broken = Version(rule.broken or "0")
        before, after = max(v for v in names if v < broken), min(v for v in names if v >= broken)
        for name in rule.selector.symbols:
            if name.count(".") == 1 and not name.endswith("SearchArguments"):
                short = name.rpartition(".")[2]
                asked += 1
                assert short in names[before], (rule.id, name, before)
                assert short not in names[after], (rule.id, name, after)
    assert asked > 20
