"""What is past its time goes, a little at a time; what is needed stays, however often and by however many it is swept."""

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.models import QuerySet
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from integrations.approvals.models import Approval
from integrations.effects.content import About, about_of
from integrations.effects.models import CrossReference, Effect, EffectKey
from integrations.failures.models import Failure, Occurrence
from integrations.ingress.models import Event
from integrations.lists.models import ListPage
from integrations.memory import forget_everything
from integrations.payloads import codec
from integrations.payloads.models import Payload
from integrations.retention import sweep
from integrations.retention.holds import place, release
from integrations.retention.models import Klass, Remainder, RetentionMark
from integrations.retention.removal import REMOVE
from integrations.retention.sweep import Sweeper
from integrations.retention.tidy import tidy
from integrations.runs.models import Exchange, Lane, Run, StepEntry
from integrations.runs.numbers import first_since
from tests.retention.past import (
    environment,
    failed_once,
    flow_of,
    lane_of,
    large_output,
    long_list,
    past_run,
    question_of,
)

pytestmark = pytest.mark.django_db

GONE = {"$removed": {"after_days": 30}}


def swept(share: float = 60.0) -> int:
    """Sweep until nothing is due, asking for every policy anew."""
    forget_everything()
    return Sweeper(share=share).sweep()


def tomorrow(monkeypatch: pytest.MonkeyPatch, days: float = 1.1) -> None:
    """The sweep's clock goes on."""
    real = timezone.now
    monkeypatch.setattr("django.utils.timezone.now", lambda: real() + timedelta(days=days))


def steps_left(run: Run) -> int:
    return StepEntry.objects.filter(run=run).count()


# -- what goes and what stays -----------------------------------------------------------------------------------------


def test_after_thirty_days_data_is_gone_and_books_are_not() -> None:
    flow = flow_of(environment())
    old, young = past_run(flow, 31), past_run(flow, 29)
    payload, question, failure = large_output(old), question_of(old), failed_once(old)
    long_list(old)
    long_list(young)
    assert swept() > 0

    assert (steps_left(old), steps_left(young)) == (0, 2)
    assert set(ListPage.objects.values_list("run_id", flat=True)) == {young.pk}
    assert list(Exchange.objects.values_list("run_id", flat=True)) == [young.pk]
    assert not Payload.objects.filter(pk=payload.pk).exists()
    old.refresh_from_db()
    assert (old.title, old.state, codec.unpack(old.event.data)) == ("40 lamps", "succeeded", GONE)
    assert codec.unpack(Event.objects.get(runs=young).data) == {"name": "Ann Person"}
    asked = Approval.objects.get(pk=question.pk)
    assert (asked.decided_by, codec.unpack(asked.message), codec.unpack(asked.answer)) == ("olga", GONE, GONE)
    happened = Occurrence.objects.get(pk=failure.pk)
    assert (happened.detail, happened.payloads) == ("", None)

    effect = Effect.objects.get(run=old)
    assert (effect.request, effect.payload_hash, str(effect.amount)) == (None, "h" * 64, "12.5000")
    assert codec.unpack(effect.output) == {"id": f"inv-{old.pk}"}
    assert Effect.objects.get(run=young).request is not None
    assert CrossReference.objects.count() == EffectKey.objects.count() == 2


def test_after_four_hundred_days_the_run_is_gone_and_its_effects_know_its_number() -> None:
    flow = flow_of(environment())
    old = past_run(flow, 401)
    lane, payload = lane_of(old), large_output(old)
    question_of(old)
    failed_once(old)
    swept()
    assert not Run.objects.exists()
    assert not Event.objects.exists()
    assert not StepEntry.objects.exists()
    assert not Occurrence.objects.exists()
    assert not Approval.objects.exists()
    assert not Lane.objects.filter(pk=lane.pk).exists()
    assert not Payload.objects.filter(pk=payload.pk).exists()
    effect = Effect.objects.get()
    assert (effect.run_id, effect.run_number) == (None, old.pk)
    assert CrossReference.objects.get().source_id == f"box-{old.pk}"


@pytest.mark.parametrize("state", ["queued", "running", "parked"])
def test_nothing_goes_of_a_run_that_has_not_ended(state: str, monkeypatch: pytest.MonkeyPatch) -> None:
    run = past_run(flow_of(environment()), 500, state=state, ended_at=None)
    swept()
    assert steps_left(run) == 2
    assert codec.unpack(Event.objects.get().data) == {"name": "Ann Person"}
    assert Remainder.objects.filter(run_number=run.pk).count() == len(Klass)

    Run.objects.filter(pk=run.pk).update(state="failed", ended_at=timezone.now())
    tomorrow(monkeypatch)
    swept()
    assert steps_left(run) == 2  # its days begin with its end
    tomorrow(monkeypatch, 32)
    swept()
    assert steps_left(run) == 0
    assert set(Remainder.objects.values_list("klass", flat=True)) == {"runs"}
    tomorrow(monkeypatch, 500)
    swept()
    assert not Run.objects.exists()
    assert not Remainder.objects.exists()


@pytest.mark.parametrize("state", ["intended", "unknown"])
def test_nothing_goes_while_nobody_knows_what_came_of_a_write(
    state: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = past_run(flow_of(environment()), 500)
    Effect.objects.update(state=state)
    swept()
    assert steps_left(run) == 2
    assert Effect.objects.get().request is not None
    Effect.objects.update(state=Effect.State.CONFIRMED)
    tomorrow(monkeypatch)
    swept()
    assert not Run.objects.exists()


def test_an_event_stays_as_long_as_one_of_its_runs_needs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    flow = flow_of(environment())
    first = past_run(flow, 40, state="cancelled")
    again = past_run(flow, 40, state="parked", ended_at=None, event=first.event, retry_of=first)
    swept()
    assert steps_left(first) == 0
    assert codec.unpack(Event.objects.get().data) == {"name": "Ann Person"}
    Run.objects.filter(pk=again.pk).update(state="succeeded", ended_at=timezone.now())
    tomorrow(monkeypatch, 32)
    swept()
    assert codec.unpack(Event.objects.get().data) == GONE


def test_a_run_that_was_retried_goes_before_the_one_that_took_its_place(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    flow = flow_of(environment())
    first = past_run(flow, 401, state="cancelled")
    again = past_run(flow, 399, event=first.event, retry_of=first)
    swept()
    again.refresh_from_db()
    assert (again.retry_of_id, Run.objects.count(), Event.objects.count()) == (None, 1, 1)


def everything_of(rows: "QuerySet[Any]") -> list[dict[str, Any]]:
    return list(rows.order_by("pk").values())


def test_what_stays_of_an_effect_and_an_event_is_what_it_was() -> None:
    flow = flow_of(environment())
    runs = [past_run(flow, 40) for _ in range(3)]
    before = everything_of(Event.objects.all()), everything_of(Effect.objects.all())
    swept()
    after = everything_of(Event.objects.all()), everything_of(Effect.objects.all())
    for event, effect in zip(*before, strict=True):
        event["data"], effect["request"] = codec.removed(30), None
    assert [[{**row, "data": bytes(row["data"])} for row in after[0]], after[1]] == list(before)
    assert Run.objects.filter(event__isnull=False).count() == len(runs)
    connection.check_constraints()


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL takes room back by itself")
@pytest.mark.django_db(transaction=True)
def test_the_room_of_removed_data_is_free_for_others() -> None:
    flow = flow_of(environment())
    for _ in range(200):
        past_run(flow, 40, steps=1)
    Event.objects.update(data=os.urandom(900))

    def pages(which: str) -> int:
        with connection.cursor() as cursor:
            cursor.execute(f"PRAGMA {which}")
            return int(cursor.fetchone()[0])

    free, whole = pages("freelist_count"), pages("page_count")
    swept()
    assert pages("page_count") <= whole + 5
    assert pages("freelist_count") - free > 200 * 900 // 4096 * 0.8


def test_a_lane_with_a_run_in_it_stays() -> None:
    flow = flow_of(environment())
    lane = lane_of(past_run(flow, 401))
    young = past_run(flow, 1)
    Run.objects.filter(pk=young.pk).update(lane=lane, place=2)
    swept()
    assert Lane.objects.get().pk == lane.pk


def test_whose_record_it_was_is_known_when_the_request_is_gone() -> None:
    run = past_run(flow_of(environment()), 40)
    before = about_of(Effect.objects.get())
    swept()
    assert about_of(Effect.objects.get()) == before == About("streak.box", f"box-{run.pk}")


# -- who says for how long --------------------------------------------------------------------------------------------


def test_a_flow_says_and_else_its_environment_and_else_the_installation() -> None:
    strict, lax = environment("prod", steps_days=10), environment("dev")
    own = past_run(flow_of(strict, "own", {"steps_days": 2}), 5)
    by_environment = past_run(flow_of(strict, "plain"), 5), past_run(flow_of(strict, "other"), 12)
    by_default = past_run(flow_of(lax, "plain"), 12)
    swept()
    assert steps_left(own) == 0
    assert [steps_left(run) for run in by_environment] == [2, 0]
    assert steps_left(by_default) == 2
    assert not Exchange.objects.filter(run=own).exists()  # never longer than their steps


def test_the_active_release_says_for_all_runs_of_the_flow() -> None:
    where = environment()
    flow = flow_of(where, retention={"steps_days": 90})
    run = past_run(flow, 40)
    swept()
    assert steps_left(run) == 2
    flow.active = False
    flow.save()
    newer = flow_of(environment("qa"), retention={"steps_days": 3})
    newer.environment, newer.number = where, 2
    newer.save()
    swept()
    assert steps_left(run) == 0


# -- holds ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("about", ["environment", "flow", "run"])
def test_what_is_held_stays_until_it_is_released(about: str, monkeypatch: pytest.MonkeyPatch) -> None:
    where = environment()
    flow, other = flow_of(where), flow_of(environment("qa"))
    run, free = past_run(flow, 500), past_run(other, 500)
    which: dict[str, Any] = {"environment": {}, "flow": {"flow_key": "deals"}, "run": {"run_number": run.pk}}
    hold = place(where, reason="An audit.", by="anna", **which[about])
    swept()
    assert steps_left(run) == 2
    assert not Run.objects.filter(pk=free.pk).exists()
    assert release(hold, "anna")
    assert not release(hold, "anna")
    tomorrow(monkeypatch)
    swept()
    assert not Run.objects.exists()


def test_the_event_of_a_held_run_stays_though_another_run_of_it_goes() -> None:
    flow = flow_of(environment())
    held = past_run(flow, 50)
    past_run(flow, 50, event=held.event)
    place(held.environment, reason="An audit.", by="anna", run_number=held.pk)
    swept()
    assert codec.unpack(held.event.data) == {"name": "Ann Person"}


# -- a little at a time, by many ---------------------------------------------------------------------------------------


def test_a_long_run_goes_in_small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweep, "SHORT", 60.0)
    run = past_run(flow_of(environment()), 40, steps=1_234)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        swept()
    deletes = [one["sql"] for one in queries if one["sql"].startswith("DELETE") and "stepentry" in one["sql"]]
    assert (steps_left(run), len(deletes)) == (0, 3)
    mark = RetentionMark.objects.get(klass="steps")
    assert mark.removed == 1_234


def test_a_sweep_stops_when_its_share_of_time_is_over_and_the_next_goes_on() -> None:
    flow = flow_of(environment())
    for _ in range(3):
        past_run(flow, 500)
    sweeper = Sweeper(share=0.0)
    forget_everything()
    first = sweeper.sweep()
    assert first > 0
    assert Run.objects.count() == 3
    turns = 1
    while sweeper.sweep():
        turns += 1
        assert turns < 100
    assert not Run.objects.exists()


def test_whoever_sweeps_again_finds_nothing_and_writes_nothing() -> None:
    past_run(flow_of(environment()), 40)
    swept()
    marks = list(RetentionMark.objects.order_by("pk").values())
    with CaptureQueriesContext(connection) as queries:
        assert swept() == 0
    assert [one["sql"] for one in queries if not one["sql"].startswith("SELECT")] == []
    assert list(RetentionMark.objects.order_by("pk").values()) == marks


def test_a_sweep_rests_when_nothing_is_due() -> None:
    sweeper = Sweeper()
    sweeper.sweep()
    with CaptureQueriesContext(connection) as queries:
        sweeper.sweep()
    assert len(queries) == 0
    sweeper.look_now()
    with CaptureQueriesContext(connection) as queries:
        sweeper.sweep()
    assert len(queries) > 0


@pytest.fixture
def no_leftovers(transactional_db: None) -> Iterator[None]:
    yield
    connection.close()


def sweep_everything() -> int:
    """In a thread of its own; how many looks it took."""
    try:
        sweeper = Sweeper(share=0.01)
        for look in range(1_000):
            if not Run.objects.exists():
                return look
            sweeper.look_now()
            sweeper.sweep()
    finally:
        connection.close()
    raise AssertionError("There are still runs.")


@pytest.mark.django_db(transaction=True)
def test_several_sweep_at_the_same_time(no_leftovers: None) -> None:
    where = environment()
    for key in ("deals", "orders", "contacts"):
        flow = flow_of(where, key)
        for _ in range(8):
            past_run(flow, 500, steps=5)
    with ThreadPoolExecutor(3) as threads:
        for sweeping in [threads.submit(sweep_everything) for _ in range(3)]:
            sweeping.result(120)
    assert not StepEntry.objects.exists()
    assert Effect.objects.count() == 24
    counted = dict(RetentionMark.objects.filter(klass="steps").values_list("flow_key", "removed"))
    assert counted == {
        "deals": 40,
        "orders": 40,
        "contacts": 40,
    }  # each row was counted by whoever removed it


def test_every_class_can_be_removed() -> None:
    assert set(REMOVE) == set(Klass)


# -- beside runs ------------------------------------------------------------------------------------------------------


def test_settled_failures_are_forgotten_with_their_last_run() -> None:
    flow = flow_of(environment())
    old = past_run(flow, 402)
    failed_once(old)
    tidy()
    assert Failure.objects.count() == 1
    swept()
    tidy()
    assert Failure.objects.count() == 0


def test_runs_are_found_by_time_without_an_index_of_times() -> None:
    flow = flow_of(environment())
    runs = [past_run(flow, days) for days in (10, 9, 8, 3, 2)]
    Run.objects.filter(pk=runs[1].pk).delete()
    now = timezone.now()
    assert first_since(now - timedelta(days=20)) == runs[0].pk
    assert first_since(now - timedelta(days=5)) == runs[2].pk + 1
    assert first_since(now) == runs[-1].pk + 1
    Run.objects.all().delete()
    assert first_since(now) == 1
