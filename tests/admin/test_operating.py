"""The engine in the admin: lanes and waits, giving up, going on without a step, limits of a connection, and the overview."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from integrations.access.models import AuditEntry
from integrations.failures.models import Failure
from integrations.limits.models import Breaker
from integrations.runs.models import Lane, Run, StepEntry
from integrations.tasks.models import Drain
from integrations.tasks.sweepers import say_swept
from integrations.vault.models import Connection
from tests.admin.things import FLOW
from tests.admin.world import World

RUN, FAILURE = "/admin/integrations/run/", "/admin/integrations/failure/"


@pytest.fixture
def client(as_person: Callable[[str], Client]) -> Client:
    return as_person("operator")


@pytest.fixture
def lane(world: World) -> Lane:
    """The run with the missing row holds a lane in which another waits."""
    head, behind = world.runs["missing"], world.runs["running"]
    made = Lane.objects.create(environment=world.prod, flow_key=FLOW, key="box-123", holder=head.pk)
    Run.objects.filter(pk=head.pk).update(lane=made, place=1)
    Run.objects.filter(pk=behind.pk).update(
        lane=made, place=2, state="queued", due_at=None, lease_until=None, started_at=None
    )
    return made


def page(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_runs_page_says_whose_turn_it_is(world: World, client: Client, lane: Lane) -> None:
    head, behind = world.runs["missing"].pk, world.runs["running"].pk
    assert "Lane box-123: 1 run waits behind this one." in page(client, f"{RUN}{head}/change/")
    shown = page(client, f"{RUN}{behind}/change/")
    assert f"Lane box-123: waits its turn behind run {head}, which waits for a person." in shown
    assert f'href="{RUN}{head}/change/">Open run {head}' in shown
    assert "Waits its turn" in page(client, f"{RUN}?lane__id__exact={lane.pk}")
    assert str(world.runs["running"]) in page(client, f"{RUN}?q=box-123")


def test_a_failure_says_what_it_blocks(world: World, client: Client, lane: Lane) -> None:
    assert "blocks 1" in page(client, FAILURE)
    shown = page(client, f"{FAILURE}{world.failures['missing'].pk}/change/")
    assert "1 run in the same lanes" in shown


def test_a_run_is_given_up_with_a_reason_that_its_page_keeps(
    world: World, client: Client, lane: Lane
) -> None:
    run = world.runs["missing"]
    here = f"{RUN}{run.pk}/give-up/"
    assert "The next of 1 that wait behind it in lane box-123 goes on." in page(client, here)
    assert client.post(here, {"note": " "}).status_code == 422
    assert client.post(here, {"note": "The deal was a test"}).status_code == 302
    run.refresh_from_db()
    assert run.state == "failed"
    assert "given up by operator: The deal was a test" in page(client, f"{RUN}{run.pk}/change/")
    assert Run.objects.get(pk=world.runs["running"].pk).due_at is not None
    assert AuditEntry.objects.filter(action="run.give_up", note="The deal was a test").exists()
    client.post(here, {"note": "Again"})
    assert AuditEntry.objects.filter(action="run.give_up", allowed=True).count() == 1


def test_a_run_goes_on_without_a_step_once_somebody_says_what_it_comes_to(
    world: World, client: Client
) -> None:
    run = world.runs["missing"]
    here = f"{RUN}{run.pk}/skip/"
    assert "Go on without “Map invoice”?" in page(client, here)
    refused = client.post(here, {"note": "By hand", "output": "{lines"})
    assert (refused.status_code, "This is not JSON" in refused.content.decode()) == (422, True)
    assert "{lines" in refused.content.decode()
    assert client.post(here, {"note": "By hand", "output": '{"lines": []}'}).status_code == 302
    run.refresh_from_db()
    assert run.state == "queued"
    last = StepEntry.objects.filter(run=run, path="lines").latest("attempt")
    assert (last.state, (last.problem or {})["sentence"]) == ("done", "Skipped by operator: By hand")
    answer = client.post(here, {"note": "By hand"}, follow=True)
    assert "is queued, it is not waiting" in answer.content.decode()


def test_several_failures_are_given_up_together_with_one_reason(world: World, client: Client) -> None:
    chosen = [world.failures[name].pk for name in ("missing", "conflict")]
    asked = {"action": "give_up_groups", "_selected_action": chosen}
    assert "Give up" in client.post(FAILURE, asked).content.decode()
    assert client.post(FAILURE, {**asked, "confirmed": "yes", "note": ""}).status_code == 422
    client.post(FAILURE, {**asked, "confirmed": "yes", "note": "Old deals"})
    assert set(
        Run.objects.filter(pk__in=[world.runs["missing"].pk, world.runs["conflict"].pk]).values_list(
            "state", flat=True
        )
    ) == {"failed"}
    assert set(Failure.objects.filter(pk__in=chosen).values_list("state", flat=True)) == {"resolved"}


def saved(client: Client, connection: Connection, **limits: str) -> str:
    """Save the connection's form with these limits; what the page then says is wrong."""
    given = {
        "name": connection.name,
        "base_url": connection.base_url,
        "mark": connection.mark,
        "setting-currency": "GBP",
    }
    answer = client.post(
        f"/admin/integrations/connection/{connection.pk}/change/",
        {**given, **{f"limits-{name.replace('_', '-')}": value for name, value in limits.items()}},
    )
    connection.refresh_from_db()
    return answer.content.decode() if answer.status_code == 422 else ""


def test_a_connection_gets_limits_of_its_own_in_words(
    world: World, as_person: Callable[[str], Client]
) -> None:
    client, crm = as_person("administrator"), world.connections["crm"]
    own = {
        "mode": "own",
        "scope": "account",
        "calls_0": "100",
        "count_0": "1",
        "unit_0": "m",
        "calls_1": "2500",
        "count_1": "1",
        "unit_1": "d",
    }
    assert saved(client, crm, **own, concurrent="4") == ""
    assert crm.own_limits == [
        {"scope": "account", "calls": 100, "per": "1m"},
        {"scope": "account", "calls": 2500, "per": "1d"},
        {"scope": "account", "concurrent": 4},
    ]
    shown = page(client, f"/admin/integrations/connection/{crm.pk}/change/")
    assert "100 calls a minute, 2,500 calls a day" in shown
    assert "the connector says:" in shown
    assert saved(client, crm, mode="none") == ""
    assert crm.own_limits == []
    assert saved(client, crm, mode="declared") == ""
    assert crm.own_limits is None


@pytest.mark.parametrize(
    ("limits", "words"),
    [
        ({"mode": "own"}, "say how many calls there may be"),
        ({"mode": "own", "calls_0": "many"}, "whole numbers from 1"),
        ({"mode": "own", "calls_0": "5", "count_0": "0"}, "whole numbers from 1"),
        ({"mode": "own", "calls_0": "5", "unit_0": "w"}, "seconds, minutes, hours or days"),
        ({"mode": "own", "concurrent": "-1"}, "whole number from 1"),
    ],
)
def test_limits_that_make_no_sense_are_refused_in_words(
    world: World, as_person: Callable[[str], Client], limits: dict[str, str], words: str
) -> None:
    crm = world.connections["crm"]
    assert words in saved(as_person("administrator"), crm, **limits)
    assert crm.own_limits is None


def test_the_overview_says_what_does_not_answer_and_how_the_engine_does(world: World, client: Client) -> None:
    assert "nobody is at work" in page(client, "/admin/")
    Drain.objects.create(owner="a", state="live", started_at=timezone.now(), heartbeat_at=timezone.now())
    say_swept()
    crm = world.connections["crm"]
    Breaker.objects.create(
        connection=crm, failures=5, open_since=timezone.now(), probe_at=timezone.now() + timedelta(minutes=1), note="Streak gave no answer."
    )  # fmt: skip
    shown = page(client, "/admin/")
    assert "nobody is at work" not in shown
    assert "Streak sales: not answering since" in shown
    assert "Streak gave no answer." in shown
    assert "1 of" in shown
    assert "for a person" in shown
    assert "Try now" in page(client, f"/admin/integrations/connection/{crm.pk}/change/")


def test_a_run_that_killed_its_worker_twice_says_so(world: World, client: Client) -> None:
    Failure.objects.filter(pk=world.failures["missing"].pk).update(code="kills_workers", kind="bug")
    shown = page(client, f"{RUN}{world.runs['missing'].pk}/change/")
    assert "Set aside: killed its worker twice" in shown
    assert "set aside" in page(client, "/admin/").lower()
