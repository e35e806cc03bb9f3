"""Sage: contacts are checked and kept, and created once."""

from typing import Any

import pytest

from connectors.sdk.wire import Json
from tests.sandbox.bench import Bench, refusals

CONTACT: dict[str, Any] = {"name": "Larch & Co", "contact_type_ids": ["CUSTOMER"]}


def test_a_contact_is_created_with_its_outside_id(bench: Bench) -> None:
    body = CONTACT | {"reference": "LARCH01", "source_guid": "streak:org:agx", "currency_id": "EUR"}
    body |= {"main_contact_person": {"name": "Ida Larch", "email": "Ida@Larch.example"}}
    answer = bench.sage.call("POST", "/contacts", json={"contact": body})
    made = answer.json()
    assert answer.status_code == 201
    assert (made["displayed_as"], made["source_guid"]) == ("Larch & Co (LARCH01)", "streak:org:agx")
    assert (made["currency"]["id"], made["email"]) == ("EUR", "Ida@Larch.example")
    assert bench.sage.read("/contacts?email=ida@larch.example")["$total"] == 1


@pytest.mark.parametrize(
    ("change", "source"),
    [
        ({"name": ""}, "name"),
        ({"name": "x" * 101}, "name"),
        ({"contact_type_ids": []}, "contact_type_ids"),
        ({"contact_type_ids": ["FRIEND"]}, "contact_type_ids"),
        ({"reference": "x" * 11}, "reference"),
        ({"source_guid": "x" * 256}, "source_guid"),
        ({"currency_id": "XXX"}, "currency_id"),
        ({"default_sales_tax_rate_id": "T1"}, "default_sales_tax_rate_id"),
        ({"main_address": {"address_line_1": "x" * 51}}, "main_address.address_line_1"),
        ({"main_address": {"postal_code": "x" * 11}}, "main_address.postal_code"),
        ({"main_address": {"country_id": "ZZ"}}, "main_address.country_id"),
        ({"main_contact_person": {"email": "no mail"}}, "main_contact_person.email"),
        ({"main_contact_person": {"name": "x" * 51}}, "main_contact_person.name"),
        ({"credit_days": 366}, "credit_days"),
        ({"credit_limit": "a lot"}, "credit_limit"),
    ],
)
def test_a_contact_sage_would_refuse_is_refused(bench: Bench, change: dict[str, Any], source: str) -> None:
    answer = bench.sage.call("POST", "/contacts", json={"contact": CONTACT | change})
    assert set(refusals(answer)) == {f"contact.{source}"}
    assert bench.sage.read("/contacts")["$total"] == 6


@pytest.mark.parametrize(("path", "name"), [("/contacts", "contact"), ("/products", "product")])
def test_contacts_and_products_are_created_once_too(bench: Bench, path: str, name: str) -> None:
    accounts = bench.account_ids()
    bodies: dict[str, Json] = {
        "contact": dict(CONTACT),
        "product": {
            "description": "Stool",
            "sales_ledger_account_id": accounts[4000],
            "purchase_ledger_account_id": accounts[5000],
        },
    }
    body = {name: bodies[name] | {"idempotency_id": "b" * 32}}
    made = [bench.sage.write("POST", path, json=body)["id"] for _ in range(2)]
    assert made[0] == made[1]
