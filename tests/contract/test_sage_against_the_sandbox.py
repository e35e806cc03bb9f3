"""Every Sage operation on its simulator over real HTTP: what it makes, what is refused, and what a lost answer leaves behind."""

import pytest

from connectors.sdk import errors, registry
from connectors.sdk.operation import Write
from connectors.sdk.wire import Json, Request
from tests.contract.conftest import Bench
from tests.contract.sage_shop import DAY, READS, WRITES, Shop
from tests.contract.test_polls_against_the_sandbox import Looking

ABSENT = "0" * 32


@pytest.fixture
def shop(bench: Bench) -> Shop:
    return Shop(bench)


def write_of(name: str) -> Write:
    found = registry.operation(f"sage50.{name}")
    assert isinstance(found, Write)
    return found


@pytest.mark.parametrize("name", WRITES)
def test_a_write_is_carried_out_and_found_again_by_its_own_look_up(shop: Shop, name: str) -> None:
    data = WRITES[name](shop)
    operation, call, request, mark = shop.bench.prepare(f"sage50.{name}", data, "one")
    assert operation.find is not None
    assert list(operation.find(call, request, mark)) == []
    output = operation.result(data, call.send(request))
    (match,) = operation.find(call, request, mark)
    assert (match.far_id, match.output) == (operation.far_id(output), output)
    if operation.standing is not None:
        assert operation.standing(call, match.far_id) == "stands"


@pytest.mark.parametrize("name", [name for name in WRITES if write_of(name).idempotency.strategy == "native"])
def test_a_lost_answer_is_made_good_by_the_same_request(shop: Shop, name: str) -> None:
    data = WRITES[name](shop)
    operation, call, request, mark = shop.bench.prepare(f"sage50.{name}", data, "one")
    shop.bench.control("/api/faults", system="sage50", kind="lose_answer", mode="next")
    with pytest.raises(errors.OutcomeUnknown):
        call.send(request)
    again = operation.result(data, call.send(request))
    assert operation.find is not None
    assert [one.far_id for one in operation.find(call, request, mark)] == [operation.far_id(again)]


FAULTS = [
    ("rate_limit", errors.RateLimited),
    ("unavailable", errors.OutcomeUnknown),
    ("refuse", errors.Auth),
    ("error", errors.OutcomeUnknown),
    ("lose_answer", errors.OutcomeUnknown),
]


@pytest.mark.parametrize("name", WRITES)
def test_what_goes_wrong_on_the_way_of_a_write_is_told_apart(shop: Shop, name: str) -> None:
    data = WRITES[name](shop)
    _, call, request, _ = shop.bench.prepare(f"sage50.{name}", data, "one")
    with pytest.raises(errors.Config):
        shop.shut_out().send(request)
    for kind, failure in FAULTS:
        shop.bench.control("/api/faults", system="sage50", kind=kind, mode="next")
        with pytest.raises(failure):
            call.send(request)


READING_FAULTS = [
    ("rate_limit", errors.RateLimited),
    ("unavailable", errors.Transient),
    ("refuse", errors.Auth),
]


@pytest.mark.parametrize("name", READS)
def test_one_is_read_and_one_that_is_not_there_is_not_found(shop: Shop, name: str) -> None:
    field, make = READS[name]
    key = make(shop)
    assert shop.bench.read(f"sage50.{name}", {field: key})["id"] == key
    with pytest.raises(errors.NotFound):
        shop.bench.read(f"sage50.{name}", {field: ABSENT})
    for kind, failure in READING_FAULTS:
        shop.bench.control("/api/faults", system="sage50", kind=kind, mode="next")
        with pytest.raises(failure):
            shop.bench.read(f"sage50.{name}", {field: key})


LISTS = {
    "list_receipts": ("receipts", "create_receipt", {"from_date": DAY, "to_date": DAY}),
    "list_allocations": ("allocations", "create_allocation", {}),
    "list_quotes": ("quotes", "create_quote", {"search": "deal-1"}),
    "list_estimates": ("estimates", "create_estimate", {"status": "PENDING"}),
    "list_services": ("services", "create_service", {"search": "tbl"}),
    "list_stock_items": ("stock_items", "create_stock_item", {"active_only": True}),
    "list_contacts": ("contacts", "create_contact", {"type": "VENDOR", "search": "fern"}),
    "list_addresses": ("addresses", "create_address", {}),
    "list_invoices": ("invoices", "create_invoice_from_quote", {"status": "DRAFT"}),
}


@pytest.mark.parametrize("name", LISTS)
def test_a_list_holds_what_was_made(shop: Shop, name: str) -> None:
    field, maker, filters = LISTS[name]
    key = shop.made(maker, WRITES[maker](shop))
    assert key in [one["id"] for one in shop.bench.read(f"sage50.{name}", filters)[field]]
    for kind, failure in READING_FAULTS:
        shop.bench.control("/api/faults", system="sage50", kind=kind, mode="next")
        with pytest.raises(failure):
            shop.bench.read(f"sage50.{name}", filters)


def refused(shop: Shop, name: str, data: Json) -> errors.Failure:
    with pytest.raises((errors.Data, errors.Conflict, errors.NotFound)) as caught:
        shop.bench.write(f"sage50.{name}", data, f"refused {data!r}")
    return caught.value


WRONG: list[tuple[str, dict[str, Json], str]] = [
    ("create_receipt", {"customer_id": ABSENT}, "/customer_id"),
    ("create_receipt", {"bank_account_id": ABSENT}, "/bank_account_id"),
    ("create_receipt", {"total_amount": "1.00"}, "/total_amount"),
    ("create_quote", {"customer_id": ABSENT}, "/customer_id"),
    ("create_estimate", {"currency": "XXX"}, "/currency"),
    ("create_invoice_from_quote", {"quote_id": ABSENT}, ""),
    ("release_invoice", {"invoice_id": ABSENT}, ""),
    ("create_product", {"sales_nominal_code": "9876"}, "/sales_nominal_code"),
    ("create_service", {"sales_tax_rate_id": "T1"}, "/sales_tax_rate_id"),
    ("create_stock_item", {"purchase_nominal_code": "9876"}, "/purchase_nominal_code"),
    ("update_product", {"sales_tax_rate_id": "T1"}, "/sales_tax_rate_id"),
    ("update_service", {"service_id": ABSENT}, ""),
    ("update_stock_item", {"sales_nominal_code": "9876"}, "/sales_nominal_code"),
    ("create_contact", {"email": "nobody"}, "/email"),
    ("create_contact", {"address": {"country": "XX"}}, "/address/country"),
    ("update_contact", {"currency": "XXX"}, "/currency"),
    ("delete_contact", {"contact_id": ABSENT}, ""),
    ("create_address", {"contact_id": ABSENT}, "/contact_id"),
    ("create_address", {"type": "MOON"}, "/type"),
    ("update_address", {"country": "XX"}, "/country"),
    ("delete_address", {"address_id": ABSENT}, ""),
    ("create_attachment", {"document_id": ABSENT}, "/document_id"),
]


@pytest.mark.parametrize(("name", "change", "pointer"), WRONG)
def test_what_sage_refuses_says_where(shop: Shop, name: str, change: dict[str, Json], pointer: str) -> None:
    assert refused(shop, name, {**WRITES[name](shop), **change}).pointer == pointer


def test_a_receipt_pays_an_invoice_and_the_rest_stays_on_account(shop: Shop) -> None:
    data = shop.receipt_data("600.00", "541.72")
    receipt = shop.bench.write("sage50.create_receipt", data)
    invoice = shop.bench.read("sage50.get_invoice", {"invoice_id": data["allocated"][0]["document_id"]})
    assert (invoice["status"], invoice["outstanding_amount"]) == ("PAID", "0.00")
    assert (receipt["on_account_amount"], receipt["currency"]) == ("58.28", "GBP")
    again = shop.bench.write("sage50.create_receipt", {**data, "allocated": []}, "another")
    assert again["on_account_amount"] == "600.00"
    assert refused(shop, "create_receipt", {**data, "reference": "x"}).kind == "data"


def test_what_is_on_account_pays_a_part_and_no_more_than_there_is(shop: Shop) -> None:
    data = shop.allocation_data()
    shop.bench.write("sage50.create_allocation", data)
    invoice = shop.bench.read("sage50.get_invoice", {"invoice_id": data["allocated"][0]["document_id"]})
    assert (invoice["status"], invoice["outstanding_amount"]) == ("PART_PAID", "481.72")
    more = [
        {**one, "amount": amount} for one, amount in zip(data["allocated"], ("40.01", "-40.01"), strict=True)
    ]
    failure = refused(shop, "create_allocation", {**data, "allocated": more})
    assert (failure.pointer, "outstanding" in failure.sentence) == ("/allocated/1/amount", True)
    uneven = [data["allocated"][0], {**data["allocated"][1], "amount": "-1.00"}]
    assert refused(shop, "create_allocation", {**data, "allocated": uneven}).code == "allocation_unbalanced"


def test_a_credit_note_is_set_against_an_invoice(shop: Shop) -> None:
    note, invoice = (
        shop.credit_note(),
        shop.made("create_invoice", {**invoice_data(shop), "reference": "two"}),
    )
    parts = [{"document_id": invoice, "amount": "541.72"}, {"document_id": note, "amount": "-541.72"}]
    shop.bench.write(
        "sage50.create_allocation", {"customer_id": shop.customer, "date": DAY, "allocated": parts}
    )
    read = shop.bench.read("sage50.get_credit_note", {"credit_note_id": note})
    assert (read["status"], read["outstanding_amount"]) == ("PAID", "0.00")
    assert shop.bench.read("sage50.get_invoice", {"invoice_id": invoice})["status"] == "PAID"
    listed = shop.bench.read("sage50.list_credit_notes", {"customer_id": shop.customer, "status": "PAID"})
    assert [one["id"] for one in listed["credit_notes"]] == [note]


def invoice_data(shop: Shop) -> dict[str, Json]:
    quote = shop.quote_data()
    return {name: quote[name] for name in ("customer_id", "date", "currency", "lines")} | {"status": "open"}


@pytest.mark.parametrize("of", ["quote", "estimate"])
def test_a_quote_becomes_one_invoice_with_its_lines(shop: Shop, of: str) -> None:
    key = shop.made(f"create_{of}", shop.quote_data())
    data = {"quote_id": key, "of": of, "date": DAY, "status": "open"}
    invoice = shop.bench.write("sage50.create_invoice_from_quote", data)
    assert (invoice["total_amount"], invoice["status"], invoice["reference"]) == (
        "541.72",
        "UNPAID",
        "DEAL-1",
    )
    quote = shop.bench.read(f"sage50.get_{of}", {f"{of}_id": key})
    assert (quote["invoice_id"], quote["total_amount"]) == (invoice["id"], "541.72")
    failure = refused(shop, "create_invoice_from_quote", data)
    assert (failure.code, failure.info["invoice_id"]) == ("already_invoiced", invoice["id"])


def test_a_draft_is_posted_once(shop: Shop) -> None:
    data = {"invoice_id": shop.invoice("draft")}
    assert shop.bench.write("sage50.release_invoice", data)["status"] == "UNPAID"
    assert refused(shop, "release_invoice", data).code == "not_a_draft"


def test_an_item_code_is_given_once_and_other_prices_stay(shop: Shop) -> None:
    key = shop.made("create_product", shop.item_data())
    assert (
        refused(shop, "create_product", {**shop.item_data(), "description": "Twin"}).pointer == "/item_code"
    )
    changed = {"product_id": key, "sales_price": "31.505", "active": False}
    shop.bench.write("sage50.update_product", changed)
    read = shop.bench.read("sage50.get_product", {"product_id": key})
    assert (read["sales_price"], read["active"], read["description"]) == ("31.505", False, "Table")
    assert refused(shop, "update_product", {"product_id": key}).code == "nothing_to_change"


def test_a_contact_that_has_invoices_is_not_deleted(shop: Shop) -> None:
    shop.invoice()
    assert "transactions" in refused(shop, "delete_contact", {"contact_id": shop.customer}).sentence


def test_a_changed_contact_keeps_what_was_not_given_and_its_mark(shop: Shop) -> None:
    operation, call, request, mark = shop.bench.prepare(
        "sage50.create_contact", WRITES["create_contact"](shop), "fern"
    )
    key = operation.far_id(operation.result({}, call.send(request)))
    shop.bench.write("sage50.update_contact", {"contact_id": key, "notes": "Pays late", "phone": "+44 1"})
    read = shop.bench.read("sage50.get_contact", {"contact_id": key})
    assert (read["email"], read["phone"], read["credit_limit"]) == ("ada@fern.example", "+44 1", "250.50")
    assert operation.find is not None
    assert [one.far_id for one in operation.find(call, request, mark)] == [key]


def test_a_new_main_address_takes_the_old_ones_place(shop: Shop) -> None:
    key = shop.made("create_address", {**shop.address_data(), "is_main": True})
    asked = {"contact_id": shop.customer}
    listed = {one["id"]: one for one in shop.bench.read("sage50.list_addresses", asked)["addresses"]}
    assert sorted(one["is_main"] for one in listed.values()) == [False, True]
    assert listed[key]["is_main"] is True
    assert shop.bench.read("sage50.get_contact", asked)["address"]["line1"] == "Dock 4"
    assert "main address" in refused(shop, "delete_address", {"address_id": key}).sentence


def test_a_file_is_listed_at_its_document(shop: Shop) -> None:
    data = shop.file_data()
    made = shop.bench.write("sage50.create_attachment", data)
    asked = {name: data[name] for name in ("document", "document_id")}
    assert shop.bench.read("sage50.list_attachments", asked)["attachments"] == [made]
    assert made["size"] == len(b"%PDF the signed order")
    assert refused(shop, "create_attachment", {**data, "content": "%"}).code == "not_base64"


def test_currencies_and_their_rates_are_read(shop: Shop) -> None:
    currencies = [one["id"] for one in shop.bench.read("sage50.list_currencies", {})["currencies"]]
    rates = {
        one["currency"]: one for one in shop.bench.read("sage50.list_exchange_rates", {})["exchange_rates"]
    }
    assert {"GBP", "EUR"} <= set(currencies)
    assert (rates["EUR"]["rate"], rates["EUR"]["base_currency"]) == ("1.17", "GBP")


CHANGED = {
    "product_changed": ("products", "create_product", "update_product"),
    "service_changed": ("services", "create_service", "update_service"),
    "stock_item_changed": ("stock_items", "create_stock_item", "update_stock_item"),
}


@pytest.mark.parametrize("name", CHANGED)
def test_an_item_is_found_when_made_changed_and_deleted(shop: Shop, name: str) -> None:
    path, _, update = CHANGED[name]
    looking = Looking(shop.bench, f"sage50.{name}", {})
    looking.sweep()
    data = WRITES[update](shop)
    (made,) = looking.sweep()
    shop.bench.write(f"sage50.{update}", data, "change")
    (changed,) = looking.sweep()
    assert (changed.record, changed.key != made.key) == (made.record, True)
    shop.bench.call("sage50").send(Request("DELETE", f"/{path}/{made.record}"))
    (deleted,) = looking.sweep()
    assert (deleted.record, deleted.deleted) == (made.record, True)
    assert looking.sweep() == []


def test_a_receipt_is_found_when_booked_and_deleted_and_what_it_paid_is_open_again(shop: Shop) -> None:
    looking = Looking(shop.bench, "sage50.receipt_changed", {})
    looking.sweep()
    data = shop.receipt_data("541.72", "541.72")
    key = shop.made("create_receipt", data)
    (booked,) = looking.sweep()
    assert (booked.record, booked.data["total_amount"], booked.data["allocated"]) == (
        key,
        "541.72",
        [{"document_id": data["allocated"][0]["document_id"], "amount": "541.72"}],
    )
    shop.bench.call("sage50").send(Request("DELETE", f"/contact_payments/{key}"))
    (deleted,) = looking.sweep()
    assert (deleted.record, deleted.deleted) == (key, True)
    paid = shop.bench.read("sage50.get_invoice", {"invoice_id": data["allocated"][0]["document_id"]})
    assert (paid["status"], paid["outstanding_amount"]) == ("UNPAID", "541.72")


@pytest.mark.parametrize("of", ["quote", "estimate"])
def test_a_quote_is_found_when_made_and_when_it_becomes_an_invoice(shop: Shop, of: str) -> None:
    looking = Looking(shop.bench, f"sage50.{of}_changed", {})
    looking.sweep()
    key = shop.made(f"create_{of}", shop.quote_data())
    assert [one.record for one in looking.sweep()] == [key]
    invoice = shop.made("create_invoice_from_quote", {"quote_id": key, "of": of, "date": DAY})
    (changed,) = looking.sweep()
    assert (changed.record, changed.data["invoice_id"]) == (key, invoice)


def test_a_credit_note_is_found_when_made_and_voided(shop: Shop) -> None:
    looking = Looking(shop.bench, "sage50.credit_note_changed", {})
    looking.sweep()
    note = shop.credit_note()
    assert [one.record for one in looking.sweep()] == [note]
    shop.bench.call("sage50").send(Request("DELETE", f"/sales_credit_notes/{note}", {"void_reason": "wrong"}))
    (voided,) = looking.sweep()
    assert (voided.data["status"], voided.data["outstanding_amount"]) == ("VOID", "0.00")
