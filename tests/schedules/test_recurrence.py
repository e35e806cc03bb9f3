"""When schedules are due: over clock changes, leap days, ends of months and in zones with habits of their own."""

from datetime import UTC, datetime, timedelta
from itertools import islice, pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.sdk.wire import Json
from integrations.engine.recurrence import NoRecurrence, next_dates, recurrence, zone_name


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def local(config: Json, zone: str, after: str, count: int) -> list[str]:
    """The next due instants, as the clocks of the zone show them."""
    found = next_dates(config, count, at(after), zone=zone)
    return [due.astimezone(ZoneInfo(zone)).isoformat(timespec="minutes") for due in found]


CRON_CASES = [
    # Spring: 01:30 doesn't exist in London on 29 March 2026; it is due when the clocks go on.
    ("Europe/London", "30 1 * * *", "2026-03-27T12:00Z",
     ["2026-03-28T01:30+00:00", "2026-03-29T02:00+01:00", "2026-03-30T01:30+01:00"]),
    # Autumn: 01:30 comes twice on 25 October 2026; the first counts.
    ("Europe/London", "30 1 * * *", "2026-10-24T12:00Z",
     ["2026-10-25T01:30+01:00", "2026-10-26T01:30+00:00"]),
    # Asked again in the middle of the doubled hour, after it was due.
    ("Europe/London", "30 1 * * *", "2026-10-25T00:45Z", ["2026-10-26T01:30+00:00"]),
    ("Europe/London", "30 1 * * *", "2026-10-25T01:00Z", ["2026-10-26T01:30+00:00"]),
    ("Europe/London", "30 1 * * *", "2026-10-25T01:30Z", ["2026-10-26T01:30+00:00"]),
    # Both hours of the gap are the same moment: due once.
    ("Europe/London", "0 1,2 * * *", "2026-03-29T00:30Z", ["2026-03-29T02:00+01:00", "2026-03-30T01:00+01:00"]),
    # What goes by the minute follows the clock: the doubled hour has twice as many.
    ("Europe/London", "*/30 * * * *", "2026-10-25T00:00Z",
     ["2026-10-25T01:30+01:00", "2026-10-25T01:00+00:00", "2026-10-25T01:30+00:00", "2026-10-25T02:00+00:00"]),
    ("Europe/London", "*/30 * * * *", "2026-03-29T00:15Z",
     ["2026-03-29T00:30+00:00", "2026-03-29T02:00+01:00", "2026-03-29T02:30+01:00"]),
    # Lord Howe's clocks change by half an hour.
    ("Australia/Lord_Howe", "15 2 * * *", "2026-10-03T00:00Z",
     ["2026-10-04T02:30+11:00", "2026-10-05T02:15+11:00"]),
    ("Australia/Lord_Howe", "45 1 * * *", "2026-04-04T00:00Z",
     ["2026-04-05T01:45+11:00", "2026-04-06T01:45+10:30"]),
    ("America/New_York", "30 2 * * *", "2026-03-07T12:00Z",
     ["2026-03-08T03:00-04:00", "2026-03-09T02:30-04:00"]),
    ("America/New_York", "30 1 * * *", "2026-10-31T12:00Z",
     ["2026-11-01T01:30-04:00", "2026-11-02T01:30-05:00"]),
    # Clocks that change at midnight: the day begins at 01:00.
    ("America/Santiago", "0 0 * * *", "2026-09-05T12:00Z",
     ["2026-09-06T01:00-03:00", "2026-09-07T00:00-03:00"]),
    ("Asia/Kolkata", "0 9 * * MON", "2026-11-21T00:00Z", ["2026-11-23T09:00+05:30"]),
    # A day that Apia skipped altogether: due when the clocks go on.
    ("Pacific/Apia", "0 12 30 12 *", "2011-12-01T00:00Z", ["2011-12-31T00:00+14:00", "2012-12-30T12:00+14:00"]),
    ("UTC", "0 0 29 2 *", "2026-03-01T00:00Z", ["2028-02-29T00:00+00:00", "2032-02-29T00:00+00:00"]),
    ("UTC", "0 0 29 2 *", "2096-03-01T00:00Z", ["2104-02-29T00:00+00:00"]),
    ("UTC", "0 6 L * *", "2026-01-30T00:00Z",
     ["2026-01-31T06:00+00:00", "2026-02-28T06:00+00:00", "2026-03-31T06:00+00:00"]),
    ("UTC", "0 6 L 2 *", "2027-01-01T00:00Z", ["2027-02-28T06:00+00:00", "2028-02-29T06:00+00:00"]),
    ("UTC", "0 6 31 * *", "2026-01-31T07:00Z", ["2026-03-31T06:00+00:00", "2026-05-31T06:00+00:00"]),
    ("UTC", "0 0 * * FRI#2", "2026-11-01T00:00Z", ["2026-11-13T00:00+00:00", "2026-12-11T00:00+00:00"]),
]  # fmt: skip


@pytest.mark.parametrize(("zone", "cron", "after", "expected"), CRON_CASES)
def test_a_cron_expression_is_due(zone: str, cron: str, after: str, expected: list[str]) -> None:
    assert local({"cron": cron}, zone, after, len(expected)) == expected


def test_an_interval_is_elapsed_time_whatever_the_clocks_do() -> None:
    anchor = at("2026-10-24T10:00Z")
    found = next_dates({"every": {"n": 1, "unit": "days"}}, 3, anchor, zone="Europe/London", anchor=anchor)
    assert [due.astimezone(ZoneInfo("Europe/London")).hour for due in found] == [10, 10, 10]
    assert {after - before for before, after in pairwise([anchor, *found])} == {timedelta(hours=24)}


def test_an_interval_keeps_its_rhythm_however_late_it_is_asked() -> None:
    every = {"every": {"n": 15, "unit": "minutes", "from": "2026-01-01T00:05:00Z"}}
    assert local(every, "UTC", "2026-11-21T09:07:30Z", 2) == [
        "2026-11-21T09:20+00:00",
        "2026-11-21T09:35+00:00",
    ]
    assert local(every, "UTC", "2026-11-21T09:20:00Z", 1) == ["2026-11-21T09:35+00:00"]
    assert local(every, "UTC", "2025-01-01T00:00:00Z", 1) == ["2026-01-01T00:05+00:00"]


ZONES = [
    "Europe/London",
    "Australia/Lord_Howe",
    "America/New_York",
    "America/Santiago",
    "UTC",
    "Africa/Casablanca",
]
CRONS = ["30 1 * * *", "*/20 * * * *", "0 2 * * *", "15,45 1-3 * * *", "0 0 1 * *", "0 12 * * 0"]


@given(
    st.sampled_from(ZONES),
    st.sampled_from(CRONS),
    st.datetimes(datetime(2024, 1, 1), datetime(2032, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 - naive bounds are asked for
)
def test_due_instants_rise_and_asking_again_goes_on_where_it_was(
    zone: str, cron: str, after: datetime
) -> None:
    times = recurrence({"cron": cron}, zone)
    found = list(islice(times.after(after), 6))
    assert all(before < later for before, later in pairwise([after, *found]))
    one_by_one, moment = [], after
    for _ in found:
        due = times.next(moment)
        assert due is not None
        one_by_one.append(due)
        moment = due
    assert one_by_one == found


@given(st.datetimes(datetime(2024, 1, 1), datetime(2032, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001 - naive bounds are asked for
def test_a_daily_time_is_due_once_on_every_day_of_the_zone(after: datetime) -> None:
    zone = ZoneInfo("Europe/London")
    found = next_dates({"cron": "30 1 * * *"}, 40, after, zone="Europe/London")
    days = [due.astimezone(zone).date() for due in found]
    assert all(later - before == timedelta(days=1) for before, later in pairwise(days))


REFUSED = [
    ({"cron": "@daily"}, "/cron"),
    ({"cron": "* * * *"}, "/cron"),
    ({"cron": "0 30 1 * * *"}, "/cron"),
    ({"cron": "60 * * * *"}, "/cron"),
    ({"cron": "0 0 31 2 *"}, "/cron"),
    ({"cron": "0 0 30 2 *"}, "/cron"),
    ({"cron": "x * * * *"}, "/cron"),
    ({"cron": "*/0 * * * *"}, "/cron"),
    ({"cron": "1," * 80 + "1 * * * *"}, "/cron"),
    ({}, "/cron"),
    ({"cron": "0 0 * * *", "every": {"n": 1, "unit": "days"}}, "/cron"),
    ({"every": {"n": 9, "unit": "seconds"}}, "/every/n"),
    ({"every": {"n": 0, "unit": "hours"}}, "/every/n"),
    ({"every": {"n": 10**12, "unit": "weeks"}}, "/every/n"),
    ({"every": {"n": 1, "unit": "months"}}, "/every"),
    ({"every": {"n": True, "unit": "days"}}, "/every"),
    ({"every": {"n": 1, "unit": "days", "from": "2026-01-01T00:00:00"}}, "/every/from"),
    ({"every": {"n": 1, "unit": "days", "from": "tomorrow"}}, "/every/from"),
]


@pytest.mark.parametrize(("config", "pointer"), REFUSED)
def test_what_says_no_times_is_refused_with_its_place(config: Json, pointer: str) -> None:
    with pytest.raises(NoRecurrence) as refused:
        recurrence(config, "UTC")
    assert refused.value.pointer == pointer
    assert str(refused.value).endswith(".")


@pytest.mark.parametrize("zone", ["Mars/Olympus", "", "../etc/passwd", "Europe"])
def test_a_zone_nobody_knows_is_refused(zone: str) -> None:
    with pytest.raises(NoRecurrence) as refused:
        recurrence({"cron": "0 0 * * *"}, zone)
    assert refused.value.pointer == "/zone"


@pytest.mark.parametrize(
    ("config", "zone", "words"),
    [
        ({"cron": "30 1 * * *"}, "Europe/London", "At 01:30 every day, London time"),
        ({"cron": "0 9 * * MON-FRI"}, "America/New_York", "At 09:00 on Monday through Friday, New York time"),
        ({"cron": "0 0 L * *"}, "UTC", "At 00:00 on the last day of every month, UTC"),
        ({"every": {"n": 15, "unit": "minutes"}}, "UTC", "Every 15 minutes"),
        ({"every": {"n": 1, "unit": "hours"}}, "UTC", "Every hour"),
    ],
)
def test_it_is_described_in_words(config: Json, zone: str, words: str) -> None:
    assert recurrence(config, zone).describe() == words


def test_a_zone_is_called_by_its_city() -> None:
    assert [zone_name(zone) for zone in ("Europe/London", "America/Argentina/Buenos_Aires", "UTC")] == [
        "London time",
        "Buenos Aires time",
        "UTC",
    ]
