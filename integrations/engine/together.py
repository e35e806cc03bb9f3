"""Several items of a loop wait: what the run as a whole waits for, so that none of them is forgotten."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TypeVar

from integrations.engine.outcome import Parked, ParkReason

__all__ = ["LOOK_AGAIN", "together"]

T = TypeVar("T")

LOOK_AGAIN = 60.0
"""Seconds after which a run looks again by itself when it waits for more things than it can be woken by."""

_URGENCY: Sequence[ParkReason] = ("person", "reconnect", "agent", "waiting", "effect", "rate", "retry")
"""What people are told first; among equals, the first item."""


def together(parked: Sequence[Parked]) -> Parked:
    """One waiting for all: place, reason and failure of the most urgent; the earliest time of any; the first token.

    The run wakes for whichever comes first, and each item goes on from its own journal. A run is woken by one token; where
    there are several, it looks again after `LOOK_AGAIN` seconds at the latest.
    """
    told = min(parked, key=lambda one: _URGENCY.index(one.reason))
    tokens = list(dict.fromkeys(one.token for one in parked if one.token))
    after = _least(one.after for one in parked)
    if len(tokens) > 1:
        after = LOOK_AGAIN if after is None else min(after, LOOK_AGAIN)
    return replace(
        told,
        after=after,
        until=_least(one.until for one in parked),
        token=tokens[0] if tokens else "",
    )


def _least(values: "Iterable[T | None]") -> "T | None":
    return min((value for value in values if value is not None), default=None)  # type: ignore[type-var]  # times or seconds
