"""Instants told from wall clocks: the nights the clocks change, zones that jump by odd amounts, and what is no instant."""

from datetime import date, time
from zoneinfo import ZoneInfo

import pytest

from connectors.sdk.errors import Data
from integrations.engine.due import instant_of, on_the_clock

WALLS = [
    ("Europe/Vienna", "2026-05-31", "09:00", "2026-05-31T07:00:00"),
    ("Europe/Vienna", "2026-03-29", "01:59", "2026-03-29T00:59:00"),
    ("Europe/Vienna", "2026-03-29", "02:00", "2026-03-29T01:00:00"),  # left out: the clocks jump to 03:00
    ("Europe/Vienna", "2026-03-29", "02:59", "2026-03-29T01:00:00"),
    ("Europe/Vienna", "2026-03-29", "03:00", "2026-03-29T01:00:00"),
    ("Europe/Vienna", "2026-10-25", "02:30", "2026-10-25T00:30:00"),  # comes twice: the first
    ("America/New_York", "2026-03-08", "02:15", "2026-03-08T07:00:00"),
    ("Australia/Lord_Howe", "2026-10-04", "02:15", "2026-10-03T15:30:00"),  # half an hour
    ("Asia/Kathmandu", "2026-02-28", "00:00", "2026-02-27T18:15:00"),
    ("Africa/Cairo", "2026-04-24", "00:30", "2026-04-23T22:00:00"),  # midnight itself is left out
]


@pytest.mark.parametrize(("zone", "day", "at", "utc"), WALLS)
def test_a_time_on_the_wall_is_an_instant(zone: str, day: str, at: str, utc: str) -> None:
    found = on_the_clock(date.fromisoformat(day), time.fromisoformat(at), ZoneInfo(zone))
    assert found.isoformat() == f"{utc}+00:00"


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("2026-05-31T09:00", "2026-05-31T07:00:00"),
        ("2026-05-31T09:00Z", "2026-05-31T09:00:00"),
        ("2026-05-31T09:00:00.250-05:00", "2026-05-31T14:00:00.250000"),
        ("2026-05-31", "2026-05-30T22:00:00"),
    ],
)
def test_without_an_offset_the_zones_clocks_count(text: str, utc: str) -> None:
    assert instant_of(text, ZoneInfo("Europe/Vienna"), "/at").isoformat() == f"{utc}+00:00"


@pytest.mark.parametrize("value", [None, "", "tomorrow", 1780270200000, True, "2026-02-30T10:00", ["2026"]])
def test_anything_else_is_refused_with_its_place(value: object) -> None:
    with pytest.raises(Data) as refused:
        instant_of(value, ZoneInfo("UTC"), "/at")
    assert (refused.value.code, refused.value.pointer) == ("instant_wrong", "/at")
