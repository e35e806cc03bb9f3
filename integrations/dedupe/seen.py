"""Who met a key first. The unique row decides: of two runs at the same time exactly one owns it."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import DatabaseError
from django.db.models import Q
from django.utils import timezone

from integrations.dedupe.models import SeenKey
from integrations.engine.asking import Sighting

__all__ = ["Claim", "claim", "forget_expired"]

LOOKS = 3  # a chore may forget an expired key between our two statements
FORGOTTEN_AT_ONCE = 1000  # rows a chore deletes in one go


@dataclass(frozen=True, slots=True)
class Claim:
    """A step's wish to own `key` for `window`. An event owns what it met first at `path`, whichever run of it asks."""

    environment_id: int
    flow_key: str
    memory: str
    key: str
    event: int
    run: int
    path: str
    window: timedelta


def claim(wanted: Claim) -> Sighting:
    """Take the key, or see who has it. In the writer's transaction; doing it again changes nothing.

    An owner whose window is over gives way: the conditional update lets one of several successors win.
    """
    for _ in range(LOOKS):
        now = timezone.now()
        row = _row(wanted, now)
        SeenKey.objects.bulk_create([row], ignore_conflicts=True)
        same = SeenKey.objects.filter(
            environment_id=row.environment_id, flow_key=row.flow_key, memory=row.memory, digest=row.digest
        )
        same.filter(~_owned_by(row), expires_at__lte=now).update(
            event_number=row.event_number,
            run_number=row.run_number,
            path=row.path,
            seen_at=now,
            expires_at=row.expires_at,
        )
        owner = same.first()
        if owner is not None:
            first = (owner.event_number, owner.path) == (row.event_number, row.path)
            return Sighting(first, run=owner.run_number, at=owner.seen_at)
    raise DatabaseError("The key was forgotten again and again while it was looked at.")


def forget_expired(now: datetime) -> int:
    """Delete keys whose window is over, at most `FORGOTTEN_AT_ONCE` of them. Returns how many. Asked for by a chore."""
    over = SeenKey.objects.filter(expires_at__lte=now)
    ids = list(over.order_by("expires_at").values_list("pk", flat=True)[:FORGOTTEN_AT_ONCE])
    if not ids:
        return 0
    deleted, _ = SeenKey.objects.filter(pk__in=ids, expires_at__lte=now).delete()
    return deleted


def _owned_by(row: SeenKey) -> Q:
    return Q(event_number=row.event_number, path=row.path)


def _row(wanted: Claim, now: datetime) -> SeenKey:
    return SeenKey(
        environment_id=wanted.environment_id,
        flow_key=wanted.flow_key,
        memory=wanted.memory,
        digest=hashlib.sha256(wanted.key.encode()).hexdigest(),
        event_number=wanted.event,
        run_number=wanted.run,
        path=wanted.path,
        seen_at=now,
        expires_at=now + wanted.window,
    )
