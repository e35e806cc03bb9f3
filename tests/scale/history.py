"""A long history: so many finished runs of a few flows in three environments, and beside them what is going on today.

Nearly everything is of one busy flow in prod; a rare flow and a rare environment have a handful of runs, long ago. What goes on
today (due, parked, failing, unsettled) is the same however long the history is.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.db import connection
from django.utils import timezone

from connectors.sdk.wire import Request
from integrations.access.models import AuditEntry, Membership, Role
from integrations.approvals.models import Approval
from integrations.effects.content import About, coded
from integrations.effects.models import CrossReference, Effect, EffectKey, FieldPosition
from integrations.engine.plan import Plan
from integrations.failures.models import Failure, Occurrence
from integrations.ingress.models import Endpoint, Event
from integrations.payloads import codec
from integrations.releases.models import Environment, Release
from integrations.runs.models import Exchange, Lane, Run, StepEntry
from integrations.vault.models import Connection
from tests.scale.rows import at, binary, fill

__all__ = ["BUSY", "RARE", "SECONDS", "History", "make_history"]

BUSY, RARE = "deals", "returns"
SECONDS = 30  # between two runs
_RARELY = 100  # runs of the rare flow, and as many of the rare environment, all at the beginning
_TODAY = 12  # runs of each kind that are going on


@dataclass(frozen=True, slots=True)
class History:
    """What there is to ask about. `runs` is how many have been."""

    runs: int
    prod: Environment
    dev: Environment
    busy: Release
    rare: Release
    tried: Release
    endpoint: Endpoint
    connection: Connection
    people: dict[str, User]
    started: datetime


def make_history(runs: int, *, statistics: bool = True) -> History:
    """Fill an empty, migrated database. `statistics`: have it look at what it holds, as servers do by themselves."""
    history = _set_up(runs)
    _past(history)
    _today(history)
    if statistics:
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    return history


def _set_up(runs: int) -> History:
    dev = Environment.objects.create(key="dev", name="Development", order=0)
    prod = Environment.objects.create(key="prod", name="Production", order=9, live=True)
    books = Connection.objects.create(
        environment=prod,
        key="books",
        name="Books",
        connector="sage50",
        auth="token",
        base_url="http://127.0.0.1:1",
    )
    endpoint = Endpoint.objects.create(environment=prod, flow_key=BUSY, node="won", path="p" * 32)
    people = {name: User.objects.create(username=name) for name in ("admin", "developer")}
    Membership.objects.create(user=people["admin"], role=Role.ADMINISTRATOR)
    Membership.objects.create(user=people["developer"], role=Role.OPERATOR, environment=dev)
    return History(
        runs, prod, dev, _release(prod, BUSY), _release(prod, RARE), _release(dev, BUSY), endpoint, books, people,
        timezone.now() - timedelta(seconds=SECONDS * runs),
    )  # fmt: skip


def _release(where: Environment, flow: str) -> Release:
    plan = Plan(key=flow, digest="d", steps=(), edges=(), needs={}, settings={}).to_json()
    return Release.objects.create(
        environment=where, flow_key=flow, flow_name=flow.title(), number=1, digest=uuid.uuid4().hex, plan=plan,
        graph={"nodes": {}, "edges": {}}, active=True,
    )  # fmt: skip


def _past(h: History) -> None:
    """One event and run for each number; six steps, three calls, two effects; failures now and then."""
    where = f"CASE WHEN i <= {_RARELY} THEN {h.dev.pk} ELSE {h.prod.pk} END"
    flow = f"CASE WHEN i > {_RARELY} AND i <= {2 * _RARELY} THEN '{RARE}' ELSE '{BUSY}' END"
    moment, blob = at(h.started, f"i * {SECONDS}"), binary(codec.pack({"amount": "12.50"}, klass="step"))
    endpoint = f"CASE WHEN i <= {2 * _RARELY} THEN NULL ELSE {h.endpoint.pk} END"
    fill(
        Event, h.runs, id="i", environment_id=where, endpoint_id=endpoint, flow_key=flow, node="'won'",
        key="'event-' || i", title="'Deal ' || i", data=blob, received_at=moment,
    )  # fmt: skip
    fill(
        Lane,
        h.runs // 10,
        id="i",
        environment_id=str(h.prod.pk),
        flow_key=f"'{BUSY}'",
        key="'box-' || i",
        counter="1",
    )
    release = f"CASE WHEN i <= {_RARELY} THEN {h.tried.pk} WHEN i <= {2 * _RARELY} THEN {h.rare.pk} ELSE {h.busy.pk} END"
    lane = f"CASE WHEN i <= {h.runs // 10} THEN i ELSE NULL END"
    fill(
        Run, h.runs, id="i", environment_id=where, release_id=release, flow_key=flow, event_id="i", title="'Deal ' || i",
        state="CASE WHEN i % 50 = 7 THEN 'failed' WHEN i % 50 = 8 THEN 'cancelled' ELSE 'succeeded' END",
        result="'delivered'", queued_at=moment, started_at=moment, ended_at=moment, seq="4", fence="1", lane_id=lane,
        place="1", amount="12.50", currency="'GBP'",
    )  # fmt: skip
    run, number = "(i + 5) / 6", "(i % 6)"
    fill(
        StepEntry, 6 * h.runs, run_id=run, path=f"'step_' || {number}", node=f"'step_' || {number}", attempt="1",
        state="'done'", port="'out'", input=blob, output=blob, started_at=at(h.started, f"{run} * {SECONDS}"),
        ended_at=at(h.started, f"{run} * {SECONDS}"), seq="2",
    )  # fmt: skip
    run = "(i + 2) / 3"
    fill(
        Exchange, 3 * h.runs, run_id=run, path="'step_' || (i % 3)", attempt="1", number="1", method="'POST'",
        url="'https://far.example/x'", status="200", ms="12.5", body=blob, at=at(h.started, f"{run} * {SECONDS}"),
    )  # fmt: skip
    _written(h, where)
    _failed(h)


def _written(h: History, where: str) -> None:
    run = "(i + 1) / 2"
    where = where.replace("i <=", f"{run} <=")
    moment, blob = at(h.started, f"{run} * {SECONDS}"), binary(codec.pack({"id": "x"}, klass="effect"))
    far = "'inv-' || i"
    request = binary(coded(Request("POST", "/invoices", json={"x": 1}), About("streak.box", "box")))
    fill(
        Effect, 2 * h.runs, id="i", mark="'M' || i", account="'sage50:books'", record="CASE WHEN i % 2 = 0 THEN 'invoice' ELSE 'contact' END",
        identity="'deal-' || i", kind="'create'", state="CASE WHEN i % 1000 = 9 THEN 'refused' ELSE 'confirmed' END",
        strategy="'native'", operation="'sage50.create_invoice'", environment_id=where, connection_id=str(h.connection.pk),
        run_id=run, run_number=run, flow_key=f"'{BUSY}'", path="'step_1'", payload_hash="'" + "h" * 64 + "'", far_id=far,
        output=blob, request=request, amount="12.50", currency="'GBP'", intended_at=moment, settled_at=moment,
    )  # fmt: skip
    fill(
        EffectKey, 2 * h.runs, account="'sage50:books'", record="'invoice'", key="'deal-' || i", effect_id="i"
    )
    fill(
        CrossReference, 2 * h.runs, environment_id=where, source_record="'streak.box'", source_id="'box-' || i",
        account="'sage50:books'", record="'invoice'", far_id=far, effect_id="i", created_at=moment,
    )  # fmt: skip
    fill(
        FieldPosition, h.runs, account="'streak:team'", record="'box'", far_id="'box-' || i", field="'invoice'",
        source="'deal-' || i", position="'1'", payload_hash="'h'", effect_id="2 * i",
    )  # fmt: skip


def _failed(h: History) -> None:
    """One run in a hundred failed once; its group is settled. Somebody did something about each; some were asked."""
    moment = at(h.started, f"i * {100 * SECONDS}")
    fill(
        Failure, max(h.runs // 1_000, 1), id="i", environment_id=str(h.prod.pk), fingerprint="'f' || i", state="'resolved'",
        kind="'data'", code="'x'", sentence="'It failed.'", verdict="'data'", flow_key=f"'{BUSY}'", node="'step_1'",
        first_at=at(h.started, f"i * {1_000 * SECONDS}"), last_at=at(h.started, f"i * {1_000 * SECONDS}"),
    )  # fmt: skip
    fill(
        Occurrence, h.runs // 100, failure_id=f"1 + i % {max(h.runs // 1_000, 1)}", run_id="i * 100", path="'step_1'",
        attempt="1", at=moment, closed_at=moment, closed_by="'finished'",
    )  # fmt: skip
    fill(
        AuditEntry, h.runs // 10, at=at(h.started, f"i * {10 * SECONDS}"), actor="'olga'", action="'run.retry'",
        target="'run ' || i", environment="'prod'",
    )  # fmt: skip
    fill(
        Approval, h.runs // 100, run_id="i * 100", path="'ask'", environment_id=str(h.prod.pk), flow_key=f"'{BUSY}'",
        title="'A discount?'", message=binary(codec.pack("Please.", klass="step")), role="'operator'", state="'approved'",
        asked_at=moment, decided_at=moment, decided_by="'olga'",
    )  # fmt: skip


def _today(h: History) -> None:
    """Runs that are due, under way, parked on a failure, on an effect, for a far system; a question; an unknown effect."""
    now = timezone.now()
    _reset_counters()
    failure = Failure.objects.create(
        environment=h.prod, fingerprint="open", kind="data", code="x", sentence="It fails.", verdict="data",
        flow_key=BUSY, node="step_1", first_at=now, last_at=now, count=_TODAY,
    )  # fmt: skip
    lost = Effect.objects.create(
        account="sage50:books", record="invoice", identity="lost", kind="create", state=Effect.State.UNKNOWN,
        strategy="lookup", operation="sage50.create_invoice", environment=h.prod, connection=h.connection, run_number=1,
        flow_key=BUSY, path="step_1", payload_hash="", intended_at=now, look_at=now + timedelta(days=1),
    )  # fmt: skip
    kinds: tuple[dict[str, object], ...] = (
        {"state": "queued", "due_at": now},
        {"state": "running", "lease_owner": "w", "lease_until": now + timedelta(hours=1)},
        {"state": "parked", "reason": "person", "failure": failure},
        {"state": "parked", "reason": "effect", "waits_for": f"effect:{lost.pk}", "due_at": now + timedelta(hours=1)},
        {"state": "parked", "reason": "rate", "waits_for": f"connection:{h.connection.pk}", "due_at": now + timedelta(hours=1)},
    )  # fmt: skip
    for kind in kinds:
        for _ in range(_TODAY):
            _run_of_today(h, now, kind)
    waiting = Run.objects.filter(failure=failure).first()
    assert waiting is not None
    Approval.objects.create(
        run=waiting, path="ask", environment=h.prod, flow_key=BUSY, title="Today?", form={}, role="operator",
        message=codec.pack("Please.", klass="step"), asked_at=now,
    )  # fmt: skip


def _run_of_today(h: History, now: datetime, kind: dict[str, object]) -> None:
    event = Event.objects.create(
        environment=h.prod, endpoint=h.endpoint, flow_key=BUSY, node="won", key=uuid.uuid4().hex,
        data=codec.pack({"amount": "1.00"}, klass="event"), received_at=now,
    )  # fmt: skip
    run = Run.objects.create(
        environment=h.prod, release=h.busy, flow_key=BUSY, event=event, title="Today", queued_at=now, **kind
    )
    if run.failure is not None:
        Occurrence.objects.create(failure=run.failure, run=run, path="step_1", attempt=1, at=now)
    StepEntry.objects.create(
        run=run, path="step_1", node="step_1", attempt=1, state="fail", started_at=now, seq=1
    )


def _reset_counters() -> None:
    """Rows made with numbers of their own leave PostgreSQL's counters behind."""
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        for model in (Event, Lane, Run, Effect, Failure):
            table = model._meta.db_table
            counter = f"pg_get_serial_sequence('{table}', 'id')"
            cursor.execute(f"SELECT setval({counter}, max(id)) FROM {table}")  # noqa: S608 - our own names only
