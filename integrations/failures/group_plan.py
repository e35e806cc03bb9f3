"""The plan of a retry of whole groups: the same four counts as for one run, over all runs that wait on them."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count

from integrations.effects.models import Effect
from integrations.failures.models import Failure
from integrations.runs.models import Run, StepEntry

__all__ = ["GroupPlan", "group_plan"]


@dataclass(frozen=True, slots=True)
class GroupPlan:
    """Counts over all waiting runs."""

    reused: int
    again: int
    confirmed: int
    unknown: int


def group_plan(failures: Iterable[Failure]) -> GroupPlan:
    """What retrying every run parked on these failures would do. Three queries, however many runs."""
    runs = Run.objects.filter(failure__in=[one.pk for one in failures], state=Run.State.PARKED).order_by()
    steps = StepEntry.objects.filter(run__in=runs).order_by()
    reused = steps.filter(state__in=("done", "skipped")).values("run", "path").distinct().count()
    reached = steps.values("run", "path").distinct().count()
    by_state = dict(
        Effect.objects.filter(run_number__in=runs.values("pk"))
        .order_by()
        .values_list("state")
        .annotate(Count("pk"))
    )
    return GroupPlan(
        reused=reused,
        again=reached - reused,
        confirmed=by_state.get(Effect.State.CONFIRMED, 0),
        unknown=by_state.get(Effect.State.INTENDED, 0) + by_state.get(Effect.State.UNKNOWN, 0),
    )
