"""Search in the archive."""

from .index import Index, Retriever

__all__ = ["Index", "Retriever"]
