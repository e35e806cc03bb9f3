"""Sage's simulator around the invoice: quotes, receipts, allocations, items, addresses, files and rates as the API has them."""

from typing import Any

import pytest

from connectors.sdk.wire import Json
from tests.sandbox.bench import Bench, refusals


def quote(bench: Bench, noun: str = "quote", **changes: Any) -> Json:
    """A good body of a quote, wrapped, with some of its fields changed; None removes one."""
    invoice = bench.invoice()["sales_invoice"]
    body = {**invoice, "expiry_date": "2026-12-21", f"{noun}_lines": invoice["invoice_lines"]} | changes
    kept = {name: value for name, value in body.items() if name != "invoice_lines" and value is not None}
    return {f"sales_{noun}": kept}


def receipt(bench: Bench, amount: str, **changes: Any) -> Json:
    bank = bench.sage.read("/bank_accounts")["$items"][0]["id"]
    body = {
        "transaction_type_id": "CUSTOMER_RECEIPT",
        "contact_id": bench.customer(),
        "bank_account_id": bank,
        "date": "2026-11-22",
        "total_amount": amount,
    }
    return {"contact_payment": body | changes}


@pytest.mark.parametrize("noun", ["quote", "estimate"])
def test_a_quote_is_added_up_changed_and_deleted(bench: Bench, noun: str) -> None:
    path = f"/sales_{noun}s"
    made = bench.sage.write("POST", path, json=quote(bench, noun))
    assert (made["net_amount"], made["total_amount"], made["invoice"]) == (1340.0, 1608.0, None)
    assert made[f"{noun}_number"] in made["displayed_as"]
    change = {f"sales_{noun}": {"reference": "B-2"}}
    assert bench.sage.write("PUT", f"{path}/{made['id']}", json=change)["reference"] == "B-2"
    assert bench.sage.read(f"{path}?search=b-2")["$total"] == 1
    assert bench.sage.call("DELETE", f"{path}/{made['id']}").status_code == 204
    assert bench.sage.call("GET", f"{path}/{made['id']}").status_code == 404


def test_a_quote_needs_an_end_lines_and_quantities(bench: Bench) -> None:
    found = refusals(bench.sage.call("POST", "/sales_quotes", json=quote(bench, expiry_date=None)))
    assert found == {"sales_quote.expiry_date": "can't be blank"}
    lines = [{**bench.invoice()["sales_invoice"]["invoice_lines"][0], "quantity": None}]
    found = refusals(bench.sage.call("POST", "/sales_quotes", json=quote(bench, quote_lines=lines)))
    assert found["sales_quote.quote_lines[0].quantity"] == "can't be blank"
    assert "sales_quote.status_id" in refusals(
        bench.sage.call("POST", "/sales_quotes", json=quote(bench, status_id="UNPAID"))
    )


def test_an_invoiced_quote_points_at_its_invoice_and_stays_as_it_is(bench: Bench) -> None:
    made = bench.sage.write("POST", "/sales_quotes", json=quote(bench))
    body = bench.invoice(original_quote_estimate_id=made["id"])
    invoice = bench.sage.write("POST", "/sales_invoices", json=body)
    now = bench.sage.read(f"/sales_quotes/{made['id']}")
    assert (now["invoice"]["id"], now["status"]["id"]) == (invoice["id"], "INVOICED")
    again = bench.sage.call("POST", "/sales_invoices", json=body)
    assert refusals(again) == {"sales_invoice.original_quote_estimate_id": "has an invoice already"}
    change = {"sales_quote": {"reference": "late"}}
    assert bench.sage.call("PUT", f"/sales_quotes/{made['id']}", json=change).status_code == 422


def test_what_a_receipt_leaves_on_account_is_allocated_once(bench: Bench) -> None:
    invoice = bench.sage.write("POST", "/sales_invoices", json=bench.invoice())
    made = bench.sage.write("POST", "/contact_payments", json=receipt(bench, "100.00"))
    account = made["payment_on_account"]
    assert (account["outstanding_amount"], made["currency"]["id"]) == (100.0, "GBP")
    body = {
        "transaction_type_id": "CUSTOMER_ALLOCATION",
        "contact_id": bench.customer(),
        "allocated_artefacts": [
            {"artefact_id": invoice["id"], "amount": "100.00"},
            {"artefact_id": account["id"], "amount": "-100.00"},
        ],
    }
    path = "/contact_allocations"
    allocation = bench.sage.write("POST", path, json={"contact_allocation": body})
    assert bench.sage.read(f"/sales_invoices/{invoice['id']}")["status"]["id"] == "PART_PAID"
    again = refusals(bench.sage.call("POST", path, json={"contact_allocation": body}))
    assert again == {"contact_allocation.allocated_artefacts[1].amount": "is more than what is outstanding"}
    payment = f"/contact_payments/{made['id']}"
    assert bench.sage.call("DELETE", payment).status_code == 422
    assert bench.sage.call("DELETE", f"{path}/{allocation['id']}").status_code == 204
    assert bench.sage.read(f"/sales_invoices/{invoice['id']}")["status"]["id"] == "UNPAID"
    assert bench.sage.call("DELETE", payment).status_code == 204


def test_credits_are_negative_and_the_whole_comes_to_nothing(bench: Bench) -> None:
    invoice = bench.sage.write("POST", "/sales_invoices", json=bench.invoice())
    body = {
        "transaction_type_id": "CUSTOMER_ALLOCATION",
        "contact_id": bench.customer("BRIS03"),
        "allocated_artefacts": [{"artefact_id": invoice["id"], "amount": "5.00"}],
    }
    found = refusals(bench.sage.call("POST", "/contact_allocations", json={"contact_allocation": body}))
    assert found == {
        "contact_allocation.allocated_artefacts": "must balance",
        "contact_allocation.allocated_artefacts[0].artefact_id": "does not exist or is not open",
    }


def test_services_have_rates_and_stock_items_short_codes(bench: Bench) -> None:
    service = bench.sage.read("/services?attributes=all&search=fit-day")["$items"][0]
    assert service["sales_rates"][0]["rate"] == 280.0
    account = bench.account_ids()[4000]
    body = {"item_code": "X" * 31, "description": "Long", "sales_ledger_account_id": account}
    found = refusals(bench.sage.call("POST", "/stock_items", json={"stock_item": body}))
    assert set(found) == {"stock_item.item_code", "stock_item.purchase_ledger_account_id"}
    line = {"service_id": service["id"], "product_id": None}
    invoice = bench.sage.write("POST", "/sales_invoices", json=bench.invoice(line=line))
    assert invoice["invoice_lines"][0]["service"]["id"] == service["id"]
    assert bench.sage.call("DELETE", f"/services/{service['id']}").status_code == 422


def test_a_contacts_own_addresses_are_addresses_too(bench: Bench) -> None:
    key = bench.customer()
    (main,) = bench.sage.read(f"/addresses?contact_id={key}&attributes=all")["$items"]
    assert (main["city"], main["is_main_address"]) == ("Leeds", True)
    bench.sage.write("PUT", f"/addresses/{main['id']}", json={"address": {"city": "York"}})
    assert bench.sage.read(f"/contacts/{key}")["main_address"]["city"] == "York"
    blank = refusals(bench.sage.call("POST", "/addresses", json={"address": {"contact_id": key}}))
    assert set(blank) == {"address.address_type_id", "address.name", "address.is_main_address"}


def test_a_file_comes_back_as_it_was_sent_and_a_repeated_upload_is_a_second_one(bench: Bench) -> None:
    invoice = bench.sage.read("/sales_invoices")["$items"][0]["id"]
    context = {"attachment_context_type_id": "SALES_INVOICE", "attachment_context_id": invoice}
    body = {"file": "aGVsbG8=", "file_name": "a.txt", "mime_type": "text/plain", **context}
    made = [bench.sage.write("POST", "/attachments", json={"attachment": body}) for _ in range(2)]
    assert made[0]["id"] != made[1]["id"]
    assert bench.sage.call("GET", f"/attachments/{made[0]['id']}/file").content == b"hello"
    assert bench.sage.read("/attachments", params=context)["$total"] == 2
    alone = bench.sage.call("GET", "/attachments?attachment_context_type_id=SALES_INVOICE")
    assert alone.status_code == 400
    large = {**body, "file": "AAAA" * (2_621_440 // 3 + 1)}
    assert "attachment.file" in refusals(bench.sage.call("POST", "/attachments", json={"attachment": large}))


def test_exchange_rates_say_both_ways_and_there_are_no_sales_orders(bench: Bench) -> None:
    rate = bench.sage.read("/exchange_rates/EUR")
    assert (rate["rate"], rate["inverse_rate"], rate["base_currency"]["id"]) == (1.17, 0.85470085, "GBP")
    assert bench.sage.call("GET", "/exchange_rates/GBP").status_code == 404
    assert bench.sage.call("GET", "/sales_orders").status_code == 404
    assert "CUSTOMER_RECEIPT" in [one["id"] for one in bench.sage.read("/transaction_types")["$items"]]


@pytest.mark.parametrize(
    ("path", "wrapper"),
    [("/sales_quotes", "sales_quote"), ("/sales_estimates", "sales_estimate"), ("/contact_payments", "")],
)
def test_an_idempotency_id_answers_as_the_first_time_for_seven_days(
    bench: Bench, path: str, wrapper: str
) -> None:
    body = quote(bench, wrapper.removeprefix("sales_")) if wrapper else receipt(bench, "10.00")
    (inner,) = body.values()
    inner["idempotency_id"] = "5d0c" + "0" * 28
    first = bench.sage.write("POST", path, json=body)["id"]
    assert bench.sage.write("POST", path, json=body)["id"] == first
    bench.advance(7 * 86_400 + 1)
    bench.sign_in()
    assert bench.sage.write("POST", path, json=body)["id"] != first


def test_a_contact_that_paid_is_not_deleted(bench: Bench) -> None:
    made = bench.sage.write(
        "POST", "/contact_payments", json=receipt(bench, "5.00", contact_id=bench.customer("CASH"))
    )
    contact = f"/contacts/{bench.customer('CASH')}"
    assert bench.sage.read(contact)["deletable"] is False
    assert refusals(bench.sage.call("DELETE", contact)) == {
        "base": "The contact has transactions and can't be deleted"
    }
    assert bench.sage.call("DELETE", f"/contact_payments/{made['id']}").status_code == 204
    assert bench.sage.call("DELETE", contact).status_code == 204
