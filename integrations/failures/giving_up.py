"""Giving up: a person ends runs as failed, with a reason, because what they were to do is not going to be done."""

from django.db import transaction

from integrations.failures.actions import NotParked, give_up
from integrations.failures.decisions import ReasonNeeded
from integrations.failures.models import Failure
from integrations.runs.models import Run

__all__ = ["give_up_all", "give_up_on"]


def give_up_on(run_id: int, *, by: str, reason: str) -> Run:
    """End a waiting run as failed. What it wrote stays written. Raises `NotParked`, `ReasonNeeded`."""
    _reasoned(reason)
    with transaction.atomic():
        run = Run.objects.select_for_update().get(pk=run_id)
        if run.state != Run.State.PARKED:
            raise NotParked(run)
        return give_up(run_id, f"given up by {by}: {reason.strip()}")


def give_up_all(failure: Failure, *, by: str, reason: str) -> tuple[int, list[int]]:
    """Give up every run parked on this failure. Returns how many ended, and the ids that were not parked any more.

    Raises `ReasonNeeded`.
    """
    _reasoned(reason)
    ended, gone = 0, []
    for run_id in Run.objects.filter(failure=failure, state=Run.State.PARKED).values_list("pk", flat=True):
        try:
            give_up_on(run_id, by=by, reason=reason)
        except NotParked:
            gone.append(run_id)
        else:
            ended += 1
    return ended, gone


def _reasoned(reason: str) -> None:
    if not reason.strip():
        raise ReasonNeeded("Say why it is given up. Nothing was changed.")
