"""The run's page: an honest timeline, data without secrets, and acts that say what they will do."""

from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.test import Client

from integrations.runs.models import Exchange, Run, StepEntry
from integrations.runs.timeline import SCALE, lines_of
from tests.admin.world import World

START = datetime(2026, 11, 21, 12, tzinfo=ZoneInfo("UTC"))
PLAN = {
    "steps": [
        {"id": "deal", "name": "Get deal", "type": "call", "params": {"operation": "streak.get_box"}},
        {"id": "each", "name": "For each line", "type": "for_each", "params": {}, "body": {"steps": [
            {"id": "line", "name": "Map line", "type": "map", "params": {}}]}},
        {"id": "invoice", "name": "Create invoice", "type": "call", "params": {}},
    ]
}  # fmt: skip


def entry(path: str, attempt: int, state: str, start: float, end: float | None) -> StepEntry:
    return StepEntry(
        path=path,
        node=path.rpartition("/")[2].partition("[")[0],
        attempt=attempt,
        state=state,
        started_at=START + timedelta(seconds=start),
        ended_at=None if end is None else START + timedelta(seconds=end),
        seq=1,
    )


def test_lines_stand_in_the_order_reached_and_name_loop_items_and_what_was_not_reached() -> None:
    entries = [
        entry("deal", 1, "done", 0, 1),
        entry("each[SKU-1]/line", 1, "done", 1, 2),
        entry("each[SKU-2]/line", 1, "skipped", 2, 2),
    ]
    lines = lines_of(PLAN, entries, [])
    assert [(line.name, line.state, line.said) for line in lines] == [
        ("Get deal", "done", "call"),
        ("Map line · SKU-1", "done", "no calls"),
        ("Map line · SKU-2", "skipped", "skipped"),
        ("For each line", "", "not reached"),
        ("Create invoice", "", "not reached"),
    ]


def test_bars_keep_the_proportion_of_work_and_shorten_long_waits() -> None:
    entries = [
        entry("deal", 1, "retry", 0, 1),
        entry("deal", 2, "done", 86_400, 86_402),
        entry("invoice", 1, "fail", 86_402, 86_403),
    ]
    deal, invoice = lines_of(PLAN, entries, [])[:2]
    first, wait, second = deal.bars
    assert (first.tone, wait.tone, second.tone, invoice.bars[0].tone) == ("ok", "", "ok", "bad")
    assert second.width == pytest.approx(2 * first.width, abs=0.1)
    assert wait.width == pytest.approx(0.3 * (first.width + second.width + invoice.bars[0].width), abs=0.1)
    assert invoice.bars[0].end == pytest.approx(SCALE, abs=0.1)
    assert first.end == pytest.approx(wait.x, abs=0.1)
    assert deal.said == "call, 2 attempts"


def test_calls_are_told_by_status() -> None:
    made = [
        Exchange(path="deal", attempt=1, number=number, status=status)
        for number, status in enumerate((200, None, 429))
    ]
    (line, *_rest) = lines_of(PLAN, [entry("deal", 1, "done", 0, 1)], made)
    assert line.said == "200, no answer, 429"


def test_an_instant_run_still_has_a_bar() -> None:
    (line, *_rest) = lines_of(PLAN, [entry("deal", 1, "done", 0, 0)], [])
    assert line.bars[0].width > 0


def test_the_page_shows_data_and_calls_but_no_secret(
    world: World, as_person: Callable[[str], Client]
) -> None:
    html = (
        as_person("viewer")
        .get(f"/admin/integrations/run/{world.runs['conflict'].pk}/change/")
        .content.decode()
    )
    assert "https://api.example/v3.1/create_invoice" in html
    assert "unit_price" in html
    assert "***" in html
    assert "Parked: needs a person" in html
    assert "Write invoice id back" in html
    assert "not reached" in html


def test_a_long_run_reads_only_the_step_that_is_asked_for(
    world: World, as_person: Callable[[str], Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("integrations.runs.admin_entries.LINES_WITH_DATA", 2)
    path = f"/admin/integrations/run/{world.runs['succeeded'].pk}/change/"
    client = as_person("viewer")
    html = client.get(path).content.decode()
    assert "unit_price" not in html
    assert "Show input and output" in html
    assert client.get(f"{path}?step=invoice").content.decode().count("unit_price") == 1


def test_a_payload_that_cannot_be_read_does_not_hide_the_others(
    world: World, as_person: Callable[[str], Client]
) -> None:
    run = world.runs["succeeded"]
    StepEntry.objects.filter(run=run, path="deal").update(output=b"broken" * 10)
    html = as_person("viewer").get(f"/admin/integrations/run/{run.pk}/change/").content.decode()
    assert "$unreadable" in html
    assert "out-6" in html


def test_retrying_shows_the_plan_first(world: World, as_person: Callable[[str], Client]) -> None:
    run, client = world.runs["missing"], as_person("operator")
    path = f"/admin/integrations/run/{run.pk}/retry/"
    html = client.get(path).content.decode()
    assert "Retry from Map invoice?" in html
    assert "steps reused" in html
    assert Run.objects.get(pk=run.pk).state == "parked"
    client.post(path, {"mode": "step", "release": "same", "confirmed": "yes"})
    assert Run.objects.get(pk=run.pk).state == "queued"


def test_running_again_from_the_start_makes_a_new_run_in_its_place(
    world: World, as_person: Callable[[str], Client]
) -> None:
    run = world.runs["missing"]
    answer = as_person("operator").post(
        f"/admin/integrations/run/{run.pk}/retry/", {"mode": "start", "confirmed": "yes"}
    )
    again = Run.objects.get(retry_of=run)
    assert answer.headers["Location"] == f"/admin/integrations/run/{again.pk}/change/"
    assert (Run.objects.get(pk=run.pk).state, again.state) == ("cancelled", "queued")


def test_a_run_that_is_not_waiting_any_more_is_left_alone(
    world: World, as_person: Callable[[str], Client]
) -> None:
    run = world.runs["succeeded"]
    answer = as_person("operator").post(
        f"/admin/integrations/run/{run.pk}/retry/", {"confirmed": "yes"}, follow=True
    )
    assert "Nothing was changed" in answer.content.decode()
    assert Run.objects.get(pk=run.pk).state == "succeeded"


def test_cancelling_asks_first_and_says_what_it_leaves(
    world: World, as_person: Callable[[str], Client]
) -> None:
    run, client = world.runs["conflict"], as_person("operator")
    path = f"/admin/integrations/run/{run.pk}/cancel/"
    assert "Nothing that was written is undone." in client.get(path).content.decode()
    client.post(path, {"confirmed": "yes"})
    assert Run.objects.get(pk=run.pk).state == "cancelled"


@pytest.mark.parametrize("act", ["retry", "cancel", "give-up", "skip"])
@pytest.mark.parametrize("person", ["viewer", "steward", "builder", "releaser"])
def test_only_operators_act_on_runs(
    world: World, as_person: Callable[[str], Client], person: str, act: str
) -> None:
    run = world.runs["missing"]
    assert as_person(person).post(f"/admin/integrations/run/{run.pk}/{act}/").status_code == 403
    assert Run.objects.get(pk=run.pk).state == "parked"


def test_acts_fit_the_state_of_the_run(world: World, as_person: Callable[[str], Client]) -> None:
    client = as_person("operator")
    offered = {
        name: [
            act.title
            for act in client.get(f"/admin/integrations/run/{world.runs[name].pk}/change/").context["acts"]
        ]
        for name in ("missing", "running", "succeeded")
    }
    assert offered == {
        "missing": [
            "Retry from Map invoice",
            "Run again from the start",
            "Go on without Map invoice",
            "Cancel the run",
            "Give up",
        ],
        "running": ["Cancel the run"],
        "succeeded": [],
    }
