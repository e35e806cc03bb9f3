"""Changing rows: typed values, one row per key and day, and the history."""

from typing import Any

import pytest
from django.contrib.auth.models import User

from integrations.mapping.models import MappingTable, RowChange
from integrations.mapping.rows import add_row, change_row, delete_row, editing, rekey
from integrations.mapping.values import RowRefused
from integrations.models import Environment

COLUMNS = [
    {"key": "code", "title": "Code", "type": "text", "is_key": True},
    {"key": "share", "title": "Share", "type": "decimal", "is_key": False},
    {"key": "days", "title": "Days", "type": "number", "is_key": False},
    {"key": "post", "title": "Post", "type": "boolean", "is_key": False},
    {"key": "since", "title": "Since", "type": "date", "is_key": False},
]


@pytest.fixture
def table(db: None) -> MappingTable:
    environment = Environment.objects.create(key="dev", name="Development")
    return MappingTable.objects.create(environment=environment, key="terms", name="Terms", columns=COLUMNS)


@pytest.mark.parametrize(
    ("column", "typed", "kept"),
    [
        ("code", "  N30 ", "N30"),
        ("share", "0.10", "0.10"),
        ("share", 3, "3"),
        ("share", "", None),
        ("days", "30", 30),
        ("days", "30.0", 30),
        ("days", 0.5, 0.5),
        ("post", "Yes", True),
        ("post", "0", False),
        ("since", "2026-04-01", "2026-04-01"),
    ],
)
def test_values_are_kept_in_the_type_of_their_column(
    table: MappingTable, column: str, typed: Any, kept: Any
) -> None:
    row = add_row(table, {"code": "x"} | {column: typed})
    row.refresh_from_db()
    assert row.values[column] == kept
    assert type(row.values[column]) is type(kept)


@pytest.mark.parametrize(
    ("column", "typed", "sentence"),
    [
        ("code", " ", "Code is part of the key and can't be empty."),
        ("share", "4,5", "Share: “4,5” is not a number. Use digits and a point, for example 4000.00."),
        ("share", "NaN", "Share: “NaN” is not a number. Use digits and a point, for example 4000.00."),
        ("share", True, "Share: “true” is not a number. Use digits and a point, for example 4000.00."),
        (
            "days",
            "0.1000000000000000055",
            "Days has more digits than a number column keeps. Use a decimal column.",
        ),
        ("post", "maybe", "Post: “maybe” is neither yes nor no."),
        ("since", "1.4.2026", "Since: “1.4.2026” is not a day. Write it like 2026-11-21."),
        ("rest", "x", "There is no column “rest”."),
    ],
)
def test_a_wrong_value_is_refused_in_words(
    table: MappingTable, column: str, typed: Any, sentence: str
) -> None:
    with pytest.raises(RowRefused) as refusal:
        add_row(table, {"code": "x"} | {column: typed})
    assert [one.sentence for one in refusal.value.problems] == [sentence]
    assert not table.rows.exists()


def test_all_problems_of_a_row_are_told_at_once(table: MappingTable) -> None:
    with pytest.raises(RowRefused) as refusal:
        add_row(table, {"share": "a", "days": "b"}, valid_from="2026-02-01", valid_to="2026-01-01")
    assert {one.column for one in refusal.value.problems} == {"code", "share", "days", "valid_to"}


@pytest.mark.parametrize(
    ("first", "last"),
    [(None, None), ("2026-06-30", None), (None, "2026-01-01"), ("2026-02-01", "2026-02-02")],
)
def test_two_rows_of_one_key_never_hold_on_one_day(
    table: MappingTable, first: str | None, last: str | None
) -> None:
    add_row(table, {"code": "N30"}, valid_from="2026-01-01", valid_to="2026-06-30")
    with pytest.raises(RowRefused, match="already has a row that holds 1 Jan 2026 to 30 Jun 2026"):
        add_row(table, {"code": " n30"}, valid_from=first, valid_to=last)


def test_rows_of_one_key_may_follow_each_other(table: MappingTable) -> None:
    add_row(table, {"code": "N30"}, valid_to="2026-06-30")
    add_row(table, {"code": "N30"}, valid_from="2026-07-01")
    assert table.rows.count() == 2


def test_the_history_tells_who_changed_what_and_every_change_is_a_new_revision(table: MappingTable) -> None:
    dana = User.objects.create_user("dana")
    row = add_row(table, {"code": "N30", "days": 30}, by=dana)
    change_row(table, row.pk, {"code": "N30", "days": 31}, dates=("2026-01-01", None), by=dana)
    delete_row(table, row.pk)
    told = list(RowChange.objects.order_by("id"))
    assert [one.action for one in told] == ["add", "change", "delete"]
    assert told[1].before == {"values": row.values, "valid_from": None, "valid_to": None}
    assert told[1].after is not None
    assert told[1].after["values"]["days"] == 31
    assert told[1].after["valid_from"] == "2026-01-01"
    assert [one.user for one in told] == [dana, dana, None]
    assert MappingTable.objects.get(pk=table.pk).revision == 4 == table.revision


def test_saving_a_row_as_it_was_leaves_no_trace_in_the_history(table: MappingTable) -> None:
    row = add_row(table, {"code": "N30", "days": "30"})
    change_row(table, row.pk, {"code": "N30", "days": 30})
    assert RowChange.objects.count() == 1


def test_other_key_columns_are_refused_when_two_rows_would_meet(table: MappingTable) -> None:
    add_row(table, {"code": "a", "days": 30})
    add_row(table, {"code": "b", "days": 30})
    for column in table.columns:
        column["is_key"] = column["key"] == "days"
    with pytest.raises(RowRefused, match="two rows are called"), editing(table):
        rekey(table)
