"""create_invoice, get_invoice and void_invoice."""

import pytest

from connectors.sage50.tests.far import (
    ACCOUNTS,
    INVOICE,
    RATES,
    STAMP,
    carried_out,
    errors,
    found_by,
    page,
    prepared,
    sage,
    write_of,
)
from connectors.sdk.errors import Auth, Config, Conflict, Data, Failure, NotFound, OutcomeUnknown, RateLimited
from connectors.sdk.operation import Read
from connectors.sdk.registry import operation
from connectors.sdk.testing import MARK, Replies
from connectors.sdk.validation import validator_for
from connectors.sdk.wire import Json

CREATE = write_of("create_invoice")
VOID = write_of("void_invoice")
LINE: Json = {
    "description": "Office chair",
    "quantity": "40",
    "unit_price": "30.095",
    "nominal_code": "4000",
    "tax_rate_id": "GB_STANDARD",
    "tax_amount": "240.76",
}
INPUT: Json = {
    "customer_id": "c1",
    "date": "2026-11-21",
    "due_date": "2026-12-21",
    "reference": "STRK-1042",
    "currency": "GBP",
    "notes": "Thank you",
    "lines": [LINE],
}


def with_books(far: Replies) -> Replies:
    far.on("GET", "/ledger_accounts", query={"attributes": "all"}, json=page(ACCOUNTS))
    return far.on("GET", "/tax_rates", json=page(RATES))


def test_an_invoice_goes_out_as_a_draft_with_the_very_digits_that_came_in() -> None:
    with with_books(sage()) as far:
        request = prepared(CREATE, far, INPUT)
        far.on("POST", "/sales_invoices", status=201, json=INVOICE)
        output = carried_out(CREATE, far, INPUT, request)
    assert request.json["sales_invoice"] == {
        "idempotency_id": MARK.guid,
        "contact_id": "c1",
        "date": "2026-11-21",
        "due_date": "2026-12-21",
        "reference": "STRK-1042",
        "currency_id": "GBP",
        "status_id": "DRAFT",
        "notes": f"Thank you\n{STAMP}",
        "invoice_lines": [
            {
                "description": "Office chair",
                "ledger_account_id": "a4000",
                "quantity": "40",
                "unit_price": "30.095",
                "tax_rate_id": "GB_STANDARD",
                "tax_amount": "240.76",
            }
        ],
    }
    assert (output["net_amount"], output["tax_amount"], output["total_amount"]) == (
        "1203.80",
        "240.76",
        "1444.56",
    )
    assert (output["id"], output["number"], output["status"], output["currency"]) == (
        "i1",
        "57",
        "DRAFT",
        "GBP",
    )
    assert CREATE.far_id(output) == "i1"
    assert CREATE.amount(output) == {"amount": "1444.56", "currency": "GBP"}
    unmarked = CREATE.unmarked(request)
    assert (unmarked["notes"], "idempotency_id" in unmarked) == ("Thank you", False)


def test_an_open_invoice_is_posted_at_once() -> None:
    request = prepared(CREATE, with_books(sage()), {**INPUT, "status": "open"})
    assert "status_id" not in request.json["sales_invoice"]


def test_the_same_input_gives_the_same_request_every_time() -> None:
    first, second = (prepared(CREATE, with_books(sage()), INPUT) for _ in range(2))
    assert first == second


WRONG_LINES: dict[str, tuple[Json, str, str]] = {
    "an unknown nominal code": ({"nominal_code": "9999"}, "/lines/0/nominal_code", "nominal_unknown"),
    "an unknown tax rate": ({"tax_rate_id": "T1"}, "/lines/0/tax_rate_id", "tax_rate_unknown"),
    "tax on what is not taxed": ({"tax_rate_id": "GB_ZERO"}, "/lines/0/tax_amount", "tax_amount_wrong"),
}


@pytest.mark.parametrize(("changes", "pointer", "code"), WRONG_LINES.values(), ids=list(WRONG_LINES))
def test_a_line_sage_could_not_book_is_refused_before_sending(changes: Json, pointer: str, code: str) -> None:
    far = with_books(with_books(sage()))
    with pytest.raises(Data) as caught:
        prepared(CREATE, far, {**INPUT, "lines": [{**LINE, **changes}]})
    assert (caught.value.pointer, caught.value.code) == (pointer, code)


def test_a_taxed_line_needs_its_tax_amount_and_an_untaxed_one_does_not() -> None:
    bare = {name: value for name, value in LINE.items() if name != "tax_amount"}
    with pytest.raises(Data) as caught:
        prepared(CREATE, with_books(sage()), {**INPUT, "lines": [bare]})
    assert caught.value.pointer == "/lines/0/tax_amount"
    zero = prepared(CREATE, with_books(sage()), {**INPUT, "lines": [{**bare, "tax_rate_id": "GB_ZERO"}]})
    assert "tax_amount" not in zero.json["sales_invoice"]["invoice_lines"][0]


def test_a_nominal_code_made_a_moment_ago_is_asked_for_again() -> None:
    newer = [*ACCOUNTS, {"id": "a4100", "nominal_code": 4100, "displayed_as": "New"}]
    with sage() as far:
        far.on("GET", "/ledger_accounts", json=page(ACCOUNTS)).on("GET", "/ledger_accounts", json=page(newer))
        far.on("GET", "/tax_rates", json=page(RATES))
        request = prepared(CREATE, far, {**INPUT, "lines": [{**LINE, "nominal_code": "4100"}]})
    assert request.json["sales_invoice"]["invoice_lines"][0]["ledger_account_id"] == "a4100"


WRONG_INPUTS: dict[str, tuple[Json, str]] = {
    "a price as a double": ({**INPUT, "lines": [{**LINE, "unit_price": 30.095}]}, "/lines/0/unit_price"),
    "a price with an exponent": ({**INPUT, "lines": [{**LINE, "unit_price": "3e1"}]}, "/lines/0/unit_price"),
    "a reference over 25 characters": ({**INPUT, "reference": "x" * 26}, "/reference"),
    "no lines": ({**INPUT, "lines": []}, "/lines"),
    "a date in words": ({**INPUT, "date": "today"}, "/date"),
    "a field nobody knows": ({**INPUT, "total": "1"}, "/total"),
}


@pytest.mark.parametrize(("data", "pointer"), WRONG_INPUTS.values(), ids=list(WRONG_INPUTS))
def test_an_input_that_does_not_fit_the_schema_says_where(data: Json, pointer: str) -> None:
    with pytest.raises(Data) as caught:
        validator_for(CREATE.input).check(data)
    assert caught.value.pointer == pointer


def test_after_the_window_an_invoice_finds_itself_by_its_mark() -> None:
    with with_books(sage()) as far:
        request = prepared(CREATE, far, INPUT)
        far.on(
            "GET",
            "/sales_invoices",
            query={"contact_id": "c1", "from_date": "2026-11-21", "to_date": "2026-11-21"},
            json=page([{**INVOICE, "id": "twin", "notes": ""}], "/sales_invoices?page=2&contact_id=c1"),
        )
        far.on("GET", "/sales_invoices", query={"page": "2", "contact_id": "c1"}, json=page([INVOICE]))
        matches = found_by(CREATE, far.call(), request)
    assert [(match.far_id, match.created_at) for match in matches] == [("i1", "2026-11-21T09:30:10Z")]


STANDINGS = [
    (200, INVOICE, "stands"),
    (200, {**INVOICE, "status": {"id": "PAID"}}, "stands"),
    (200, {**INVOICE, "status": {"id": "VOID"}}, "void"),
    (200, {**INVOICE, "deleted_at": "2026-11-22T00:00:00Z"}, "gone"),
    (404, errors(("RecordNotFound", "Not found", "")), "gone"),
]


@pytest.mark.parametrize(("status", "body", "expected"), STANDINGS)
def test_an_invoice_stands_unless_it_is_void_or_gone(status: int, body: Json, expected: str) -> None:
    far = sage().on("GET", "/sales_invoices/i1", status=status, json=body)
    assert CREATE.standing is not None
    assert CREATE.standing(far.call(), "i1") == expected


REFUSALS: list[tuple[int, Json, type[Failure], str, str]] = [
    (422, errors(("RecordInvalid", "Date can't be blank", "sales_invoice.date")), Data, "refused", "/date"),
    (
        422,
        errors(("RecordInvalid", "No such rate", "sales_invoice.invoice_lines[1].tax_rate_id")),
        Data,
        "refused",
        "/lines/1/tax_rate_id",
    ),
    (422, errors(("RecordInvalid", "Closed", "base")), Data, "refused", ""),
    (400, errors(("UnexpectedError", "Bad JSON", "")), Data, "refused", ""),
    (401, errors(("AuthorizationFailure", "The access token has expired", "")), Auth, "token_expired", ""),
    (401, None, Auth, "token_expired", ""),
    (401, errors(("AuthorizationFailure", "No active subscription", "")), Config, "no_subscription", ""),
    (401, errors(("MultiUserAccessDenied", "Denied", "")), Config, "no_access", "/business_id"),
    (403, errors(("AuthorizationFailure", "Role missing", "")), Config, "no_permission", ""),
    (404, {"$dataCode": "RecordNotFound", "$message": "One object"}, NotFound, "not_found", ""),
    (409, None, Conflict, "conflict", ""),
    (429, errors(("UnexpectedError", "Slow down", "")), RateLimited, "rate_limited", ""),
    (500, errors(("UnexpectedError", "Oops", "")), OutcomeUnknown, "http_500", ""),
    (504, None, OutcomeUnknown, "http_504", ""),
]


@pytest.mark.parametrize(("status", "body", "failure", "code", "pointer"), REFUSALS)
def test_each_refusal_of_a_write_means_what_sage_means_by_it(
    status: int, body: Json, failure: type[Failure], code: str, pointer: str
) -> None:
    far = with_books(sage()).on(
        "POST", "/sales_invoices", status=status, json=body, headers={"retry-after": "7"}
    )
    with pytest.raises(failure) as caught:
        carried_out(CREATE, far, INPUT, prepared(CREATE, far, INPUT))
    assert (caught.value.code, caught.value.pointer) == (code, pointer)
    if isinstance(caught.value, RateLimited):
        assert caught.value.retry_after == 7.0


@pytest.mark.parametrize("body", [None, {}, {"id": "c1", "name": "a contact"}])
def test_an_answer_that_is_no_invoice_leaves_the_outcome_unknown(body: Json) -> None:
    far = with_books(sage()).on("POST", "/sales_invoices", status=201, json=body)
    with pytest.raises(OutcomeUnknown):
        carried_out(CREATE, far, INPUT, prepared(CREATE, far, INPUT))


def test_a_lost_answer_leaves_the_outcome_unknown() -> None:
    far = with_books(sage()).lost("POST", "/sales_invoices")
    with pytest.raises(OutcomeUnknown):
        carried_out(CREATE, far, INPUT, prepared(CREATE, far, INPUT))


def test_get_invoice_reads_money_given_as_text_or_number() -> None:
    read = operation("sage50.get_invoice")
    assert isinstance(read, Read)
    body = {
        **INVOICE,
        "total_amount": "1444.560",
        "links": [{"rel": "alternate", "href": "https://sage.test/i1"}],
    }
    output = read.run(sage().on("GET", "/sales_invoices/i1", json=body).call(), {"invoice_id": "i1"})
    validator_for(read.output).check(output)
    assert (output["total_amount"], output["url"], output["customer_id"]) == (
        "1444.560",
        "https://sage.test/i1",
        "c1",
    )


VOIDED: list[tuple[int, Json, str]] = [
    (200, {**INVOICE, "status": {"id": "VOID"}}, "VOID"),
    (204, None, "DELETED"),
]


@pytest.mark.parametrize(("status", "body", "expected"), VOIDED)
def test_void_invoice_voids_what_is_posted_and_deletes_a_draft(
    status: int, body: Json, expected: str
) -> None:
    data = {"invoice_id": "i1", "reason": "won back"}
    with sage() as far:
        request = prepared(VOID, far, data)
        far.on("DELETE", "/sales_invoices/i1", query={"void_reason": "won back"}, status=status, json=body)
        assert carried_out(VOID, far, data, request) == {"id": "i1", "status": expected}
    assert request.far_id == "i1"


@pytest.mark.parametrize(("status", "found"), [("VOID", ["VOID"]), ("UNPAID", [])])
def test_void_invoice_is_found_by_reading_back(status: str, found: list[str]) -> None:
    request = prepared(VOID, sage(), {"invoice_id": "i1", "reason": "x"})
    far = sage().on("GET", "/sales_invoices/i1", json={**INVOICE, "status": {"id": status}})
    assert [match.output["status"] for match in found_by(VOID, far.call(), request)] == found
