"""Instants a step waits for: read from what an expression gave, and told from a day and a time on a wall clock."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from connectors.sdk.errors import Data
from connectors.sdk.wire import Json
from integrations.engine.node import StepScope
from integrations.engine.outcome import Done, Outcome, Wait

__all__ = ["LONGEST", "day_of", "fixed_before", "instant_of", "on_the_clock", "wait_until", "zone_of"]

LONGEST = timedelta(days=366)
"""The longest a step may wait: a year, and a day for leap years."""


def wait_until(due: datetime, scope: StepScope) -> Outcome:
    """Wait, or go on when the instant is past. What the step's first attempt has recorded counts, not what is asked now.

    Raises `Data` for an instant that is more than a year away.
    """
    now = scope.context.clock()
    if due - now > LONGEST:
        raise Data(
            f"A step may wait a year, but this one would wait until {due:%-d %B %Y}.",
            code="wait_too_long",
            info={"until": due.isoformat()},
        )
    scope.begin({"until": due.isoformat()})
    if due > now:
        return Wait("waiting", until=due)
    return Done({"until": due.isoformat()})


def fixed_before(scope: StepScope) -> datetime | None:
    """The instant that an earlier attempt of this step was told to wait for: it stays, however often the run is taken up."""
    before = scope.before
    return before.until if before is not None and before.state in ("wait", "begun") else None


def instant_of(value: Json, zone: ZoneInfo, pointer: str) -> datetime:
    """An instant from ISO 8601 text; without an offset it is what the clocks of `zone` show. Raises `Data`."""
    try:
        found = datetime.fromisoformat(value)
    except (ValueError, TypeError) as error:
        raise _not_understood(value, "a date and time such as 2026-05-31T09:00", pointer) from error
    if found.tzinfo is None:
        return on_the_clock(found.date(), found.time(), zone)
    try:
        return found.astimezone(UTC)
    except OverflowError as error:
        raise _not_understood(value, "a date in a year we know", pointer) from error


def day_of(value: Json, pointer: str) -> date:
    """A day from "2026-05-31". Raises `Data`."""
    try:
        return date.fromisoformat(value)
    except (ValueError, TypeError) as error:
        raise _not_understood(value, "a day such as 2026-05-31", pointer) from error


def on_the_clock(day: date, at: time, zone: ZoneInfo) -> datetime:
    """The instant at which the clocks of `zone` show this day and time.

    A time that comes twice (clocks go back) is the first of the two; one that doesn't come (clocks go forward) is the
    moment at which the clocks jump over it.
    """
    try:
        wall = datetime.combine(day, at, zone)
        instant = wall.astimezone(UTC)
        if instant.astimezone(zone).replace(tzinfo=None) == wall.replace(tzinfo=None):
            return instant
        return _jump(wall)
    except OverflowError as error:
        raise _not_understood(day.isoformat(), "a date in a year we know", "") from error


def zone_of(name: str) -> ZoneInfo | None:
    """The time zone called `name`, or None when there is none."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def _jump(wall: datetime) -> datetime:
    """The moment the clocks jump over `wall`: the first at which the later offset applies, to the second."""
    zone = wall.tzinfo
    later = wall.replace(fold=0).astimezone(UTC)  # read with the offset before the jump: lies behind it
    earlier = wall.replace(fold=1).astimezone(UTC)  # read with the offset after it: lies before it
    after = later.astimezone(zone).utcoffset()
    while later - earlier > timedelta(seconds=1):
        middle = earlier + (later - earlier) / 2
        if middle.astimezone(zone).utcoffset() == after:
            later = middle
        else:
            earlier = middle
    return later.replace(microsecond=0)


def _not_understood(value: Json, wanted: str, pointer: str) -> Data:
    shown = "nothing" if value is None else repr(value)[:60]
    return Data(f"This needs {wanted}, but got {shown}.", code="instant_wrong", pointer=pointer)
