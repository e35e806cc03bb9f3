"""ION messaging: the ping, and BODs handed over as JSON or as multipart."""

import email
import email.policy
import json
from collections.abc import Mapping

from connectors.infor.sandbox.oauth import TENANT
from connectors.sdk.sandbox.http import RefusedError, Reply, Request
from connectors.sdk.sandbox.simulator import Route, World
from connectors.sdk.wire import Json

__all__ = ["ROUTES"]

_BASE = f"/{TENANT}/IONSERVICES/api/ion/messaging/service"
_NEEDED = ("documentName", "fromLogicalId", "toLogicalId")


def ping(_world: World, _request: Request) -> Reply:
    return Reply({"status": "OK"})


def message(world: World, request: Request) -> Reply:
    """One JSON object with the document inside."""
    body = _json(request.body)
    document = body.get("document")
    if not isinstance(document, dict) or not document.get("value"):
        raise _bad("document")
    return _taken(world, body, str(document["value"]))


def multipart(world: World, request: Request) -> Reply:
    """The parts ParameterRequest (JSON) and MessagePayload."""
    head = f"Content-Type: {request.headers.get('content-type', '')}\r\n\r\n".encode()
    mail = email.message_from_bytes(head + request.body, policy=email.policy.HTTP)
    parts = {
        str(part.get_param("name", header="content-disposition")): part.get_payload(decode=True)
        for part in (mail.iter_parts() if mail.is_multipart() else ())
    }
    payload = parts.get("MessagePayload")
    if not isinstance(payload, bytes):
        raise _bad("MessagePayload")
    asked = parts.get("ParameterRequest")
    return _taken(
        world, _json(asked if isinstance(asked, bytes) else b""), payload.decode("utf-8", "replace")
    )


def _taken(world: World, parameters: Mapping[str, Json], payload: str) -> Reply:
    for name in _NEEDED:
        if not parameters.get(name):
            raise _bad(name)
    number = str(world.records.next_number("message", 1))
    kept = {
        "id": number,
        "messageId": str(parameters.get("messageId") or f"lid-{number}"),
        "documentName": str(parameters["documentName"]),
        "fromLogicalId": str(parameters["fromLogicalId"]),
        "payload": payload,
    }
    world.records.put("message", number, kept)
    return Reply({"status": "OK", "messageId": kept["messageId"]}, 201)


def _json(body: bytes) -> dict[str, Json]:
    try:
        found = json.loads(body)
    except ValueError as error:
        raise _bad("body") from error
    if not isinstance(found, dict):
        raise _bad("body")
    return found


def _bad(name: str) -> RefusedError:
    return RefusedError(
        Reply({"status": "BAD_REQUEST", "message": f"{name} is missing or can't be read"}, 400)
    )


ROUTES = (
    Route("GET", f"{_BASE}/ping", ping),
    Route("POST", f"{_BASE}/<version:v2|v3>/message", message),
    Route("POST", f"{_BASE}/<version:v2|v3>/multipartMessage", multipart),
)
