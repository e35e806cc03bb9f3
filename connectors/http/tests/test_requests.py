"""request_read, request_write and request_write_once; the connection test and the four ways to sign in."""

from typing import cast

import pytest

from connectors.sdk.account import Account, Secrets
from connectors.sdk.errors import (
    Auth,
    Config,
    Conflict,
    Data,
    Failure,
    NotFound,
    OutcomeUnknown,
    RateLimited,
    Transient,
)
from connectors.sdk.operation import Read, Write
from connectors.sdk.registry import connector, operation
from connectors.sdk.testing import MARK, Replies
from connectors.sdk.validation import validator_for
from connectors.sdk.wire import Json

READ = cast(Read, operation("http.request_read"))
WRITE = cast(Write, operation("http.request_write"))
ONCE = cast(Write, operation("http.request_write_once"))


def api(**settings: Json) -> Replies:
    return Replies(connector("http"), settings, secrets={})


def written(write: Write, far: Replies, data: Json) -> Json:
    validator_for(write.input).check(data)
    output = write.result(data, far.call().send(write.prepare(far.call(), data, MARK)))
    validator_for(write.output).check(output)
    return output


def test_request_read_gives_status_headers_and_body() -> None:
    data = {"path": "/orders", "query": {"page": 2}, "headers": {"X-Tenant": "t1"}}
    with api().on(
        "GET", "/orders", query={"page": "2"}, json=[1], headers={"etag": "x", "set-cookie": "s=1"}
    ) as far:
        validator_for(READ.input).check(data)
        output = READ.run(far.call(), data)
    validator_for(READ.output).check(output)
    assert output == {"status": 200, "headers": {"etag": "x"}, "body": [1]}
    assert far.sent[0].headers == {"X-Tenant": "t1"}


def test_request_write_sends_once_and_finds_the_id_in_the_answer() -> None:
    data = {"method": "POST", "path": "/orders", "body": {"n": 1}, "id_pointer": "/data/0/key"}
    with api().on("POST", "/orders", status=201, json={"data": [{"key": 42}]}) as far:
        output = written(WRITE, far, data)
    assert (output["status"], output["id"], WRITE.far_id(output)) == (201, "42", "42")
    assert WRITE.idempotency.strategy == "none"
    assert far.sent[0].json == {"n": 1}


@pytest.mark.parametrize(("given", "header"), [({}, "Idempotency-Key"), ({"key_header": "X-Once"}, "X-Once")])
def test_request_write_once_carries_the_same_key_on_every_attempt(given: Json, header: str) -> None:
    data = {"path": "/orders", "body": {"n": 1}, **given}
    first, second = (ONCE.prepare(api().call(), data, MARK) for _ in range(2))
    assert first == second
    assert first.headers == {header: MARK.guid}
    assert ONCE.unmarked(first) == {"method": "POST", "path": "/orders", "query": {}, "body": {"n": 1}}
    assert ONCE.idempotency.strategy == "native"
    assert ONCE.idempotency.window is not None


def test_an_answer_without_the_id_asked_for_leaves_the_outcome_unknown() -> None:
    far = api().on("POST", "/orders", status=201, json={"ok": True})
    with pytest.raises(OutcomeUnknown):
        written(WRITE, far, {"path": "/orders", "id_pointer": "/id"})


def test_an_answer_without_an_id_is_fine_when_none_was_asked_for() -> None:
    assert (
        written(WRITE, api().on("DELETE", "/o/1", status=204), {"method": "DELETE", "path": "/o/1"})["id"]
        == ""
    )


@pytest.mark.parametrize("name", ["Authorization", "host", "Cookie", "Content-Length"])
def test_a_flow_cannot_set_headers_that_sign_in_or_frame_the_request(name: str) -> None:
    with pytest.raises(Config):
        WRITE.prepare(api().call(), {"path": "/x", "headers": {name: "x"}}, MARK)


@pytest.mark.parametrize("path", ["//evil.test/x", "https://evil.test/x", "x"])
def test_a_path_must_begin_with_one_slash(path: str) -> None:
    with pytest.raises(Data):
        validator_for(READ.input).check({"path": path})


REFUSALS: list[tuple[int, type[Failure], type[Failure]]] = [
    (301, Config, Config),
    (400, Data, Data),
    (401, Auth, Auth),
    (403, Config, Config),
    (404, NotFound, NotFound),
    (409, Conflict, Conflict),
    (418, Data, Data),
    (422, Data, Data),
    (429, RateLimited, RateLimited),
    (500, Transient, OutcomeUnknown),
    (501, Config, Config),
    (502, Transient, OutcomeUnknown),
    (503, Transient, OutcomeUnknown),
    (504, Transient, OutcomeUnknown),
]


@pytest.mark.parametrize(("status", "reading", "writing"), REFUSALS)
def test_each_status_means_the_failure_whose_recovery_fits(
    status: int, reading: type[Failure], writing: type[Failure]
) -> None:
    with pytest.raises(reading):
        READ.run(api().on("GET", "/x", status=status).call(), {"path": "/x"})
    with pytest.raises(writing):
        written(WRITE, api().on("POST", "/x", status=status), {"path": "/x"})


def test_a_503_that_says_when_to_come_back_did_not_begin_the_write() -> None:
    with pytest.raises(Transient) as caught:
        written(WRITE, api().on("POST", "/x", status=503, headers={"retry-after": "9"}), {"path": "/x"})
    assert caught.value.retry_after == 9.0


SIGN_INS: list[tuple[str, dict[str, str], dict[str, str]]] = [
    ("none", {}, {}),
    ("api_key", {"header_name": "X-Key", "api_key": "k1"}, {"X-Key": "k1"}),
    ("basic", {"username": "ana", "password": "pw"}, {"Authorization": "Basic YW5hOnB3"}),
    ("bearer", {"token": "t1"}, {"Authorization": "Bearer t1"}),
]


@pytest.mark.parametrize(("kind", "secrets", "headers"), SIGN_INS)
def test_each_sign_in_signs_in_its_way(kind: str, secrets: dict[str, str], headers: dict[str, str]) -> None:
    account = Account("c", "https://api.test", kind, Secrets(secrets))
    signed: dict[str, str] = {}
    connector("http").client.auth_kind(account.auth).sign(signed, account.secrets)
    assert signed == headers


def test_the_account_is_what_a_person_calls_it_once_its_test_path_was_read() -> None:
    with api(account="main", test_path="/ping").on("GET", "/ping", json={}) as far:
        assert connector("http").client.identify(far.call()).id == "main"


def test_an_account_without_a_name_is_not_accepted() -> None:
    with pytest.raises(Config):
        connector("http").client.identify(api().call())
