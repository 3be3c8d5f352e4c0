"""How often chance is asked: few times in each run, many times when somebody wants to be thorough.

`HYPOTHESIS_PROFILE=thorough ./run test tests/services` takes hours, and finds what is rare.
"""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

# How much harder a thorough run tries.
_TIMES = 20
_USUAL = 100

THOROUGH = "thorough"


def examples(usual: int) -> int:
    """Return how many examples a test over a real database tries, of which each takes long."""
    return usual * _TIMES if is_thorough() else usual


def is_thorough() -> bool:
    """Tell whether somebody wants what is rare to be found as well."""
    return settings().max_examples > _USUAL


def prepare() -> None:
    """Load the profile that was asked for.

    No deadline and no complaint about slow data: a shared machine may pause at any moment.
    """
    settings.register_profile(
        "default", deadline=None, suppress_health_check=[HealthCheck.too_slow]
    )
    usual = settings.get_profile("default")
    settings.register_profile(THOROUGH, usual, max_examples=_TIMES * _USUAL)
    settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))
