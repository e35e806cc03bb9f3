"""Questions over REST: what waits for whom, and a decision that is made once."""

from typing import Any

import pytest
from django.utils import timezone

from integrations.access.models import AuditEntry, Role
from integrations.approvals.models import Approval
from integrations.runs.models import Run
from tests.api.test_runs import queries
from tests.api.world import ASKED, FLOW, World

URL = "/api/v1/approvals/"


def decide(world: World, who: str, one: Approval, **body: Any) -> Any:
    return world.client(who).post(f"{URL}{one.pk}/decide/", body, format="json")


def test_the_list_says_what_waits_and_for_whom(world: World) -> None:
    mine, theirs = world.ask(), world.ask(role=Role.RELEASER)
    world.ask(state="approved", decided_by="jo", decided_at=timezone.now())
    shown = world.client("operator").get(f"{URL}?state=waiting&environment=dev").json()["results"]
    assert [(one["id"], one["role"], one["may_decide"]) for one in shown] == [
        (theirs.pk, "releaser", False),
        (mine.pk, "operator", True),
    ]
    assert shown[1]["flow"]["key"] == FLOW
    assert (shown[1]["run"], shown[1]["run_title"]) == (mine.run_id, "Acme - 40 chairs")
    assert "message" not in shown[1]


def test_the_list_can_be_asked_for_one_run(world: World) -> None:
    one, _ = world.ask(), world.ask()
    shown = world.client().get(f"{URL}?run={one.run_id}").json()["results"]
    assert [found["id"] for found in shown] == [one.pk]
    assert world.client().get(f"{URL}?run=x").json()["code"] == "invalid"
    assert world.client().get(f"{URL}?state=asleep").json()["code"] == "invalid"


def test_the_list_takes_the_same_number_of_queries_however_long_it_is(world: World) -> None:
    client = world.client()
    world.ask()
    few = queries(client, URL)
    for _ in range(5):
        world.ask()
    assert queries(client, URL) == few <= 6


def test_one_question_shows_its_message_and_form(world: World) -> None:
    shown = world.client("viewer").get(f"{URL}{world.ask().pk}/").json()
    assert (shown["message"], shown["form"], shown["answer"]) == ("Worth 4700.00.", ASKED, None)
    assert shown["may_decide"] is False


def test_a_decision_is_written_and_the_run_is_due(world: World) -> None:
    one = world.ask()
    answer = decide(world, "operator", one, approve=True, answer={"discount": "5"}, note="Go.")
    assert answer.status_code == 200, answer.json()
    shown = answer.json()
    assert (shown["state"], shown["decided_by"], shown["note"]) == ("approved", "operator", "Go.")
    assert shown["answer"] == {"discount": "5"}
    run = Run.objects.get(pk=one.run_id)
    assert run.due_at is not None
    assert run.due_at <= timezone.now()
    assert AuditEntry.objects.get(action="approval.decide").target == f"approval {one.pk}"


def test_a_second_decision_is_told_who_was_first(world: World) -> None:
    one = world.ask()
    decide(world, "operator", one, approve=False)
    late = decide(world, "admin", one, approve=True, answer={"discount": "5"})
    assert (late.status_code, late.json()["code"]) == (409, "already_decided")
    assert late.json()["detail"].startswith("operator has rejected this")


def test_a_withdrawn_question_is_not_decided(world: World) -> None:
    one = world.ask(state="withdrawn", decided_at=timezone.now())
    late = decide(world, "operator", one, approve=True, answer={"discount": "5"})
    assert (late.status_code, late.json()["code"]) == (409, "approval_withdrawn")


def test_a_wrong_answer_is_refused_with_its_places(world: World) -> None:
    refused = decide(world, "operator", world.ask(), approve=True, answer={"discount": 5})
    assert refused.status_code == 400
    assert [error["pointer"] for error in refused.json()["errors"]] == ["/answer/discount"]


@pytest.mark.parametrize(("who", "role"), [("viewer", Role.OPERATOR), ("operator", Role.RELEASER)])
def test_who_has_another_role_is_refused_and_that_is_audited(world: World, who: str, role: str) -> None:
    one = world.ask(role=role)
    refused = decide(world, who, one, approve=True, answer={"discount": "5"})
    assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")
    one.refresh_from_db()
    assert one.state == "waiting"
    assert AuditEntry.objects.filter(allowed=False, actor=who).count() == 1


def test_the_same_decision_sent_twice_with_a_key_answers_twice_the_same(world: World) -> None:
    one, client = world.ask(), world.client("operator")
    body = {"approve": True, "answer": {"discount": "5"}}
    first, again = (
        client.post(f"{URL}{one.pk}/decide/", body, format="json", headers={"Idempotency-Key": "k1"})
        for _ in range(2)
    )
    assert first.status_code == again.status_code == 200
    assert again.headers["Idempotent-Replayed"] == "true"
