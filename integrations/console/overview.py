"""The front page: what waits for a person, what doesn't work, and what happened last."""

from datetime import timedelta
from typing import Any

from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.safestring import SafeString

from integrations.console import looks, marks
from integrations.console.environments import chosen, visible
from integrations.failures.models import Failure
from integrations.failures.stakes import with_stakes
from integrations.limits.report import not_answering, report_of
from integrations.runs.models import Run
from integrations.vault.models import Connection

__all__ = ["facts"]

_SHOWN = 6
_COUNTED = 5_000
_WEIGHED = 200


def facts(request: HttpRequest) -> dict[str, Any]:
    """Context of `admin/index.html`: open failures by money, connections in trouble, parked and newest runs."""
    one = chosen(request)
    where = [one] if one else visible(request)
    waiting = Failure.objects.filter(environment__in=where, state=Failure.State.OPEN).select_related(
        "environment"
    )
    failures = list(waiting[:_WEIGHED])
    runs = Run.objects.filter(environment__in=where)
    newest = runs.order_by("-id")[:_COUNTED]
    today = Run.objects.filter(pk__in=newest.values("pk"), queued_at__gte=timezone.now() - timedelta(days=1))
    by_state = today.order_by().values_list("state").annotate(count=Count("pk"))
    return {
        "failures": sorted(with_stakes(failures), key=lambda group: group.weight, reverse=True)[:_SHOWN],
        "failure_count": waiting.count(),
        "reconnect": Connection.objects.filter(environment__in=where, status=Connection.Status.RECONNECT),
        "silent": [(one, report_of(one).sentence) for one in not_answering(where)],
        "parked": runs.filter(state=Run.State.PARKED).count(),
        "states": dict(by_state),
        "newest": [{"run": run, "badge": _badge(run)} for run in _newest(runs)],
    }


def _newest(runs: QuerySet[Run]) -> QuerySet[Run]:
    heavy = ("release__plan", "release__graph", "release__layout")
    return runs.select_related("environment", "release").defer(*heavy)[:_SHOWN]


def _badge(run: Run) -> SafeString:
    return marks.badge(looks.of_run(run.state, run.reason, run.result))
