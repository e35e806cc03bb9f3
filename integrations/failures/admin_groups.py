"""What is done to whole groups of failures in the admin, and how it is asked first: in counts and money."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest

from integrations.access.actor import actor_of
from integrations.access.audit import record
from integrations.access.authorise import authorise
from integrations.failures import actions
from integrations.failures.admin_page import money_list
from integrations.failures.giving_up import give_up_all
from integrations.failures.group_plan import group_plan
from integrations.failures.models import Failure
from integrations.failures.stakes import Stake

__all__ = ["ACTS", "act_on", "confirmation"]

_SAYS = {
    "retry": "Each run goes on at the step where it stopped. What is recorded is never done twice; effects whose outcome "
    "is unknown are looked up first.",
    "resolve": "The group is closed. Runs that still wait keep waiting and can be retried one by one.",
    "give-up": "The waiting runs end as failed, with your reason. What they wrote stays written; runs that wait behind them in "
    "their lanes go on.",
    "ignore": "The waiting runs are cancelled. What they wrote stays written; what they did not write will not be written.",
}
ACTS = {
    "retry": "run.retry",
    "resolve": "failure.triage",
    "give-up": "run.give_up",
    "ignore": "failure.triage",
}
"""What may be done to a group, and the action it needs."""


def act_on(request: HttpRequest, act: str, failures: Sequence[Failure]) -> str:
    """Retry, resolve, give up or ignore these groups, each authorised and audited. Returns what happened, for people.

    Raises `ReasonNeeded`, before anything is changed.
    """
    by, retried, gone, reason = actor_of(request).name, 0, 0, request.POST.get("note", "").strip()
    for failure in failures:
        authorise(request, ACTS[act], failure.environment, target=f"failure {failure.pk}")
        note = "resolved"
        if act == "retry":
            went_on, skipped = actions.retry_all(failure, by=by)
            retried, gone = retried + went_on, gone + len(skipped)
            note = f"retried {went_on} runs (step)"
        elif act == "give-up":
            ended, skipped = give_up_all(failure, by=by, reason=reason)
            retried, gone = retried + ended, gone + len(skipped)
            note = f"gave up {ended} runs: {reason}"
        elif act == "resolve":
            actions.resolve(failure, by)
        else:
            actions.ignore(failure, by)
            note = _with_reason(failure, reason)
        done = "run.give_up" if act == "give-up" else "failure.triage"
        record(request, done, f"failure {failure.pk}", environment=failure.environment, note=note)
    return _said(act, len(failures), retried, gone)


def confirmation(act: str, stakes: Sequence[Stake]) -> dict[str, Any]:
    """Context of `admin/confirm.html`: the act in counts and money."""
    parked = sum(stake.parked for stake in stakes)
    what = "this failure" if len(stakes) == 1 else f"{len(stakes)} failures"
    titles = {
        "retry": f"Retry {_runs(parked)}?",
        "resolve": f"Resolve {what}?",
        "give-up": f"Give up {_runs(parked)}?",
        "ignore": f"Ignore {what} and cancel {_runs(parked)}?",
    }
    return {
        "title": titles[act],
        "sentences": [_SAYS[act]],
        "counts": _counts(act, stakes, parked),
        "groups": [{"title": "", "items": [stake.failure.sentence for stake in stakes]}],
        "act": {
            "retry": f"Retry {parked}",
            "resolve": "Resolve",
            "give-up": f"Give up {parked}",
            "ignore": f"Ignore and cancel {parked}",
        }[act],
        "danger": act in {"ignore", "give-up"},
        "wants_note": act in {"ignore", "give-up"},
        "note_needed": act == "give-up",
    }


def _counts(act: str, stakes: Sequence[Stake], parked: int) -> list[dict[str, Any]]:
    counts: list[tuple[Any, str]] = [(parked, "runs waiting")]
    counts += [(text, "at stake") for stake in stakes if (text := money_list(stake))]
    if blocks := sum(stake.blocks for stake in stakes):
        counts.append((blocks, "runs wait behind them"))
    if act == "retry":
        plan = group_plan([stake.failure for stake in stakes])
        counts += [
            (plan.reused, "steps reused"),
            (plan.again, "steps run again"),
            (plan.confirmed, "effects done, skipped"),
            (plan.unknown, "effects looked up first"),
        ]
    return [{"value": value, "title": title} for value, title in counts]


def _with_reason(failure: Failure, reason: str) -> str:
    """What the audit trail says of an ignored group; the reason also goes to the group's own note."""
    if not reason:
        return "ignored"
    actions.note(failure, f"{failure.note}\nIgnored: {reason}".strip())
    return f"ignored: {reason}"


def _said(act: str, groups: int, retried: int, gone: int) -> str:
    if act == "give-up":
        rest = f" {_runs(gone)} were not waiting any more." if gone else ""
        return f"{_runs(retried)} given up.{rest}"
    if act != "retry":
        word = "Resolved" if act == "resolve" else "Ignored"
        return f"{word} {groups} {'failure' if groups == 1 else 'failures'}."
    rest = f" {_runs(gone)} were not waiting any more." if gone else ""
    return f"{_runs(retried)} {'goes' if retried == 1 else 'go'} on.{rest}"


def _runs(count: int) -> str:
    return "1 run" if count == 1 else f"{count} runs"
