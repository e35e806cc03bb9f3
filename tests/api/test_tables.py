"""Mapping tables over REST: what stewards edit, and what everybody sees."""

import pytest
from rest_framework.test import APIClient

from integrations.mapping.models import MappingRow, MappingTable, RowChange
from tests.api.test_runs import queries
from tests.api.world import FLOW, World

URL = "/api/v1/mapping-tables/dev/product_gl"


@pytest.fixture
def steward(world: World) -> APIClient:
    return world.client("steward")


def test_a_table_shows_its_columns_rows_and_who_reads_it(world: World) -> None:
    tables = {
        one["key"]: one
        for one in world.client("viewer").get("/api/v1/mapping-tables/?environment=dev").json()["results"]
    }
    assert set(tables) == {"deal_stages", "product_gl", "tax_codes"}
    table = tables["product_gl"]
    assert (table["class"], table["miss_policy"], table["rows"], table["used_by"]) == (
        "configuration",
        "error",
        4,
        [FLOW],
    )
    assert [(one["key"], one["type"], one["is_key"]) for one in table["columns"]] == [
        ("category", "text", True),
        ("nominal", "text", False),
    ]


def test_the_list_takes_the_same_number_of_queries_however_long_it_is(world: World) -> None:
    client = world.client()
    few = queries(client, "/api/v1/mapping-tables/")
    for number in range(6):
        MappingTable.objects.create(environment=world.prod, key=f"t{number}", name="T", columns=[])
    assert queries(client, "/api/v1/mapping-tables/") == few <= 6


def test_rows_come_by_key_in_pages_and_are_found_by_a_part_of_it(steward: APIClient) -> None:
    first = steward.get(f"{URL}/rows/?limit=3").json()
    second = steward.get(f"{URL}/rows/", {"limit": 3, "cursor": first["next"]}).json()
    found = [row["values"]["category"] for page in (first, second) for row in page["results"]]
    assert found == ["Freight", "Furniture", "Lighting", "Textiles"]
    (row,) = steward.get(f"{URL}/rows/?q=LIGHT").json()["results"]
    assert row["values"] == {"category": "Lighting", "nominal": "4001"}


def test_a_row_is_added_changed_in_part_and_deleted_with_its_history(steward: APIClient) -> None:
    body = {"values": {"category": "Antiques", "nominal": "4003"}, "valid_from": "2026-01-01"}
    made = steward.post(f"{URL}/rows/", body, format="json")
    assert (made.status_code, made.json()["valid_from"], made.json()["updated_by"]) == (
        201,
        "2026-01-01",
        "steward",
    )
    row = f"{URL}/rows/{made.json()['id']}/"
    changed = steward.patch(row, {"values": {"nominal": "4009"}}, format="json").json()
    assert changed["values"] == {"category": "Antiques", "nominal": "4009"}
    assert changed["valid_from"] == "2026-01-01"
    assert steward.delete(row).status_code == 204
    assert steward.delete(row).status_code == 404
    assert list(
        RowChange.objects.filter(row_id=made.json()["id"]).order_by("id").values_list("action", flat=True)
    ) == [
        "add",
        "change",
        "delete",
    ]


@pytest.mark.parametrize(
    ("values", "pointer"),
    [
        ({"category": "", "nominal": "1"}, "/values/category"),
        ({"category": "Freight", "nominal": "1"}, ""),
        ({"category": "New", "colour": "red"}, "/values/colour"),
    ],
)
def test_a_row_that_cannot_be_is_refused_with_the_place(
    steward: APIClient, values: dict[str, str], pointer: str
) -> None:
    answer = steward.post(f"{URL}/rows/", {"values": values}, format="json")
    assert (answer.status_code, answer.json()["code"]) == (400, "row_refused")
    assert pointer in {error["pointer"] for error in answer.json()["errors"]}


@pytest.mark.parametrize("who", ["viewer", "operator", "builder", "releaser"])
def test_only_stewards_edit(world: World, who: str) -> None:
    answer = world.client(who).post(
        f"{URL}/rows/", {"values": {"category": "A", "nominal": "1"}}, format="json"
    )
    assert answer.status_code == 403
    assert MappingRow.objects.filter(table__key="product_gl").count() == 4


def test_a_csv_is_shown_first_then_brought_in_and_comes_out_the_same(steward: APIClient) -> None:
    exported = b"".join(steward.get(f"{URL}/export/"))  # it streams
    text = exported.decode().replace("4001", "4011") + "Antiques,4003,,\r\n"
    dry = steward.post(f"{URL}/import/?dry=1", text, content_type="text/csv").json()
    assert dry == {"new": 1, "changed": 1, "same": 3, "refused": [], "applied": False}
    assert MappingRow.objects.filter(table__key="product_gl").count() == 4
    assert steward.post(f"{URL}/import/", text, content_type="text/csv").json()["applied"] is True
    again = steward.post(f"{URL}/import/?dry=1", text, content_type="text/csv").json()
    assert (again["new"], again["changed"], again["same"]) == (0, 0, 5)


def test_a_csv_with_a_bad_line_changes_nothing_and_says_which(steward: APIClient) -> None:
    text = "Product category,Nominal code\nAntiques,4003\n,4004\n"
    shown = steward.post(f"{URL}/import/", text, content_type="text/csv").json()
    assert (shown["applied"], shown["refused"][0]["line"]) == (False, 3)
    assert MappingRow.objects.filter(table__key="product_gl").count() == 4


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [("Colour\nred\n", "text/csv", 400), ("{}", "application/json", 415), (b"\xff\xfe", "text/csv", 400)],
)
def test_what_is_not_this_tables_csv_is_refused(
    steward: APIClient, body: str, kind: str, status: int
) -> None:
    assert steward.post(f"{URL}/import/", body, content_type=kind).status_code == status


def test_a_table_one_may_not_see_is_not_there(world: World) -> None:
    assert world.client("prod_viewer").get(f"{URL}/rows/").status_code == 404
    assert world.client("prod_viewer").get("/api/v1/mapping-tables/").json()["results"] == []
