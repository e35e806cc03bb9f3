"""Only our own page may open the socket: its Origin must be the public one exactly, its Host one of ours."""

from collections.abc import Awaitable, Callable, Iterable
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http.request import split_domain_port, validate_host

__all__ = ["OwnOriginOnly", "is_own"]

App = Callable[[dict[str, Any], Any, Any], Awaitable[None]]


class OwnOriginOnly:
    """ASGI: closes the handshake (403) of a page that isn't ours, and of a client that doesn't say where it comes from."""

    def __init__(self, app: App) -> None:
        self._app = app

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        if is_own(scope.get("headers", ())):
            await self._app(scope, receive, send)
            return
        await receive()
        await send({"type": "websocket.close", "code": 1008})


def is_own(headers: Iterable[tuple[bytes, bytes]]) -> bool:
    """Whether Origin and Host are ours. Two Origin headers are none."""
    origins = [value.decode("latin-1") for name, value in headers if name.lower() == b"origin"]
    hosts = [value.decode("latin-1") for name, value in headers if name.lower() == b"host"]
    if len(origins) != 1 or len(hosts) != 1:
        return False
    domain, _ = split_domain_port(hosts[0])
    return _origin(origins[0]) == _origin(settings.PUBLIC_URL) and bool(
        domain and validate_host(domain, settings.ALLOWED_HOSTS)
    )


def _origin(url: str) -> tuple[str, str, int] | None:
    """(scheme, host, port), default ports written out."""
    try:
        parts = urlsplit(url)
        port = parts.port or {"http": 80, "https": 443}.get(parts.scheme)
    except ValueError:
        return None
    if not parts.hostname or port is None:
        return None
    return parts.scheme, parts.hostname.lower(), port
