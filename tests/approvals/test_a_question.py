"""A question waits for weeks and across restarts; what a person says is written once, and the run goes on with it."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.utils import timezone

from connectors.sdk.wire import Json
from integrations.access.models import AuditEntry
from integrations.approvals import asking
from integrations.approvals.decide import NotWaiting, WrongAnswer, decide
from integrations.approvals.models import Approval
from integrations.failures import actions
from integrations.failures.models import Failure
from integrations.payloads import codec
from integrations.runs.models import Run
from tests.runs.carrying import arrive, carry, install, output_of, steps_of

pytestmark = pytest.mark.django_db

FORM: Json = [
    {"name": "discount", "title": "Discount", "kind": "decimal", "required": True},
    {"name": "why", "title": "Why", "kind": "text"},
    {"name": "terms", "title": "Terms", "kind": "choice", "choices": ["net 14", "net 30"]},
    {"name": "ship", "title": "Ship now", "kind": "yes_no"},
    {"name": "on", "title": "On", "kind": "date"},
]
MESSAGE: Json = {"$expr": '"Worth " & $event.total & "."'}
AFTER: Json = {"type": "map", "config": {"fields": {"by": {"$expr": "$steps.ask.by"}}}}


def asked(*ports: str, **config: Json) -> Run:
    """A run that has come to its question and waits."""
    ask = {
        "type": "approval",
        "config": {
            "title": {"$expr": '"Invoice " & $event.key & "?"'},
            "message": MESSAGE,
            "form": FORM,
            **config,
        },
    }
    ports = ports or ("approved", "rejected")
    ends = {f"after_{port}": AFTER for port in ports}
    release = install(
        {"ask": ask, **ends}, "start -> ask", *(f"ask.{port} -> after_{port}" for port in ports)
    )
    arrive(release, key="D1", total="4700.00")
    (run,) = carry()
    return run


@pytest.fixture
def jo(db: None) -> User:
    return User.objects.create(username="jo")


def the_one() -> Approval:
    return Approval.objects.get()


def decided_at(one: Approval) -> datetime:
    assert one.decided_at is not None
    return one.decided_at


def expires_at(one: Approval) -> datetime:
    assert one.expires_at is not None
    return one.expires_at


def test_a_run_parks_until_somebody_decides() -> None:
    run = asked()
    one = the_one()
    assert (run.state, run.reason, run.waits_for, run.due_at) == (
        "parked",
        "waiting",
        f"approval:{one.pk}",
        None,
    )
    assert (one.state, one.title, one.role, one.expires_at) == ("waiting", "Invoice D1?", "operator", None)
    assert codec.unpack(one.message) == "Worth 4700.00."
    fields = sorted(one.form["properties"].items(), key=lambda field: field[1]["x-order"])
    assert [name for name, _ in fields] == ["discount", "why", "terms", "ship", "on"]
    assert not Failure.objects.exists()
    assert carry() == []


def test_a_new_process_goes_on_with_the_decision(jo: User) -> None:
    asked()
    decide(the_one().pk, approve=True, answer={"discount": "12.50"}, by=jo, note="Go.")
    (run,) = carry()
    assert run.state == "succeeded"
    assert steps_of(run)["ask"] == ["wait", "done:approved"]
    assert steps_of(run)["after_rejected"] == ["skipped"]
    told = output_of(run, "ask")
    assert told == {
        "decision": "approved",
        "answer": {"discount": "12.50"},
        "by": "jo",
        "at": decided_at(the_one()).isoformat(),
        "note": "Go.",
    }
    assert output_of(run, "after_approved") == {"by": "jo"}
    entry = AuditEntry.objects.get()
    assert (entry.actor, entry.action, entry.environment, entry.note) == (
        "jo",
        "approval.decide",
        "dev",
        "approved: Go.",
    )


def test_taking_the_run_up_early_asks_no_second_time() -> None:
    run = asked(expires_days=2)
    until = the_one().expires_at
    actions.retry(run.pk, by="somebody")
    (run,) = carry()
    assert (run.state, run.reason, run.due_at) == ("parked", "waiting", until)
    assert steps_of(run)["ask"] == ["wait", "wait"]
    assert the_one().expires_at == until


def test_a_rejection_needs_no_form_and_takes_its_own_way(jo: User) -> None:
    asked()
    decide(the_one().pk, approve=False, by=jo, note="Too early.")
    (run,) = carry()
    assert steps_of(run)["ask"][-1] == "done:rejected"
    assert output_of(run, "ask")["answer"] is None


def test_a_rejection_without_a_way_ends_the_run_as_filtered(jo: User) -> None:
    asked("approved")
    decide(the_one().pk, approve=False, by=jo)
    (run,) = carry()
    assert (run.state, run.result) == ("succeeded", "filtered")


@pytest.mark.parametrize(
    ("answer", "pointers"),
    [
        (None, ["/discount"]),
        ({"discount": 12.5}, ["/discount"]),
        ({"discount": "much"}, ["/discount"]),
        ({"discount": "1", "terms": "net 90", "ship": "yes", "on": "soon"}, ["/on", "/ship", "/terms"]),
        ({"discount": "1", "extra": 1, "more": 2}, ["/extra", "/more"]),
        ("1", [""]),
    ],
)
def test_a_wrong_answer_is_refused_with_every_place(answer: Json, pointers: list[str], jo: User) -> None:
    asked()
    with pytest.raises(WrongAnswer) as refused:
        decide(the_one().pk, approve=True, answer=answer, by=jo)
    assert sorted(pointer for pointer, _ in refused.value.findings) == pointers
    assert the_one().state == "waiting"
    assert carry() == []
    assert not AuditEntry.objects.exists()


def test_a_second_decision_is_told_who_was_first(jo: User) -> None:
    asked()
    decide(the_one().pk, approve=True, answer={"discount": "1"}, by=jo)
    with pytest.raises(NotWaiting, match=r"^jo has approved this on ") as late:
        decide(the_one().pk, approve=False, by=User.objects.create(username="kim"))
    assert late.value.approval.decided_by == "jo"
    assert AuditEntry.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_who_decide_at_once_one_is_heard(jo: User) -> None:
    asked()
    number, kim, together = the_one().pk, User.objects.create(username="kim"), Barrier(2, timeout=60)

    def say(who: User) -> str:
        together.wait()
        try:
            return decide(number, approve=who == jo, answer={"discount": "1"}, by=who).decided_by
        except NotWaiting as late:
            return f"late: {late.approval.decided_by}"
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        said = [one.result(60) for one in (pool.submit(say, jo), pool.submit(say, kim))]
    heard = next(one for one in said if not one.startswith("late"))
    assert sorted(said) == sorted([heard, f"late: {heard}"])
    (run,) = carry()
    assert output_of(run, "ask")["by"] == heard


def past(approval: Approval) -> None:
    """Its time is over."""
    over = timezone.now() - timedelta(seconds=1)
    Approval.objects.filter(pk=approval.pk).update(expires_at=over)
    Run.objects.filter(pk=approval.run_id).update(due_at=over)


def test_a_question_nobody_answers_expires(jo: User) -> None:
    asked("approved", "expired", expires_days=2)
    assert expires_at(the_one()) - the_one().asked_at == timedelta(days=2)
    past(the_one())
    with pytest.raises(NotWaiting, match=r"^The time to decide is over\.$"):
        decide(the_one().pk, approve=True, answer={"discount": "1"}, by=jo)
    (run,) = carry()
    assert (run.state, the_one().state) == ("succeeded", "expired")
    assert steps_of(run)["ask"] == ["wait", "done:expired"]


def test_without_a_way_for_it_an_expiry_is_a_failure_and_a_retry_asks_anew(jo: User) -> None:
    run = asked("approved", expires_days=2)
    past(the_one())
    (run,) = carry()
    assert (run.state, run.reason) == ("parked", "person")
    assert Failure.objects.get().code == "approval_expired"
    actions.retry(run.pk, by="somebody")
    (run,) = carry()
    assert (run.state, run.reason, run.waits_for) == ("parked", "waiting", f"approval:{the_one().pk}")
    assert expires_at(the_one()) > timezone.now() + timedelta(days=1)
    decide(the_one().pk, approve=True, answer={"discount": "1"}, by=jo)
    (run,) = carry()
    assert run.state == "succeeded"


def test_cancelling_the_run_withdraws_its_question(jo: User) -> None:
    run = asked()
    actions.cancel(run.pk, by="somebody")
    assert the_one().state == "withdrawn"
    with pytest.raises(NotWaiting, match=r"^The run was ended"):
        decide(the_one().pk, approve=True, answer={"discount": "1"}, by=jo)


def test_questions_of_runs_that_ended_otherwise_are_withdrawn_by_a_chore() -> None:
    run = asked()
    assert asking.withdraw_ended() == 0
    Run.objects.filter(pk=run.pk).update(state=Run.State.FAILED)
    assert asking.withdraw_ended() == 1
    assert the_one().state == "withdrawn"


def test_a_decision_between_the_question_and_the_parking_is_not_slept_through(
    jo: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The run reads "open" and is about to park; the decision comes first."""
    meet = asking.meet

    def decided_meanwhile(*arguments: object) -> Approval:
        one = meet(*arguments)  # type: ignore[arg-type]  # passed on as it came
        decide(one.pk, approve=True, answer={"discount": "1"}, by=jo)
        return one

    monkeypatch.setattr(asking, "meet", decided_meanwhile)
    run = asked()
    assert (run.state, run.reason) == ("parked", "waiting")
    monkeypatch.undo()
    assert run.due_at is not None
    assert run.due_at <= timezone.now()
