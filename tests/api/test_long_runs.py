"""A run with thousands of steps is told by its counts, and its steps page by page, in a few reads however long it is."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from integrations.live.topics import RunTopic
from integrations.runs.models import Run, StepEntry
from integrations.runs.progress import MANY
from tests.api.world import World, make_world

pytestmark = pytest.mark.django_db

ITEMS = 1_000


@pytest.fixture
def world() -> World:
    return make_world()


def attempt(
    run: Run, path: str, node: str, *, state: str = "done", number: int = 1, seq: int = 1
) -> StepEntry:
    now = timezone.now()
    return StepEntry(run=run, path=path, node=node, attempt=number, state=state, started_at=now, seq=seq)


def long_run(world: World, items: int = ITEMS) -> Run:
    """A loop over so many items with two steps each: one failed, one failed first and was done then, one is under way."""
    run = world.run(state=Run.State.RUNNING, started_at=timezone.now(), seq=10)
    rows = [attempt(run, "won", "won"), attempt(run, "each", "each", state="begun")]
    for number in range(items):
        rows.append(attempt(run, f"each[item-{number}]/price", "price"))
        state = {7: "fail", 8: "retry", 9: "begun"}.get(number, "done")
        rows.append(attempt(run, f"each[item-{number}]/write", "write", state=state))
    rows.append(attempt(run, "each[item-8]/write", "write", number=2, seq=9))
    StepEntry.objects.bulk_create(rows, batch_size=500)
    return run


def test_a_long_run_is_told_by_what_matters(world: World) -> None:
    run = long_run(world)
    told = world.client().get(f"/api/v1/runs/{run.pk}/").json()
    assert [one["path"] for one in told["steps"]] == [
        "won",
        "each",
        "each[item-7]/write",
        "each[item-9]/write",
    ]
    assert told["tallies"] == {
        "won": {"done": 1},
        "each": {"begun": 1},
        "price": {"done": ITEMS},
        "write": {"done": ITEMS - 2, "fail": 1, "begun": 1},
    }
    assert told["removed"] is False


def test_a_short_run_is_told_step_by_step(world: World) -> None:
    run = long_run(world, 20)
    told = world.client().get(f"/api/v1/runs/{run.pk}/").json()
    assert len(told["steps"]) == 42
    assert told["tallies"] == {}


def test_it_takes_the_same_few_reads_however_long_it_is(world: World) -> None:
    client, counts = world.client(), []
    for items in (300, 900):
        run = long_run(world, items)
        with CaptureQueriesContext(connection) as queries:
            answer = client.get(f"/api/v1/runs/{run.pk}/")
        counts.append(len(queries))
        assert len(answer.content) < 60_000
    assert counts[0] == counts[1]


def test_a_loop_that_fails_everywhere_stays_within_bounds(world: World) -> None:
    run = long_run(world)
    StepEntry.objects.filter(run=run).update(state="fail")
    told = world.client().get(f"/api/v1/runs/{run.pk}/").json()
    assert len(told["steps"]) <= MANY
    assert told["tallies"]["price"] == {"fail": ITEMS}


def test_the_steps_of_a_node_come_page_by_page(world: World) -> None:
    run, client = long_run(world), world.client()
    where, seen, cursor = f"/api/v1/runs/{run.pk}/steps/", [], None
    while True:
        asked: dict[str, str | int] = {
            "node": "write",
            "limit": 200,
            **({"cursor": cursor} if cursor else {}),
        }
        page = client.get(where, asked).json()
        seen += [one["path"] for one in page["results"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert len(seen) == len(set(seen)) == ITEMS
    failed = client.get(where, {"node": "write", "state": "fail"}).json()["results"]
    assert [one["path"] for one in failed] == ["each[item-7]/write"]
    again = client.get(where, {"node": "write", "key": "[item-8]"}).json()["results"]
    assert [(one["path"], one["attempt"]) for one in again] == [("each[item-8]/write", 2)]
    assert client.get(where).status_code == 400
    assert client.get(where, {"path": "each[item-3]/write"}).json()["node"] == "write"


def test_live_frames_of_a_long_run_are_small_too(world: World) -> None:
    run = long_run(world)
    topic = RunTopic(run.pk)
    whole = topic.snapshot()
    assert whole is not None
    assert len(whole.data["steps"]) < 20
    assert whole.data["tallies"]["price"] == {"done": ITEMS}
    news = topic.since(8)
    assert news is not None
    assert [one["path"] for one in news.data["steps"]] == []  # a step of an item that is done is only counted
    assert news.data["tallies"]["write"]["done"] == ITEMS - 2


@pytest.mark.thorough
def test_the_admin_pages_through_a_long_run(world: World) -> None:
    run = long_run(world)
    browser = Client()
    browser.force_login(world.people["admin"])
    where, seen = f"/admin/integrations/run/{run.pk}/change/", set()
    page = browser.get(where).content.decode()
    assert f"{2 * ITEMS + 3 - MANY} more follow" in page
    following = ""
    while True:
        html = browser.get(where + following).content.decode()
        seen |= {
            number for number in range(ITEMS) if f"· item-{number}<" in html or f"[item-{number}]" in html
        }
        start = html.find("?after=")
        if start < 0:
            break
        following = html[start : html.index('"', start)]
    assert seen == set(range(ITEMS))
