"""What the rehearsal expects, and that it notices each way the main job can go wrong."""

import json
from dataclasses import fields, replace
from decimal import Decimal

import pytest

from integrations.demo.deal import CURRENCY, LINES, deal_body, expected_total
from integrations.demo.once import kill_point
from integrations.demo.play import KILL_POINTS, judge
from integrations.demo.report import Story, as_json, told
from integrations.demo.scenario import RehearsalError, Scenario
from integrations.demo.scenarios import FIRST, scenario, scenarios
from integrations.demo.scenarios.missing_account import CATEGORY, HeldPlay, HeldStory

STORY = Story(
    run={
        "id": 1,
        "result": "delivered",
        "ended_at": "2026-11-21T10:00:01Z",
        "steps": [
            {
                "path": "invoice",
                "state": "done",
                "attempt": 2,
                "ms": 40,
                "ended_at": "2026-11-21T10:00:00.750Z",
            },
            {
                "path": "write_back",
                "state": "done",
                "attempt": 1,
                "ms": 9,
                "ended_at": "2026-11-21T10:00:00.900Z",
            },
        ],
    },
    event={"id": 1, "received_at": "2026-11-21T10:00:00.250Z", "duplicates": 2},
    customers=1,
    invoices=1,
    invoice_total="841.54",
    written_back=True,
)


def test_the_invoice_is_worked_out_half_up_line_by_line() -> None:
    """451.43 + 90.29, 138.75 + 6.94, 128.45 + 25.69."""
    assert expected_total() == Decimal("841.55")


def test_the_deal_carries_its_lines_as_text() -> None:
    body = deal_body()
    assert body["currency"] == CURRENCY
    assert [line["unit_price"] for line in body["lines"]] == [line.unit_price for line in LINES]  # type: ignore[attr-defined]


GOOD = replace(STORY, invoice_total=str(expected_total()))


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"customers": 2}, "Sage has 2 customers called Northwind Tearooms Ltd instead of one."),
        ({"customers": 0}, "Sage has 0 customers called Northwind Tearooms Ltd instead of one."),
        ({"invoices": 2}, "Sage has 2 invoices for this deal instead of one."),
        ({"invoice_total": "841.54"}, "The invoice comes to 841.54 instead of 841.55."),
        ({"written_back": False}, "The invoice's id is not on the box."),
    ],
)
def test_it_says_what_is_wrong(changed: dict[str, object], sentence: str) -> None:
    assert judge(replace(GOOD, **changed)) == [sentence]  # type: ignore[arg-type]


def test_it_finds_nothing_wrong_with_what_must_be() -> None:
    assert judge(GOOD) == []
    assert (
        list(told(GOOD))[-1] == "One customer, one invoice over 841.55, its id on the box. All as it must be."
    )


def test_the_story_is_told_with_times_from_the_webhook_on() -> None:
    assert list(told(GOOD))[1] == "     0.500 s  invoice       done in 40 ms, attempt 2"


def test_the_last_line_is_one_object_for_programs() -> None:
    assert json.loads(as_json(GOOD)) == {
        "customers": 1,
        "invoices": 1,
        "invoice_total": "841.55",
        "written_back": True,
        "duplicates_ignored": 2,
        "webhook_to_invoice_ms": 500,
    }
    assert json.loads(as_json(GOOD, "invoice:sent"))["killed_at"] == "invoice:sent"


@pytest.mark.parametrize(
    ("wanted", "points"),
    [
        ("random", set(KILL_POINTS)),
        ("invoice", {"invoice:before"}),
        ("invoice:sent", {"invoice:sent"}),
        ("lines", {"invoice:before"}),
        ("won:done", {"deal:before"}),
        ("write_back:done", {"end:before"}),
        ("", {""}),
    ],
)
def test_a_kill_is_aimed_at_a_boundary_of_a_step(wanted: str, points: set[str]) -> None:
    assert {kill_point(wanted, scenario(FIRST)) for _ in range(200)} == points


def test_the_scenarios_are_found_by_their_files_the_main_job_first() -> None:
    assert list(scenarios()) == [FIRST, "missing-account"]
    assert all(key == one.key and one.title.endswith(".") for key, one in scenarios().items())


def test_an_unknown_scenario_is_refused_with_those_there_are() -> None:
    with pytest.raises(RehearsalError, match=f"There is no scenario nightly; there are {FIRST}"):
        scenario("nightly")


def test_where_no_worker_is_killed_none_is_aimed_at() -> None:
    quiet = Scenario("quiet", "Nothing happens.", lambda _scene: GOOD)
    assert kill_point("", quiet) == ""
    with pytest.raises(RehearsalError, match="No worker is killed in quiet"):
        kill_point("random", quiet)


@pytest.mark.parametrize(
    ("held_as", "invoices", "wrong"),
    [
        ("table_miss", 0, []),
        ("data", 0, ["The run waited because of “data” instead of the missing row."]),
        ("table_miss", 1, ["Sage had an invoice for this deal before its account was known."]),
    ],
)
def test_a_held_deal_is_judged_by_what_held_it(held_as: str, invoices: int, wrong: list[str]) -> None:
    play = HeldPlay.__new__(HeldPlay)
    play.held_as, play.invoices_while_held = held_as, invoices
    found = {field.name: getattr(GOOD, field.name) for field in fields(GOOD)}
    story = play.story(**found)
    assert isinstance(story, HeldStory)
    assert play.judged(story) == wrong
    told_to_programs = json.loads(story.as_json())
    assert (told_to_programs["held_as"], told_to_programs["invoices_while_held"]) == (held_as, invoices)
    assert told_to_programs["invoice_total"] == "841.55"


def test_the_held_deal_comes_to_the_same_total() -> None:
    """Only the category of one line differs, which decides the account and not the amount."""
    held, main = HeldPlay.deal(HeldPlay.__new__(HeldPlay)), deal_body()
    assert [line["category"] for line in held["lines"]][-1] == CATEGORY  # type: ignore[attr-defined]
    assert {**held, "lines": []} == {**main, "lines": []}
