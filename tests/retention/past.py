"""Runs of the past, made as the runtime leaves them: with steps, calls, effects, large payloads, questions and failures."""

import os
import uuid
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.utils import timezone

from connectors.sdk.wire import Request
from integrations.approvals.models import Approval
from integrations.effects.content import About, coded
from integrations.effects.models import CrossReference, Effect, EffectKey
from integrations.failures.models import Failure, Occurrence
from integrations.ingress.models import Event
from integrations.lists.models import ListPage
from integrations.payloads import codec
from integrations.payloads.models import Payload
from integrations.releases.models import Environment, Release
from integrations.runs.models import Exchange, Lane, Run, StepEntry

__all__ = [
    "environment",
    "failed_once",
    "flow_of",
    "lane_of",
    "large_output",
    "long_list",
    "past_run",
    "question_of",
]

PERSON = "Ann Person"
"""Whose data it is: nothing that is past its time may hold this name."""


def environment(key: str = "dev", **retention: int) -> Environment:
    found, _ = Environment.objects.get_or_create(
        key=key, defaults={"name": key.title(), "retention": retention}
    )
    return found


def flow_of(where: Environment, key: str = "deals", retention: Mapping[str, int] | None = None) -> Release:
    """An active release of a flow that says so much about retention."""
    settings = {"retention": dict(retention)} if retention is not None else {}
    return Release.objects.create(
        environment=where, flow_key=key, flow_name=key, number=1, digest="d", graph={}, active=True,
        plan={"format": 1, "settings": settings, "steps": []},
    )  # fmt: skip


def past_run(release: Release, days: float, *, steps: int = 2, **values: Any) -> Run:
    """A run that was queued and ended so many days ago, with two steps, a call and a confirmed effect."""
    at = timezone.now() - timedelta(days=days)
    event = values.pop("event", None) or Event.objects.create(
        environment=release.environment, flow_key=release.flow_key, node="start", key=uuid.uuid4().hex,
        data=codec.pack({"name": PERSON}, klass="event"), received_at=at,
    )  # fmt: skip
    given = {"state": Run.State.SUCCEEDED, "queued_at": at, "started_at": at, "ended_at": at, **values}
    run = Run.objects.create(
        environment=release.environment, release=release, flow_key=release.flow_key, event=event, title="40 lamps", **given
    )  # fmt: skip
    data = codec.pack({"name": PERSON, "email": "ann@example.com"}, klass="step")
    for number in range(steps):
        StepEntry.objects.create(
            run=run, path=f"step_{number}", node=f"step_{number}", attempt=1, state="done", port="out",
            input=data, output=data, started_at=at, ended_at=at, seq=1,
        )  # fmt: skip
    _exchange(run)
    _effect(run)
    return run


def _exchange(run: Run) -> None:
    Exchange.objects.create(
        run=run, path="step_1", attempt=1, number=1, method="POST", url="https://far.example/invoices", status=200,
        ms=1.0, body=codec.pack({"request": {"name": PERSON}}, klass="exchange"), at=run.queued_at,
    )  # fmt: skip


def _effect(run: Run) -> Effect:
    request = Request("POST", "/invoices", json={"name": PERSON})
    effect = Effect.objects.create(
        account="sage50:books", record="invoice", identity=f"deal-{run.pk}", kind="create",
        state=Effect.State.CONFIRMED, strategy="native", operation="sage50.create_invoice",
        environment=run.environment, run=run, run_number=run.pk, flow_key=run.flow_key, path="step_1",
        request=coded(request, About("streak.box", f"box-{run.pk}")), payload_hash="h" * 64, far_id=f"inv-{run.pk}",
        amount="12.50", currency="GBP", output=codec.pack({"id": f"inv-{run.pk}"}, klass="effect"),
        intended_at=run.queued_at, settled_at=run.queued_at,
    )  # fmt: skip
    EffectKey.objects.create(account=effect.account, record="invoice", key=effect.identity, effect=effect)
    CrossReference.objects.create(
        environment=run.environment, source_record="streak.box", source_id=f"box-{run.pk}", account=effect.account,
        record="invoice", far_id=effect.far_id, effect=effect,
    )  # fmt: skip
    return effect


def large_output(run: Run) -> Payload:
    """A third step whose output stands in a row of its own."""
    blob, payload = codec.store({"name": PERSON, "noise": os.urandom(40_000).hex()}, "step")
    assert payload is not None
    payload.run_number = run.pk
    payload.save()
    StepEntry.objects.create(
        run=run, path="step_2", node="step_2", attempt=1, state="done", output=blob, started_at=run.queued_at, seq=1
    )  # fmt: skip
    return payload


def long_list(run: Run) -> None:
    """Two pages of a list that a step gave."""
    for number in range(2):
        ListPage.objects.create(
            run=run, path="step_1", number=number, first=number, count=1,
            blob=codec.pack({"items": [{"name": PERSON}]}, klass="step"),
        )  # fmt: skip


def question_of(run: Run) -> Approval:
    return Approval.objects.create(
        run=run, path="ask", environment=run.environment, flow_key=run.flow_key, title="A discount?",
        message=codec.pack(f"For {PERSON}", klass="step"), form={}, role="operator",
        state=Approval.State.APPROVED, asked_at=run.queued_at, decided_at=run.queued_at, decided_by="olga",
        answer=codec.pack({"discount": "1"}, klass="step"),
    )  # fmt: skip


def failed_once(run: Run) -> Occurrence:
    failure, _ = Failure.objects.get_or_create(
        environment=run.environment, fingerprint="f", state=Failure.State.RESOLVED,
        defaults={
            "kind": "data", "code": "c", "sentence": "It failed.", "verdict": "data", "flow_key": run.flow_key,
            "node": "step_1", "first_at": run.queued_at, "last_at": run.queued_at,
        },
    )  # fmt: skip
    return Occurrence.objects.create(
        failure=failure, run=run, path="step_1", attempt=1, detail=f"about {PERSON}", at=run.queued_at,
        closed_at=run.ended_at, payloads=codec.pack({"confirmed": {"name": PERSON}}, klass="effect"),
    )  # fmt: skip


def lane_of(run: Run) -> Lane:
    lane = Lane.objects.create(environment=run.environment, flow_key=run.flow_key, key="box", counter=1)
    Run.objects.filter(pk=run.pk).update(lane=lane, place=1)
    return lane
