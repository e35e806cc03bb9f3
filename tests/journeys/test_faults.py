"""Whatever a far system does to one call, the deal becomes one invoice, by itself."""

from typing import Any

import pytest
import requests

from tests.journeys.conftest import LIMIT, Installation

pytestmark = pytest.mark.processes

FAULTS = [
    ("sage50", "lose_answer", "sales_invoices"),
    ("sage50", "late_commit", "sales_invoices"),
    ("sage50", "error", "sales_invoices"),
    ("sage50", "unavailable", "sales_invoices"),
    ("sage50", "rate_limit", "sales_invoices"),
    ("sage50", "lose_answer", "contacts"),
    ("sage50", "refuse", "sales_invoices"),
    ("sage50", "hang", "sales_invoices"),
    ("streak", "lose_answer", "boxes"),
    ("streak", "unavailable", "contacts"),
    ("streak", "duplicate", ""),
]

SOME_FAULTS = [FAULTS[0], FAULTS[4], FAULTS[10]]
"""An answer lost, a rate limit, a webhook that comes twice: what is handled across processes."""


def arm(installation: Installation, system: str, kind: str, path: str) -> None:
    body = {"system": system, "kind": kind, "mode": "next", "path": path}
    answer = requests.post(f"{installation.sandbox}/api/faults", json=body, timeout=LIMIT)
    assert answer.ok, answer.text


def hits(installation: Installation, system: str, kind: str) -> int:
    found: dict[str, list[dict[str, Any]]] = requests.get(
        f"{installation.sandbox}/api/faults", timeout=LIMIT
    ).json()
    return next(int(fault["hits"]) for fault in found[system] if fault["id"] == kind)


@pytest.mark.backends("embedded")
@pytest.mark.parametrize(("system", "kind", "path"), FAULTS)
def test_one_fault_on_the_way_still_makes_one_customer_and_one_invoice(
    installation: Installation, system: str, kind: str, path: str
) -> None:
    one_fault_still_makes_one_invoice(installation, system, kind, path)


@pytest.mark.backends("redis")
@pytest.mark.parametrize(("system", "kind", "path"), SOME_FAULTS)
def test_so_it_is_when_work_is_spread_over_machines(
    installation: Installation, system: str, kind: str, path: str
) -> None:
    one_fault_still_makes_one_invoice(installation, system, kind, path)


def one_fault_still_makes_one_invoice(installation: Installation, system: str, kind: str, path: str) -> None:
    company = installation.new_company()
    box = installation.add_deal(company)
    before = hits(installation, system, kind)

    if kind == "lose_answer" and system == "streak":
        installation.move(box, "Closed Won")  # the fault is for Interlock's own write, not for ours
        arm(installation, system, kind, path)
    else:
        arm(installation, system, kind, path)
        installation.move(box, "Closed Won")

    runs = installation.until_settled(box)
    assert {run["state"] for run in runs} == {"succeeded"}
    assert hits(installation, system, kind) == before + 1
    assert len(installation.customers(company)) == 1
    assert len(installation.invoices(company)) == 1
    written = installation.streak("GET", f"/v1/boxes/{box}")["fields"]
    assert installation.invoices(company)[0]["id"] in written.values()
