from __future__ import annotations

from pathlib import Path

import pytest

from tx_upgrade.model import Detection, TxUpgradeError
from tx_upgrade.project.versions import detect

KNOWN = {"3.5": 1, "4.0": 1, "4.25": 1, "4.30": 2, "4.38": 2, "4.40": 2, "4.57": 6, "5.0": 0, "5.23": 0}


def resolve(version: str) -> str:
    """As the history does: a minor stands for its last patch."""
    parts = version.split(".")
    minor = ".".join(parts[:2])
    if minor not in KNOWN or (len(parts) > 2 and int(parts[2]) > KNOWN[minor]):
        raise TxUpgradeError(f"unknown version {version}")
    return version if len(parts) == 3 else f"{minor}.{KNOWN[minor]}"


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with ``src/app.py``; it is the current folder."""
    (tmp_path / ".git").mkdir()
    write(tmp_path, "src/app.py", "import transformers\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(root: Path, name: str, text: str) -> None:
    (root / name).parent.mkdir(parents=True, exist_ok=True)
    (root / name).write_text(text)


def found(path: str = "src") -> Detection:
    detection = detect([path], resolve)
    assert detection is not None
    return detection


def places(detection: Detection) -> list[tuple[str, int, str]]:
    return [(item.path, item.line, item.text) for item in detection.evidence]


SETUP_PY = """
from setuptools import setup
BASE = "4.30"
setup(name="transformers-things", install_requires=["torch", "transformers[torch]>=4.30.1"])
"""

SOURCES = [
    ("uv.lock", 'version = 1\n[[package]]\nname = "sentence-transformers"\nversion = "2.2"\n\n[[package]]\nname = "transformers"\nversion = "4.30.2"\n', 8, "transformers 4.30.2", "4.30.2"),
    ("poetry.lock", '[[package]]\nname = "transformers"\nversion = "4.30.1"\ndescription = ""\n\n[package.dependencies]\nname = "x"\n', 3, "transformers 4.30.1", "4.30.1"),
    ("pdm.lock", '[[package]]\nname = "transformers"\nversion = "4.30.0"\n', 3, "transformers 4.30.0", "4.30.0"),
    ("pylock.toml", '[[packages]]\nname = "transformers"\nversion = "4.30.0"\n', 3, "transformers 4.30.0", "4.30.0"),
    ("Pipfile.lock", '{"default": {\n "torch": {"version": "==2.0"},\n "transformers": {\n  "hashes": [],\n  "version": "==4.30.2"}},\n "develop": {}}', 5, "transformers==4.30.2", "4.30.2"),
    ("requirements.txt", "torch\ntransformers==4.30.2  # pinned\n", 2, "transformers==4.30.2", "4.30.2"),
    ("requirements.txt", "Transformers [torch,sentencepiece] == 4.30.2 ; python_version > '3.0'\n", 1, "Transformers [torch,sentencepiece] == 4.30.2 ; python_version > '3.0'", "4.30.2"),
    ("requirements.txt", "torch==2 \\\n  --hash=sha256:aa\ntransformers==4.30.1 \\\n    --hash=sha256:ab \\\n    --hash=sha256:cd\n", 3, None, "4.30.1"),
    ("requirements.txt", "transformers @ git+https://github.com/huggingface/transformers.git@v4.30.2\n", 1, None, "4.30.2"),
    ("requirements.txt", "-e git+https://github.com/huggingface/transformers@v4.30.1#egg=transformers\n", 1, None, "4.30.1"),
    ("requirements.txt", "git+https://github.com/huggingface/transformers@v4.30.0\n", 1, None, "4.30.0"),
    ("requirements.txt", "https://files.example/transformers-4.30.0-py3-none-any.whl\n", 1, None, "4.30.0"),
    ("requirements.txt", "transformers>=4.30,<5\n", 1, None, "4.30.2"),
    ("requirements.txt", "transformers<5, >4.30\n", 1, None, "4.30.2"),
    ("requirements.txt", "transformers~=4.30\n", 1, None, "4.30.2"),
    ("requirements.txt", "transformers~=4.30.1\n", 1, None, "4.30.1"),
    ("requirements.txt", "transformers>=4\n", 1, None, "4.0.1"),
    ("requirements.txt", "transformers==4.*\n", 1, None, "4.0.1"),
    ("requirements.txt", "transformers==4.30.*\n", 1, None, "4.30.2"),
    ("requirements.txt", "transformers==4.30\n", 1, None, "4.30.2"),
    ("requirements.txt", "transformers>=4.30.0.dev0\n", 1, None, "4.30.0"),
    ("requirements.txt", "transformers>=4.25,!=4.26.0,>=4.30\n", 1, None, "4.30.2"),
    ("requirements-dev.txt", "transformers===4.30.2\n", 1, None, "4.30.2"),
    ("dev_requirements.in", "transformers==4.30.2\n", 1, None, "4.30.2"),
    ("requirements/base.txt", "transformers==4.30.2\n", 1, None, "4.30.2"),
    ("constraints.txt", "transformers==4.30.2\n", 1, None, "4.30.2"),
    ("pyproject.toml", '[project]\ndependencies = [\n  "torch",\n  "transformers>=4.30,<5",\n]\n', 4, "transformers>=4.30,<5", "4.30.2"),
    ("pyproject.toml", '[project.optional-dependencies]\nhf = ["transformers==4.30.1"]\n', 2, "transformers==4.30.1", "4.30.1"),
    ("pyproject.toml", '[dependency-groups]\ndev = [{include-group = "x"}, "transformers==4.30.1"]\n', 2, "transformers==4.30.1", "4.30.1"),
    ("pyproject.toml", '[tool.poetry.dependencies]\npython = "^3.10"\ntransformers = "^4.30"\n', 3, 'transformers = "^4.30"', "4.30.2"),
    ("pyproject.toml", '[tool.poetry.dependencies]\ntransformers = "~4.30.1"\n', 2, None, "4.30.1"),
    ("pyproject.toml", '[tool.poetry.dependencies]\ntransformers = "4.30.1"\n', 2, None, "4.30.1"),
    ("pyproject.toml", '[tool.poetry.dependencies]\ntransformers = "^4"\n', 2, None, "4.0.1"),
    ("pyproject.toml", '[tool.poetry.dependencies]\ntransformers = "^4.30 || ^5.0"\n', 2, None, "4.30.2"),
    ("pyproject.toml", '[tool.poetry.dependencies]\ntransformers = {version = "4.30.*", extras = ["torch"]}\n', 2, None, "4.30.2"),
    ("pyproject.toml", '[tool.poetry.dependencies.transformers]\nversion = "^4.30"\n', 1, None, "4.30.2"),
    ("pyproject.toml", '[tool.poetry.group.ml.dependencies]\ntransformers = {git = "https://x/transformers", tag = "v4.30.1"}\n', 2, None, "4.30.1"),
    ("pyproject.toml", '[tool.pdm.dev-dependencies]\nml = ["transformers==4.30.1"]\n', 2, None, "4.30.1"),
    ("pyproject.toml", '[tool.uv]\nconstraint-dependencies = ["transformers==4.30.1"]\n', 2, None, "4.30.1"),
    ("pyproject.toml", '[tool.hatch.envs.default]\ndependencies = ["transformers==4.30.1"]\n', 2, None, "4.30.1"),
    ("Pipfile", '[packages]\ntransformers = "==4.30.1"\n', 2, None, "4.30.1"),
    ("setup.cfg", "[metadata]\nname = x\n[options]\ninstall_requires =\n    torch\n    transformers>=4.30.1 ; python_version>'3'\n", 6, "transformers>=4.30.1 ; python_version>'3'", "4.30.1"),
    ("setup.cfg", "[options.extras_require]\nhf = transformers==4.30.1\n", 2, "transformers==4.30.1", "4.30.1"),
    ("setup.py", SETUP_PY, 4, "transformers[torch]>=4.30.1", "4.30.1"),
    ("setup.py", 'from setuptools import setup\nREQUIRED = [\n    "transformers~=4.30",\n]\nsetup(install_requires=REQUIRED)\n', 3, "transformers~=4.30", "4.30.2"),
    ("setup.py", '_deps = {"transformers": "transformers>=4.30.1"}\nsetup(extras_require={"x": [_deps["transformers"]]})\n', 1, "transformers>=4.30.1", "4.30.1"),
    ("setup.py", 'DEPS = {\n "transformers": ">=4.30.1"}\n', 2, "transformers>=4.30.1", "4.30.1"),
    ("setup.py", 'V = "4.30.1"\nsetup(install_requires=[f"transformers=={V}"])\n', 2, "transformers==4.30.1", "4.30.1"),
    ("setup.py", 'V = "4.30.1"\nsetup(install_requires=["transformers==" + V])\n', 2, "transformers==4.30.1", "4.30.1"),
    ("environment.yml", "name: x\ndependencies:\n  - python=3.10\n  - conda-forge::transformers=4.30.1=py_0  # old\n", 4, "conda-forge::transformers=4.30.1=py_0", "4.30.1"),
    ("environment.yaml", "dependencies:\n- transformers=4.30\n", 2, "transformers=4.30", "4.30.2"),
    ("environment-dev.yml", "dependencies:\n  - 'transformers >=4.30.1,<5'\n", 2, None, "4.30.1"),
    ("environment.yml", "dependencies:\n  - transformers 4.30.*\n", 2, None, "4.30.2"),
    ("environment.yml", "dependencies:\n  - pip\n  - pip:\n    - transformers==4.30.1\n    - torch\n", 4, "transformers==4.30.1", "4.30.1"),
    ("Dockerfile", "FROM x\n# pip install transformers==4.25.1\nRUN pip install --no-cache-dir torch==2 \\\n    # why\n    'transformers[torch]==4.30.1' \\\n    numpy\n", 5, "transformers[torch]==4.30.1", "4.30.1"),
    ("Dockerfile.gpu", "ARG VERSION=4.30.1\nRUN python3 -m pip install -U transformers==${VERSION} && pip check\n", 2, "transformers==4.30.1", "4.30.1"),
    ("train.dockerfile", "RUN uv pip install \"transformers>=4.30.1\"\n", 1, "transformers>=4.30.1", "4.30.1"),
    (".venv/lib/python3.11/site-packages/transformers-4.30.1.dist-info/METADATA", "", None, "transformers 4.30.1 is installed", "4.30.1"),
    ("venv/Lib/site-packages/transformers-4.30.1.dist-info/METADATA", "", None, "transformers 4.30.1 is installed", "4.30.1"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "text", "line", "said", "version"), SOURCES)
def test_every_kind_of_file(
    project: Path, name: str, text: str, line: int | None, said: str | None, version: str
) -> None:
    write(project, name, text)
    if "venv" in name:
        write(project, name.split("/")[0] + "/pyvenv.cfg", "")
        name, line = name.rpartition("/")[0], 1
    detection = found()
    assert detection.version == version
    assert detection.contradictions == ()
    ((path, number, words),) = places(detection)
    assert (path, number) == (name, line)
    assert said is None or words == said


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("requirements.txt", "sentence-transformers==2.2\ntransformers-stream-generator==0.0.4\nadapter-transformers==3\nmy.transformers==1\n"),
        ("requirements.txt", "# transformers==4.30\ntorch  # transformers==4.30\n"),
        ("environment.yml", "dependencies:\n  - spacy-transformers=1.2\nname: transformers\n"),
        ("setup.py", 'setup(name="transformers", version="4.30.2", packages=["transformers"])\n'),
        ("setup.py", 'print "Python 2: transformers==4.30"\n'),
        ("pyproject.toml", '[project]\nname = "transformers"\nversion = "4.30.2"\n'),
        ("pyproject.toml", "[project\n# transformers==4.30.2"),
        ("Pipfile.lock", "{transformers"),
        ("Pipfile", "[transformers"),
        ("poetry.lock", '[[package]]\nname = "x"\nversion = "1"\n[package.dependencies]\ntransformers = ">=4.30"\n'),
        ("Dockerfile", "FROM huggingface/transformers-pytorch-gpu:4.30.2\nRUN git clone https://x/transformers\n"),
        ("venv/lib/python3.11/site-packages/transformers-4.30.1.dist-info/METADATA", "not an environment: no pyvenv.cfg"),
    ],
)  # fmt: skip
def test_look_alikes(project: Path, name: str, text: str) -> None:
    write(project, name, text)
    assert detect(["src"], resolve) is None


@pytest.mark.parametrize(
    "text",
    [
        "transformers<5",
        "transformers",
        "transformers!=4.31",
        "transformers @ git+https://github.com/huggingface/transformers",
        "transformers<=4.40",
    ],
)
def test_no_lower_bound_is_no_information_but_evidence(project: Path, text: str) -> None:
    write(project, "requirements.txt", text + "\n")
    assert detect(["src"], resolve) is None
    write(project, "Dockerfile", "RUN pip install transformers==4.30.2")
    assert places(found()) == [("Dockerfile", 1, "transformers==4.30.2"), ("requirements.txt", 1, text)]


def test_included_requirements(project: Path) -> None:
    write(
        project,
        "requirements.txt",
        "-r sub/base.txt\n--constraint=sub/limits.txt\n-r https://example/x.txt\n",
    )
    write(project, "sub/base.txt", "-r ../requirements.txt\ntransformers\n")
    write(project, "sub/limits.txt", "transformers==4.30.2\n")
    assert places(found()) == [
        ("sub/limits.txt", 1, "transformers==4.30.2"),
        ("sub/base.txt", 2, "transformers"),
    ]


def test_requirements_named_by_a_conda_environment(project: Path) -> None:
    write(project, "environment.yml", "dependencies:\n  - pip:\n    - -r deps/pip.txt\n")
    write(project, "deps/pip.txt", "transformers==4.30.2\n")
    assert found().version == "4.30.2"


def test_markers_that_do_not_hold_here_give_way(project: Path) -> None:
    write(
        project,
        "requirements.txt",
        "transformers==4.25.1; python_version < '3.7'\ntransformers==4.30.2; python_version >= '3.7'\n",
    )
    assert found().version == "4.30.2"
    assert found().contradictions == ()
    write(project, "requirements.txt", "transformers==4.25.1; python_version < '3.7'\n")
    assert found().version == "4.25.1", "there is nothing else"


def test_precedence(project: Path) -> None:
    write(project, "setup.cfg", "[options]\ninstall_requires = transformers>=4.25\n")
    assert found().version == "4.25.1"
    write(project, ".venv/pyvenv.cfg", "")
    write(project, ".venv/lib/python3.11/site-packages/transformers-4.30.1.dist-info/METADATA", "")
    assert found().version == "4.30.1"
    write(project, "requirements.txt", "transformers==4.38.2\n")
    assert found().version == "4.38.2"
    write(project, "uv.lock", '[[package]]\nname = "transformers"\nversion = "4.40.2"\n')
    detection = found()
    assert detection.version == "4.40.2"
    assert [item.path for item in detection.evidence] == [
        "uv.lock", "requirements.txt", ".venv/lib/python3.11/site-packages/transformers-4.30.1.dist-info", "setup.cfg",
    ]  # fmt: skip
    assert detection.contradictions == (
        "uv.lock:3 says `transformers 4.40.2`, which lies outside `transformers==4.38.2` in requirements.txt:1; "
        "4.40.2 is taken",
        "uv.lock:3 says `transformers 4.40.2`, which lies outside `transformers 4.30.1 is installed` in "
        ".venv/lib/python3.11/site-packages/transformers-4.30.1.dist-info:1; 4.40.2 is taken",
    )


def test_sources_of_the_same_rank_that_disagree(project: Path) -> None:
    write(project, "requirements.txt", "transformers==4.40.2\n")
    write(project, "requirements-dev.txt", "\ntransformers==4.30.2\n")
    detection = found()
    assert detection.version == "4.30.2"
    assert detection.contradictions == (
        "requirements-dev.txt:2 says `transformers==4.30.2` but requirements.txt:1 says `transformers==4.40.2`; "
        "4.30.2 is taken",
    )


def test_a_lock_outside_a_declared_range(project: Path) -> None:
    write(project, "poetry.lock", '[[package]]\nname = "transformers"\nversion = "4.40.2"\n')
    write(project, "pyproject.toml", '[tool.poetry.dependencies]\ntransformers = "~4.30"\n')
    assert found().contradictions == (
        'poetry.lock:3 says `transformers 4.40.2`, which lies outside `transformers = "~4.30"` in pyproject.toml:2; '
        "4.40.2 is taken",
    )
    write(project, "pyproject.toml", '[tool.poetry.dependencies]\ntransformers = "^4.30"\n')
    assert found().contradictions == ()


def test_script_headers_speak_for_the_script(project: Path) -> None:
    write(project, "requirements.txt", "transformers==4.40.2\n")
    header = '# /// script\n# requires-python = ">=3.10"\n# dependencies = [\n#   "transformers==4.30.2",\n# ]\n# ///\n'
    write(project, "src/script.py", "#!/usr/bin/env python\n" + header + "import transformers\n")
    assert places(found("src/script.py")) == [("src/script.py", 5, "transformers==4.30.2")]
    assert found("src").version == "4.40.2"
    assert found("src/app.py").version == "4.40.2"
    write(project, "src/bare.py", "# /// script\n# dependencies = ['transformers']\n# ///\n")
    assert found("src/bare.py").version == "4.40.2"
    write(project, "src/script.py.lock", '[[package]]\nname = "transformers"\nversion = "4.30.1"\n')
    assert found("src/script.py").version == "4.30.1"
    both = detect(["src/script.py", "src/app.py"], resolve)
    assert both is not None and {item.path for item in both.evidence} >= {"src/script.py", "requirements.txt"}


def test_the_nearest_folder_counts(project: Path) -> None:
    write(project, "requirements.txt", "transformers==4.25.1\n")
    write(project, "src/requirements.txt", "transformers==4.40.2\n")
    assert found("src/app.py").version == "4.40.2"
    assert len(found().contradictions) == 1


def test_a_project_in_a_larger_repository(project: Path) -> None:
    write(project, "requirements-docs.txt", "transformers==4.25.1\n")
    write(project, "pkg/pyproject.toml", '[project]\ndependencies = ["transformers>=4.30"]\n')
    assert found("pkg").version == "4.30.2", "its own bound, not the pin of the folder above"
    write(project, "uv.lock", '[[package]]\nname = "transformers"\nversion = "4.40.2"\n')
    assert found("pkg").version == "4.40.2", "a workspace has one lock file, at its root"
    write(project, "tool/pyproject.toml", "[tool.ruff]\n")
    (project / "uv.lock").unlink()
    assert found("tool").version == "4.25.1", "nothing of its own"


def test_nothing_above_the_repository_counts(project: Path) -> None:
    write(project, "requirements.txt", "transformers==4.25.1\n")
    write(project, "inner/.git/HEAD", "")
    write(project, "inner/a.py", "")
    assert detect(["inner"], resolve) is None


def test_a_folder_without_marks_of_a_project(project: Path) -> None:
    (project / ".git").rmdir()
    write(project, "requirements.txt", "transformers==4.30.2\n")
    assert places(found("src/app.py")) == [("requirements.txt", 1, "transformers==4.30.2")]


def test_standard_input_is_of_the_current_folder(project: Path) -> None:
    write(project, "requirements.txt", "transformers==4.30.2\n")
    assert found("-").version == "4.30.2"


def test_unknown_releases(project: Path) -> None:
    write(project, "requirements.txt", "transformers==9.9.9\n")
    with pytest.raises(TxUpgradeError) as caught:
        detect(["src"], resolve)
    assert str(caught.value) == (
        "requirements.txt:1: transformers==9.9.9: not a release that tx-upgrade knows; name the version with --from"
    )
    write(project, "setup.cfg", "[options]\ninstall_requires = transformers>=4.30\n")
    detection = found()
    assert detection.version == "4.30.2"
    assert (
        "requirements.txt:1: transformers==9.9.9: not a release that tx-upgrade knows"
        in detection.contradictions
    )


def test_evidence_outside_the_current_folder_is_absolute(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(project, "requirements.txt", "transformers==4.30.2\n")
    monkeypatch.chdir(project / "src")
    assert places(found("app.py")) == [(f"{project.as_posix()}/requirements.txt", 1, "transformers==4.30.2")]
