"""Sending a stored request, and finding out what became of one: the only two places that decide an effect's outcome."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

from connectors.sdk import errors
from connectors.sdk.operation import Call, Match, Write
from connectors.sdk.wire import Json, Request
from integrations.effects import ledger
from integrations.effects.identity import mark_of
from integrations.effects.models import Effect
from integrations.payloads import codec

__all__ = ["Settlement", "recover", "send"]

REFUSALS = (
    errors.Transient,
    errors.RateLimited,
    errors.Auth,
    errors.Config,
    errors.Data,
    errors.NotFound,
    errors.Conflict,
)
FIRST_LOOK = 2.0  # seconds after a lost answer


@dataclass(frozen=True, slots=True)
class Settlement:
    """How a sending or a look-up ended: what to write in the ledger, then the output or the failure for the step."""

    write: Callable[[Effect], object]
    output: Json = None
    failure: errors.Failure | None = None


def send(operation: Write, call: Call, effect: Effect, request: Request, data: Json) -> Settlement:
    """Send the request now. A certain refusal frees the identity; a lost answer leaves it unknown."""
    try:
        response = call.send(request)
    except errors.OutcomeUnknown as lost:
        return _unknown(effect, lost)
    except REFUSALS as refused:
        return _refused(refused)
    return _confirmed(operation, operation.result(data, response))


def recover(operation: Write, call: Call, effect: Effect, data: Json) -> Settlement:
    """Settle an effect whose outcome nobody knows, never by recomputing: repeat natively, or look it up.

    `data` only helps to read the answer; what is sent is the stored request.
    """
    request = Request.from_json(codec.unpack(effect.request))
    if _native(operation, effect):
        return send(operation, call, effect, request, data)
    if operation.find is None or operation.idempotency.strategy == "none":
        return _for_a_person(effect, "the far system offers no way to look it up")
    try:
        matches = _candidates(operation, call, effect, request)
    except errors.Failure as trouble:
        return _still_unknown(effect, trouble)
    return _judge(operation, call, effect, matches, (request, data))


def _candidates(operation: Write, call: Call, effect: Effect, request: Request) -> list[Match]:
    mark = mark_of(effect.account, effect.record, effect.identity, effect.generation)
    found = operation.find(call, request, mark) if operation.find else []
    return [match for match in found if _ours(effect, match)]


def _judge(
    operation: Write, call: Call, effect: Effect, matches: list[Match], stored: tuple[Request, Json]
) -> Settlement:
    """Exactly one is it; several are for a person; none may be sent again once it is surely absent."""
    if len(matches) == 1:
        return _found(operation, matches[0])
    if matches:
        return _for_a_person(effect, f"{len(matches)} records could be it")
    return _absent(operation, call, effect, stored)


def _native(operation: Write, effect: Effect) -> bool:
    """The far system still recognises a repeated request."""
    rule = operation.idempotency
    if rule.strategy != "native":
        return False
    return rule.window is None or timezone.now() < effect.intended_at + rule.window - timedelta(hours=1)


def _ours(effect: Effect, match: Match) -> bool:
    """A candidate that another effect owns, or that is older than our intent, is not it."""
    owned = Effect.objects.filter(
        account=effect.account, record=effect.record, far_id=match.far_id, state=Effect.State.CONFIRMED
    )
    if effect.kind != "update" and owned.exclude(pk=effect.pk).exists():
        return False
    if effect.strategy != "lookup" or effect.kind == "update" or not match.created_at:
        return True
    return datetime.fromisoformat(match.created_at) >= effect.intended_at - timedelta(seconds=5)


def _absent(operation: Write, call: Call, effect: Effect, stored: tuple[Request, Json]) -> Settlement:
    """Absent twice, the settle time apart, is surely absent: then the stored request is sent."""
    settle = (operation.idempotency.settle or timedelta(seconds=2 * settings.CALL_DEADLINE)).total_seconds()
    age = (timezone.now() - effect.intended_at).total_seconds()
    if effect.kind == "update" or (effect.empty_lookups >= 1 and age >= settle):
        return send(operation, call, effect, *stored)
    wait = max(settle - age, FIRST_LOOK)
    return Settlement(
        write=lambda own: ledger.mark_unknown(
            own, "Looked up, not there yet.", look_in=wait, empty_lookups=1
        ),
        failure=errors.Transient(
            "The answer to the write was lost. A look-up did not find it yet; it is looked up again before anything is sent.",
            code="outcome_unknown",
            retry_after=wait,
        ),
    )


def _confirmed(operation: Write, output: Json) -> Settlement:
    return Settlement(write=lambda own: ledger.confirm(own, operation, output), output=output)


def _found(operation: Write, match: Match) -> Settlement:
    return Settlement(
        write=lambda own: ledger.confirm(
            own, operation, match.output, matched_by=match.matched_by or "look-up"
        ),
        output=match.output,
    )


def _refused(failure: errors.Failure) -> Settlement:
    return Settlement(write=lambda own: ledger.refuse(own, failure.sentence), failure=failure)


def _unknown(effect: Effect, lost: errors.OutcomeUnknown) -> Settlement:
    if effect.strategy == "none":
        return Settlement(
            write=lambda own: ledger.mark_unknown(own, lost.sentence, look_in=86_400), failure=lost
        )
    return _still_unknown(effect, lost)


def _still_unknown(effect: Effect, trouble: errors.Failure) -> Settlement:
    wait = max(getattr(trouble, "retry_after", None) or 0.0, FIRST_LOOK)
    return Settlement(
        write=lambda own: ledger.mark_unknown(
            own, trouble.sentence, look_in=wait, empty_lookups=effect.empty_lookups
        ),
        failure=errors.Transient(
            f"{trouble.sentence} It may have been written: it is looked up before anything is sent again.",
            code="outcome_unknown",
            retry_after=wait,
            detail=trouble.detail,
        ),
    )


def _for_a_person(effect: Effect, why: str) -> Settlement:
    return Settlement(
        write=lambda own: ledger.mark_unknown(own, why, look_in=86_400, empty_lookups=effect.empty_lookups),
        failure=errors.OutcomeUnknown(
            f"The answer to this write was lost and {why}. Look in the far system, then say whether it is there.",
            code="outcome_unknown",
            info={"effect": effect.pk},
        ),
    )
