"""Mapping tables in the admin: the sheet, import with a preview, export, settings, history."""

from collections.abc import Callable, Mapping

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from integrations.mapping.models import MappingRow, MappingTable, RowChange
from tests.admin.world import World


def sheet(client: Client, world: World, query: str = "") -> dict[str, str]:
    """The fields of the page as a browser would send them back, untouched."""
    page = client.get(f"/admin/integrations/mappingtable/{world.table.pk}/change/{query}")
    fields = {"lines": page.context["line_ids"]}
    for line in page.context["lines"]:
        fields |= {cell.name: cell.value for cell in line.cells}
        if line.stamp:
            fields[f"{line.id}-stamp"] = line.stamp
    return fields


def save(client: Client, world: World, fields: Mapping[str, str]) -> tuple[int, str]:
    answer = client.post(f"/admin/integrations/mappingtable/{world.table.pk}/change/", fields, follow=True)
    return answer.status_code, answer.content.decode()


def row(world: World, lookup: str) -> MappingRow:
    return world.table.rows.get(lookup=lookup)


def test_saving_an_untouched_page_changes_nothing(world: World, as_person: Callable[[str], Client]) -> None:
    client, before = as_person("steward"), RowChange.objects.count()
    status, html = save(client, world, sheet(client, world))
    assert (status, "Nothing was changed." in html, RowChange.objects.count()) == (200, True, before)


def test_rows_are_changed_added_and_deleted_in_one_save(
    world: World, as_person: Callable[[str], Client]
) -> None:
    client = as_person("steward")
    fields = sheet(client, world)
    freight, carpets = row(world, "freight"), row(world, "carpets")
    fields |= {f"r{freight.pk}-gl_account": "4905", f"r{carpets.pk}-delete": "on"}
    fields |= {
        "n0-category": "Lighting",
        "n0-gl_account": "4000",
        "n0-valid_from": "2026-11-21",
        "n0-post": "true",
    }
    _status, html = save(client, world, fields)
    assert "Saved: 1 added, 1 changed, 1 deleted." in html
    assert row(world, "freight").values["gl_account"] == "4905"
    assert row(world, "lighting").values["post"] is True
    assert not world.table.rows.filter(lookup="carpets").exists()
    assert row(world, "freight").updated_by == "steward"


def test_one_wrong_cell_saves_nothing_and_keeps_everything_typed(
    world: World, as_person: Callable[[str], Client]
) -> None:
    client = as_person("steward")
    fields = sheet(client, world)
    freight, carpets = row(world, "freight"), row(world, "carpets")
    fields |= {f"r{freight.pk}-gl_account": "4905", f"r{carpets.pk}-share": "much", "n0-category": "Lighting"}
    status, html = save(client, world, fields)
    assert status == 422
    assert "Share: “much” is not a number." in html
    assert 'value="4905"' in html
    assert 'value="Lighting"' in html
    assert row(world, "freight").values["gl_account"] == "4001"
    assert not world.table.rows.filter(lookup="lighting").exists()


def test_what_somebody_else_changed_meanwhile_is_never_overwritten(
    world: World, as_person: Callable[[str], Client]
) -> None:
    client = as_person("steward")
    mine, theirs = sheet(client, world), sheet(client, world)
    freight = row(world, "freight")
    save(client, world, theirs | {f"r{freight.pk}-gl_account": "4777"})
    status, html = save(client, world, mine | {f"r{freight.pk}-gl_account": "4905"})
    assert status == 422
    assert "Somebody changed this row meanwhile." in html
    untouched = save(client, world, mine | {"n0-category": "Rugs", "n0-gl_account": "1"})
    assert "Saved: 1 added." in untouched[1]
    assert row(world, "freight").values["gl_account"] == "4777"


def test_closing_a_row_and_opening_its_successor_works_in_one_save(
    world: World, as_person: Callable[[str], Client]
) -> None:
    client = as_person("steward")
    freight = row(world, "freight")
    fields = sheet(client, world) | {
        f"r{freight.pk}-valid_to": "2026-12-31",
        "n0-category": "Freight", "n0-gl_account": "4905", "n0-valid_from": "2027-01-01",
    }  # fmt: skip
    assert "Saved: 1 added, 1 changed." in save(client, world, fields)[1]
    assert world.table.rows.filter(lookup="freight").count() == 2


def test_rows_of_another_table_are_out_of_reach(world: World, as_person: Callable[[str], Client]) -> None:
    other = MappingTable.objects.create(environment=world.dev, key="x", name="X", columns=world.table.columns)
    foreign = MappingRow.objects.create(table=other, lookup="a", values={"category": "a"})
    fields = {"lines": f"r{foreign.pk}", f"r{foreign.pk}-delete": "on", f"r{foreign.pk}-stamp": "0"}
    status, html = save(as_person("steward"), world, fields)
    assert (status, MappingRow.objects.filter(pk=foreign.pk).exists()) == (422, True)
    assert "Somebody deleted this row meanwhile." in html


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?q=FURN+4010", ["4010"]),
        ("?q=textiles", ["4003"]),
        ("?q=furniture", ["4000", "4010", "4000"]),
        ("?q=furniture&dates=today", ["4000", "4000"]),
        ("?q=nothing", []),
    ],
)
def test_rows_are_found_in_any_column_and_by_day(
    world: World, as_person: Callable[[str], Client], query: str, found: list[str]
) -> None:
    fields = sheet(as_person("viewer"), world, query)
    assert [value for name, value in fields.items() if name.endswith("-gl_account") and value] == found


def test_an_export_imported_again_changes_nothing(world: World, as_person: Callable[[str], Client]) -> None:
    client, path = as_person("steward"), f"/admin/integrations/mappingtable/{world.table.pk}"
    exported = client.get(f"{path}/export/")
    text = exported.getvalue().decode()
    assert exported.headers["Content-Disposition"] == 'attachment; filename="prod-product_gl.csv"'
    preview = client.post(f"{path}/import/", {"file": SimpleUploadedFile("rows.csv", text.encode())})
    assert preview.context["counts"] == {"new": 0, "changed": 0, "same": 7, "refused": 0}


def test_an_import_is_seen_before_it_is_done(world: World, as_person: Callable[[str], Client]) -> None:
    client, path = as_person("steward"), f"/admin/integrations/mappingtable/{world.table.pk}/import/"
    text = (
        "Category,GL account,Account name,Share,Post,Valid from\n"
        "Freight,4905,Delivery charged,1.00,yes,2026-04-01\nRugs,4003,Textiles,1,,\n"
    )
    page = client.post(path, {"text": text})
    html = page.content.decode()
    assert page.context["counts"] == {"new": 1, "changed": 1, "same": 0, "refused": 0}
    assert "<del>4001</del> 4905" in html
    assert row(world, "freight").values["gl_account"] == "4001"
    done = client.post(path, {"text": page.context["text"], "confirmed": "yes"}, follow=True)
    assert "Imported: 1 new, 1 changed, 0 as they were." in done.content.decode()
    assert row(world, "freight").values["gl_account"] == "4905"


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"text": ""}, "Choose a file"),
        ({"text": "a,b\n1,2"}, "Nothing is called “a” in this table."),
        ({"file": SimpleUploadedFile("x.csv", "Category;é".encode("latin-1"))}, "not in UTF-8"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_in_words(
    world: World, as_person: Callable[[str], Client], sent: dict[str, object], said: str
) -> None:
    answer = as_person("steward").post(f"/admin/integrations/mappingtable/{world.table.pk}/import/", sent)
    assert (answer.status_code, said in answer.content.decode()) == (422, True)


def test_refused_lines_are_all_shown_and_cannot_be_imported(
    world: World, as_person: Callable[[str], Client]
) -> None:
    client, path = as_person("steward"), f"/admin/integrations/mappingtable/{world.table.pk}/import/"
    text = "Category,GL account,Account name,Share,Post\n,1,,x,maybe\nRugs,1,,1,\nrugs,2,,1,\n"
    html = client.post(path, {"text": text}).content.decode()
    assert "Category is part of the key" in html
    assert "Share: “x” is not a number." in html
    assert "It repeats line 3" in html
    assert "Import 1 row" not in html
    assert "Nothing was imported" in client.post(path, {"text": text, "confirmed": "yes"}).content.decode()
    assert not world.table.rows.filter(lookup="rugs").exists()


def settings_fields(world: World, **changes: str) -> dict[str, str]:
    fields = {"name": world.table.name, "description": "", "klass": "configuration", "miss_policy": "error"}
    for number, column in enumerate(world.table.columns):
        fields |= {
            f"c{number}-title": column["title"],
            f"c{number}-key": column["key"],
            f"c{number}-type": column["type"],
        }
        fields |= {f"c{number}-is_key": "on"} if column["is_key"] else {}
    return fields | changes


def test_a_column_is_added_retyped_and_removed_with_its_rows(
    world: World, as_person: Callable[[str], Client]
) -> None:
    path = f"/admin/integrations/mappingtable/{world.table.pk}/settings/"
    changes = {"c1-type": "number", "c4-remove": "on", "c5-title": "Cost centre", "c5-type": "text"}
    answer = as_person("steward").post(path, settings_fields(world, **changes))
    assert answer.status_code == 302
    world.table.refresh_from_db()
    assert [column["key"] for column in world.table.columns] == [
        "category",
        "gl_account",
        "account_name",
        "share",
        "cost_centre",
    ]
    assert row(world, "freight").values == {
        "category": "Freight", "gl_account": 4001, "account_name": "Delivery charged", "share": "1.00", "cost_centre": None,
    }  # fmt: skip


def test_a_type_that_does_not_fit_the_rows_is_refused_with_the_rows(
    world: World, as_person: Callable[[str], Client]
) -> None:
    path = f"/admin/integrations/mappingtable/{world.table.pk}/settings/"
    answer = as_person("steward").post(path, settings_fields(world, **{"c2-type": "decimal"}))
    assert answer.status_code == 422
    assert "Row “freight”: Account name: “Delivery charged” is not a number." in answer.content.decode()
    world.table.refresh_from_db()
    assert world.table.columns[2]["type"] == "text"


def test_a_default_row_is_checked_and_used(world: World, as_person: Callable[[str], Client]) -> None:
    path = f"/admin/integrations/mappingtable/{world.table.pk}/settings/"
    wrong = {"miss_policy": "default", "c3-default": "x"}
    assert as_person("steward").post(path, settings_fields(world, **wrong)).status_code == 422
    right = {"miss_policy": "default", "c1-default": "4999", "c3-default": "1.0"}
    assert as_person("steward").post(path, settings_fields(world, **right)).status_code == 302
    world.table.refresh_from_db()
    assert world.table.default == {"gl_account": "4999", "account_name": None, "share": "1.0", "post": None}


def test_a_new_table_is_made_where_the_person_is_a_steward(
    world: World, as_person: Callable[[str], Client]
) -> None:
    fields = {
        "name": "Payment terms", "klass": "environment", "miss_policy": "error", "environment": "prod",
        "c0-title": "Code", "c0-type": "text", "c0-is_key": "on", "c1-title": "Days", "c1-type": "number",
    }  # fmt: skip
    client, path = as_person("steward"), "/admin/integrations/mappingtable/add/"
    assert client.post(path, fields | {"environment": "dev"}).status_code == 422
    assert client.post(path, fields).status_code == 302
    table = MappingTable.objects.get(key="payment_terms")
    assert [(one["key"], one["is_key"]) for one in table.columns] == [("code", True), ("days", False)]
    assert client.post(path, fields).status_code == 422


def test_the_history_tells_old_and_new(world: World, as_person: Callable[[str], Client]) -> None:
    client = as_person("steward")
    freight = row(world, "freight")
    save(client, world, sheet(client, world) | {f"r{freight.pk}-gl_account": "4905"})
    html = client.get(f"/admin/integrations/mappingtable/{world.table.pk}/history/").content.decode()
    assert "<del>4001</del> <ins>4905</ins>" in html
    assert "steward" in html


def test_the_table_tells_which_keys_are_missing_and_who_reads_it(
    world: World, as_person: Callable[[str], Client]
) -> None:
    page = as_person("viewer").get(f"/admin/integrations/mappingtable/{world.table.pk}/change/")
    assert [(one.key, one.stake.parked) for one in page.context["missing"]] == [("Lighting", 4)]
    assert [one.flow_name for one in page.context["readers"]] == ["Closed-Won to invoice"]


@pytest.mark.parametrize("person", ["viewer", "operator", "builder", "releaser"])
def test_only_stewards_edit(world: World, as_person: Callable[[str], Client], person: str) -> None:
    client, path = as_person(person), f"/admin/integrations/mappingtable/{world.table.pk}"
    freight = row(world, "freight")
    fields = sheet(client, world) | {f"r{freight.pk}-gl_account": "1", f"r{freight.pk}-delete": "on"}
    answers = [
        client.post(f"{path}/{page}/", fields | {"text": "x"}).status_code
        for page in ("change", "import", "settings")
    ]
    assert answers == [403, 403, 403]
    assert row(world, "freight").values["gl_account"] == "4001"
