"""A sweep, page by page: each page's events and how far the sweep is are one commit; the last page's moves the mark.

Killed between fetch and commit, a page is fetched again; killed between pages, the sweep goes on at its cursor, or begins
again when the cursor is too old. What is seen twice is known by its version here, and by its key among the events.
"""

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction

from connectors.sdk.trigger import Arrival, Page, PollTrigger
from connectors.sdk.wire import Json
from integrations.failures.looking import works_again
from integrations.ingress.intake import store_events
from integrations.polling.fetch import active_release, fetch
from integrations.polling.lease import held
from integrations.polling.models import PollState

__all__ = ["carry_on", "event_key", "store_page"]

DAY = timedelta(days=1)
REMEMBERED = 20_000
"""Records of the overlap that are remembered; events are told apart by their keys beyond that."""
LONGEST_KEY = 200


def carry_on(state: PollState, trigger: PollTrigger, now: datetime) -> bool:
    """Fetch and store the next page of the sweep. True = there is more. Raises `Failure`, `LeaseLost`."""
    stale = state.page_at is None or state.page_at < now - trigger.cursor_lives
    page = fetch(state.endpoint, trigger, state.high_water, "" if stale else state.cursor)
    return store_page(state, trigger, page, now, begins=stale or not state.cursor)


def event_key(key: str) -> str:
    """A key as events have room for it; a longer one becomes its hash."""
    return key if len(key) <= LONGEST_KEY else f"sha256:{hashlib.sha256(key.encode()).hexdigest()}"


def store_page(state: PollState, trigger: PollTrigger, page: Page, now: datetime, *, begins: bool) -> bool:
    """Commit a page with how far the sweep is. `begins`: it is the sweep's first. True = there is more."""
    with transaction.atomic():
        mine = held(state)
        if begins:
            mine.sweep_started, mine.next_water = now, _next_water(trigger, page.server_time)
        fresh = [one for one in page.arrivals if not _known(mine, one)]
        found = [(_key(mine, trigger, one), one.title, one.data) for one in fresh]
        events = store_events(mine.endpoint, active_release(mine.endpoint), found, now)
        _remember(mine, page.arrivals)
        mine.sweep_new += len(events)
        if page.cursor:
            mine.cursor, mine.page_at, mine.next_at = page.cursor, now, now
        else:
            _finish(mine, trigger, now)
        if mine.failures:
            works_again(mine.endpoint)
        mine.failures, mine.note = 0, ""
        mine.save()
    return bool(page.cursor)


def _finish(state: PollState, trigger: PollTrigger, now: datetime) -> None:
    """The whole sweep is stored: the mark moves, and the next sweep has its time."""
    state.high_water = state.next_water or _next_water(trigger, _latest(state)) or state.high_water
    state.boundary, state.seen = {record: version for record, (version, _) in state.seen.items()}, {}
    state.cursor, state.page_at, state.sweep_started, state.next_water = "", None, None, None
    state.sweep += 1
    state.last_ok, state.last_new, state.sweep_new = now, state.sweep_new, 0
    state.next_at = now + timedelta(seconds=state.interval)


def _next_water(trigger: PollTrigger, server_time: datetime | None) -> datetime | None:
    """Where the next sweep begins: the far clock at this one's start less the overlap, whole days where it knows only days."""
    if server_time is None:
        return None
    if trigger.granularity == "day":
        day = server_time - max(trigger.overlap, DAY)
        return day.replace(hour=0, minute=0, second=0, microsecond=0)
    return server_time - trigger.overlap


def _known(state: PollState, arrival: Arrival) -> bool:
    record, version = _identity(arrival)
    before = state.seen.get(record)
    latest: str | None = before[0] if before else state.boundary.get(record)
    return version == latest


def _key(state: PollState, trigger: PollTrigger, arrival: Arrival) -> str:
    """By days, a record that goes back to a former content is another change: its key says in which sweep it was found."""
    if trigger.granularity == "day" and _identity(arrival)[0] in state.boundary:
        return event_key(f"{arrival.key}:{state.sweep}")
    return event_key(arrival.key)


def _remember(state: PollState, arrivals: Sequence[Arrival]) -> None:
    """What lies where the next sweep will look again."""
    for arrival in arrivals:
        if state.next_water is None or arrival.at is None or arrival.at >= state.next_water:
            record, version = _identity(arrival)
            state.seen.pop(record, None)
            state.seen[record] = [version, arrival.at.isoformat() if arrival.at else ""]
    for record in list(state.seen)[: max(len(state.seen) - REMEMBERED, 0)]:
        del state.seen[record]


def _latest(state: PollState) -> datetime | None:
    """Without a far clock: the latest change that was seen, which is looked at again."""
    times: list[Json] = [at for _, at in state.seen.values() if at]
    return datetime.fromisoformat(max(times)) if times else None


def _identity(arrival: Arrival) -> tuple[str, str]:
    return arrival.record or arrival.key, arrival.version or arrival.key
