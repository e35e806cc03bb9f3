"""What a person or a program does to a run: retry, cancel, decide, and each of it once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone
from rest_framework.test import APIClient

from integrations.access.models import AuditEntry
from integrations.api.idempotency import KEPT_FOR
from integrations.api.models import KeptAnswer
from integrations.effects.models import Effect
from integrations.runs.models import Run
from tests.api.test_runs import queries
from tests.api.world import FLOW, World, make_world


def test_a_parked_run_is_retried_at_its_step(world: World) -> None:
    run = world.run(state=Run.State.PARKED, reason="person")
    answer = world.client("operator").post(f"/api/v1/runs/{run.pk}/retry/", {"mode": "step"}, format="json")
    assert (answer.status_code, answer.json()["id"], answer.json()["state"]) == (200, run.pk, "queued")
    entry = AuditEntry.objects.get(action="run.retry")
    assert (entry.actor, entry.target, entry.environment, entry.allowed) == (
        "operator",
        f"run {run.pk}",
        "dev",
        True,
    )


def test_from_the_start_makes_a_new_run_in_its_place(world: World) -> None:
    run = world.run(state=Run.State.PARKED)
    body = {"mode": "start", "release": "current", "input": {"key": "agxBOX2"}}
    shown = world.client("operator").post(f"/api/v1/runs/{run.pk}/retry/", body, format="json").json()
    assert shown["retry_of"] == run.pk != shown["id"]
    run.refresh_from_db()
    assert run.state == Run.State.CANCELLED


@pytest.mark.parametrize("state", [Run.State.RUNNING, Run.State.SUCCEEDED, Run.State.CANCELLED])
def test_a_run_that_does_not_wait_is_not_retried(world: World, state: Run.State) -> None:
    run = world.run(state=state)
    answer = world.client("operator").post(f"/api/v1/runs/{run.pk}/retry/", {"mode": "step"}, format="json")
    assert (answer.status_code, answer.json()["code"]) == (409, "not_parked")
    assert not AuditEntry.objects.filter(action="run.retry").exists()


def test_a_mode_there_is_not_is_refused(world: World) -> None:
    run = world.run(state=Run.State.PARKED)
    answer = world.client("operator").post(f"/api/v1/runs/{run.pk}/retry/", {"mode": "twice"}, format="json")
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (400, "/mode")


@pytest.mark.parametrize("who", ["viewer", "builder", "steward", "releaser"])
def test_only_operators_retry_and_the_attempt_is_audited(world: World, who: str) -> None:
    run = world.run(state=Run.State.PARKED)
    answer = world.client(who).post(f"/api/v1/runs/{run.pk}/retry/", {}, format="json")
    assert answer.status_code == 403
    assert AuditEntry.objects.get(action="run.retry").allowed is False


def test_the_plan_of_a_retry_says_what_is_reused_and_what_is_looked_up(world: World) -> None:
    run = world.run(state=Run.State.PARKED)
    world.step(run, "deal")
    world.step(run, "invoice", state="fail")
    done = world.effect(run)
    open_effect = world.effect(run, state=Effect.State.UNKNOWN)
    plan = world.client().get(f"/api/v1/runs/{run.pk}/retry-plan/").json()
    assert (plan["reused"], plan["again"]) == (["deal"], ["invoice"])
    assert [one["id"] for one in plan["confirmed"]] == [done.pk]
    assert [one["id"] for one in plan["unknown"]] == [open_effect.pk]


def test_cancel_answers_with_the_state_that_was_reached(world: World) -> None:
    waiting, over = world.run(), world.run(state=Run.State.SUCCEEDED)
    client = world.client("operator")
    assert client.post(f"/api/v1/runs/{waiting.pk}/cancel/").json()["state"] == "cancelled"
    assert client.post(f"/api/v1/runs/{over.pk}/cancel/").json()["state"] == "succeeded"


def test_a_person_keeps_what_was_made_first(world: World) -> None:
    run = world.run(state=Run.State.PARKED, reason="person")
    effect = world.effect(run)
    world.step(run, "invoice", state="fail", effect=effect)
    client = world.client("operator")
    unwanted = client.post(
        f"/api/v1/runs/{run.pk}/decide/", {"decision": "never_happened", "reason": "x"}, format="json"
    )
    assert (unwanted.status_code, unwanted.json()["code"]) == (409, "no_decision")
    shown = client.post(f"/api/v1/runs/{run.pk}/decide/", {"decision": "keep_first"}, format="json")
    assert (shown.status_code, shown.json()["state"]) == (200, "queued")


def test_making_it_again_needs_a_reason(world: World) -> None:
    run = world.run(state=Run.State.PARKED)
    answer = world.client("operator").post(
        f"/api/v1/runs/{run.pk}/decide/", {"decision": "make_again"}, format="json"
    )
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (400, "/reason")


def test_the_same_key_is_done_once_and_answered_alike(world: World) -> None:
    run = world.run(state=Run.State.PARKED)
    client, url = world.client("operator"), f"/api/v1/runs/{run.pk}/retry/"
    first = client.post(url, {"mode": "start"}, format="json", headers={"Idempotency-Key": "k1"})
    second = client.post(url, {"mode": "start"}, format="json", headers={"Idempotency-Key": "k1"})
    assert (first.status_code, second.status_code) == (200, 200)
    assert second.json() == first.json()
    assert second["Idempotent-Replayed"] == "true"
    assert "Idempotent-Replayed" not in first
    assert Run.objects.filter(retry_of=run).count() == 1


def test_a_key_belongs_to_one_request_and_one_caller(world: World) -> None:
    run, other = world.run(state=Run.State.PARKED), world.run(state=Run.State.PARKED)
    client, key = world.client("operator"), {"Idempotency-Key": "k1"}
    client.post(f"/api/v1/runs/{run.pk}/retry/", {"mode": "step"}, format="json", headers=key)
    reused = client.post(f"/api/v1/runs/{other.pk}/retry/", {"mode": "step"}, format="json", headers=key)
    assert (reused.status_code, reused.json()["code"]) == (422, "idempotency_key_reused")
    by_admin = world.client("admin").post(
        f"/api/v1/runs/{other.pk}/retry/", {"mode": "step"}, format="json", headers=key
    )
    assert by_admin.status_code == 200


def test_a_refusal_is_not_kept_so_that_the_key_can_be_used_again(world: World) -> None:
    run = world.run(state=Run.State.RUNNING)
    client, url, key = world.client("operator"), f"/api/v1/runs/{run.pk}/retry/", {"Idempotency-Key": "k1"}
    assert client.post(url, {}, format="json", headers=key).status_code == 409
    assert not KeptAnswer.objects.exists()
    Run.objects.filter(pk=run.pk).update(state=Run.State.PARKED)
    assert client.post(url, {}, format="json", headers=key).status_code == 200


def test_after_a_day_a_key_is_free_again(world: World) -> None:
    run, other = world.run(state=Run.State.PARKED), world.run(state=Run.State.PARKED)
    client, key = world.client("operator"), {"Idempotency-Key": "k1"}
    client.post(f"/api/v1/runs/{run.pk}/retry/", {}, format="json", headers=key)
    KeptAnswer.objects.update(at=timezone.now() - KEPT_FOR - timedelta(seconds=1))
    assert client.post(f"/api/v1/runs/{other.pk}/retry/", {}, format="json", headers=key).status_code == 200
    assert KeptAnswer.objects.count() == 1


def test_the_plan_of_a_retry_takes_the_same_number_of_queries_however_many_effects(world: World) -> None:
    run, client = world.run(state=Run.State.PARKED), world.client()
    world.effect(run)
    few = queries(client, f"/api/v1/runs/{run.pk}/retry-plan/")
    for _ in range(5):
        world.effect(run)
    assert queries(client, f"/api/v1/runs/{run.pk}/retry-plan/") == few


@pytest.mark.django_db(transaction=True)
def test_two_equal_posts_at_the_same_time_are_done_once(transactional_db: None) -> None:
    world = make_world()
    body, url = {"environment": "dev", "data": {}}, f"/api/v1/flows/{FLOW}/trigger/"
    clients = [world.client("operator") for _ in range(4)]

    def post(client: APIClient) -> int:
        try:
            return int(
                client.post(url, body, format="json", headers={"Idempotency-Key": "k"}).json()["run"]["id"]
            )
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        answered = set(pool.map(post, clients))
    assert answered == {Run.objects.get().pk}
