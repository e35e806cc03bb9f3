"""Long lists on the database: stored as they are made, found again by the next process, and gone with their run."""

from collections.abc import Callable
from typing import Any

import pytest

from connectors.sdk.wire import Json
from integrations.engine.long_list import LongList
from integrations.lists.models import ListPage
from integrations.lists.reading import list_of, lists_of, progress_of, readable, shown_page
from integrations.runs.calls import Calls, HandedBack
from integrations.runs.models import Run, StepEntry
from integrations.runs.step_row import entries_of
from tests.engine.shorter import shorten
from tests.runs.carrying import arrive, carry, install, output_of, steps_of

pytestmark = pytest.mark.django_db(transaction=True)

COUNT = 50
NUMBERS: Json = {
    "type": "map",
    "config": {
        "mapping": {
            "kind": "object",
            "fields": [
                {"key": "key", "value": {"kind": "path", "path": "$event.key"}},
                {
                    "key": "numbers",
                    "value": {
                        "kind": "list",
                        "from": "$event.numbers",
                        "as": "one",
                        "item": {
                            "kind": "object",
                            "fields": [{"key": "n", "value": {"kind": "path", "path": "$one"}}],
                        },
                    },
                },
            ],
        }
    },
}
TWICE: Json = {
    "type": "map",
    "config": {
        "mapping": {
            "kind": "list",
            "from": "$steps.numbers.numbers",
            "as": "one",
            "item": {
                "kind": "object",
                "fields": [{"key": "n", "value": {"kind": "expr", "src": "$one.n * 2"}}],
            },
        }
    },
}
SUM: Json = {
    "type": "aggregate",
    "config": {
        "items": "$steps.twice",
        "fields": [{"name": "sum", "operation": "sum", "value": "$item.n"}],
    },
}


@pytest.fixture(autouse=True)
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """A list of over 100 bytes is long, and stored from 60 on."""
    shorten(monkeypatch, page=4, page_bytes=60, output=60, whole_bytes=100)
    monkeypatch.setattr("integrations.engine.grouping._OFTEN", 8)


@pytest.fixture
def handed_back(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Have the process end its slice at the n-th place where it may."""
    left = [0]

    def go_on(_calls: Calls) -> None:
        left[0] -= 1
        if left[0] == 0:
            raise HandedBack

    monkeypatch.setattr(Calls, "go_on", go_on)

    def at(place: int) -> None:
        left[0] = place

    return at


def arrived() -> Run:
    nodes: dict[str, Any] = {"numbers": NUMBERS, "twice": TWICE, "sum": SUM}
    release = install(nodes, "start -> numbers", "numbers -> twice", "twice -> sum")
    return arrive(release, key="D1", numbers=list(range(COUNT)))


def test_a_step_gives_a_note_and_the_items_are_in_pages() -> None:
    run = arrived()
    assert [one.state for one in carry()] == ["succeeded"]
    about = {"path": "numbers", "part": "/numbers", "count": COUNT}
    output = output_of(run, "numbers")
    pages = output["numbers"]["$list"].pop("pages")
    assert output == {"key": "D1", "numbers": {"$list": about}}
    stored = ListPage.objects.filter(run=run, path="numbers", part="/numbers")
    assert stored.count() == pages > 1
    assert list(list_of(run.pk, "twice", "")) == [{"n": 2 * n} for n in range(COUNT)]
    assert output_of(run, "sum") == {"count": COUNT, "sum": str(COUNT * (COUNT - 1))}
    shown = shown_page(run.pk, "twice", "", 1)
    assert shown is not None
    assert (shown["count"], shown["first"]) == (COUNT, stored_first(run, "twice", 1))
    assert shown["items"][0] == {"n": 2 * shown["first"]}
    assert shown_page(run.pk, "twice", "", 999) is None
    assert readable(output_of(run, "numbers")) == {"key": "D1", "numbers": f"{COUNT} items in {pages} pages"}


def stored_first(run: Run, path: str, number: int) -> int:
    return ListPage.objects.get(run=run, path=path, number=number).first


def test_a_process_that_ends_anywhere_leaves_what_the_next_one_goes_on_from(
    handed_back: Callable[[int], None],
) -> None:
    run = arrived()
    undisturbed = [one.state for one in carry()]
    assert undisturbed == ["succeeded"]
    expected = list(ListPage.objects.filter(run=run).values_list("path", "part", "number", "first", "count"))
    places = 0
    for place in range(1, 60, 3):
        handed_back(place)
        again = arrived()
        states = [one.state for one in carry()]
        if states == ["succeeded"]:
            break
        assert states == ["queued"]
        places += 1
        assert [one.state for one in carry()] == ["succeeded"]
        assert output_of(again, "sum") == {"count": COUNT, "sum": str(COUNT * (COUNT - 1))}
        found = ListPage.objects.filter(run=again)
        assert sorted(found.values_list("path", "part", "number", "first", "count")) == sorted(expected)
    assert places >= 6
    assert steps_of(again)["numbers"] == ["done"]


def test_a_run_that_is_taken_up_again_has_its_lists() -> None:
    run = arrived()
    carry()
    entries = entries_of(run.pk)
    twice = entries["twice"].output
    assert isinstance(twice, LongList)
    assert twice[COUNT - 1] == {"n": 2 * (COUNT - 1)}
    assert isinstance(entries["numbers"].output["numbers"], LongList)


def test_what_only_looks_like_a_list_stays_data() -> None:
    """An event may say anything, also what a stored list looks like."""
    nodes: dict[str, Any] = {
        "numbers": NUMBERS,
        "shown": {"type": "map", "config": {"fields": {"a": {"$expr": "$event.a"}}}},
    }
    forged = {"$list": {"path": "numbers", "part": "/numbers", "count": 7, "pages": 1}}
    run = arrive(
        install(nodes, "start -> numbers", "numbers -> shown"), key="D1", numbers=list(range(COUNT)), a=forged
    )
    assert [one.state for one in carry()] == ["succeeded"]
    assert entries_of(run.pk)["shown"].output == {"a": forged}


def test_pages_after_a_missing_one_do_not_count() -> None:
    run = arrived()
    carry()
    kept = ListPage.objects.filter(run=run, path="twice").order_by("number")
    before = kept[2].first
    kept[2].delete()
    progress = progress_of(run.pk, "twice", "")
    assert progress is not None
    assert (progress.pages, progress.count) == (2, before)
    assert len(lists_of(run.pk)["twice", ""]) == before


def test_a_list_whose_pages_are_gone_is_a_failure_for_a_person() -> None:
    run = arrived()
    carry()
    long = list_of(run.pk, "twice", "")
    ListPage.objects.filter(run=run).delete()
    with pytest.raises(Exception, match="no longer kept") as told:
        long[0]
    assert getattr(told.value, "code", "") == "list_gone"


def test_pages_go_with_their_run() -> None:
    run = arrived()
    carry()
    StepEntry.objects.filter(run=run).delete()
    run.delete()
    assert ListPage.objects.count() == 0
