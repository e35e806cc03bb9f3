"""Long lists from the call that reads them to the loop over groups of them, and what may not be done with them."""

from collections.abc import Iterator, Sequence
from typing import Any

import pytest

from connectors.sdk.wire import Json
from integrations.engine.executor import Given, advance
from integrations.engine.long_list import LongList, StoredPage, revived
from integrations.engine.memory import MemoryJournal, MemoryPages
from integrations.engine.outcome import Finished, Parked, Turn
from tests.engine.shorter import shorten
from tests.engine.workbench import Scripted, catalog, flow, planned

COUNT = 60
TEAMS = ("red", "green", "blue")
START: Json = {"type": "trigger", "config": {"kind": "manual", "business_key": "$event.key"}}
PEOPLE: Json = {"type": "call", "slot": "crm", "config": {"operation": "crm.list_people"}}


class Died(BaseException):
    """The process is gone."""


class MortalPages(MemoryPages):
    """Dies after so many writes."""

    left = 0

    def write(self, path: str, part: str, pages: Sequence[StoredPage]) -> None:
        super().write(path, part, pages)
        self.left -= 1
        if self.left == 0:
            raise Died


@pytest.fixture(autouse=True)
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """A list of over 300 bytes is long, and stored from 100 on; a loop takes 10 items."""
    shorten(monkeypatch, page=4, page_bytes=100, whole_bytes=300, items=10)
    monkeypatch.setattr("integrations.engine.grouping._OFTEN", 8)


def person(number: int) -> dict[str, Json]:
    return {"id": number, "team": TEAMS[number % 3], "paid": f"{number}.10"}


def pages_of(count: int = COUNT, size: int = 5) -> list[Any]:
    people = [person(number) for number in range(count)]
    return [people[at : at + size] for at in range(0, count, size)]


class Run:
    """A flow carried out as often as wanted, on one journal and one store of pages."""

    def __init__(self, nodes: dict[str, Json], *edges: str, pages: list[Any] | None = None) -> None:
        self.plan = planned(flow({"start": START, "people": PEOPLE, **nodes}, "start -> people", *edges))
        self.journal = MemoryJournal()
        self.context = Scripted({"people": {"pages": pages_of() if pages is None else pages}})
        self.store = self.context.pages = MortalPages()

    def go(self, dying_after: int = 0) -> Turn:
        self.store.left = dying_after
        return advance(self.plan, self.journal, self.context, Given({"key": "D1"}, catalog()))

    def output(self, step: str) -> Any:
        return self.journal.entries[step].output

    def asked(self) -> list[Json]:
        """Which pages were asked for."""
        return [at for path, _, at, _ in self.context.calls if path == "people"]


def deaths(nodes: dict[str, Json], *edges: str) -> Iterator[tuple[Run, Run]]:
    """(undisturbed, died after the n-th write and taken up again), for every n."""
    undisturbed = Run(nodes, *edges)
    assert isinstance(undisturbed.go(), Finished)
    for writes in range(1, undisturbed.store.writes + 1):
        run = Run(nodes, *edges)
        with pytest.raises(Died):
            run.go(writes)
        assert isinstance(run.go(), Finished)
        yield undisturbed, run


def failure_of(turn: Turn) -> tuple[str, str]:
    assert isinstance(turn, Parked)
    assert turn.failure is not None
    return turn.failure.code, turn.failure.sentence


def test_what_a_far_system_lists_is_read_page_by_page_and_never_twice() -> None:
    for undisturbed, run in deaths({}):
        people = run.output("people")["people"]
        assert isinstance(people, LongList)
        assert list(people) == [person(number) for number in range(COUNT)]
        assert people == undisturbed.output("people")["people"]
        assert len(run.asked()) <= len(undisturbed.asked()) + 1


def test_a_short_list_is_given_whole() -> None:
    run = Run({}, pages=[[person(0)], [person(1)]])
    run.go()
    assert run.output("people") == {"people": [person(0), person(1)]}
    assert run.store.progress("people", "/people") is None


def test_an_empty_list_is_an_empty_list() -> None:
    run = Run({}, pages=[[]])
    run.go()
    assert run.output("people") == {"people": []}


def test_a_page_that_fails_is_read_again_and_those_before_it_are_not() -> None:
    pages = pages_of()
    pages[7] = {"fails": "Transient", "then": pages[7]}
    run = Run({}, pages=pages)
    assert isinstance(run.go(), Parked)
    assert isinstance(run.go(), Finished)
    assert run.asked() == [None, *range(1, 8), *range(7, 12)]
    assert len(run.output("people")["people"]) == COUNT


@pytest.mark.parametrize("kind", ["Data", "NotFound"])
def test_a_place_that_is_not_known_any_more_begins_the_list_again(kind: str) -> None:
    pages = pages_of()
    pages[7] = {"fails": "Transient", "then": pages[7]}
    run = Run({}, pages=pages)
    run.go()
    pages[7] = {"fails": kind, "then": pages_of()[7]}
    run.context = Scripted({"people": {"pages": pages}})
    run.context.pages = run.store
    assert isinstance(run.go(), Finished)
    assert run.asked() == [7, None, *range(1, 12)]
    assert list(run.output("people")["people"]) == [person(number) for number in range(COUNT)]


SHAPE: Json = {
    "type": "map",
    "config": {
        "mapping": {
            "kind": "list",
            "from": "$steps.people.people",
            "as": "one",
            "filter": '$one.team != "blue"',
            "item": {
                "kind": "object",
                "fields": [
                    {"key": "n", "value": {"kind": "expr", "src": "$one_i & $one.team"}},
                    {"key": "paid", "value": {"kind": "expr", "src": "$mul($one.paid, 2)"}},
                ],
            },
        }
    },
}


def test_a_long_list_is_mapped_and_filtered_page_by_page() -> None:
    kept = [person(number) for number in range(COUNT) if number % 3 != 2]
    expected = [{"n": f"{at}{one['team']}", "paid": f"{2 * one['id']}.20"} for at, one in enumerate(kept)]
    for _, run in deaths({"shape": SHAPE}, "people -> shape"):
        assert isinstance(run.output("shape"), LongList)
        assert list(run.output("shape")) == expected


def test_of_a_long_list_that_is_filtered_to_a_few_these_are_given_whole() -> None:
    few = {**SHAPE["config"]["mapping"], "filter": "$one.id = 50 or $one.id = 3"}
    run = Run({"few": {"type": "map", "config": {"mapping": few}}}, "people -> few")
    run.go()
    assert run.output("few") == [{"n": "0red", "paid": "6.20"}, {"n": "1blue", "paid": "100.20"}]


def test_a_long_list_is_cut_into_groups_and_a_loop_goes_through_them() -> None:
    nodes: dict[str, Json] = {
        "cut": {"type": "batch", "config": {"items": "$steps.people.people", "size": 7}},
        "each": {
            "type": "for_each",
            "config": {"items": "$steps.cut", "key": '"group-" & $item.index'},
            "body": {
                "nodes": {
                    "count": {"type": "map", "config": {"fields": {"n": {"$expr": "$count($item.items)"}}}}
                },
                "edges": {},
            },
        },
    }
    for _, run in deaths(nodes, "people -> cut", "cut -> each"):
        groups = run.output("cut")
        assert isinstance(groups, LongList)
        assert [one["index"] for one in groups] == list(range(9))
        assert [item for one in groups for item in one["items"]] == [person(n) for n in range(COUNT)]
        assert run.output("each") == [{"n": 7}] * 8 + [{"n": 4}]


@pytest.mark.parametrize("key", ["", "$item.team"])
def test_groups_of_a_long_list_come_to_what_those_of_a_short_one_do(
    key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    fields = [
        {"name": operation, "operation": operation, "value": value}
        for operation, value in (
            ("sum", "$item.paid"), ("min", "$item.paid"), ("max", "$item.paid"), ("first", "$item.id"),
            ("last", "$index"), ("list", "$item.id"),
        )
    ]  # fmt: skip
    config = {"items": "$steps.people.people", "fields": fields, **({"key": key} if key else {})}
    nodes: dict[str, Json] = {"groups": {"type": "aggregate", "config": config}}
    long = [run.output("groups") for _, run in deaths(nodes, "people -> groups")]
    shorten(monkeypatch)
    whole = Run(nodes, "people -> groups")
    whole.go()
    assert isinstance(whole.output("people")["people"], list)
    assert all(one == whole.output("groups") for one in long)
    assert long[0][0 if key else "sum"]
    assert whole.store.writes == 0


@pytest.mark.parametrize(
    ("field", "code", "pointer"),
    [("$item.paid", "not_decimal", "/fields/0/value"), ("$item.gone", "missing_value", "/fields/0/value")],
)
def test_an_amount_that_is_none_is_told_as_of_a_short_list(field: str, code: str, pointer: str) -> None:
    pages = pages_of()
    pages[9][0]["paid"] = "much"
    fields = [{"name": "most", "operation": "max", "value": field}]
    config = {"items": "$steps.people.people", "fields": fields}
    run = Run({"groups": {"type": "aggregate", "config": config}}, "people -> groups", pages=pages)
    turn = run.go()
    assert isinstance(turn, Parked)
    assert turn.failure is not None
    assert (turn.failure.code, turn.failure.pointer) == (code, pointer)


def test_an_item_without_a_key_is_told_with_its_place() -> None:
    pages = pages_of()
    del pages[9][0]["team"]
    config = {"items": "$steps.people.people", "key": "$item.team", "fields": []}
    turn = Run({"groups": {"type": "aggregate", "config": config}}, "people -> groups", pages=pages).go()
    assert failure_of(turn) == ("group_key_missing", "Item 46 has no key: $item.team found nothing.")


def test_a_loop_over_too_many_says_what_to_do() -> None:
    body = {"nodes": {"n": {"type": "map", "config": {"fields": {"n": 1}}}}, "edges": {}}
    loop: Json = {"type": "for_each", "config": {"items": "$steps.people.people"}, "body": body}
    code, sentence = failure_of(Run({"each": loop}, "people -> each").go())
    assert code == "limit"
    assert "60" in sentence
    assert "batch" in sentence


@pytest.mark.parametrize(
    "expression",
    ["$steps.people.people", "$steps.people.people[0]", "$steps.people.people.id", "$sum($steps.people.people.id)", "$steps.people", "$in.people", "$count($steps.people.people[id > 3])"],
)  # fmt: skip
def test_an_expression_over_a_long_list_is_refused(expression: str) -> None:
    shown: Json = {"type": "map", "config": {"fields": {"n": {"$expr": expression}}}}
    code, sentence = failure_of(Run({"shown": shown}, "people -> shown").go())
    assert code == "long_list"
    assert "batch" in sentence


def test_an_expression_may_count_a_long_list() -> None:
    shown: Json = {"type": "map", "config": {"fields": {"n": {"$expr": "$count($steps.people.people)"}}}}
    run = Run({"shown": shown}, "people -> shown")
    run.go()
    assert run.output("shown") == {"n": COUNT}


def test_a_note_from_outside_is_data() -> None:
    store = MemoryPages()
    store.write("people", "", [StoredPage(0, 0, [1, 2], None, 5)])
    long = store.opened("people", "", 1)
    lists = {("people", ""): long}
    note = long.note()
    assert revived({"a": [note]}, lists) == {"a": [long]}
    for forged in (
        {"$list": {**note["$list"], "path": "other"}},
        {"$list": {**note["$list"], "count": 3}},
        {"$list": {**note["$list"], "pages": "1"}},
        {**note, "more": 1},
        {"$list": "people"},
    ):
        assert revived(forged, lists) == forged
        assert not isinstance(revived(forged, lists), LongList)


def test_a_long_list_gives_any_item_and_any_rest() -> None:
    store = MemoryPages()
    store.write(
        "p",
        "",
        [StoredPage(0, 0, [0, 1], 1, 1), StoredPage(1, 2, [], 2, 1), StoredPage(2, 2, [2, 3, 4], 3, 1)],
    )
    long = store.opened("p", "", 3)
    assert [long[at] for at in range(5)] == [0, 1, 2, 3, 4]
    with pytest.raises(IndexError):
        long[5]
    for start in range(6):
        assert [item for _, items in long.pages(start) for item in items] == list(range(start, 5))
    assert list(long.cut(1)) == [0, 1]
