"""Streak: contacts, organizations and search."""

from typing import Any

import pytest

from tests.sandbox.bench import Bench


def test_a_contact_comes_back_normalised_with_every_list(bench: Bench) -> None:
    body = {
        "givenName": "Bo",
        "emailAddresses": ["Buyer@Acme.example", "buyer@acme.example "],
        "phoneNumbers": ["+49 30 1"],
    }
    made = bench.streak.write("POST", f"/v2/teams/{bench.team}/contacts/", json=body)
    assert made["emailAddresses"] == ["buyer@acme.example"]
    lists = {
        "emailAddresses",
        "phoneNumbers",
        "addresses",
        "domains",
        "normalizedDomains",
        "contactLinks",
        "orgLinks",
    }
    assert lists <= {name for name, value in made.items() if isinstance(value, list)}


@pytest.mark.parametrize(
    ("body", "error", "code"),
    [
        ({}, "Insufficient params for TeamContact", None),
        ({"title": "Buyer"}, "Insufficient params for TeamContact", None),
        (
            {"emailAddresses": ["a@b.example", "a@b.example"]},
            "Contacts can't have duplicate emails: a@b.example",
            801,
        ),
    ],
)
def test_a_poor_contact_is_refused(bench: Bench, body: dict[str, Any], error: str, code: int | None) -> None:
    answer = bench.streak.call("POST", f"/v2/teams/{bench.team}/contacts", json=body)
    assert (answer.status_code, answer.json()["error"], answer.json().get("errorCode")) == (400, error, code)


def test_a_known_mail_or_domain_finds_instead_of_making_when_asked(bench: Bench) -> None:
    team = bench.team
    people = f"/v2/teams/{team}/contacts?getIfExisting=true"
    companies = f"/v2/teams/{team}/organizations?getIfExisting=true"
    known = bench.streak.write(
        "POST", people, json={"emailAddresses": ["DANA.whitfield@acme-furniture.example"]}
    )
    assert known["givenName"] == "Dana"
    assert bench.streak.write("POST", people, json={"emailAddresses": ["new@x.example"]})["givenName"] is None
    assert bench.streak.write("POST", companies, json={"domains": ["bay-gym.example"]})["name"] == "Bay Gym"
    assert bench.streak.write("POST", companies, json={"domains": ["new.example"]})["name"] is None


def test_an_update_leaves_what_is_null_and_replaces_lists(bench: Bench) -> None:
    contact = bench.streak.write(
        "POST",
        f"/v2/teams/{bench.team}/contacts",
        json={"givenName": "Bo", "emailAddresses": ["bo@x.example"]},
    )
    path = f"/v2/contacts/{contact['key']}"
    body = {
        "givenName": None,
        "familyName": "Lind",
        "fields": {"1001": "C-1", "1002": None},
        "phoneNumbers": ["1"],
    }
    changed = bench.streak.write("POST", path, json=body)
    assert (changed["givenName"], changed["familyName"], changed["fields"]) == ("Bo", "Lind", {"1001": "C-1"})
    assert (
        bench.streak.call(
            "POST", path, json={"givenName": "", "familyName": "", "emailAddresses": []}
        ).status_code
        == 400
    )
    assert bench.streak.write("DELETE", path) == {"success": True}
    assert bench.streak.call("DELETE", path).status_code == 404


def test_contacts_are_paged_by_cursor_and_the_last_page_may_be_empty(bench: Bench) -> None:
    path = f"/v2/teams/{bench.team}/contacts"
    seen: list[str] = []
    sizes: list[int] = []
    cursor: str | None = ""
    while cursor is not None:
        page = bench.streak.read(f"{path}?limit=3&cursor={cursor}")
        seen += [one["key"] for one in page["results"]]
        sizes.append(len(page["results"]))
        cursor = page["cursor"]
    assert len(set(seen)) == 9
    assert sizes == [3, 3, 3, 0]
    assert bench.streak.call("GET", f"{path}?cursor=what").status_code == 400


def test_after_is_in_seconds(bench: Bench) -> None:
    path = f"/v2/teams/{bench.team}/contacts"
    saved = bench.streak.read(path)["results"][0]["lastSavedTimestamp"]
    assert len(bench.streak.read(f"{path}?after={saved // 1000 - 60}")["results"]) == 9
    assert bench.streak.read(f"{path}?after={saved // 1000 + 60}")["results"] == []


def test_many_are_read_as_a_map_without_the_missing(bench: Bench) -> None:
    contact, organization = bench.box()["contacts"][0]["key"], bench.box()["organizations"][0]["key"]
    people = bench.streak.write("POST", "/v2/contacts/batch/get", json=[contact, "agxNope"])
    companies = bench.streak.write("POST", "/v2/organizations/batch/get", json=[organization])
    assert set(people) == {contact}
    assert companies[organization]["name"] == "Acme Furniture Inc."


def test_organizations_refuse_duplicate_domains_and_come_by_key(bench: Bench) -> None:
    path = f"/v2/teams/{bench.team}/organizations"
    answer = bench.streak.call("POST", path, json={"name": "Twice", "domains": ["a.example", "A.example"]})
    assert answer.status_code == 400
    assert bench.streak.call("POST", path, json={"industry": "None"}).status_code == 400
    keys = [one["key"] for one in bench.streak.read(path)["results"]]
    assert keys == sorted(keys)


def test_search_is_by_text_or_by_exact_name(bench: Bench) -> None:
    found = bench.streak.read("/v1/search?query=acme")["results"]
    assert [one["name"] for one in found["boxes"]] == ["Acme - 40 chairs"]
    assert [one["name"] for one in found["orgs"]] == ["Acme Furniture Inc."]
    assert found["contacts"][0]["emailAddresses"] == ["dana.whitfield@acme-furniture.example"]
    assert "fields" not in found["boxes"][0]
    assert bench.streak.read("/v1/search", params={"name": "Acme - 40 chairs"})["results"]["boxes"]
    assert bench.streak.read("/v1/search?name=Acme")["results"]["boxes"] == []
    assert bench.streak.read("/v1/search?query=acme&stageKey=5001")["results"]["boxes"] == []
    assert bench.streak.call("GET", "/v1/search").status_code == 400
