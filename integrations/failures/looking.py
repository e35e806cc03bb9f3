"""Looking for events fails: one group in the inbox for each endpoint, closed by itself as soon as looking works again.

No run waits on such a group: nothing is lost, what changed meanwhile is found later.
"""

import hashlib
from datetime import datetime

from django.db.models import F, QuerySet
from django.utils import timezone

from connectors.sdk.errors import Failure as LookFailure
from connectors.sdk.errors import RateLimited, Transient
from connectors.sdk.wire import Json
from integrations.failures.capture import VERDICTS
from integrations.failures.models import Failure
from integrations.failures.snooze import open_again
from integrations.ingress.models import Endpoint

__all__ = ["PATIENCE", "looking_failed", "works_again"]

PATIENCE = 3
"""Looks in a row that may fail for want of an answer before anybody is told."""
_OPEN = (Failure.State.OPEN, Failure.State.SNOOZED)


def looking_failed(
    endpoint: Endpoint, failure: LookFailure, failures: int, since: datetime | None
) -> Failure | None:
    """Open the endpoint's group or count on it. `failures`: looks that failed in a row; `since`: when it last worked.

    None = nobody needs to know (yet): the far system only asks for patience, or somebody has ignored this spell already.
    """
    if isinstance(failure, RateLimited) or (isinstance(failure, Transient) and failures < PATIENCE):
        return None
    info: dict[str, Json] = {"endpoint": endpoint.pk, "since": since.isoformat() if since else ""}
    mine = _groups(endpoint)
    if any(one.info == info for one in mine.filter(state=Failure.State.IGNORED)):
        return None
    now = timezone.now()
    said = {
        "kind": failure.kind,
        "code": failure.code,
        "sentence": failure.sentence[:500],
        "pointer": failure.pointer[:200],
        "verdict": VERDICTS.get(failure.kind, "system"),
        "info": info,
        "last_at": now,
    }
    group, made = mine.get_or_create(
        environment=endpoint.environment,
        fingerprint=_fingerprint(endpoint),
        state__in=_OPEN,
        defaults={
            **said,
            "state": Failure.State.OPEN,
            "connector": endpoint.connector,
            "operation": endpoint.trigger,
            "flow_key": endpoint.flow_key,
            "node": endpoint.node,
            "count": 1,
            "first_at": now,
        },
    )
    if not made:
        changed = group.kind != failure.kind
        Failure.objects.filter(pk=group.pk).update(**said, count=F("count") + 1)
        if changed and group.state == Failure.State.SNOOZED:
            open_again(group)
    return group


def works_again(endpoint: Endpoint, by: str = "") -> None:
    """Close the endpoint's group, if there is one."""
    open_ones = _groups(endpoint).filter(state__in=_OPEN)
    if by:
        open_ones.update(state=Failure.State.RESOLVED, note=by[:10_000])
    else:
        open_ones.update(state=Failure.State.RESOLVED)


def _groups(endpoint: Endpoint) -> QuerySet[Failure]:
    return Failure.objects.filter(environment_id=endpoint.environment_id, fingerprint=_fingerprint(endpoint))


def _fingerprint(endpoint: Endpoint) -> str:
    return hashlib.sha256(f"looking {endpoint.pk}".encode()).hexdigest()
