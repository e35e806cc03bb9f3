"""No request, however odd, makes a simulator stumble: it is refused in the system's own words."""

import itertools
import logging
import re
import socket
from typing import Any

import pytest

from connectors.sage50.sandbox.simulator import SIMULATOR as SAGE
from connectors.sdk.sandbox.simulator import Simulator
from connectors.streak.sandbox.simulator import SIMULATOR as STREAK
from tests.sandbox.bench import Bench

ODD: list[Any] = [None, 0, "x", [], {}, [[]], [{}], [{"key": []}], {"key": {}}, {"": None}]
NAMES = [
    "name",
    "text",
    "message",
    "event",
    "targetUrl",
    "fields",
    "contacts",
    "stageKey",
    "stages",
    "teamKey",
    "assignedToSharingEntries",
    "linkedBoxKeys",
    "followerKeys",
    "value",
    "dropdownSettings",
    "emailAddresses",
    "domains",
    "contactLinks",
    "type",
    "dueDate",
    "assignedTo",
    "color",
    "stageOrder",
    "contact_type_ids",
    "main_address",
    "main_contact_person",
    "currency_id",
    "contact_id",
    "date",
    "invoice_lines",
    "exchange_rate",
    "sales_prices",
    "description",
    "allocated_artefacts",
    "total_amount",
    "bank_account_id",
    "sales_ledger_account_id",
    "credit_days",
    "idempotency_id",
    "expiry_date",
    "quote_lines",
    "estimate_lines",
    "status_id",
    "original_quote_estimate_id",
    "transaction_type_id",
    "reference",
    "sales_rates",
    "item_code",
    "address_type_id",
    "is_main_address",
    "file",
    "file_name",
    "attachment_context_type_id",
    "attachment_context_id",
    "token",
]
WRAPS = (
    "contact",
    "product",
    "service",
    "stock_item",
    "sales_invoice",
    "sales_quote",
    "sales_estimate",
    "contact_payment",
    "contact_allocation",
    "address",
    "attachment",
)


def filled(bench: Bench, rule: str) -> str:
    """A route's path with real keys in it."""
    known = {
        "version": "v1",
        "pipeline": bench.pipeline["key"],
        "team": bench.team,
        "box": bench.box("Bay Gym - lockers")["key"],
        "field": "1005",
        "stage": "5001",
        "user": "me",
        "contact": bench.box("Bay Gym - lockers")["contacts"][0]["key"],
        "organization": bench.box("Bay Gym - lockers")["organizations"][0]["key"],
    }
    if "sales_invoices/" in rule:
        known["key"] = bench.sage.read("/sales_invoices")["$items"][0]["id"]
    return re.sub(r"<(\w+)[^>]*>", lambda found: known.get(found[1], "unknown"), rule)


@pytest.mark.parametrize("simulator", [STREAK, SAGE], ids=lambda one: str(one.id))
def test_odd_bodies_are_refused_without_stumbling(
    bench: Bench, simulator: Simulator, caplog: pytest.LogCaptureFixture
) -> None:
    api, base = bench.streak if simulator is STREAK else bench.sage, bench.host.worlds[simulator.id].origin
    writes = [route for route in simulator.routes if route.method in ("POST", "PUT")]
    paths = [(route.method, base + filled(bench, route.rule)) for route in writes]
    bodies: list[Any] = [*ODD, *(dict.fromkeys(NAMES, odd) for odd in ODD)]
    if simulator is SAGE:
        bodies += [dict.fromkeys(WRAPS, body) for body in list(bodies)]
        deep = [
            {"invoice_lines": [dict.fromkeys(("quantity", "ledger_account_id", "discount_amount"), odd)]}
            for odd in ODD
        ]
        bodies += [{"sales_invoice": body} for body in deep]
    with caplog.at_level(logging.ERROR):
        stumbles = [
            f"{method} {path[-40:]} {body}"
            for (method, path), body in itertools.product(paths, bodies)
            if api.request(method, path, json=body, timeout=20).status_code >= 500
        ]
    assert (stumbles, caplog.records) == ([], [])


@pytest.mark.parametrize(
    "sent",
    [
        b"nonsense\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET /api/v1/users/me HTTP/1.1\r\nHost",
        b"POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
        b"",
    ],
)
def test_bytes_that_are_not_http_end_the_connection_only(
    bench: Bench, sent: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    port = int(bench.host.streak_url.split(":")[2].split("/")[0])
    with socket.create_connection(("127.0.0.1", port), timeout=5) as line:
        line.sendall(sent)
        line.shutdown(socket.SHUT_WR)
        assert b"200" not in line.recv(1000)
    assert bench.streak.read("/v1/users/me")
    assert caplog.records == []


def test_requests_may_be_sent_ahead_on_one_connection(bench: Bench) -> None:
    port = int(bench.host.streak_url.split(":")[2].split("/")[0])
    one = b"GET /api/v1/nothing HTTP/1.1\r\nHost: x\r\n\r\n"
    last = b"GET /api/v1/nothing HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    with socket.create_connection(("127.0.0.1", port), timeout=5) as line:
        line.sendall(one * 3 + last)
        answers = b"".join(iter(lambda: line.recv(65536), b""))
    assert answers.count(b"HTTP/1.1 401 Unauthorized") == 4
