"""A person's decision: checked against the form, written once, audited, and the run goes on, all in one commit."""

from django.db import transaction
from django.utils import timezone

from connectors.sdk.validation import Finding, validator_for
from connectors.sdk.wire import Json, Schema
from integrations.access.actor import Someone, actor_of
from integrations.access.audit import record
from integrations.approvals.models import Approval
from integrations.payloads import codec
from integrations.runs.lanes import queue_parked
from integrations.runs.models import Run
from integrations.tasks.doorbell import ring

__all__ = ["NotWaiting", "WrongAnswer", "decide", "decide_action"]

LONGEST_ANSWER = 32_000  # bytes of the coded answer


class NotWaiting(Exception):  # noqa: N818 - named by what it is: nothing is to be decided any more
    """The question is closed; the sentence says by whom and when."""

    def __init__(self, approval: Approval) -> None:
        super().__init__(_closed(approval))
        self.approval = approval


class WrongAnswer(Exception):  # noqa: N818 - named by what it is
    """The answer doesn't fit the form. `findings` are (JSON pointer into the answer, sentence)."""

    def __init__(self, findings: list[Finding]) -> None:
        super().__init__(" ".join(sentence for _, sentence in findings))
        self.findings = findings


def decide_action(approval: Approval) -> str:
    """The action that deciding this question is, for `authorise`: it names the role that was asked."""
    return f"approval.decide.{approval.role}"


def decide(approval_id: int, *, approve: bool, answer: Json = None, by: Someone, note: str = "") -> Approval:
    """Decide a waiting question; the run that waits for it is due at once. Ask `authorise` first.

    The run's row is locked before the question's, as everywhere. Raises `NotWaiting`, `WrongAnswer`, and
    `Approval.DoesNotExist`.
    """
    with transaction.atomic():
        run_id = Approval.objects.values_list("run_id", flat=True).get(pk=approval_id)
        run = Run.objects.select_for_update().only("state").get(pk=run_id)
        one = (
            Approval.objects.select_for_update(of=("self",)).select_related("environment").get(pk=approval_id)
        )
        now = timezone.now()
        over = one.expires_at is not None and one.expires_at <= now
        if one.state != Approval.State.WAITING or over or run.state in Run.TERMINAL:
            raise NotWaiting(one)
        blob = _checked(one.form, answer, approve=approve)
        state = Approval.State.APPROVED if approve else Approval.State.REJECTED
        written = Approval.objects.filter(pk=one.pk, state=Approval.State.WAITING).update(
            state=state, decided_by=actor_of(by).name[:150], decided_at=now, answer=blob, note=note[:2000]
        )
        one.refresh_from_db()
        if not written:
            raise NotWaiting(one)
        record(
            by, "approval.decide", f"approval {one.pk}", environment=one.environment, note=f"{state}: {note}"
        )
        queue_parked(Run.objects.filter(pk=run_id))  # whatever else it waits for: it looks
        transaction.on_commit(ring)
    return one


def _checked(form: Schema, answer: Json, *, approve: bool) -> bytes | None:
    """The coded answer. A refusal may leave the form empty, but what it fills in must fit."""
    if answer is None and not approve:
        return None
    wanted = form if approve else {**form, "required": []}
    findings = validator_for(wanted).findings({} if answer is None else answer)
    if findings:
        raise WrongAnswer(findings)
    blob = codec.pack({} if answer is None else answer, klass="step")
    if len(blob) > LONGEST_ANSWER:
        raise WrongAnswer([("", "The answer is too long.")])
    return blob


def _closed(approval: Approval) -> str:
    match approval.state:
        case Approval.State.WITHDRAWN:
            return "The run was ended, so nothing is to be decided any more."
        case Approval.State.WAITING | Approval.State.EXPIRED:
            return "The time to decide is over."
    at = approval.decided_at
    when = f" on {at:%-d %B %Y at %H:%M} UTC" if at else ""
    return f"{approval.decided_by} has {approval.state} this{when}."
