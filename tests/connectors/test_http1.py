"""The bytes of an exchange: nothing a header says can change where a request ends, and an answer is taken whole or not at all."""

import gzip
import socket

import pytest

from connectors.sdk.errors import Data, OutcomeUnknown, Transient
from connectors.sdk.http1 import request_bytes
from connectors.sdk.wire import Request
from tests.connectors.far import FarServer, answer
from tests.connectors.test_http_client import http_to, replies

GET = Request("GET", "/thing")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("X-One", "a\r\nX-Two: b"),
        ("X-One", "a\nX-Two: b"),
        ("X-One", "a\rb"),
        ("X-One", "a\0b"),
        ("X-One: evil\r\nX-Two", "b"),
        ("X One", "b"),
        ("", "b"),
        ("Content-Length", "5"),
        ("Transfer-Encoding", "chunked"),
        ("X-One", "€"),
    ],
)
def test_a_header_that_could_frame_the_request_is_refused(name: str, value: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        request_bytes("POST", "/x", [("Host", "far.test"), (name, value)], b"{}")
    with FarServer(replies(answer())) as far, pytest.raises(Data):
        http_to(far.url).send(Request("POST", "/x", json={}, headers={name: value}), {})
    assert far.requests == []


def test_a_header_is_sent_once_in_whichever_case_it_is_given() -> None:
    with FarServer(replies(answer())) as far:
        request = Request("POST", "/x", json={}, headers={"accept": "text/csv", "HOST": "evil.test"})
        http_to(far.url).send(request, {"Accept": "text/html"})
    head = far.requests[0].lower()
    assert head.count(b"accept:") == 1
    assert b"accept: text/csv" in head
    assert b"evil" not in head


@pytest.mark.parametrize(
    ("path", "sent"),
    [
        ("/a b", b"/api/a%20b"),
        ("/ü", b"/api/%C3%BC"),
        ("/50%", b"/api/50%25"),
        ("/a%2Fb", b"/api/a%2Fb"),
        ("/a#b", b"/api/a%23b"),
        ("/a\r\nX-Evil: 1", b"/api/a%0D%0AX-Evil:%201"),
    ],
)
def test_a_target_is_quoted_where_it_must_be(path: str, sent: bytes) -> None:
    with FarServer(replies(answer())) as far:
        http_to(far.url).send(Request("GET", path), {})
    assert far.requests[0].split(b" ")[1] == sent


PACKED = gzip.compress(b'{"a": 1}')
ANSWERS = {
    "in chunks": b'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n{"a\r\n5\r\n": 1}\r\n0\r\n\r\n',
    "packed": b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n%s"
    % (len(PACKED), PACKED),
    "packed in two members": b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nConnection: close\r\n\r\n"
    + gzip.compress(b'{"a"')
    + gzip.compress(b": 1}"),
    "after a continue": b'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\n{"a": 1}',
}


def closes_after(data: bytes, connection: socket.socket) -> None:
    connection.sendall(data)
    connection.shutdown(socket.SHUT_RDWR)


@pytest.mark.parametrize("data", ANSWERS.values(), ids=list(ANSWERS))
def test_a_whole_answer_is_read_however_it_comes(data: bytes) -> None:
    with FarServer(lambda connection, _request: closes_after(data, connection)) as far:
        assert http_to(far.url).send(GET, {}).json == {"a": 1}


BROKEN = {
    "shorter than it says": b'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"a": 1}',
    "chunks without an end": b'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n8\r\n{"a": 1}\r\n',
    "packed and cut": b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nConnection: close\r\n\r\n" + PACKED[:-6],
    "not packed at all": b'HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 8\r\n\r\n{"a": 1}',
    "not HTTP": b"220 mail ready\r\n\r\n",
}


@pytest.mark.parametrize("data", BROKEN.values(), ids=list(BROKEN))
@pytest.mark.parametrize(("method", "failure"), [("GET", Transient), ("POST", OutcomeUnknown)])
def test_half_an_answer_is_none(data: bytes, method: str, failure: type[Exception]) -> None:
    cut = FarServer(lambda connection, _request: closes_after(data, connection))
    with cut as far, pytest.raises(failure):
        http_to(far.url).send(Request(method, "/thing"), {})


def test_the_answer_to_head_ends_with_its_headers() -> None:
    data = b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n"
    with FarServer(lambda connection, _request: connection.sendall(data)) as far:
        answered = http_to(far.url).send(Request("HEAD", "/thing"), {})
    assert answered.status == 200
    assert answered.headers["content-length"] == "100"


def test_a_head_without_end_is_not_read_to_its_end() -> None:
    data = b"HTTP/1.1 200 OK\r\n" + b"X-More: %s\r\n" % (b"a" * 1_000) * 1_000
    with (
        FarServer(lambda connection, _request: closes_after(data, connection)) as far,
        pytest.raises(Transient),
    ):
        http_to(far.url).send(GET, {})


def test_a_line_that_holds_more_than_its_answer_is_not_used_again() -> None:
    data = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]"
    with FarServer(lambda connection, _request: connection.sendall(data)) as far:
        http = http_to(far.url)
        assert [http.send(GET, {}).json for _ in range(2)] == [{}, {}]
    assert far.connections == 2
