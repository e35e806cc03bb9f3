"""Reading mapping tables: keys as people spell them, rows by day, and what a missing row says."""

import time
from datetime import date
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from connectors.sdk.errors import Config, TableMiss
from integrations.mapping.lookup import lookup
from integrations.mapping.models import MappingRow, MappingTable
from integrations.mapping.rows import add_row, change_row, delete_row
from integrations.models import Environment

TODAY = date(2026, 11, 21)
CATEGORY = {"key": "category", "title": "Category", "type": "text", "is_key": True}
MARKET = {"key": "market", "title": "Market", "type": "text", "is_key": True}
RATE = {"key": "rate", "title": "Rate", "type": "decimal", "is_key": True}
ACCOUNT = {"key": "account", "title": "GL account", "type": "text", "is_key": False}


def table_of(*columns: dict[str, Any], **rest: Any) -> MappingTable:
    environment, _made = Environment.objects.get_or_create(key="dev", defaults={"name": "Development"})
    return MappingTable.objects.create(
        environment=environment,
        key="product_gl",
        name="Product category → GL account",
        columns=list(columns),
        **rest,
    )


def found(table: MappingTable, *key: Any, on: date = TODAY) -> Any:
    return lookup("product_gl", table.environment_id, key, "account", on)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("stored", "asked"),
    [
        ("Lighting", " lighting "),
        ("STRASSE", "straße"),
        ("Café", "Cafe\u0301"),
        ("4000", 4000),
        ("4000", 4000.0),
        ("true", True),
    ],
)
def test_a_key_is_found_however_it_is_spelled(stored: str, asked: Any) -> None:
    table = table_of(CATEGORY, ACCOUNT)
    add_row(table, {"category": stored, "account": "4000"})
    assert found(table, asked) == "4000"


@pytest.mark.django_db
@pytest.mark.parametrize("asked", ["20", "20.00", 20, 20.0, "+20.0", "2E+1"])
def test_a_decimal_key_is_found_in_every_spelling_of_the_number(asked: Any) -> None:
    table = table_of(RATE, ACCOUNT)
    add_row(table, {"rate": "20.0", "account": "T1"})
    assert found(table, asked) == "T1"


@pytest.mark.django_db
def test_parts_of_a_key_never_run_into_each_other() -> None:
    table = table_of(CATEGORY, MARKET, ACCOUNT)
    add_row(table, {"category": "a\x1fb", "market": "c", "account": "1"})
    add_row(table, {"category": "a", "market": "b\x1fc", "account": "2"})
    assert (found(table, "a\x1fb", "c"), found(table, "a", "b\x1fc")) == ("1", "2")


@pytest.mark.django_db
def test_keys_longer_than_the_column_are_still_told_apart() -> None:
    table = table_of(CATEGORY, ACCOUNT)
    for end in "xy":
        add_row(table, {"category": "a" * 400 + end, "account": end})
    assert (found(table, "a" * 400 + "x"), found(table, "A" * 400 + "Y")) == ("x", "y")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("on", "account"),
    [
        (date(2026, 3, 31), "4010"),
        (date(2026, 4, 1), "4000"),
        (date(2026, 12, 31), "4000"),
    ],
)
def test_the_row_in_force_on_the_day_answers_and_both_days_count(on: date, account: str) -> None:
    table = table_of(CATEGORY, ACCOUNT)
    add_row(table, {"category": "Furniture", "account": "4010"}, valid_to="2026-03-31")
    add_row(
        table,
        {"category": "Furniture", "account": "4000"},
        valid_from=date(2026, 4, 1),
        valid_to=date(2026, 12, 31),
    )
    assert found(table, "Furniture", on=on) == account
    with pytest.raises(TableMiss, match=r"no row for “Furniture” that holds on 1 Jan 2027\."):
        found(table, "Furniture", on=date(2027, 1, 1))


@pytest.mark.django_db
@pytest.mark.parametrize("policy", ["error", "hold", "default"])
def test_a_missing_row_is_named_with_its_table_and_key(policy: str) -> None:
    table = table_of(CATEGORY, ACCOUNT, miss_policy=policy)
    with pytest.raises(TableMiss) as miss:
        found(table, "Lighting")
    assert miss.value.sentence == "Mapping table “Product category → GL account” has no row for “Lighting”."
    assert miss.value.info == {
        "table": "product_gl",
        "table_name": "Product category → GL account",
        "key": ["Lighting"],
        "key_columns": ["category"],
        "column": "account",
    }


@pytest.mark.django_db
def test_the_default_row_answers_when_the_table_says_so() -> None:
    table = table_of(CATEGORY, ACCOUNT, miss_policy="default", default={"account": "4999"})
    assert found(table, "Lighting") == "4999"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("table_key", "key", "column", "code"),
    [
        ("nothing", ["a"], "account", "mapping_table_unknown"),
        ("product_gl", ["a"], "nothing", "mapping_column_unknown"),
        ("product_gl", ["a", "b"], "account", "mapping_key_mismatch"),
    ],
)
def test_a_question_the_table_cannot_answer_is_a_setting_to_change(
    table_key: str, key: list[str], column: str, code: str
) -> None:
    table = table_of(CATEGORY, ACCOUNT)
    with pytest.raises(Config) as refusal:
        lookup(table_key, table.environment_id, key, column, TODAY)
    assert refusal.value.code == code


@pytest.mark.django_db(transaction=True)
def test_repeated_lookups_ask_the_database_at_most_twice() -> None:
    table = table_of(CATEGORY, ACCOUNT)
    for number in range(50):
        add_row(table, {"category": f"c{number}", "account": str(number)})
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert [found(table, f"C{number}") for number in range(50)] == [str(number) for number in range(50)]
    assert len(asked) <= 3


@pytest.mark.django_db(transaction=True)
def test_a_change_in_this_process_is_seen_by_the_very_next_lookup() -> None:
    table = table_of(CATEGORY, ACCOUNT)
    row = add_row(table, {"category": "Freight", "account": "4001"})
    assert found(table, "Freight") == "4001"
    change_row(table, row.pk, {"category": "Freight", "account": "4905"})
    assert found(table, "Freight") == "4905"
    delete_row(table, row.pk)
    with pytest.raises(TableMiss):
        found(table, "Freight")


@pytest.mark.django_db(transaction=True)
def test_a_change_by_another_process_is_seen_after_the_next_comparison(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    table = table_of(CATEGORY, ACCOUNT)
    row = add_row(table, {"category": "Freight", "account": "4001"})
    assert found(table, "Freight") == "4001"
    row.values = {"category": "Freight", "account": "4905"}
    row.save()
    MappingTable.objects.filter(pk=table.pk).update(revision=table.revision + 1)
    assert found(table, "Freight") == "4001"
    monkeypatch.setattr("integrations.mapping.lookup._CHECK_EVERY", 0.0)
    assert found(table, "Freight") == "4905"


@pytest.mark.django_db(transaction=True)
def test_a_row_that_another_process_adds_is_found_at_once_and_a_correction_by_whoever_goes_on_after_it() -> (
    None
):
    table = table_of(CATEGORY, ACCOUNT)
    row = add_row(table, {"category": "Freight", "account": "4001"})
    assert found(table, "Freight") == "4001"

    MappingRow.objects.create(
        table=table, lookup="lighting", values={"category": "Lighting", "account": "4002"}
    )
    MappingRow.objects.filter(pk=row.pk).update(values={"category": "Freight", "account": "4905"})
    MappingTable.objects.filter(pk=table.pk).update(revision=table.revision + 1)
    since = time.monotonic()

    assert found(table, "Lighting") == "4002"
    assert lookup(table.key, table.environment_id, ["Freight"], "account", TODAY, not_before=since) == "4905"


@pytest.mark.django_db(transaction=True)
def test_a_change_that_is_rolled_back_is_never_kept() -> None:
    table = table_of(CATEGORY, ACCOUNT)
    add_row(table, {"category": "Freight", "account": "4001"})
    with transaction.atomic():
        add_row(table, {"category": "Rugs", "account": "4003"})
        assert found(table, "Rugs") == "4003"
        transaction.set_rollback(True)
    with pytest.raises(TableMiss):
        found(table, "Rugs")


@pytest.mark.django_db(transaction=True)
def test_a_large_table_is_read_key_by_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("integrations.mapping.lookup._WHOLE", 1)
    table = table_of(CATEGORY, ACCOUNT)
    for name in ("a", "b", "c"):
        add_row(table, {"category": name, "account": name * 2})
    assert [found(table, name) for name in "abcA"] == ["aa", "bb", "cc", "aa"]
    with CaptureQueriesContext(connection) as asked, pytest.raises(TableMiss):
        found(table, "d")
    assert len(asked) == 2  # the key, and whether the table has changed meanwhile
