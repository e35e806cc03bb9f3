"""Exact numbers, names in normal form, redaction, marks, paths, Retry-After, and validation with a place."""

import base64
from datetime import UTC, datetime
from decimal import Decimal
from email.utils import format_datetime

import pytest

from connectors.sdk.classify import retry_after
from connectors.sdk.errors import Data, Transient
from connectors.sdk.marks import has_mark, stamp, unstamp
from connectors.sdk.names import normal_company, normal_email
from connectors.sdk.numbers import decimal_of, decimal_text, is_decimal, parse_json
from connectors.sdk.operation import Mark
from connectors.sdk.pagination import by_cursor, by_offset, by_page
from connectors.sdk.paths import path_of
from connectors.sdk.redact import Redactor
from connectors.sdk.registry import connector
from connectors.sdk.schema import decimal, obj, text
from connectors.sdk.testing import MARK, Replies
from connectors.sdk.validation import Validator, validator_for
from connectors.sdk.wire import Json

NUMBERS: list[tuple[bytes, Json]] = [
    (b"1", 1),
    (b"10.00", 10.0),
    (b"0.1", 0.1),
    (b"1700000000000", 1700000000000),
    (b"9007199254740992", 9007199254740992),
    (b"9007199254740993", "9007199254740993"),
    (b"-9007199254740993", "-9007199254740993"),
    (b"0.1000000000000000055511151231257827", "0.1000000000000000055511151231257827"),
    (b"123456789.1234567890", "123456789.1234567890"),
    (b"1e3", 1000.0),
    (b"1e400", "1e400"),
    (b'"12345678901234567890"', "12345678901234567890"),
    (b"9" * 5000, "9" * 5000),
]


@pytest.mark.parametrize(("raw", "expected"), NUMBERS)
def test_a_number_stays_one_only_if_a_double_can_hold_it(raw: bytes, expected: Json) -> None:
    parsed = parse_json(b'{"n": [' + raw + b"]}")["n"][0]
    assert (parsed, type(parsed)) == (expected, type(expected))


@pytest.mark.parametrize("raw", [b"", b"{", b"NaN", b"1e5 NaN", b"[Infinity, 1e5]"])
def test_what_is_not_json_is_refused(raw: bytes) -> None:
    with pytest.raises(ValueError, match=r".*"):
        parse_json(raw)


@pytest.mark.parametrize(
    ("value", "places", "expected"),
    [
        ("10", 2, "10.00"),
        (1080.0, 2, "1080.00"),
        ("30.095", 2, "30.095"),
        (30.095, None, "30.095"),
        ("2000.0", 2, "2000.00"),
        (-3, 2, "-3.00"),
        ("1E+3", None, "1000"),
        (0.1, None, "0.1"),
    ],
)
def test_decimal_text_pads_but_never_rounds(value: Json, places: int | None, expected: str) -> None:
    assert decimal_text(value, places) == expected


@pytest.mark.parametrize("value", ["", "ten", True, None, [], "NaN", "Infinity", "1,000.00"])
def test_what_is_no_number_says_where(value: Json) -> None:
    with pytest.raises(Data) as caught:
        decimal_of(value, "/lines/0/price")
    assert caught.value.pointer == "/lines/0/price"


def test_a_double_is_read_by_its_shortest_text() -> None:
    assert decimal_of(30.095) == Decimal("30.095")


DECIMALS = [
    ("1", True),
    ("-1.50", True),
    ("+1", False),
    ("1e5", False),
    (" 1", False),
    (".5", False),
    ("1.", False),
    ("٣", False),
    ("9" * 65, False),
]


@pytest.mark.parametrize(("value", "expected"), DECIMALS)
def test_a_decimal_text_is_plain(value: str, *, expected: bool) -> None:
    assert is_decimal(value) is expected


EMAILS = [
    (" Ida@Larch.Example ", "ida@larch.example"),
    ("<a@b.c>", "a@b.c"),
    ("a@b", ""),
    ("a b@c.d", ""),
    ("@b.c", ""),
    ("", ""),
]


@pytest.mark.parametrize(("email", "expected"), EMAILS)
def test_two_spellings_of_an_address_meet(email: str, expected: str) -> None:
    assert normal_email(email) == expected


COMPANIES = [
    ("Larch & Co., Ltd.", "larch"),
    ("LARCH AND COMPANY LIMITED", "larch"),
    ("Müller GmbH & Co. KG", "muller"),
    ("S.A. Dupont S.A.", "sa dupont"),
    ("Acme, Inc.", "acme"),
    ("Ltd", "ltd"),
    ("Straße 9 AG", "strasse 9"),
    ("Larch & Sons", "larch and sons"),
    ("  ", ""),
]


@pytest.mark.parametrize(("name", "expected"), COMPANIES)
def test_two_spellings_of_a_company_meet(name: str, expected: str) -> None:
    assert normal_company(name) == expected


FORMS = [
    "s3cret/+ value",
    "s3cret%2F%2B%20value",
    "s3cret%2F%2B+value",
    base64.b64encode(b"s3cret/+ value").decode(),
    base64.b64encode(b"s3cret/+ value:").decode(),
    base64.urlsafe_b64encode(b"s3cret/+ value").decode().rstrip("="),
]


@pytest.mark.parametrize("form", FORMS)
def test_a_secret_is_found_in_the_forms_it_travels_in(form: str) -> None:
    assert Redactor(["s3cret/+ value"]).text(f"before {form} after") == "before *** after"


def test_a_secret_is_found_in_every_corner_of_a_json_value() -> None:
    value = {
        "a": ["hidden-value", {"hidden-value": 1}],
        "Access_Token": "x",
        "token": "",
        "n": 5,
        "password": {"deep": 1},
    }
    assert Redactor(["hidden-value", "5", ""]).json(value) == {
        "a": ["***", {"***": 1}],
        "Access_Token": "***",
        "token": "",
        "n": 5,
        "password": "***",
    }


def test_a_mark_is_stamped_found_and_taken_off_again() -> None:
    other = Mark("A" * 16, "b" * 32)
    assert stamp("", MARK) == f"[interlock {MARK.token}]"
    stamped = stamp("Two\nlines", MARK)
    assert unstamp(stamped) == "Two\nlines"
    assert has_mark(f"somebody wrote before\n{stamped}\nand after", MARK)
    assert not has_mark(stamped, other)
    assert not has_mark(MARK.token, MARK)
    assert not has_mark(None, MARK)


@pytest.mark.parametrize("part", ["", ".", ".."])
def test_a_path_is_never_made_of_an_empty_key(part: str) -> None:
    with pytest.raises(Data):
        path_of("v1", "boxes", part)


def test_a_key_cannot_change_the_path() -> None:
    assert path_of("v1", "boxes", "a/../b?x#y") == "/v1/boxes/a%2F..%2Fb%3Fx%23y"


NOW = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
WAITS = [
    ("7", 7.0),
    ("0", 0.0),
    ("-5", 0.0),
    ("999999999", 86400.0),
    (format_datetime(NOW.replace(minute=31), usegmt=True), 60.0),
    (format_datetime(NOW.replace(minute=1), usegmt=True), 0.0),
    ("soon", None),
    ("nan", None),
    ("", None),
]


@pytest.mark.parametrize(("header", "expected"), WAITS)
def test_retry_after_is_read_in_either_form(header: str, expected: float | None) -> None:
    assert retry_after({"retry-after": header}, NOW.timestamp()) == expected


SCHEMA = obj(
    {
        "name": text("Name"),
        "price": decimal("Price"),
        "lines": {"type": "array", "items": obj({"a/b": text("x")})},
    },
    required=("name",),
)
WRONG: list[tuple[Json, str]] = [
    ({}, "/name"),
    ({"name": 1}, "/name"),
    ({"name": "x", "price": 1.5}, "/price"),
    ({"name": "x", "price": "1e5"}, "/price"),
    ({"name": "x", "lines": [{}, {"a/b": 1}]}, "/lines/1/a~1b"),
    ({"name": "x", "more": 1}, "/more"),
]


@pytest.mark.parametrize(("value", "pointer"), WRONG)
def test_a_value_that_does_not_fit_says_where(value: Json, pointer: str) -> None:
    with pytest.raises(Data) as caught:
        validator_for(SCHEMA).check(value)
    assert caught.value.pointer == pointer


def test_a_value_that_fits_passes() -> None:
    validator_for(SCHEMA).check({"name": "x", "price": "-12.50", "lines": []})


@pytest.mark.parametrize("uri", ["http://127.0.0.1:1/schema.json", "file:///etc/passwd"])
def test_a_schema_cannot_fetch_another(uri: str) -> None:
    with pytest.raises(ValueError, match="cannot"):
        Validator({"$ref": uri})


def pages_of(*answers: Json) -> Replies:
    far = Replies(connector("http"), secrets={})
    for answer in answers:
        far.on("GET", "/list", json=answer)
    return far


def test_pages_end_at_a_short_page_a_said_end_or_nothing_new() -> None:
    full = [{"key": "a"}, {"key": "b"}]
    with pages_of(full, [{"key": "c"}]) as far:
        assert [one["key"] for one in by_page(far.call(), "/list", {}, size=2)] == ["a", "b", "c"]
    with pages_of({"results": full, "hasNextPage": False}) as far:
        assert len(list(by_page(far.call(), "/list", {}, size=2))) == 2
    with pages_of(full, full) as far:
        assert len(list(by_page(far.call(), "/list", {}, size=2))) == 2
    with pages_of([{"key": "a"}, {"key": "b"}], [{"key": "b"}, {"key": "c"}], []) as far:
        assert [one["key"] for one in by_page(far.call(), "/list", {}, size=2)] == ["a", "b", "c"]


def test_offsets_end_at_a_short_page() -> None:
    with pages_of({"results": [1, 2]}, {"results": []}) as far:
        assert list(by_offset(far.call(), "/list", {"q": "x"}, size=2)) == [1, 2]
    assert [request.query["offset"] for request in far.sent] == [0, 2]


def test_cursors_end_when_there_is_none_and_when_they_stand_still() -> None:
    with pages_of({"results": [1], "cursor": "c1"}, {"results": [], "cursor": None}) as far:
        assert list(by_cursor(far.call(), "/list", {})) == [1]
    with pages_of({"results": [1], "cursor": "c1"}, {"results": [2], "cursor": "c1"}) as far:
        assert list(by_cursor(far.call(), "/list", {})) == [1, 2]


def test_a_list_that_never_ends_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("connectors.sdk.pagination.MOST_PAGES", 2)
    far = pages_of({"results": [1]}, {"results": [2]})
    with pytest.raises(Transient):
        list(by_offset(far.call(), "/list", {}, size=1))
