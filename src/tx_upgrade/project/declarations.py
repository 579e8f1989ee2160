"""Where a project's files name versions of packages: one function for each kind of file.

The packages are given by their canonical names; ``transformers`` is the one that is asked for where nothing else is said.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from .requirements import LIBRARY, PACKAGE, Requirement, canonical, parse_conda, parse_pip, parse_range
from .toml import parse_toml

Kind = Literal["lock", "declared", "installed"]

PYTHON = "python"
"""Stands among the packages for the interpreter itself."""
_REQUIREMENT_TEXT = re.compile(r"[a-z0-9][\w.\-]*\s*(?:\[[^\]]*\])?\s*[(=<>~!@;]", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Declaration:
    """One place that speaks of a package: the file and its line, and what it requires."""

    path: Path
    line: int
    text: str
    kind: Kind
    requirement: Requirement


def in_folder(folder: Path, *, locks_only: bool = False) -> Iterator[Declaration]:
    """All that the files of one folder say of transformers."""
    for name in ("uv.lock", "poetry.lock", "pdm.lock", "pylock.toml"):
        yield from toml_lock(folder / name)
    yield from pipfile_lock(folder / "Pipfile.lock")
    if locks_only:
        return
    yield from declared_in(folder)
    yield from installed(folder)


def declared_in(folder: Path, packages: frozenset[str] = LIBRARY) -> Iterator[Declaration]:
    """What the files of one folder ask for that a person writes; ``python`` can be one of the packages."""
    seen: set[Path] = set()
    for file in _matching(folder, r"(.*[-_.])?(requirements|constraints)([-_.].*)?\.(txt|in)"):
        yield from requirements_file(file, seen, packages)
    for sub in ("requirements", "reqs"):
        for file in _matching(folder / sub, r".*\.(txt|in)"):
            yield from requirements_file(file, seen, packages)
    yield from pyproject(folder / "pyproject.toml", packages)
    yield from pipfile(folder / "Pipfile", packages)
    yield from setup_cfg(folder / "setup.cfg", packages)
    yield from setup_py(folder / "setup.py", packages)
    for file in _matching(folder, r"(conda|env|environment)([-_.].*)?\.ya?ml"):
        yield from conda_environment(file, seen, packages)
    if PYTHON in packages:
        yield from python_version(folder / ".python-version")
    for file in _matching(folder, r"(Dockerfile|Containerfile)([-_.].*)?|.*\.[Dd]ockerfile"):
        yield from dockerfile(file, packages)


def toml_lock(file: Path) -> Iterator[Declaration]:
    """uv.lock, poetry.lock, pdm.lock, pylock.toml: the package's table."""
    found = False
    for number, line in _lines(file):
        if line.startswith("["):
            found = False
        elif re.match(rf"name\s*=\s*[\"']{PACKAGE}[\"']\s*$", line, re.IGNORECASE):
            found = True
        elif found and (version := re.match(r"version\s*=\s*[\"']([^\"']+)[\"']", line)):
            yield Declaration(
                file, number, f"{PACKAGE} {version.group(1)}", "lock", parse_range(version.group(1))
            )
            found = False


def pipfile_lock(file: Path) -> Iterator[Declaration]:
    """Pipfile.lock: the default packages and those for development."""
    text = _read(file)
    try:
        content = json.loads(text) if text else {}
    except ValueError:
        return
    finder = _Finder(text or "")
    for section in ("default", "develop"):
        entry = _table(_table(content, section), PACKAGE)
        version = entry.get("version")
        if isinstance(version, str):
            finder.line(rf"\"{PACKAGE}\"\s*:")
            line = finder.line(re.escape(json.dumps(version)))
            yield Declaration(file, line, f"{PACKAGE}{version}", "lock", parse_range(version))


def requirements_file(
    file: Path, seen: set[Path] | None = None, packages: frozenset[str] = LIBRARY
) -> Iterator[Declaration]:
    """A requirements file, and those that it names with -r and -c."""
    seen = set() if seen is None else seen
    key = file.resolve()
    if key in seen:
        return
    seen.add(key)
    for pieces in _joined(_lines(file), comment=r"(?:^|\s)#.*$"):
        number, line = pieces[0][0], " ".join(text for _, text in pieces)
        include = re.match(r"\s*(?:-r|-c|--requirement|--constraint)[\s=]*(\S+)", line)
        if include:
            if "://" not in include.group(1):
                yield from requirements_file(file.parent / include.group(1), seen, packages)
            continue
        requirement = parse_pip(line, packages)
        if requirement is not None:
            yield Declaration(file, number, line.strip(), "declared", requirement)


def pyproject(file: Path, packages: frozenset[str] = LIBRARY) -> Iterator[Declaration]:
    """pyproject.toml: PEP 621, dependency groups, Poetry, PDM, uv and Hatch."""
    text = _read(file)
    if text is None or (packages == LIBRARY and PACKAGE not in text.lower()):
        return
    try:
        content = parse_toml(text)
    except ValueError:
        return  # the settings are read from the same file and report it
    finder = _Finder(text)
    project, tool = _table(content, "project"), _table(content, "tool")
    poetry, uv = _table(tool, "poetry"), _table(tool, "uv")
    lists: list[Any] = [project.get("dependencies"), *_table(project, "optional-dependencies").values()]
    lists += [
        *_table(content, "dependency-groups").values(),
        *_table(_table(tool, "pdm"), "dev-dependencies").values(),
    ]
    lists += [uv.get("dev-dependencies"), uv.get("constraint-dependencies"), uv.get("override-dependencies")]
    for environment in _table(_table(tool, "hatch"), "envs").values():
        if isinstance(environment, dict):
            lists += [environment.get("dependencies"), environment.get("extra-dependencies")]
    for items in lists:
        yield from _strings(file, items, finder, packages)
    python = project.get("requires-python")
    if isinstance(python, str) and PYTHON in packages:
        line = finder.line(r"^\s*requires-python\s*=")
        yield _python(file, line, f"requires-python = {json.dumps(python)}", python)
    tables = [_table(poetry, "dependencies"), _table(poetry, "dev-dependencies")]
    tables += [_table(group, "dependencies") for group in _table(poetry, "group").values()]
    for table in tables:
        yield from _table_of_versions(file, table, finder, packages)


def pipfile(file: Path, packages: frozenset[str] = LIBRARY) -> Iterator[Declaration]:
    """Pipfile."""
    text = _read(file)
    try:
        content = parse_toml(text) if text else {}
    except ValueError:
        return
    finder = _Finder(text or "")
    for section in ("packages", "dev-packages"):
        yield from _table_of_versions(file, _table(content, section), finder, packages)
    python = _table(content, "requires").get("python_version")
    if isinstance(python, str) and PYTHON in packages:
        line = finder.line(r"^\s*python_version\s*=")
        yield _python(file, line, f"python_version = {json.dumps(python)}", f"=={python}.*")


def python_version(file: Path) -> Iterator[Declaration]:
    """.python-version: the interpreters that pyenv and uv take."""
    for number, line in _lines(file):
        found = re.match(r"\s*(\d+\.\d+)[\d.]*\s*$", line)
        if found:
            yield _python(file, number, line.strip(), f"=={found.group(1)}.*")


def script_header(file: Path) -> Iterator[Declaration]:
    """What the PEP 723 block at the head of a script says of transformers, and the lock file that uv keeps beside it."""
    text = _read(file)
    if text is not None and _script_block(text) is not None:
        yield from toml_lock(file.with_name(file.name + ".lock"))
        yield from script_block(file, text)


def script_block(file: Path, text: str, packages: frozenset[str] = LIBRARY) -> Iterator[Declaration]:
    """What the PEP 723 block at the head of a script declares."""
    found = _script_block(text)
    if found is None:
        return
    content, finder = found
    python = content.get("requires-python")
    if isinstance(python, str) and PYTHON in packages:
        line = finder.line(r"^# requires-python\s*=")
        yield _python(file, line, f"requires-python = {json.dumps(python)}", python)
    yield from _strings(file, content.get("dependencies"), finder, packages)


def _script_block(text: str) -> tuple[dict[str, Any], _Finder] | None:
    block = re.search(r"^# /// script[ \t]*\r?\n((?:#(?: .*)?\r?\n)+?)# ///[ \t]*\r?$", text, re.MULTILINE)
    if block is None:
        return None
    try:
        content = parse_toml("\n".join(line[2:] for line in block.group(1).splitlines()))
    except ValueError:
        return None
    return content, _Finder(text, block.start())


def setup_cfg(file: Path, packages: frozenset[str] = LIBRARY) -> Iterator[Declaration]:
    """setup.cfg: [options] install_requires, python_requires and [options.extras_require]."""
    section = key = ""
    for number, line in _lines(file):
        item = re.sub(r"(?:^|\s)#.*$", "", line)
        if item.startswith("["):
            section, key = item.strip("[] "), ""
            continue
        if item and not item[0].isspace():
            key, _, item = (part.strip() for part in item.partition("="))
            if section == "options" and key == "python_requires" and PYTHON in packages:
                yield _python(file, number, f"python_requires = {item}", item)
        in_options = section == "options" and key in ("install_requires", "setup_requires", "tests_require")
        if in_options or section == "options.extras_require":
            requirement = parse_pip(item, packages)
            if requirement is not None:
                yield Declaration(file, number, item.strip(), "declared", requirement)


def setup_py(file: Path, packages: frozenset[str] = LIBRARY) -> Iterator[Declaration]:
    """setup.py, without running it: each string in it that is a requirement, wherever it is kept."""
    import ast
    import warnings

    text = _read(file)
    if text is None or (packages == LIBRARY and PACKAGE not in text):
        return
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    constants: dict[str, str] = {}
    for statement in tree.body:
        if isinstance(statement, ast.Assign) and isinstance(statement.value, ast.Constant):
            for name in statement.targets:
                if isinstance(name, ast.Name) and isinstance(statement.value.value, str):
                    constants[name.id] = statement.value.value
    inner: set[ast.AST] = set()
    for node in ast.walk(tree):
        if node in inner or not isinstance(node, ast.Constant | ast.JoinedStr | ast.BinOp):
            continue
        value = _string_value(node, constants)
        if value is None:
            continue
        inner.update(ast.walk(node))
        requirement = parse_pip(value, packages) if _is_requirement_text(value) else None
        if requirement is not None:
            yield Declaration(file, node.lineno, value, "declared", requirement)
    for node in ast.walk(tree):
        if isinstance(node, ast.keyword) and node.arg == "python_requires" and PYTHON in packages:
            value = _string_value(node.value, constants)
            if value is not None:
                yield _python(file, node.value.lineno, f'python_requires="{value}"', value)
        if not isinstance(node, ast.Dict):
            continue
        for key, entry in zip(node.keys, node.values, strict=True):
            named = key.value if isinstance(key, ast.Constant) and isinstance(key.value, str) else ""
            if canonical(named) in packages and entry not in inner - {entry}:
                value = _string_value(entry, constants)
                if value is not None and re.match(r"[=<>~!]", value):
                    requirement = replace(parse_range(value), package=canonical(named))
                    yield Declaration(file, entry.lineno, named + value, "declared", requirement)


def _is_requirement_text(value: str) -> bool:
    # The bare name is also a key, a keyword or the package's own name: it says nothing, so it is not listed.
    return "\n" not in value and _REQUIREMENT_TEXT.match(value) is not None


def _python(file: Path, line: int, text: str, range_: str) -> Declaration:
    """What a file says of the Python that it needs."""
    return Declaration(file, line, text, "declared", replace(parse_range(range_), package=PYTHON))


def _string_value(node: Any, constants: dict[str, str]) -> str | None:
    import ast

    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else None
    if isinstance(node, ast.Name):
        return constants.get(node.id)
    if isinstance(node, ast.FormattedValue):
        return _string_value(node.value, constants)
    parts: list[str | None] = []
    if isinstance(node, ast.JoinedStr):
        parts = [_string_value(value, constants) for value in node.values]
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        parts = [_string_value(node.left, constants), _string_value(node.right, constants)]
    known = [part for part in parts if part is not None]
    return "".join(known) if known and len(known) == len(parts) else None


def conda_environment(
    file: Path, seen: set[Path] | None = None, packages: frozenset[str] = LIBRARY
) -> Iterator[Declaration]:
    """environment.yml: conda's own packages and those under ``pip:``."""
    pip_indent: int | None = None
    for number, line in _lines(file):
        item = re.match(r"^(\s*)-\s*(.*?)\s*$", re.sub(r"(?:^|\s)#.*$", "", line))
        if item is None:
            continue
        indent, text = len(item.group(1)), item.group(2).strip("\"'")
        if pip_indent is not None and indent <= pip_indent:
            pip_indent = None
        if text == "pip:":
            pip_indent = indent
            continue
        include = re.match(r"(?:-r|-c|--requirement|--constraint)[\s=]*(\S+)", text)
        if include and pip_indent is not None:
            yield from requirements_file(file.parent / include.group(1), seen, packages)
            continue
        requirement = parse_conda(text, packages) if pip_indent is None else parse_pip(text, packages)
        if requirement is not None:
            yield Declaration(file, number, text, "declared", requirement)


def dockerfile(file: Path, packages: frozenset[str] = LIBRARY) -> Iterator[Declaration]:
    """Dockerfile: ``pip install`` (and uv, conda) lines, with the defaults of ARG and ENV filled in."""
    values: dict[str, str] = {}
    for pieces in _joined(_lines(file), comment=r"^\s*#.*$"):
        line = " ".join(text for _, text in pieces)
        if re.match(r"\s*(?:ARG|ENV)\s", line, re.IGNORECASE):
            values.update(re.findall(r"(\w+)=[\"']?([\w.+\-]+)", line))
        base = re.match(r"\s*FROM\s+(?:\S+/)?python:(\d+\.\d+)", _filled(line, values), re.IGNORECASE)
        if base and PYTHON in packages:
            yield _python(file, pieces[0][0], base.group().strip(), f"=={base.group(1)}.*")
        if not re.search(r"\b(?:pip3?|pipx|conda|mamba|micromamba|poetry|uv)\b.*\b(?:install|add)\b", line):
            continue
        for number, piece in pieces:
            for quoted, doubled, plain in re.findall(
                r"'([^']*)'|\"([^\"]*)\"|([^\s'\"]+)", _filled(piece, values)
            ):
                word = (quoted or doubled or plain).strip(";&")
                by_conda = re.match(r"[\w.:\-]+=[^=]", word)
                requirement = parse_conda(word, packages) if by_conda else parse_pip(word, packages)
                if requirement is not None:
                    yield Declaration(file, number, word, "declared", requirement)


def _filled(text: str, values: dict[str, str]) -> str:
    return re.sub(
        r"\$\{?(\w+)(?::-[^}]*)?\}?", lambda found: values.get(found.group(1), found.group(0)), text
    )


def installed(folder: Path) -> Iterator[Declaration]:
    """What the project's own virtual environment holds."""
    for name in (".venv", "venv", "env", ".env"):
        environment = folder / name
        if not (environment / "pyvenv.cfg").is_file():
            continue
        for pattern in ("lib/python*/site-packages", "Lib/site-packages"):
            for info in sorted(environment.glob(f"{pattern}/{PACKAGE}-*.dist-info")):
                version = info.name[len(PACKAGE) + 1 : -len(".dist-info")]
                text = f"{PACKAGE} {version} is installed"
                yield Declaration(info, 1, text, "installed", parse_range(version))


# --- reading ------------------------------------------------------------------------------------------------------


class _Finder:
    """Lines of a text by what stands on them. Each search goes on after the last hit of the same words."""

    def __init__(self, text: str, start: int = 0) -> None:
        self._text, self._start = text, start
        self._next: dict[str, int] = {}

    def line(self, pattern: str) -> int:
        at = self._next.get(pattern, self._start)
        found = re.compile(pattern, re.MULTILINE).search(self._text, at)
        if found is None:
            return self._text.count("\n", 0, at) + 1
        self._next[pattern] = found.end()
        return self._text.count("\n", 0, found.start()) + 1


def _strings(file: Path, items: Any, finder: _Finder, packages: frozenset[str]) -> Iterator[Declaration]:
    for item in items if isinstance(items, list) else ():
        requirement = parse_pip(item, packages) if isinstance(item, str) else None
        if requirement is not None:
            written = json.dumps(item, ensure_ascii=False)[1:-1]
            line = finder.line(rf"[\"'](?:{re.escape(item)}|{re.escape(written)})[\"']")
            yield Declaration(file, line, item, "declared", requirement)


def _table_of_versions(
    file: Path, table: dict[str, Any], finder: _Finder, packages: frozenset[str]
) -> Iterator[Declaration]:
    for name, value in table.items():
        package = canonical(name)
        if package not in packages:
            continue
        line = finder.line(rf"^\s*[\"']?{re.escape(name)}[\"']?\s*=|\bdependencies\.{re.escape(name)}\]")
        for way in value if isinstance(value, list) else [value]:
            entry = way if isinstance(way, dict) else {"version": way}
            version, reference = (
                entry.get("version"),
                entry.get("tag") or entry.get("rev") or entry.get("ref"),
            )
            if isinstance(version, str):
                requirement = parse_range(version)
            elif isinstance(reference, str) and re.fullmatch(r"v?\d+(\.\d+)+", reference):
                version = requirement_text = reference.removeprefix("v")
                requirement = parse_range(requirement_text)
            else:
                version, requirement = "", parse_range("")
            requirement = replace(requirement, package=package)
            yield Declaration(file, line, f'{name} = "{version}"', "declared", requirement)


def _table(content: Any, key: str) -> dict[str, Any]:
    value = content.get(key) if isinstance(content, dict) else None
    return value if isinstance(value, dict) else {}


def _matching(folder: Path, pattern: str) -> list[Path]:
    try:
        return sorted(
            file for file in folder.iterdir() if re.fullmatch(pattern, file.name) and file.is_file()
        )
    except OSError:
        return []


def _read(file: Path) -> str | None:
    try:
        return file.read_text(encoding="utf-8-sig", errors="replace")
    except OSError:
        return None


def _lines(file: Path) -> list[tuple[int, str]]:
    return list(enumerate((_read(file) or "").splitlines(), 1))


def _joined(lines: list[tuple[int, str]], *, comment: str) -> Iterator[list[tuple[int, str]]]:
    """Logical lines as the numbered physical ones that they consist of: comments and continuations are gone."""
    pieces: list[tuple[int, str]] = []
    for number, physical in lines:
        line = re.sub(comment, "", physical)
        if pieces and not line.strip() and physical.strip():
            continue  # a comment between continued lines
        goes_on = line.rstrip().endswith("\\")
        line = line.rstrip()[:-1] if goes_on else line
        if line.strip() or not goes_on:
            pieces.append((number, line))
        if not goes_on:
            yield pieces
            pieces = []
    if pieces:
        yield pieces
