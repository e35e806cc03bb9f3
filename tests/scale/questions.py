"""The day's work: what people ask for and what the runtime does, again and again, whatever has been."""

import uuid
from collections.abc import Callable, Iterator
from datetime import timedelta

from django.test import Client
from django.utils import timezone
from rest_framework.test import APIClient

from connectors.sdk.account import AccountIdentity
from connectors.sdk.trigger import Arrival
from connectors.sdk.wire import Request
from designer.flows import overviews
from designer.models import Flow
from integrations.effects import ledger, statements
from integrations.effects.content import About
from integrations.effects.models import Effect
from integrations.failures.capture import close_occurrences
from integrations.ingress.intake import take_in
from integrations.live.topics import FlowTopic, RunTopic
from integrations.memory import forget_everything
from integrations.releases.needs import needs_of
from integrations.retention.sweep import Sweeper
from integrations.runs.claim import (
    any_suspect_due,
    anything_due,
    claim,
    free_leases_of,
    next_due,
    reap,
    wake_waiting,
)
from integrations.runs.models import Run
from integrations.runs.step_row import entries_of
from integrations.tasks.chores import CHORES
from integrations.vault.health import _swapped
from tests.scale.history import BUSY, RARE, History

__all__ = ["questions"]

Question = Callable[[], object]

LISTS = (
    "runs/", "runs/?environment=dev", "runs/?environment=prod", f"runs/?flow={BUSY}", f"runs/?flow={RARE}",
    f"runs/?flow={BUSY}&environment=dev", "runs/?state=parked", "runs/?state=failed", "runs/?state=failed&environment=dev",
    f"runs/?state=failed&flow={RARE}", "runs/?state=cancelled,failed", "runs/?state=queued,running", "runs/?state=succeeded",
    "runs/?state=succeeded&environment=dev", "runs/?q=17", "runs/?q=box-3", "runs/?failure=1",
    "events/", "events/?environment=dev", f"events/?flow={RARE}", f"events/?flow={BUSY}&environment=dev",
    "effects/", "effects/?environment=dev", "effects/?state=unknown", "effects/?state=refused", "effects/?state=confirmed",
    "effects/?far_id=inv-4711", "effects/?far_id=nothing",
    "cross-references/?key=box-7", "cross-references/?key=nothing", "cross-references/?key=inv-9&environment=dev",
    "failures/", "failures/?state=open", "failures/?state=open,snoozed&environment=dev", f"failures/?flow={RARE}",
    "approvals/", "approvals/?state=waiting", f"approvals/?flow={BUSY}", f"approvals/?flow={RARE}", "approvals/?environment=dev",
    "refusals/", "endpoints/", "connections/", "schedules/", "flows/", "retention/", "retention/holds/", "notices/",
    "health/details/",
)  # fmt: skip
PAGES = (
    "", "run/", "run/?state__exact=parked", "run/?state__exact=failed", "run/?state__exact=succeeded",
    f"run/?flow_key={BUSY}", f"run/?flow_key={RARE}", "run/?q=box-3", "run/?q=17",
    "event/", "event/?q=event-9", f"event/?flow_key={RARE}",
    "effect/", "effect/?state__exact=unknown", "effect/?state__exact=confirmed", "effect/?q=deal-7", "effect/?q=nothing",
    "crossreference/", "crossreference/?q=box-3", "failure/", "approval/", "approval/?state=all", "auditentry/",
    "auditentry/?environment=dev", "release/", "connection/", "environment/", "retentionmark/", "hold/", "refusal/",
)  # fmt: skip


def questions(h: History) -> Iterator[tuple[str, Question]]:
    """(what it is called, a function that does it)."""
    yield from _over_rest(h)
    yield from _in_the_admin(h)
    yield from _live(h)
    yield from _runtime(h)
    yield from _effects(h)
    yield from _housekeeping(h)


def _over_rest(h: History) -> Iterator[tuple[str, Question]]:
    everything, little = APIClient(), APIClient()
    everything.force_login(h.people["admin"])
    little.force_login(h.people["developer"])
    waiting = Run.objects.filter(reason="person").latest("pk").pk
    past = h.runs // 2
    ones = {
        "a waiting run": f"runs/{waiting}/", "a past run": f"runs/{past}/", "a retry's plan": f"runs/{waiting}/retry-plan/",
        "a timeline": f"runs/{past}/timeline/", "a step": f"runs/{past}/steps/?path=step_1", "an event": f"events/{past}/",
        "an effect": f"effects/{h.runs}/", "a connection": f"connections/{h.connection.pk}/",
    }  # fmt: skip
    for name, address in {**{one: one for one in LISTS}, **ones}.items():
        yield f"GET {name}", _ask(everything, f"/api/v1/{address}", h)
    for address in LISTS:
        yield f"GET {address} as developer", _ask(little, f"/api/v1/{address}", h)
    yield "GET the middle of all runs", _deep(everything, "/api/v1/runs/", h)


def _ask(client: Client, address: str, h: History) -> Question:
    def ask() -> None:
        answer = client.get(address)
        assert answer.status_code in {200, 302, 403, 404}, (address, answer.content[:300])

    return ask


def _deep(client: Client, address: str, h: History) -> Question:
    """A page in the middle of the list: its cursor names a run."""
    from integrations.api.paging import _encode  # noqa: PLC0415 - a cursor is opaque, but to this test

    cursor = _encode(Run(pk=h.runs // 2), ("-id",))
    return _ask(client, f"{address}?cursor={cursor}", h)


def _in_the_admin(h: History) -> Iterator[tuple[str, Question]]:
    everything, little = Client(), Client()
    everything.force_login(h.people["admin"])
    little.force_login(h.people["developer"])
    waiting = Run.objects.filter(reason="person").latest("pk").pk
    past = h.runs // 2
    ones = {
        "a waiting run": f"run/{waiting}/change/", "a past run": f"run/{past}/change/", "an event": f"event/{past}/change/",
        "an effect": f"effect/{h.runs}/change/", "an endpoint": f"endpoint/{h.endpoint.pk}/change/",
        "a connection": f"connection/{h.connection.pk}/change/", "an environment": f"environment/{h.prod.pk}/change/",
        "the middle of all runs": f"run/?before={past}", "a failure": f"failure/{_open_failure()}/change/",
    }  # fmt: skip
    for name, address in {**{one or "overview": one for one in PAGES}, **ones}.items():
        path = f"/admin/integrations/{address}" if address else "/admin/"
        yield f"admin: {name}", _ask(everything, path, h)
        yield f"admin: {name} as developer", _ask(little, path, h)


def _open_failure() -> int:
    waiting = Run.objects.filter(failure__isnull=False).latest("pk")
    return int(waiting.failure_id or 0)


def _live(h: History) -> Iterator[tuple[str, Question]]:
    for flow in (BUSY, RARE):
        yield f"look at {flow}", FlowTopic(flow).mark
        yield f"look at {flow} in dev", FlowTopic(flow, frozenset({h.dev.pk})).mark
        yield f"snapshot of {flow} in dev", FlowTopic(flow, frozenset({h.dev.pk})).snapshot
    yield "look at a run", RunTopic(h.runs // 2).mark
    yield "snapshot of a run", RunTopic(h.runs // 2).snapshot
    flows = [Flow(key=key, name=key) for key in (BUSY, RARE)]

    def listed() -> object:
        Flow.objects.bulk_create(flows)
        return overviews(list(Flow.objects.all()), [h.prod, h.dev])

    yield "flows with their last day", listed


def _runtime(h: History) -> Iterator[tuple[str, Question]]:
    now = timezone.now() + timedelta(minutes=1)
    yield "is anything due", lambda: (anything_due(now), any_suspect_due(), next_due())
    yield "claim", lambda: claim("scale", 10)
    yield "reap", lambda: (reap(now), free_leases_of(["nobody"], now))
    yield (
        "wake who waits",
        lambda: (wake_waiting("effect:1"), wake_waiting(f"connection:{h.connection.pk}", 5)),
    )
    yield "take a run up again", lambda: entries_of(h.runs // 2)
    yield "what unfinished runs need", lambda: needs_of(h.prod, "slots")

    def arrives() -> object:
        arrivals = [
            Arrival(key=uuid.uuid4().hex, title="Deal", data={}),
            Arrival(key="event-250", title="Deal", data={}),
        ]
        return take_in(h.endpoint, arrivals, b"{}")

    yield "a webhook arrives, and one again", arrives
    one = Run.objects.filter(failure__isnull=False).latest("pk")
    yield "a failure is over", lambda: close_occurrences([one.pk], by="scale")


def _intent(h: History, identity: str) -> ledger.Intent:
    return ledger.Intent(
        account="sage50:books", record="invoice", kind="create", identity=identity, keys=(identity,), strategy="native",
        operation="sage50.create_invoice", connection_id=h.connection.pk, environment_id=h.prod.pk, run_id=h.runs,
        run_number=h.runs, flow_key=BUSY, path="step_9", attempt=1, deadline=30.0, about=About("streak.box", identity),
    )  # fmt: skip


def _effects(h: History) -> Iterator[tuple[str, Question]]:
    request = Request("POST", "/invoices")

    def intended() -> Effect:
        made = ledger.intend(_intent(h, uuid.uuid4().hex), request=request, payload_hash="h")
        assert made is not None
        return made

    yield "meet an effect", lambda: (ledger.meet(_intent(h, "deal-77")), ledger.meet(_intent(h, "nothing")))
    yield "the next generation", lambda: ledger.next_generation(_intent(h, "deal-77"))
    yield "mean an effect", intended
    yield "take an effect back", lambda: statements.take_back(intended().pk)
    yield (
        "is the far record owned",
        lambda: Effect.objects.filter(
            far_id="inv-9", account="sage50:books", record="invoice", state="confirmed"
        ).exists(),
    )
    yield (
        "was the account swapped",
        lambda: _swapped(h.connection, AccountIdentity("somebody-else", "Somebody else")),
    )


def _housekeeping(h: History) -> Iterator[tuple[str, Question]]:
    for chore in CHORES:
        if chore.name != "remove what is past its time":
            yield f"chore: {chore.name}", chore.work

    def swept() -> object:
        forget_everything()
        batches = Sweeper()._batches(timezone.now())
        return [count for count, _ in zip(batches, range(4), strict=False)]

    yield "four batches of retention", swept
