"""Days and instants. Nothing here reads a clock: "today" is the day the event arrived."""

import re
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from connectors.sdk.errors import Data
from connectors.sdk.wire import Json
from integrations.engine.expressions.function import Function, Parameter, wrong_argument
from integrations.engine.node import Context

__all__ = ["DECLARED"]

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_MILLIS = re.compile(r"-?\d{1,15}", re.ASCII)


def _zone(function: str, name: Json) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, TypeError, OSError) as error:
        raise wrong_argument(function, 'a time zone such as "Europe/Vienna"', name) from error


def _instant(function: str, value: Json) -> datetime:
    """From ISO 8601 text (without a zone it counts as UTC) or milliseconds, as a number or text."""
    try:
        if isinstance(value, str) and not _MILLIS.fullmatch(value):
            moment = datetime.fromisoformat(value)
            return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        if isinstance(value, str | int | float) and not isinstance(value, bool):
            return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=int(value))
    except (ValueError, OverflowError) as error:
        raise wrong_argument(function, "a date and time", value) from error
    raise wrong_argument(function, "a date and time", value)


def _day(function: str, value: Json) -> date:
    try:
        return date.fromisoformat(value)
    except (ValueError, TypeError) as error:
        raise wrong_argument(function, 'a day such as "2026-05-31"', value) from error


def _date_of(value: Json = None, zone: Json = "UTC") -> str:
    if isinstance(value, str) and _DAY.fullmatch(value):
        return _day("dateOf", value).isoformat()
    return _instant("dateOf", value).astimezone(_zone("dateOf", zone)).date().isoformat()


def _instant_of(value: Json = None) -> str:
    return (
        _instant("instantOf", value).astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    )


def _add_days(day: Json = None, days: Json = 0) -> str:
    if isinstance(days, bool) or not isinstance(days, int):
        raise wrong_argument("addDays", "a whole number of days", days)
    try:
        return (_day("addDays", day) + timedelta(days=days)).isoformat()
    except OverflowError as error:
        raise wrong_argument("addDays", "a number of days that ends in a year we know", days) from error


def _today(context: Context | None, zone: Json = "UTC") -> str:
    if context is None:
        raise Data("$today is not known here.", code="no_context")
    return context.now.astimezone(_zone("today", zone)).date().isoformat()


_ZONE = Parameter("zone", "text", optional=True)

DECLARED = (
    Function(
        name="dateOf",
        parameters=(Parameter("instant", "any"), _ZONE),
        returns="date",
        help="The day of an instant (ISO 8601 or milliseconds) in a time zone; UTC when none is given.",
        example=('$dateOf("2026-05-31T23:30:00Z", "Europe/Vienna")', "2026-06-01"),
        run=_date_of,
    ),
    Function(
        name="instantOf",
        parameters=(Parameter("millis", "any"),),
        returns="text",
        help="Milliseconds since 1970 (or any ISO 8601 text) as an instant in UTC.",
        example=("$instantOf(1780270200000)", "2026-05-31T23:30:00.000Z"),
        run=_instant_of,
    ),
    Function(
        name="addDays",
        parameters=(Parameter("day", "date"), Parameter("days", "number")),
        returns="date",
        help="The day so many days later (or earlier).",
        example=('$addDays("2026-05-31", 30)', "2026-06-30"),
        run=_add_days,
    ),
    Function(
        name="today",
        parameters=(_ZONE,),
        returns="date",
        help="The day the event arrived, in a time zone. The same on every retry.",
        example=('$today("Europe/Vienna")', "2026-06-01"),
        run=_today,
        contextual=True,
    ),
)
