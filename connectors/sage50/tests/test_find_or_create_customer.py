"""find_or_create_customer: who is meant, when a person must decide, and how a new customer is made once."""

import pytest

from connectors.sage50.contacts import search_name, short_reference
from connectors.sage50.tests.far import (
    CONTACT,
    STAMP,
    carried_out,
    errors,
    found_by,
    page,
    prepared,
    sage,
    write_of,
)
from connectors.sdk.errors import Conflict, Data, OutcomeUnknown
from connectors.sdk.operation import Match
from connectors.sdk.testing import MARK, Replies
from connectors.sdk.wire import Json

CUSTOMER = write_of("find_or_create_customer")
KEY = "agxORG1"
INPUT: Json = {
    "name": "Larch & Co., Ltd.",
    "email": " Ida@Larch.example",
    "company_key": KEY,
    "contact_name": "Ida Larch",
    "phone": "+44 1",
    "address": {"line1": "4 Mill Lane", "city": "Leeds", "postal_code": "LS1 4AB", "country": "GB"},
    "currency": "GBP",
}


def existing(
    data: Json, *, by_key: Json = (), by_email: Json | None = None, by_name: Json | None = None
) -> Match | None:
    """Asks with scripted answers; a search that is None must not be made."""
    far = sage()
    if data.get("company_key"):
        far.on(
            "GET",
            "/contacts",
            query={"search": short_reference(KEY), "contact_type_id": "CUSTOMER"},
            json=page(list(by_key)),
        )
    if by_email is not None:
        far.on("GET", "/contacts", query={"email": "ida@larch.example"}, json=page(by_email))
    if by_name is not None:
        far.on("GET", "/contacts", query={"search": "Larch"}, json=page(by_name))
    with far:
        assert CUSTOMER.existing is not None
        return CUSTOMER.existing(far.call(), data)


def refused(data: Json, **answers: Json) -> Conflict:
    with pytest.raises(Conflict) as caught:
        existing(data, **answers)
    return caught.value


def contact(**changes: Json) -> Json:
    return {**CONTACT, **changes}


def test_our_own_key_is_looked_for_first_and_settles_it() -> None:
    match = existing(INPUT, by_key=[contact(id="other", source_guid="agxORG9"), contact(source_guid=KEY)])
    assert match is not None
    assert (match.far_id, match.output["matched_by"], match.created_at) == (
        "c1",
        "source_guid",
        "2026-11-01T08:00:00Z",
    )


def test_then_the_e_mail_address_however_it_is_written() -> None:
    found = contact(email=None, main_contact_person={"email": "IDA@larch.example"})
    match = existing(
        INPUT, by_email=[found, contact(id="near", email="ida@larch.example.org", main_contact_person=None)]
    )
    assert match is not None
    assert match.output == {"id": "c1", "name": "Larch & Co", "reference": "LARCH01", "matched_by": "email"}


def test_a_customer_found_by_address_that_carries_our_key_was_found_by_key() -> None:
    match = existing(INPUT, by_email=[contact(id="two"), contact(source_guid=KEY)])
    assert match is not None
    assert (match.far_id, match.matched_by) == ("c1", "source_guid")


def test_then_the_name_when_the_node_accepts_it() -> None:
    found = contact(name="LARCH AND CO LTD", email=None, main_contact_person=None)
    match = existing(
        {**INPUT, "on_name_match": "accept"},
        by_email=[],
        by_name=[found, contact(id="x", name="Larch Timber")],
    )
    assert match is not None
    assert (match.far_id, match.matched_by) == ("c1", "name")


def test_a_customer_of_the_same_name_in_another_country_is_another() -> None:
    found = contact(email=None, main_contact_person=None, main_address={"country": {"id": "IE"}})
    assert existing({**INPUT, "on_name_match": "accept"}, by_email=[], by_name=[found]) is None


def test_deleted_customers_are_not_found() -> None:
    gone = contact(deleted_at="2026-11-02T00:00:00Z", source_guid=KEY)
    assert existing(INPUT, by_key=[gone], by_email=[gone], by_name=[gone]) is None


def test_without_an_address_only_the_name_is_asked_for() -> None:
    assert existing({"name": "Larch & Co"}, by_name=[]) is None


def test_these_go_to_a_person() -> None:
    accept = {**INPUT, "on_name_match": "accept"}
    plain = contact(email=None, main_contact_person=None)
    assert (
        refused(INPUT, by_key=[contact(source_guid=KEY), contact(id="c2", source_guid=KEY)]).code
        == "customer_ambiguous"
    )
    assert refused(INPUT, by_email=[CONTACT, contact(id="c2")]).code == "customer_ambiguous"
    assert refused(INPUT, by_email=[contact(source_guid="agxORG9")]).code == "customer_key_differs"
    assert refused(INPUT, by_email=[], by_name=[plain]).code == "customer_name_only"
    assert refused(accept, by_email=[], by_name=[plain, {**plain, "id": "c2"}]).code == "customer_ambiguous"
    assert (
        refused(accept, by_email=[], by_name=[{**plain, "source_guid": "agxORG9"}]).code
        == "customer_key_differs"
    )
    differs = refused(accept, by_email=[], by_name=[contact(email="else@larch.example")])
    assert differs.code == "customer_email_differs"
    assert differs.info["candidates"][0]["email"] == "else@larch.example"


IDENTITIES = [
    (INPUT, ["key:agxORG1", "email:ida@larch.example"]),
    ({"name": "Larch & Co", "email": "ida@larch.example"}, ["email:ida@larch.example"]),
    ({"name": "Larch & Co", "company_key": "k", "email": "no address"}, ["key:k"]),
    ({"name": "Larch & Co., Ltd.", "address": {"country": "gb"}}, ["name:larch|GB"]),
    ({"name": "Larch"}, ["name:larch|"]),
]


@pytest.mark.parametrize(("data", "expected"), IDENTITIES)
def test_a_customer_is_known_by_every_key_it_has(data: Json, expected: list[str]) -> None:
    assert CUSTOMER.identities is not None
    assert list(CUSTOMER.identities(data)) == expected


def test_a_new_customer_is_made_with_our_key_our_mark_and_an_idempotency_id() -> None:
    with sage() as far:
        request = prepared(CUSTOMER, far, INPUT)
        made = contact(id="c9", name="Larch & Co., Ltd.", reference=short_reference(KEY))
        far.on("POST", "/contacts", status=201, json=made)
        output = carried_out(CUSTOMER, far, INPUT, request)
    assert request.json["contact"] == {
        "idempotency_id": MARK.guid,
        "name": "Larch & Co., Ltd.",
        "contact_type_ids": ["CUSTOMER"],
        "notes": STAMP,
        "source_guid": KEY,
        "reference": short_reference(KEY),
        "currency_id": "GBP",
        "main_address": {
            "address_line_1": "4 Mill Lane",
            "city": "Leeds",
            "postal_code": "LS1 4AB",
            "country_id": "GB",
            "address_type_id": "DELIVERY",
            "is_main_address": True,
        },
        "main_contact_person": {
            "name": "Ida Larch",
            "contact_person_type_ids": ["CUSTOMER"],
            "is_main_contact": True,
            "email": "ida@larch.example",
            "telephone": "+44 1",
        },
    }
    assert (output["id"], output["matched_by"], CUSTOMER.far_id(output)) == ("c9", "created", "c9")
    assert far.headers[-1]["X-Business"] == "b1"
    assert not {"idempotency_id", "notes"} & set(CUSTOMER.unmarked(request))


def test_a_customer_of_whom_only_the_name_is_known_can_be_made() -> None:
    request = prepared(CUSTOMER, sage(), {"name": " Larch "})
    assert set(request.json["contact"]) == {"idempotency_id", "name", "contact_type_ids", "notes"}
    assert request.json["contact"]["name"] == "Larch"


def test_after_the_window_it_finds_itself_by_its_mark() -> None:
    with sage() as far:
        request = prepared(CUSTOMER, far, INPUT)
        candidates = [contact(id="x", notes="mine"), contact(id="c9", notes=STAMP)]
        far.on("GET", "/contacts", query={"email": "ida@larch.example"}, json=page(candidates[1:]))
        far.on("GET", "/contacts", query={"search": short_reference(KEY)}, json=page(candidates))
        matches = found_by(CUSTOMER, far.call(), request)
    assert [(match.far_id, match.output["matched_by"]) for match in matches] == [("c9", "created")]


STANDINGS = [
    (200, contact(), "stands"),
    (200, contact(deleted_at="2026-11-02T00:00:00Z"), "gone"),
    (404, None, "gone"),
]


@pytest.mark.parametrize(("status", "body", "expected"), STANDINGS)
def test_a_deleted_customer_is_gone(status: int, body: Json, expected: str) -> None:
    far = sage().on("GET", "/contacts/c1", status=status, json=body)
    assert CUSTOMER.standing is not None
    assert CUSTOMER.standing(far.call(), "c1") == expected


def test_a_refusal_says_which_of_our_fields_is_wrong() -> None:
    far = refusing(
        ("RecordInvalid", "is invalid", "contact.main_contact_person.email"),
        ("RecordInvalid", "Too long", "contact.name"),
    )
    with pytest.raises(Data) as caught:
        far.call().send(prepared(CUSTOMER, far, INPUT))
    assert (caught.value.pointer, caught.value.sentence) == ("/email", "Sage: email is invalid; Too long")
    assert [one["pointer"] for one in caught.value.info["errors"]] == ["/email", "/name"]


def refusing(*found: tuple[str, str, str]) -> Replies:
    return sage().on("POST", "/contacts", status=422, json=errors(*found))


@pytest.mark.parametrize("body", [None, {}, [], {"displayed_as": "no id"}])
def test_an_answer_that_is_no_contact_leaves_the_outcome_unknown(body: Json) -> None:
    far = sage().on("POST", "/contacts", status=201, json=body)
    with pytest.raises(OutcomeUnknown):
        carried_out(CUSTOMER, far, INPUT, prepared(CUSTOMER, far, INPUT))


NAMES = [
    ("Larch & Co., Ltd.", "Larch"),
    ("Acme", "Acme"),
    ("FERN AND SONS", "FERN"),
    ("And Co", "And"),
    ("Müller GmbH & Co. KG", "Müller"),
    ("Company 12 Ltd", "Company 12"),
]


@pytest.mark.parametrize(("name", "expected"), NAMES)
def test_a_name_is_searched_for_without_its_legal_form(name: str, expected: str) -> None:
    assert search_name(name) == expected
