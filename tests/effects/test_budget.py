"""What one effect costs: statements in the writer's transaction, and bytes for ever."""

import re
import uuid
from collections import Counter

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from connectors.sdk.wire import Json, Request
from integrations.effects.content import About, coded, request_of
from integrations.effects.models import Effect
from integrations.payloads import codec
from tests.effects.conftest import World, operation
from tests.effects.test_updates import Box, at, update


def statements(queries: CaptureQueriesContext) -> Counter[str]:
    """How many statements of each kind, by the ledger's tables."""
    found: Counter[str] = Counter()
    for query in queries:
        said = re.search(r"(INSERT INTO|UPDATE|DELETE FROM|FROM) \"integrations_(\w+)\"", query["sql"])
        if said and said[2] in ("effect", "effectkey", "crossreference", "fieldposition"):
            found[f"{said[1].split()[0]} {said[2]}"] += 1
        elif said and 'SET "due_at"' in query["sql"]:
            found["wake"] += 1
    return found


def test_a_plain_create_takes_two_statements_to_intend_and_three_to_confirm(world: World) -> None:
    run = world.run()
    with CaptureQueriesContext(connection) as queries:
        world.write(run, operation(), {"total": "10.00"}, "box-1")
    assert statements(queries) == {
        "INSERT effect": 1,
        "INSERT effectkey": 1,
        "UPDATE effect": 1,
        "INSERT crossreference": 1,
        "wake": 1,
    }


def test_an_update_takes_three_to_take_its_turn_and_four_to_confirm(world: World) -> None:
    world.far = Box()
    run = world.run()
    with CaptureQueriesContext(connection) as queries:
        world.write(run, update(), {"total": "1"}, spec=at("1", "box-1"))
    assert statements(queries) == {
        "INSERT effect": 1,
        "INSERT effectkey": 1,
        "FROM fieldposition": 1,
        "UPDATE effect": 1,
        "INSERT fieldposition": 1,
        "DELETE effectkey": 1,
        "wake": 1,
    }


def invoice() -> Json:
    lines = [
        {
            "description": f"Café table, oak, {number} cm",
            "ledger_account_id": uuid.uuid4().hex,
            "quantity": str(number),
            "unit_price": f"{number}30.095",
            "tax_rate_id": "GB_STANDARD",
            "tax_amount": f"{number}9.03",
        }
        for number in range(1, 6)
    ]
    ids = {name: uuid.uuid4().hex for name in ("idempotency_id", "contact_id")}
    return {"sales_invoice": {**ids, "date": "2026-11-21", "reference": "STRK-1042", "invoice_lines": lines}}


@pytest.mark.django_db
def test_an_invoice_of_five_lines_takes_little_room() -> None:
    request = Request("POST", "/sales_invoices", json=invoice())
    stored = coded(request, About("streak.box", "agxzfm1haWxmb29nYWVyNQsSDE9yZ2FuaXphdGlvbiIZ"))
    output = codec.pack(
        {"id": uuid.uuid4().hex, "displayed_as": "SI-57", "total_amount": "1444.56"}, klass="effect"
    )
    assert len(stored) + len(output) <= 1000
    assert request_of(Effect(request=stored)) == request
