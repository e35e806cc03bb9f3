"""The threads a run borrows: they work at the same time, never wait for each other in a circle, and pass on what is raised."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext

import pytest

from integrations.runs.side_by_side import HANDS, side_by_side
from integrations.runs.slots import Recorder, Slots

DEADLINE = 60


def test_several_work_at_the_same_time() -> None:
    meeting = threading.Barrier(4)
    side_by_side(nullcontext, nullcontext)([lambda: void(meeting.wait(DEADLINE))] * 4)


def void(_: object) -> None:
    """What is carried out gives nothing."""


def test_loops_in_loops_never_wait_for_each_other_when_all_hands_are_taken() -> None:
    carry_out = side_by_side(nullcontext, nullcontext)
    done: list[int] = []

    def inner() -> None:
        carry_out([lambda: done.append(1)] * 5)

    def outer() -> None:
        carry_out([inner] * (2 * HANDS))

    runs = [threading.Thread(target=outer) for _ in range(4)]
    for run in runs:
        run.start()
    for run in runs:
        run.join(DEADLINE)
    assert not any(run.is_alive() for run in runs)
    assert len(done) >= 4


def test_what_one_raises_comes_through_after_the_others_have_ended() -> None:
    both, ended = threading.Barrier(2), threading.Event()

    def fails() -> None:
        both.wait(DEADLINE)
        raise ZeroDivisionError

    def lasts() -> None:
        both.wait(DEADLINE)
        ended.set()

    for work in ([fails, lasts], [lasts, fails]):
        ended.clear()
        with pytest.raises(ZeroDivisionError):
            side_by_side(nullcontext, nullcontext)(work)
        assert ended.is_set()


def test_those_that_help_count_as_computing_and_the_run_that_waits_for_them_does_not() -> None:
    slots = Slots(computing=3, held=10, recorder=Recorder("helping"))
    slots.take()
    slots.begin(7)
    here, gone = threading.Barrier(2), threading.Event()
    seen: list[int] = []

    @contextmanager
    def waiting() -> Iterator[None]:
        with slots.waiting(7):
            seen.append(slots.free())
            gone.set()
            yield

    def helper() -> None:
        here.wait(DEADLINE)
        gone.wait(DEADLINE)

    def own() -> None:
        here.wait(DEADLINE)
        seen.append(slots.free())

    side_by_side(lambda: slots.helping(7), waiting)([own, helper])
    assert seen == [1, 2]
    assert slots.free() == 2
    slots.end()
    assert slots.free() == 3
