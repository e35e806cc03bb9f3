"""A window of the past, fetched page by page beside normal polling; what is stored already is counted, not repeated."""

import logging
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone

from connectors.sdk.errors import Auth, Config, Failure, RateLimited
from connectors.sdk.trigger import CursorLost, Page
from integrations.access.actor import Someone, actor_of
from integrations.access.audit import record
from integrations.ingress.intake import store_events
from integrations.ingress.models import Endpoint
from integrations.polling.arrange import poll_trigger
from integrations.polling.backoff import waiting_time
from integrations.polling.fetch import active_release, fetch
from integrations.polling.lease import LeaseLost, held, take
from integrations.polling.models import Backfill
from integrations.polling.sweep import event_key
from integrations.tasks.doorbell import ring

__all__ = ["AlreadyRunning", "backfill", "cancel", "carry_one_on"]

logger = logging.getLogger(__name__)
TRIES = 20  # failures in a row before it is given up


class AlreadyRunning(Exception):  # noqa: N818 - it is what the caller is told
    """The endpoint has a backfill under way."""


def backfill(endpoint: Endpoint, since: datetime, until: datetime, by: Someone) -> Backfill:
    """Have everything that changed in [since, until) come in as events. Raises `Config`, `AlreadyRunning`, `ValueError`."""
    if since >= until:
        raise ValueError("The window ends before it begins.")
    poll_trigger(endpoint.trigger)
    active_release(endpoint)
    try:
        with transaction.atomic():
            made = Backfill.objects.create(
                endpoint=endpoint,
                since=since,
                until=until,
                created_by=actor_of(by).name,
                next_at=timezone.now(),
            )
            note = f"{since.isoformat()} to {until.isoformat()}"
            record(by, "endpoint.backfill", str(endpoint), environment=endpoint.environment, note=note)
            transaction.on_commit(ring)
    except IntegrityError as running:
        raise AlreadyRunning from running
    return made


def cancel(row: Backfill, by: Someone) -> bool:
    """End it; what came in stays. False = it had ended already."""
    with transaction.atomic():
        running = Backfill.objects.filter(pk=row.pk, state=Backfill.State.RUNNING)
        if not running.update(
            state=Backfill.State.CANCELLED, ended_at=timezone.now(), next_at=None, lease="", lease_until=None
        ):
            return False
        where = row.endpoint.environment
        record(by, "endpoint.backfill", str(row.endpoint), environment=where, note="Cancelled")
    return True


def carry_one_on(now: datetime, owner: str = "") -> int:
    """Fetch and store one page of one backfill that is due, as the drain `owner`. How many pages."""
    row = take(Backfill, now, owner)
    if row is None:
        return 0
    try:
        page = fetch(row.endpoint, poll_trigger(row.endpoint.trigger), row.since, row.cursor)
        _store(row, page, timezone.now())
    except LeaseLost:
        logger.info("%s was cancelled or taken over meanwhile", row)
    except IntegrityError:
        logger.info("%s met the poll at the same record; the page is fetched again", row)
        Backfill.objects.filter(pk=row.pk, lease=row.lease).update(lease="", lease_until=None)
    except Failure as failure:
        _put_off(row, failure, timezone.now())
    return 1


def _store(row: Backfill, page: Page, now: datetime) -> None:
    with transaction.atomic():
        mine = held(row)
        inside = [one for one in page.arrivals if one.at is None or mine.since <= one.at < mine.until]
        found = [(event_key(one.key), one.title, one.data) for one in inside]
        new = len(store_events(mine.endpoint, active_release(mine.endpoint), found, now))
        mine.pages += 1
        mine.fetched += len(inside)
        mine.new += new
        mine.repeated += len(inside) - new
        mine.cursor, mine.failures, mine.note = page.cursor or "", 0, ""
        mine.lease, mine.lease_until, mine.next_at = "", None, now
        if not page.cursor:
            _end(mine, Backfill.State.DONE, now)
        mine.save()


def _end(row: Backfill, state: str, now: datetime) -> None:
    row.state, row.ended_at, row.next_at = state, now, None


def _put_off(row: Backfill, failure: Failure, now: datetime) -> None:
    """Wait and try the page again; after many failures it is given up, and a person may begin another."""
    logger.warning("%s: %s %s", row, failure.sentence, failure.detail[:300])
    with transaction.atomic():
        try:
            mine = held(row)
        except LeaseLost:
            return
        mine.failures += 0 if isinstance(failure, RateLimited) else 1
        mine.note = failure.sentence[:300]
        mine.next_at = now + timedelta(seconds=waiting_time(failure, mine.failures))
        mine.lease, mine.lease_until = "", None
        if isinstance(failure, CursorLost):
            mine.cursor = ""
        stuck = mine.failures >= TRIES or (
            isinstance(failure, Auth | Config) and failure.code == "not_active"
        )
        if stuck:
            _end(mine, Backfill.State.FAILED, now)
        mine.save()
