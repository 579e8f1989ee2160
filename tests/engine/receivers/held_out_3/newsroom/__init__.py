"""Tools of a newsroom: summaries, captions, transcripts, search."""

from ._use import use
from .loading import Bundle, load, load_pair
from .settings import Settings

__all__ = ["Bundle", "Settings", "load", "load_pair", "use"]
