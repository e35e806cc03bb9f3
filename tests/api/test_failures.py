"""The error inbox over REST: groups with their runs and money, and what operators do."""

from decimal import Decimal

from integrations.failures.models import Failure
from integrations.runs.models import Run
from tests.api.test_runs import queries
from tests.api.world import FLOW, World


def test_a_group_shows_the_money_of_its_parked_runs_exactly_and_by_currency(world: World) -> None:
    runs = [world.run(amount=Decimal("0.10"), currency="GBP") for _ in range(3)]
    world.failure(*runs, world.run(amount=Decimal("12.345"), currency="EUR"), world.run())
    (shown,) = world.client().get("/api/v1/failures/?state=open").json()["results"]
    assert shown["money"] == [{"amount": "12.345", "currency": "EUR"}, {"amount": "0.30", "currency": "GBP"}]
    assert (shown["open"], shown["count"], shown["verdict"]) == (5, 5, "config")
    assert (shown["flow"], shown["environment"], shown["node"]) == (FLOW, "dev", "lines")
    assert shown["info"] == {"table": "product_gl", "key": ["Antiques"]}


def test_the_inbox_takes_the_same_number_of_queries_however_long_it_is(world: World) -> None:
    client = world.client()
    world.failure(world.run(amount=Decimal(1), currency="GBP"))
    few = queries(client, "/api/v1/failures/")
    for _ in range(8):
        world.failure(world.run(amount=Decimal(1), currency="GBP"))
    assert queries(client, "/api/v1/failures/") == few <= 6


def test_pages_go_on_where_the_last_one_ended(world: World) -> None:
    made = [world.failure(world.run()).pk for _ in range(3)]
    client = world.client()
    first = client.get("/api/v1/failures/?limit=2").json()
    second = client.get("/api/v1/failures/", {"limit": 2, "cursor": first["next"]}).json()
    assert [one["id"] for one in (*first["results"], *second["results"])] == made[::-1]


def test_one_group_shows_its_parked_runs(world: World) -> None:
    run = world.run()
    failure = world.failure(run)
    shown = world.client().get(f"/api/v1/failures/{failure.pk}/").json()
    assert [one["id"] for one in shown["runs"]] == [run.pk]


def test_retrying_a_group_retries_all_its_runs(world: World) -> None:
    runs = [world.run(), world.run()]
    failure = world.failure(*runs)
    answer = world.client("operator").post(
        f"/api/v1/failures/{failure.pk}/retry/", {"mode": "step"}, format="json"
    )
    assert answer.json() == {"retried": 2, "skipped": []}
    assert set(Run.objects.values_list("state", flat=True)) == {Run.State.QUEUED}


def test_ignoring_cancels_resolving_leaves_and_a_note_stays(world: World) -> None:
    run, other = world.run(), world.run()
    ignored, resolved = world.failure(run), world.failure(other)
    client = world.client("operator")
    shown = client.post(
        f"/api/v1/failures/{ignored.pk}/ignore/", {"note": "A test deal."}, format="json"
    ).json()
    assert (shown["state"], shown["note"]) == ("ignored", "A test deal.")
    assert client.post(f"/api/v1/failures/{resolved.pk}/resolve/").json()["state"] == "resolved"
    noted = client.post(f"/api/v1/failures/{resolved.pk}/note/", {"note": "Asked Maya."}, format="json")
    assert noted.json()["note"] == "Asked Maya."
    states = dict(Run.objects.values_list("pk", "state"))
    assert states == {run.pk: Run.State.CANCELLED, other.pk: Run.State.PARKED}


def test_states_that_are_not_there_are_refused(world: World) -> None:
    assert world.client().get("/api/v1/failures/?state=lost").status_code == 400


def test_who_may_not_see_an_environment_does_not_see_its_failures(world: World) -> None:
    failure = world.failure(world.run())
    client = world.client("prod_viewer")
    assert client.get("/api/v1/failures/").json()["results"] == []
    assert client.get(f"/api/v1/failures/{failure.pk}/").status_code == 404
    assert Failure.objects.count() == 1
