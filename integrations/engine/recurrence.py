"""When a schedule is due: cron in a time zone, or a fixed interval of elapsed time. Plain arithmetic, without a clock.

A cron time that a clock change skips is due when the clock goes on; one that comes twice is due the first time only.
Expressions with `*` in minutes or hours follow the clock, so a doubled hour is an hour longer.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError
from cronsim.explain import explain

from connectors.sdk.wire import Json
from integrations.engine.due import zone_of

__all__ = ["UNITS", "NoRecurrence", "Recurrence", "next_dates", "recurrence", "zone_name"]

UNITS: Mapping[str, timedelta] = {
    "seconds": timedelta(seconds=1),
    "minutes": timedelta(minutes=1),
    "hours": timedelta(hours=1),
    "days": timedelta(days=1),
    "weeks": timedelta(weeks=1),
}
SHORTEST = timedelta(seconds=10)
LONGEST = timedelta(days=3660)
EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
CRON_FIELDS = 5
CRON_LENGTH = 120  # characters


class NoRecurrence(ValueError):  # noqa: N818 - named by what it is
    """This says no times; the message is a sentence for people, `pointer` the place in the configuration."""

    def __init__(self, sentence: str, pointer: str) -> None:
        super().__init__(sentence)
        self.pointer = pointer


@dataclass(frozen=True, slots=True)
class Recurrence:
    """`cron` in `zone`, or `every` from `anchor` on: anchor, anchor + every, anchor + 2 × every …"""

    zone: str
    cron: str = ""
    every: timedelta = timedelta()
    anchor: datetime = EPOCH
    unit: str = ""

    def after(self, moment: datetime) -> Iterator[datetime]:
        """The due instants later than `moment`, in order, in UTC; ends when there are none in the next fifty years."""
        return self._by_cron(moment) if self.cron else self._by_interval(moment)

    def next(self, moment: datetime) -> datetime | None:
        """The first due instant later than `moment`, or None."""
        return next(self.after(moment), None)

    def describe(self) -> str:
        """`At 01:30 every day, London time` or `Every 15 minutes`."""
        if self.cron:
            return f"{explain(self.cron)}, {zone_name(self.zone)}"
        count = self.every // UNITS[self.unit]
        return f"Every {self.unit.removesuffix('s')}" if count == 1 else f"Every {count:,} {self.unit}"

    def _by_cron(self, moment: datetime) -> Iterator[datetime]:
        """Inside a doubled hour the library offers its first pass again; what is not later is left out."""
        last = moment.astimezone(UTC)
        for local in CronSim(self.cron, moment.astimezone(ZoneInfo(self.zone))):
            due = local.astimezone(UTC)
            if due > last:
                last = due
                yield due

    def _by_interval(self, moment: datetime) -> Iterator[datetime]:
        anchor = self.anchor.astimezone(UTC)
        due = anchor + max((moment - anchor) // self.every + 1, 0) * self.every
        while True:
            yield due
            due += self.every


def recurrence(config: Mapping[str, Json], zone: str, anchor: datetime | None = None) -> Recurrence:
    """What `{"cron": "30 1 * * *"}` or `{"every": {"n": 15, "unit": "minutes", "from"?: ISO 8601}}` means in `zone`.

    `anchor` is where an interval without "from" begins. Raises `NoRecurrence`.
    """
    if zone_of(zone) is None:
        raise NoRecurrence(f"There is no time zone “{zone}”. Use a name such as Europe/London.", "/zone")
    cron, every = config.get("cron"), config.get("every")
    if bool(cron) == bool(every):
        raise NoRecurrence("Give either a cron expression or an interval.", "/cron")
    return _cron(str(cron), zone) if cron else _interval(every, zone, anchor)


def next_dates(
    config: Mapping[str, Json],
    count: int,
    after: datetime,
    *,
    zone: str = "UTC",
    anchor: datetime | None = None,
) -> list[datetime]:
    """The next `count` due instants of a schedule's configuration, in UTC. Raises `NoRecurrence`."""
    return list(islice(recurrence(config, zone, anchor or after).after(after), count))


def zone_name(zone: str) -> str:
    """`Europe/London` → `London time`; `UTC` stays."""
    city = zone.rpartition("/")[2].replace("_", " ")
    return f"{city} time" if "/" in zone else zone


def _cron(text: str, zone: str) -> Recurrence:
    if len(text) > CRON_LENGTH or len(text.split()) != CRON_FIELDS:
        sentence = "A cron expression has five parts: minute, hour, day of the month, month, day of the week."
        raise NoRecurrence(sentence, "/cron")
    try:
        start = datetime(2024, 1, 1, tzinfo=UTC)
        first = next(CronSim(text, start), None)
    except CronSimError as problem:
        part = str(problem).removeprefix("Bad ").replace("-", " ")
        raise NoRecurrence(f"The {part} of this cron expression can't be understood.", "/cron") from problem
    if first is None:
        raise NoRecurrence("This cron expression is never due.", "/cron")
    return Recurrence(zone, cron=" ".join(text.split()))


def _interval(every: Json, zone: str, anchor: datetime | None) -> Recurrence:
    unit, count = str(every.get("unit", "")), every.get("n")
    if unit not in UNITS or not isinstance(count, int) or isinstance(count, bool):
        raise NoRecurrence("Say how many seconds, minutes, hours, days or weeks lie between.", "/every")
    length = UNITS[unit] * min(max(count, 0), 10**8)
    if not SHORTEST <= length <= LONGEST:
        raise NoRecurrence("An interval is at least 10 seconds and at most 10 years long.", "/every/n")
    start = _moment(every.get("from")) or anchor
    return Recurrence(zone, every=length, anchor=start or EPOCH, unit=unit)


def _moment(text: Json) -> datetime | None:
    if not text:
        return None
    try:
        found = datetime.fromisoformat(str(text))
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise NoRecurrence(
            "Write the start as a moment with its zone, such as 2026-11-21T08:00:00Z.", "/every/from"
        )
    return found
