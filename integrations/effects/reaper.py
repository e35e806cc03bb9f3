"""Settles effects whose outcome nobody knows and whose run won't: cancelled, waiting for a person, or gone."""

import logging
from functools import partial

from django.db.models import Q
from django.utils import timezone

from connectors.sdk import errors, registry
from connectors.sdk.operation import Write
from connectors.sdk.session import open_call
from integrations.effects import ledger, recover
from integrations.effects.models import Effect
from integrations.runs.models import Run
from integrations.runs.writer import Writer
from integrations.vault import connections

__all__ = ["settle_due"]

logger = logging.getLogger(__name__)
AT_ONCE = 4


def settle_due(writer: Writer) -> int:
    """Look up what is due for a look and has no run that will do it. Returns how many were looked at."""
    orphaned = Q(run=None) | Q(run__state__in=Run.TERMINAL) | Q(run__state=Run.State.PARKED, run__due_at=None)
    due = Effect.objects.filter(
        orphaned, state__in=(Effect.State.INTENDED, Effect.State.UNKNOWN), look_at__lte=timezone.now()
    ).select_related("connection")
    found = list(due.order_by("look_at")[:AT_ONCE])
    for effect in found:
        mine = writer.write(partial(ledger.take_over, effect))
        if mine is not None:
            _settle(mine, writer)
    return len(found)


def _settle(effect: Effect, writer: Writer) -> None:
    operation = registry.operation(effect.operation)
    connection = effect.connection
    if connection is None or not isinstance(operation, Write):
        writer.write(
            lambda: ledger.mark_unknown(effect, "Its connection is gone; look it up by hand.", look_in=86_400)
        )
        return
    try:
        call = open_call(
            registry.connector(connection.connector), connections.fresh_account(connection), lambda _: None
        )
        settlement = recover.recover(operation, call, effect, {})
    except errors.Failure as trouble:
        logger.warning("effect %s could not be looked up: %s", effect.pk, trouble.sentence)
        writer.write(partial(ledger.mark_unknown, effect, trouble.sentence, look_in=60))
        return
    writer.write(lambda: settlement.write(effect))
