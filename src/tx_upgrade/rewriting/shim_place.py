"""Where a module's compatibility shim lies, and how that module imports it."""

from __future__ import annotations

import ast
import os

from ..analysis.module import Module
from ..model import SHIM_FILE, SHIM_MODULE


def shim_path(module: Module) -> str:
    """The shim's path: in the outermost package of the module, or beside a script."""
    if _script_style(module):
        return f"{os.path.dirname(module.path)}/{SHIM_FILE}"
    folder = os.path.dirname(module.path)
    for _ in range(len(module.project.package_of(module)) - 1):
        folder = os.path.dirname(folder)
    return f"{folder}/{SHIM_FILE}"


def shim_import(module: Module) -> str:
    """The module name to import the shim by, in the way that the package imports its own modules."""
    packages = module.project.package_of(module)
    if _script_style(module):
        return SHIM_MODULE
    if _relative_style(module):
        return "." * len(packages) + SHIM_MODULE
    return f"{packages[0]}.{SHIM_MODULE}"


def _imports(module: Module) -> list[ast.Import | ast.ImportFrom]:
    return module.scopes.imports


def _script_style(module: Module) -> bool:
    packages = module.project.package_of(module)
    if not packages:
        return True
    folder = os.path.dirname(module.path)
    uses_package = any(
        (isinstance(s, ast.ImportFrom) and (s.level or (s.module or "").split(".")[0] == packages[0]))
        for s in _imports(module)
    )
    if uses_package:
        return False
    for statement in _imports(module):
        names = (
            [a.name for a in statement.names]
            if isinstance(statement, ast.Import)
            else [statement.module or ""]
        )
        for name in names:
            found = module.project.find(name.split(".")[0], module.path)
            if found is not None and os.path.dirname(found) == folder:
                return True
    return False


def _relative_style(module: Module) -> bool:
    own = [s for s in _imports(module) if isinstance(s, ast.ImportFrom)]
    if any(s.level for s in own):
        return True
    packages = module.project.package_of(module)
    if any((s.module or "").split(".")[0] == packages[0] for s in own):
        return False
    for peer in module.project.peers(module):
        statements = [s for s in peer.scopes.imports if isinstance(s, ast.ImportFrom)]
        if any(s.level for s in statements):
            return True
        if any((s.module or "").split(".")[0] == packages[0] for s in statements):
            return False
    return True
