"""What looks like the library and is not."""
