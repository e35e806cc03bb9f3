"""Our connectors against our simulators over real HTTP: what the template flow does, step by step, and what may be lost."""

import pytest
import requests

from connectors.sdk import errors, registry
from connectors.sdk.operation import Write
from connectors.sdk.trigger import WebhookTrigger
from connectors.sdk.wire import Json
from tests.contract.conftest import LIMIT, Bench

LINES = [
    {
        "sku": "TBL-1",
        "description": "Table",
        "category": "Furniture",
        "quantity": "15",
        "unit_price": "30.095",
        "tax": "standard",
    }
]
CUSTOMER = {
    "organization": "Quayside Books Ltd",
    "domain": "quayside-books.example",
    "given_name": "Ida",
    "family_name": "Quay",
    "email": "ida@quayside-books.example",
}
NEW_CUSTOMER = {
    "name": "Quayside Books Ltd",
    "email": "ida@quayside-books.example",
    "company_key": "agxORG",
    "currency": "GBP",
}


def add_deal(bench: Bench) -> str:
    deal = bench.control(
        "/api/deals", name="Quayside", stage="Negotiation", customer=CUSTOMER, currency="GBP", lines=LINES
    )
    return str(deal["key"])


def invoice(customer_id: str, tax: str = "90.29") -> Json:
    return {
        "customer_id": customer_id,
        "date": "2026-11-20",
        "reference": "DEAL-1",
        "currency": "GBP",
        "status": "draft",
        "lines": [
            {
                "description": "Table",
                "quantity": "15",
                "unit_price": "30.095",
                "nominal_code": "4000",
                "tax_rate_id": "GB_STANDARD",
                "tax_amount": tax,
            }
        ],
    }


@pytest.mark.parametrize("system", ["streak", "sage50"])
def test_a_connection_test_says_whose_account_it_is_and_a_reset_is_another_account(
    bench: Bench, system: str
) -> None:
    def account() -> str:
        call = bench.call(system)
        return registry.connector(system).client.identify(call).id

    before = account()
    assert before == account()
    bench.control("/api/reset")
    assert account() != before


def test_a_deal_is_read_with_names_labels_lines_and_its_people(bench: Bench) -> None:
    box = bench.read("streak.get_box", {"box_key": add_deal(bench)})

    assert (box["stage"]["name"], box["fields"]["Currency"]) == ("Negotiation", "GBP")
    assert [(line["quantity"], line["unit_price"]) for line in box["lines"]] == [("15", "30.095")]
    contact = bench.read("streak.get_contact", {"contact_key": box["contact_keys"][0]})
    organization = bench.read("streak.get_organization", {"organization_key": box["organization_keys"][0]})
    assert (contact["email"], organization["name"]) == ("ida@quayside-books.example", "Quayside Books Ltd")


def test_a_field_written_back_is_read_back(bench: Bench) -> None:
    key = add_deal(bench)
    bench.write("streak.update_box", {"box_key": key, "fields": {"Sage invoice": "SI-1"}})
    assert bench.read("streak.get_box", {"box_key": key})["fields"]["Sage invoice"] == "SI-1"


def test_a_record_that_is_not_there_is_not_found(bench: Bench) -> None:
    key = add_deal(bench)
    bench.control("/api/reset")
    with pytest.raises(errors.NotFound):
        bench.read("streak.get_box", {"box_key": key})


def test_a_customer_is_found_by_key_e_mail_and_name_in_that_order(bench: Bench) -> None:
    made = bench.write("sage50.find_or_create_customer", NEW_CUSTOMER)
    operation = registry.operation("sage50.find_or_create_customer")
    assert isinstance(operation, Write)
    assert operation.existing is not None

    for change, by in [
        ({}, "source_guid"),
        ({"company_key": ""}, "email"),
        ({"company_key": "", "email": "", "on_name_match": "accept"}, "name"),
    ]:
        found = operation.existing(bench.call("sage50"), {**NEW_CUSTOMER, **change})
        assert found is not None
        assert (found.far_id, found.matched_by) == (made["id"], by)


def test_the_invoice_is_computed_by_the_far_system_and_comes_back_as_decimal_text(bench: Bench) -> None:
    customer = bench.write("sage50.find_or_create_customer", NEW_CUSTOMER)
    made = bench.write("sage50.create_invoice", invoice(customer["id"]))

    assert (made["net_amount"], made["tax_amount"], made["total_amount"]) == ("451.43", "90.29", "541.72")
    operation = registry.operation("sage50.create_invoice")
    assert isinstance(operation, Write)
    assert operation.standing is not None
    assert operation.standing(bench.call("sage50"), made["id"]) == "stands"


def test_wrong_tax_is_refused_with_its_place(bench: Bench) -> None:
    customer = bench.write("sage50.find_or_create_customer", NEW_CUSTOMER)
    with pytest.raises(errors.Data) as refused:
        bench.write("sage50.create_invoice", invoice(customer["id"], tax="12.00"))
    assert "tax" in refused.value.pointer + refused.value.sentence


def test_the_same_request_after_a_lost_answer_makes_no_second_invoice(bench: Bench) -> None:
    customer = bench.write("sage50.find_or_create_customer", NEW_CUSTOMER)
    data = invoice(customer["id"])
    operation, call, request, mark = bench.prepare("sage50.create_invoice", data, "box-1")
    bench.control("/api/faults", system="sage50", kind="lose_answer", mode="next")

    with pytest.raises(errors.OutcomeUnknown):
        call.send(request)
    again = operation.result(data, call.send(request))

    assert operation.find is not None
    assert [match.far_id for match in operation.find(bench.call("sage50"), request, mark)] == [again["id"]]


def test_a_webhook_is_registered_delivered_and_verified(bench: Bench) -> None:
    trigger = registry.trigger("streak.box_stage_changed")
    assert isinstance(trigger, WebhookTrigger)
    call = bench.call("streak")
    state = trigger.enable(call, "http://127.0.0.1:9/in/x/", "s" * 24, {"pipeline": "Sales"})
    trigger.disable(call, state)
    trigger.disable(call, state)


def test_no_exchange_shows_a_secret(bench: Bench) -> None:
    add_deal(bench)
    key = str(bench.host.urls()["systems"]["streak"]["access"]["api_key"])
    bench.read("streak.list_pipelines", {})
    assert bench.exchanges
    assert all(key not in repr(exchange) for exchange in bench.exchanges)


def test_the_control_page_answers(bench: Bench) -> None:
    page = requests.get(bench.host.control_url, timeout=LIMIT)
    assert page.status_code == 200
    assert "sandbox" in page.text.lower()
