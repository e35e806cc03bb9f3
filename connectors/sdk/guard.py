"""Which addresses a connection may reach: the private-address guard (DESIGN §5).

The rule is applied to the very address a socket is about to connect to, so neither a redirect nor a second answer of
the name server can go round it.
"""

import ipaddress
import socket
from dataclasses import dataclass
from functools import cache
from threading import Thread
from typing import Literal
from urllib.parse import urlsplit

from AntiSSRF import IPAddressRanges

from connectors.sdk.errors import Config, Transient

__all__ = ["Origin", "Reach", "allowed", "origin_of", "resolve"]

Reach = Literal["public", "private", "sandbox"]
_Address = ipaddress.IPv4Address | ipaddress.IPv6Address
_PORTS = {"https": 443, "http": 80}


@dataclass(frozen=True, slots=True)
class Origin:
    """Scheme, host and port: where a connection's requests go, and nowhere else."""

    scheme: str
    host: str
    port: int


def origin_of(url: str, reach: Reach) -> Origin:
    """The origin of a base URL. Raises `Config` for anything but plain http(s), and for what `reach` can't mean."""
    try:
        parts = urlsplit(url)
        port = parts.port or _PORTS.get(parts.scheme, 0)
    except ValueError as error:
        raise Config(f"“{url}” is not a web address.", code="base_url") from error
    if (
        parts.scheme not in _PORTS
        or not parts.hostname
        or parts.username
        or parts.password
        or parts.query
        or parts.fragment
    ):
        raise Config(
            "The base URL must look like https://host/path.", code="base_url", detail=parts.hostname or ""
        )
    if reach == "public" and parts.scheme != "https":
        raise Config("Only https is allowed, unless the connection is marked on-premise.", code="base_url")
    if reach == "sandbox" and not _is_loopback(parts.hostname):
        raise Config("A sandbox connection must point to this machine (127.0.0.1).", code="base_url")
    return Origin(parts.scheme, parts.hostname, port)


def allowed(address: str, reach: Reach) -> bool:
    """Whether a socket may connect to this IP address. IPv4-mapped addresses count as the IPv4 address inside."""
    try:
        ip: _Address = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address) and ip.ipv4_mapped:
        ip = ip.ipv4_mapped
    if reach == "sandbox":
        return ip.is_loopback
    if reach == "private":
        return not (ip.is_multicast or ip.is_unspecified or _in(ip, _never()))
    return ip.is_global and not _in(ip, _reserved())


def resolve(host: str, port: int, seconds: float) -> list[tuple[int, tuple[str, int]]]:
    """(family, (address, port)) of `host`, waiting at most `seconds`. Raises `Transient` when the name doesn't resolve."""
    try:
        ip = ipaddress.ip_address(host.strip("[]").partition("%")[0])
    except ValueError:
        return _look_up(host, port, seconds)
    family = socket.AF_INET if isinstance(ip, ipaddress.IPv4Address) else socket.AF_INET6
    return [(family, (str(ip), port))]


def _look_up(host: str, port: int, seconds: float) -> list[tuple[int, tuple[str, int]]]:
    found: list[tuple[int, tuple[str, int]]] = []
    problem: list[str] = []

    def ask() -> None:
        try:
            for family, _, _, _, address in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM):
                found.append((int(family), (str(address[0]), port)))
        except OSError as error:
            problem.append(str(error))

    thread = Thread(target=ask, name="resolve", daemon=True)
    thread.start()
    thread.join(seconds)
    if thread.is_alive() or not found:
        raise Transient(
            f"The name {host} could not be resolved.", code="dns", detail="".join(problem) or "timed out"
        )
    return list(found)


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _in(ip: _Address, networks: tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]) -> bool:
    return any(ip in network for network in networks if network.version == ip.version)


@cache
def _reserved() -> tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]:
    return tuple(ipaddress.ip_network(text) for text in IPAddressRanges.recommended_latest)


@cache
def _never() -> tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]:
    """Addresses of cloud metadata services: never a far system, not even on-premise."""
    texts = (
        *IPAddressRanges.imds,
        *IPAddressRanges.wireserver,
        *IPAddressRanges.link_local,
        "fd00:ec2::254/128",
    )
    return tuple(ipaddress.ip_network(text) for text in texts)
