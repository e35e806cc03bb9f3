"""A small world for the admin's tests and pictures: two environments, people of every role, runs in every state."""

from datetime import datetime, timedelta
from itertools import pairwise

from django.contrib.auth.models import User
from django.utils import timezone

from designer.models import Flow, FlowVersion
from integrations.access.audit import record
from integrations.access.models import Membership, Role
from integrations.engine.plan import Edge, Plan, Step
from integrations.engine.plan_codec import plan_to_json
from integrations.ingress.models import Endpoint, Refusal
from integrations.mapping.models import MappingTable
from integrations.mapping.rows import add_row
from integrations.releases.models import Binding, Environment, Release, Variable
from integrations.vault.models import Connection
from integrations.vault.store import save_secrets
from tests.admin.happenings import conflict, missing_row, others, succeeded, unknown
from tests.admin.things import FLOW, SECRET, STEPS, World

__all__ = ["SECRET", "World", "make_world"]

ADDRESSES = {"streak": "https://api.streak.com/api", "sage50": "https://api.accounting.sage.com/v3.1"}


def make_world(now: datetime | None = None) -> World:
    """Everything the pages show, around `now`."""
    now = now or timezone.now()
    dev = Environment.objects.create(key="dev", name="Development", order=0)
    prod = Environment.objects.create(key="prod", name="Production", order=2, live=True)
    release = _release(prod)
    _release(dev)
    Variable.objects.create(environment=prod, key="invoice_terms", value={"days": 30, "text": "Net 30"})
    world = World(dev, prod, _people(prod), release, _endpoint(prod), _table(prod), _connections(prod))
    succeeded(world, now - timedelta(minutes=42))
    missing_row(world, now - timedelta(hours=4))
    conflict(world, now - timedelta(hours=1))
    unknown(world, now - timedelta(minutes=30))
    others(world, now)
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
            environment=prod, key=connector, name=name, connector=connector, auth=auth, base_url=ADDRESSES[connector], mark="live", far_account_id=f"{connector}-1", far_account_name="Harlow Ltd"
        )  # fmt: skip
        save_secrets(connection, secrets)
        Binding.objects.create(environment=prod, slot=slot, connection=connection)
        made[slot] = connection
    Connection.objects.filter(pk=made["crm"].pk).update(status="ok", tested_at=timezone.now())
    Connection.objects.filter(pk=made["ledger"].pk).update(
        status="reconnect", status_note="Sage does not accept the sign-in any more."
    )
    return made
