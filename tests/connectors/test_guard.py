"""The private-address guard: what a connection may reach, whatever the name or spelling."""

import socket
import ssl
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from connectors.sdk import transport
from connectors.sdk.errors import Config, Transient
from connectors.sdk.guard import Reach, allowed
from connectors.sdk.http import Http, Route
from connectors.sdk.wire import Request
from tests.connectors.far import answer, read_request

GET = Request("GET", "/x")

PRIVATE = [
    "127.0.0.1",
    "127.8.9.1",
    "::1",
    "::ffff:127.0.0.1",
    "::ffff:10.1.2.3",
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "::ffff:169.254.169.254",
    "100.64.0.1",
    "0.0.0.0",  # noqa: S104 - an address to refuse
    "::",
    "fd00::1",
    "fe80::1",
    "fe80::1%eth0",
    "64:ff9b::7f00:1",
    "2002:7f00:1::",
    "224.0.0.1",
    "255.255.255.255",
    "168.63.129.16",
    "192.0.2.1",
    "not an address",
]


@pytest.mark.parametrize("address", PRIVATE)
def test_a_public_connection_reaches_no_private_address(address: str) -> None:
    assert not allowed(address, "public")


CASES: list[tuple[str, Reach, bool]] = [
    ("93.184.216.34", "public", True),
    ("2606:2800:220:1::1", "public", True),
    ("::ffff:93.184.216.34", "public", True),
    ("10.1.2.3", "private", True),
    ("127.0.0.1", "private", True),
    ("93.184.216.34", "private", True),
    ("169.254.169.254", "private", False),
    ("::ffff:169.254.169.254", "private", False),
    ("fd00:ec2::254", "private", False),
    ("0.0.0.0", "private", False),  # noqa: S104 - an address to refuse
    ("127.0.0.1", "sandbox", True),
    ("::1", "sandbox", True),
    ("10.1.2.3", "sandbox", False),
    ("93.184.216.34", "sandbox", False),
]


@pytest.mark.parametrize(("address", "reach", "expected"), CASES)
def test_each_reach_allows_its_own_addresses(address: str, reach: Reach, *, expected: bool) -> None:
    assert allowed(address, reach) is expected


SPELLINGS = [
    "127.0.0.1",
    "[::1]",
    "[::ffff:127.0.0.1]",
    "localhost",
    "127.1",
    "2130706433",
    "0x7f000001",
    "[64:ff9b::7f00:1]",
]


@pytest.mark.parametrize("host", SPELLINGS)
def test_no_spelling_of_this_machine_is_connected_to(host: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0)
        http = Http(
            Route(f"https://{host}:{listener.getsockname()[1]}", connection=f"spelling {host}", deadline=5.0)
        )
        with pytest.raises((Config, Transient)):
            http.send(GET, {})
        with pytest.raises(BlockingIOError):
            listener.accept()


def test_a_name_with_one_private_address_among_public_ones_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def answers(_host: str, port: int, **_: Any) -> list[Any]:
        return [(socket.AF_INET, 1, 6, "", (address, port)) for address in ("93.184.216.34", "10.0.0.1")]

    monkeypatch.setattr(socket, "getaddrinfo", answers)
    with pytest.raises(Config) as caught:
        Http(Route("https://rebinding.test", connection="rebinding")).send(GET, {})
    assert caught.value.code == "address_refused"


def test_a_sandbox_name_that_resolves_elsewhere_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        socket, "getaddrinfo", lambda _h, port, **_: [(socket.AF_INET, 1, 6, "", ("10.0.0.1", port))]
    )
    with pytest.raises(Config):
        Http(Route("http://localhost:8000", "sandbox", "elsewhere")).send(GET, {})


def test_a_name_that_does_not_resolve_is_transient(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: Any, **__: Any) -> list[Any]:
        raise socket.gaierror("no such name")

    monkeypatch.setattr(socket, "getaddrinfo", fails)
    with pytest.raises(Transient) as caught:
        Http(Route("https://nowhere.test", connection="nowhere")).send(Request("POST", "/x"), {})
    assert caught.value.code == "dns"


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A certificate for 127.0.0.1 that is its own authority, with its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "far")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path / "far.pem"
    path.write_bytes(
        made.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return path


@pytest.fixture
def tls_far(certificate: Path) -> Iterator[int]:
    """A far system over TLS that answers each request with {"over": "tls"} until the test ends; gives its port."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                plain, _ = listener.accept()
                with context.wrap_socket(plain, server_side=True) as connection:
                    while read_request(connection):
                        connection.sendall(answer(b'{"over": "tls"}'))
            except ssl.SSLError:
                continue
            except OSError:
                return

    threading.Thread(target=serve, daemon=True).start()
    yield listener.getsockname()[1]
    listener.close()


def test_tls_works_under_the_deadline_with_a_trusted_certificate(
    tls_far: int, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("certifi.where", lambda: str(certificate))
    transport._tls_context.cache_clear()
    try:
        http = Http(Route(f"https://127.0.0.1:{tls_far}", "private", "trusted"))
        assert [http.send(GET, {}).json for _ in range(2)] == [{"over": "tls"}] * 2
    finally:
        transport._tls_context.cache_clear()


def test_an_unknown_certificate_waits_for_a_person(tls_far: int) -> None:
    with pytest.raises(Config) as caught:
        Http(Route(f"https://127.0.0.1:{tls_far}", "private", "untrusted")).send(Request("POST", "/x"), {})
    assert caught.value.code == "certificate"
