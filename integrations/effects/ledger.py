"""The effect ledger: meeting, intending and settling effects. Every function here runs inside the writer's transaction
unless it says that it only reads. Nothing here relies on an exception for a key that is taken."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import F
from django.utils import timezone

from connectors.sdk.operation import Match, Write
from connectors.sdk.wire import Json, Request
from integrations.effects import content, positions, statements
from integrations.effects.content import About
from integrations.effects.identity import mark_of
from integrations.effects.models import Effect, EffectKey
from integrations.payloads import codec
from integrations.runs.claim import wake_waiting

__all__ = [
    "SETTLED",
    "Intent",
    "KeysDisagree",
    "adopt_found",
    "confirm",
    "intend",
    "learn_keys",
    "mark_unknown",
    "meet",
    "next_generation",
    "refuse",
    "rewrite",
    "send_again",
    "take_over",
    "token",
]

SETTLED = (Effect.State.CONFIRMED, Effect.State.REFUSED)
GENERATIONS = 32  # looked at together when the next one is asked for


class KeysDisagree(Exception):  # noqa: N818 - a finding for a person, not a programming error
    """The keys of one find-or-create point to different effects."""

    def __init__(self, effects: Sequence[Effect]) -> None:
        super().__init__("keys point to different effects")
        self.effects = effects


@dataclass(frozen=True, slots=True)
class Intent:
    """What one run means to do: everything the ledger needs to know before the request is sent.

    `identity` is what the effect is; `keys` are what it is met under. `run_id` None: nobody's run (see `undo.py`).
    """

    account: str
    record: str
    kind: str
    identity: str
    keys: tuple[str, ...]
    strategy: str
    operation: str
    connection_id: int
    environment_id: int
    run_id: int | None
    run_number: int
    flow_key: str
    path: str
    attempt: int
    deadline: float
    about: About
    far_id: str = ""
    generation: int = 1

    @property
    def mark(self) -> str:
        """The token that names this effect and its generation, and no other."""
        return mark_of(self.account, self.record, self.identity, self.generation).token


def token(effect_id: int) -> str:
    """What a run waiting for this effect is parked on."""
    return f"effect:{effect_id}"


def meet(intent: Intent) -> Effect | None:
    """The effect that any of the keys means, or None. Only reads. Raises `KeysDisagree`."""
    met = Effect.objects.filter(
        keys__key__in=intent.keys, keys__record=intent.record, keys__account=intent.account
    )
    effects = {effect.pk: effect for effect in met}
    if len(effects) > 1:
        raise KeysDisagree(sorted(effects.values(), key=lambda effect: effect.pk))
    return next(iter(effects.values()), None)


def next_generation(intent: Intent) -> int:
    """1, or one more than what was made again on purpose under this identity. Only reads."""
    generation = 1
    while True:
        asked = {
            replace(intent, generation=number).mark: number
            for number in range(generation, generation + GENERATIONS)
        }
        found = Effect.objects.filter(mark__in=asked).values_list("mark", flat=True)
        latest = max((asked[mark] for mark in found), default=generation - 1)
        if latest < generation + GENERATIONS - 1:
            return latest + 1
        generation = latest + 1


def intend(
    intent: Intent,
    *,
    request: Request,
    payload_hash: str,
    freed: Effect | None = None,
    replaces: Effect | None = None,
) -> Effect | None:
    """Record the effect as intended, with the exact request. None = somebody else holds one of its keys: meet it again.

    `freed` is a refused effect whose identity is free again: it is taken, if nobody else took it meanwhile. `replaces` is
    the generation before, confirmed: its keys pass to this one.
    """
    values = {
        **_origin(intent),
        "state": Effect.State.INTENDED,
        "request": content.coded(request, intent.about),
        "payload_hash": payload_hash,
        "far_id": intent.far_id,
        "look_at": timezone.now() + timedelta(seconds=2 * intent.deadline),
    }
    if freed is not None:
        return _take_freed(intent, freed, values)
    return _insert(intent, values, replaces)


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
    effect = _insert(intent, values, None)
    if effect is not None:
        _cross_reference(effect, intent.about, intent.environment_id)
    return effect


def learn_keys(keys: Iterable[str], effect: Effect) -> None:
    """Remember further keys of a find-or-create that was met by one of them; taken ones stay where they are."""
    statements.KEYS.insert([effect.account, effect.record, key, effect.pk] for key in keys)


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
        _cross_reference(effect, about, effect.connection.environment_id)
    wake_waiting(token(effect.pk))
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
        wake_waiting(token(effect.pk))
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


def _origin(intent: Intent) -> dict[str, Any]:
    """Who means it, where in which flow, and how it is kept from happening twice."""
    return {
        "kind": intent.kind,
        "strategy": intent.strategy,
        "operation": intent.operation,
        "connection_id": intent.connection_id,
        "run_id": intent.run_id,
        "run_number": intent.run_number,
        "flow_key": intent.flow_key,
        "path": intent.path,
        "attempt": intent.attempt,
        "intended_at": timezone.now(),
    }


def _insert(intent: Intent, values: dict[str, Any], replaces: Effect | None) -> Effect | None:
    effect = Effect(
        mark=intent.mark,
        account=intent.account,
        record=intent.record,
        identity=intent.identity,
        generation=intent.generation,
        fence=1,
        **values,
    )
    made = statements.EFFECTS.insert_returning(statements.EFFECTS.values(effect.__dict__))
    if made is None:
        return _own(intent)
    effect.pk = made
    if replaces is not None:
        EffectKey.objects.filter(effect=replaces).update(effect=effect.pk)
        return effect
    for key in intent.keys:
        if statements.KEYS.insert_returning([intent.account, intent.record, key, effect.pk]) is None:
            statements.take_back(effect.pk)
            return None
    return effect


def _take_freed(intent: Intent, freed: Effect, values: dict[str, Any]) -> Effect | None:
    """A refused effect becomes this intent. An update must get its target's key as well; a create has kept its keys."""
    if intent.kind == "update":
        for key in intent.keys:
            if statements.KEYS.insert_returning([intent.account, intent.record, key, freed.pk]) is None:
                return _own(intent)
    taken = Effect.objects.filter(pk=freed.pk, fence=freed.fence, state=Effect.State.REFUSED)
    anew = {"settled_at": None, "empty_lookups": 0, "note": "", "sent_again_at": None, "matched_by": ""}
    if not taken.update(**values, **anew, fence=F("fence") + 1):
        if intent.kind == "update":
            statements.release_keys(freed)
        return _own(intent)
    learn_keys(intent.keys, freed)
    return Effect.objects.get(pk=freed.pk)


def _own(intent: Intent) -> Effect | None:
    """This very intent, written before: a commit whose answer was lost is replayed whole. None = it is somebody else's."""
    return Effect.objects.filter(
        mark=intent.mark,
        run_number=intent.run_number,
        path=intent.path,
        attempt=intent.attempt,
        empty_lookups=0,
        state__in=(Effect.State.INTENDED, Effect.State.CONFIRMED),
        intended_at__gte=_replayed_since(),
    ).first()


def _replayed_since() -> datetime:
    return timezone.now() - timedelta(seconds=60)


def _cross_reference(effect: Effect, about: About, environment_id: int) -> None:
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
    statements.CROSS_REFERENCES.insert([row])
