"""What a running step does with its question: put it once, and find what was decided."""

from datetime import datetime
from typing import Literal, cast

from django.utils import timezone

from integrations.approvals.models import Approval
from integrations.engine.asking import Answered, Question
from integrations.keyset import aside
from integrations.payloads import codec
from integrations.runs.models import Run

__all__ = ["answered", "decided", "is_settled", "meet", "token", "withdraw", "withdraw_ended"]

_State = Approval.State
_DECIDED = (_State.APPROVED, _State.REJECTED)
WITHDRAWN_AT_ONCE = 500  # questions of ended runs that a chore withdraws in one go


def token(approval_id: int) -> str:
    """What a run waits for that waits for this decision."""
    return f"approval:{approval_id}"


def is_settled(waits_for: str) -> bool:
    """Whether the question a run is about to wait for was decided meanwhile. False for anything that is no question."""
    kind, _, number = waits_for.partition(":")
    if kind != "approval":
        return False
    return not Approval.objects.select_for_update().filter(pk=int(number), state=_State.WAITING).exists()


def decided(run_id: int, path: str) -> Approval | None:
    """The question of this step, when a person has decided it."""
    return Approval.objects.filter(run_id=run_id, path=path, state__in=_DECIDED).first()


def meet(run: Run, path: str, question: Question) -> Approval:
    """The question of this step as it stands: put now, open, or closed because its time is over.

    In the run's own commit, which holds the run's row; doing it again changes nothing.
    """
    now = timezone.now()
    Approval.objects.bulk_create([_put(run, path, question, now)], ignore_conflicts=True)
    one = Approval.objects.select_for_update().get(run_id=run.pk, path=path)
    if one.state == _State.WITHDRAWN or (one.state == _State.EXPIRED and question.anew):
        return _put_again(one, run, path, question, now)
    if one.state == _State.WAITING and one.expires_at is not None and one.expires_at <= now:
        one.state, one.decided_at = _State.EXPIRED, now
        one.save(update_fields=["state", "decided_at"])
    return one


def answered(one: Approval) -> Answered | None:
    """What came of a question; None while it is open."""
    if one.state in {_State.WAITING, _State.WITHDRAWN} or one.decided_at is None:
        return None
    decision = cast(Literal["approved", "rejected", "expired"], str(one.state))
    return Answered(
        decision, at=one.decided_at, by=one.decided_by, answer=codec.unpack(one.answer), note=one.note
    )


def withdraw(run_id: int) -> int:
    """Nobody needs to decide for this run any more. Returns how many questions were open."""
    waiting = Approval.objects.filter(run_id=run_id, state=_State.WAITING)
    return waiting.update(state=_State.WITHDRAWN, decided_at=timezone.now())


def withdraw_ended() -> int:
    """Withdraw open questions of runs that have ended, however they did. Asked for by a chore."""
    waiting = Approval.objects.filter(state=_State.WAITING).order_by()
    ended = aside(waiting, run__state=list(Run.TERMINAL))  # of what waits, not of all runs that ended
    ids = list(ended.values_list("pk", flat=True)[:WITHDRAWN_AT_ONCE])
    if not ids:
        return 0
    waiting = Approval.objects.filter(pk__in=ids, state=_State.WAITING)
    return waiting.update(state=_State.WITHDRAWN, decided_at=timezone.now())


def _put(run: Run, path: str, question: Question, now: datetime) -> Approval:
    return Approval(
        run_id=run.pk,
        path=path,
        environment_id=run.environment_id,
        flow_key=run.flow_key,
        title=question.title,
        message=codec.pack(question.message, klass="step"),
        form=dict(question.form),
        role=question.who,
        asked_at=now,
        expires_at=now + question.within if question.within else None,
    )


def _put_again(one: Approval, run: Run, path: str, question: Question, now: datetime) -> Approval:
    """The same row, open again: the step was retried by a person."""
    fresh = _put(run, path, question, now)
    fresh.pk = one.pk
    fresh.save(force_update=True)
    return fresh
