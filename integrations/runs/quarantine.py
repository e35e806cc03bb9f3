"""Runs that kill their workers: a run during whose lone advance a worker died twice waits for a person, with a diagnosis."""

from django.db import transaction

from connectors.sdk.errors import Failure
from integrations.engine.outcome import Parked
from integrations.failures.capture import capture
from integrations.runs.models import Run, StepEntry

__all__ = ["DEATHS_TO_QUARANTINE", "KILLS_WORKERS", "quarantine_killers"]

DEATHS_TO_QUARANTINE = 2
KILLS_WORKERS = "kills_workers"
"""The code of the failure under which such a run is set aside."""


class KilledWorkers(Failure):
    """Working on this run ended the worker's process, more than once and with nothing else going on in it."""

    kind = "bug"


def quarantine_killers() -> int:
    """Park every run whose worker died twice while it was alone; how many. Safe to run twice."""
    killers = Run.objects.filter(suspect=True, deaths__gte=DEATHS_TO_QUARANTINE, due_at__isnull=False)
    return sum(_quarantine(run_id) for run_id in killers.values_list("pk", flat=True))


def _quarantine(run_id: int) -> bool:
    with transaction.atomic():
        run = Run.objects.select_for_update().get(pk=run_id)
        if run.state != Run.State.QUEUED or run.deaths < DEATHS_TO_QUARANTINE:
            return False
        parked = _diagnosis(run)
        Run.objects.filter(pk=run.pk).update(
            state=Run.State.PARKED,
            reason="person",
            waits_for="",
            due_at=None,
            suspect=False,
            deaths=0,
            failure=capture(run, parked),
        )
    return True


def _diagnosis(run: Run) -> Parked:
    """Where it was the last time the journal heard of it."""
    last = StepEntry.objects.filter(run=run).order_by("-seq", "-id").first()
    where = (
        f"after the step “{last.node}” had {_ended(last)}" if last else "before its first step was recorded"
    )
    failure = KilledWorkers(
        f"The worker's process died {run.deaths} times while it worked on this run alone, {where}. "
        "The run was set aside so that the others can go on. Look for a very large or unusual record, then retry.",
        code=KILLS_WORKERS,
        info={"deaths": run.deaths, "last_path": last.path if last else ""},
    )
    path, node, attempt = (last.path, last.node, last.attempt) if last else ("", "", 1)
    return Parked("person", path, node, attempt, failure=failure)


def _ended(last: StepEntry) -> str:
    return "begun" if last.ended_at is None else f"ended as {last.state}"
