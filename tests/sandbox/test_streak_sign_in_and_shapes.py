"""Streak: who may ask, how it refuses, and which envelope each list comes in."""

import base64
from collections.abc import Mapping

import pytest
import requests

from connectors.streak.sandbox.company import API_KEY
from tests.sandbox.bench import Bench


def basic(text: str) -> str:
    return "Basic " + base64.b64encode(text.encode()).decode()


@pytest.mark.parametrize(
    "authorization",
    [
        basic(f"{API_KEY}:"),
        basic(f"{API_KEY}:{API_KEY}"),
        basic(f"{API_KEY}:anything"),
        basic(API_KEY),
        f"Bearer {API_KEY}",
        f"bearer {API_KEY}",
    ],
)
def test_an_api_key_is_taken_as_basic_user_or_as_bearer(bench: Bench, authorization: str) -> None:
    assert (
        bench.streak.read("/v1/users/me", headers={"Authorization": authorization})["displayName"] == "Maya"
    )


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ({}, {"error": "Authentication required"}),
        ({"Authorization": "Bearer strk_nope"}, {"success": False, "error": "invalid api key"}),
        ({"Authorization": basic("strk_nope:")}, {"success": False, "error": "invalid api key"}),
        ({"Authorization": "Basic !!!"}, {"success": False, "error": "invalid api key"}),
    ],
)
@pytest.mark.parametrize("path", ["/v1/users/me", "/v1/no/such/path"])
def test_nobody_gets_in_without_a_known_key(
    bench: Bench, path: str, headers: Mapping[str, str], body: Mapping[str, object]
) -> None:
    answer = requests.get(bench.streak.base + path, headers=headers, timeout=20)
    assert (answer.status_code, answer.json()) == (401, body)


INVALID_PATH = {"error": "Invalid API path specified", "success": False}


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/v1/nothing"),
        ("GET", "/v2/boxes"),
        ("POST", "/v2/boxes"),
        ("GET", "/v2/contacts"),
        ("GET", "/v1/users/me/teams"),
        ("PATCH", "/v1/users/me"),
        ("GET", "/v2/teams/agxWRONG/contacts"),
        ("GET", "/v2/teams/agxWRONG"),
    ],
)
def test_an_unknown_path_or_team_is_400_with_the_known_words(bench: Bench, method: str, path: str) -> None:
    answer = bench.streak.call(method, path)
    assert (answer.status_code, answer.json()) == (400, INVALID_PATH)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/v1/boxes/agxzfm1haWxmb29nYWVyNope", 404),
        ("/v1/boxes/%20", 400),
        ("/v1/users/%20", 400),
        ("/v1/pipelines/agxzfm1haWxmb29nYWVyNope", 404),
        ("/v2/contacts/agxzfm1haWxmb29nYWVyNope", 404),
        ("/v2/organizations/agxzfm1haWxmb29nYWVyNope", 404),
    ],
)
def test_an_unknown_key_is_refused_with_a_sentence(bench: Bench, path: str, status: int) -> None:
    answer = bench.streak.call("GET", path)
    assert answer.status_code == status
    assert answer.json()["success"] is False
    assert answer.json()["error"]


def test_trailing_slashes_are_accepted(bench: Bench) -> None:
    assert bench.streak.read("/v1/pipelines/") == bench.streak.read("/v1/pipelines")


def test_v1_entities_carry_their_key_twice_and_keys_are_datastore_keys(bench: Bench) -> None:
    user, pipeline, box = bench.streak.read("/v1/users/me"), bench.pipeline, bench.box()
    assert user["key"] == user["userKey"]
    assert pipeline["key"] == pipeline["pipelineKey"]
    assert box["key"] == box["boxKey"]
    assert {one["key"][:20] for one in (user, pipeline, box)} == {"agxzfm1haWxmb29nYWVy"}


def test_each_list_comes_in_its_own_envelope(bench: Bench) -> None:
    key, team = bench.pipeline["key"], bench.team
    assert isinstance(bench.streak.read("/v1/pipelines"), list)
    assert set(bench.streak.read("/v2/pipelines")) == {"results", "hasNextPage"}
    assert isinstance(bench.streak.read(f"/v1/pipelines/{key}/boxes"), list)
    assert set(bench.streak.read(f"/v2/pipelines/{key}/boxes")) == {"results", "hasNextPage"}
    assert isinstance(bench.streak.read(f"/v1/pipelines/{key}/fields"), list)
    assert set(bench.streak.read(f"/v1/pipelines/{key}/stages")) == {"5001", "5002", "5003", "5004", "5005"}
    assert set(bench.streak.read(f"/v2/teams/{team}/contacts")) == {"results", "cursor"}
    assert set(bench.streak.read(f"/v2/teams/{team}/organizations")) == {"results", "cursor"}
    assert set(bench.streak.read("/v1/search?query=acme")["results"]) == {"boxes", "contacts", "orgs"}


def test_field_stage_and_option_keys_count_up_from_their_own_starts(bench: Bench) -> None:
    pipeline = bench.pipeline
    assert [field["key"] for field in pipeline["fields"]] == [
        str(1001 + n) for n in range(len(pipeline["fields"]))
    ]
    assert pipeline["stageOrder"] == ["5001", "5002", "5003", "5004", "5005"]
    currency = next(field for field in pipeline["fields"] if field["name"] == "Currency")
    assert currency["dropdownSettings"]["items"][0] == {"key": "9001", "name": "GBP"}
    assert currency["aiSettings"] == {"prompt": "", "source": "BOX_TIMELINE"}


def test_a_new_api_key_works_until_it_is_deleted(bench: Bench) -> None:
    made = bench.streak.write("PUT", "/v1/apikeys")
    signed = {"Authorization": f"Bearer {made['apiKey']}"}
    assert made["apiKey"].startswith("strk_")
    assert bench.streak.read("/v1/users/me", headers=signed)
    assert bench.streak.write("DELETE", f"/v1/apikeys/{made['key']}")["success"] is True
    assert bench.streak.call("GET", "/v1/users/me", headers=signed).status_code == 401
