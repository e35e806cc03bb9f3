"""A small installation to ask questions of: two environments, people with roles, the template flow, runs that ended somehow."""

from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone
from rest_framework.test import APIClient

from connectors.sdk.wire import Request
from designer.bundles.gallery import template
from designer.bundles.install import install_bundle
from integrations.access.actor import Actor
from integrations.access.models import Membership, Role
from integrations.approvals.models import Approval
from integrations.effects.content import About, coded
from integrations.effects.models import Effect, EffectKey
from integrations.failures.models import Failure, Occurrence
from integrations.ingress.models import Event
from integrations.payloads.codec import digest, pack
from integrations.releases.activate import activate
from integrations.releases.models import Environment, Release
from integrations.releases.plans import plan_of
from integrations.runs.models import Exchange, Run, StepEntry
from integrations.vault.models import Connection
from integrations.vault.store import save_secrets

__all__ = ["ASKED", "FLOW", "SETUP", "World", "make_connections", "make_world"]

FLOW = "closed-won-to-invoice"
SETUP = Actor("set-up", superuser=True)
ASKED = {
    "type": "object",
    "additionalProperties": False,
    "required": ["discount"],
    "properties": {"discount": {"type": "string", "format": "decimal"}},
}
"""The form of a question: one decimal."""
ANSWERS = {"crm": "streak-team", "ledger": "sage-books"}


@dataclass
class World:
    """Everything a test of the interface needs, and ways to make more of it."""

    dev: Environment
    prod: Environment
    release: Release
    people: dict[str, User] = field(default_factory=dict)

    def client(self, who: str = "admin") -> APIClient:
        """A browser in which `who` has signed in; "" = nobody."""
        client = APIClient()
        if who:
            client.force_login(self.people[who])
        return client

    def run(self, *, environment: Environment | None = None, **values: Any) -> Run:
        where, now = environment or self.dev, timezone.now()
        event = Event.objects.create(
            environment=where,
            flow_key=FLOW,
            node="won",
            key=f"event-{Event.objects.count()}",
            title="Acme - 40 chairs",
            data=pack({"key": "agxBOX1"}, klass="event"),
            received_at=now,
        )
        given = {"state": Run.State.QUEUED, "queued_at": now, "title": "Acme - 40 chairs", **values}
        return Run.objects.create(
            environment=where, release=self.release, flow_key=FLOW, event=event, **given
        )

    def ask(self, run: Run | None = None, **values: Any) -> Approval:
        """A question that a run waits for."""
        run = run or self.run(state=Run.State.PARKED, reason="waiting")
        given = {
            "path": "ask",
            "title": "Invoice Acme?",
            "message": pack("Worth 4700.00.", klass="step"),
            "form": ASKED,
            "role": Role.OPERATOR,
            "asked_at": timezone.now(),
            **values,
        }
        one = Approval.objects.create(run=run, environment=run.environment, flow_key=FLOW, **given)
        Run.objects.filter(pk=run.pk).update(waits_for=f"approval:{one.pk}")
        return one

    def step(self, run: Run, path: str, *, state: str = "done", **values: Any) -> StepEntry:
        """One attempt, recorded as the journal does: the run's sequence rises with it, in one commit."""
        run.seq += 1
        now = timezone.now()
        given = {
            "node": path,
            "attempt": 1,
            "started_at": now - timedelta(milliseconds=120),
            "ended_at": now,
            "input": pack({"asked": path}, klass="step"),
            "output": pack({"answer": path}, klass="step"),
            **values,
        }
        with transaction.atomic():
            Run.objects.filter(pk=run.pk).update(seq=run.seq)
            return StepEntry.objects.create(run=run, path=path, state=state, seq=run.seq, **given)

    def exchange(self, run: Run, path: str) -> Exchange:
        return Exchange.objects.create(
            run=run,
            path=path,
            attempt=1,
            number=1,
            method="GET",
            url="https://api.streak.com/api/v1/boxes/agxBOX1",
            status=200,
            ms=12.5,
            body=pack({"request": None, "response": {"key": "agxBOX1"}}, klass="exchange"),
            at=timezone.now(),
        )

    def effect(self, run: Run, **values: Any) -> Effect:
        payload = {"contact_id": "c-1", "invoice_lines": [], "notes": ""}
        given = {
            "account": "sage:books-1",
            "record": "sales_invoice",
            "identity": f"agxBOX{Effect.objects.count()}",
            "kind": "create",
            "state": Effect.State.CONFIRMED,
            "strategy": "native",
            "operation": "sage50.create_invoice",
            "run_number": run.pk,
            "path": "invoice",
            "request": coded(
                Request("POST", "/sales_invoices", json={"sales_invoice": payload}), About("", "")
            ),
            "payload_hash": digest(payload),
            "output": pack({"id": "inv-1"}, klass="effect"),
            "far_id": "inv-1",
            "amount": Decimal("1240.5"),
            "currency": "GBP",
            "intended_at": timezone.now(),
            **values,
        }
        effect = Effect.objects.create(run=run, flow_key=run.flow_key, **given)
        EffectKey.objects.create(
            account=effect.account, record=effect.record, key=effect.identity, effect=effect
        )
        return effect

    def failure(self, *runs: Run, **values: Any) -> Failure:
        """A failure on which these runs are parked."""
        now = timezone.now()
        given = {
            "environment": runs[0].environment if runs else self.dev,
            "fingerprint": f"print-{Failure.objects.count()}",
            "kind": "table_miss",
            "code": "table_miss",
            "sentence": "The table product_gl has no row for Antiques.",
            "verdict": "config",
            "flow_key": FLOW,
            "node": "lines",
            "info": {"table": "product_gl", "key": ["Antiques"]},
            "count": len(runs),
            "first_at": now,
            "last_at": now,
            **values,
        }
        failure = Failure.objects.create(**given)
        for run in runs:
            Run.objects.filter(pk=run.pk).update(failure=failure, state=Run.State.PARKED, reason="person")
            Occurrence.objects.create(failure=failure, run=run, path="lines", attempt=1, at=now)
        return failure


def make_connections(environment: Environment) -> tuple[Connection, Connection]:
    """One connection to each far system, with secrets."""
    crm = Connection.objects.create(
        environment=environment,
        key="streak-team",
        name="Streak team",
        connector="streak",
        auth="api_key",
        base_url="https://api.streak.com/api",
    )
    save_secrets(crm, {"api_key": "very-secret-streak-key"})
    ledger = Connection.objects.create(
        environment=environment,
        key="sage-books",
        name="Sage books",
        connector="sage50",
        auth="oauth2_code",
        base_url="https://api.accounting.sage.com/v3.1",
    )
    save_secrets(ledger, {"client_id": "client", "client_secret": "very-secret-sage-key"})
    return crm, ledger


def make_world() -> World:
    """dev with the template flow active, prod with nothing; an administrator, an operator of dev, a viewer of prod."""
    plan_of.cache_clear()  # ids come again in every test
    dev = Environment.objects.create(key="dev", name="Development", order=0)
    prod = Environment.objects.create(key="prod", name="Production", order=2, live=True)
    make_connections(dev)
    installed = install_bundle(template(FLOW), dev, ANSWERS, SETUP)
    world = World(dev, prod, activate(installed.release, SETUP))
    roles: dict[str, tuple[str, Environment | None]] = {
        "admin": ("administrator", None),
        "builder": ("builder", dev),
        "operator": ("operator", dev),
        "steward": ("steward", dev),
        "releaser": ("releaser", dev),
        "viewer": ("viewer", dev),
        "prod_viewer": ("viewer", prod),
    }
    for name, (role, where) in roles.items():
        user = User.objects.create(username=name, email=f"{name}@example.test", first_name=name.title())
        Membership.objects.create(user=user, role=role, environment=where)
        world.people[name] = user
    world.people["stranger"] = User.objects.create(username="stranger")
    return world
