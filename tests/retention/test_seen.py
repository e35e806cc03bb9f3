"""People see what is kept and for how long, hold what must stay, and read "removed" where data was; no table is forgotten."""

import json
from pathlib import Path

import pytest
from django.apps import apps
from django.test import Client

from connectors.sdk.wire import Json
from integrations.access.models import AuditEntry
from integrations.approvals.models import Approval
from integrations.engine.schema_check import Violation, violations
from integrations.memory import forget_everything
from integrations.retention.kept import KEPT
from integrations.retention.models import Hold
from integrations.retention.policy import NAMES
from integrations.runs.models import Run
from tests.api.world import World, make_world
from tests.retention.past import flow_of, past_run, question_of
from tests.retention.test_sweep import swept

SCHEMA = Path(__file__).parents[2] / "integrations" / "engine" / "graph.schema.json"
pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return make_world()


@pytest.fixture
def old(world: World) -> Run:
    """A run of 40 days ago whose data has been removed."""
    run = past_run(flow_of(world.dev, "contacts"), 40)
    question_of(run)
    swept()
    return run


def admin(world: World) -> Client:
    client = Client()
    client.force_login(world.people["admin"])
    return client


def test_every_table_has_a_statement_of_what_becomes_of_its_rows() -> None:
    tables = {model._meta.label for model in apps.get_models() if not model._meta.proxy}
    assert set(KEPT) == tables
    assert all(statement.endswith(".") for statement in KEPT.values())


def test_removed_data_reads_as_removed(world: World, old: Run) -> None:
    client = world.client()
    event = client.get(f"/api/v1/events/{old.event_id}/").json()
    assert event["data"] == {"$removed": {"after_days": 30}}
    run = client.get(f"/api/v1/runs/{old.pk}/").json()
    assert (run["steps"], run["removed"]) == ([], True)
    effect = client.get("/api/v1/effects/", {"far_id": f"inv-{old.pk}"}).json()["results"][0]
    told = client.get(f"/api/v1/effects/{effect['id']}/").json()
    assert (told["payload"], told["result"], told["amount"]["amount"]) == (
        None,
        {"id": f"inv-{old.pk}"},
        "12.50",
    )
    question = Approval.objects.get(run=old)
    assert (
        client.get(f"/api/v1/approvals/{question.pk}/").json()["message"]
        == "Removed 30 days after the run had ended."
    )


def test_a_run_that_has_not_begun_has_lost_nothing(world: World) -> None:
    run = past_run(flow_of(world.dev, "contacts"), 1, steps=0)
    assert world.client().get(f"/api/v1/runs/{run.pk}/").json()["removed"] is True
    Run.objects.filter(pk=run.pk).update(started_at=None)
    assert world.client().get(f"/api/v1/runs/{run.pk}/").json()["removed"] is False


def test_the_admin_shows_that_it_was_removed(world: World, old: Run) -> None:
    browser = admin(world)
    assert (
        "Removed 30 days after"
        in browser.get(f"/admin/integrations/event/{old.event_id}/change/").content.decode()
    )
    page = browser.get(f"/admin/integrations/run/{old.pk}/change/").content.decode()
    assert "were removed" in page
    question = Approval.objects.get(run=old)
    shown = browser.get(f"/admin/integrations/approval/{question.pk}/change/").content.decode()
    assert "Removed 30 days after the run had ended." in shown


def test_the_report_says_what_was_removed_and_what_is_due(world: World, old: Run) -> None:
    past_run(flow_of(world.dev, "orders"), 33)
    forget_everything()
    told = world.client("viewer").get("/api/v1/retention/").json()
    by_flow = {one["flow"]: one for one in told["flows"] if one["environment"] == "dev"}
    steps = {one["klass"]: one for one in by_flow["contacts"]["classes"]}["steps"]
    assert (steps["days"], steps["says"], steps["due"]) == (30, "installation", 0)
    assert steps["removed"] == 3  # two steps and a question
    waiting = {one["klass"]: one["due"] for one in by_flow["orders"]["classes"]}
    assert waiting == {"exchanges": 1, "steps": 1, "events": 1, "runs": 0}
    page = admin(world).get("/admin/integrations/retentionmark/").content.decode()
    assert "contacts" in page
    assert "Calls and stored requests" in page


def test_the_report_shows_only_what_one_may_see(world: World, old: Run) -> None:
    flows = world.client("prod_viewer").get("/api/v1/retention/").json()["flows"]
    assert {one["environment"] for one in flows} <= {"prod"}


def test_holds_are_placed_and_released_over_rest(world: World) -> None:
    client, run = world.client(), past_run(flow_of(world.dev, "contacts"), 40)
    asked = {"environment": "dev", "run": run.pk, "reason": "An audit."}
    made = client.post("/api/v1/retention/holds/", asked, format="json")
    assert made.status_code == 201
    assert (made.json()["placed_by"], made.json()["released_at"]) == ("admin", None)
    swept()
    assert run.steps.count() == 2
    where = f"/api/v1/retention/holds/{made.json()['id']}/release/"
    assert client.post(where).json()["released_by"] == "admin"
    assert client.post(where).status_code == 409
    assert AuditEntry.objects.filter(action="retention.hold").count() == 2
    listed = client.get("/api/v1/retention/holds/", {"environment": "dev"}).json()["results"]
    assert [one["id"] for one in listed] == [made.json()["id"]]


def test_a_run_of_another_environment_is_not_held(world: World) -> None:
    run = past_run(flow_of(world.dev, "contacts"), 40)
    asked = {"environment": "prod", "run": run.pk, "reason": "An audit."}
    assert world.client().post("/api/v1/retention/holds/", asked, format="json").status_code == 400


def test_holds_are_placed_and_released_in_the_admin(world: World) -> None:
    browser = admin(world)
    form = {"environment": world.dev.pk, "flow_key": "contacts", "run_number": "", "reason": "An audit."}
    browser.post("/admin/integrations/hold/add/", form)
    hold = Hold.objects.get()
    assert (hold.placed_by, hold.flow_key) == ("admin", "contacts")
    assert "Stands" in browser.get(f"/admin/integrations/hold/{hold.pk}/change/").content.decode()
    browser.post(f"/admin/integrations/hold/{hold.pk}/release/", {"confirmed": "yes"})
    hold.refresh_from_db()
    assert hold.released_at is not None


def test_an_environment_says_for_how_long(world: World) -> None:
    browser = admin(world)
    url = f"/admin/integrations/environment/{world.dev.pk}/change/"
    form = {"name": "Development", "order": 1, "steps_days": 7, "runs_days": ""}
    assert browser.post(url, {**form, "events_days": -1}).status_code == 200  # shown again
    assert browser.post(url, form).status_code == 302
    world.dev.refresh_from_db()
    assert world.dev.retention == {"steps_days": 7}
    assert 'value="7"' in browser.get(url).content.decode()
    run = past_run(flow_of(world.dev, "contacts"), 8)
    swept()
    assert run.steps.count() == 0


def check_flow(retention: Json) -> list[Violation]:
    """What the graph's schema says about a flow with these settings."""
    schema = json.loads(SCHEMA.read_text())
    document = {"format": 1, "key": "deals", "nodes": {}, "edges": {}, "settings": {"retention": retention}}
    return list(violations(schema, document))


@pytest.mark.parametrize("days", [0, 30, 36_500])
def test_a_flow_may_say_so(days: int) -> None:
    assert check_flow(dict.fromkeys(NAMES.values(), days)) == []


@pytest.mark.parametrize(
    "said", [{"steps_days": -1}, {"steps_days": "30"}, {"weeks": 3}, {"steps_days": 36_501}]
)
def test_a_flow_may_not_say_nonsense(said: dict[str, object]) -> None:
    assert check_flow(said) != []
