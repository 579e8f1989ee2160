"""From paths to documents: what is read, and what the project says about itself.

In: the paths of the command line. Out: files in a fixed order, each as a ``Document`` or an error of its own;
the settings of pyproject.toml; and the version of transformers that the project's files declare, with evidence.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .discovery import Discovered, discover
    from .documents import DocumentError, encode, parse, read_document
    from .root import project_root
    from .settings import Settings, load_settings
    from .versions import detect

__all__ = [
    "Discovered",
    "DocumentError",
    "Settings",
    "detect",
    "discover",
    "encode",
    "load_settings",
    "parse",
    "project_root",
    "read_document",
]

# Loaded at first use: a run that is given --from never pays for reading lock files.
_HOME = {
    "Discovered": "discovery",
    "discover": "discovery",
    "DocumentError": "documents",
    "encode": "documents",
    "parse": "documents",
    "read_document": "documents",
    "project_root": "root",
    "Settings": "settings",
    "load_settings": "settings",
    "detect": "versions",
}


def __getattr__(name: str) -> Any:
    if name in _HOME:
        return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
