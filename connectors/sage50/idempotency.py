"""How Sage keeps a create from happening twice: an `idempotency_id` inside the record, good for seven days."""

from datetime import timedelta

from connectors.sdk.operation import Idempotency

__all__ = ["NATIVE"]

NATIVE = Idempotency(
    "native",
    scope="the business: the same idempotency_id answers as the first time; later our mark in the notes is looked for",
    window=timedelta(days=7),
)
