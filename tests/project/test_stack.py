"""Declarations of a project that do not go with the target, by the real data of the releases."""

from __future__ import annotations

from pathlib import Path

import pytest
from packaging.specifiers import SpecifierSet

from tx_upgrade.history import History
from tx_upgrade.history.stack import Stack
from tx_upgrade.model import Finding
from tx_upgrade.project.stack import stack_findings


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / ".git").mkdir()
    (tmp_path / "src").mkdir()
    monkeypatch.chdir(tmp_path)
    said.clear()
    return tmp_path


said: list[str] = []


def found(name: str, text: str, *, to: str = "5.23.0", paths: tuple[str, ...] = ("src",)) -> list[Finding]:
    Path(name).parent.mkdir(parents=True, exist_ok=True)
    Path(name).write_text(text)
    users = {str(Path("src/app.py").absolute()): b"import transformers\n"}
    return stack_findings(paths, users, "4.30.2", to, warn=said.append)


def test_what_the_releases_need() -> None:
    stack = Stack.load()
    assert tuple(stack.versions) == History.load().versions
    needs = stack.needs("5.23.0")
    assert needs["python"].specifier == ">=3.11"
    assert needs["tokenizers"] == ("tokenizers", ">=0.23.1,<0.24.0", True)
    assert needs["torch"] == ("torch", ">=2.6", False)
    assert needs["peft"] == ("peft", ">=0.20.0", False)
    assert stack.needs("5.19.0")["python"].specifier == ">=3.10"
    assert stack.needs("4.57.6")["huggingface-hub"].specifier == ">=0.34.0,<1.0"
    assert "safetensors" not in stack.needs("4.28.1")


@pytest.mark.parametrize(
    ("name", "text", "line", "package", "since"),
    [
        pytest.param("requirements.txt", "numpy\ntorch==1.13.1\n", 2, "torch", "4.48", id="a pin"),
        pytest.param("requirements.txt", "tokenizers<0.14\n", 1, "tokenizers", "4.34", id="an upper bound"),
        pytest.param(
            "requirements.txt",
            "Huggingface_Hub>=0.14,<1\n",
            1,
            "huggingface-hub",
            "5.0",
            id="other spelling",
        ),
        pytest.param("requirements.txt", "accelerate>=0.21\n", 1, "accelerate", "4.45", id="a lower bound"),
        pytest.param("src/requirements.txt", "peft==0.4.0\n", 1, "peft", "4.33", id="beside the code"),
        pytest.param(
            "pyproject.toml",
            '[project]\nrequires-python = ">=3.8"\n',
            2,
            "python",
            "4.47",
            id="requires-python",
        ),
        pytest.param(
            "pyproject.toml",
            '[tool.poetry.dependencies]\npython = "^3.8"\ntorch = "~1.13"\n',
            2,
            "python",
            "4.47",
            id="poetry",
        ),
        pytest.param(
            "setup.cfg", "[options]\npython_requires = >=3.7\n", 2, "python", "4.31", id="setup.cfg"
        ),
        pytest.param(
            "setup.py", 'setup(\n  python_requires=">=3.9",\n)\n', 2, "python", "5.0", id="setup.py"
        ),
        pytest.param(
            "setup.py", 'DEPS = {\n  "torch": ">=1.9,<2",\n}\n', 2, "torch", "4.48", id="a table in setup.py"
        ),
        pytest.param(
            "environment.yml",
            "dependencies:\n  - python=3.9\n  - pip:\n    - safetensors==0.4.2\n",
            2,
            "python",
            "5.0",
            id="conda",
        ),
        pytest.param("Pipfile", '[requires]\npython_version = "3.8"\n', 2, "python", "4.47", id="Pipfile"),
        pytest.param(".python-version", "3.9.13\n", 1, "python", "5.0", id=".python-version"),
        pytest.param(
            "Dockerfile",
            "FROM python:3.12-slim\nRUN pip install \\\n    torch==2.0.1 \\\n    tokenizers\n",
            3,
            "torch",
            "4.52",
            id="Dockerfile",
        ),
    ],
)
def test_lines_that_do_not_go_with_the_target(
    name: str, text: str, line: int, package: str, since: str
) -> None:
    finding = found(name, text)[0]
    assert (finding.path, finding.line, finding.symbol) == (name, line, package)
    assert finding.broken == since
    assert (finding.rule, finding.safety) == ("dependency-version", "manual")


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("torch\ntokenizers\naccelerate\n", id="no version"),
        pytest.param("torch>=2.6\ntokenizers>=0.23.1,<0.24\naccelerate==1.12.0\n", id="what is needed"),
        pytest.param("numpy>=1.16\n", id="a need that did not change"),
        pytest.param("torch<3\npeft!=0.19.0\n", id="no lower bound"),
        pytest.param("django==3.2\n", id="other packages"),
        pytest.param("torch==1.13.1; python_version < '3'\n", id="for another Python"),
        pytest.param("transformers>=5.23\n", id="the target itself"),
        pytest.param("transformers>=4.30\n", id="a range that the target is in, where no code changes"),
    ],
)
def test_lines_that_go_with_the_target(text: str) -> None:
    assert found("requirements.txt", text) == []
    assert said == []


def test_what_keeps_the_target_out() -> None:
    assert found("requirements.txt", "torch\ntransformers>=4.30,<5\n") == []
    assert len(said) == 1
    assert said[0].startswith("requirements.txt:2: transformers>=4.30,<5: keeps transformers 5.23.0 out")
    assert found("requirements.txt", "transformers>=4.30,<5\n", to="4.57.6") == []
    assert len(said) == 1


def test_a_library_that_goes_on_with_older_releases_only_says_so_with_support() -> None:
    Path("requirements.txt").write_text("transformers>=4.40\naccelerate>=0.30\ntorch==1.13\n")
    users = {str(Path("src/app.py").absolute()): b"import transformers\n"}
    alone = stack_findings(["src"], users, "4.40.2", "5.23.0", rewritten=True, warn=said.append)
    assert [f.symbol for f in alone] == ["accelerate", "torch"]
    assert "takes transformers 4.40 too" in said.pop()
    support = SpecifierSet(">=4.40,<6")
    both = stack_findings(
        ["src"], users, "4.40.2", "5.23.0", rewritten=True, support=support, warn=said.append
    )
    assert [f.symbol for f in both] == ["torch"]
    assert said == []


def test_a_comment_silences_a_line() -> None:
    comments = ("", "  # tx-upgrade: ignore", "  # tx-upgrade: ignore[dependency-version]", "  # pinned")
    text = "".join(f"torch==1.13.{n}{comment}\n" for n, comment in enumerate(comments))
    assert [f.status for f in found("requirements.txt", text)] == [
        "manual", "suppressed", "suppressed", "manual",
    ]  # fmt: skip


def test_a_file_is_asked_about_alone() -> None:
    Path("src/app.py").write_text("import transformers\n")
    assert found("requirements.txt", "torch==1.13.1\n", paths=("src/app.py",)) == []


def test_a_script_speaks_for_itself() -> None:
    script = b'# /// script\n# requires-python = ">=3.9"\n# dependencies = ["torch<2"]\n# ///\nimport transformers\n'
    Path("one.py").write_bytes(script)
    findings = stack_findings(
        ["one.py"], {str(Path("one.py").absolute()): script}, "4.30.2", "5.23.0", warn=said.append
    )
    assert [(f.line, f.symbol) for f in findings] == [(2, "python"), (3, "torch")]
