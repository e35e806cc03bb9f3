"""The money gate: exact decimal text or a failure with its place; never a binary number, never silent rounding."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.sdk.errors import Data
from connectors.sdk.schema import decimal, items, obj, text
from connectors.sdk.wire import Json, Schema
from integrations.engine.decimal_text import as_decimal, as_text, canonical, rounded
from integrations.engine.money import decimal_fields, decimal_text, gate

INVOICE: Schema = {
    **obj(
        {
            "reference": text("Reference"),
            "currency": text("Currency"),
            "net": decimal("Net", currency="/currency"),
            "tax": decimal("Tax", currency="/currency"),
            "total": {"x-decimal": {"places": 2}, "x-currency": "currency"},
            "lines": items("Lines", obj({"sku": text("SKU"), "net": decimal("Net", currency="/currency")})),
        },
    ),
    "x-adds-up": [
        {"total": "total", "parts": ["net", "tax"], "tolerance": "0.01"},
        {"total": "net", "each": "lines", "of": "net"},
    ],
}

RULE: Json = True
TEXTS = [
    ("10.00", "10"),
    ("0010.50", "10.5"),
    ("-0.00", "0"),
    ("1e3", "1000"),
    (" 5", None),
    ("+5", "5"),
    (7, "7"),
    (2**60, "1152921504606846976"),
    (0.1, None),
    (10.0, None),
    (True, None),
    ("", None),
    ("NaN", None),
    ("Infinity", None),
    ("1e400", None),
    ("1" * 61, None),
    ("1,5", None),
    ([], None),
    ({"amount": "1"}, None),
]


@pytest.mark.parametrize(("value", "expected"), TEXTS, ids=[repr(value)[:20] for value, _ in TEXTS])
def test_what_enters_leaves_as_canonical_text_or_not_at_all(value: Json, expected: str | None) -> None:
    if expected is None:
        with pytest.raises(Data) as caught:
            decimal_text(value, RULE, "/net")
        assert caught.value.pointer == "/net"
    else:
        assert decimal_text(value, RULE) == expected


def test_fifteen_times_thirty_and_a_bit_is_451_43() -> None:
    assert canonical(Decimal("15") * Decimal("30.095"), 2) == "451.43"


def test_the_gate_changes_decimals_only_and_leaves_its_input_alone() -> None:
    data = {
        "reference": "R1",
        "currency": "EUR",
        "net": "10.00",
        "lines": [{"sku": "A", "net": 10}],
        "other": 0.5,
    }
    assert gate(INVOICE, data) == {
        "reference": "R1",
        "currency": "EUR",
        "net": "10",
        "lines": [{"sku": "A", "net": "10"}],
        "other": 0.5,
    }
    assert data["net"] == "10.00"


REFUSED: list[tuple[str, dict[str, Any], str, str]] = [
    ("a double in a line", {"lines": [{"net": "1"}, {"net": 1.5}]}, "binary_number", "/lines/1/net"),
    ("too many places", {"total": "1.005"}, "wrong_scale", "/total"),
    ("a currency that is none", {"net": "1", "currency": "Euro"}, "not_currency", "/currency"),
    (
        "a currency that is none, for a line",
        {"lines": [{"net": "1"}], "currency": "€"},
        "not_currency",
        "/currency",
    ),
    ("a total that isn't", {"net": "10", "tax": "2", "total": "12.02"}, "amounts_disagree", "/total"),
    ("lines that don't add up", {"net": "10", "lines": [{"net": "9.99"}]}, "amounts_disagree", "/net"),
]


@pytest.mark.parametrize(("why", "data", "code", "pointer"), REFUSED, ids=[row[0] for row in REFUSED])
def test_it_refuses(why: str, data: dict[str, Any], code: str, pointer: str) -> None:
    with pytest.raises(Data) as caught:
        gate(INVOICE, data)
    assert (caught.value.code, caught.value.pointer) == (code, pointer)


def test_a_cent_of_tolerance_and_amounts_that_are_not_there_pass() -> None:
    assert gate(INVOICE, {"net": "10", "tax": "2", "total": "12.01"})["total"] == "12.01"
    assert gate(INVOICE, {"net": None, "total": "12"}) == {"net": None, "total": "12.00"}


def test_the_cut_schema_gates_as_the_whole_one_does() -> None:
    whole = {
        "type": "object",
        "properties": {
            "a": text("A"),
            "price": {"$ref": "#/$defs/price"},
            "tree": {"$ref": "#/$defs/tree"},
            "words": items("Words", text("Word")),
        },
        "$defs": {
            "price": {"type": "string", "x-decimal": True},
            "tree": {"properties": {"price": {"$ref": "#/$defs/price"}, "more": {"$ref": "#/$defs/tree"}}},
        },
    }
    cut = decimal_fields(whole)
    assert set(cut["properties"]) == {"price", "tree"}
    data = {"a": "1.0", "price": "1.0", "tree": {"more": {"price": "2.0"}}, "words": ["3.0"]}
    assert gate(cut, data) == {"a": "1.0", "price": "1", "tree": {"more": {"price": "2"}}, "words": ["3.0"]}
    assert decimal_fields(obj({"a": text("A")})) == {}
    assert gate(whole, data) == gate(cut, data)
    assert gate(decimal_fields(INVOICE), {"net": "1.50"}) == gate(INVOICE, {"net": "1.50"})


AMOUNTS = st.decimals(-(10**12), 10**12, allow_nan=False, allow_infinity=False, places=6)


@given(AMOUNTS)
def test_text_and_back_keeps_the_value(amount: Decimal) -> None:
    assert as_decimal(as_text(amount)) == amount
    text = canonical(amount)
    assert Decimal(text) == amount
    assert canonical(Decimal(text)) == text
    assert "e" not in text.lower()


@given(AMOUNTS, st.integers(0, 6))
def test_rounding_is_half_up_away_from_zero(amount: Decimal, places: int) -> None:
    unit = Decimal(1).scaleb(-places)
    result = rounded(amount, places)
    assert abs(result - amount) <= unit / 2
    if abs(result - amount) == unit / 2:
        assert abs(result) > abs(amount)
