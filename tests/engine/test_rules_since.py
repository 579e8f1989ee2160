"""Rules about a behaviour that only some of the older releases had."""

from __future__ import annotations

import pytest

from tx_upgrade.rules.packs import load_packs
from tx_upgrade.rules.plan import applies


@pytest.mark.parametrize(
    ("written_for", "met"),
    [
        ("4.40.2", False),
        ("4.49.0", False),
        ("4.50.3", True),
        ("4.57.6", True),
        ("5.9.0", True),
        ("5.10.4", False),
    ],
)
def test_code_that_never_met_the_old_behaviour_is_left_alone(written_for: str, met: bool) -> None:
    (rule,) = (r for r in load_packs().rules if r.id == "trainer-loss-counts-shifted-labels")
    assert applies(rule, written_for, "5.23.0") is met
