"""find_customer, list_ledger_accounts, list_tax_rates, list_products; the connection test; choices in the editor."""

import pytest

from connectors.sage50.tests.far import ACCOUNTS, CONTACT, RATES, page, sage
from connectors.sdk.discovery import Choice
from connectors.sdk.errors import Config, Data
from connectors.sdk.operation import Read
from connectors.sdk.registry import connector, operation
from connectors.sdk.testing import Replies
from connectors.sdk.validation import validator_for
from connectors.sdk.wire import Json


def read(name: str, far: Replies, data: Json) -> Json:
    found = operation(f"sage50.{name}")
    assert isinstance(found, Read)
    validator_for(found.input).check(data)
    output = found.run(far.call(), data)
    validator_for(found.output).check(output)
    return output


def test_find_customer_by_address_leaves_near_misses_out() -> None:
    near = {**CONTACT, "id": "c2", "email": "ida@larch.example.org", "main_contact_person": None}
    with sage().on(
        "GET", "/contacts", query={"email": "ida@larch.example"}, json=page([CONTACT, near])
    ) as far:
        found = read("find_customer", far, {"email": "IDA@larch.example"})["customers"]
    assert [one["id"] for one in found] == ["c1"]


def test_find_customer_by_a_part_of_the_name() -> None:
    with sage().on("GET", "/contacts", query={"search": "lar"}, json=page([CONTACT])) as far:
        found = read("find_customer", far, {"search": " lar "})["customers"]
    assert found == [
        {
            "id": "c1",
            "name": "Larch & Co",
            "reference": "LARCH01",
            "email": "ida@larch.example",
            "company_key": "",
        }
    ]


def test_find_customer_needs_something_to_find() -> None:
    with pytest.raises(Data):
        read("find_customer", sage(), {})


def test_lists_follow_the_link_to_the_next_page_as_a_path_below_the_base() -> None:
    with sage() as far:
        far.on(
            "GET",
            "/ledger_accounts",
            query={"items_per_page": "100"},
            json=page(ACCOUNTS[:1], "/ledger_accounts?page=2"),
        )
        far.on("GET", "/ledger_accounts", query={"page": "2"}, json=page(ACCOUNTS[1:]))
        accounts = read("list_ledger_accounts", far, {})["accounts"]
    assert [(one["nominal_code"], one["name"]) for one in accounts] == [
        ("4000", "Sales"),
        ("4900", "Other income (4900)"),
    ]


def test_list_tax_rates_gives_percentages_as_text() -> None:
    with sage().on("GET", "/tax_rates", json=page([*RATES, {"id": "X", "percentage": None}])) as far:
        rates = read("list_tax_rates", far, {})["tax_rates"]
    assert [(one["id"], one["percentage"]) for one in rates] == [
        ("GB_STANDARD", "20.0"),
        ("GB_ZERO", "0.0"),
        ("X", ""),
    ]


def test_list_products_gives_the_first_price_as_a_decimal() -> None:
    product = {
        "id": "p1",
        "item_code": "CHAIR-01",
        "description": "Chair",
        "sales_prices": [{"price": 30.5}],
        "sales_ledger_account": {"id": "a4000"},
        "sales_tax_rate": None,
    }
    with sage().on(
        "GET", "/products", query={"active": "True", "search": "chair"}, json=page([product, {"id": "p2"}])
    ) as far:
        products = read("list_products", far, {"search": "chair"})["products"]
    assert [
        (one["sales_price"], one["sales_ledger_account_id"], one["sales_tax_rate_id"]) for one in products
    ] == [
        ("30.50", "a4000", ""),
        ("", "", ""),
    ]


ONE: Json = {"id": "b1", "displayed_as": "Larch"}
TWO: Json = {"id": "b2", "displayed_as": "Oak"}


@pytest.mark.parametrize(("chosen", "businesses", "expected"), [("", [ONE], "b1"), ("b2", [ONE, TWO], "b2")])
def test_the_account_is_the_business(chosen: str, businesses: list[Json], expected: str) -> None:
    with sage(business_id=chosen).on("GET", "/businesses", json={"$items": businesses, "$next": None}) as far:
        assert connector("sage50").client.identify(far.call()).id == expected
    assert far.headers[0].get("X-Business", "") == chosen
    assert far.headers[0]["Authorization"] == "Bearer token-for-tests"


@pytest.mark.parametrize(("chosen", "code"), [("", "business_needed"), ("b9", "business_unknown")])
def test_a_business_must_be_chosen_among_several(chosen: str, code: str) -> None:
    far = sage(business_id=chosen).on("GET", "/businesses", json={"$items": [ONE, TWO]})
    with pytest.raises(Config) as caught:
        connector("sage50").client.identify(far.call())
    assert caught.value.code == code
    assert caught.value.info["choices"] == [
        {"value": "b1", "label": "Larch"},
        {"value": "b2", "label": "Oak"},
    ]


def test_the_editor_can_ask_for_accounts_rates_and_businesses() -> None:
    choices = connector("sage50").discovery.choices
    with sage() as far:
        far.on("GET", "/ledger_accounts", json=page(ACCOUNTS)).on("GET", "/tax_rates", json=page(RATES))
        far.on("GET", "/businesses", json={"$items": [ONE]})
        assert choices["ledger_accounts"](far.call(), {})[0] == Choice("4000", "Sales", "4000")
        assert choices["tax_rates"](far.call(), {})[0] == Choice("GB_STANDARD", "Standard 20.00%", "20.0 %")
        assert choices["businesses"](far.call(), {}) == [Choice("b1", "Larch")]
