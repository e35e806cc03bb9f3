"""Signing in to the bench target, and how it recognises a repeated request."""

from datetime import timedelta

from connectors.sdk.account import AccountIdentity
from connectors.sdk.auth import bearer
from connectors.sdk.client import Client
from connectors.sdk.operation import Call, Idempotency, Mark

__all__ = ["CLIENT", "NATIVE", "key_header"]

NATIVE = Idempotency("native", scope="the target, by its Idempotency-Key header", window=timedelta(hours=24))


def identify(call: Call) -> AccountIdentity:
    account = call.get("/me")
    return AccountIdentity(account["id"], account["id"])


def key_header(mark: Mark) -> dict[str, str]:
    """The header by which a repeated request answers as the first one did."""
    return {"Idempotency-Key": mark.guid}


CLIENT = Client(auth=(bearer(),), identify=identify)
