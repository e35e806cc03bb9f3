"""A call in progress: signing, classifying, caching per connection, the budget; and OAuth 2 against a token endpoint."""

import itertools
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import orjson
import pytest

from connectors.sdk.account import Account, Secrets
from connectors.sdk.errors import Auth, Config, Failure, OutcomeUnknown, RateLimited, Transient
from connectors.sdk.oauth import Grant, authorize_url, endpoints, exchange_code, refresh
from connectors.sdk.registry import connector
from connectors.sdk.session import forget_cached, identify, open_call
from connectors.sdk.wire import Exchange, Json, Request, Response
from tests.connectors.far import FarServer, Handler, answer

_names = itertools.count()


def account(url: str, **changes: Json) -> Account:
    """A sandbox account on Sage with a connection name of its own."""
    secrets = {
        "client_id": "app-id",
        "client_secret": "app-secret",
        "access_token": "at-1-value",
        "refresh_token": "rt-1-value",
    }
    made = Account(f"session-{next(_names)}", url, "oauth2_code", Secrets(secrets), {}, "sandbox", 5.0)
    return replace(made, **changes)


def replies(data: bytes) -> Handler:
    return lambda connection, _request: connection.sendall(data)


def ignore(_exchange: Exchange) -> None:
    """Keeps no record."""


def test_a_call_is_signed_classified_and_recorded_without_its_secrets() -> None:
    seen: list[Exchange] = []
    body = b'[{"$severity":"error","$dataCode":"RecordInvalid","$message":"Not at-1-value","$source":"contact.name"}]'
    with FarServer(replies(answer(body, status="422 No"))) as far:
        call = open_call(connector("sage50"), account(far.url, settings={"business_id": "b1"}), seen.append)
        with pytest.raises(Failure) as caught:
            call.send(Request("POST", "/contacts", json={"contact": {}}))
    assert b"Authorization: Bearer at-1-value" in far.requests[0]
    assert b"X-Business: b1" in far.requests[0]
    assert caught.value.sentence == "Sage: Not ***"
    assert str(caught.value) == caught.value.sentence
    assert "at-1-value" not in f"{caught.value.detail} {caught.value.info} {seen}"


def test_what_was_asked_for_is_kept_per_connection_and_for_so_long() -> None:
    clock = [1000.0]
    loads: list[str] = []

    def load() -> str:
        loads.append("asked")
        return f"answer {len(loads)}"

    one, other = account("http://127.0.0.1:9"), account("http://127.0.0.1:9")

    def ask(of: Account, seconds: float) -> Json:
        return open_call(connector("sage50"), of, ignore, now=lambda: clock[0]).cached("key", seconds, load)

    assert [ask(one, 60), ask(one, 60)] == ["answer 1", "answer 1"]
    clock[0] += 61
    assert ask(one, 60) == "answer 2"
    assert ask(one, 0) == "answer 3"
    assert ask(one, 60) == "answer 3"
    assert ask(other, 60) == "answer 4"
    assert ask(replace(one, settings={"business_id": "b2"}), 60) == "answer 5"
    forget_cached(one.connection)
    assert ask(one, 60) == "answer 6"
    assert ask(other, 60) == "answer 4"


def test_a_budget_is_for_all_requests_of_the_call() -> None:
    clock = [0.0]
    with FarServer(replies(answer())) as far:
        call = open_call(connector("sage50"), account(far.url), ignore, now=lambda: clock[0], budget=10.0)
        assert call.get("/user") == {}
        clock[0] = 10.0
        with pytest.raises(Transient) as caught:
            call.get("/user")
    assert (caught.value.code, len(far.requests)) == ("budget_used", 1)


def test_an_account_the_connector_may_not_use_cannot_be_opened() -> None:
    with pytest.raises(Config):
        open_call(connector("streak"), account("https://evil.test", reach="public", auth="api_key"), ignore)


def test_an_account_of_any_host_is_known_by_its_host_too() -> None:
    with FarServer(replies(answer())) as far:
        made = account(far.url, auth="none", settings={"account": "main"}, secrets=Secrets({}))
        found = identify(connector("http"), made, ignore)
    assert found.id == "127.0.0.1/main"


SAGE, HERE, ELSEWHERE = "https://oauth.accounting.sage.com", "http://127.0.0.1:8001", "http://127.0.0.1:9"


def test_sage_signs_in_at_its_own_addresses_and_the_sandbox_at_the_sandboxs() -> None:
    public = account(
        "https://api.accounting.sage.com/v3.1",
        reach="public",
        settings={"oauth_base_url": "https://evil.test"},
    )
    assert endpoints(connector("sage50"), public).token_url == f"{SAGE}/token"
    sandbox = endpoints(connector("sage50"), account("http://127.0.0.1:8001/v3.1"))
    assert sandbox.authorize_url == "http://127.0.0.1:8001/oauth2/auth/central?filter=apiv3.1"
    assert sandbox.token_url == f"{HERE}/token"
    moved = endpoints(
        connector("sage50"),
        account("http://127.0.0.1:8001", settings={"oauth_base_url": "http://127.0.0.1:9/x"}),
    )
    assert moved.token_url == f"{ELSEWHERE}/token"


def test_the_address_a_person_is_sent_to_says_who_asks_and_where_to_come_back() -> None:
    url = authorize_url(
        connector("sage50"),
        account("http://127.0.0.1:8001"),
        redirect_uri="https://us.test/cb?x=1",
        state="s t",
    )
    query = parse_qs(urlsplit(url).query)
    assert query == {
        "filter": ["apiv3.1"],
        "response_type": ["code"],
        "client_id": ["app-id"],
        "redirect_uri": ["https://us.test/cb?x=1"],
        "scope": ["full_access"],
        "state": ["s t"],
    }


def test_a_connector_without_oauth_says_so() -> None:
    with pytest.raises(Config):
        endpoints(connector("streak"), account("http://127.0.0.1:9", auth="api_key"))


TOKENS: Json = {
    "access_token": "at-2-value",
    "refresh_token": "rt-2-value",
    "expires_in": 300,
    "refresh_token_expires_in": "2678400",
    "scope": "full_access",
}


def test_a_refresh_gives_the_new_tokens_and_records_neither_old_nor_new() -> None:
    seen: list[Exchange] = []
    with FarServer(replies(answer(orjson.dumps(TOKENS)))) as far:
        grant = refresh(connector("sage50"), account(far.url), seen.append)
    assert grant.secrets == {"access_token": "at-2-value", "refresh_token": "rt-2-value"}
    assert (grant.expires_in, grant.refresh_expires_in, grant.scope) == (300.0, 2678400.0, "full_access")
    head, _, form = far.requests[0].decode().partition("\r\n\r\n")
    assert head.startswith("POST /token HTTP/1.1")
    assert parse_qs(form) == {
        "client_id": ["app-id"],
        "client_secret": ["app-secret"],
        "grant_type": ["refresh_token"],
        "refresh_token": ["rt-1-value"],
    }
    for hidden in ("app-secret", "rt-1-value", "at-2-value", "rt-2-value"):
        assert hidden not in f"{seen} {grant}"


def test_a_code_is_exchanged_once_with_the_address_it_was_given_for() -> None:
    with FarServer(replies(answer(b'{"access_token": "at-2-value"}'))) as far:
        grant = exchange_code(
            connector("sage50"), account(far.url), ignore, code="c0de", redirect_uri="https://us.test/cb"
        )
    assert grant == Grant({"access_token": "at-2-value"}, 0.0)
    form = parse_qs(far.requests[0].decode().partition("\r\n\r\n")[2])
    assert (form["grant_type"], form["code"], form["redirect_uri"]) == (
        ["authorization_code"],
        ["c0de"],
        ["https://us.test/cb"],
    )


REFUSALS: list[tuple[str, bytes, type[Failure]]] = [
    ("400 Bad", b'{"error": "invalid_grant"}', Auth),
    ("401 No", b'{"error": "invalid_grant"}', Auth),
    ("400 Bad", b'{"error": "invalid_client"}', Config),
    ("401 No", b'{"error": "unauthorized_client"}', Config),
    ("429 Slow", b"{}", RateLimited),
    ("503 Busy", b"{}", OutcomeUnknown),
    ("500 Oops", b"{}", OutcomeUnknown),
    ("200 OK", b"{}", OutcomeUnknown),
    ("200 OK", b"<html>", OutcomeUnknown),
]


@pytest.mark.parametrize(("status", "body", "failure"), REFUSALS)
def test_each_refusal_of_a_refresh_says_what_to_do_next(
    status: str, body: bytes, failure: type[Failure]
) -> None:
    with FarServer(replies(answer(body, status=status))) as far, pytest.raises(failure):
        refresh(connector("sage50"), account(far.url), ignore)


def hangs_up(connection: socket.socket, _request: bytes) -> None:
    connection.shutdown(socket.SHUT_RDWR)


def test_a_refresh_whose_answer_is_lost_is_unknown_and_one_never_sent_is_not() -> None:
    with FarServer(hangs_up) as far, pytest.raises(OutcomeUnknown):
        refresh(connector("sage50"), account(far.url), ignore)
    with pytest.raises(Transient):
        refresh(connector("sage50"), account(far.url), ignore)


def test_a_connection_never_signed_in_cannot_be_refreshed() -> None:
    with pytest.raises(Auth):
        refresh(connector("sage50"), account("http://127.0.0.1:9", secrets=Secrets({})), ignore)


class Noting:
    """A gate that notes what it is asked and told."""

    def __init__(self, trouble: Exception | None = None) -> None:
        self.notes: list[str] = []
        self._trouble = trouble

    def admit(self, *, must: bool = False) -> None:
        self.notes.append("must" if must else "admit")
        if self._trouble is not None:
            raise self._trouble

    def ended(self, response: Response | None, failure: Failure | None) -> None:
        self.notes.append(f"{response.status if response else None} {failure.kind if failure else 'good'}")


def test_a_gate_is_asked_before_each_request_and_told_its_end() -> None:
    gate = Noting()
    answers = iter([answer(), answer(b"[]", status="429 Slow"), answer(b"[]", status="500 Broken")])
    with FarServer(lambda line, _request: line.sendall(next(answers))) as far:
        call = open_call(connector("sage50"), account(far.url), ignore, gate=gate)
        call.get("/contacts")
        for _ in range(2):
            with pytest.raises(Failure):
                call.get("/contacts")
    with pytest.raises(Failure):
        call.get("/contacts")
    assert gate.notes == [
        "admit", "200 good", "admit", "429 rate_limited", "admit", "500 transient", "admit", "None transient",
    ]  # fmt: skip


def test_what_a_gate_raises_passes_through_and_nothing_is_sent() -> None:
    with FarServer(replies(answer())) as far:
        call = open_call(connector("sage50"), account(far.url), ignore, gate=Noting(EOFError("later")))
        with pytest.raises(EOFError):
            call.send(Request("POST", "/contacts", json={}))
    assert far.requests == []


def test_the_thread_is_known_to_wait_while_the_far_system_works() -> None:
    notes: list[str] = []

    @contextmanager
    def waiting() -> Iterator[None]:
        notes.append("begins")
        yield
        notes.append("ends")

    def handler(line: socket.socket, _request: bytes) -> None:
        notes.append("works")
        line.sendall(answer())

    with FarServer(handler) as far:
        open_call(connector("sage50"), account(far.url), ignore, waiting=waiting).get("/contacts")
    assert notes == ["begins", "works", "ends"]
