"""What a file's names mean: in come documents, out go scopes, qualified names, guards and receiver types.

Everything is decided on the standard library's ``ast``; nothing here changes text.
"""
