"""Settling effects: confirmed, refused or unknown, each under its fence and in the commit that records the step. Every function
here runs inside the writer's transaction."""

from datetime import timedelta
from decimal import Decimal

from django.db.models import F
from django.utils import timezone

from connectors.sdk.operation import Write
from connectors.sdk.wire import Json
from integrations.effects import content, positions, statements
from integrations.effects.content import About
from integrations.effects.models import Effect
from integrations.payloads import codec
from integrations.runs.afterwards import insert_later, once_for_all

__all__ = [
    "SETTLED",
    "confirm",
    "cross_reference",
    "mark_unknown",
    "refuse",
    "rewrite",
    "send_again",
    "take_over",
    "token",
]

SETTLED = (Effect.State.CONFIRMED, Effect.State.REFUSED)


def token(effect_id: int) -> str:
    """What a run waiting for this effect is parked on."""
    return f"effect:{effect_id}"


def take_over(effect: Effect) -> Effect | None:
    """Become the one who settles an unsettled effect. None = somebody else was quicker."""
    mine = Effect.objects.filter(pk=effect.pk, fence=effect.fence).exclude(state__in=SETTLED)
    if not mine.update(fence=F("fence") + 1, look_at=timezone.now() + timedelta(seconds=120)):
        return None
    return Effect.objects.select_related("connection").get(pk=effect.pk)


def send_again(effect: Effect) -> bool:
    """Right before a stored request is sent once more: settle times count from now, and look-ups begin anew."""
    effect.sent_again_at, effect.empty_lookups = timezone.now(), 0
    return statements.settle(effect, {"sent_again_at": effect.sent_again_at, "empty_lookups": 0})


def confirm(effect: Effect, operation: Write, output: Json, *, matched_by: str = "") -> bool:
    """The far system has done it: result, amount and cross-reference in one commit; waiting runs are woken."""
    amount = operation.amount(output) or {}
    changed = statements.settle(
        effect,
        {
            "state": Effect.State.CONFIRMED,
            "far_id": operation.far_id(output)[:200],
            "output": codec.pack(output, klass="effect"),
            "matched_by": matched_by,
            "amount": Decimal(amount["amount"]) if amount.get("amount") else None,
            "currency": amount.get("currency", ""),
            "settled_at": timezone.now(),
            "look_at": None,
        },
    )
    if not changed:
        return False
    about = content.about_of(effect)
    if effect.kind == "update":
        positions.remember(effect, operation.unmarked(content.request_of(effect)), about)
        statements.release_keys(effect)
    effect.far_id = operation.far_id(output)[:200]
    if effect.connection is not None:
        cross_reference(effect, about, effect.connection.environment_id)
    once_for_all(statements.wake, token(effect.pk))
    return True


def rewrite(effect: Effect, operation: Write, output: Json, request: bytes, payload_hash: str) -> None:
    """A confirmed effect's far record was written over by another effect: what it means now, and what it is worth."""
    amount = operation.amount(output) or {}
    Effect.objects.filter(pk=effect.pk, state=Effect.State.CONFIRMED).update(
        request=request,
        payload_hash=payload_hash,
        output=codec.pack(output, klass="effect"),
        amount=Decimal(amount["amount"]) if amount.get("amount") else None,
        currency=amount.get("currency", ""),
    )


def refuse(effect: Effect, note: str) -> bool:
    """The far system certainly did nothing: the identity is free again."""
    changed = statements.settle(
        effect,
        {
            "state": Effect.State.REFUSED,
            "note": note[:500],
            "settled_at": timezone.now(),
            "look_at": None,
        },
    )
    if changed:
        if effect.kind == "update":
            statements.release_keys(effect)
        once_for_all(statements.wake, token(effect.pk))
    return changed


def mark_unknown(effect: Effect, note: str, *, look_in: float | None, empty_lookups: int = 0) -> bool:
    """Nobody knows whether it happened: it is looked up before anything is sent again. `look_in` None: only a person can."""
    look_at = None if look_in is None else timezone.now() + timedelta(seconds=look_in)
    return statements.settle(
        effect,
        {
            "state": Effect.State.UNKNOWN,
            "note": note[:500],
            "look_at": look_at,
            "empty_lookups": empty_lookups,
        },
    )


def cross_reference(effect: Effect, about: About, environment_id: int) -> None:
    """Which record here is which record there; a record that is only written back to is not its own reference."""
    source_id = positions.source_id(about) or effect.identity
    if effect.kind == "delete" or not effect.far_id or source_id == effect.far_id:
        return
    row = [
        environment_id,
        (about.record or effect.flow_key)[:64],
        source_id,
        effect.account,
        effect.record,
        effect.far_id,
        effect.pk,
        timezone.now(),
    ]
    insert_later(statements.CROSS_REFERENCES, row)
