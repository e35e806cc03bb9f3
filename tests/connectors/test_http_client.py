"""The HTTP client against real sockets: one deadline for the whole call, and whether a write may have happened."""

import gzip
import itertools
import socket
import threading

import pytest

from connectors.sdk import transport
from connectors.sdk.errors import Config, Data, Failure, OutcomeUnknown, Transient
from connectors.sdk.guard import Reach
from connectors.sdk.http import Http, Route
from connectors.sdk.redact import Redactor
from connectors.sdk.wire import Exchange, Request
from tests.connectors.far import FarServer, Handler, answer

GET = Request("GET", "/thing")
POST = Request("POST", "/thing", json={"name": "Larch"})
_names = itertools.count()


def http_to(
    url: str, *, deadline: float = 5.0, max_bytes: int = 1_000_000, seen: list[Exchange] | None = None
) -> Http:
    """A client with a pool of its own, so that no test meets another's connections."""
    route = Route(url, "sandbox", f"test-{next(_names)}", deadline, max_bytes)
    return Http(route, on_exchange=(seen if seen is not None else []).append)


def replies(data: bytes) -> Handler:
    return lambda connection, _request: connection.sendall(data)


def drips(start: bytes) -> Handler:
    """Sends a byte every few milliseconds, far longer than any deadline here; each read alone would be quick enough."""

    def handler(connection: socket.socket, _request: bytes) -> None:
        connection.sendall(start)
        for _ in range(2000):
            connection.sendall(b" ")
            threading.Event().wait(0.005)

    return handler


def hangs_up(connection: socket.socket, _request: bytes) -> None:
    connection.shutdown(socket.SHUT_RDWR)


def stays_silent(_connection: socket.socket, _request: bytes) -> None:
    """Reads the request and never answers."""


def half_an_answer(connection: socket.socket, _request: bytes) -> None:
    connection.sendall(b'HTTP/1.1 201 Created\r\nContent-Length: 100\r\n\r\n{"id": ')
    connection.shutdown(socket.SHUT_RDWR)


LOST = {
    "the body drips": drips(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n{"),
    "the headers drip": drips(b"HTTP/1.1 200 OK\r\nX-Slow: "),
    "nothing comes": stays_silent,
    "the far side hangs up": hangs_up,
    "half an answer comes": half_an_answer,
}


@pytest.mark.parametrize("handler", LOST.values(), ids=list(LOST))
@pytest.mark.parametrize(
    ("request_", "failure"), [(GET, Transient), (POST, OutcomeUnknown)], ids=["read", "write"]
)
def test_a_lost_answer_is_unknown_for_a_write_and_transient_for_a_read(
    handler: Handler, request_: Request, failure: type[Failure]
) -> None:
    with FarServer(handler) as far, pytest.raises(failure):
        http_to(far.url, deadline=0.25).send(request_, {})


def test_a_write_that_could_not_connect_certainly_did_not_happen() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(Transient) as caught:
        http_to(f"http://127.0.0.1:{port}").send(POST, {})
    assert caught.value.code == "unreachable"


def test_an_answer_is_returned_whatever_its_status() -> None:
    with FarServer(replies(answer(b'{"error": "no"}', status="422 No", headers="X-One: 1\r\n"))) as far:
        response = http_to(far.url).send(POST, {"X-Own": "yes"})
    assert (response.status, response.json, response.headers["x-one"]) == (422, {"error": "no"}, "1")
    assert far.requests[0].startswith(b"POST /api/thing HTTP/1.1\r\n")
    assert b"X-Own: yes" in far.requests[0]
    assert far.requests[0].endswith(b'{"name":"Larch"}')


def test_a_redirect_is_not_followed() -> None:
    with FarServer(replies(answer(b""))) as other:
        moved = answer(b"", status="302 Found", headers=f"Location: {other.url}\r\n")
        with FarServer(replies(moved)) as far:
            response = http_to(far.url).send(GET, {})
    assert response.status == 302
    assert other.requests == []


@pytest.mark.parametrize(
    ("body", "headers"),
    [(b"x" * 50_000, ""), (gzip.compress(b"x" * 500_000), "Content-Encoding: gzip\r\n")],
    ids=["plain", "unpacked from gzip"],
)
@pytest.mark.parametrize(
    ("request_", "failure"), [(GET, Data), (POST, OutcomeUnknown)], ids=["read", "write"]
)
def test_an_answer_over_the_size_limit_is_refused(
    body: bytes, headers: str, request_: Request, failure: type[Failure]
) -> None:
    with FarServer(replies(answer(body, headers=headers))) as far, pytest.raises(failure) as caught:
        http_to(far.url, max_bytes=40_000).send(request_, {})
    assert caught.value.code == "answer_too_large"


def test_connections_are_kept_alive_and_shared_by_threads() -> None:
    with FarServer(replies(answer())) as far:
        http = http_to(far.url)
        for _ in range(5):
            http.send(GET, {})
        assert far.connections == 1
        threads = [threading.Thread(target=http.send, args=(GET, {})) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len(far.requests) == 13


@pytest.mark.parametrize("request_", [GET, POST], ids=["read", "write"])
def test_a_connection_the_far_side_closed_is_not_used_again(request_: Request) -> None:
    closed = threading.Event()

    def answers_once_then_hangs_up(connection: socket.socket, _request: bytes) -> None:
        connection.sendall(answer())
        connection.shutdown(socket.SHUT_RDWR)
        closed.set()

    with FarServer(answers_once_then_hangs_up) as far:
        http = http_to(far.url)
        for _ in range(3):
            closed.clear()
            assert http.send(request_, {}).status == 200
            assert closed.wait(5)
    assert far.connections == 3


def test_a_read_that_meets_a_connection_closed_at_that_moment_is_sent_again() -> None:
    handlers: list[Handler] = [replies(answer()), hangs_up, replies(answer(b'{"again": true}'))]

    def handler(connection: socket.socket, request: bytes) -> None:
        handlers.pop(0)(connection, request)

    with FarServer(handler) as far:
        http = http_to(far.url)
        http.send(GET, {})
        assert http.send(GET, {}).json == {"again": True}


def test_a_write_is_never_sent_again_by_the_client() -> None:
    handlers: list[Handler] = [replies(answer()), hangs_up, replies(answer())]

    def handler(connection: socket.socket, request: bytes) -> None:
        handlers.pop(0)(connection, request)

    with FarServer(handler) as far:
        http = http_to(far.url)
        http.send(GET, {})
        with pytest.raises(OutcomeUnknown):
            http.send(POST, {})
    assert len(far.requests) == 2


def test_a_connection_that_rested_long_is_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport, "_IDLE", -1.0)
    with FarServer(replies(answer())) as far:
        http = http_to(far.url)
        http.send(GET, {})
        http.send(POST, {})
    assert far.connections == 2


def test_proxies_from_the_environment_are_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    with FarServer(replies(answer(b'"proxy"'))) as proxy, FarServer(replies(answer(b'"far"'))) as far:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        assert http_to(far.url).send(GET, {}).json == "far"


class LeaseLostError(Exception):
    """What the runtime raises to drop a call."""


def dropped() -> None:
    raise LeaseLostError


def test_before_send_can_drop_a_write_and_nothing_leaves() -> None:
    seen: list[Exchange] = []
    with FarServer(replies(answer())) as far:
        http = Http(Route(far.url, "sandbox", "dropping"), on_exchange=seen.append, before_send=dropped)
        with pytest.raises(LeaseLostError):
            http.send(POST, {})
        assert http.send(GET, {}).status == 200
    assert [request[:3] for request in far.requests] == [b"GET"]
    assert [exchange.error for exchange in seen] == ["dropped before sending", ""]


def test_before_send_runs_when_the_connection_is_open_and_not_before() -> None:
    calls: list[str] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    http = Http(
        Route(f"http://127.0.0.1:{port}", "sandbox", "closed"), before_send=lambda: calls.append("checked")
    )
    with pytest.raises(Transient):
        http.send(POST, {})
    assert calls == []


def test_an_exchange_is_recorded_without_secrets() -> None:
    seen: list[Exchange] = []
    hidden = "s3cret value/+"
    with FarServer(replies(answer(b'{"echo": "s3cret value/+", "access_token": "new-one"}'))) as far:
        http = Http(
            Route(far.url, "sandbox", "secretive"), on_exchange=seen.append, redactor=Redactor([hidden])
        )
        http.send(
            Request("POST", "/x", {"key": hidden}, json={"note": f"<{hidden}>", "password": "p"}),
            {"Authorization": hidden},
        )
    exchange = seen[0]
    assert exchange.method == "POST"
    assert exchange.url == f"{far.url}/x?key=***"
    assert exchange.request == {"note": "<***>", "password": "***"}
    assert exchange.response == {"echo": "***", "access_token": "***"}
    assert exchange.ms > 0


@pytest.mark.parametrize("path", ["/../secret", "/a/../../b", "/./x"])
def test_a_path_cannot_climb_out_of_the_base(path: str) -> None:
    with pytest.raises(Data):
        http_to("http://127.0.0.1:9/api").send(Request("GET", path), {})


@pytest.mark.parametrize("path", ["//evil.test/x", "@evil.test/x", "/\\evil.test"])
def test_a_path_cannot_name_another_host(path: str) -> None:
    with FarServer(replies(answer())) as far:
        http_to(far.url).send(Request("GET", path), {})
    assert far.requests[0].startswith(b"GET /api/")


def test_query_values_are_written_as_apis_expect_them() -> None:
    with FarServer(replies(answer())) as far:
        http_to(far.url).send(
            Request("GET", "/x?page=2", {"tag": ["a", "b"], "active": True, "none": None, "q": "ü&"}), {}
        )
    assert far.requests[0].split(b" ")[1] == b"/api/x?page=2&tag=a&tag=b&active=true&q=%C3%BC%26"


def test_numbers_that_a_double_would_change_stay_exact() -> None:
    with FarServer(
        replies(answer(b'{"a": 12345678901234567890, "b": 0.1, "c": 10.00, "d": 1.00000000000000000001}'))
    ) as far:
        body = http_to(far.url).send(GET, {}).json
    assert body == {"a": "12345678901234567890", "b": 0.1, "c": 10.0, "d": "1.00000000000000000001"}


def test_the_deadline_is_one_for_the_whole_call() -> None:
    """The clock is the test's own: connecting, sending and each read take a second of it."""
    ticks = itertools.count(start=1.0)

    def handler(connection: socket.socket, _request: bytes) -> None:
        connection.sendall(answer(b"[" + b"1," * 300_000 + b"1]"))

    def now() -> float:
        return next(ticks)

    with FarServer(handler) as far:
        patient = Http(Route(far.url, "sandbox", "patient", deadline=100_000.0), now=now)
        assert patient.send(GET, {}).status == 200
        hurried = Http(Route(far.url, "sandbox", "hurried", deadline=4.0), now=now)
        with pytest.raises(Transient):
            hurried.send(GET, {})


BAD_BASES: list[tuple[str, Reach]] = [
    ("ftp://far.test", "sandbox"),
    ("https://user:pass@far.test", "public"),
    ("http://far.test", "public"),
    ("https://far.test?x=1", "public"),
    ("http://10.0.0.8:8000", "sandbox"),
    ("https://api.streak.com", "sandbox"),
    ("nonsense", "private"),
]


@pytest.mark.parametrize(("url", "reach"), BAD_BASES)
def test_a_base_url_that_does_not_fit_its_reach_is_refused(url: str, reach: Reach) -> None:
    with pytest.raises(Config):
        Http(Route(url, reach))
