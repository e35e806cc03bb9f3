"""Several items of a loop wait: what the run as a whole waits for, so that none of them is forgotten."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TypeVar

from integrations.engine.outcome import Parked, ParkReason

__all__ = ["LOOK_AGAIN", "together"]

T = TypeVar("T")

LOOK_AGAIN = 30.0
"""Seconds after which a run looks again by itself when it waits for more things than it can be woken by."""
_WAITING_LOOKS = 3600.0
"""The same where these are questions to people: an answer wakes its run whatever else that waits for."""

_URGENCY: Sequence[ParkReason] = ("person", "reconnect", "agent", "waiting", "effect", "rate", "retry")
"""What people are told first; among equals, the first item."""


def together(parked: Sequence[Parked]) -> Parked:
    """One waiting for all: place, reason and failure of the most urgent; the earliest time of any; the first token.

    The run wakes for whichever comes first, and each item goes on from its own journal. A run is woken by one token; for
    the others it looks again by itself.
    """
    told = min(parked, key=lambda one: _URGENCY.index(one.reason))
    tokens = [one.token for one in parked if one.token]
    first = tokens[0] if tokens else ""
    looks = [_look(one) for one in parked if one.token not in ("", first)]
    return replace(
        told,
        after=_least([*(one.after for one in parked), *looks]),
        until=_least(one.until for one in parked),
        token=first,
    )


def _look(parked: Parked) -> float:
    return _WAITING_LOOKS if parked.reason == "waiting" else LOOK_AGAIN


def _least(values: "Iterable[T | None]") -> "T | None":
    return min((value for value in values if value is not None), default=None)  # type: ignore[type-var]  # times or seconds
