"""The API history: what each release of transformers offers, as version intervals.

In: a qualified name and a version. Out: whether it exists there, what it is, where it is defined, what it takes.
The index is built from published wheels (``python -m tx_upgrade.history.build``) and read piece by piece.
"""

from tx_upgrade.history.reader import History, Kind
from tx_upgrade.history.signatures import Parameter, ParameterKind, Signature

__all__ = ["History", "Kind", "Parameter", "ParameterKind", "Signature"]
