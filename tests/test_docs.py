from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def generate() -> ModuleType:
    spec = importlib.util.spec_from_file_location("docs_generate", ROOT / "docs" / "generate.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_readme_shows_what_the_tool_gives(generate: ModuleType) -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    patch, said = generate.example_run()
    assert (ROOT / "fixtures" / "readme" / "train.py").read_text(encoding="utf-8") in text
    assert patch in text, "run: python docs/generate.py"
    assert said.strip() in text, "run: python docs/generate.py"


def test_generated_pages_are_current(generate: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    assert generate.main(["--check"]) == 0, capsys.readouterr().err


def test_every_rule_has_its_place_in_the_pages(generate: ModuleType) -> None:
    from tx_upgrade.rules.packs import load_packs

    pages = generate.pages()
    for rule in load_packs().rules:
        page = f"{rule.pack_name}-{Path(rule.file).stem}.md"
        assert f"\n## {rule.id}\n" in pages[page]
        assert f"({page}#{rule.id})" in pages["index.md"]


def test_ci_runs_the_command_of_the_readme() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    (command,) = re.findall(r"^python -m venv .*pytest$", readme, re.MULTILINE)
    assert f"\n{command}\n" in (ROOT / ".ci" / "run").read_text(encoding="utf-8")


@pytest.mark.parametrize("page", ["README.md", *(f"docs/{n}.md" for n in ("index", "usage", "how-it-works"))])
def test_links_lead_somewhere(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    for link in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", text):
        if not link.startswith("http"):
            assert ((ROOT / page).parent / link).exists(), link
