"""Sage: invoices and receipts are checked and added up by Sage itself."""

from decimal import Decimal
from typing import Any

import pytest

from tests.sandbox.bench import Bench, refusals


def test_an_invoice_is_added_up_from_its_lines(bench: Bench) -> None:
    accounts = bench.account_ids()
    lines: list[dict[str, Any]] = [
        {"description": "Lamp", "ledger_account_id": accounts[4001], "quantity": "3", "unit_price": "9.995"},
        {"description": "Rug", "ledger_account_id": accounts[4002], "quantity": 2, "unit_price": 131.2},
        {"description": "Freight", "ledger_account_id": accounts[4905], "unit_price": "62"},
    ]
    taxes = [("GB_STANDARD", "6.00"), ("GB_LOWER", 13.12), ("GB_ZERO", None)]
    for line, (rate, tax) in zip(lines, taxes, strict=True):
        line.update({"tax_rate_id": rate} | ({"tax_amount": tax} if tax is not None else {}))
    made = bench.sage.write("POST", "/sales_invoices", json=bench.invoice(invoice_lines=lines))
    assert [one["net_amount"] for one in made["invoice_lines"]] == [29.99, 262.4, 62.0]
    assert (made["net_amount"], made["tax_amount"], made["total_amount"]) == (354.39, 19.12, 373.51)
    assert (made["outstanding_amount"], made["status"]["id"]) == (373.51, "UNPAID")
    assert (made["displayed_as"], made["invoice_number"]) == ("SI-1003", "1003")
    assert bench.sage.read(made["$path"]) == made


@pytest.mark.parametrize(
    ("line", "net", "total"),
    [
        ({"quantity": "1", "unit_price": "10.005", "tax_amount": "2.00"}, 10.01, 12.01),
        (
            {"quantity": "10", "unit_price": "10", "discount_amount": "5.50", "tax_amount": "18.90"},
            94.5,
            113.4,
        ),
        (
            {"quantity": "10", "unit_price": "10", "discount_percentage": "12.5", "tax_amount": "17.50"},
            87.5,
            105.0,
        ),
        (
            {"quantity": "2", "unit_price": "60", "unit_price_includes_tax": True, "tax_amount": "20.00"},
            100.0,
            120.0,
        ),
        ({"quantity": "-1", "unit_price": "10", "tax_amount": "-2.00"}, -10.0, -12.0),
        ({"quantity": "1", "unit_price": "10", "tax_amount": "2.01"}, 10.0, 12.01),
    ],
)
def test_a_line_is_rounded_half_up_after_its_discount(
    bench: Bench, line: dict[str, Any], net: float, total: float
) -> None:
    made = bench.sage.write("POST", "/sales_invoices", json=bench.invoice(line=line))
    assert (made["net_amount"], made["total_amount"]) == (net, total)


def test_a_foreign_invoice_has_base_currency_twins(bench: Bench) -> None:
    made = bench.sage.write(
        "POST", "/sales_invoices", json=bench.invoice(currency_id="EUR", exchange_rate="1.25")
    )
    assert (made["currency"]["id"], made["exchange_rate"]) == ("EUR", 1.25)
    assert (made["total_amount"], made["base_currency_total_amount"]) == (1608.0, 1286.4)
    own = bench.sage.write("POST", "/sales_invoices", json=bench.invoice(contact_id=bench.customer("OSLO01")))
    assert own["currency"]["id"] == "EUR"


LINE = "invoice_lines[0]."


@pytest.mark.parametrize(
    ("change", "source"),
    [
        ({"contact_id": None}, "contact_id"),
        ({"contact_id": "0" * 32}, "contact_id"),
        ({"date": None}, "date"),
        ({"date": "21/11/2026"}, "date"),
        ({"due_date": "2026-02-30"}, "due_date"),
        ({"invoice_lines": []}, "invoice_lines"),
        ({"invoice_lines": None}, "invoice_lines"),
        ({"invoice_lines": ["x"]}, "invoice_lines[0]"),
        ({"reference": "x" * 26}, "reference"),
        ({"notes": "x" * 2001}, "notes"),
        ({"status_id": "PAID"}, "status_id"),
        ({"currency_id": "XXX"}, "currency_id"),
        ({"exchange_rate": 0}, "exchange_rate"),
        ({"line": {"description": None}}, LINE + "description"),
        ({"line": {"ledger_account_id": "4000"}}, LINE + "ledger_account_id"),
        ({"line": {"ledger_account_id": None}}, LINE + "ledger_account_id"),
        ({"line": {"unit_price": "a lot"}}, LINE + "unit_price"),
        ({"line": {"quantity": "many"}}, LINE + "quantity"),
        ({"line": {"tax_rate_id": "T1"}}, LINE + "tax_rate_id"),
        ({"line": {"tax_amount": None}}, LINE + "tax_amount"),
        ({"line": {"tax_amount": "268.02"}}, LINE + "tax_amount"),
        ({"line": {"tax_amount": "267.98"}}, LINE + "tax_amount"),
        ({"line": {"tax_amount": "268.005"}}, LINE + "tax_amount"),
        ({"line": {"tax_rate_id": "GB_ZERO"}}, LINE + "tax_amount"),
        ({"line": {"tax_rate_id": None}}, LINE + "tax_amount"),
        ({"line": {"product_id": "0" * 32}}, LINE + "product_id"),
        ({"line": {"discount_amount": "1", "discount_percentage": "1"}}, LINE + "discount_percentage"),
    ],
)
def test_an_invoice_sage_would_refuse_is_refused(bench: Bench, change: dict[str, Any], source: str) -> None:
    answer = bench.sage.call("POST", "/sales_invoices", json=bench.invoice(**change))
    assert f"sales_invoice.{source}" in refusals(answer)
    assert len(bench.records("sage50", "sales_invoice")) == 2


def test_a_sale_does_not_go_to_an_account_for_expenses_or_to_a_vendor(bench: Bench) -> None:
    body = bench.invoice(
        contact_id=bench.customer("QUARRY"), line={"ledger_account_id": bench.account_ids()[5000]}
    )
    found = refusals(bench.sage.call("POST", "/sales_invoices", json=body))
    assert set(found) == {"sales_invoice.contact_id", "sales_invoice.invoice_lines[0].ledger_account_id"}


@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [
        (b"no json", {"Content-Type": "application/json"}, 400),
        (b"{}", {"Content-Type": "application/json"}, 400),
        (b'{"sales_invoice": []}', {"Content-Type": "application/json"}, 400),
        (b"a=b", {"Content-Type": "application/x-www-form-urlencoded"}, 415),
    ],
)
def test_a_body_must_be_wrapped_json(bench: Bench, body: bytes, headers: dict[str, str], status: int) -> None:
    assert bench.sage.call("POST", "/sales_invoices", data=body, headers=headers).status_code == status


def test_the_same_idempotency_id_gets_the_same_answer_for_seven_days(bench: Bench) -> None:
    body = bench.invoice(idempotency_id="5d0c" * 8)
    first = bench.sage.call("POST", "/sales_invoices", json=body)
    body["sales_invoice"]["reference"] = "CHANGED"
    again = bench.sage.call("POST", "/sales_invoices", json=body)
    assert (again.status_code, again.text) == (201, first.text)
    assert len(bench.records("sage50", "sales_invoice")) == 3
    bench.advance(7 * 86_400 + 1)
    bench.sign_in()
    later = bench.sage.write("POST", "/sales_invoices", json=body)
    assert later["id"] != first.json()["id"]


def test_a_refused_request_does_not_use_up_its_idempotency_id(bench: Bench) -> None:
    refused = bench.invoice(idempotency_id="a" * 32, reference="x" * 26)
    assert bench.sage.call("POST", "/sales_invoices", json=refused).status_code == 422
    assert (
        bench.sage.call("POST", "/sales_invoices", json=bench.invoice(idempotency_id="a" * 32)).status_code
        == 201
    )


def test_a_draft_is_changed_and_released(bench: Bench) -> None:
    draft = bench.sage.write("POST", "/sales_invoices", json=bench.invoice(status_id="DRAFT"))
    assert draft["status"]["id"] == "DRAFT"
    change = bench.invoice(line={"quantity": "10", "tax_amount": "67.00"}, reference="B-2")
    changed = bench.sage.write("PUT", draft["$path"], json=change)
    assert (changed["total_amount"], changed["reference"], changed["status"]["id"]) == (402.0, "B-2", "DRAFT")
    released = bench.sage.call("POST", f"{draft['$path']}/release")
    assert (released.status_code, released.json()["status"]["id"]) == (201, "UNPAID")
    assert bench.sage.call("POST", f"{draft['$path']}/release").status_code == 422


def test_voiding_needs_a_reason_unless_it_is_a_draft(bench: Bench) -> None:
    posted = bench.sage.write("POST", "/sales_invoices", json=bench.invoice())
    assert "sales_invoice.void_reason" in refusals(bench.sage.call("DELETE", posted["$path"]))
    void = bench.sage.write("DELETE", f"{posted['$path']}?void_reason=duplicate")
    assert (void["status"]["id"], void["void_reason"], void["outstanding_amount"]) == (
        "VOID",
        "duplicate",
        0.0,
    )
    assert bench.sage.call("PUT", posted["$path"], json=bench.invoice()).status_code == 422
    draft = bench.sage.write("POST", "/sales_invoices", json=bench.invoice(status_id="DRAFT"))
    assert bench.sage.call("DELETE", draft["$path"]).status_code == 200
    assert bench.sage.call("GET", draft["$path"]).status_code == 404


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("search=nst-0417", ["SI-1002"]),
        ("search=bristol", ["SI-1001"]),
        ("status_id=UNPAID", ["SI-1001", "SI-1002"]),
        ("status_id=PAID", []),
        ("from_date=2999-01-01", []),
        ("sort=date:desc", ["SI-1002", "SI-1001"]),
    ],
)
def test_invoices_are_found_by_reference_customer_state_and_date(
    bench: Bench, query: str, found: list[str]
) -> None:
    assert [one["displayed_as"] for one in bench.sage.read(f"/sales_invoices?{query}")["$items"]] == found


def test_receipts_move_an_invoice_from_part_paid_to_paid(bench: Bench) -> None:
    invoice = bench.sage.write("POST", "/sales_invoices", json=bench.invoice())
    bank = bench.sage.read("/bank_accounts")["$items"][0]["id"]
    body = {
        "transaction_type_id": "CUSTOMER_RECEIPT",
        "contact_id": invoice["contact"]["id"],
        "bank_account_id": bank,
    }
    body |= {"date": "2026-11-22"}
    states = []
    for paid in ("600.00", "1008.00"):
        part = [{"artefact_id": invoice["id"], "amount": paid}]
        payment = {"contact_payment": body | {"total_amount": paid, "allocated_artefacts": part}}
        bench.sage.write("POST", "/contact_payments", json=payment)
        now = bench.sage.read(invoice["$path"])
        states.append((now["status"]["id"], Decimal(str(now["outstanding_amount"]))))
    assert states == [("PART_PAID", Decimal("1008.0")), ("PAID", Decimal("0.0"))]
    assert bench.sage.call("POST", "/contact_payments", json=payment).status_code == 422
    assert bench.sage.call("DELETE", f"{invoice['$path']}?void_reason=x").status_code == 422
