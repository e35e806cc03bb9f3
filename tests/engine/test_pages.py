"""Mappings of long lists: made page by page they give what they give at once, in whatever sizes, through any crash."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from connectors.sdk.errors import Failure
from connectors.sdk.wire import Json
from integrations.engine.executor import Given, advance
from integrations.engine.long_list import LongList, StoredPage
from integrations.engine.memory import MemoryJournal, MemoryPages
from integrations.engine.outcome import Parked
from tests.engine.shorter import shorten
from tests.engine.workbench import Scripted, catalog, flow, planned

CASES: list[dict[str, Any]] = json.loads((Path(__file__).parent / "mappings.json").read_text())

NUMBERS = {
    "kind": "list",
    "from": "$event.numbers",
    "as": "one",
    "item": {
        "kind": "object",
        "fields": [
            {"key": "at", "value": {"kind": "expr", "src": "$one_i"}},
            {"key": "n", "value": {"kind": "path", "path": "$one.n"}},
        ],
    },
}


class Died(BaseException):
    """The process is gone."""


class MortalPages(MemoryPages):
    """Dies after so many writes."""

    def __init__(self, writes: int) -> None:
        super().__init__()
        self.left = writes

    def write(self, path: str, part: str, pages: Sequence[StoredPage]) -> None:
        super().write(path, part, pages)
        self.left -= 1
        if self.left == 0:
            raise Died


@pytest.fixture
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every list of more than one item is mapped two at a time, and nothing of it is stored."""
    shorten(monkeypatch, page=2)


@pytest.fixture
def tiny_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is over 60 bytes is stored; what has over 200 stays long."""
    shorten(monkeypatch, page=2, page_bytes=60, output=60, whole_bytes=200)


def mapped(
    mapping: Json, event: Json, tables: Any = None, pages: MemoryPages | None = None
) -> tuple[Json, Failure | None]:
    """The output of a map node, or why it parked."""
    nodes: dict[str, Json] = {
        "start": {"type": "trigger", "config": {"kind": "manual"}},
        "shape": {"type": "map", "config": {"mapping": mapping}},
    }
    journal, context = MemoryJournal(), Scripted(tables=tables)
    context.pages = pages or context.pages
    turn = advance(planned(flow(nodes, "start -> shape")), journal, context, Given(event, catalog()))
    return journal.entries["shape"].output, turn.failure if isinstance(turn, Parked) else None


@pytest.mark.usefixtures("small_pages")
@pytest.mark.parametrize("case", CASES, ids=[case["why"] for case in CASES])
def test_page_by_page_a_mapping_gives_what_it_gives_at_once(case: dict[str, Any]) -> None:
    output, failure = mapped(case["mapping"], case["event"], case.get("tables"))
    if "error" in case:
        assert failure is not None
        assert (failure.code, failure.pointer) == (case["error"], case["pointer"])
    else:
        assert failure is None, failure
        assert output == case["result"]


@pytest.mark.usefixtures("small_pages")
def test_places_and_indexes_are_those_in_the_whole_list() -> None:
    kept = {**NUMBERS, "filter": "$one.n > 1 and $one_i < 6"}
    event = {"numbers": [{"n": n} for n in (1, 2, 3, 1, 5, 6, 7)]}
    output, _ = mapped({"kind": "object", "fields": [{"key": "kept", "value": kept}]}, event)
    assert output == {"kept": [{"at": 0, "n": 2}, {"at": 1, "n": 3}, {"at": 2, "n": 5}, {"at": 3, "n": 6}]}


@pytest.mark.usefixtures("small_pages")
def test_a_failure_names_the_item_it_is_about() -> None:
    sums = {"kind": "expr", "src": "$add($one.n, 1)"}
    item = {"kind": "object", "fields": [{"key": "sum", "value": sums}]}
    mapping = {"kind": "object", "fields": [{"key": "sums", "value": {**NUMBERS, "item": item}}]}
    _, failure = mapped(mapping, {"numbers": [{"n": "1"}, {"n": "2"}, {"n": "3"}, {"n": "no"}, {"n": "5"}]})
    assert failure is not None
    assert (failure.code, failure.pointer, failure.info["index"]) == ("function_argument", "/sums/3", 3)


@pytest.mark.usefixtures("small_pages")
def test_a_missing_row_is_missing_for_all_items_alike() -> None:
    """One row cures them all, so its failure has the item's index, but no place of its own."""
    look = {
        "kind": "lookup",
        "table": "t",
        "keys": [{"kind": "path", "path": "$one.n"}],
        "column": "to",
    }
    item = {"kind": "object", "fields": [{"key": "to", "value": look}]}
    _, failure = mapped(
        {**NUMBERS, "item": item},
        {"numbers": [{"n": n} for n in "aaab"]},
        {"t": [{"key": ["a"], "to": "x"}]},
    )
    assert failure is not None
    assert (failure.kind, failure.pointer, failure.info["index"]) == ("table_miss", "", 3)


@pytest.mark.usefixtures("tiny_pages")
def test_a_list_that_grows_too_big_is_stored_and_goes_on_where_it_was() -> None:
    event = {"numbers": [{"n": n} for n in range(101)]}
    expected = [{"at": n, "n": n} for n in range(101)]
    undisturbed = MemoryPages()
    whole, _ = mapped(NUMBERS, event, pages=undisturbed)
    assert isinstance(whole, LongList)
    assert list(whole) == expected
    for writes in range(1, undisturbed.writes + 1):
        pages = MortalPages(writes)
        with pytest.raises(Died):
            mapped(NUMBERS, event, pages=pages)
        again, _ = mapped(NUMBERS, event, pages=pages)
        assert isinstance(again, LongList)
        assert list(again) == expected
        assert pages.writes == undisturbed.writes
        assert again == whole


@pytest.mark.usefixtures("tiny_pages")
def test_a_list_that_turns_out_short_is_given_whole() -> None:
    pages = MemoryPages()
    output, _ = mapped(NUMBERS, {"numbers": [{"n": n} for n in range(9)]}, pages=pages)
    assert output == [{"at": n, "n": n} for n in range(9)]
    assert pages.writes > 0
    assert pages.progress("shape", "") is None
