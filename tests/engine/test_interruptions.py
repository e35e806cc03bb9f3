"""A run may die at every boundary of its journal: it ends the same, and nothing recorded as done is executed again."""

import copy
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.sdk.wire import Json
from integrations.engine.executor import Given, advance
from integrations.engine.memory import MemoryJournal
from integrations.engine.node import EffectSpec
from integrations.engine.outcome import Finished, Outcome, Turn
from integrations.engine.plan import Plan
from tests.engine.test_flows import FLOWS, case, catalog_of, plan_of
from tests.engine.workbench import Scripted, catalog, flow, planned


class Died(BaseException):
    """The process is gone. Not an Exception, so nobody can catch it by mistake."""


class MortalJournal(MemoryJournal):
    """Dies at its n-th write: before it is kept, or right after."""

    def __init__(self, kept: MemoryJournal, writes: int, *, after: bool) -> None:
        super().__init__()
        self.entries = kept.entries
        self._left = writes
        self._after = after

    def begin(self, path: str, *, node: str, attempt: int, input: Json) -> None:
        self._die_or(lambda: MemoryJournal.begin(self, path, node=node, attempt=attempt, input=input))

    def record(self, path: str, *, node: str, attempt: int, outcome: Outcome) -> None:
        self._die_or(lambda: MemoryJournal.record(self, path, node=node, attempt=attempt, outcome=outcome))

    def skip(self, path: str, *, node: str) -> None:
        self._die_or(lambda: MemoryJournal.skip(self, path, node=node))

    def _die_or(self, write: Any) -> None:
        self._left -= 1
        if self._left == 0 and not self._after:
            raise Died
        write()
        if self._left == 0:
            raise Died


class Watchful(Scripted):
    """Refuses to carry out what the journal already holds as done."""

    journal: MemoryJournal

    def call(
        self, *, path: str, attempt: int, slot: str, operation: str, data: Json, effect: EffectSpec | None
    ) -> Json:
        entry = self.journal.last(path)
        assert entry is None or entry.state != "done", f"{path} was done already"
        return super().call(
            path=path, attempt=attempt, slot=slot, operation=operation, data=data, effect=effect
        )


def ends(journal: MemoryJournal) -> dict[str, tuple[str, str, Json]]:
    """What must be the same: all but the number of attempts."""
    return {path: (entry.state, entry.port, entry.output) for path, entry in journal.entries.items()}


def undisturbed(plan: Plan, read: dict[str, Any]) -> tuple[Turn, MemoryJournal]:
    journal = MemoryJournal()
    given = Given(read["event"], catalog_of(read))
    return advance(plan, journal, Scripted.by(read), given), journal


def with_deaths(
    plan: Plan, read: dict[str, Any], deaths: list[tuple[int, bool]]
) -> tuple[Turn, MemoryJournal]:
    """Advance again and again, dying as told, and at last to the end."""
    kept = MemoryJournal()
    given = Given(read["event"], catalog_of(read))
    context = Watchful.by(read)
    for writes, after in deaths:
        context.journal = kept
        try:
            return advance(plan, MortalJournal(kept, writes, after=after), context, given), kept
        except Died:
            kept = copy.deepcopy(kept)
    context.journal = kept
    return advance(plan, kept, context, given), kept


def repeatable(file: Path) -> bool:
    """Flows whose script answers a repeated call as it answered the first, and that end in one turn."""
    read = case(file)
    lists = [reply for reply in read.get("replies", {}).values() if isinstance(reply, list)]
    return not lists and len(read["turns"]) == 1 and "finished" in read["turns"][0]


REPEATABLE = [file for file in FLOWS if repeatable(file)]


@pytest.mark.parametrize("after", [False, True], ids=["before the write", "after the write"])
@pytest.mark.parametrize("file", REPEATABLE, ids=lambda file: file.stem)
def test_a_run_that_dies_once_at_any_write_ends_the_same(file: Path, *, after: bool) -> None:
    read = case(file)
    plan = plan_of(read)
    turn, journal = undisturbed(plan, read)
    for writes in range(1, len(journal.log) + 1):
        again, resumed = with_deaths(plan, read, [(writes, after)])
        assert again == turn
        assert ends(resumed) == ends(journal)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(st.integers(1, 12), st.booleans()), max_size=8))
def test_a_run_that_dies_again_and_again_ends_the_same(deaths: list[tuple[int, bool]]) -> None:
    read = case(next(file for file in FLOWS if file.stem == "a_loop_over_lines"))
    plan = plan_of(read)
    turn, journal = undisturbed(plan, read)
    again, resumed = with_deaths(plan, read, deaths)
    assert again == turn
    assert ends(resumed) == ends(journal)


@settings(max_examples=60, deadline=None)
@given(st.integers(2, 7), st.data())
def test_any_graph_without_cycles_reaches_each_step_once_or_skips_it(size: int, data: st.DataObject) -> None:
    names = [f"n{at}" for at in range(size)]
    nodes: dict[str, Json] = {"start": {"type": "trigger", "config": {"kind": "manual"}}}
    edges = []
    for at, name in enumerate(names):
        passing = data.draw(st.booleans())
        nodes[name] = {"type": "filter", "config": {"condition": str(passing).lower()}}
        edges += [
            f"{source} -> {name}"
            for source in data.draw(st.sets(st.sampled_from(["start", *names[:at]]), min_size=1))
        ]
    journal = MemoryJournal()
    turn = advance(planned(flow(nodes, *edges)), journal, Scripted(), Given({}, catalog()))
    assert isinstance(turn, Finished)
    assert set(journal.entries) == set(nodes)
    for edge in edges:
        source, target = edge.split(" -> ")
        if journal.entries[source].state == "done" and journal.entries[source].port == "main":
            assert journal.entries[target].state == "done"


def test_whatever_is_no_failure_goes_through_to_the_caller() -> None:
    class FenceError(Exception):
        pass

    class Broken(Scripted):
        def call(self, **_: Any) -> Json:
            raise FenceError

    plan = planned(
        flow(
            {
                "start": {"type": "trigger", "config": {"kind": "manual"}},
                "ask": {"type": "call", "slot": "crm", "config": {"operation": "crm.find_person"}},
            },
            "start -> ask",
        )
    )
    journal = MemoryJournal()
    with pytest.raises(FenceError):
        advance(plan, journal, Broken(), Given({}, catalog()))
    assert journal.entries["ask"].state == "begun"
    turn = advance(plan, journal, Scripted({"ask": {"gives": {"name": "Ann"}}}), Given({}, catalog()))
    assert isinstance(turn, Finished)
    assert journal.entries["ask"].attempt == 2


def test_the_input_of_a_call_is_in_the_journal_before_it_is_made() -> None:
    seen: list[tuple[str, str, Json]] = []

    class Looking(Scripted):
        def call(self, **_: Any) -> Json:
            seen.extend(journal.log)
            return {}

    plan = planned(
        flow(
            {
                "start": {"type": "trigger", "config": {"kind": "manual"}},
                "deal": {
                    "type": "call",
                    "slot": "crm",
                    "config": {"operation": "crm.get_deal", "input": {"key": {"$expr": "$event.key"}}},
                },
            },
            "start -> deal",
        )
    )
    journal = MemoryJournal()
    advance(plan, journal, Looking(), Given({"key": "D1"}, catalog()))
    assert seen[-1] == ("deal", "begun", {"key": "D1"})
