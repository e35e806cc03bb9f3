"""Items of a loop at the same time: with threads it ends as without, whoever dies, stops or waits on the way."""

import copy
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from connectors.sdk.wire import Json
from integrations.engine.executor import Given, advance
from integrations.engine.memory import MemoryJournal
from integrations.engine.outcome import Finished, Outcome, Parked, ParkReason
from integrations.engine.together import LOOK_AGAIN, together
from tests.engine.test_flows import FLOWS, case, catalog_of, plan_of
from tests.engine.test_interruptions import REPEATABLE, Died, ends, undisturbed
from tests.engine.workbench import NOW, Scripted, catalog, flow, planned

DEADLINE = 60
START: Json = {"type": "trigger", "config": {"kind": "manual"}}
ASK: Json = {"type": "call", "slot": "crm", "config": {"operation": "crm.find_person"}}


def threads(work: Sequence[Callable[[], None]]) -> None:
    """One thread for each."""
    with ThreadPoolExecutor(len(work)) as pool:
        for begun in [pool.submit(one) for one in work]:
            begun.result()


def loop(at_once: int, body: dict[str, Json], **config: Json) -> Json:
    config = {"items": "$event.list", "key": "$item", "at_once": at_once, **config}
    return {"type": "for_each", "config": config, "body": {"nodes": body, "edges": {}}}


def looping(at_once: int, **config: Json) -> Any:
    return planned(flow({"start": START, "each": loop(at_once, {"ask": ASK}, **config)}, "start -> each"))


def given_list(size: int, **rest: Any) -> Given:
    return Given({"list": [f"k{at}" for at in range(size)]}, catalog(), side_by_side=threads, **rest)


class LockedJournal(MemoryJournal):
    """Dies at its n-th write, and from then on for every thread: before that write is kept, or right after."""

    def __init__(self, kept: MemoryJournal, writes: int, *, after: bool) -> None:
        super().__init__()
        self.entries = kept.entries
        self._left = writes
        self._after = after
        self._lock = threading.RLock()

    def begin(self, path: str, *, node: str, attempt: int, input: Json) -> None:
        self._die_or(lambda: MemoryJournal.begin(self, path, node=node, attempt=attempt, input=input))

    def record(self, path: str, *, node: str, attempt: int, outcome: Outcome) -> None:
        self._die_or(lambda: MemoryJournal.record(self, path, node=node, attempt=attempt, outcome=outcome))

    def skip(self, path: str, *, node: str) -> None:
        self._die_or(lambda: MemoryJournal.skip(self, path, node=node))

    def _die_or(self, write: Callable[[], None]) -> None:
        with self._lock:
            self._left -= 1
            if self._left < 0 or (self._left == 0 and not self._after):
                raise Died
            write()
            if self._left == 0:
                raise Died


def at_once(file: Any) -> bool:
    return '"at_once"' in file.read_text()


@pytest.mark.parametrize("after", [False, True], ids=["before the write", "after the write"])
@pytest.mark.parametrize("file", [*filter(at_once, REPEATABLE)], ids=lambda file: file.stem)
def test_a_run_with_threads_that_dies_at_any_write_ends_the_same(file: Any, *, after: bool) -> None:
    read = case(file)
    plan = plan_of(read)
    turn, journal = undisturbed(plan, read)
    given = Given(read["event"], catalog_of(read), side_by_side=threads)
    for writes in range(1, len(journal.log) + 1):
        kept = MemoryJournal()
        context = Scripted.by(read)
        with pytest.raises(Died):
            advance(plan, LockedJournal(kept, writes, after=after), context, given)
        resumed = copy.deepcopy(kept)
        assert advance(plan, resumed, context, given) == turn
        assert ends(resumed) == ends(journal)


@pytest.mark.parametrize("file", [*filter(at_once, FLOWS)], ids=lambda file: file.stem)
def test_with_threads_every_case_gives_the_journal_it_states(file: Any) -> None:
    read = case(file)
    plan, journal, context = plan_of(read), MemoryJournal(), Scripted.by(read)
    given = replace(Given(read["event"], catalog_of(read)), side_by_side=threads)
    turns = [advance(plan, journal, context, given) for _ in read["turns"]]
    last = read["turns"][-1]
    assert isinstance(turns[-1], Finished) == ("finished" in last)
    for path, output in read.get("outputs", {}).items():
        assert journal.entries[path].output == output


def test_items_really_run_at_the_same_time() -> None:
    meeting = threading.Barrier(5)

    class Meeting(Scripted):
        def call(self, **_: Any) -> Json:
            meeting.wait(DEADLINE)
            return {}

    turn = advance(looping(5), MemoryJournal(), Meeting(), given_list(5))
    assert isinstance(turn, Finished)


def test_a_lost_fence_stops_the_others_before_their_next_item_and_comes_through() -> None:
    class FenceError(Exception):
        pass

    begun: list[str] = []
    both = threading.Barrier(2)
    lost = threading.Event()

    class Losing(Scripted):
        def call(self, *, path: str, **_: Any) -> Json:
            begun.append(path)
            both.wait(DEADLINE)
            if path == "each[k0]/ask":
                lost.set()
                raise FenceError
            lost.wait(DEADLINE)
            stopped.wait(DEADLINE)
            return {}

    stopped = threading.Event()

    def watched(work: Sequence[Callable[[], None]]) -> None:
        with ThreadPoolExecutor(len(work)) as pool:
            futures = [pool.submit(one) for one in work]
            for future in futures:
                future.add_done_callback(lambda _: stopped.set())
        for future in futures:
            future.result()

    given = replace(given_list(100), side_by_side=watched)
    with pytest.raises(FenceError):
        advance(looping(2), MemoryJournal(), Losing(), given)
    assert sorted(begun) == ["each[k0]/ask", "each[k1]/ask"]


def test_an_item_is_tried_again_only_when_it_is_due_or_asked_for() -> None:
    context = Scripted(
        {
            "each[k0]/ask": [{"fails": "Data"}, {"gives": 0}],
            "each[k1]/ask": [{"fails": "Transient"}, {"gives": 1}],
            "each[k2]/ask": [{"fails": "RateLimited", "retry_after": 600}, {"gives": 2}],
        }
    )
    journal = MemoryJournal(clock=context.clock)
    plan, given = looping(3), given_list(3)

    def turn(after: timedelta) -> Any:
        context.time = NOW + after
        return advance(plan, journal, context, given)

    first = turn(timedelta(0))
    assert (first.reason, first.path, first.after) == ("person", "each[k0]/ask", 2.0)
    second = turn(timedelta(seconds=5))
    assert (second.reason, second.until) == ("person", NOW + timedelta(seconds=600))
    assert [path for path, *_ in context.calls[3:]] == ["each[k1]/ask"]
    third = turn(timedelta(seconds=700))
    assert (third.reason, third.only_failed) == ("person", True)
    assert len(context.calls) == 5
    journal.ask_again(context.time)
    assert isinstance(turn(timedelta(seconds=800)), Finished)
    assert journal.entries["each"].output == [0, 1, 2]


def test_what_is_not_due_yet_is_tried_when_a_person_asks() -> None:
    context = Scripted({f"each[k{at}]/ask": [{"fails": "Transient"}, {"gives": at}] for at in range(2)})
    journal = MemoryJournal(clock=context.clock)
    plan, given = looping(2), given_list(2)
    assert isinstance(advance(plan, journal, context, given), Parked)
    assert isinstance(advance(plan, journal, context, given), Parked)
    assert len(context.calls) == 2
    journal.ask_again(context.time)
    assert isinstance(advance(plan, journal, context, given), Finished)


def test_a_rate_limit_keeps_the_loop_from_beginning_further_items() -> None:
    context = Scripted({f"each[k{at}]/ask": {"fails": "RateLimited", "retry_after": 60} for at in range(50)})
    turn = advance(looping(3), MemoryJournal(), context, replace(given_list(50)))
    assert isinstance(turn, Parked)
    assert (turn.reason, turn.after) == ("rate", 60)
    assert len(context.calls) <= 3


def parked(reason: ParkReason, wakes: str = "", **rest: Any) -> Parked:
    return Parked(reason, f"each[{reason}]/a", "a", 1, token=wakes, **rest)


def test_of_all_that_waits_the_run_takes_the_most_urgent_reason_and_the_earliest_time() -> None:
    told = together(
        [
            parked("retry", after=9.0),
            parked("rate", after=4.0),
            parked("waiting", "approval:1", until=NOW + timedelta(days=3)),
            parked("reconnect"),
            parked("waiting", until=NOW + timedelta(days=1)),
        ]
    )
    assert (told.reason, told.path) == ("reconnect", "each[reconnect]/a")
    assert (told.after, told.until, told.token) == (4.0, NOW + timedelta(days=1), "approval:1")


def test_a_run_that_can_be_woken_by_one_token_looks_for_the_others_itself() -> None:
    one = together([parked("effect", "effect:1"), parked("effect", "effect:1")])
    assert (one.token, one.after) == ("effect:1", None)
    two = together([parked("effect", "effect:1"), parked("effect", "effect:2")])
    assert (two.token, two.after) == ("effect:1", LOOK_AGAIN)
    assert together([parked("waiting", "approval:1"), parked("waiting", "approval:2")]).after == 3600


def test_ten_thousand_items_take_a_number_of_looks_that_grows_with_them_only() -> None:
    looks = {"last": 0, "write": 0}

    class Counting(MemoryJournal):
        def last(self, path: str) -> Any:
            looks["last"] += 1
            return super().last(path)

        def record(self, path: str, *, node: str, attempt: int, outcome: Outcome) -> None:
            looks["write"] += 1
            super().record(path, node=node, attempt=attempt, outcome=outcome)

    body = {"shape": {"type": "map", "config": {"fields": {"at": {"$expr": "$index"}}}}}
    plan = planned(flow({"start": START, "each": loop(10, body, on_failure="continue")}, "start -> each"))
    journal = Counting()
    assert isinstance(advance(plan, journal, Scripted(), given_list(10_000)), Finished)
    assert looks["last"] <= 30_010
    assert looks["write"] == 10_002
    del journal.entries["each"]
    looks["write"] = 0
    assert isinstance(advance(plan, journal, Scripted(), given_list(10_000)), Finished)
    assert looks["write"] == 1
    assert journal.entries["each"].output["succeeded"] == 10_000
