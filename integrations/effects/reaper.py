"""Settles effects whose outcome nobody knows, whether or not their run still lives (DESIGN §3.3)."""

import logging
from datetime import timedelta
from functools import partial

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from connectors.sdk import errors, registry
from connectors.sdk.operation import Write
from connectors.sdk.wire import Json
from integrations.effects import recover, settling
from integrations.effects.models import Effect, Undoing
from integrations.effects.undo import call_on
from integrations.payloads import codec
from integrations.runs.models import Run, StepEntry
from integrations.runs.writer import Writer
from integrations.tasks.doorbell import ring

__all__ = ["settle_due"]

logger = logging.getLogger(__name__)
AT_ONCE = 4
RUNS_TURN = timedelta(seconds=60)  # a run that goes on within this time looks for itself
AGAIN = 60.0  # seconds until a look-up that failed is tried again


def settle_due(writer: Writer) -> int:
    """Look up what is due for a look and has no run at hand that will do it. Returns how many were looked at."""
    now = timezone.now()
    waiting = Q(run__state=Run.State.PARKED) & (Q(run__due_at=None) | Q(run__due_at__gt=now + RUNS_TURN))
    alone = Q(run=None) | Q(run__state__in=Run.TERMINAL) | waiting
    due = Effect.objects.filter(
        alone, state__in=(Effect.State.INTENDED, Effect.State.UNKNOWN), look_at__lte=now
    )
    found = list(due.order_by("look_at")[:AT_ONCE])
    for effect in found:
        mine = writer.write(partial(settling.take_over, effect))
        if mine is not None:
            _settle(mine, writer)
    return len(found)


def _settle(effect: Effect, writer: Writer) -> None:
    connection = effect.connection
    operation = _operation(effect)
    if connection is None or operation is None:
        note = "Its connection is gone; look it up by hand."
        writer.write(lambda: settling.mark_unknown(effect, note, look_in=86_400))
        return
    try:
        recovery = recover.Recovery(
            operation,
            call_on(connection, settings.CALL_DEADLINE),
            effect,
            _input_of(effect),
            lambda: writer.write(lambda: settling.send_again(effect)),
        )
        settlement = recovery.settle()
    except errors.Failure as trouble:
        logger.warning("effect %s could not be looked up: %s", effect.pk, trouble.sentence)
        note, count = trouble.sentence, effect.empty_lookups
        writer.write(lambda: settling.mark_unknown(effect, note, look_in=AGAIN, empty_lookups=count))
        return
    writer.write(lambda: _write(effect, settlement))


def _write(effect: Effect, settlement: recover.Settlement) -> None:
    settlement.write(effect)
    if Effect.objects.filter(pk=effect.pk, state__in=settling.SETTLED).exists():
        _wake_own_run(effect)


def _wake_own_run(effect: Effect) -> None:
    """The run that wrote it and waits for a person to say what came of it: now it is known, and the run goes on."""
    latest = StepEntry.objects.filter(run=effect.run_id, path=effect.path).order_by("-attempt").first()
    if latest is None or latest.effect_id != effect.pk or latest.state != "fail":
        return
    waiting = Run.objects.filter(pk=latest.run_id, state=Run.State.PARKED, reason="person")
    if waiting.update(due_at=timezone.now()):
        ring()


def _operation(effect: Effect) -> Write | None:
    try:
        operation = registry.operation(effect.operation)
    except LookupError:
        return None
    return operation if isinstance(operation, Write) else None


def _input_of(effect: Effect) -> Json:
    """What the step had as input, which some answers are read with; {} when nothing kept it."""
    step = StepEntry.objects.filter(run=effect.run_id, path=effect.path, input__isnull=False).last()
    if step is not None:
        return codec.unpack(step.input)
    asked = Undoing.objects.filter(effect_id=_undone(effect)).first()
    return codec.unpack(asked.data) if asked and asked.data is not None else {}


def _undone(effect: Effect) -> int:
    """The number of the effect that this one undoes; 0 = none."""
    kind, _, rest = effect.identity.partition(":")
    number = rest.partition(":")[0]
    return int(number) if kind == "compensate" and number.isdigit() else 0
