"""Runs that have waited longer than their flow allows are given up: they end as failed, and people can see why."""

from datetime import timedelta

from django.utils import timezone

from integrations.failures.actions import give_up
from integrations.memory import remembered
from integrations.releases.models import Release
from integrations.runs.models import Run

__all__ = ["give_up_aged"]

AT_ONCE = 100


@remembered(seconds=60.0)
def _ages() -> dict[int, float]:
    """Days a run may take, by release, for the releases that say so."""
    limited = Release.objects.filter(plan__settings__has_key="max_age_days")
    return {one: float(days) for one, days in limited.values_list("pk", "plan__settings__max_age_days")}


def give_up_aged() -> int:
    """End the runs that are too old, a few at a time; how many."""
    now, ended = timezone.now(), 0
    for release_id, days in _ages().items():
        unfinished = Run.objects.filter(release_id=release_id, state__in=Run.UNFINISHED)
        old = (
            unfinished.exclude(state=Run.State.RUNNING)
            .filter(queued_at__lt=now - timedelta(days=days))
            .order_by("pk")
        )
        for run_id in old.values_list("pk", flat=True)[:AT_ONCE]:
            give_up(run_id, f"older than {days:g} days")
            ended += 1
    return ended
