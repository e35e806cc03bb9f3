"""When the next attempt is due, and when there is none any more."""

from collections.abc import Callable

from integrations.engine.plan import RetryPolicy

__all__ = ["Chance", "delay", "exhausted", "steady"]

Chance = Callable[[], float]
"""Gives a number from 0 (included) to 1 (excluded), like `random.random`."""


def steady() -> float:
    """No luck at all: the middle of every jitter. What tests and previews use."""
    return 0.5


def delay(policy: RetryPolicy, spent: int, chance: Chance, *, at_least: float | None = None) -> float:
    """Seconds to wait after the `spent`-th counting attempt (1 = the first). `at_least`: what the far system asked for."""
    exponent = min(max(spent, 1) - 1, 64)
    pause = min(policy.first * policy.factor**exponent, policy.longest)
    pause *= 1 + policy.jitter * (2 * chance() - 1)
    return max(pause, at_least or 0.0)


def exhausted(policy: RetryPolicy, spent: int) -> bool:
    """True when `spent` counting attempts are all the policy allows."""
    return spent >= policy.attempts
