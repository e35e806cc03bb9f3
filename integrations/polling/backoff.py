"""How long a look that failed waits for the next one, by the class of the failure."""

import random

from connectors.sdk.errors import Auth, Config, Failure, RateLimited

__all__ = ["waiting_time"]

FIRST_WAIT, LONGEST_WAIT = 10.0, 3600.0  # seconds
A_PERSON = 60.0
"""Seconds until another look at what only a person can put right; without a call while the connection is signed out."""


def waiting_time(failure: Failure, failures: int) -> float:
    """Seconds until the next look: as long as the far system asks for, else longer with every failure."""
    asked = float(getattr(failure, "retry_after", None) or 0)
    if isinstance(failure, RateLimited):
        return asked
    if isinstance(failure, Auth | Config):
        return A_PERSON
    grown: float = min(FIRST_WAIT * 2 ** min(failures - 1, 20), LONGEST_WAIT)
    return max(grown * random.uniform(0.8, 1.2), asked)  # noqa: S311 - spreads calls, guards nothing
