"""Streak's times: epoch milliseconds there, ISO 8601 text here; calendar days in the connection's time zone."""

from datetime import UTC, date, datetime, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from connectors.sdk.errors import Config, Data
from connectors.sdk.operation import Call
from connectors.sdk.wire import Json

__all__ = ["day_of", "day_to_far", "iso", "millis_of", "zone_of"]

_MILLISECONDS = 1000


def zone_of(call: Call) -> tzinfo:
    """The connection's time zone for calendar days. Raises `Config` for a name nobody knows."""
    name = str(call.settings.get("time_zone") or "UTC")
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise Config(f"“{name}” is not a time zone.", code="time_zone", pointer="/time_zone") from error


def iso(milliseconds: Json) -> str | None:
    """1700000000000 → "2023-11-14T22:13:20Z"; None when there is no time."""
    if not isinstance(milliseconds, int) or isinstance(milliseconds, bool) or milliseconds <= 0:
        return None
    seconds, rest = divmod(milliseconds, _MILLISECONDS)
    text = datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S")
    return f"{text}.{rest:03d}Z" if rest else f"{text}Z"


def millis_of(moment: str, pointer: str) -> int:
    """ "2023-11-14T22:13:20Z" → 1700000000000; without an offset it is UTC. Raises `Data` at `pointer`."""
    try:
        when = datetime.fromisoformat(moment)
    except ValueError as error:
        raise Data(
            f"“{moment}” is not a moment like 2026-11-21T09:30:00Z.", code="not_a_moment", pointer=pointer
        ) from error
    aware = when if when.tzinfo else when.replace(tzinfo=UTC)
    return int(aware.timestamp()) * _MILLISECONDS + aware.microsecond // _MILLISECONDS


def day_of(milliseconds: Json, zone: tzinfo) -> Json:
    """The calendar day of a DATE field, or the value itself when it isn't a time."""
    if not isinstance(milliseconds, int) or isinstance(milliseconds, bool):
        return milliseconds
    return datetime.fromtimestamp(milliseconds / _MILLISECONDS, UTC).astimezone(zone).date().isoformat()


def day_to_far(text: Json, zone: tzinfo, pointer: str) -> int:
    """ "2026-11-21" → epoch milliseconds of that day's start in `zone`. Raises `Data` at `pointer`."""
    try:
        day = date.fromisoformat(str(text)[:10])
    except ValueError as error:
        raise Data(f"“{text}” is not a date like 2026-11-21.", code="not_a_date", pointer=pointer) from error
    return int(datetime(day.year, day.month, day.day, tzinfo=zone).timestamp()) * _MILLISECONDS
