"""Due instants start runs: one transaction stores event and run, settles the instant, and writes the row of the next one.

Any number of dispatchers may do this at the same time: an instant's row is locked or skipped, and settled by whoever
finds it still waiting.
"""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import connection, transaction
from django.db.models import Exists, F, OuterRef, QuerySet
from django.utils import timezone

from connectors.sdk.wire import Json
from integrations.engine.recurrence import NoRecurrence
from integrations.ingress.intake import store_events
from integrations.ingress.models import Event
from integrations.releases.models import Release
from integrations.schedules.arrange import recurrence_of, wait_for_next
from integrations.schedules.misfire import Settled, misfire_of, settle
from integrations.schedules.models import Schedule, ScheduleDue

__all__ = ["fire_due"]

logger = logging.getLogger(__name__)
AT_ONCE = 50
KEPT = timedelta(days=90)
"""How long what became of an instant is kept."""


def fire_due(now: datetime | None = None) -> int:
    """Settle every instant that has come, and see to it that each running schedule waits for one. How many runs started."""
    moment = now or timezone.now()
    due = _waiting().filter(due__lte=moment).order_by("due").values_list("pk", flat=True)
    started = sum(_fire(pk, moment) for pk in list(due[:AT_ONCE]))
    _mend(moment)
    return started


def _waiting() -> QuerySet[ScheduleDue]:
    return ScheduleDue.objects.filter(
        state=ScheduleDue.State.PENDING, schedule__endpoint__active=True, schedule__endpoint__paused_at=None
    )


def _fire(pk: int, now: datetime) -> int:
    """Settle one instant and what came after it. 0 when another dispatcher was faster."""
    with transaction.atomic():
        row = _take(pk)
        if row is None:
            return 0
        schedule = row.schedule
        release = _release(schedule)
        if release is None:
            return 0
        try:
            times = recurrence_of(schedule)
        except NoRecurrence as problem:
            logger.warning("the schedule of %s can't be read: %s", schedule.endpoint, problem)
            return 0
        decided = settle(times, row.due, now, misfire_of(schedule.misfire), schedule.set_at)
        row.delete()
        _note_skipped(schedule, decided, now)
        events = _store(schedule, release, decided.fire, now)
        _note_fired(schedule, decided, events, now)
        wait_for_next(schedule, times, now)
    return len(events)


def _take(pk: int) -> ScheduleDue | None:
    """The waiting row, held for this transaction; None when somebody else holds or has settled it."""
    rows = _waiting().filter(pk=pk)
    if connection.features.has_select_for_update_skip_locked:
        rows = rows.select_for_update(skip_locked=True, of=("self",))
    return rows.select_related("schedule__endpoint__environment").first()


def _release(schedule: Schedule) -> Release | None:
    endpoint = schedule.endpoint
    return (
        Release.objects.filter(
            environment_id=endpoint.environment_id, flow_key=endpoint.flow_key, active=True
        )
        .only("id")
        .first()
    )


def _store(schedule: Schedule, release: Release, dues: Sequence[datetime], now: datetime) -> list[Event]:
    zone = ZoneInfo(schedule.zone)
    found, previous = [], _previous(schedule)
    for due in dues:
        data: dict[str, Json] = {
            "due": _iso(due),
            "scheduled_for": due.astimezone(zone).isoformat(timespec="seconds"),
            "zone": schedule.zone,
            "previous": _iso(previous) if previous else None,
        }
        found.append((f"schedule:{_iso(due)}", f"{due.astimezone(zone):%a %d %b %Y, %H:%M}", data))
        previous = due
    return store_events(schedule.endpoint, release, found, now)


def _previous(schedule: Schedule) -> datetime | None:
    fired = schedule.dues.filter(state=ScheduleDue.State.FIRED).order_by("-due")
    return fired.values_list("due", flat=True).first()


def _note_skipped(schedule: Schedule, decided: Settled, now: datetime) -> None:
    if decided.skipped is None:
        return
    first, last, count = decided.skipped
    ScheduleDue.objects.create(
        schedule=schedule, due=last, first=first, count=count, state=ScheduleDue.State.SKIPPED, settled_at=now,
        note="Nothing was running to start it in time.",
    )  # fmt: skip
    Schedule.objects.filter(pk=schedule.pk).update(missed=F("missed") + count)
    logger.warning("%s: %d due times passed without a run, the last at %s", schedule.endpoint, count, last)


def _note_fired(schedule: Schedule, decided: Settled, events: Sequence[Event], now: datetime) -> None:
    by_key = {event.key: event for event in events}
    ScheduleDue.objects.bulk_create(
        ScheduleDue(
            schedule=schedule, due=due, state=ScheduleDue.State.FIRED, settled_at=now,
            event=by_key.get(f"schedule:{_iso(due)}"),
        )
        for due in decided.fire
    )  # fmt: skip
    latest = max([*decided.fire, *([decided.skipped[1]] if decided.skipped else [])])
    schedule.last_due = max(latest, schedule.last_due or latest)
    if decided.fire:
        schedule.last_fired_at = now
    schedule.save(update_fields=["last_due", "last_fired_at"])
    old = schedule.dues.filter(due__lt=now - KEPT).exclude(state=ScheduleDue.State.PENDING)
    old.delete()


def _mend(now: datetime) -> None:
    """A running schedule that waits for nothing has lost its row; it gets one again."""
    waiting = ScheduleDue.objects.filter(schedule=OuterRef("pk"), state=ScheduleDue.State.PENDING)
    lost = Schedule.objects.filter(
        endpoint__active=True, endpoint__paused_at=None, endpoint__kind="schedule"
    ).exclude(Exists(waiting))
    for schedule in lost.select_related("endpoint")[:AT_ONCE]:
        with transaction.atomic():
            held = Schedule.objects.select_for_update().get(pk=schedule.pk)
            if held.dues.filter(state=ScheduleDue.State.PENDING).exists():
                continue
            try:
                wait_for_next(held, recurrence_of(held), now)
            except NoRecurrence as problem:
                logger.warning("the schedule of %s can't be read: %s", schedule.endpoint, problem)


def _iso(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
