"""One poller per endpoint: whoever holds the lease looks, and what a former holder still wants to write is refused.

A lease begins with a mark of the drain that holds it, so that those of a drain that died are free at once.
"""

import hashlib
import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TypeVar

from django.conf import settings
from django.db.models import Q

from integrations.polling.models import Backfill, PollState

__all__ = ["LeaseLost", "free_leases_of", "held", "take"]

Leased = TypeVar("Leased", PollState, Backfill)
CHOICES = 4  # rows tried before another look


class LeaseLost(Exception):  # noqa: N818 - not an error: somebody else looks now, or nobody is to
    """What was fetched is dropped; it is fetched again by whoever looks next."""


def take(model: type[Leased], now: datetime, owner: str = "") -> Leased | None:
    """A row that is due and that nobody else holds, now held by the drain `owner` for as long as one page may take; or None."""
    free = Q(lease_until=None) | Q(lease_until__lt=now)
    due = model.objects.filter(free, next_at__lte=now).order_by("next_at")
    for pk, former in list(due.values_list("pk", "lease")[:CHOICES]):
        lease = f"{_mark(owner)}{uuid.uuid4().hex}"[:32]
        mine = model.objects.filter(free, pk=pk, lease=former, next_at__lte=now)
        if mine.update(lease=lease, lease_until=now + _length()):
            return model.objects.select_related("endpoint__environment").get(pk=pk)
    return None


def free_leases_of(owners: Iterable[str]) -> int:
    """Drains that died hold nothing any more: whatever they looked at may be looked at now. How many there were."""
    freed = 0
    for owner in owners:
        for model in (PollState, Backfill):
            held_by = model.objects.filter(lease__startswith=_mark(owner), lease_until__isnull=False)
            freed += held_by.update(lease="", lease_until=None)
    return freed


def held(row: Leased) -> Leased:
    """The row as it is now, locked until the transaction ends. Raises `LeaseLost`."""
    found = (
        type(row)
        .objects.select_for_update(of=("self",))
        .filter(pk=row.pk, lease=row.lease)
        .select_related("endpoint__environment")
        .first()
    )
    if found is None:
        raise LeaseLost
    return found


def _mark(owner: str) -> str:
    """What the leases of a drain begin with; "" when nobody in particular takes them."""
    return hashlib.sha256(owner.encode()).hexdigest()[:12] if owner else ""


def _length() -> timedelta:
    """Two whole calls (one of them a renewed sign-in) and a margin."""
    return timedelta(seconds=2 * settings.CALL_DEADLINE + 15)
