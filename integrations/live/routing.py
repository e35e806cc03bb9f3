"""The socket's address. Anything else below /ws/ is closed at once."""

from typing import Any

from channels.routing import URLRouter
from channels.sessions import SessionMiddlewareStack
from django.urls import path, re_path

from integrations.live.consumer import LiveConsumer
from integrations.live.origin import OwnOriginOnly

__all__ = ["socket"]


async def _nobody(_scope: Any, receive: Any, send: Any) -> None:
    await receive()
    await send({"type": "websocket.close", "code": 1008})


nobody: Any = _nobody
socket = OwnOriginOnly(
    SessionMiddlewareStack(URLRouter([path("ws/v1/", LiveConsumer.as_asgi()), re_path(r"^.*$", nobody)]))
)
