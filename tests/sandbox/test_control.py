"""The control API: deals are added, moved and changed; the state is read; everything goes back to the start."""

from decimal import Decimal
from typing import Any

import pytest
import requests

from tests.sandbox.bench import Bench, Receiver, eventually

DEAL: dict[str, Any] = {
    "name": "Larch - 3 lamps",
    "stage": "Quoted",
    "customer": {
        "organization": "Larch & Co",
        "domain": "larch.example",
        "given_name": "Ida",
        "family_name": "Larch",
        "email": "ida@larch.example",
    },
    "currency": "EUR",
    "tax": "Zero",
    "close_date": "2026-12-24",
    "lines": [
        {
            "sku": "LMP-FLR-03",
            "description": "Floor lamp",
            "category": "Lighting",
            "quantity": "3",
            "unit_price": "57.005",
            "tax": "zero",
        }
    ],
    "fields": {"Segment": ["retail", "export"], "Customer order number": "PO-1"},
}


def test_a_given_deal_becomes_a_box_with_contact_and_organization(bench: Bench) -> None:
    made = bench.control.write("POST", "/api/deals", json=DEAL)
    box = bench.streak.read(f"/v1/boxes/{made['key']}")
    fields = {one["name"]: box["fields"].get(one["key"]) for one in bench.pipeline["fields"]}
    assert (fields["Amount"], fields["Close date"], fields["Customer order number"]) == (
        "171.02",
        1798070400000,
        "PO-1",
    )
    assert '"unit_price": "57.005"' in fields["Line items"]
    assert (made["stage"], made["amount"], made["currency"]) == ("Quoted", "171.02", "EUR")
    assert bench.streak.read(f"/v2/contacts/{made['contact_key']}")["emailAddresses"] == ["ida@larch.example"]
    assert bench.streak.read(f"/v2/organizations/{made['organization_key']}")["name"] == "Larch & Co"
    second = bench.control.write("POST", "/api/deals", json=DEAL | {"name": "Another"})
    assert second["contact_key"] == made["contact_key"]
    assert second["organization_key"] == made["organization_key"]


def test_a_made_up_deal_has_all_a_deal_needs(bench: Bench) -> None:
    for _ in range(20):
        made = bench.control.write("POST", "/api/deals", json={})
        assert Decimal(made["amount"]) > 0
        assert made["currency"] in {"GBP", "EUR", "USD"}
        assert made["contact_key"]
        assert made["organization_key"]


def test_a_deal_is_moved_changed_and_dropped(bench: Bench, receiver: Receiver) -> None:
    bench.listen(receiver)
    made = bench.control.write("POST", "/api/deals", json=DEAL)
    path = f"/api/deals/{made['key']}"
    assert bench.control.write("POST", f"{path}/move", json={"stage": "Closed Won"})["stage"] == "Closed Won"
    assert eventually(lambda: receiver.arrived)[0][1][0]["key"] == made["key"]
    lines = [DEAL["lines"][0] | {"quantity": "4"}]
    assert bench.control.write("POST", f"{path}/change", json={"lines": lines})["amount"] == "228.02"
    assert bench.control.call("POST", f"{path}/move", json={"stage": "Nowhere"}).status_code == 400
    bench.control.write("DELETE", path, json={})
    assert bench.control.call("POST", f"{path}/move", json={"stage": "Lead"}).status_code == 400


def test_the_state_shows_counts_accounts_faults_and_the_board(bench: Bench) -> None:
    bench.fault("streak", "drop", "always")
    systems = bench.control.read("/api/state")["systems"]
    assert list(systems)[:2] == ["streak", "sage50"]
    assert systems["streak"]["counts"]["box"] == 9
    assert systems["sage50"]["counts"]["sales_invoice"] == 2
    assert systems["streak"]["account"]["id"] == bench.team
    lanes = systems["streak"]["board"]["lanes"]
    assert [lane["title"] for lane in lanes] == ["Lead", "Quoted", "Negotiation", "Closed Won", "Closed Lost"]
    assert sum(lane["count"] for lane in lanes) == 9
    assert [one["id"] for one in systems["streak"]["faults"] if one["mode"] != "off"] == ["drop"]


def test_records_are_read_whole_or_as_rows_and_no_secret_is_among_them(
    bench: Bench, receiver: Receiver
) -> None:
    bench.listen(receiver)
    rows = bench.control.read("/api/sage50/records?kind=sales_invoice&view=rows")
    assert rows["rows"][0]["cells"] == [
        "SI-1002",
        "NORTH01",
        "NST-0417",
        "4,770.00 GBP",
        "5,724.00 GBP",
        "Unpaid",
    ]
    one = bench.control.read(f"/api/sage50/records/sales_invoice/{rows['rows'][0]['key']}")
    assert (one["total_amount"], one["invoice_lines"][0]["net_amount"]) == ("5724.00", "4770.00")
    assert "s3cret" not in str(bench.records("streak", "webhook"))
    for kind in ("apikey", "access", "nothing"):
        assert bench.control.call("GET", f"/api/streak/records?kind={kind}").status_code == 400


def test_a_reset_gives_new_accounts_and_keeps_who_may_come_in(bench: Bench, receiver: Receiver) -> None:
    bench.listen(receiver)
    bench.control.write("POST", "/api/deals", json=DEAL)
    bench.fault("streak", "error", "always")
    before = bench.control.read("/api/urls")["systems"]
    bench.control.write("POST", "/api/reset", json={})
    after = bench.control.read("/api/urls")["systems"]
    for system in ("streak", "sage50"):
        assert after[system]["account"]["id"] != before[system]["account"]["id"]
        assert after[system]["account"]["name"] == before[system]["account"]["name"]
        assert after[system]["access"] == before[system]["access"]
    assert len(bench.records("streak", "box")) == 9
    assert bench.sage.read("/contacts")["$total"] == 6
    assert (
        bench.sage.call(
            "GET", "/contacts", headers={"X-Business": before["sage50"]["account"]["id"]}
        ).status_code
        == 403
    )
    bench.move(bench.box(), "5004")
    eventually(lambda: receiver.arrived)


@pytest.mark.parametrize(
    ("method", "path", "rest", "status"),
    [
        ("GET", "/api/state", {"headers": {"Host": "evil.example"}}, 403),
        ("GET", "/", {"headers": {"Host": "evil.example:80"}}, 403),
        ("POST", "/api/reset", {"data": "{}", "headers": {"Content-Type": "text/plain"}}, 415),
        ("POST", "/api/reset", {}, 415),
        ("GET", "/api/nothing", {}, 404),
        ("DELETE", "/api/state", {"json": {}}, 405),
        ("POST", "/api/deals", {"data": "[]", "headers": {"Content-Type": "application/json"}}, 400),
        ("POST", "/api/deals", {"data": "{", "headers": {"Content-Type": "application/json"}}, 400),
        ("POST", "/api/clock", {"json": {"advance_seconds": "x"}}, 400),
    ],
)
def test_other_sites_and_wrong_calls_get_nowhere(
    bench: Bench, method: str, path: str, rest: dict[str, Any], status: int
) -> None:
    before = bench.team
    assert requests.request(method, bench.control.base + path, timeout=20, **rest).status_code == status
    assert bench.team == before
