"""How Sage keeps a create from happening twice: an `idempotency_id` inside the record, good for seven days."""

from datetime import timedelta

from connectors.sdk.operation import Idempotency

__all__ = ["NATIVE", "native"]


def native(later: str) -> Idempotency:
    """`later` says what is done once Sage has forgotten the id."""
    return Idempotency(
        "native",
        scope=f"the business: the same idempotency_id answers as the first time; later {later}",
        window=timedelta(days=7),
    )


NATIVE = native("our mark in the notes is looked for")
