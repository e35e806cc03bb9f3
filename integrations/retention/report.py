"""What people see of retention: for each flow and class how long it is kept, what was removed, and how much is due."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from integrations.releases.models import Environment
from integrations.retention.holds import standing
from integrations.retention.models import Klass, RetentionMark
from integrations.retention.policy import Kept, policies
from integrations.runs.models import Run
from integrations.runs.numbers import first_since

__all__ = ["COUNTED", "ClassReport", "FlowReport", "reports"]

COUNTED = 1_000
"""Runs that are due beyond this many are not counted one by one."""


@dataclass(frozen=True, slots=True)
class ClassReport:
    """`due`: runs past their time that the sweep has still to look at, at most `COUNTED`."""

    klass: Klass
    kept: Kept
    removed: int
    last_removed: int
    last_at: datetime | None
    due: int


@dataclass(frozen=True, slots=True)
class FlowReport:
    """One flow in one environment."""

    environment: str
    flow_key: str
    held: bool
    classes: tuple[ClassReport, ...]


def reports(environments: Collection[Environment]) -> list[FlowReport]:
    """Every flow that was ever released in these environments, by environment and flow."""
    keys, held = {one.pk: one.key for one in environments}, standing()
    marks = {
        (mark.environment_id, mark.flow_key, mark.klass): mark
        for mark in RetentionMark.objects.filter(environment__in=keys)
    }
    horizons: dict[int, int] = {}
    found = []
    for (environment_id, flow_key), policy in sorted(policies().items()):
        if environment_id not in keys:
            continue
        classes = []
        for klass, kept in policy.items():
            mark = marks.get((environment_id, flow_key, klass.value)) or RetentionMark(
                environment_id=environment_id, flow_key=flow_key, klass=klass.value
            )
            classes.append(_of_class(klass, kept, mark, _horizon(kept.days, horizons)))
        is_held = held.covers((environment_id, flow_key))
        found.append(FlowReport(keys[environment_id], flow_key, is_held, tuple(classes)))
    return found


def _of_class(klass: Klass, kept: Kept, mark: RetentionMark, upto: int) -> ClassReport:
    waiting = Run.objects.filter(
        flow_key=mark.flow_key, environment_id=mark.environment_id, pk__gt=mark.reached, pk__lte=upto
    )
    due = waiting.order_by("pk")[:COUNTED].count() if upto > mark.reached else 0
    return ClassReport(klass, kept, mark.removed, mark.last_removed, mark.last_at, due)


def _horizon(days: int, known: dict[int, int]) -> int:
    if days not in known:
        known[days] = first_since(timezone.now() - timedelta(days=days)) - 1
    return known[days]
