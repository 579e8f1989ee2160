"""The API history: what each release of transformers offers, as version intervals.

In: a qualified name and a version. Out: whether it exists there, what it is, where it is defined, what it takes.
The index is built from published wheels (``python -m tx_upgrade.history.build``) and read piece by piece.
"""

from tx_upgrade.history.reader import History
from tx_upgrade.history.signatures import Parameter, Signature

TYPE_CHECKING = False
if TYPE_CHECKING:
    from tx_upgrade.history.reader import Kind
    from tx_upgrade.history.signatures import ParameterKind

__all__ = ["History", "Kind", "Parameter", "ParameterKind", "Signature"]
