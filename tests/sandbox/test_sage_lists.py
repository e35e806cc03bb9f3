"""Sage: envelopes, sparse items, filters, and the catalogue that invoices are made of."""

from collections.abc import Mapping

import pytest

from tests.sandbox.bench import Bench


def test_an_item_is_sparse_unless_attributes_are_asked_for(bench: Bench) -> None:
    sparse = bench.sage.read("/contacts?search=NORTH01")["$items"][0]
    assert set(sparse) == {"id", "displayed_as", "$path", "created_at", "updated_at"}
    assert sparse["displayed_as"] == "Northgate School Trust (NORTH01)"
    some = bench.sage.read("/contacts?search=NORTH01&attributes=name,email")["$items"][0]
    assert (some["name"], some["email"]) == ("Northgate School Trust", "priya.nair@northgate-trust.example")
    assert "reference" not in some
    thin = bench.sage.read("/contacts?search=NORTH01&attributes=all")["$items"][0]
    assert set(thin["main_address"]) == {"id", "displayed_as", "$path"}
    deep = bench.sage.read("/contacts?search=NORTH01&attributes=all&nested_attributes=all")["$items"][0]
    assert deep["main_address"]["postal_code"] == "LS11 5TD"
    assert bench.sage.read(f"/contacts/{sparse['id']}")["main_address"]["postal_code"] == "LS11 5TD"


def test_pages_are_walked_by_next_relative_to_the_base(bench: Bench) -> None:
    seen: list[str] = []
    path = "/products?items_per_page=6&attributes=all&search=a"
    while path:
        page = bench.sage.read(path)
        seen += [one["item_code"] for one in page["$items"]]
        path = page["$next"]
        assert path is None or path.startswith("/products?page=")
    assert len(seen) == len(set(seen)) == page["$total"]
    assert (page["$back"] is None, page["$itemsPerPage"]) == (False, 6)
    assert bench.sage.read("/products?items_per_page=500")["$itemsPerPage"] == 200
    assert "$items_per_page" in bench.sage.read("/businesses")


@pytest.mark.parametrize("query", ["page=0", "page=x", "items_per_page=-1"])
def test_a_wrong_page_is_refused(bench: Bench, query: str) -> None:
    assert bench.sage.call("GET", f"/contacts?{query}").status_code == 400


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("email=PRIYA.nair@northgate-trust.example", ["Northgate School Trust"]),
        ("email=nobody@x.example", []),
        ("search=maison%20roux", ["MAISON ROUX  SARL"]),
        ("search=bris03", ["Bristol Interiors Ltd"]),
        ("contact_type_id=VENDOR", ["Quarry Timber Supplies"]),
    ],
)
def test_contacts_are_found_by_mail_text_and_type(bench: Bench, query: str, names: list[str]) -> None:
    assert [one["name"] for one in bench.sage.read(f"/contacts?{query}&attributes=all")["$items"]] == names


def test_a_filter_sage_does_not_have_filters_nothing(bench: Bench) -> None:
    assert bench.sage.read("/contacts?source_guid=streak:x")["$total"] == 6


@pytest.mark.parametrize(
    ("path", "some", "total"),
    [
        ("/tax_rates", {"id": "GB_STANDARD", "displayed_as": "Standard 20.00%", "percentage": 20.0}, 5),
        ("/currencies", {"id": "GBP"}, 3),
        ("/artefact_statuses", {"id": "DRAFT", "displayed_as": "Draft"}, 6),
        ("/ledger_accounts", {"nominal_code": 4000, "visible_in_sales": True}, 12),
        ("/products", {"item_code": "CHR-ASH-01"}, 15),
        ("/bank_accounts", {"displayed_as": "Current (1200)"}, 1),
    ],
)
def test_the_catalogue_is_there(bench: Bench, path: str, some: Mapping[str, object], total: int) -> None:
    page = bench.sage.read(f"{path}?attributes=all&items_per_page=200")
    first = page["$items"][0]
    assert page["$total"] == total
    assert {name: first[name] for name in some} == some
    assert bench.sage.read(first["$path"])["id"] == first["id"]


def test_ledger_accounts_tell_what_they_are_for(bench: Bench) -> None:
    sales = bench.sage.read("/ledger_accounts?visible_in=sales&attributes=all")["$items"]
    assert {one["nominal_code"] for one in sales} == {4000, 4001, 4002, 4010, 4900, 4905}
    assert [
        one["nominal_code"]
        for one in bench.sage.read("/ledger_accounts?search=carriage&attributes=all")["$items"]
    ] == [
        4905,
        5100,
    ]


def test_changes_and_deletions_are_found_by_time(bench: Bench) -> None:
    assert bench.sage.read("/contacts?updated_or_created_since=2020-01-01")["$total"] == 6
    bench.advance(3600)
    bench.sign_in()
    walk_in = bench.sage.read("/contacts?search=CASH")["$items"][0]
    bench.sage.write("PUT", walk_in["$path"], json={"contact": {"notes": "hello"}})
    stamp = bench.sage.read(walk_in["$path"])["updated_at"]
    query = {"updated_or_created_since": stamp.replace("Z", "+00:00")}
    assert [one["id"] for one in bench.sage.read("/contacts", params=query)["$items"]] == [walk_in["id"]]
    assert bench.sage.call("DELETE", walk_in["$path"]).status_code == 204
    assert bench.sage.call("GET", walk_in["$path"]).status_code == 404
    assert bench.sage.read("/contacts")["$total"] == 5
    assert bench.sage.read("/contacts?deleted_since=2020-01-01")["$items"][0]["id"] == walk_in["id"]
    assert bench.sage.call("GET", "/contacts?updated_or_created_since=soon").status_code == 400


def test_there_are_no_sales_orders_in_the_cloud(bench: Bench) -> None:
    for method, path in (("GET", "/sales_orders"), ("POST", "/sales_orders"), ("GET", "/sales_orders/1")):
        answer = bench.sage.call(method, path, json={})
        assert (answer.status_code, answer.json()[0]["$dataCode"]) == (404, "RecordNotFound")
    assert bench.sage.call("PATCH", "/contacts").status_code == 405


def test_money_comes_as_text_when_that_quirk_is_on(bench: Bench) -> None:
    path = bench.sage.read("/sales_invoices")["$items"][0]["$path"]
    assert bench.sage.read(path)["total_amount"] == 1356.0
    bench.fault("sage50", "text_money", "always")
    assert bench.sage.read(path)["total_amount"] == "1356.00"
