"""`idempotency_id`: the same id within seven days gets the first answer again, whatever the body says now."""

import json
from collections.abc import Callable
from decimal import Decimal

from connectors.sdk.sandbox.http import Reply, encode
from connectors.sdk.sandbox.simulator import World
from connectors.sdk.sandbox.store import Record

__all__ = ["KEPT_SECONDS", "once"]

KEPT_SECONDS = 7 * 86_400


def once(world: World, body: Record, make: Callable[[], Reply]) -> Reply:
    """`make()`'s answer, or the one kept under the body's `idempotency_id`."""
    key = str(body.get("idempotency_id") or "")
    if not key:
        return make()
    now = world.clock.millis()
    kept = world.records.get("idempotency", key)
    if kept and kept["at"] + KEPT_SECONDS * 1000 > now:
        return Reply(json.loads(kept["answer"], parse_float=Decimal), kept["status"])
    reply = make()
    world.records.put(
        "idempotency", key, {"at": now, "status": reply.status, "answer": encode(reply.value).decode()}
    )
    return reply
