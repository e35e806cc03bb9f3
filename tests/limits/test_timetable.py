"""No stretch of time sees more calls than an allowance names, however they are asked for."""

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from integrations.limits.timetable import Allowance, Timetable

SAGE = (Allowance(100, 60.0), Allowance(2500, 86_400.0))
allowances = st.builds(Allowance, st.integers(1, 130), st.sampled_from([1.0, 5.0, 60.0, 3600.0]))


def busiest(instants: list[float], seconds: float) -> int:
    """The most calls any stretch of so many seconds saw."""
    most, start = 0, 0
    for end, at in enumerate(instants):
        while instants[start] <= at - seconds + 1e-6:
            start += 1
        most = max(most, end - start + 1)
    return most


@settings(max_examples=150, deadline=None)
@given(
    st.lists(allowances, min_size=1, max_size=3, unique_by=lambda one: one.name),
    st.lists(st.tuples(st.floats(0, 40), st.integers(1, 4)), min_size=1, max_size=80),
)
def test_no_stretch_sees_more_than_is_allowed(
    limits: list[Allowance], asked: list[tuple[float, int]]
) -> None:
    granted: list[float] = []
    kept: dict[str, Any] = {}
    now = 1_000_000.0
    for pause, calls in asked:
        now += pause
        for _ in range(calls):
            table = Timetable(limits, kept)
            granted.append(table.grant(1, now))
            kept = json.loads(json.dumps(table.kept()))
    assert granted == sorted(granted)
    for one in limits:
        assert busiest(granted, one.seconds) <= one.calls


def test_a_burst_may_use_all_of_it_and_a_queue_gets_all_of_the_rate() -> None:
    table = Timetable((Allowance(100, 60.0),), {})
    instants = [table.grant(1, 0.0) for _ in range(1_000)]
    assert instants[:100] == [0.0] * 100
    assert instants[-1] < 9 * 60 + 60
    assert busiest(instants, 60.0) <= 100


def test_those_who_wait_are_spread() -> None:
    table = Timetable((Allowance(8, 1.0),), {})
    instants = [table.grant(1, 0.0) for _ in range(1_000)]
    waiting = instants[8:]
    assert len(set(waiting)) == len(waiting)


def test_all_allowances_hold_at_once() -> None:
    table = Timetable(SAGE, {})
    instants = [table.grant(1, 0.0) for _ in range(5_001)]
    assert busiest(instants, 60.0) <= 100
    assert busiest(instants, 86_400.0) <= 2_500
    assert instants[2_499] < 86_400 <= instants[2_500]


def test_a_learned_pace_keeps_calls_apart() -> None:
    table = Timetable((), {}, pace=0.5)
    instants = [table.grant(1, 10.0) for _ in range(5)]
    assert instants == [10.0, 10.5, 11.0, 11.5, 12.0]


def test_who_has_another_allowance_in_the_same_place_forgets_nobody() -> None:
    mine, theirs = Allowance(5, 60.0), Allowance(50, 60.0)
    kept: dict[str, Any] = {}
    granted = []
    for number in range(20):
        table = Timetable((mine,) if number % 2 else (theirs,), kept)
        granted.append(table.grant(1, 0.0))
        kept = table.kept()
    assert busiest(granted, 60.0) <= 5 + 5
    assert granted[-1] >= 60.0
