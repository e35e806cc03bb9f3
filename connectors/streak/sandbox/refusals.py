"""How Streak refuses: the known bodies, word for word where they are known."""

import base64
import binascii
from typing import NoReturn

from connectors.sdk.sandbox.http import RefusedError, Reply, Request
from connectors.sdk.sandbox.simulator import World

__all__ = ["caller", "guard", "lost", "missing", "refusal", "refuse"]

UNKNOWN_KEY_STATUS = 404
"""For a well-formed key that nothing has: the real choice between 400 and 404 isn't documented."""


def refuse(message: str, status: int = 400, code: int | None = None) -> NoReturn:
    """Answer `status` with Streak's error body."""
    body = {"success": False, "error": message}
    raise RefusedError(Reply(body if code is None else {**body, "errorCode": code}, status))


def missing(entity: str) -> NoReturn:
    """No such record, or no access to it."""
    refuse(f"{entity} not found", UNKNOWN_KEY_STATUS)


def lost(_reason: str) -> Reply:
    """An unknown path, or a known one with another method."""
    return Reply({"error": "Invalid API path specified", "success": False}, 400)


def refusal(kind: str, millis: int) -> Reply:
    """The answers of the fault switches."""
    if kind == "rate_limit":
        return Reply(
            {"success": False, "error": "Too many requests"}, 429, {"Retry-After": str(-(-millis // 1000))}
        )
    if kind == "refuse":
        return Reply({"success": False, "error": "invalid api key"}, 401)
    if kind == "unavailable":
        return Reply({"success": False, "error": "Service unavailable"}, 503)
    return Reply({"success": False, "error": "Internal server error"}, 500)


def guard(world: World, request: Request) -> None:
    """Refuse a request without a known API key."""
    caller(world, request)


def caller(world: World, request: Request) -> str:
    """The key of the user whose API key signs the request: Basic (key as user, with or without colon) or Bearer."""
    scheme, _, value = request.headers.get("authorization", "").partition(" ")
    if not value:
        raise RefusedError(Reply({"error": "Authentication required"}, 401))
    known = world.records.get("apikey", _basic_user(value) if scheme.lower() == "basic" else value.strip())
    if known is None:
        raise RefusedError(Reply({"success": False, "error": "invalid api key"}, 401))
    return str(known["userKey"])


def _basic_user(value: str) -> str:
    try:
        return base64.b64decode(value, validate=True).decode().partition(":")[0]
    except (binascii.Error, UnicodeDecodeError):
        return ""
