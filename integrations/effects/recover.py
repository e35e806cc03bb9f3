"""Sending a stored request, and finding out what became of one: the only two places that decide an effect's outcome."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

from connectors.sdk import errors
from connectors.sdk.operation import Call, Match, Write
from connectors.sdk.wire import Json, Request, Response
from integrations.effects import content, positions, settling
from integrations.effects.identity import mark_of
from integrations.effects.models import Effect

__all__ = ["Recovery", "Settlement", "send"]

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
CLOCKS = timedelta(seconds=5)  # how far the far system's clock may be from ours without a doubt
DOUBT = timedelta(minutes=15)  # made this long before our intent by the far clock: surely not ours


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
    return _read(operation, effect, data, response)


def _read(operation: Write, effect: Effect, data: Json, response: Response) -> Settlement:
    """It was accepted; an answer that can't be read leaves open what came of it."""
    try:
        output = operation.result(data, response)
    except (errors.Failure, LookupError) as trouble:
        sentence = trouble.sentence if isinstance(trouble, errors.Failure) else f"The answer lacks {trouble}."
        return _unknown(effect, errors.OutcomeUnknown(sentence, detail=response.text[:500]))
    return _confirmed(operation, output)


@dataclass(frozen=True, slots=True)
class Recovery:
    """Settles an effect whose outcome nobody knows, never by recomputing: repeat natively, or look it up.

    `data` only helps to read the answer; what is sent is the stored request. `before_sending` commits that it is sent once
    more (False: it isn't ours any more, and nothing is sent).
    """

    operation: Write
    call: Call
    effect: Effect
    data: Json
    before_sending: Callable[[], bool]

    def settle(self) -> Settlement:
        if self.effect.request is None:
            return _for_a_person(self.effect, "its request is not kept any more")
        request = content.request_of(self.effect)
        if self._is_native():
            return self._repeat(request)
        if self.operation.find is None or self.operation.idempotency.strategy == "none":
            return _for_a_person(self.effect, "the far system offers no way to look it up")
        return self._look_up(request)

    def _look_up(self, request: Request) -> Settlement:
        try:
            matches, doubtful = self._candidates(request)
        except errors.Failure as trouble:
            return _still_unknown(self.effect, trouble)
        if len(matches) == 1 and not doubtful:
            return _found(self.operation, matches[0])
        if matches or doubtful:
            return _for_a_person(self.effect, f"{len(matches) + len(doubtful)} records could be it")
        return self._absent(request)

    def _is_native(self) -> bool:
        """The far system still recognises a repeated request."""
        rule = self.operation.idempotency
        if rule.strategy != "native":
            return False
        if rule.window is None:
            return True
        margin = min(timedelta(hours=1), rule.window / 10)
        return timezone.now() < self.effect.intended_at + rule.window - margin

    def _repeat(self, request: Request) -> Settlement:
        """The same request under the same key. Only a refusal of its content says that the first one did nothing either:
        one by the gate (sign-in, limits, a key in use) says nothing about the first."""
        try:
            response = self.call.send(request)
        except errors.Data as refused:
            return _refused(refused)
        except (errors.Auth, errors.RateLimited, errors.Config) as trouble:
            return _still_unknown(self.effect, trouble, raised=trouble)
        except errors.Failure as trouble:
            return _still_unknown(self.effect, trouble)
        return _read(self.operation, self.effect, self.data, response)

    def _candidates(self, request: Request) -> tuple[list[Match], list[Match]]:
        """(those that must be it, those that may be it) among the records the look-up gave."""
        effect = self.effect
        mark = mark_of(effect.account, effect.record, effect.identity, effect.generation)
        found = self.operation.find(self.call, request, mark) if self.operation.find else []
        free = [match for match in found if not self._is_owned(match)]
        if self.operation.idempotency.strategy != "lookup" or effect.kind in ("update", "delete"):
            return free, []
        certain = [match for match in free if self._age(match) is not None and self._is_after(match)]
        doubtful = [match for match in free if match not in certain and not self._is_before(match)]
        return certain, doubtful

    def _is_owned(self, match: Match) -> bool:
        """Another effect has made it."""
        if self.effect.kind in ("update", "delete"):
            return False
        return (
            Effect.objects.filter(
                far_id=match.far_id,
                account=self.effect.account,
                record=self.effect.record,
                state=Effect.State.CONFIRMED,
            )
            .exclude(pk=self.effect.pk)
            .exists()
        )

    def _age(self, match: Match) -> timedelta | None:
        """How long after our intent it was made, by the far system's clock; None when it doesn't say."""
        if not match.created_at:
            return None
        made = datetime.fromisoformat(match.created_at)
        return made - self.effect.intended_at if made.tzinfo else None

    def _is_after(self, match: Match) -> bool:
        age = self._age(match)
        return age is not None and age >= -CLOCKS

    def _is_before(self, match: Match) -> bool:
        age = self._age(match)
        return age is not None and age < -DOUBT

    def _absent(self, request: Request) -> Settlement:
        """Absent twice, the settle time apart, is surely absent: then the stored request is sent."""
        effect, rule = self.effect, self.operation.idempotency
        if effect.kind == "update":
            return self._send_update(request)
        settle = (rule.settle or timedelta(seconds=2 * settings.CALL_DEADLINE)).total_seconds()
        age = (timezone.now() - (effect.sent_again_at or effect.intended_at)).total_seconds()
        if effect.empty_lookups < 1 or age < settle:
            return _not_there_yet(max(settle - age, FIRST_LOOK))
        if not rule.authoritative:
            return _for_a_person(effect, "looking it up does not show for certain that it is not there")
        return self._send(request)

    def _send_update(self, request: Request) -> Settlement:
        """An update can be sent again at once: it leads to the same. Unless later content has been written since."""
        payload, about = self.operation.unmarked(request), content.about_of(self.effect)
        if positions.standing(self.effect, payload, about).verdict == "overtaken":
            return Settlement(
                write=lambda own: settling.refuse(own, "Overtaken: later content was written."),
                failure=errors.Transient(
                    "Later content of the same record was written meanwhile.", code="overtaken"
                ),
            )
        return self._send(request)

    def _send(self, request: Request) -> Settlement:
        if not self.before_sending():
            return _not_there_yet(FIRST_LOOK)
        return send(self.operation, self.call, self.effect, request, self.data)


def _confirmed(operation: Write, output: Json) -> Settlement:
    return Settlement(write=lambda own: settling.confirm(own, operation, output), output=output)


def _found(operation: Write, match: Match) -> Settlement:
    by = match.matched_by or "look-up"
    return Settlement(
        write=lambda own: settling.confirm(own, operation, match.output, matched_by=by), output=match.output
    )


def _refused(failure: errors.Failure) -> Settlement:
    return Settlement(write=lambda own: settling.refuse(own, failure.sentence), failure=failure)


def _not_there_yet(wait: float) -> Settlement:
    return Settlement(
        write=lambda own: settling.mark_unknown(
            own, "Looked up, not there yet.", look_in=wait, empty_lookups=1
        ),
        failure=errors.Transient(
            "The answer to the write was lost. A look-up did not find it yet; it is looked up again before anything is sent.",
            code="outcome_unknown",
            retry_after=wait,
        ),
    )


def _unknown(effect: Effect, lost: errors.OutcomeUnknown) -> Settlement:
    if effect.strategy == "none":
        lost.info.setdefault("effect", effect.pk)
        return Settlement(
            write=lambda own: settling.mark_unknown(own, lost.sentence, look_in=None), failure=lost
        )
    return _still_unknown(effect, lost)


def _still_unknown(
    effect: Effect, trouble: errors.Failure, *, raised: errors.Failure | None = None
) -> Settlement:
    """It stays unknown. The step fails with `raised` where that says what cures it, else it looks again soon."""
    wait = max(getattr(trouble, "retry_after", None) or 0.0, FIRST_LOOK)
    soon = errors.Transient(
        f"{trouble.sentence} It may have been written: it is looked up before anything is sent again.",
        code="outcome_unknown",
        retry_after=wait,
        detail=trouble.detail,
    )
    return Settlement(
        write=lambda own: settling.mark_unknown(
            own, trouble.sentence, look_in=wait, empty_lookups=effect.empty_lookups
        ),
        failure=raised or soon,
    )


def _for_a_person(effect: Effect, why: str) -> Settlement:
    """Looked up again once a day: what a person puts right in the far system shows then."""
    look_in = None if effect.strategy == "none" or effect.request is None else 86_400
    return Settlement(
        write=lambda own: settling.mark_unknown(
            own, why, look_in=look_in, empty_lookups=effect.empty_lookups
        ),
        failure=errors.OutcomeUnknown(
            f"The answer to this write was lost and {why}. Look in the far system, then say whether it is there.",
            code="outcome_unknown",
            info={"effect": effect.pk},
        ),
    )
