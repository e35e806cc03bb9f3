"""Loops side by side in the database: what waits, what failed and what a person asked for, from one turn to the next."""

from datetime import timedelta

import pytest
from django.utils import timezone

from connectors.sdk.wire import Json
from integrations.failures import actions
from integrations.failures.models import Failure, Occurrence
from integrations.runs.models import Run
from integrations.runs.writer import Writer
from tests.runs.carrying import arrive, carry, install, output_of, steps_of

pytestmark = pytest.mark.django_db(transaction=True)

BODY: Json = {
    "nodes": {
        "need": {"type": "map", "config": {"fields": {"x": {"$expr": "$item.x"}}}},
        "later": {"type": "filter", "config": {"condition": "$exists($item.hours)"}},
        "pause": {
            "type": "delay",
            "config": {"amount": {"$expr": "$item.hours"}, "unit": "hours"},
        },
    },
    "edges": {
        "a": {"from": ["need", "main"], "to": ["later", "main"]},
        "b": {"from": ["later", "main"], "to": ["pause", "main"]},
    },
}
LINES: list[Json] = [{"sku": "A"}, {"sku": "B", "x": 1}, {"sku": "C", "x": 1, "hours": 3}]


def looping(on_failure: str) -> None:
    config = {"items": "$event.lines", "key": "$item.sku", "at_once": 3, "on_failure": on_failure}
    each = {"type": "for_each", "config": config, "body": BODY}
    after = {"type": "map", "config": {"fields": {"failed": {"$expr": "$count($in.failures)"}}}}
    arrive(install({"each": each, "after": after}, "start -> each", "each -> after"), lines=LINES)


def turn() -> Run:
    """One turn with a real writer, as a new process would carry it."""
    writer = Writer()
    try:
        (run,) = carry(writer)
    finally:
        writer.close()
    return run


def due_now(run: Run) -> None:
    past = timezone.now() - timedelta(minutes=1)
    run.steps.filter(state="wait").update(next_at=past)
    Run.objects.filter(pk=run.pk).update(due_at=past)


def test_items_wait_side_by_side_and_what_failed_is_tried_again_only_when_asked() -> None:
    looping("park")
    run = turn()
    assert (run.state, run.reason) == ("parked", "person")
    assert run.due_at is not None
    assert run.due_at > timezone.now() + timedelta(hours=2)
    assert steps_of(run)["each[A]/need"] == ["fail"]
    due_now(run)
    run = turn()
    assert (run.state, run.reason, run.due_at) == ("parked", "person", None)
    assert steps_of(run)["each[A]/need"] == ["fail"]
    assert steps_of(run)["each[C]/pause"] == ["wait", "done"]
    assert (Failure.objects.get().count, Occurrence.objects.count()) == (1, 1)
    actions.retry(run.pk, by="somebody")
    run = turn()
    assert steps_of(run)["each[A]/need"] == ["fail", "fail"]
    assert Failure.objects.get().count == 2


def test_a_loop_that_goes_on_keeps_a_failed_item_over_turns() -> None:
    looping("continue")
    run = turn()
    assert (run.state, run.reason) == ("parked", "waiting")
    assert not Failure.objects.exists()
    due_now(run)
    run = turn()
    assert (run.state, run.result) == ("succeeded", "delivered")
    assert steps_of(run)["each[A]/need"] == ["fail"]
    output = output_of(run, "each")
    assert (output["total"], output["succeeded"]) == (3, 1)
    (failure,) = output["failures"]
    assert (failure["key"], failure["error"]["code"], failure["error"]["node"]) == (
        "A",
        "missing_value",
        "need",
    )
    assert output_of(run, "after") == {"failed": 1}
