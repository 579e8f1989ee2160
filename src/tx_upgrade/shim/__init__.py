"""The compatibility module: in come the names that a project's code uses, out goes one self-contained file."""
