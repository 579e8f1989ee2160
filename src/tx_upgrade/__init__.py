"""Upgrade code that uses Hugging Face transformers from one release to another.

The road that data takes: ``project`` finds and reads files, ``analysis`` says what their names mean,
``matching`` meets them with ``rules``, ``rewriting`` turns fixes into text, ``reporting`` shows the result
and ``journal`` keeps what an applied run needs to be undone.
"""

__version__ = "0.1.0"
