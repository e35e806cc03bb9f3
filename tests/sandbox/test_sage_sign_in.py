"""Sage: the authorise page, codes, tokens that live five minutes, refresh tokens that rotate, businesses."""

from collections.abc import Mapping
from urllib.parse import parse_qs, urlsplit

import pytest

from connectors.sage50.sandbox.oauth import CLIENT_ID, CLIENT_SECRET
from connectors.sdk.wire import Json
from tests.sandbox.bench import Api, Bench

BACK = "http://127.0.0.1:8000/connect/done"
ASKED = {
    "client_id": CLIENT_ID,
    "redirect_uri": BACK,
    "response_type": "code",
    "scope": "full_access",
    "state": "s-1",
}


@pytest.fixture
def door(bench: Bench) -> Api:
    """Sage's sign-in, with nobody signed in."""
    bench.sage.headers.pop("Authorization")
    bench.sage.base = bench.sage.base.removesuffix("/v3.1")
    return bench.sage


def allow(door: Api, **changes: str) -> Mapping[str, list[str]]:
    """Press a button; what the redirect brings back."""
    form = ASKED | {"decision": "allow"} | changes
    answer = door.call("POST", "/oauth2/auth/central", data=form, allow_redirects=False)
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith(BACK + "?")
    return parse_qs(urlsplit(answer.headers["Location"]).query)


def spend(door: Api, code: str, **changes: str) -> tuple[int, Json]:
    form = {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET, "redirect_uri": BACK, "code": code}
    answer = door.call("POST", "/token", data=form | {"grant_type": "authorization_code"} | changes)
    return answer.status_code, answer.json()


def refresh(door: Api, token: str) -> tuple[int, Json]:
    form = {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET, "refresh_token": token}
    answer = door.call("POST", "/token", data=form | {"grant_type": "refresh_token"})
    return answer.status_code, answer.json()


def test_the_page_says_who_asks_and_that_it_is_not_real(door: Api) -> None:
    answer = door.call("GET", "/oauth2/auth/central?filter=apiv3.1", params=ASKED)
    assert "Interlock" in answer.text
    assert "Harlow &amp; Finch Wholesale" in answer.text
    assert "Not a real Sage account" in answer.text
    policy = answer.headers["Content-Security-Policy"]
    assert "form-action 'self' http://127.0.0.1:8000" in policy
    assert "unsafe" not in policy
    assert door.call("GET", "/oauth2/style.css").headers["Content-Type"].startswith("text/css")


def test_the_page_escapes_what_it_was_asked_with(door: Api) -> None:
    answer = door.call("GET", "/oauth2/auth/central", params=ASKED | {"state": '"><script>x</script>'})
    assert "<script>" not in answer.text


@pytest.mark.parametrize(
    "change",
    [
        {"client_id": "somebody"},
        {"redirect_uri": "https://evil.example/cb"},
        {"redirect_uri": ""},
        {"response_type": "token"},
        {"scope": "everything"},
    ],
)
def test_a_wrong_question_is_answered_on_the_page_itself(door: Api, change: dict[str, str]) -> None:
    assert door.call("GET", "/oauth2/auth/central", params=ASKED | change).status_code == 400
    form = ASKED | {"decision": "allow"} | change
    assert door.call("POST", "/oauth2/auth/central", data=form, allow_redirects=False).status_code == 400


def test_allow_brings_a_code_that_works_once(door: Api) -> None:
    back = allow(door)
    assert (back["state"], back["country"]) == (["s-1"], ["gb"])
    status, tokens = spend(door, back["code"][0])
    assert status == 200
    assert (tokens["token_type"], tokens["expires_in"], tokens["refresh_token_expires_in"]) == (
        "bearer",
        300,
        2678400,
    )
    assert set(tokens) > {"access_token", "refresh_token", "scope", "requested_by_id"}
    status, error = spend(door, back["code"][0])
    assert (status, error["error"]) == (400, "invalid_grant")


def test_refuse_brings_an_error(door: Api) -> None:
    assert allow(door, decision="refuse") == {"error": ["access_denied"], "state": ["s-1"]}


@pytest.mark.parametrize(
    ("change", "status", "error"),
    [
        ({"redirect_uri": BACK + "/"}, 400, "invalid_grant"),
        ({"code": "made-up"}, 400, "invalid_grant"),
        ({"client_secret": "wrong"}, 401, "invalid_client"),
        ({"client_id": "wrong"}, 401, "invalid_client"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
    ],
)
def test_a_wrong_exchange_is_refused(door: Api, change: Mapping[str, str], status: int, error: str) -> None:
    code = allow(door)["code"][0]
    got, body = spend(door, **({"code": code} | dict(change)))
    assert (got, body["error"]) == (status, error)


def test_a_code_dies_after_a_minute(bench: Bench, door: Api) -> None:
    code = allow(door)["code"][0]
    bench.advance(61)
    assert spend(door, code)[0] == 400


def test_an_access_token_dies_after_five_minutes_and_is_refreshed(bench: Bench, door: Api) -> None:
    _status, tokens = spend(door, allow(door)["code"][0])
    signed = {"Authorization": f"Bearer {tokens['access_token']}"}
    assert door.call("GET", "/v3.1/user", headers=signed).status_code == 200
    bench.advance(299)
    assert door.call("GET", "/v3.1/user", headers=signed).status_code == 200
    bench.advance(2)
    refused = door.call("GET", "/v3.1/user", headers=signed)
    assert refused.status_code == 401
    assert refused.json()[0]["$dataCode"] == "AuthorizationFailure"
    status, fresh = refresh(door, tokens["refresh_token"])
    assert status == 200
    signed = {"Authorization": f"Bearer {fresh['access_token']}"}
    assert door.call("GET", "/v3.1/user", headers=signed).status_code == 200


def test_a_refresh_token_rotates_and_the_old_one_is_dead(door: Api) -> None:
    _status, first = spend(door, allow(door)["code"][0])
    _status, second = refresh(door, first["refresh_token"])
    status, error = refresh(door, first["refresh_token"])
    assert (status, error["error"]) == (400, "invalid_grant")
    assert refresh(door, second["refresh_token"])[0] == 200


def test_a_refresh_token_dies_after_thirty_one_days(bench: Bench, door: Api) -> None:
    _status, tokens = spend(door, allow(door)["code"][0])
    bench.advance(2_678_401)
    assert refresh(door, tokens["refresh_token"])[0] == 400


def test_a_revoked_token_is_dead(door: Api) -> None:
    _status, tokens = spend(door, allow(door)["code"][0])
    form = {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET, "token": tokens["refresh_token"]}
    assert door.call("POST", "/revoke", data=form).status_code == 200
    assert refresh(door, tokens["refresh_token"])[0] == 400


def test_a_readonly_token_reads_only(door: Api) -> None:
    _status, tokens = spend(door, allow(door, scope="readonly")["code"][0])
    signed = {"Authorization": f"Bearer {tokens['access_token']}"}
    assert door.call("GET", "/v3.1/contacts", headers=signed).status_code == 200
    assert door.call("POST", "/v3.1/contacts", headers=signed, json={"contact": {}}).status_code == 403


def test_the_business_header_may_be_missing_right_or_wrong(bench: Bench) -> None:
    business = bench.sage.read("/businesses")["$items"][0]
    assert business["id"] == bench.control.read("/api/urls")["systems"]["sage50"]["account"]["id"]
    assert bench.sage.read("/contacts", headers={"X-Business": business["id"]})["$total"] == 6
    wrong = bench.sage.call("GET", "/contacts", headers={"X-Business": "0" * 32})
    assert (wrong.status_code, wrong.json()[0]["$dataCode"]) == (403, "AuthorizationFailure")


def test_nobody_gets_in_without_a_token(bench: Bench) -> None:
    bench.sage.headers.pop("Authorization")
    assert bench.sage.call("GET", "/contacts").status_code == 401
    assert bench.sage.call("GET", "/contacts", headers={"Authorization": "Bearer x"}).status_code == 401
    assert bench.sage.call("GET", "/no_such_path").status_code == 401
