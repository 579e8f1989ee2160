"""Fixes as text: in come edits by position, out goes the new text; every byte outside an edit stays."""
