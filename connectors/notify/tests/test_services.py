"""send_message to a service, against a real HTTP receiver; what may be reached, and what is kept secret."""

import json
import socket
import subprocess
import sys
from typing import cast

import pytest

from connectors.notify.destination import SERVICES
from connectors.notify.tests.far import call_on
from connectors.sdk.errors import (
    Auth,
    Config,
    Data,
    Failure,
    NotFound,
    OutcomeUnknown,
    RateLimited,
    Transient,
)
from connectors.sdk.operation import Write
from connectors.sdk.registry import connector, operation
from connectors.sdk.session import LiveCall
from connectors.sdk.testing import MARK
from connectors.sdk.wire import Exchange, Json
from tests.connectors.far import FarServer, answer

SEND = cast(Write, operation("notify.send_message"))
PLACE = "s3cret-t0ken-of-the-hook"


def sent(call: LiveCall, **data: Json) -> Json:
    given = {"title": "Invoice made", "body": "SI-57", "kind": "success", **data}
    return SEND.result(given, call.send(SEND.prepare(call, given, MARK)))


def hook(port: int, **more: Json) -> LiveCall:
    address = f"json://127.0.0.1:{port}/{PLACE}"
    return call_on(f"http://127.0.0.1:{port}", {"address": address}, auth="api_key", **more)


def receiver(status: str = "200 OK", headers: str = "") -> FarServer:
    def reply(connection: socket.socket, _request: bytes) -> None:
        connection.sendall(answer(b"{}", status=status, headers=headers, close=True))

    return FarServer(reply)


def test_a_webhook_gets_the_message() -> None:
    seen: list[Exchange] = []
    with receiver() as server:
        output = sent(hook(server.port, seen=seen))
    assert output == {"id": MARK.token, "service": "Webhook"}
    head, _, body = server.requests[0].partition(b"\r\n\r\n")
    assert head.startswith(f"POST /{PLACE} ".encode())
    told = json.loads(body)
    assert (told["title"], told["message"], told["type"]) == ("Invoice made", "SI-57", "success")
    assert [(one.method, one.status) for one in seen] == [("POST", 200)]


REFUSALS: list[tuple[str, type[Failure]]] = [
    ("302 Found", Config),
    ("400 Bad Request", Data),
    ("401 Unauthorized", Auth),
    ("403 Forbidden", Config),
    ("404 Not Found", NotFound),
    ("429 Too Many Requests", RateLimited),
    ("500 Internal Server Error", OutcomeUnknown),
    ("503 Service Unavailable", Transient),
]


@pytest.mark.parametrize(("status", "kind"), REFUSALS)
def test_each_refusal_is_the_failure_whose_recovery_fits(status: str, kind: type[Failure]) -> None:
    with receiver(status, "Retry-After: 9\r\nLocation: /elsewhere\r\n") as server:
        with pytest.raises(Failure) as caught:
            sent(hook(server.port))
        assert type(caught.value) is kind
        assert len(server.requests) == 1
    assert PLACE not in f"{caught.value.sentence}{caught.value.detail}"
    if isinstance(caught.value, RateLimited | Transient):
        assert caught.value.retry_after == 9.0


def test_an_answer_that_is_lost_leaves_the_outcome_unknown() -> None:
    with FarServer(lambda connection, _request: connection.close()) as server, pytest.raises(OutcomeUnknown):
        sent(hook(server.port))


def test_a_receiver_that_is_not_there_was_not_written_to() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    with pytest.raises(Transient):
        sent(hook(port))


def test_a_receiver_that_never_answers_is_given_up_at_the_deadline() -> None:
    def says_nothing(connection: socket.socket, _request: bytes) -> None:
        connection.recv(1)

    with FarServer(says_nothing) as server, pytest.raises(OutcomeUnknown):
        sent(hook(server.port, deadline=3.0))


def test_only_the_connections_own_host_is_reached() -> None:
    address = "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/#general"
    with pytest.raises(Config) as caught:
        sent(call_on("http://127.0.0.1:9", {"address": address}, auth="api_key"))
    assert caught.value.code == "host"
    assert "hooks.slack.com:443" in caught.value.sentence
    assert "TIiajkdnlazkcOXrIdevi7FQ" not in caught.value.detail


def test_a_public_connection_reaches_no_private_address() -> None:
    with pytest.raises(Config) as caught:
        sent(call_on("https://localhost", {"address": "jsons://localhost/x"}, auth="api_key", reach="public"))
    assert caught.value.code == "address_refused"


@pytest.mark.parametrize(
    "address",
    [
        "dbus://",
        "syslog://",
        "json",
        "https://x.test/hook",
        "json://127.0.0.1/x?template=/etc/passwd",
        "jira://",
    ],
)
def test_what_is_no_service_address_is_refused(address: str) -> None:
    call = call_on("http://127.0.0.1:9", {"address": address}, auth="api_key")
    with pytest.raises(Config) as caught:
        sent(call)
    assert caught.value.code == "address"


def test_a_service_takes_no_recipients() -> None:
    with pytest.raises(Data):
        sent(hook(9), to=["ana@far.test"])


def test_a_service_is_known_by_its_address_and_does_not_show_it() -> None:
    found = connector("notify").client.identify(hook(9))
    other = connector("notify").client.identify(hook(19))
    assert found.id != other.id
    assert found.id.startswith("json-")
    assert PLACE not in f"{found.id}{found.name}"


def test_apprise_knows_every_service_we_name() -> None:
    """Asked in a process of its own, as always: Apprise changes the process that loads it."""
    asked = (
        "import apprise, json; found = apprise.Apprise().details()['schemas'];"
        "print(json.dumps([s for one in found for s in [*(one['protocols'] or []), *(one['secure_protocols'] or [])]]))"
    )
    told = subprocess.run(
        [sys.executable, "-c", asked], capture_output=True, text=True, check=True, timeout=60
    )
    assert set(SERVICES) <= set(json.loads(told.stdout))
