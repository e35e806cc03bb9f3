"""The live door: only `/ws/` is served here; over HTTP it says that it is alive."""

import os
from typing import Any

from channels.routing import ProtocolTypeRouter
from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "integrations.settings")
get_asgi_application()  # loads the apps before anything of theirs is imported

from integrations.checks import refuse_to_serve_unsafely  # noqa: E402 - needs the apps
from integrations.live.routing import socket  # noqa: E402 - needs the apps

__all__ = ["application"]

refuse_to_serve_unsafely()


async def _alive(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """200 for /healthz, 404 for everything else."""
    del receive
    status = 200 if scope["path"] == "/healthz" else 404
    body = b'{"ok": true}' if status == 200 else b'{"ok": false}'  # noqa: PLR2004 - an HTTP status
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


application = ProtocolTypeRouter({"http": _alive, "websocket": socket})
