"""The effect ledger: meeting, intending and settling effects. Every function here runs inside the writer's transaction
unless it says that it only reads."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F, Max
from django.utils import timezone

from connectors.sdk.operation import Match, Write
from connectors.sdk.wire import Json, Request
from integrations.effects.models import CrossReference, Effect, EffectKey
from integrations.payloads import codec
from integrations.runs.claim import wake_waiting

__all__ = [
    "Intent",
    "KeysDisagree",
    "adopt_found",
    "confirm",
    "intend",
    "mark_unknown",
    "meet",
    "next_generation",
    "refuse",
    "take_over",
    "token",
]

SETTLED = (Effect.State.CONFIRMED, Effect.State.REFUSED)


class KeysDisagree(Exception):  # noqa: N818 - a finding for a person, not a programming error
    """The keys of one find-or-create point to different effects."""

    def __init__(self, effects: Sequence[Effect]) -> None:
        super().__init__("keys point to different effects")
        self.effects = effects


@dataclass(frozen=True, slots=True)
class Intent:
    """What one run means to do: everything the ledger needs to know before the request is sent."""

    account: str
    record: str
    kind: str
    keys: tuple[str, ...]
    strategy: str
    operation: str
    connection_id: int
    run_id: int
    flow_key: str
    path: str
    attempt: int
    deadline: float
    generation: int = 1


def token(effect_id: int) -> str:
    """What a run waiting for this effect is parked on."""
    return f"effect:{effect_id}"


def meet(intent: Intent) -> Effect | None:
    """The effect that any of the keys means, or None. Only reads. Raises `KeysDisagree`."""
    met = EffectKey.objects.filter(account=intent.account, record=intent.record, key__in=intent.keys)
    effects = list(Effect.objects.filter(pk__in=met.values("effect_id")))
    if len(effects) > 1:
        raise KeysDisagree(effects)
    return effects[0] if effects else None


def next_generation(intent: Intent) -> int:
    """1, or one more than what a person has had made again under this identity. Only reads."""
    former = Effect.objects.filter(account=intent.account, record=intent.record, identity=intent.keys[0])
    return int(former.aggregate(most=Max("generation"))["most"] or 0) + 1


def intend(
    intent: Intent, *, request: Request, payload: Json, payload_hash: str, freed: Effect | None
) -> Effect | None:
    """Record the effect as intended, with the exact request. None = somebody else holds one of its keys: meet it again.

    `freed` is a refused effect whose identity is free again: it is taken, if nobody else took it meanwhile.
    """
    values = {
        **_origin(intent),
        "state": Effect.State.INTENDED,
        "request": codec.pack(request.to_json(), klass="request"),
        "payload": codec.pack(payload, klass="effect"),
        "payload_hash": payload_hash,
        "settled_at": None,
        "empty_lookups": 0,
        "note": "",
        "look_at": timezone.now() + timedelta(seconds=2 * intent.deadline),
    }
    if freed is not None:
        taken = Effect.objects.filter(pk=freed.pk, fence=freed.fence, state=Effect.State.REFUSED)
        if not taken.update(**values, fence=F("fence") + 1):
            return None
        _add_keys(intent, freed.pk)
        return Effect.objects.get(pk=freed.pk)
    return _insert(intent, values)


def _origin(intent: Intent) -> dict[str, Any]:
    """Who means it, where in which flow, and how it is kept from happening twice."""
    return {
        "kind": intent.kind,
        "strategy": intent.strategy,
        "operation": intent.operation,
        "connection_id": intent.connection_id,
        "run_id": intent.run_id,
        "run_number": intent.run_id,
        "flow_key": intent.flow_key,
        "path": intent.path,
        "attempt": intent.attempt,
        "intended_at": timezone.now(),
    }


def _insert(intent: Intent, values: Mapping[str, Any]) -> Effect | None:
    try:
        with transaction.atomic():
            effect = Effect.objects.create(
                account=intent.account,
                record=intent.record,
                identity=intent.keys[0],
                generation=intent.generation,
                fence=1,
                **values,
            )
            rows = [_key(intent, key, effect.pk) for key in intent.keys]
            EffectKey.objects.bulk_create(rows)
    except IntegrityError:
        return None
    return effect


def _key(intent: Intent, key: str, effect_id: int) -> EffectKey:
    return EffectKey(account=intent.account, record=intent.record, key=key, effect_id=effect_id)


def _add_keys(intent: Intent, effect_id: int) -> None:
    """A find-or-create met by one of its keys learns the others."""
    rows = [_key(intent, key, effect_id) for key in intent.keys]
    EffectKey.objects.bulk_create(rows, ignore_conflicts=True)


def adopt_found(intent: Intent, match: Match) -> Effect | None:
    """A find-or-create found its record in the far system: confirmed without a write. None = meet again."""
    values = {
        **_origin(intent),
        "state": Effect.State.CONFIRMED,
        "payload_hash": "",
        "far_id": match.far_id,
        "matched_by": match.matched_by,
        "output": codec.pack(match.output, klass="effect"),
        "settled_at": timezone.now(),
    }
    effect = _insert(intent, values)
    if effect is not None:
        _cross_reference(effect)
    return effect


def learn_keys(intent: Intent, effect: Effect) -> None:
    """Remember further keys of a find-or-create that was met by one of them."""
    _add_keys(intent, effect.pk)


def take_over(effect: Effect) -> Effect | None:
    """Become the one who settles an unsettled effect. None = somebody else was quicker."""
    mine = Effect.objects.filter(pk=effect.pk, fence=effect.fence).exclude(state__in=SETTLED)
    if not mine.update(fence=F("fence") + 1, look_at=timezone.now() + timedelta(seconds=120)):
        return None
    return Effect.objects.get(pk=effect.pk)


def confirm(effect: Effect, operation: Write, output: Json, *, matched_by: str = "") -> bool:
    """The far system has done it: result, amount and cross-reference in one commit; waiting runs are woken."""
    amount = operation.amount(output) or {}
    settled = Effect.objects.filter(pk=effect.pk, fence=effect.fence).exclude(state__in=SETTLED)
    changed = settled.update(
        state=Effect.State.CONFIRMED,
        far_id=operation.far_id(output),
        output=codec.pack(output, klass="effect"),
        matched_by=matched_by,
        amount=Decimal(amount["amount"]) if amount.get("amount") else None,
        currency=amount.get("currency", ""),
        settled_at=timezone.now(),
        look_at=None,
    )
    if changed:
        _cross_reference(Effect.objects.get(pk=effect.pk))
        wake_waiting(token(effect.pk))
    return bool(changed)


def refuse(effect: Effect, note: str) -> bool:
    """The far system certainly did nothing: the identity is free again."""
    settled = Effect.objects.filter(pk=effect.pk, fence=effect.fence).exclude(state__in=SETTLED)
    changed = settled.update(
        state=Effect.State.REFUSED, note=note[:500], settled_at=timezone.now(), look_at=None
    )
    if changed:
        wake_waiting(token(effect.pk))
    return bool(changed)


def mark_unknown(effect: Effect, note: str, *, look_in: float, empty_lookups: int = 0) -> bool:
    """Nobody knows whether it happened: it is looked up before anything is sent again."""
    unsettled = Effect.objects.filter(pk=effect.pk, fence=effect.fence).exclude(state__in=SETTLED)
    return bool(
        unsettled.update(
            state=Effect.State.UNKNOWN,
            note=note[:500],
            look_at=timezone.now() + timedelta(seconds=look_in),
            empty_lookups=empty_lookups,
        )
    )


def _cross_reference(effect: Effect) -> None:
    """Which record here is which record there."""
    if effect.kind != "create" or not effect.far_id:
        return
    environment_id = effect.connection.environment_id if effect.connection else None
    if environment_id is None:
        return
    CrossReference.objects.get_or_create(
        account=effect.account,
        record=effect.record,
        far_id=effect.far_id,
        source_record=effect.flow_key,
        source_id=effect.identity,
        defaults={"environment_id": environment_id, "effect": effect},
    )
