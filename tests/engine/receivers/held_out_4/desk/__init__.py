"""A help desk that answers letters."""
