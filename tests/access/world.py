"""One of everything, in the environment dev, so that every address leads to something real."""

from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth.models import Group, User
from django.db.models import Model
from django.utils import timezone

from designer.models import Draft, Flow, FlowVersion
from integrations.access.models import ApiKey, AuditEntry, Membership, Role
from integrations.approvals.models import Approval
from integrations.effects.models import CrossReference, Effect, EffectKey
from integrations.failures.models import Failure, Occurrence
from integrations.ingress.models import Endpoint, Event, Refusal
from integrations.mapping.models import MappingRow, MappingTable
from integrations.payloads.codec import pack
from integrations.polling.models import Backfill
from integrations.releases.models import Binding, Environment, Release, Variable
from integrations.retention.models import Hold, RetentionMark
from integrations.runs.models import Run, StepEntry
from integrations.schedules.models import Schedule
from integrations.vault.models import Connection

__all__ = ["ACTORS", "World", "build_world"]

ACTORS = ("anonymous", "stranger", "elsewhere", *Role.values, "superuser")
"""A stranger signed in without any role; "elsewhere" administers another environment; the roles are held in dev."""

GRAPH: dict[str, Any] = {
    "format": 1,
    "key": "deal",
    "nodes": {"won": {"type": "trigger", "version": 1, "name": "Won", "config": {}}},
    "edges": {},
    "settings": {},
}
PLAN = {"format": 1, "key": "deal", "digest": "d", "steps": [], "edges": [], "needs": {}, "settings": {}}


@dataclass(slots=True)
class World:
    """`things` are the objects by model name; `values` what else an address may need."""

    things: dict[str, Model] = field(default_factory=dict)
    values: dict[str, str] = field(default_factory=dict)
    people: dict[str, User] = field(default_factory=dict)

    def add(self, thing: Model) -> None:
        self.things[type(thing).__name__.lower()] = thing

    def pk(self, name: str) -> str:
        """The primary key of the thing called `name`, or the value of that name."""
        return str(self.things[name].pk) if name in self.things else self.values[name]


def build_world() -> World:
    """People of every kind, and one thing of every model."""
    world = World(
        values={
            "env": "dev",
            "flow_key": "deal",
            "table": "stages",
            "slot": "ledger",
            "path": "h00k",
            "one": "1",
        }
    )
    dev = Environment.objects.create(key="dev", name="Development")
    prod = Environment.objects.create(key="prod", name="Production", order=9, live=True)
    world.add(dev)
    _people(world, dev, prod)
    _set_up(world, dev)
    _happened(world, dev)
    return world


def _people(world: World, dev: Environment, prod: Environment) -> None:
    for name in ACTORS[1:]:
        user = User.objects.create(username=name, is_superuser=name == "superuser")
        world.people[name] = user
        if name in Role.values:
            world.add(Membership.objects.create(user=user, environment=dev, role=name))
    Membership.objects.create(user=world.people["elsewhere"], environment=prod, role=Role.ADMINISTRATOR)
    world.add(User.objects.create(username="somebody"))
    world.add(Group.objects.create(name="a group"))
    world.add(
        ApiKey.objects.create(name="CI", prefix="abcdefghijkl", secret_hash="", roles=[], environment=dev)
    )
    world.add(
        AuditEntry.objects.create(actor="somebody", action="run.retry", target="run 1", environment="dev")
    )


def _set_up(world: World, dev: Environment) -> None:
    connection = Connection.objects.create(
        environment=dev,
        key="books",
        name="Books",
        connector="keyring",
        auth="oauth2_code",
        base_url="http://127.0.0.1:1",
        mark="sandbox",
    )
    world.add(connection)
    world.add(Binding.objects.create(environment=dev, slot="ledger", connection=connection))
    world.add(Variable.objects.create(environment=dev, key="company", value="Acme"))
    columns = [
        {"key": "stage", "title": "Stage", "type": "text", "is_key": True},
        {"key": "status", "title": "Status", "type": "text", "is_key": False},
    ]
    table = MappingTable.objects.create(environment=dev, key="stages", name="Stages", columns=columns)
    world.add(table)
    world.add(MappingRow.objects.create(table=table, lookup="won", values={"stage": "Won", "status": "won"}))
    flow = Flow.objects.create(key="deal", name="Deal")
    world.add(flow)
    world.add(Draft.objects.create(flow=flow, document={**GRAPH, "layout": {}}))
    world.add(FlowVersion.objects.create(flow=flow, number=1, digest="d", graph=GRAPH))
    release = Release.objects.create(
        environment=dev,
        flow_key="deal",
        flow_name="Deal",
        number=1,
        digest="d",
        plan=PLAN,
        graph=GRAPH,
        active=True,
    )
    world.add(release)


def _happened(world: World, dev: Environment) -> None:
    now = timezone.now()
    at: dict[str, Any] = {"environment": dev, "flow_key": "deal"}
    span: dict[str, Any] = {"first_at": now, "last_at": now}
    endpoint = Endpoint.objects.create(
        **at, node="won", path="h00k", connector="streak", trigger="streak.box_stage_changed"
    )
    event = Event.objects.create(
        **at, endpoint=endpoint, node="won", key="1", data=pack({}, klass="event"), received_at=now
    )
    failure = Failure.objects.create(
        **at, **span, fingerprint="f", kind="data", code="data", sentence="Wrong.", verdict="data", node="won"
    )
    parked: dict[str, Any] = {"state": Run.State.PARKED, "reason": "person", "failure": failure}
    run = Run.objects.create(
        **at, **parked, release=Release.objects.get(), event=event, queued_at=now, started_at=now
    )
    step = StepEntry.objects.create(
        run=run, path="won", node="won", attempt=1, state="fail", started_at=now, ended_at=now, seq=1
    )
    refusal = Refusal.objects.create(
        **span, endpoint=endpoint, path="h00k", code="token", status=401, sentence="No."
    )
    occurrence = Occurrence.objects.create(failure=failure, run=run, path="won", attempt=1, at=now)
    approval = Approval.objects.create(
        run=run,
        path="ask",
        environment=dev,
        flow_key="deal",
        title="Invoice it?",
        message=pack("Please.", klass="step"),
        form={"type": "object"},
        role=Role.STEWARD,
        asked_at=now,
    )
    world.add(Hold.objects.create(environment=dev, reason="An audit.", placed_by="ana", placed_at=now))
    world.add(RetentionMark.objects.create(environment=dev, flow_key="deal", klass="steps"))
    backfill = Backfill.objects.create(endpoint=endpoint, since=now, until=now, created_by="ana")
    schedule = Schedule.objects.create(
        endpoint=endpoint, zone="UTC", description="Every hour", anchor=now, set_at=now
    )
    for thing in (endpoint, event, failure, run, step, refusal, occurrence, approval, backfill, schedule):
        world.add(thing)
    _written(world, run)


def _written(world: World, run: Run) -> None:
    far: dict[str, Any] = {"account": "keyring:acme", "record": "invoice"}
    effect = Effect.objects.create(
        **far,
        identity="1",
        kind="create",
        state=Effect.State.UNKNOWN,
        strategy="native",
        operation="keyring.create",
        connection=Connection.objects.get(),
        run=run,
        run_number=run.pk,
        flow_key="deal",
        path="won",
        payload_hash="h",
        intended_at=run.queued_at,
    )
    world.add(effect)
    world.add(EffectKey.objects.create(**far, key="1", effect=effect))
    world.add(
        CrossReference.objects.create(
            **far,
            environment=run.environment,
            source_record="box",
            source_id="b1",
            far_id="i1",
            effect=effect,
        )
    )
