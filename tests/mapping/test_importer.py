"""CSV in and out: a preview that tells all, an import of all or nothing, and an export that reads back the same."""

import pytest
from django.contrib.auth.models import User
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from integrations.mapping.csv_text import cell_text, plain_cell
from integrations.mapping.importer import ImportRefused, apply_import, export_csv, preview_import
from integrations.mapping.models import MappingTable, RowChange
from integrations.mapping.rows import add_row
from integrations.models import Environment

COLUMNS = [
    {"key": "category", "title": "Category", "type": "text", "is_key": True},
    {"key": "gl", "title": "GL account", "type": "text", "is_key": False},
    {"key": "share", "title": "Share", "type": "decimal", "is_key": False},
]


@pytest.fixture
def table(db: None) -> MappingTable:
    environment = Environment.objects.create(key="dev", name="Development")
    table = MappingTable.objects.create(environment=environment, key="gl", name="GL", columns=COLUMNS)
    add_row(table, {"category": "Freight", "gl": "4001", "share": "1.00"}, valid_from="2026-04-01")
    add_row(table, {"category": "Furniture", "gl": "4000", "share": "1.00"})
    return table


def verdicts(table: MappingTable, text: str) -> list[tuple[int, str]]:
    return [(line.number, line.verdict) for line in preview_import(table, text).lines]


def test_the_preview_tells_new_changed_same_and_refused_with_line_numbers(table: MappingTable) -> None:
    text = (
        "Category,GL account,Share,Valid from,Valid to\n"
        "Rugs,4003,1.00,,\n"
        "Freight,4905,1.00,2026-04-01,\n"
        "Furniture,4000,1.00,,\n"
        "\n"
        ",41OO,x,2026-13-01,\n"
        "rugs,4003,1.00,,\n"
    )
    preview = preview_import(table, text)
    assert [(line.number, line.verdict) for line in preview.lines] == [
        (2, "new"), (3, "changed"), (4, "same"), (6, "refused"), (7, "refused"),
    ]  # fmt: skip
    wrong, repeated = preview.of("refused")
    assert {one.column for one in wrong.problems} == {"category", "share", "valid_from"}
    assert repeated.problems[0].sentence == "It repeats line 2: same key, same From."
    assert not preview.ready
    assert table.rows.count() == 2


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("category;gl;share\nRugs;1;2\n", [(2, "new")]),
        ("\ufeffGL ACCOUNT\tSHARE\tCategory\n1\t2\tRugs\n", [(2, "new")]),
        ('Category,GL account,Share\r\n"Rugs, large",1,2\r\n', [(2, "new")]),
        ("Category,GL account,Share,Valid from\nFreight,1,2,2026-05-01\n", [(2, "refused")]),
        (
            "Category,GL account,Share,Valid from,Valid to\nFreight,4001,1.00,2026-04-01,2026-12-31\nFreight,4905,1.00,2027-01-01,\n",
            [(2, "changed"), (3, "new")],
        ),
        (
            "Category,GL account,Share,Valid from,Valid to\nRugs,1,1,,2026-04-01\nRugs,2,1,2026-04-01,\n",
            [(2, "new"), (3, "refused")],
        ),
    ],
    ids=[
        "semicolons",
        "tabs, byte order mark, any order",
        "quotes",
        "overlap",
        "one row closed, next opened",
        "overlap in the file",
    ],
)
def test_files_are_read_as_spreadsheets_write_them(
    table: MappingTable, text: str, expected: list[tuple[int, str]]
) -> None:
    assert verdicts(table, text) == expected


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Category,Share\nx,1\n", "The column “GL account” is missing."),
        ("Category,GL account,Share,Colour\n", "Nothing is called “Colour” in this table."),
        ("Category,GL account,Share,category\n", "The column “category” stands twice."),
        ("", "The column “Category” is missing."),
    ],
)
def test_headings_that_do_not_fit_are_refused_in_words(table: MappingTable, text: str, said: str) -> None:
    with pytest.raises(ImportRefused, match=said):
        preview_import(table, text)


def test_an_import_is_all_or_nothing(table: MappingTable) -> None:
    with pytest.raises(ImportRefused, match="Nothing was imported"):
        apply_import(table, "Category,GL account,Share\nRugs,4003,1\nLamps,4004,x\n")
    assert table.rows.count() == 2


def test_an_import_writes_rows_history_and_one_revision(table: MappingTable) -> None:
    dana = User.objects.create_user("dana")
    before = table.revision
    apply_import(
        table,
        "Category,GL account,Share,Valid from\nRugs,4003,1,\nFreight,4905,1.00,2026-04-01\n",
        by=dana,
    )
    assert {row.values["category"]: row.values["gl"] for row in table.rows.all()} == {
        "Furniture": "4000", "Freight": "4905", "Rugs": "4003",
    }  # fmt: skip
    assert table.revision == before + 1
    assert list(RowChange.objects.filter(user=dana).order_by("id").values_list("action", flat=True)) == [
        "add", "change",
    ]  # fmt: skip


def test_an_export_reads_back_as_nothing_but_same(table: MappingTable) -> None:
    add_row(table, {"category": '=HYPERLINK("x")', "gl": '\'-quoted\n, "text"', "share": "-2.50"})
    add_row(table, {"category": "@sum", "gl": "", "share": None}, valid_to="2026-12-31")
    text = "".join(export_csv(table))
    assert {line.verdict for line in preview_import(table, text).lines} == {"same"}
    assert "\r\n=HYPERLINK" not in text
    assert "-2.50" in text
    assert "'-2.50" not in text


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(alphabet="'=+-@\t1.a", max_size=8))
def test_no_cell_starts_a_formula_and_every_cell_reads_back(text: str) -> None:
    cell = cell_text(text)
    assert plain_cell(cell) == text
    assert not cell.startswith(("=", "@", "\t"))
