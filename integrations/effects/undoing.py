"""Undoing what an effect made, the way its operation declares: previewed, asked for once, carried out once.

It is an effect of its own, under "compensate:<effect>:<generation>": whoever carries it out, in a run that re-issues or
for a person who asked, meets the same one. What undoes the record (credit it, remove it) is read from how it stands when
it is first carried out and kept from then on, unless the far system refuses it.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone

from connectors.sdk import errors, registry
from connectors.sdk.operation import Asked, Call, Remedy, Write
from connectors.sdk.validation import validator_for
from connectors.sdk.wire import Json
from integrations.effects import content
from integrations.effects.models import Effect, EffectKey, Undoing
from integrations.effects.step import Journal, WriteRequest, name_of
from integrations.engine.node import EffectSpec
from integrations.payloads import codec
from integrations.vault.models import Connection

__all__ = ["ALREADY", "Undo", "ask", "carry_out", "digest_of", "is_offered", "of", "offer", "withdraw"]

ALREADY = "already_undone"
"""The code of the `Conflict` by which an offer says that the record is void or gone already."""


@dataclass(frozen=True, slots=True)
class Undo:
    """One undoing and what it takes: its effect, that effect's connection, a call on it, and where traces are left."""

    asked: Undoing
    effect: Effect
    connection: Connection
    call: Call
    journal: Journal


def of(effect: Effect) -> Undoing | None:
    """What was asked about this effect so far. Only reads."""
    return Undoing.objects.filter(effect=effect).first()


def is_offered(effect: Effect) -> bool:
    """Whether the operation says how to undo it, and there is something to undo."""
    return effect.state == Effect.State.CONFIRMED and _compensated(effect) is not None


def offer(effect: Effect, call: Call, reason: str) -> Remedy:
    """What would undo it now. Only reads, here and in the far system. Raises `Conflict` when nothing can."""
    operation = _compensated(effect)
    if operation is None or operation.compensation is None or effect.state != Effect.State.CONFIRMED:
        raise errors.Conflict(f"{name_of(effect)} can't be undone from here.", code="not_undoable")
    today = timezone.now().astimezone(ZoneInfo(settings.COMPANY_TIME_ZONE)).date().isoformat()
    return operation.compensation.offer(call, effect.far_id, Asked(day=today, reason=reason))


def digest_of(remedy: Remedy) -> str:
    """What a person who confirmed a preview has seen: the same remedy has the same digest, whatever the reason says."""
    shown = asdict(replace(remedy, data=None))
    return codec.digest({**shown, "lines": [asdict(line) for line in remedy.lines]})


def ask(effect: Effect, *, by: str, reason: str, reissue: bool = False, seen: str = "") -> Undoing:
    """Ask for it, once: a second asking finds the first, and only what was held for a person is begun again.

    Inside a transaction. `reissue` is left to the run that makes it anew, also what a person had undone before that;
    everything else is carried out by a drain.
    """
    now = timezone.now()
    anew = {
        "state": Undoing.State.ASKED,
        "by": by[:150],
        "reason": reason[:500],
        "seen": seen,
        "note": "",
        "due_at": None if reissue else now,
    }
    fresh = Undoing(effect=effect, reissue=reissue, asked_at=now, **anew)
    Undoing.objects.bulk_create([fresh], ignore_conflicts=True)
    Undoing.objects.filter(effect=effect, state=Undoing.State.HELD).update(reissue=reissue, **anew)
    if reissue:
        Undoing.objects.filter(effect=effect).update(reissue=True)
    return Undoing.objects.get(effect=effect)


def withdraw(effect: Effect) -> None:
    """It is to stay after all: forget that it should be credited and made anew, unless that has been begun."""
    asked = of(effect)
    if asked is None or not asked.reissue or asked.state == Undoing.State.DONE:
        return
    if not asked.operation or not _is_begun(effect):
        Undoing.objects.filter(pk=asked.pk).exclude(state=Undoing.State.DONE).delete()


def carry_out(undo: Undo, wanted: WriteRequest, write: Callable[[WriteRequest], Json]) -> Json:
    """Write what undoes it, through the ledger; that it is done rides in the commit of its settlement.

    `wanted` says on whose behalf and at which path. None when the record turned out to be void or gone already. Raises
    `Failure` and `EffectInFlight` as any write does.
    """
    try:
        asked = _chosen(undo)
    except errors.Conflict as conflict:
        if conflict.code != ALREADY:
            raise
        sentence = conflict.sentence
        undo.journal.ride_along(lambda: _done(undo.asked, None, sentence))
        return None
    operation = registry.operation(asked.operation)
    if not isinstance(operation, Write):
        raise errors.Config(f"“{asked.operation}” writes nothing.", code="operation_gone")
    data = codec.unpack(asked.data)
    validator_for(operation.input).check(data)
    identity = identity_of(undo.effect)
    about = content.about_of(undo.effect)
    output = write(
        replace(
            wanted,
            operation_id=asked.operation,
            operation=operation,
            data=data,
            spec=EffectSpec(identity=(identity,), source=about.id or wanted.spec.source, position="1"),
        )
    )
    undo.journal.ride_along(lambda: _done(asked, identity, ""))
    return output


def identity_of(effect: Effect) -> str:
    """What the effect that undoes `effect` is met under."""
    return f"compensate:{effect.pk}:{effect.generation}"


def _chosen(undo: Undo) -> Undoing:
    """The undoing with its operation and input: those of before, or what the far record asks for now."""
    asked = undo.asked
    if asked.operation and not _was_refused(undo.effect):
        return asked
    remedy = offer(undo.effect, undo.call, asked.reason)
    if asked.seen and digest_of(remedy) != asked.seen:
        raise errors.Conflict(
            "The record has changed since the preview was confirmed. Nothing was written. Look at the preview again.",
            code="changed_since_preview",
        )
    asked.operation, asked.data = remedy.operation, codec.pack(remedy.data, klass="effect")
    undo.journal.commit(
        lambda: Undoing.objects.filter(pk=asked.pk).update(operation=asked.operation, data=asked.data)
    )
    return asked


def _was_refused(effect: Effect) -> bool:
    return _states(effect) == {Effect.State.REFUSED}


def _is_begun(effect: Effect) -> bool:
    """Something was sent that may undo it."""
    return bool(_states(effect) - {Effect.State.REFUSED})


def _states(effect: Effect) -> set[str]:
    """The states of the effects that were meant to undo this one."""
    met = EffectKey.objects.filter(key=identity_of(effect), account=effect.account)
    return set(Effect.objects.filter(keys__in=met).values_list("state", flat=True))


def _done(asked: Undoing, identity: str | None, note: str) -> None:
    """In the commit that settles the effect that did it; that one is known by its key."""
    key = EffectKey.objects.filter(key=identity, account=asked.effect.account).first() if identity else None
    Undoing.objects.filter(pk=asked.pk).update(
        state=Undoing.State.DONE,
        done_by=key.effect_id if key else None,
        note=note[:500],
        due_at=None,
        settled_at=timezone.now(),
    )


def _compensated(effect: Effect) -> Write | None:
    try:
        operation = registry.operation(effect.operation)
    except LookupError:
        return None
    return operation if isinstance(operation, Write) and operation.compensation is not None else None
