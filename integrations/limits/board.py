"""What this process knows of buckets and breakers that are not at rest: read at most once a second, so that calls cost nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q
from django.utils import timezone

from integrations.database import AWAY, give_back
from integrations.limits.models import Breaker, RateBucket
from integrations.memory import remembered

__all__ = ["Bucketed", "Tripped", "breaker_of", "bucket_of", "look_again"]

FRESH = 1.0  # seconds


@dataclass(frozen=True, slots=True)
class Bucketed:
    """A bucket that is blocked, or keeps a learned pace."""

    pace: float = 0.0
    blocked_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Tripped:
    """A breaker that has counted failures; open when `probe_at` is set."""

    failures: int
    open_since: datetime | None
    probe_at: datetime | None


@dataclass(frozen=True, slots=True)
class _Board:
    buckets: Mapping[str, Bucketed]
    breakers: Mapping[int, Tripped]


_AT_REST = _Board({}, {})


@remembered(seconds=FRESH)
def _board() -> _Board:
    """All that isn't at rest: two small reads, usually empty."""
    restless = RateBucket.objects.filter(Q(pace__gt=0) | Q(blocked_until__gt=timezone.now()))
    buckets = {
        key: Bucketed(pace, until)
        for key, pace, until in restless.values_list("key", "pace", "blocked_until")
    }
    counted = Breaker.objects.filter(Q(failures__gt=0) | Q(open_since__isnull=False))
    breakers = {
        pk: Tripped(failures, since, probe_at)
        for pk, failures, since, probe_at in counted.values_list("pk", "failures", "open_since", "probe_at")
    }
    give_back()
    return _Board(buckets, breakers)


def bucket_of(key: str) -> Bucketed | None:
    """The bucket, unless it is at rest."""
    return _known().buckets.get(key)


def breaker_of(connection_id: int) -> Tripped | None:
    """The breaker, unless it is at rest."""
    return _known().breakers.get(connection_id)


def _known() -> _Board:
    """While the database is away nothing is known, and nothing is kept from going: whatever it does meets that by itself."""
    try:
        return _board()
    except AWAY:
        return _AT_REST


def look_again() -> None:
    """Something was written: the next look reads it."""
    _board.forget()
