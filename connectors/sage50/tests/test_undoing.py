"""update_invoice, credit_invoice, and what undoes an invoice as it stands."""

import pytest

from connectors.sage50.tests.far import (
    INVOICE,
    STAMP,
    carried_out,
    errors,
    found_by,
    page,
    prepared,
    sage,
    write_of,
)
from connectors.sage50.tests.test_invoices import INPUT, with_books
from connectors.sdk.errors import Conflict
from connectors.sdk.operation import Asked
from connectors.sdk.testing import MARK
from connectors.sdk.wire import Json

CREATE, UPDATE, CREDIT = (write_of(name) for name in ("create_invoice", "update_invoice", "credit_invoice"))
ASKED = Asked(day="2026-11-23", reason="Ordered twice")
LINE: Json = {
    "description": "Office chair",
    "quantity": 40.0,
    "unit_price": "30.095",
    "net_amount": 1203.8,
    "tax_amount": 240.76,
    "discount_amount": 0,
    "ledger_account": {"id": "a4000"},
    "tax_rate": {"id": "GB_STANDARD"},
    "product": None,
}
POSTED: Json = {**INVOICE, "status": {"id": "UNPAID"}, "exchange_rate": 1.0, "invoice_lines": [LINE]}
NOTE: Json = {
    "id": "n1",
    "displayed_as": "SCN-1",
    "credit_note_number": "1",
    "status": {"id": "UNPAID"},
    "date": "2026-11-23",
    "reference": "SI-57",
    "notes": f"Ordered twice\n{STAMP}",
    "net_amount": 1203.8,
    "tax_amount": "240.76",
    "total_amount": 1444.56,
    "currency": {"id": "GBP"},
    "original_invoice_number": "SI-57",
}


def test_a_draft_is_written_over_whole_and_keeps_the_mark_it_is_recognised_by() -> None:
    data = {**INPUT, "invoice_id": "i1"}
    with with_books(sage()).on("GET", "/sales_invoices/i1", json=INVOICE) as far:
        request = prepared(UPDATE, far, data)
        far.on("PUT", "/sales_invoices/i1", json=INVOICE)
        output = carried_out(UPDATE, far, data, request)
    sent = request.json["sales_invoice"]
    assert (request.far_id, sent["notes"], "idempotency_id" in sent) == ("i1", f"Thank you\n{STAMP}", False)
    assert (output["displayed_as"], UPDATE.unmarked(request)["notes"]) == ("SI-57", "Thank you")


def test_a_posted_invoice_is_not_written_over() -> None:
    far = with_books(sage()).on("GET", "/sales_invoices/i1", json=POSTED)
    with pytest.raises(Conflict, match="no draft any more"):
        prepared(UPDATE, far, {**INPUT, "invoice_id": "i1"})


@pytest.mark.parametrize(("change", "found"), [({}, ["i1"]), ({"quantity": 41}, [])])
def test_an_update_is_found_by_reading_back_amounts_by_value(change: Json, found: list[str]) -> None:
    far = with_books(sage()).on("GET", "/sales_invoices/i1", json=INVOICE)
    request = prepared(UPDATE, far, {**INPUT, "invoice_id": "i1"})
    now = {**INVOICE, "notes": f"Thank you\n{STAMP}", "invoice_lines": [{**LINE, **change}]}
    far.on("GET", "/sales_invoices/i1", json=now)
    assert [match.far_id for match in found_by(UPDATE, far.call(), request)] == found


@pytest.mark.parametrize(("status", "expected"), [("DRAFT", True), ("UNPAID", False)])
def test_only_a_draft_may_be_revised(status: str, *, expected: bool) -> None:
    assert CREATE.revise is not None
    far = sage().on("GET", "/sales_invoices/i1", json={**INVOICE, "status": {"id": status}})
    assert CREATE.revise.may_revise(far.call(), "i1") is expected
    assert CREATE.revise.input("i1", {**INPUT, "status": "draft"}) == {**INPUT, "invoice_id": "i1"}


def test_a_posted_invoice_is_undone_by_a_credit_note_shown_line_by_line() -> None:
    assert CREATE.compensation is not None
    far = sage().on("GET", "/sales_invoices/i1", json=POSTED)
    remedy = CREATE.compensation.offer(far.call(), "i1", ASKED)
    assert remedy.operation == "sage50.credit_invoice"
    assert remedy.data == {"invoice_id": "i1", "date": "2026-11-23", "reason": "Ordered twice"}
    assert (remedy.net, remedy.tax, remedy.total, remedy.currency) == ("1203.80", "240.76", "1444.56", "GBP")
    assert [(line.text, line.quantity, line.net, line.tax) for line in remedy.lines] == [
        ("Office chair", "40.0", "1203.80", "240.76")
    ]
    assert remedy.title == "Credit SI-57"


def test_a_draft_is_undone_by_deleting_it_and_a_paid_invoice_says_where_the_money_stays() -> None:
    assert CREATE.compensation is not None
    draft = CREATE.compensation.offer(
        sage().on("GET", "/sales_invoices/i1", json=INVOICE).call(), "i1", ASKED
    )
    assert (draft.operation, draft.total) == ("sage50.void_invoice", "")
    paid = {**POSTED, "status": {"id": "PAID"}}
    remedy = CREATE.compensation.offer(sage().on("GET", "/sales_invoices/i1", json=paid).call(), "i1", ASKED)
    assert "customer's account" in remedy.sentence


GONE = [
    (200, {**INVOICE, "status": {"id": "VOID"}}),
    (404, errors(("RecordNotFound", "Not found", ""))),
]


@pytest.mark.parametrize(("status", "body"), GONE)
def test_what_is_void_or_gone_is_undone_already(status: int, body: Json) -> None:
    assert CREATE.compensation is not None
    far = sage().on("GET", "/sales_invoices/i1", status=status, json=body)
    with pytest.raises(Conflict) as caught:
        CREATE.compensation.offer(far.call(), "i1", ASKED)
    assert caught.value.code == "already_undone"


def test_a_credit_note_carries_the_invoices_lines_currency_and_rate() -> None:
    data = {"invoice_id": "i1", "date": "2026-11-23", "reason": "Ordered twice"}
    with sage().on("GET", "/sales_invoices/i1", json=POSTED) as far:
        request = prepared(CREDIT, far, data)
        far.on("POST", "/sales_credit_notes", status=201, json=NOTE)
        output = carried_out(CREDIT, far, data, request)
    assert request.json["sales_credit_note"] == {
        "idempotency_id": MARK.guid,
        "contact_id": "c1",
        "date": "2026-11-23",
        "reference": "SI-57",
        "notes": f"Ordered twice\n{STAMP}",
        "original_invoice_number": "SI-57",
        "original_invoice_date": "2026-11-21",
        "currency_id": "GBP",
        "exchange_rate": "1.0",
        "credit_note_lines": [
            {
                "description": "Office chair",
                "quantity": "40.0",
                "unit_price": "30.095",
                "tax_amount": "240.76",
                "ledger_account_id": "a4000",
                "tax_rate_id": "GB_STANDARD",
            }
        ],
    }
    assert (output["invoice"], CREDIT.amount(output)) == ("SI-57", {"amount": "-1444.56", "currency": "GBP"})


def test_a_draft_is_not_credited() -> None:
    with pytest.raises(Conflict, match="not posted"):
        prepared(
            CREDIT,
            sage().on("GET", "/sales_invoices/i1", json=INVOICE),
            {"invoice_id": "i1", "date": "2026-11-23", "reason": "x"},
        )


def test_after_the_window_a_credit_note_finds_itself_by_its_mark() -> None:
    far = sage().on("GET", "/sales_invoices/i1", json=POSTED)
    request = prepared(CREDIT, far, {"invoice_id": "i1", "date": "2026-11-23", "reason": "Ordered twice"})
    far.on(
        "GET",
        "/sales_credit_notes",
        query={"contact_id": "c1", "from_date": "2026-11-23"},
        json=page([{**NOTE, "id": "n0", "notes": ""}, NOTE]),
    )
    assert [match.far_id for match in found_by(CREDIT, far.call(), request)] == ["n1"]


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (200, NOTE, "stands"),
        (200, {**NOTE, "status": {"id": "VOID"}}, "void"),
        (404, errors(("RecordNotFound", "Not found", "")), "gone"),
    ],
)
def test_a_credit_note_stands_unless_it_is_void_or_gone(status: int, body: Json, expected: str) -> None:
    assert CREDIT.standing is not None
    far = sage().on("GET", "/sales_credit_notes/n1", status=status, json=body)
    assert CREDIT.standing(far.call(), "n1") == expected
