"""A small world for the admin's tests and pictures: two environments, people of every role, runs in every state."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

from django.contrib.auth.models import User
from django.utils import timezone

from designer.models import Flow, FlowVersion
from integrations.access.audit import record
from integrations.access.models import Membership, Role
from integrations.effects.models import CrossReference, Effect, EffectKey
from integrations.engine.plan import Edge, Plan, Step
from integrations.engine.plan_codec import plan_to_json
from integrations.failures.models import Failure, Occurrence
from integrations.ingress.models import Endpoint, Event, Refusal
from integrations.mapping.models import MappingTable
from integrations.mapping.rows import add_row
from integrations.payloads import codec
from integrations.releases.models import Binding, Environment, Release
from integrations.runs.models import Exchange, Run, StepEntry
from integrations.vault.models import Connection
from integrations.vault.store import save_secrets

__all__ = ["SECRET", "World", "make_world"]

SECRET = "sk-never-shown-4711"  # noqa: S105 - what no page may show
FLOW = "closed-won-to-invoice"
STEPS = (
    ("won", "trigger", "Box moved to stage", "", ""),
    ("deal", "call", "Get deal", "streak.get_box", "crm"),
    ("is_won", "filter", "Is it won?", "", ""),
    ("organization", "call", "Get organization", "streak.get_organization", "crm"),
    ("customer", "call", "Find customer", "sage50.find_or_create_customer", "ledger"),
    ("lines", "map", "Map invoice", "", ""),
    ("invoice", "call", "Create invoice", "sage50.create_invoice", "ledger"),
    ("write_back", "call", "Write invoice id back", "streak.update_box", "crm"),
)
DEALS = (
    ("Harlow Interiors - 12 lamps", "684.00"),
    ("Grand Hotel Leeds - 60 lamps", "4350.00"),
    ("Moss & Co - lobby lights", "2918.00"),
    ("Pier Nine - 24 pendants", "2136.00"),
)


@dataclass(slots=True)
class World:
    """What was made, by name."""

    dev: Environment
    prod: Environment
    people: dict[str, User]
    release: Release
    endpoint: Endpoint
    table: MappingTable
    connections: dict[str, Connection]
    runs: dict[str, Run] = field(default_factory=dict)
    failures: dict[str, Failure] = field(default_factory=dict)
    effects: dict[str, Effect] = field(default_factory=dict)


def make_world(now: datetime | None = None) -> World:
    """Everything the pages show, around `now`."""
    now = now or timezone.now()
    dev = Environment.objects.create(key="dev", name="Development", order=0)
    prod = Environment.objects.create(key="prod", name="Production", order=2, live=True)
    release = _release(prod)
    _release(dev)
    world = World(dev, prod, _people(prod), release, _endpoint(prod), _table(prod), _connections(prod))
    _succeeded(world, now - timedelta(minutes=42))
    _missing_row(world, now - timedelta(hours=4))
    _conflict(world, now - timedelta(hours=1))
    _others(world, now)
    record(world.people["operator"], "run.retry", "run 1", environment=prod, note="step, release same")
    return world


def _people(prod: Environment) -> dict[str, User]:
    people = {"superuser": User.objects.create_superuser("root", password="a-good-password")}  # noqa: S106
    for role in Role.values:
        person = User.objects.create_user(role, first_name="Dana", last_name="Roy")
        Membership.objects.create(user=person, environment=prod, role=role)
        people[role] = person
    everywhere = User.objects.create_user("chief", first_name="Anna", last_name="Keller")
    for role in Role.values:
        Membership.objects.create(user=everywhere, role=role)
    people["everywhere"] = everywhere
    people["nobody"] = User.objects.create_user("nobody")
    return people


def _release(environment: Environment) -> Release:
    steps = tuple(
        Step(
            id=key,
            type=kind,
            version=1,
            name=name,
            params={"operation": operation} if operation else {},
            slot=slot,
        )
        for key, kind, name, operation, slot in STEPS
    )
    edges = tuple(
        Edge(f"e{number}", one.id, "main", other.id) for number, (one, other) in enumerate(pairwise(steps))
    )
    needs = {"slots": {"crm": "streak", "ledger": "sage50"}, "tables": ["product_gl"], "variables": []}
    plan = Plan(FLOW, "d" * 64, steps, edges, needs)
    flow, _made = Flow.objects.get_or_create(
        key=FLOW, defaults={"name": "Closed-Won to invoice", "template": FLOW}
    )
    FlowVersion.objects.get_or_create(flow=flow, number=14, defaults={"digest": "d" * 64, "graph": {}})
    return Release.objects.create(
        environment=environment,
        flow_key=FLOW,
        flow_name="Closed-Won to invoice",
        number=14,
        version=14,
        digest="d" * 64,
        plan=plan_to_json(plan),
        graph={},
        active=True,
        created_by="chief",
    )


def _endpoint(prod: Environment) -> Endpoint:
    endpoint = Endpoint.objects.create(
        environment=prod, flow_key=FLOW, node="won", path="Q9c1rVt0unguessable", connector="streak", trigger="streak.box_stage_changed", config={"pipeline": "Sales"}
    )  # fmt: skip
    now = timezone.now()
    Refusal.objects.create(
        path="old-path", code="unknown_path", status=404, sentence="Nothing listens at this path.", remote="10.0.0.9", count=12, first_at=now - timedelta(days=2), last_at=now,
    )  # fmt: skip
    Refusal.objects.create(
        endpoint=endpoint, path=endpoint.path, code="wrong_token", status=401, sentence="The token is not the one of this endpoint.", count=1, first_at=now, last_at=now,
    )  # fmt: skip
    return endpoint


def _table(prod: Environment) -> MappingTable:
    table = MappingTable.objects.create(
        environment=prod,
        key="product_gl",
        name="Product category → GL account",
        description="Which Sage account and tax code an invoice line takes.",
        columns=[
            {"key": "category", "title": "Category", "type": "text", "is_key": True},
            {"key": "gl_account", "title": "GL account", "type": "text", "is_key": False},
            {"key": "account_name", "title": "Account name", "type": "text", "is_key": False},
            {"key": "share", "title": "Share", "type": "decimal", "is_key": False},
            {"key": "post", "title": "Post", "type": "boolean", "is_key": False},
        ],
    )
    for category, account, name in (
        ("Accessories", "4000", "Sales, furniture"),
        ("Carpets", "4003", "Sales, textiles"),
        ("Freight", "4001", "Delivery charged"),
        ("Outdoor", "4002", "Sales, outdoor"),
        ("Services", "4100", "Fitting and repairs"),
    ):
        add_row(
            table,
            {
                "category": category,
                "gl_account": account,
                "account_name": name,
                "share": "1.00",
                "post": True,
            },
            valid_from="2026-04-01",
        )
    add_row(
        table,
        {
            "category": "Furniture",
            "gl_account": "4010",
            "account_name": "Sales, furniture old",
            "share": "1.00",
        },
        valid_to="2026-03-31",
    )
    add_row(
        table,
        {"category": "Furniture", "gl_account": "4000", "account_name": "Sales, furniture", "share": "1.00"},
        valid_from="2026-04-01",
    )
    return table  # fmt: skip


def _connections(prod: Environment) -> dict[str, Connection]:
    made = {}
    for slot, connector, auth, name, secrets in (
        ("crm", "streak", "api_key", "Streak sales", {"api_key": SECRET}),
        (
            "ledger",
            "sage50",
            "oauth2_code",
            "Sage 50 UK",
            {"client_id": "app-1", "client_secret": SECRET, "access_token": SECRET},
        ),
    ):
        connection = Connection.objects.create(
            environment=prod, key=connector, name=name, connector=connector, auth=auth, base_url=f"https://api.{connector}.example", mark="live", far_account_id=f"{connector}-1", far_account_name="Harlow Ltd"
        )  # fmt: skip
        save_secrets(connection, secrets)
        Binding.objects.create(environment=prod, slot=slot, connection=connection)
        made[slot] = connection
    Connection.objects.filter(pk=made["crm"].pk).update(status="ok", tested_at=timezone.now())
    Connection.objects.filter(pk=made["ledger"].pk).update(
        status="reconnect", status_note="Sage does not accept the sign-in any more."
    )
    return made


def _run(world: World, title: str, at: datetime, **rest: Any) -> Run:
    event = Event.objects.create(
        environment=world.prod,
        endpoint=world.endpoint,
        flow_key=FLOW,
        node="won",
        key=f"agxz:{title}",
        title=title,
        data=codec.pack({"key": "agxzfm1haWxmb29nYWUyOAsSDE", "name": title, "note": "<script>alert(1)</script>"}, klass="event"),
        received_at=at,
        duplicates=2,
        last_duplicate_at=at,
    )  # fmt: skip
    values: dict[str, Any] = {
        "environment": world.prod, "release": world.release, "flow_key": FLOW, "event": event, "title": title, "queued_at": at, "started_at": at, "currency": "GBP", "seq": 9,
    }  # fmt: skip
    return Run.objects.create(**(values | rest))


def _steps(
    run: Run, upto: int, at: datetime, *, last: str = "done", problem: Mapping[str, Any] | None = None
) -> datetime:
    """Journal rows of the first `upto` steps; the last one ends in `last`. Find customer takes two attempts."""
    for number, (key, kind, name, operation, _slot) in enumerate(STEPS[:upto]):
        ends_as = last if number == upto - 1 else "done"
        took = timedelta(milliseconds=9 if kind != "call" else 188 + 40 * number)
        attempts = 2 if key == "customer" else 1
        for attempt in range(1, attempts + 1):
            state = "retry" if attempt < attempts else ends_as
            StepEntry.objects.create(
                run=run, path=key, node=key, attempt=attempt, state=state, started_at=at, ended_at=at + took, seq=number + 1,
                input=codec.pack({"step": name, "token": SECRET, "lines": [{"sku": "L-1", "unit_price": "57.00"}]}, klass="step"),
                output=codec.pack({"id": f"out-{number}", "total": "684.00"}, klass="step") if state == "done" else None,
                problem={"kind": "transient", "code": "timeout", "sentence": "Sage did not answer in time.", "pointer": ""} if state == "retry" else (dict(problem) if problem and ends_as == state and number == upto - 1 else None),
            )  # fmt: skip
            if operation:
                Exchange.objects.create(
                    run=run, path=key, attempt=attempt, number=1, method="POST" if "create" in operation else "GET", url=f"https://api.example/v3.1/{operation.partition('.')[2]}", status=503 if state == "retry" else 200, ms=took.total_seconds() * 1000, at=at,
                    body=codec.pack({"request": {"query": {}}, "response": {"ok": True, "access_token": SECRET}}, klass="exchange"),
                )  # fmt: skip
            at += took + (timedelta(seconds=4) if state == "retry" else timedelta(milliseconds=3))
    return at


def _effect(world: World, run: Run, identity: str, state: str, **rest: Any) -> Effect:
    values: dict[str, Any] = {
        "account": "sage50-1", "record": "sales_invoice", "identity": identity, "kind": "create", "state": state, "strategy": "native", "operation": "sage50.create_invoice", "connection": world.connections["ledger"], "run": run, "run_number": run.pk, "flow_key": FLOW, "path": "invoice", "payload_hash": "0" * 64, "intended_at": run.queued_at, "amount": run.amount, "currency": "GBP",
        "payload": codec.pack({"total": "6480.00"}, klass="effect"),
    }  # fmt: skip
    effect = Effect.objects.create(**(values | rest))
    EffectKey.objects.create(account=effect.account, record=effect.record, key=identity, effect=effect)
    return effect


def _succeeded(world: World, at: datetime) -> None:
    run = _run(
        world,
        "Oak & Ash - 9 wall lights",
        at,
        state="succeeded",
        result="delivered",
        amount=Decimal("1080.00"),
    )
    end = _steps(run, len(STEPS), at)
    Run.objects.filter(pk=run.pk).update(ended_at=end)
    effect = _effect(world, run, "agxz-oak/invoice", "confirmed", far_id="INV-2041", settled_at=end)
    CrossReference.objects.create(
        environment=world.prod, source_record="box", source_id="agxz-oak", account="sage50-1", record="sales_invoice", far_id="INV-2041", effect=effect
    )  # fmt: skip
    world.runs["succeeded"], world.effects["confirmed"] = run, effect


def _failure(world: World, runs: list[Run], at: datetime, **rest: Any) -> Failure:
    values: dict[str, Any] = {
        "environment": world.prod, "fingerprint": f"{len(world.failures):064}", "flow_key": FLOW, "first_at": at, "last_at": at + timedelta(minutes=20), "count": len(runs), "connector": "sage50", "operation": "sage50.create_invoice", "node": "lines", "code": rest["kind"],
    }  # fmt: skip
    failure = Failure.objects.create(**(values | rest))
    Run.objects.filter(pk__in=[run.pk for run in runs]).update(failure=failure)
    return failure


def _missing_row(world: World, at: datetime) -> None:
    sentence = "Mapping table “Product category → GL account” has no row for “Lighting”."
    info = {
        "table": "product_gl",
        "table_name": world.table.name,
        "key": ["Lighting"],
        "key_columns": ["category"],
        "column": "gl_account",
    }
    problem = {
        "kind": "table_miss",
        "code": "table_miss",
        "sentence": sentence,
        "pointer": "/lines/0/nominal_code",
        "info": info,
    }
    runs = []
    for number, (title, amount) in enumerate(DEALS):
        began = at + timedelta(minutes=7 * number)
        run = _run(world, title, began, state="parked", reason="person", amount=Decimal(amount))
        _steps(run, 6, began, last="fail", problem=problem)
        runs.append(run)
    failure = _failure(
        world,
        runs,
        at,
        kind="table_miss",
        verdict="config",
        sentence=sentence,
        info=info,
        operation="",
        pointer="/lines/0/nominal_code",
    )
    for run in runs:
        Occurrence.objects.create(failure=failure, run=run, path="lines", attempt=1, at=at, info=info)
    world.runs["missing"], world.failures["missing"] = runs[0], failure  # fmt: skip


def _conflict(world: World, at: datetime) -> None:
    sentence = "“Create invoice” was done for this record before, with other content (INV-2039). Nothing was written. Compare the two, then keep the first or correct it in the far system."
    run = _run(
        world, "Bristol Cafés - 18 tables", at, state="parked", reason="person", amount=Decimal("6840.00")
    )
    _steps(
        run,
        7,
        at,
        last="fail",
        problem={"kind": "conflict", "code": "payload_changed", "sentence": sentence, "pointer": ""},
    )
    effect = _effect(
        world, run, "agxz-bristol/invoice", "confirmed", far_id="INV-2039", amount=Decimal("6480.00")
    )
    failure = _failure(
        world,
        [run],
        at,
        kind="conflict",
        verdict="data",
        sentence=sentence,
        node="invoice",
        code="payload_changed",
        info={"effect": effect.pk, "far_id": "INV-2039"},
    )
    lines = [{"description": "Table, oak", "quantity": "18", "unit_price": "360.00"}]
    payloads = {
        "confirmed": {"sales_invoice": {"contact_id": "c-9", "date": "2026-11-21", "invoice_lines": lines, "total": "6480.00"}},
        "intended": {"sales_invoice": {"contact_id": "c-9", "date": "2026-11-21", "invoice_lines": [lines[0] | {"unit_price": "380.00"}], "total": "6840.00", "notes": "Won again"}},
    }  # fmt: skip
    Occurrence.objects.create(
        failure=failure,
        run=run,
        path="invoice",
        attempt=1,
        at=at,
        info={"effect": effect.pk},
        payloads=codec.pack(payloads, klass="effect"),
        detail="409 from the effect ledger",
    )
    world.runs["conflict"], world.failures["conflict"], world.effects["conflict"] = run, failure, effect


def _others(world: World, now: datetime) -> None:
    """One run in each of the other states, and an effect of unknown outcome."""
    ago = now - timedelta(minutes=3)
    retrying = _run(
        world,
        "Café Lune - 6 lamps",
        ago,
        state="parked",
        reason="retry",
        amount=Decimal("412.50"),
        due_at=now + timedelta(minutes=2),
    )
    _steps(
        retrying,
        2,
        ago,
        last="retry",
        problem={
            "kind": "transient",
            "code": "timeout",
            "sentence": "Streak did not answer in time.",
            "pointer": "",
        },
    )
    world.runs["retrying"] = retrying
    world.runs["running"] = _run(
        world, "Brook Hotel - 20 lamps", ago, state="running", amount=Decimal("900.00")
    )
    _steps(world.runs["running"], 3, ago)
    world.runs["queued"] = _run(world, "Lane & Sons - 3 rugs", ago, state="queued", started_at=None)
    world.runs["cancelled"] = _run(world, "Old Mill - 2 benches", ago, state="cancelled", ended_at=now)
    filtered = _run(
        world,
        "Nova Gym - lead",
        ago,
        state="succeeded",
        result="filtered",
        ended_at=ago + timedelta(milliseconds=240),
    )
    _steps(filtered, 3, ago)
    world.effects["unknown"] = _effect(
        world, world.runs["running"], "agxz-brook/invoice", "unknown", look_at=now
    )
