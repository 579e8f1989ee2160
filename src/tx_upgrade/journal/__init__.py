"""From changes to files on disk, and back.

In: the bytes of files before and after. Out: the files, replaced one by one and each as a whole, and a record in
``.tx-upgrade/`` at the project's root, written first, from which a run can be undone byte for byte.
"""

from .apply import apply
from .rollback import RollbackReport, rollback
from .store import RunRecord, runs

__all__ = ["RollbackReport", "RunRecord", "apply", "rollback", "runs"]
