"""A browser tab at the live socket, in this process: signs in by a session cookie, says things, hears frames."""

import json
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from importlib import import_module
from typing import Any

import pytest
from asgiref.testing import ApplicationCommunicator
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.models import User

from integrations.asgi import application
from integrations.live.consumer import LiveConsumer
from integrations.live.tails import Hub

__all__ = ["Tab", "hub", "session_of", "tab"]

ORIGIN = settings.PUBLIC_URL
HOST = "127.0.0.1:8001"


class Tab:
    """An open socket."""

    def __init__(self, communicator: Any) -> None:
        self._socket = communicator

    async def say(self, **frame: Any) -> None:
        await self._socket.send_input({"type": "websocket.receive", "text": json.dumps(frame)})

    async def hear(self, seconds: float = 5) -> dict[str, Any]:
        """The next frame."""
        event = await self._socket.receive_output(timeout=seconds)
        assert event["type"] == "websocket.send", event
        return dict(json.loads(event["text"]))

    async def hears_nothing(self, seconds: float = 0.35) -> bool:
        return bool(await self._socket.receive_nothing(timeout=seconds))

    async def closed_with(self) -> int:
        """The close code, past frames that were under way."""
        while True:
            event = await self._socket.receive_output(timeout=5)
            if event["type"] == "websocket.close":
                return int(event["code"])


def session_of(user: User) -> str:
    """The cookie of a browser in which `user` has signed in."""
    store = import_module(settings.SESSION_ENGINE).SessionStore()
    store[SESSION_KEY] = str(user.pk)
    store[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    store[HASH_SESSION_KEY] = user.get_session_auth_hash()
    store.save()
    return str(store.session_key)


@asynccontextmanager
async def hub(patch: pytest.MonkeyPatch) -> AsyncIterator[Hub]:
    """A hub of this test's own, closed at its end."""
    made = Hub()
    patch.setattr(LiveConsumer, "hub", made)
    try:
        yield made
    finally:
        await made.close()


@asynccontextmanager
async def tab(
    session: str,
    *,
    origin: str = ORIGIN,
    host: str = HOST,
    path: str = "/ws/v1/",
    more: Iterable[tuple[bytes, bytes]] = (),
) -> AsyncIterator[tuple[Tab, bool]]:
    """(tab, whether the handshake was accepted)."""
    headers = (
        [(b"origin", origin.encode()), (b"host", host.encode()), *more]
        if origin
        else [(b"host", host.encode())]
    )
    if session:
        headers.append((b"cookie", f"{settings.SESSION_COOKIE_NAME}={session}".encode()))
    scope = {"type": "websocket", "path": path, "query_string": b"", "headers": headers, "subprotocols": []}
    communicator: Any = ApplicationCommunicator(application, scope)
    await communicator.send_input({"type": "websocket.connect"})
    answer = await communicator.receive_output(timeout=5)
    try:
        yield Tab(communicator), answer["type"] == "websocket.accept"
    finally:
        await communicator.send_input({"type": "websocket.disconnect", "code": 1000})
        await communicator.wait(timeout=5)
