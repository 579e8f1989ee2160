"""Training, with the library's Trainer, with Lightning and by hand."""
