"""What the operations on Sage's other records send, read and look up: one line of a table for each."""

import pytest

from connectors.sage50.tests.far import (
    ACCOUNTS,
    RATES,
    STAMP,
    carried_out,
    found_by,
    page,
    prepared,
    sage,
    write_of,
)
from connectors.sdk.errors import Conflict, Data, NotFound, OutcomeUnknown
from connectors.sdk.operation import Read
from connectors.sdk.registry import operation
from connectors.sdk.testing import MARK, Replies
from connectors.sdk.validation import validator_for
from connectors.sdk.wire import Json

PART: Json = {"document_id": "i1", "amount": "1444.56"}
LINE: Json = {
    "description": "Office chair",
    "quantity": "40",
    "unit_price": "30.095",
    "nominal_code": "4000",
    "tax_rate_id": "GB_STANDARD",
    "tax_amount": "240.76",
}
SENT_LINE: Json = {
    "description": "Office chair",
    "ledger_account_id": "a4000",
    "quantity": "40",
    "unit_price": "30.095",
    "tax_rate_id": "GB_STANDARD",
    "tax_amount": "240.76",
}
QUOTE: Json = {"customer_id": "c1", "date": "2026-11-21", "expiry_date": "2026-12-21", "lines": [LINE]}
SENT_QUOTE: Json = {
    "contact_id": "c1",
    "date": "2026-11-21",
    "expiry_date": "2026-12-21",
    "reference": "",
    "notes": STAMP,
}
ITEM: Json = {
    "item_code": "CHAIR",
    "description": "Chair",
    "sales_nominal_code": "4000",
    "sales_price": "30.095",
}
SENT_ITEM: Json = {"item_code": "CHAIR", "description": "Chair", "sales_ledger_account_id": "a4000"}
SENT_PRICES: Json = [{"price_name": "Sales price", "price": "30.095", "price_includes_tax": False}]
FILE: Json = {"document": "invoice", "document_id": "i1", "file_name": "a.txt", "mime_type": "text/plain"}

CREATES: dict[str, tuple[str, Json, Json]] = {
    "create_receipt": (
        "contact_payment",
        {
            "customer_id": "c1",
            "bank_account_id": "b1",
            "date": "2026-11-24",
            "total_amount": "1500.00",
            "currency": "EUR",
            "exchange_rate": "1.17",
            "allocated": [PART],
        },
        {
            "transaction_type_id": "CUSTOMER_RECEIPT",
            "contact_id": "c1",
            "bank_account_id": "b1",
            "date": "2026-11-24",
            "total_amount": "1500.00",
            "reference": MARK.token,
            "currency_id": "EUR",
            "exchange_rate": "1.17",
            "allocated_artefacts": [{"artefact_id": "i1", "amount": "1444.56"}],
        },
    ),
    "create_allocation": (
        "contact_allocation",
        {"customer_id": "c1", "date": "2026-11-25", "allocated": [PART, {**PART, "amount": "-1444.56"}]},
        {
            "transaction_type_id": "CUSTOMER_ALLOCATION",
            "contact_id": "c1",
            "date": "2026-11-25",
            "allocated_artefacts": [
                {"artefact_id": "i1", "amount": "1444.56"},
                {"artefact_id": "i1", "amount": "-1444.56"},
            ],
        },
    ),
    "create_quote": ("sales_quote", QUOTE, {**SENT_QUOTE, "quote_lines": [SENT_LINE]}),
    "create_estimate": ("sales_estimate", QUOTE, {**SENT_QUOTE, "estimate_lines": [SENT_LINE]}),
    "create_product": (
        "product",
        {**ITEM, "purchase_nominal_code": "4900"},
        {**SENT_ITEM, "purchase_ledger_account_id": "a4900", "sales_prices": SENT_PRICES},
    ),
    "create_service": (
        "service",
        ITEM,
        {
            **SENT_ITEM,
            "sales_rates": [{"rate_name": "Sales rate", "rate": "30.095", "rate_includes_tax": False}],
        },
    ),
    "create_stock_item": (
        "stock_item",
        {**ITEM, "purchase_nominal_code": "4900", "reorder_level": "5", "cost_price": "18.40"},
        {
            **SENT_ITEM,
            "purchase_ledger_account_id": "a4900",
            "sales_prices": SENT_PRICES,
            "reorder_level": "5",
            "cost_price": "18.40",
        },
    ),
    "create_contact": (
        "contact",
        {"name": "Fern", "types": ["VENDOR"], "email": "Ada@Fern.example", "address": {"city": "Leeds"}},
        {
            "name": "Fern",
            "contact_type_ids": ["VENDOR"],
            "notes": STAMP,
            "main_address": {"city": "Leeds", "address_type_id": "DELIVERY", "is_main_address": True},
            "main_contact_person": {
                "name": "Fern",
                "contact_person_type_ids": ["VENDOR"],
                "is_main_contact": True,
                "email": "ada@fern.example",
            },
        },
    ),
    "create_address": (
        "address",
        {"contact_id": "c1", "name": "Warehouse", "line1": "Dock 4", "country": "GB"},
        {
            "contact_id": "c1",
            "name": "Warehouse",
            "address_type_id": "DELIVERY",
            "is_main_address": False,
            "address_line_1": "Dock 4",
            "country_id": "GB",
        },
    ),
    "create_attachment": (
        "attachment",
        {**FILE, "content": "aGVsbG8="},
        {
            "file": "aGVsbG8=",
            "file_name": "a.txt",
            "mime_type": "text/plain",
            "description": "",
            "attachment_context_type_id": "SALES_INVOICE",
            "attachment_context_id": "i1",
        },
    ),
}


def with_books(far: Replies) -> Replies:
    return far.on("GET", "/ledger_accounts", json=page(ACCOUNTS)).on("GET", "/tax_rates", json=page(RATES))


@pytest.mark.parametrize("name", CREATES)
def test_what_is_made_goes_out_wrapped_with_its_id_against_doubles(name: str) -> None:
    wrapper, data, expected = CREATES[name]
    write = write_of(name)
    request = prepared(write, with_books(sage()), data)
    known = {"idempotency_id": MARK.guid} if write.idempotency.strategy == "native" else {}
    assert request.json == {wrapper: {**known, **expected}}
    assert (request.method, write.record) == ("POST", wrapper)
    unmarked = write.unmarked(request)
    assert "idempotency_id" not in unmarked
    assert MARK.token not in str(unmarked.get("notes", ""))


@pytest.mark.parametrize("name", CREATES)
@pytest.mark.parametrize("body", [None, {}, []])
def test_an_answer_that_is_no_record_leaves_the_outcome_unknown(name: str, body: Json) -> None:
    _, data, _ = CREATES[name]
    write = write_of(name)
    request = prepared(write, with_books(sage()), data)
    with pytest.raises(OutcomeUnknown):
        carried_out(write, sage().on("POST", request.path, status=201, json=body), data, request)


READS: dict[str, tuple[str, str, Json]] = {
    "get_receipt": ("receipt_id", "/contact_payments/r1", {"total_amount": 1500.0}),
    "get_allocation": ("allocation_id", "/contact_allocations/r1", {"date": "2026-11-25"}),
    "get_quote": ("quote_id", "/sales_quotes/r1", {"total_amount": "1444.56"}),
    "get_estimate": ("estimate_id", "/sales_estimates/r1", {"total_amount": 1444.56}),
    "get_product": ("product_id", "/products/r1", {"sales_prices": [{"price": 30.5}]}),
    "get_service": ("service_id", "/services/r1", {"sales_rates": [{"rate": "30.5"}]}),
    "get_stock_item": ("stock_item_id", "/stock_items/r1", {"quantity_in_stock": 24.0}),
    "get_contact": ("contact_id", "/contacts/r1", {"name": "Fern"}),
    "get_credit_note": ("credit_note_id", "/sales_credit_notes/r1", {"total_amount": 1444.56}),
}


@pytest.mark.parametrize("name", READS)
def test_one_is_read_however_little_sage_tells_and_a_deleted_one_is_not_there(name: str) -> None:
    field, path, record = READS[name]
    found = operation(f"sage50.{name}")
    assert isinstance(found, Read)
    far = sage().on("GET", path, json={"id": "r1", **record})
    far.on("GET", path, json={"id": "r1", **record, "deleted_at": "2026-11-22T00:00:00Z"})
    output = found.run(far.call(), {field: "r1"})
    validator_for(found.output).check(output)
    assert output["id"] == "r1"
    with pytest.raises(NotFound):
        found.run(far.call(), {field: "r1"})


LISTS: dict[str, tuple[str, Json, dict[str, str]]] = {
    "list_receipts": (
        "/contact_payments",
        {"customer_id": "c1"},
        {"transaction_type_id": "CUSTOMER_RECEIPT"},
    ),
    "list_allocations": ("/contact_allocations", {"customer_id": "c1"}, {"contact_id": "c1"}),
    "list_bank_accounts": ("/bank_accounts", {}, {}),
    "list_quotes": ("/sales_quotes", {"status": "PENDING"}, {"status_id": "PENDING"}),
    "list_estimates": ("/sales_estimates", {"from_date": "2026-11-01"}, {"from_date": "2026-11-01"}),
    "list_services": ("/services", {"search": "fit"}, {"search": "fit"}),
    "list_stock_items": ("/stock_items", {"active_only": True}, {"active": "True"}),
    "list_contacts": ("/contacts", {"type": "VENDOR"}, {"contact_type_id": "VENDOR"}),
    "list_addresses": ("/addresses", {"contact_id": "c1"}, {"contact_id": "c1"}),
    "list_currencies": ("/currencies", {}, {}),
    "list_credit_notes": ("/sales_credit_notes", {"customer_id": "c1"}, {"contact_id": "c1"}),
    "list_invoices": ("/sales_invoices", {"status": "PAID"}, {"status_id": "PAID"}),
    "list_attachments": (
        "/attachments",
        {"document": "quote", "document_id": "q1"},
        {"attachment_context_type_id": "SALES_QUOTE", "attachment_context_id": "q1"},
    ),
}


@pytest.mark.parametrize("name", LISTS)
def test_a_list_passes_its_filters_on_and_goes_from_page_to_page(name: str) -> None:
    path, data, query = LISTS[name]
    found = operation(f"sage50.{name}")
    assert isinstance(found, Read)
    validator_for(found.input).check(data)
    with sage() as far:
        first, second = ({"id": key, "total_amount": "1.00", "date": "2026-11-21"} for key in ("r1", "r2"))
        far.on("GET", path, query=query, json=page([first], f"{path}?page=2"))
        far.on("GET", path, query={"page": "2"}, json=page([second]))
        output = found.run(far.call(), data)
    validator_for(found.output).check(output)
    (records,) = output.values()
    assert [one["id"] for one in records] == ["r1", "r2"]


def test_list_exchange_rates_gives_decimals() -> None:
    rates = operation("sage50.list_exchange_rates")
    assert isinstance(rates, Read)
    rate = {"currency": {"id": "EUR"}, "base_currency": {"id": "GBP"}, "rate": 1.17, "inverse_rate": "0.8547"}
    output = rates.run(sage().on("GET", "/exchange_rates", json=page([rate])).call(), {})
    validator_for(rates.output).check(output)
    assert output["exchange_rates"][0]["rate"] == "1.17"


TRADE: Json = {
    "id": "s1",
    "price_name": "Trade",
    "price_includes_tax": False,
    "product_sales_price_type": {"id": "pt"},
}
UPDATES: dict[str, tuple[str, Json, Json, Json]] = {
    "update_product": (
        "/products/r1",
        {"product_id": "r1", "sales_price": "31.50"},
        {"sales_prices": [{**TRADE, "price": 30.5}, {"id": "s2", "price": 9}]},
        {"sales_prices": [{**TRADE, "price": 31.5}, {"id": "s2", "price": 9}]},
    ),
    "update_service": (
        "/services/r1",
        {"service_id": "r1", "active": False},
        {"active": True},
        {"active": False},
    ),
    "update_stock_item": (
        "/stock_items/r1",
        {"stock_item_id": "r1", "reorder_level": "7.50"},
        {"reorder_level": 5},
        {"reorder_level": 7.5},
    ),
    "update_contact": (
        "/contacts/r1",
        {"contact_id": "r1", "notes": "Pays late", "address": {"city": "York"}},
        {"notes": STAMP, "main_address": {"city": "Leeds"}},
        {"notes": f"Pays late\n{STAMP}", "main_address": {"city": "York", "region": None}},
    ),
    "update_address": (
        "/addresses/r1",
        {"address_id": "r1", "country": "IE"},
        {"country": {"id": "GB"}},
        {"country": {"id": "IE"}},
    ),
}


@pytest.mark.parametrize("name", UPDATES)
def test_a_change_is_found_by_reading_back_once_it_is_there(name: str) -> None:
    path, data, before, after = UPDATES[name]
    write = write_of(name)
    far = sage().on("GET", path, json={"id": "r1", **before})
    request = prepared(write, far, data)
    assert (request.method, request.far_id) == ("PUT", "r1")
    far.on("GET", path, json={"id": "r1", **before}).on("GET", path, json={"id": "r1", **after})
    far.on("GET", path, status=404, json=None)
    assert found_by(write, far.call(), request) == []
    assert [match.far_id for match in found_by(write, far.call(), request)] == ["r1"]
    assert found_by(write, far.call(), request) == []


@pytest.mark.parametrize("name", UPDATES)
def test_a_change_without_content_is_refused(name: str) -> None:
    path, data, before, _ = UPDATES[name]
    key = next(iter(data))
    with pytest.raises(Data, match="Nothing is given"):
        prepared(write_of(name), sage().on("GET", path, json={"id": "r1", **before}), {key: "r1"})


REMOVALS = {
    "delete_contact": ("/contacts/r1", "contact_id"),
    "delete_address": ("/addresses/r1", "address_id"),
}


@pytest.mark.parametrize("name", REMOVALS)
def test_a_deletion_is_found_when_the_record_is_gone(name: str) -> None:
    path, field = REMOVALS[name]
    write = write_of(name)
    request = prepared(write, sage(), {field: "r1"})
    far = sage().on("DELETE", path, status=204).on("GET", path, json={"id": "r1"})
    assert carried_out(write, far, {field: "r1"}, request) == {"id": "r1", "deleted": True}
    assert found_by(write, far.call(), request) == []
    far.on("GET", path, status=404, json=None)
    assert [match.far_id for match in found_by(write, far.call(), request)] == ["r1"]


def test_an_allocation_must_balance_and_a_file_be_base64_of_no_more_than_sage_takes() -> None:
    allocation, attachment = write_of("create_allocation"), write_of("create_attachment")
    with pytest.raises(Data) as caught:
        prepared(allocation, sage(), {"customer_id": "c1", "date": "2026-11-25", "allocated": [PART, PART]})
    assert caught.value.code == "allocation_unbalanced"
    for content, code in (("%", "not_base64"), ("AAAA" * (2_621_441 // 3 + 1), "file_too_large")):
        with pytest.raises(Data) as caught:
            attachment.prepare(sage().call(), {**FILE, "content": content}, MARK)
        assert caught.value.code == code


def test_create_invoice_from_quote_copies_the_lines_and_says_of_which_quote_they_are() -> None:
    line = {
        **LINE,
        "ledger_account": {"id": "a4000"},
        "tax_rate": {"id": "GB_STANDARD"},
        "unit_price": 30.095,
    }
    quote = {
        "id": "q1",
        "displayed_as": "QU-1",
        "contact": {"id": "c1"},
        "reference": "STRK-1042",
        "currency": {"id": "EUR"},
        "exchange_rate": 1.17,
        "notes": "Thank you\n[interlock 0000000000000000]",
        "quote_lines": [line],
    }
    write, data = write_of("create_invoice_from_quote"), {"quote_id": "q1", "date": "2026-11-30"}
    request = prepared(write, sage().on("GET", "/sales_quotes/q1", json=quote), data)
    sent = request.json["sales_invoice"]
    assert (sent["original_quote_estimate_id"], sent["contact_id"], sent["status_id"]) == (
        "q1",
        "c1",
        "DRAFT",
    )
    assert (sent["notes"], sent["currency_id"], sent["exchange_rate"]) == (
        f"Thank you\n{STAMP}",
        "EUR",
        "1.17",
    )
    assert sent["invoice_lines"] == [SENT_LINE]
    invoiced = {**quote, "invoice": {"id": "i1"}}
    with pytest.raises(Conflict) as caught:
        prepared(write, sage().on("GET", "/sales_quotes/q1", json=invoiced), data)
    assert caught.value.code == "already_invoiced"


@pytest.mark.parametrize(
    ("status", "found"), [("DRAFT", []), ("UNPAID", ["i1"]), ("PAID", ["i1"]), ("VOID", [])]
)
def test_release_invoice_happened_when_the_invoice_is_posted(status: str, found: list[str]) -> None:
    write = write_of("release_invoice")
    draft = {"id": "i1", "total_amount": 1, "status": {"id": "DRAFT"}}
    far = sage().on("GET", "/sales_invoices/i1", json=draft)
    request = prepared(write, far, {"invoice_id": "i1"})
    assert request.path == "/sales_invoices/i1/release"
    far.on("GET", "/sales_invoices/i1", json={**draft, "status": {"id": status}})
    assert [match.far_id for match in found_by(write, far.call(), request)] == found
    posted = sage().on("GET", "/sales_invoices/i1", json={**draft, "status": {"id": "UNPAID"}})
    with pytest.raises(Conflict):
        prepared(write, posted, {"invoice_id": "i1"})


def test_a_contact_without_person_or_address_gets_whole_ones() -> None:
    now = {"id": "r1", "name": "Fern & Sons", "contact_types": [{"id": "VENDOR"}]}
    data = {"contact_id": "r1", "phone": "+44 1", "address": {"city": "York"}}
    write = write_of("update_contact")
    far = sage().on("GET", "/contacts/r1", json=now)
    request = prepared(write, far, data)
    assert request.json["contact"] == {
        "main_address": {"city": "York", "address_type_id": "DELIVERY", "is_main_address": True},
        "main_contact_person": {
            "name": "Fern & Sons",
            "contact_person_type_ids": ["VENDOR"],
            "is_main_contact": True,
            "telephone": "+44 1",
        },
    }
    held = {
        "main_address": {"city": "York", "address_type": {"id": "DELIVERY"}, "is_main_address": True},
        "main_contact_person": {"name": "Fern & Sons", "telephone": "+44 1", "is_main_contact": True},
    }
    far.on("GET", "/contacts/r1", json={**now, **held})
    assert [match.far_id for match in found_by(write, far.call(), request)] == ["r1"]
